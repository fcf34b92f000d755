"""A list of any length that draws only the lines on screen (line API), whole or in pages.

A history of ten thousand rows opens as fast as one of ten; a `DataTable` of that size takes a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from .text import join, plain, styled

PAGE = 100
"""Rows asked for at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is called, and how it looks at a given width."""

    key: str
    draw: Callable[[int], Content]
    heading: bool = False
    """A heading is drawn, never picked out."""


def heading(words: str) -> Row:
    """Return a row that names those below it."""
    return Row("", lambda _: plain(words), heading=True)


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. `show` gives all rows; `show_paged` asks for the rows that come into sight."""

    DEFAULT_CSS = """
    RowList { height: 1fr; background: $background; color: $foreground; scrollbar-size-vertical: 1; }
    RowList > .row-list--cursor { background: $panel; }
    RowList:focus > .row-list--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
    }
    RowList > .row-list--heading { color: $text-primary; text-style: bold; }
    RowList > .row-list--empty { color: $text-muted; }
    """
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor", "row-list--heading", "row-list--empty"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("home", "edge(-1)", "First", show=False, id="list.first"),
        Binding("end", "edge(1)", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", id="list.open", tooltip="Open the row that is picked out."),
    ]

    cursor: reactive[int] = reactive(0, repaint=True)

    @dataclass
    class Chosen(Message):
        """A row was opened."""

        rows: RowList
        key: str

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    @dataclass
    class Moved(Message):
        """Another row is picked out."""

        rows: RowList
        key: str

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

        def can_replace(self, message: Message) -> bool:
            """Only the latest place of the cursor matters."""
            return isinstance(message, RowList.Moved) and message.rows is self.rows

    @dataclass
    class Wanted(Message):
        """Rows come into sight that were not given yet."""

        rows: RowList
        offset: int
        limit: int
        generation: int

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    def __init__(self, empty: str = "Nothing here.", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: dict[int, Row] = {}
        self._asked: set[int] = set()
        self._said = plain("Loading…")
        self._empty = empty
        self.count = 0
        self.generation = 0
        """Rises with each new content, so that late answers to old questions are dropped."""

    # Content

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows; the cursor stays on the row of the same key."""
        kept = self.key
        self._begin(len(rows), dict(enumerate(rows)))
        same = next((n for n, row in enumerate(rows) if kept and row.key == kept and not row.heading), None)
        self._place(same if same is not None else min(self.cursor, max(0, len(rows) - 1)))

    def show_paged(self, count: int) -> None:
        """Show so many rows and ask for those in sight; the cursor stays at its place."""
        self._begin(count, {})
        self._place(min(self.cursor, max(0, count - 1)))
        self._want()

    def supply(self, offset: int, rows: Sequence[Row], generation: int) -> None:
        """Take rows that were asked for."""
        if generation == self.generation:
            self._rows.update({offset + number: row for number, row in enumerate(rows)})
            self.refresh()
            if offset <= self.cursor < offset + len(rows):
                self.post_message(self.Moved(self, self.key))

    def fail(self, sentence: str) -> None:
        """Say why there are no rows."""
        self._begin(0, {})
        self._said = styled(sentence, "$text-error")

    def _begin(self, count: int, rows: dict[int, Row]) -> None:
        self.generation += 1
        self.count, self._rows, self._asked = count, rows, set()
        self._said = plain(self._empty)
        self.virtual_size = Size(0, count)
        self.refresh()

    @property
    def key(self) -> str:
        """The key of the row that is picked out; empty if there is none or it is not loaded."""
        row = self._rows.get(self.cursor)
        return row.key if row and not row.heading else ""

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        number = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if number >= self.count:
            style = self.get_visual_style("row-list--empty") if not self.count else self.visual_style
            said = self._said.wrap(max(1, width - 2)) if not self.count else []
            text = join("  ", said[y]) if y < len(said) else Content("")
        else:
            row = self._rows.get(number)
            heading = row is not None and row.heading
            here = number == self.cursor and not heading
            part = "row-list--cursor" if here else "row-list--heading" if heading else ""
            style = self.get_visual_style(part) if part else self.visual_style
            inner = row.draw(width - 2) if row else plain("…")
            if here and self.has_focus:
                # One pair of colours that is known to be readable; the words still carry the meaning.
                inner = Content(inner.plain)
            text = join("›" if here else " ", " " if not heading else "", inner)
        strips = Visual.to_strips(self, text, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width, style.rich_style)

    def _want(self) -> None:
        first = max(0, self.scroll_offset.y - PAGE // 2)
        last = min(self.count, self.scroll_offset.y + max(1, self.size.height) + PAGE // 2)
        for page in range(first // PAGE, (last + PAGE - 1) // PAGE):
            if page not in self._asked and page * PAGE not in self._rows:
                self._asked.add(page)
                self.post_message(self.Wanted(self, page * PAGE, PAGE, self.generation))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Ask for what comes into sight."""
        super().watch_scroll_y(old, new)
        if len(self._rows) < self.count:
            self._want()

    def on_resize(self) -> None:
        """Ask for what comes into sight."""
        if len(self._rows) < self.count:
            self._want()

    def notify_style_update(self) -> None:
        """Draw again in the colours of another theme."""
        super().notify_style_update()
        self.refresh()

    # Moving

    def _place(self, number: int, step: int = 1) -> None:
        """Put the cursor on a row, or the next one in a direction that is no heading."""
        if not self.count:
            self.cursor = 0
            return
        number = max(0, min(self.count - 1, number))
        tried = number
        while 0 <= tried < self.count and (row := self._rows.get(tried)) is not None and row.heading:
            tried += step
        if not 0 <= tried < self.count:
            tried = number
            while 0 <= tried < self.count and (row := self._rows.get(tried)) is not None and row.heading:
                tried -= step
            if not 0 <= tried < self.count:
                tried = number
        self.cursor = tried
        # A heading right above the first rows is shown with them.
        top = tried - 1 if tried and (above := self._rows.get(tried - 1)) and above.heading else tried
        self.scroll_to_region(Region(0, top, 1, tried - top + 1), animate=False, force=True)
        self.post_message(self.Moved(self, self.key))

    def action_move(self, step: int) -> None:
        """Move the cursor by one row."""
        self._place(self.cursor + step, step)

    def action_page(self, direction: int) -> None:
        """Move the cursor by one screenful."""
        self._place(self.cursor + direction * max(1, self.size.height - 1), direction)

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or last row."""
        self._place(0 if direction < 0 else self.count - 1, -direction)

    def next_group(self) -> None:
        """Move the cursor to the first row below the next heading, from the last group to the first one."""
        heads = [number for number, row in self._rows.items() if row.heading]
        later = [number for number in sorted(heads) if number > self.cursor] + sorted(heads)
        # A heading without rows of its own is passed over.
        found = next(
            (n for n in later if (below := self._rows.get(n + 1)) is not None and not below.heading), None
        )
        if found is not None:
            self._place(found + 1)

    def action_choose(self) -> None:
        """Open the row that is picked out."""
        if self.key:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Pick out a row; a second click opens it."""
        number = event.y + self.scroll_offset.y
        if number < self.count:
            self._place(number)
            if event.chain == 2:
                self.action_choose()
