"""Visit check-in: going in, more time, and being out again (clinical.md 2.20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from ..clinical.checkin import LIMITS, USUAL_MIN, parse_length
from ..clinical.times import BadTime, moment_words
from ..widgets.flags import titled
from ..widgets.form_field import FormField, field_id
from ..widgets.form_line import FormLine
from ..widgets.identity import called
from ..widgets.text import lines, plain, styled
from .base import Dialog
from .keys import key
from .reason_ask import AskReason

if TYPE_CHECKING:
    from ..store.models import Checkin, ClientLine, VisitLine
    from .base import FieldScreen

LONGER_MIN = 30


class CheckIn(Dialog[bool]):
    """Until when, where, and what is said if one cannot speak freely."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Check in\n\nEnter goes from line to line, after the last one the check-in is written. Out by: 45m, 1h30 or 14:30. "
        f"{LIMITS}"
    )
    BINDINGS = [
        key("ctrl+s", "go", "Check in", "Write it down now.", priority=True),
        key("escape", "back", "Back", "Write nothing."),
    ]

    def __init__(self, client: str, line: ClientLine, visit: VisitLine | None = None) -> None:
        super().__init__()
        self._client, self._line, self._visit = client, line, visit

    def compose_body(self) -> ComposeResult:
        yield Static(titled("Check in", called(self._line), self._line.risk), classes="title")
        yield FormLine("length", "Out by", placeholder="45m, 1h30 or 14:30", most=20)
        yield FormLine("place", "Where", placeholder="so that somebody can look for you there")
        yield FormLine(
            "code_word", "Code word", placeholder="what you say if you cannot speak freely; may stay empty"
        )
        yield Static(plain(LIMITS), classes="muted")

    def on_mount(self) -> None:
        visit = self._visit
        minutes = visit.minutes if visit is not None and visit.minutes else USUAL_MIN
        place = (visit.where if visit is not None else "") or self._line.street
        self._field("length").restore({"length": f"{minutes}m"}, {})
        self._field("place").restore({"place": place}, {})
        self._field("length").land("99")

    def _field(self, name: str) -> FormLine:
        return self.query_one(f"#{field_id(name)}", FormLine)

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        names = ("length", "place", "code_word")
        at = names.index(event.field.field)
        if at + 1 < len(names):
            self._field(names[at + 1]).land("999")
        else:
            self.action_go()

    @work(group="go", exclusive=True)
    async def action_go(self) -> None:
        """Write the check-in."""
        host, place = self.host, self._field("place")
        now, tz = host.corrected_ms(), host.me.tz
        try:
            minutes = parse_length(self._field("length").text, now_ms=now, tz=tz)
        except BadTime as wrong:
            self._field("length").complain(wrong.sentence)
            self._field("length").land("99")
            return
        if not place.text.strip():
            place.complain("Say where you go, so that somebody can look for you there.")
            place.land()
            return
        visit = self._visit.record if self._visit is not None else None
        with self.saying():
            await host.ask(
                host.laptop.check_in, self._client, minutes, place.text, self._field("code_word").text, visit
            )
            host.touched()
            until = moment_words(now + minutes * 60_000, now, tz)
            self.say_below(f"Checked in until {until}. Press C when you are out and safe.")
            self.dismiss(True)

    def action_back(self) -> None:
        """Write nothing."""
        self.dismiss(False)


class CheckedIn(Dialog[bool]):
    """What somebody who is checked in can say: safe, or more time."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        f"# Checked in\n\n`y` says that you are out and safe; `m` that you stay half an hour longer. {LIMITS}"
    )
    BINDINGS = [
        key("y", "safe", "Out and safe", "Close the check-in."),
        key("m", "longer", "Stay longer", f"{LONGER_MIN} minutes more from now."),
        key("escape", "back", "Back", "Change nothing."),
    ]

    def __init__(self, checkin: Checkin) -> None:
        super().__init__()
        self._checkin = checkin

    def compose_body(self) -> ComposeResult:
        one, now, tz = self._checkin, self.host.corrected_ms(), self.host.me.tz
        until = moment_words(one.until_ms, now, tz)
        yield Static(titled("Checked in", one.name, one.risk), classes="title")
        yield Static(
            lines(
                one.place,
                styled(f"was due {until}", "bold $text-error") if one.late else f"out by {until}",
                *([f"Code word: {one.code_word}"] if one.code_word else []),
            )
        )
        yield Static(plain(f"y  out and safe      m  {LONGER_MIN} minutes more"), classes="muted")
        yield Static(plain(LIMITS), classes="muted")

    @work(group="go", exclusive=True)
    async def action_safe(self) -> None:
        """Close the check-in."""
        with self.saying():
            await self.host.ask(self.host.laptop.say_safe, self._checkin.record)
            self.host.touched(self._checkin.record)
            self.say_below("Out and safe: written down.")
            self.dismiss(True)

    @work(group="go", exclusive=True)
    async def action_longer(self) -> None:
        """Stay longer."""
        with self.saying():
            await self.host.ask(self.host.laptop.stay_longer, self._checkin.record, LONGER_MIN)
            self.host.touched(self._checkin.record)
            self.say_below(f"{LONGER_MIN} minutes more from now.")
            self.dismiss(True)

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(False)


async def look_after(screen: FieldScreen[None], record: str) -> None:
    """Open a check-in that is due: one's own, or a colleague's of whom somebody now knows."""
    host = screen.host
    with screen.saying():
        one = await host.ask(host.laptop.open_checkin, record)
        if one is None:
            screen.say("This check-in is closed already.", tone="done")
            host.touched(record)
            return
        if one.staff == host.me.staff:
            await screen.app.push_screen_wait(CheckedIn(one))
            return
        now, tz = host.corrected_ms(), host.me.tz
        code = f" Code word: {one.code_word}." if one.code_word else ""
        said = f"At {one.place}. Due {moment_words(one.until_ms, now, tz)}.{code} Call them; if nobody answers, follow your team's plan or call 911."
        question = titled(f"No sign of {one.staff_name}", one.name, one.risk)
        answer = await screen.app.push_screen_wait(
            AskReason(question, said, label="They are safe: how you know", need_text=True)
        )
        if answer is not None:
            await host.ask(host.laptop.say_safe, record, answer.text)
            host.touched(record)
            screen.say("Closed: they are safe.", tone="done")
