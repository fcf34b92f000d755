"""Review: what waits for a supervisor, oldest and latest first; each item is opened before it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from ..clinical.told.team import LINES
from ..widgets.flags import name_cells
from ..widgets.form_line import LineInput
from ..widgets.row_list import Row, RowList
from ..widgets.text import clip, fit, join, lines, styled
from .base import UNREAD, FieldScreen
from .keys import REFRESH, key
from .reading import ReadingScreen
from .review_batch import IN_A_BATCH, cosign_all
from .review_filter import GROUPS, Shown, age, band, bands, counts, shown_lines, step
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
NOT_READ = NOT_OPENED | {"conflict", "quarantine", "task", "same_visit"}
"""What is decided in a dialog or a screen of its own."""


def draw(line: ReviewLine, now_ms: int, opened: bool, width: int) -> Content:
    """Return one thing that waits: what, since when, in which band, about whom, by whom, why."""
    name = 20 if width < 100 else 26
    who = 14 if width < 100 else 20
    how_old = band(line, now_ms)
    style = {"LATE": "bold $text-error", ">72 h": "bold $text-warning", "24-72 h": "$text-warning"}
    parts: list[Content | str] = [
        f"{GLYPHS.get(line.what, '·')} ",
        fit(LINES[line.what].short, 12),
        fit(age(line.at_ms, now_ms), 6),
        styled(fit(how_old, 8), style.get(how_old, "")),
        name_cells(line.name or "-", line.risk, name),
        " ",
        styled(fit(line.author, who), "$text-muted"),
        " ",
    ]
    said = " · ".join(part for part in ("opened" if opened else "", line.title, line.reason) if part)
    return join(*parts, fit(said, max(0, width - 30 - name - who)))


def head(found: Sequence[ReviewLine], showing: int, shown: Shown, now_ms: int, width: int) -> Content:
    """Return how many wait by age, what is left out, and how many of each kind there are."""
    late = sum(line.late for line in found)
    first = f"Review · {len(found)} waiting" + (f", {late} late" if late else "")
    if shown.narrowed:
        first += f" · {showing} shown: {narrowed_words(shown)}"
    if shown.order != "urgency":
        first += f" · by {shown.order}"
    kinds = [styled(f" All {len(found)} ", "" if shown.group else "reverse bold")]
    for code, word, count, late_ones in counts(found):
        late_words = (
            f" ({late_ones} late)" if late_ones and late_ones != count else ", late" if late_ones else ""
        )
        kinds.append(styled(f" {word} {count}{late_words} ", "reverse bold" if code == shown.group else ""))
    rows: list[Content] = [Content("")]
    for kind in kinds:
        if rows[-1].cell_length + kind.cell_length > width and rows[-1].cell_length:
            rows.append(Content(""))
        rows[-1] = join(rows[-1], kind)
    ages = " · ".join(f"{name} {count}" for name, count in bands(found, now_ms))
    top = styled(clip(first, width), "bold")
    room = width - top.cell_length
    if len(ages) + 3 <= room:
        top = join(top, styled(f" · {ages}", "$text-muted"))
    return lines(top, *rows[:3])


def narrowed_words(shown: Shown) -> str:
    """Return what is left out, in words."""
    parts = ("late only" if shown.late else "", f"by {shown.author}" if shown.author else "",
             "one client" if shown.client else "", f"“{shown.words.strip()}”" if shown.words.strip() else "")  # fmt: skip
    kind = next((word.lower() for code, word, _ in GROUPS if code == shown.group), "")
    return ", ".join(part for part in (kind, *parts) if part)


class ReviewScreen(FieldScreen[None]):
    """The queue."""

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#queue"
    HELP = """# Review

Everything that waits for a second pair of eyes, the most urgent first. Below the list stands what the line is, that nothing is
lost by it, and what to do. Enter opens what waits; in the record `c` co-signs, `r` returns it with a reason, and `]` opens the next.

Left and right go through the kinds of lines; `l` shows late ones only, `a` the author's of the line that is picked out, `w` that
client's; `/` looks for words in client, author, title and reason; `o` changes the order. Escape shows everything again.

The age stands in hours or days, and in words: <24 h, 24-72 h, >72 h, LATE above its limit.

