"""How a planned visit goes on: typed in short, read aloud beside, kept as the starts of the visits that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clinical.planned_visits import further
from ..clinical.times import day_of, day_words
from ..records.canonical import Json
from ..records.envelope import instant, instant_ms
from .form_time import FormParsed, Now


class FormRepeat(FormParsed):
    """The visits after the first one; `start` is when that one is, None while nobody said it."""

    def __init__(
        self,
        field: str,
        label: str,
        *,
        now: Now,
        tz: str,
        start: Callable[[], int | None],
        placeholder: str = "",
    ) -> None:
        super().__init__(field, label, now=now, tz=tz, placeholder=placeholder)
        self._start = start

    def read(self, text: str) -> Json:
        start = self._start()
        if start is None:
            return None
        return [instant(ms) for ms in further(text, start, self.tz)]

    def write(self, value: Json) -> str:
        days = (day_of(instant_ms(str(start)), self.tz) for start in value or ())
        return " ".join(f"{day.month}/{day.day}/{day.year}" for day in days)

    def means(self, value: Json) -> str:
        starts = list(value or ())
        if not starts:
            return ""
        today = day_of(self.now(), self.tz)
        last = day_words(day_of(instant_ms(str(starts[-1])), self.tz), today)
        return f"{len(starts)} more, the last {last}"

    def typed(self) -> Mapping[str, str]:
        """Keep the words themselves: `mon thu 4w` says more than the days that follow from it."""
        return {self.field: self.text} if self.text.strip() else {}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        super().restore(values, typed)
        if self.field in typed:
            self._kept = ("", None)
            self.explain()

    def explain(self) -> None:
        """Say anew what the words mean, after the first visit was moved."""
        self._explain()
