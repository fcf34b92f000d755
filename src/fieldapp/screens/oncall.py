"""The on-call roster: who answers when, and when nobody does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.oncall import WEEKS_MOST
from ..clinical.policy import allow
from ..clinical.times import moment_words
from ..widgets.flags import STYLES
from ..widgets.form_field import FormField
from ..widgets.form_line import FormNumber
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, Dialog, FieldScreen
from .keys import BACK, REFRESH, key
from .reading_rights import actor_of
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.oncall_models import OncallRead, ShiftLine


def span_text(since_ms: int, until_ms: int, now_ms: int, tz: str) -> str:
    """Return a time as it stands in the roster: `Fri 27 Nov 12:00 – Fri 4 Dec 12:00`."""
    return f"{moment_words(since_ms, now_ms, tz)} – {moment_words(until_ms, now_ms, tz)}"


def draw_shift(line: ShiftLine, now_ms: int, tz: str, width: int) -> Content:
    """Return one shift: when, who, who else."""
    mark = "☎ " if line.now else "≠ " if line.double else "  "
    when = fit(span_text(line.since_ms, line.until_ms, now_ms, tz), 42)
    others = ", ".join(
        f"{role} {name}"
        for role, name in (("backup", line.backup_name), ("supervisor", line.supervisor_name))
        if name
    )
    tone = STYLES["warning"] if line.double else "bold" if line.now else ""
    who = line.primary_name or "nobody named"
    said = fit(f"{who}, {others}" if others else who, max(8, width - 47))
    return join("  ", styled(mark + when, tone), " ", said)


def draw_gap(gap: tuple[int, int], now_ms: int, tz: str, width: int) -> Content:
    """Return a time without anybody."""
    return join(
        "  ", styled(fit(f"! nobody: {span_text(*gap, now_ms, tz)}", max(8, width - 2)), STYLES["warning"])
    )


class HowManyWeeks(Dialog[int | None]):
    """Dismissed with for how many weeks a shift is repeated."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = ""
    HELP = (
        "# Repeat\n\nThe same hours and people in each of the next weeks. Enter does it, escape does nothing."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Repeat", "Put them into the roster.", priority=True),
        key("escape", "back", "Back", "Do nothing."),
    ]

    def __init__(self, said: str) -> None:
        super().__init__()
        self._said = said

    def compose_body(self) -> ComposeResult:
        yield Static(plain("Repeat this shift for how many weeks?"), classes="title")
        yield Static(plain(self._said), classes="muted")
        yield FormNumber("weeks", "Weeks", most=WEEKS_MOST, placeholder=f"1 to {WEEKS_MOST}")

    def on_mount(self) -> None:
        self.query_one(FormNumber).land()

    @on(FormField.Done)
    def action_go(self) -> None:
        """Repeat it."""
        field = self.query_one(FormNumber)
        weeks = field.values().get("weeks")
        if isinstance(weeks, int) and weeks > 0:
            self.dismiss(weeks)
        else:
            field.complain(f"Type a whole number from 1 to {WEEKS_MOST}.")

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)


class OncallScreen(FieldScreen[None]):
    """The roster of one's program."""

    CSS_PATH = "shifts.tcss"
    AUTO_FOCUS = "#shifts"
    HELP = (
        "# On-call roster\n\nWho answers when nobody is at work, with backup and supervisor. A time without anybody and two "
        "shifts at once are marked. Supervisors add, change, repeat and take out shifts; everybody on call reads the crisis "
        "cards of the whole program while their shift lasts."
    )
    BINDINGS = [
        key("w", "make", "New", "Put a shift into the roster."),
        key("e", "change", "Change", "Change the shift that is picked out."),
        key("R", "repeat", "Repeat", "The same shift in the weeks after it."),
        key("x", "drop", "Take out", "Take the shift that is picked out of the roster."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#shifts", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._read: OncallRead | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", classes="title", id="count")
        yield RowList("No shift is in the roster.", id="shifts")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the roster from the laptop."""
        with self.saying("reading"):
            read = await self.host.ask(self.host.laptop.oncall_roster)
            now, tz = self.host.corrected_ms(), self.host.me.tz
            self._read = read
            self.query_one("#count", Static).update(plain(f"On call · {read.program_name}"))
            rows = [(one.since_ms, Row(one.item, partial(draw_shift, one, now, tz))) for one in read.shifts]
            rows += [(gap[0], Row(f"gap:{gap[0]}", partial(draw_gap, gap, now, tz))) for gap in read.gaps]
            self.rows.show([row for _, row in sorted(rows, key=lambda row: (row[0], row[1].key))])
            self._tell()
        if self._read is None:
            self.rows.fail(UNREAD)

    def _picked(self) -> ShiftLine | None:
        found = self._read.shifts if self._read is not None else ()
        return next((one for one in found if one.item == self.rows.key), None)

    @on(RowList.Moved, "#shifts")
    def _tell(self) -> None:
        one, said = self._picked(), Content("")
        if one is not None:
            marks = ["two shifts at the same time"] if one.double else []
            who = ", ".join(part for part in (one.primary_name or "nobody named", one.phone) if part)
            said = lines(styled(who, "bold"), *(styled(mark, STYLES["warning"]) for mark in marks))
        if self._read is not None and self._read.begun:
            said = lines(said, styled("▸ A change was begun: e goes on with it.", STYLES["warning"]))
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what only supervisors do; dim what has no shift to work on."""
        if action in ("make", "change", "repeat", "drop"):
            if not allow(actor_of(self.host.me), "save", "oncall"):
                return False
            return True if action == "make" or (self.is_mounted and self._picked() is not None) else None
        return super().check_action(action, parameters)

    def action_make(self) -> None:
        """Put a shift into the roster."""
        self.host.open("oncall_shift")

    @on(RowList.Chosen, "#shifts")
    def _chosen(self) -> None:
        if allow(actor_of(self.host.me), "save", "oncall"):
            self.action_change()

    def action_change(self) -> None:
        """Change the shift that is picked out."""
        one = self._picked()
        if one is not None:
            self.host.open("oncall_shift", item=one.item)

    @work(group="change", exclusive=True)
    async def action_repeat(self) -> None:
        """Repeat the shift that is picked out."""
        one, read, host = self._picked(), self._read, self.host
        if one is None or read is None:
            return
        with self.saying():
            said = span_text(one.since_ms, one.until_ms, host.corrected_ms(), host.me.tz)
            weeks = await self.app.push_screen_wait(HowManyWeeks(said))
            if weeks is not None:
                await host.ask(host.laptop.repeat_shift, one.item, weeks)
                host.touched(read.record)
                self.say(f"In the roster for {weeks} more {'week' if weeks == 1 else 'weeks'}.", tone="done")

    @work(group="change", exclusive=True)
    async def action_drop(self) -> None:
        """Take the shift that is picked out of the roster, after asking."""
        one, read, host = self._picked(), self._read, self.host
        if one is None or read is None:
            return
        with self.saying():
            said = span_text(one.since_ms, one.until_ms, host.corrected_ms(), host.me.tz)
            if await self.app.push_screen_wait(
                Sure("Take this shift out of the roster?", f"{one.primary_name}, {said}")
            ):
                await host.ask(host.laptop.drop_shift, one.item)
                host.touched(read.record)
                self.say("It is out of the roster.", tone="done")
