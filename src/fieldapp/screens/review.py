"""Review: what waits for a supervisor, oldest and latest first; each item is opened before it is decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..clinical.told.team import LINES
from ..widgets.flags import name_cells
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, plain, styled
from .base import FieldScreen
from .keys import REFRESH, key
from .reading import ReadingScreen
from .review_quarantine import decide
from .sync_rows import explained

if TYPE_CHECKING:
    from ..store.models import ReviewLine

GLYPHS = {
    "lowered": "▽", "alert": "!", "cosign": "✎", "returned": "↩", "answered": "↪", "late": "◷", "no_goal": "✎", "error": "✗", "conflict": "≠",
    "quarantine": "!", "missing": "∅", "forked": "!", "revoked": "∅", "drain": "∅", "silent": "◷",
    "same_visit": "≠", "flagged": "⚑", "draft": "✎", "task": "☐", "glass": "⚑",
}  # fmt: skip
NOT_OPENED = frozenset({"missing", "forked", "revoked", "drain", "silent", "draft"})
"""What is about a laptop, or read by its author alone."""
DAY_MS = 86_400_000
HOUR_MS = 3_600_000


def age(at_ms: int, now_ms: int) -> str:
    """Return how long something waits, in few letters."""
    waited = max(0, now_ms - at_ms)
    return f"{waited // DAY_MS} d" if waited >= DAY_MS else f"{waited // HOUR_MS} h"


def draw(line: ReviewLine, now_ms: int, width: int) -> Content:
    """Return one thing that waits: what, since when, about whom, by whom, why."""
    name = 20 if width < 100 else 26
    who = 14 if width < 100 else 20
    since = "late" if line.late else ""
    parts: list[Content | str] = [
        f"{GLYPHS.get(line.what, '·')} ",
        fit(LINES[line.what].short, 12),
        fit(age(line.at_ms, now_ms), 6),
        styled(fit(since, 5), "bold $text-error"),
        name_cells(line.name or "-", line.risk, name),
        " ",
        styled(fit(line.author, who), "$text-muted"),
        " ",
    ]
    said = " · ".join(part for part in (line.title, line.reason) if part)
    return join(*parts, fit(said, max(0, width - 27 - name - who)))


class ReviewScreen(FieldScreen[None]):
    """The queue."""

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#queue"
    HELP = (
        "# Review\n\nBelow the list stands what the line is, that nothing is lost by it, and what to do. Enter opens what waits. In the record: c co-signs, r returns it with a reason. Nothing can be "
        "co-signed before it was opened."
    )
    BINDINGS = [REFRESH, key("s", "settle", "Settle", "Settle the conflict that is picked out.")]

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, ReviewLine] = {}

    @property
    def client_at_hand(self) -> str | None:
        line = self._picked()
        return line.client or None if line is not None else None

    def compose_body(self) -> ComposeResult:
        yield Static(plain("Review"), classes="title", id="count")
        yield RowList("Nothing waits for you.", id="queue")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the queue from the laptop."""
        with self.saying():
            found = await self.host.browse(self.host.laptop.review)
            self._lines = {f"{line.what}:{line.record}:{line.entry}": line for line in found}
            now = self.host.corrected_ms()
            rows = [Row(name, partial(draw, line, now)) for name, line in self._lines.items()]
            late = sum(line.late for line in found)
            words = f"Review · {len(found)} waiting" + (f", {late} late" if late else "")
            self.query_one("#count", Static).update(plain(words))
            self.query_one("#queue", RowList).show(rows)
            self._explain()

    def _picked(self) -> ReviewLine | None:
        queue = self.query("#queue")
        return self._lines.get(queue.first(RowList).key) if queue else None

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._explain()
        self.refresh_bindings()

    def _explain(self) -> None:
        """Say of the line that is picked out what it is and what to do about it."""
        line = self._picked()
        said = Content("")
        if line is not None:
            told = LINES[line.what]
            head = " · ".join(part for part in (line.title, line.name or line.author, line.reason) if part)
            said = explained(head, told)
        self.query_one("#detail", Static).update(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what does not apply to the line."""
        if action == "settle":
            line = self._picked()
            return True if line is not None and line.what == "conflict" else None
        return super().check_action(action, parameters)

    @on(RowList.Chosen, "#queue")
    def _chosen(self, event: RowList.Chosen) -> None:
        line = self._lines.get(event.key)
        if line is not None:
            self._open(line)

    @work(group="open")
    async def _open(self, line: ReviewLine) -> None:
        with self.saying():
            if line.what == "conflict":
                await self._settle(line)
            elif line.what == "quarantine":
                said = await decide(self, line)
                if said:
                    self.say(said, tone="done")
                    self.host.touched(line.record)
            elif line.what == "task":
                self.host.open("tasks", client=line.client)
            elif line.what == "same_visit":
                self.host.open("same_visit", record=line.record, other=line.other)
            elif line.what in NOT_OPENED:
                self.say(f"{line.author}: {line.reason}. {LINES[line.what].todo}", tone="warning")
            elif await self.app.push_screen_wait(ReadingScreen(line.record, line.entry, review=True)):
                self.say("Done: the next one is picked out.", tone="done")

    async def _settle(self, line: ReviewLine) -> None:
        read = await self.host.ask(self.host.laptop.record, line.record)
        if read.conflicts:
            self.host.open("settle", record=line.record, path=read.conflicts[0])
        else:
            self.host.open("record", record=line.record)

    def action_settle(self) -> None:
        """Settle the conflict that is picked out."""
        line = self._picked()
        if line is not None:
            self._open(line)
