"""Two values side by side: every value with who wrote it and when; one is chosen or a new one written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..records.kind import DOC
from ..records.kinds import KINDS, PLANS, VERSIONED
from ..widgets.flags import with_risk
from ..widgets.text import join, plain, styled
from .base import FieldScreen
from .goals_rules import first_values as goal_values
from .keys import BACK, key
from .reading_text import parts, said, when
from .reason_ask import Sure
from .routes import make
from .safety_plan_rules import first_values
from .settle_write import new_value, way_to_write
from .sign import SignDialog

if TYPE_CHECKING:
    from ..store.models import Conflict, ConflictSide

DIGITS = "123456789"


class Side(VerticalScroll, can_focus=False):
    """One of the values."""

    def __init__(self, number: int, side: ConflictSide, text: Content, tz: str) -> None:
        super().__init__(classes="side", id=f"side-{number}")
        self.number, self._side, self._text, self._tz = number, side, text, tz
        self._chosen = False

    def compose(self) -> ComposeResult:
        yield Static("", classes="side-head")
        yield Static(self._text, classes="side-text")

    def on_mount(self) -> None:
        self.choose(False)

    def choose(self, chosen: bool) -> None:
        """Show whether it is the chosen one."""
        self.set_class(chosen, "-chosen")
        mark = "● " if chosen else "○ "
        head = join(
            styled(f"{mark}{self.number} ", "bold $text-primary"),
            styled(self._side.author, "bold"),
            f", {when(self._side.at_ms, self._tz)}",
        )
        self.query_one(".side-head", Static).update(head)


class SettleScreen(FieldScreen[bool]):
    """Settles one conflict; the result is one leaf."""

    CSS_PATH = ["form.tcss", "settle.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = (
        "# Settle\n\nPeople wrote without seeing each other's words. The digit picks a side, enter writes it in your "
        "name on top of all of them. Nothing that was written is lost: it stays in the history."
    )
    BINDINGS = [
        BACK,
        *(key(digit, f"pick({digit})", f"Side {digit}", "Pick this side.", show=False) for digit in DIGITS),
        key("enter", "settle", "Settle", "Write the side that is picked on top of all."),
        key("n", "write", "New value", "Write another value instead."),
    ]

    def __init__(self, record: str, path: str) -> None:
        super().__init__()
        self._record, self._path = record, path
        self._conflict: Conflict | None = None
        self._picked = 0

    @property
    def client_at_hand(self) -> str | None:
        return self._conflict.line.client or None if self._conflict is not None else None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Container(id="sides")
        yield Static("", id="settle-hint", classes="muted")

    def on_mount(self) -> None:
        self._read()

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        with self.saying():
            found = await self.host.ask(self.host.laptop.conflict, self._record, self._path)
            self._conflict = found
            tz = self.host.me.tz
            kind = KINDS.get(found.line.kind)
            label = kind.label if kind is not None else found.line.kind
            head = join(f"{label} · ", with_risk(found.line.name, found.line.risk), f" · {found.line.label}")
            self.query_one("#form-head", Static).update(head)
            sides = self.query_one("#sides", Container)
            await sides.remove_children()
            await sides.mount_all(
                Side(number, side, self._text(found, side), tz) for number, side in enumerate(found.sides, 1)
            )
            self._hint()
            self.refresh_bindings()

    def _text(self, found: Conflict, side: ConflictSide) -> Content:
        if found.line.path == DOC and isinstance(side.value, dict):
            return said(parts(found.line.kind, side.value, self.host.me.tz))
        return styled(side.text, "bold $text-error") if side.dropped else plain(side.text)

    @property
    def _opens_form(self) -> bool:
        """Whether the chosen version is looked over in a form instead of being written as it is."""
        line = self._conflict.line if self._conflict is not None else None
        return line is not None and (line.kind == "risk" or (line.path == DOC and line.kind in VERSIONED))

    def _hint(self) -> None:
        digits = " ".join(DIGITS[: len(self._conflict.sides)]) if self._conflict is not None else ""
        risk = self._conflict is not None and self._conflict.line.kind == "risk"
        what = "opens a new version that starts from it" if self._opens_form else "writes it on top of all"
        what = "opens the form that signs one level" if risk else what
        self.query_one("#settle-hint", Static).update(plain(f"{digits}  pick a side      enter  {what}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what waits for a pick, hide what this field does not have."""
        if action == "pick":
            number = parameters[0]
            return (
                self._conflict is not None and isinstance(number, int) and number <= len(self._conflict.sides)
            )
        if action == "settle":
            return True if self._picked else None
        if action == "write":
            return (
                self._conflict is not None
                and self._conflict.line.kind != "risk"
                and bool(way_to_write(self._conflict))
            )
        return super().check_action(action, parameters)

    def action_pick(self, number: int) -> None:
        """Pick a side."""
        self._picked = number
        for side in self.query(Side):
            side.choose(side.number == number)
        self.refresh_bindings()

    @work(group="settle")
    async def action_settle(self) -> None:
        """Write the picked side, or open a form that starts from it."""
        found = self._conflict
        if found is None or not self._picked:
            return
        side = found.sides[self._picked - 1]
        with self.saying():
            if found.line.kind == "risk":
                level = str(side.value) if found.line.path == "level" else ""
                self.dismiss(True)
                await self.app.push_screen(make("risk", client=found.line.client, level=level))
            elif self._opens_form:
                await self._open_version(found, side)
            else:
                await self._write(side.entry)

    @work(group="settle")
    async def action_write(self) -> None:
        """Write a new value."""
        if self._conflict is not None:
            with self.saying():
                given, value = await new_value(self, self._conflict)
                if given:
                    await self._write(value)

    async def _write(self, choice: object) -> None:
        laptop = self.host.laptop
        found = self._conflict
        if found is not None and found.line.path == DOC:
            secret = await self.host.ask(lambda: laptop.needs_reauth)
            answer = await self.app.push_screen_wait(
                SignDialog(f"Sign what you chose · {found.line.name}", None, None, (), secret=secret)
            )
            if answer is None:
                return
        await self.host.ask(laptop.settle, self._record, self._path, choice)
        self.host.touched(self._record)
        self.dismiss(True)

    async def _open_version(self, found: Conflict, side: ConflictSide) -> None:
        host, laptop, client, kind = self.host, self.host.laptop, found.line.client, found.line.kind
        draft = await host.ask(laptop.start, kind, client)
        if draft.revision > 1 or draft.focus or set(draft.prev) != set(found.heads):
            # A draft from before would not follow both versions, and the two would stand again.
            if not await self.app.push_screen_wait(
                Sure("There is a draft of this plan.", "Throw it away and start from the version you picked?")
            ):
                return
            await host.ask(laptop.discard_draft, draft.id)
            draft = await host.ask(laptop.start, kind, client)
        plans = kind in PLANS
        values = first_values(side.value, "") if plans else goal_values(side.value)
        draft = await host.ask(laptop.save_draft, draft.id, values, "")
        self.dismiss(True)
        screen = make("plan", kind=kind, client=client, draft=draft.id) if plans else None
        await self.app.push_screen(screen or make("goals", client=client, draft=draft.id))