`v` co-signs everything that waits for your co-signature and that you have **opened** here, under one proof of who you are.
Nothing is co-signed that was not opened; lowered risk, errors, alerts and emergencies are decided one by one.
"""
    BINDINGS = [
        key("v", "cosign_opened", "Co-sign opened", "Co-sign all that you have opened, under one proof of who you are."),
        key("left", "group(-1)", "Kinds", "Show the kind of lines before.", show=False),
        key("right", "group(1)", "Kinds", "Show the next kind of lines only.", shown_key="←→"),
        key("l", "late", "Late", "Show late lines only, or all again."),
        key("a", "author", "Author", "Show lines by the author of this one only, or everybody's again."),
        key("w", "client", "Client", "Show lines about the client of this one only, or everybody's again."),
        key("slash", "type", "Words", "Look for words in client, author, title and reason."),
        key("o", "order", "Order", "Sort by urgency, age, author or client."),
        key("s", "settle", "Settle", "Settle the conflict that is picked out."),
        key("escape", "clear", "Show all", "Back to the list, then to everything that waits."),
        REFRESH,
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[ReviewLine, ...] = ()
        self._lines: dict[str, ReviewLine] = {}
        self._opened: frozenset[str] = frozenset()
        self._shown = Shown()

    @property
    def client_at_hand(self) -> str | None:
        line = self._picked()
        return line.client or None if line is not None else None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="count", markup=False)
        yield LineInput(placeholder="words in client, author, title or reason", part="words")
        yield RowList("Nothing waits for you.", id="queue")
        yield Static("", id="detail", markup=False)

    def on_mount(self) -> None:
        self.query_one("#words", LineInput).cursor_blink = False
        self.query_one("#words", LineInput).display = False
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Look again: something may have been opened meanwhile, and time has passed."""
        super().on_screen_resume()
        if self.query_one("#queue", RowList).generation:
            self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the queue from the laptop."""
        with self.saying("reading"):
            self._all = await self.host.browse(self.host.laptop.review)
            self._opened = await self.host.browse(self.host.laptop.opened_for_review)
            self._show()
            return
        if not self._all:
            self.query_one("#queue", RowList).fail(UNREAD)

    def _show(self, *, first: bool = False) -> None:
        """Put the lines on screen that are asked for."""
        if not self.is_attached:
            return
        if self._shown.group and not any(code == self._shown.group for code, *_ in counts(self._all)):
            # The last of its kind is done: what else waits must not look like nothing.
            self._shown = replace(self._shown, group="")
        found = shown_lines(self._all, self._shown)
        self._lines = {f"{line.what}:{line.record}:{line.entry}": line for line in found}
        now = self.host.corrected_ms()
        queue = self.query_one("#queue", RowList)
        if first:
            queue.cursor = 0
        queue.show(
            [
                Row(name, partial(draw, one, now, one.entry in self._opened))
                for name, one in self._lines.items()
            ]
        )
        if not found and self._all:
            queue.fail("Nothing of this kind waits. Escape shows all that does.")
        self._head()
        self._explain()
        self.refresh_bindings()

    def _head(self) -> None:
        width = max(20, self.app.size.width - 2)
        said = head(self._all, len(self._lines), self._shown, self.host.corrected_ms(), width)
        self.query_one("#count", Static).update(said)

    def on_resize(self) -> None:
        """Write the head for the width at hand."""
        if self.query("#count") and self._all:
            self._head()

    # What is shown

    def _narrow(self, shown: Shown) -> None:
        self._shown = shown
        self._show(first=True)

    def action_group(self, by: int) -> None:
        """Show the next kind of lines, or the one before."""
        self._narrow(replace(self._shown, group=step(self._shown.group, self._all, by)))

    def action_late(self) -> None:
        """Show late lines only, or all again."""
        self._narrow(replace(self._shown, late=not self._shown.late))

    def action_author(self) -> None:
        """Show lines by one author only, or everybody's again."""
        line = self._picked()
        if self._shown.author or line is not None:
            author = "" if self._shown.author or line is None else line.author
            self._narrow(replace(self._shown, author=author))

    def action_client(self) -> None:
        """Show lines about one client only, or everybody's again."""
        line = self._picked()
        if self._shown.client or line is not None:
            client = "" if self._shown.client or line is None else line.client
            self._narrow(replace(self._shown, client=client))

    def action_order(self) -> None:
        """Sort by the next order."""
        self._narrow(self._shown.next_order())

    def action_type(self) -> None:
        """Put the cursor into the field for words."""
        words = self.query_one("#words", LineInput)
        words.display = True
        words.focus()

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(replace(self._shown, words=event.value))

    @on(Input.Submitted, "#words")
    def _searched(self) -> None:
        self.query_one("#queue", RowList).focus()

    def key_down(self) -> None:
        """Go from the field into the list."""
        if self.focused is self.query_one("#words", LineInput):
            self.query_one("#queue", RowList).focus()

    def action_clear(self) -> None:
        """Leave the field; from the list, show everything."""
        words = self.query_one("#words", LineInput)
        if self.focused is words:
            self.query_one("#queue", RowList).focus()
            words.display = bool(words.value)
        else:
            with words.prevent(Input.Changed):
                words.value = ""
            words.display = False
            self._narrow(self._shown.everything())

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
        """Dim what does not apply to the line, or to what is shown."""
        if action == "settle":
            line = self._picked()
            return True if line is not None and line.what == "conflict" else None
        if action == "cosign_opened":
            return True if self._ready() else None
        if action == "clear":
            words = self.query_one_optional("#words", LineInput)
            return self._shown.narrowed or (words is not None and self.focused is words)
        return super().check_action(action, parameters)

    def _ready(self) -> list[ReviewLine]:
        """Return what was opened and waits for nothing but a co-signature, also what is not shown now."""
        return [line for line in self._all if line.what in IN_A_BATCH and line.entry in self._opened]

    @work(group="act", exclusive=True)
    async def action_cosign_opened(self) -> None:
        """Co-sign all that was opened."""
        ready = self._ready()
        if ready:
            with self.saying():
                done = await cosign_all(self, ready)
                if done:
                    self.say(done, tone="done")

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
            else:
                await self._read(line)

    async def _read(self, line: ReviewLine | None) -> None:
        """Open what waits, and while it is skipped what waits after it."""
        while line is not None:
            left = await self.app.push_screen_wait(ReadingScreen(line.record, line.entry, review=True))
            if left == "done":
                self.say("Done: the next one is picked out.", tone="done")
            if left != "next":
                return
            line = self._next_to_read(line)
        self.say("That was the last of these that is read here.", tone="done")

    def _next_to_read(self, line: ReviewLine) -> ReviewLine | None:
        """Return the line after one in the list at hand that opens as a record, and pick it out."""
        known = list(self._lines.values())
        at = next((n for n, one in enumerate(known) if one.entry == line.entry), len(known))
        for place, one in enumerate(known):
            if place > at and one.what not in NOT_READ:
                self.query_one("#queue", RowList).cursor = place
                return one
        return None

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
