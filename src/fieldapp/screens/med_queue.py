"""Who waits for somebody medical, and of the client picked out the last note, list and measures on one screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.times import day_of, local
from ..widgets.flags import STYLES, client_marks, marks_in, name_cells
from ..widgets.medicines import list_brief
from ..widgets.row_list import Row, RowList
from ..widgets.text import clip, fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key

if TYPE_CHECKING:
    from ..store.medical_models import MedicalBrief, QueueLine, Seen


def draw_waiting(line: QueueLine, width: int) -> Content:
    """Return one client: name with the risk, the reasons, what is late first."""
    name = 24 if width < 100 else 32
    words = " · ".join(line.why)
    tone = STYLES["error"] if line.late else ""
    return join(
        name_cells(line.name, line.risk, name), " ", styled(fit(words, max(8, width - name - 1)), tone)
    )


class QueueScreen(FieldScreen[None]):
    """The queue of a prescriber or a medical assistant."""

    CSS_PATH = ["form.tcss", "medical.tcss"]
    AUTO_FOCUS = "#waiting"
    HELP = (
        "# Medical queue\n\nClients whose side effects, injections, labs, visits or lists wait for you; late ones first. "
        "Below: the last note, and beside it the list and the last measures. Enter opens the chart, `n` writes the note, "
        "`M` opens the list, `t` the tasks."
    )
    BINDINGS = [
        key("right,pagedown", "turn(1)", "Text down", "Scroll the last note and the list.", show=False),
        key("left,pageup", "turn(-1)", "Text up", "Scroll them back.", show=False),
        REFRESH,
        BACK,
    ]
    rows = query_one("#waiting", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[QueueLine, ...] | None = None
        self._brief: MedicalBrief | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self.rows.key or None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="count")
        yield RowList("Nobody waits: no side effects, injections, visits or lists are due.", id="waiting")
        with Horizontal(id="brief"):
            with VerticalScroll(id="note-pane", classes="pane", can_focus=False):
                yield Static("", id="note-text")
            with VerticalScroll(id="list-pane", classes="pane", can_focus=False):
                yield Static("", id="list-text")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Read again: somebody may have been seen to meanwhile."""
        super().on_screen_resume()
        if self._lines is not None:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the queue from the laptop."""
        with self.saying("reading"):
            found = await self.host.ask(self.host.laptop.medical_queue)
            self._lines = found
            late = sum(line.late for line in found)
            said = f"Medical queue · {len(found)} clients" + (f", {late} late" if late else "")
            self.query_one("#count", Static).update(plain(said))
            self.rows.show([Row(line.client, partial(draw_waiting, line)) for line in found])
            if not found:
                self._clear()
        if self._lines is None:
            self.rows.fail(UNREAD)

    def _clear(self) -> None:
        for name in ("#note-text", "#list-text"):
            self.query_one(name, Static).update(Content(""))

    @on(RowList.Moved, "#waiting")
    def _moved(self) -> None:
        if self.rows.key:
            self._look(self.rows.key)

    @work(group="brief", exclusive=True)
    async def _look(self, client: str) -> None:
        with self.saying("brief"):
            brief = await self.host.ask(self.host.laptop.medical_brief, client)
            if self.rows.key == client:
                self._brief = brief
                self._show(brief)

    def on_resize(self) -> None:
        """Draw both columns anew at their new width."""
        if self._brief is not None:
            self.call_after_refresh(self._show, self._brief)

    def _show(self, brief: MedicalBrief) -> None:
        if not self.is_attached:
            return
        width = max(20, self.app.size.width // 2 - 4)
        why = next((line.why for line in self._lines or () if line.client == brief.line.client), ())
        first: list[Content | str] = (
            [marks_in(client_marks(brief.line), width)] if client_marks(brief.line) else []
        )
        first += [styled(clip(f"◷ {words}", width), STYLES["warning"]) for words in why]
        first += [self._heading("Last note"), *self._note(brief)]
        self.query_one("#note-text", Static).update(lines(*first))
        second: list[Content | str] = [self._heading("Medicines"), list_brief(brief.medications, width)]
        for title, rows in (
            ("Measures", brief.measures),
            ("Vital signs", brief.vitals),
            ("Taken", brief.taking),
        ):
            if rows:
                second += [self._heading(title), *(self._seen(row) for row in rows)]
        if not brief.measures:
            second.append(styled("No measure yet.", "$text-muted"))
        self.query_one("#list-text", Static).update(lines(*second))
        for pane in self.query(".pane").results(VerticalScroll):
            pane.scroll_home(animate=False)

    def _heading(self, words: str) -> Content:
        return styled(words, "bold $text-primary")

    def _note(self, brief: MedicalBrief) -> list[Content | str]:
        found: list[Content | str] = []
        if brief.visit_ms is not None:
            found.append(styled(f"Last medical visit {self._day(brief.visit_ms)}", "$text-muted"))
        if brief.note is None:
            return [*found, styled("There is none here.", "$text-muted")]
        head = f"{self._day(brief.note.at_ms)} {brief.note_title}, {brief.note.author}"
        return [*found, styled(head, "$text-muted"), brief.note.words]

    def _seen(self, row: Seen) -> Content:
        return join(styled(f"{self._day(row.at_ms)} ", "$text-muted"), row.words)

    def _day(self, ms: int) -> str:
        now, tz = self.host.corrected_ms(), self.host.me.tz
        then = local(ms, tz)
        if day_of(ms, tz).year != day_of(now, tz).year:
            return day_of(ms, tz).isoformat()
        return f"{then:%b} {then.day}"

    def action_turn(self, pages: int) -> None:
        """Scroll both columns."""
        for pane in self.query(".pane").results(VerticalScroll):
            pane.scroll_relative(y=pages * max(1, pane.size.height - 1), animate=False)

    @on(RowList.Chosen, "#waiting")
    def _chosen(self, event: RowList.Chosen) -> None:
        self.host.open("chart", client=event.key)
