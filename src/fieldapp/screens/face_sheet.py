"""The face sheet: who a client is, who is around them, what they agreed to, who was told what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.consent import REVOKED_HOW
from ..widgets.flags import STYLES, titled
from ..widgets.form_choice import FormChoice
from ..widgets.identity import called
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import fit, join, lines, plain, styled
from .base import Dialog
from .client_list import ClientListScreen
from .keys import BACK, REFRESH, key
from .reason_ask import AskReason, Sure

if TYPE_CHECKING:
    from ..store.models import ClientLine
    from ..store.sheet_models import FaceSheet, SheetLine

_GLYPHS = {"error": "■", "warning": "!", "over": "✕"}
_TONES = {"over": "note"}
_TITLE = 22
_ONE = ("client", "episode", "coverage")
"""What begins elsewhere: at the intake."""
_OF_ONE_RECORD = ("coverage", "housing")
"""Sections whose lines are parts of one record."""


def draw_record(line: SheetLine, begun: bool, width: int) -> Content:
    """Return one record: what it is, how it stands, the rest."""
    tone = STYLES[_TONES.get(line.mark, line.mark)]
    cells = min(_TITLE, max(8, width // 3))
    title = styled(fit(line.title, cells), "bold" if line.mark != "over" else "$text-muted")
    marks = join(
        styled("▸ begun ", "$text-warning") if begun else "",
        styled(f"{line.mark_words} · ", tone) if line.mark_words else "",
    )
    room = max(8, width - cells - 4 - marks.cell_length)
    return join(styled(f"{_GLYPHS.get(line.mark, ' ')} ", tone), title, "  ", marks, fit(line.words, room))


class WhichKind(Dialog[str | None]):
    """What is put on the face sheet."""

    CSS_PATH = "form.tcss"
    HELP = "# Add\n\nThe digit picks what you add. Escape does nothing."
    BINDINGS = [key("escape", "back", "Back", "Add nothing.")]

    def __init__(self, offered: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._offered = offered

    def compose_body(self) -> ComposeResult:
        yield Static(plain("What do you add?"), classes="title")
        yield FormChoice("kind", "Add", self._offered, optional=False)

    def on_mount(self) -> None:
        self.query_one(FormChoice).land()

    @on(FormChoice.Done)
    def _picked(self) -> None:
        self.dismiss(self.query_one(FormChoice).value or None)


class FaceSheetScreen(ClientListScreen["FaceSheet"]):
    """One client's face sheet."""

    CSS_PATH = ["form.tcss", "face_sheet.tcss"]
    HEAD = "Face sheet of"
    AUTO_FOCUS = "#records"
    HELP = (
        "# Face sheet\n\nEnter opens a line for changing, `a` adds a person, a consent, an alert, a new place where they live. Beside each person stands "
        "whether they may hear about the client: ALLOWED, NOT ALLOWED, or LISTEN ONLY, and by which consent. `x` takes a "
        "consent back at once, or says that an alert is over; `y` says that an alert still holds."
    )
    BINDINGS = [
        key("a", "add", "Add", "Add a person, a consent, an alert or what was told."),
        key("x", "end", "End", "Take a consent back, or say that an alert is over."),
        key("y", "still", "Still so", "Say that an alert still holds."),
        REFRESH,
        BACK,
    ]

    def __init__(self, client: str) -> None:
        super().__init__(client)
        self._lines: dict[str, SheetLine] = {}

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield RowList("Nothing is written down.", id="records")
        yield Static("", id="detail")

    async def read_list(self) -> FaceSheet:
        """Return the client's face sheet."""
        return await self.host.ask(self.host.laptop.face_sheet, self._client)

    def draw(self, read: FaceSheet, line: ClientLine) -> None:
        """Show all records, part by part."""
        rows: list[Row] = []
        self._lines = {}
        for part in read.sections:
            count = "" if part.kind == "client" else f" · {len(part.lines)}"
            remark = f" · {part.remark}" if part.remark else ""
            rows.append(heading(f"{part.title}{count}{remark}"))
            for number, one in enumerate(part.lines):
                name = f"{part.kind}:{one.record}:{number if part.kind in _OF_ONE_RECORD else ''}"
                self._lines[name] = one
                begun = one.record in read.drafts and part.kind != "housing"
                rows.append(Row(name, partial(draw_record, one, begun)))
        self.rows.show(rows)
        self._tell()

    # What is picked out

    def _picked(self) -> SheetLine | None:
        return self._lines.get(self.rows.key)

    @on(RowList.Moved, "#records")
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        line = self._picked()
        said = Content("")
        if line is not None:
            tone = STYLES[_TONES.get(line.mark, line.mark)]
            standing = [styled(line.mark_words, tone)] if line.mark_words else []
            said = lines(styled(line.title, "bold"), *standing, line.words)
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has nothing to work on."""
        line = self._picked()
        if action == "end":
            return (
                True
                if line is not None and line.kind in ("consent", "alert") and line.mark != "over"
                else None
            )
        if action == "still":
            return True if line is not None and line.kind == "alert" else None
        return super().check_action(action, parameters)

    # Doing

    @on(RowList.Chosen, "#records")
    def _chosen(self) -> None:
        line = self._picked()
        if line is None or self._read is None:
            return
        if not next(part.may_write for part in self._read.sections if part.kind == line.kind):
            self.host.open("record", record=line.record)
        elif line.kind == "episode":
            self.host.open("episode", client=self._client)
        elif line.kind == "housing":
            self.host.open("housing", client=self._client, item=line.item)
        elif line.kind == "coverage":
            self.host.open("coverage", client=self._client)
        else:
            self.host.open("sheet_form", kind=line.kind, client=self._client, record=line.record)

    @work(group="add", exclusive=True)
    async def action_add(self) -> None:
        """Add a record to the face sheet."""
        if self._read is None:
            return
        offered = tuple(
            (part.kind, part.title)
            for part in self._read.sections
            if part.may_write and part.kind not in _ONE
        )
        kind = await self.app.push_screen_wait(WhichKind(offered))
        if kind == "housing":
            self.host.open("housing", client=self._client)
        elif kind is not None:
            self.host.open("sheet_form", kind=kind, client=self._client)

    @work(group="end", exclusive=True)
    async def action_end(self) -> None:
        """Take a consent back, or say that an alert is over."""
        line, who, host = self._picked(), self._line, self.host
        if line is None or who is None:
            return
        with self.saying():
            if line.kind == "consent":
                title = titled(f"Revoke: {line.title}", called(who), who.risk)
                asked = AskReason(
                    title,
                    "From now on nobody is told anything by it.",
                    tuple(REVOKED_HOW.items()),
                    label="Remark",
                )
                answer = await self.app.push_screen_wait(asked)
                if answer is None:
                    return
                remark = answer.text if not answer.category else answer.text.partition(": ")[2]
                await host.ask(host.laptop.revoke_consent, line.record, answer.category, remark)
                said = "Revoked. It holds on this laptop now, and everywhere as soon as they sync."
            else:
                title = titled(f"Over: {line.title}", called(who), who.risk)
                answer = await self.app.push_screen_wait(AskReason(title, "", label="Why", need_text=True))
                if answer is None:
                    return
                await host.ask(host.laptop.clear_alert, line.record, answer.text)
                said = "The alert is over."
            host.touched(line.record)
            self.say(said, tone="done")

    @work(group="still", exclusive=True)
    async def action_still(self) -> None:
        """Say that an alert still holds."""
        line, host = self._picked(), self.host
        if line is None:
            return
        with self.saying():
            if line.mark == "over":
                sure = Sure(
                    "Does it hold again?", "The alert was cleared. It will stand before every visit again."
                )
                if not await self.app.push_screen_wait(sure):
                    return
            await host.ask(host.laptop.confirm_alert, line.record)
            host.touched(line.record)
            self.say("Confirmed. It is asked about again in time.", tone="done")
