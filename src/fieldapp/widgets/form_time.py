"""Fields for days and moments: typed in short, read aloud beside, stored exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from ..clinical.times import (
    BadTime,
    clock_words,
    day_of,
    day_words,
    ends_now,
    floor_minute,
    moment_words,
    parse_day,
    parse_moment,
    parse_span,
    parse_stop,
    parse_time,
    span_words,
)
from ..records.canonical import Json
from ..records.envelope import instant, instant_ms
from .form_field import FormField
from .form_line import FormLine, LineInput
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


class FormMoment(FormParsed):
    """A coming day and time."""

    def read(self, text: str) -> Json:
        return instant(parse_moment(text, now_ms=self.now(), tz=self.tz))

    def write(self, value: Json) -> str:
        ms = instant_ms(str(value))
        return f"{day_of(ms, self.tz).isoformat()} {clock_words(ms, self.tz)}"

    def means(self, value: Json) -> str:
        return moment_words(instant_ms(str(value)), self.now(), self.tz)


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
            value = values.get(path)
            return instant_ms(str(value)) if value else None

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
