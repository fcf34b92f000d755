"""Start, stop and day of what happened: typed in short, written out once read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from ..clinical.times import (
    BadTime,
    clock_words,
    day_of,
    ends_now,
    floor_minute,
    moment_words,
    parse_day,
    parse_span,
    parse_stop,
    parse_time,
    span_words,
)
from ..records.canonical import Json
from ..records.envelope import instant, instant_ms
from .form_field import FormField
from .form_line import LineInput
from .form_time import Now
from .text import plain


class FormSpan(FormField):
    """Start, stop and day of what happened; the day is today unless it is given."""

    DEFAULT_CSS = """
    FormSpan LineInput { width: 14; }
    FormSpan #day { width: 13; }
    FormSpan .between { width: auto; height: 1; padding: 0 1; color: $text-muted; }
    FormSpan .means { height: 1; padding-left: 17; color: $text-muted; }
    """

    def __init__(self, start: str, stop: str, label: str, *, now: Now, tz: str) -> None:
        super().__init__(start, label)
        self.stop = stop
        self.now, self.tz = now, tz
        self._start = LineInput(placeholder="930, now-45", most=20, part="start")
        self._stop = LineInput(placeholder="now, 45m", most=20, part="stop")
        self._day = LineInput(placeholder="today", most=20, part="day")
        self._shown = ("", "", "")
        self._fixed: tuple[int | None, int | None] = (None, None)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static("", classes="means")

    def compose_control(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield self._start
            yield Static("to", classes="between")
            yield self._stop
            yield Static("on", classes="between")
            yield self._day

    def paths(self) -> tuple[str, ...]:
        return (self.field, self.stop)

    @property
    def _texts(self) -> tuple[str, str, str]:
        return self._start.value.strip(), self._stop.value.strip(), self._day.value.strip()

    def _read(self) -> tuple[int | None, int | None]:
        """Return start and stop; raises BadTime."""
        start, stop, day_text = self._texts
        if (start, stop, day_text) == self._shown:
            return self._fixed
        now = self.now()
        day = parse_day(day_text, day_of(now, self.tz)) if day_text else None
        if not start:
            if stop:
                raise BadTime("Give the start time too.")
            return None, None
        if not stop:
            first = parse_time(start, now_ms=now, tz=self.tz, day=day)
            return first, floor_minute(now) if ends_now(start) else None
        if (start, day_text) == (self._shown[0], self._shown[2]) and self._fixed[0] is not None:
            return self._fixed[0], parse_stop(stop, self._fixed[0], now_ms=now, tz=self.tz)
        return parse_span(start, stop, now_ms=now, tz=self.tz, day=day)

    def values(self) -> Mapping[str, Json]:
        try:
            read = self._read()
        except BadTime:
            return {}
        return {
            path: None if ms is None else instant(ms)
            for path, ms in zip((self.field, self.stop), read, strict=True)
        }

    def typed(self) -> Mapping[str, str]:
        return {} if self.values() else dict(zip(("start", "stop", "day"), self._texts, strict=True))

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        try:
            self._read()
        except BadTime as bad:
            return bad.sentence
        return ""

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        def ms_of(path: str) -> int | None:
            # What came back from the server may hold a time that nobody can read; it is typed anew.
            with contextlib.suppress(ValueError):
                return instant_ms(str(values[path])) if values.get(path) else None
            return None

        self._fix(ms_of(self.field), ms_of(self.stop))
        if {"start", "stop", "day"} & set(typed):
            for name, box in (("start", self._start), ("stop", self._stop), ("day", self._day)):
                box.show(typed.get(name, ""))
        self._explain()

    def fill(self, start_ms: int, stop_ms: int) -> None:
        """Put times in, as if they had been typed."""
        self._fix(start_ms, stop_ms)
        self._explain()
        self.complain("")
        self.changed()

    @property
    def empty(self) -> bool:
        """Whether nothing is typed yet."""
        return not any(self._texts)

    def _fix(self, start: int | None, stop: int | None) -> None:
        """Write instants out, so that `now-45` does not move on with the clock."""
        today = day_of(self.now(), self.tz)
        day = day_of(start, self.tz) if start is not None else today
        self._shown = (
            clock_words(start, self.tz) if start is not None else "",
            clock_words(stop, self.tz) if stop is not None else "",
            "" if day == today else day.isoformat(),
        )
        self._fixed = (start, stop)
        for box, text in zip((self._start, self._stop, self._day), self._shown, strict=True):
            box.show(text)

    def place(self) -> str:
        for name, box in (("start", self._start), ("stop", self._stop), ("day", self._day)):
            if box.has_focus:
                return f"{name}:{box.cursor_position}"
        return ""

    def land(self, place: str = "") -> None:
        name, _, cursor = place.partition(":")
        box = {"stop": self._stop, "day": self._day}.get(name, self._start)
        box.focus()
        if cursor.isdigit():
            box.cursor_position = min(int(cursor), len(box.value))

    def _explain(self) -> None:
        try:
            start, stop = self._read()
        except BadTime:
            words = ""
        else:
            now = self.now()
            if start is None:
                words = ""
            elif stop is None:
                words = f"{moment_words(start, now, self.tz)}, stop time still open"
            else:
                words = span_words(start, stop, now, self.tz)
        self.query_one(".means", Static).update(plain(words))

    @on(Input.Changed)
    def _typed_on(self, event: Input.Changed) -> None:
        event.stop()
        self._explain()
        if self.complains and not self.check():
            self.complain("")
        self.changed()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.settle()
        if event.input is self._start and self._start.value.strip() and not self._stop.value.strip():
            self._stop.focus()
        else:
            self.done()

    def settle(self) -> None:
        """Write out what was read, or say what cannot be read."""
        try:
            start, stop = self._read()
        except BadTime as bad:
            self.complain(bad.sentence)
            return
        self.complain("")
        if start is not None and self._texts != self._shown:
            self._fix(start, stop)
            self._explain()
            self.changed()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Write out what was read once the person goes on."""
        self.settle()
