"""Fields for days and moments: typed in short, read aloud beside, stored exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from ..clinical.times import (
    MINUTE_MS,
    BadTime,
    clock_words,
    day_of,
    day_words,
    instants,
    length_words,
    moment_words,
    parse_clock,
    parse_day,
    parse_moment,
    parse_time,
)
from ..records.canonical import Json
from ..records.envelope import instant, instant_ms
from .form_line import FormLine
from .text import plain

Now = Callable[[], int]


class FormParsed(FormLine):
    """A line that is read while it is typed; what it means stands behind it."""

    DEFAULT_CSS = """
    FormParsed LineInput { width: 22; }
    FormParsed .means { width: 1fr; height: 1; padding-left: 1; color: $text-muted; }
    """

    def __init__(self, field: str, label: str, *, now: Now, tz: str, placeholder: str = "") -> None:
        super().__init__(field, label, placeholder=placeholder, most=40)
        self.now, self.tz = now, tz
        self._kept: tuple[str, Json] = ("", None)
        """The text that stands for a stored value, and that value."""

    def compose_control(self) -> ComposeResult:
        yield from super().compose_control()
        yield Static("", classes="means")

    def read(self, text: str) -> Json:
        """Return the value of a text; raises BadTime."""
        raise NotImplementedError

    def write(self, value: Json) -> str:
        """Return the text that stands for a value."""
        raise NotImplementedError

    def means(self, value: Json) -> str:
        """Return what a value means, in words."""
        raise NotImplementedError

    def _value(self) -> Json:
        text = self.text.strip()
        if text == self._kept[0]:
            return self._kept[1]
        return self.read(text) if text else None

    def values(self) -> Mapping[str, Json]:
        try:
            return {self.field: self._value()}
        except BadTime:
            return {}

    def typed(self) -> Mapping[str, str]:
        return {} if self.values() else {self.field: self.text}

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        try:
            self._value()
        except BadTime as bad:
            return bad.sentence
        return ""

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        value = values.get(self.field)
        self._kept = (self.write(value) if value is not None else "", value)
        super().restore({self.field: self._kept[0]}, typed)
        self._explain()

    def _explain(self) -> None:
        value = next(iter(self.values().values()), None)
        self.query_one(".means", Static).update(plain(self.means(value) if value is not None else ""))

    @on(Input.Changed)
    def _read_on(self, _: Input.Changed) -> None:
        self._explain()
        if self.complains and not self.check():
            self.complain("")

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Say at the field what cannot be read."""
        self.complain(self.check())


class FormDay(FormParsed):
    """A coming calendar day."""

    def read(self, text: str) -> Json:
        return parse_day(text, day_of(self.now(), self.tz), ahead=True).isoformat()

    def write(self, value: Json) -> str:
        return str(value)

    def means(self, value: Json) -> str:
        today = day_of(self.now(), self.tz)
        day = date.fromisoformat(str(value))
        away = (day - today).days
        return day_words(day, today) + (f", in {away} days" if away > 1 else "")


class FormClock(FormParsed):
    """A time of day, `HH:MM`, of a day that another field has."""

    def read(self, text: str) -> Json:
        at, later = parse_clock(text)
        if later:
            raise BadTime("24:00 belongs to the next day: type 23:59, or 0:00 and the next day.")
        return f"{at:%H:%M}"

    def write(self, value: Json) -> str:
        return str(value)

    def means(self, value: Json) -> str:
        return "" if str(value) == self.text.strip() else str(value)


class FormMoment(FormParsed):
    """A coming day and time."""

    def read(self, text: str) -> Json:
        return instant(parse_moment(text, now_ms=self.now(), tz=self.tz))

    def write(self, value: Json) -> str:
        ms = instant_ms(str(value))
        return f"{day_of(ms, self.tz).isoformat()} {clock_words(ms, self.tz)}"

    def means(self, value: Json) -> str:
        return moment_words(instant_ms(str(value)), self.now(), self.tz)


class FormBy(FormMoment):
    """By when: a coming day and time, or a day alone, which means its end."""

    def read(self, text: str) -> Json:
        if " " in text.strip():
            return super().read(text)
        day = parse_day(text, day_of(self.now(), self.tz), ahead=True)
        if day < day_of(self.now(), self.tz):
            raise BadTime("That day has passed: type a day to come.")
        return instant(instants(day, time(23, 59), self.tz)[0])


class FormPast(FormParsed):
    """A moment that has passed: a time, `now-20`, or a day and a time; beside it how long after another it was."""

    def __init__(
        self,
        field: str,
        label: str,
        *,
        now: Now,
        tz: str,
        placeholder: str = "",
        since: Callable[[], int | None] = lambda: None,
        since_words: str = "",
    ) -> None:
        super().__init__(field, label, now=now, tz=tz, placeholder=placeholder)
        self._since, self._since_words = since, since_words

    def read(self, text: str) -> Json:
        first, _, rest = text.strip().partition(" ")
        if not rest.strip():
            return instant(parse_time(first, now_ms=self.now(), tz=self.tz))
        day = parse_day(first, day_of(self.now(), self.tz))
        return instant(parse_time(rest, now_ms=self.now(), tz=self.tz, day=day))

    def write(self, value: Json) -> str:
        ms = instant_ms(str(value))
        words = clock_words(ms, self.tz)
        today = day_of(self.now(), self.tz)
        return words if day_of(ms, self.tz) == today else f"{day_of(ms, self.tz).isoformat()} {words}"

    def means(self, value: Json) -> str:
        ms, since = instant_ms(str(value)), self._since()
        words = moment_words(ms, self.now(), self.tz)
        if since is None or ms < since:
            return words
        return f"{words}, {length_words((ms - since) // MINUTE_MS)} {self._since_words}".rstrip()

    def explain(self) -> None:
        """Say anew what the value means, after what it is measured from has changed."""
        self._explain()

    @on(Input.Submitted)
    def settle(self, _: Input.Submitted | None = None) -> None:
        """Write the moment out, so that `now-20` does not move on with the clock."""
        if self.text.strip() and not self.check():
            self.restore(self.values(), {})
            self.changed()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Write out what was read once the person goes on."""
        super().on_descendant_blur(event)
        self.settle()
