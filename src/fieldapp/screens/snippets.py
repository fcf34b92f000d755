"""One's own texts for notes: write one, change one, take one out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.models import SnippetLine

NAME = 24


def draw_snippet(line: SnippetLine, width: int) -> Content:
    """Return one text by its name, and how it begins."""
    return join(
        styled(fit(line.name, NAME), "bold"), " ", fit(" ".join(line.text.split()), max(8, width - NAME - 1))
    )


class SnippetsScreen(FieldScreen[None]):
    """The texts that one person keeps ready."""

    CSS_PATH = "snippets.tcss"
    AUTO_FOCUS = "#snippets"
    HELP = (
        "# My snippets\n\nTexts for your own notes; F7 in a note puts one in. They follow you to your other laptops, and "
        "nobody else reads them. The agency's stand in the same list when you write a note."
    )
    BINDINGS = [
        key("w", "make", "New", "Write a new one."),
        key("e", "change", "Change", "Change this one."),
        key("x", "drop", "Take out", "Take this one out of the list."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#snippets", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, SnippetLine] | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", classes="title", id="count")
        yield RowList("None yet. Press w to write one.", id="snippets")
        with VerticalScroll(id="text", can_focus=False):
            yield Static("", id="snippet-text")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read them from the laptop."""
        with self.saying("reading"):
            found = await self.host.ask(self.host.laptop.snippets)
            self._lines = {line.record: line for line in found}
            self.query_one("#count", Static).update(plain(f"My snippets · {len(found)}"))
            self.rows.show([Row(line.record, partial(draw_snippet, line)) for line in found])
            self._tell()
        if self._lines is None:
            self.rows.fail(UNREAD)

    def _picked(self) -> SnippetLine | None:
        return (self._lines or {}).get(self.rows.key)

    @on(RowList.Moved, "#snippets")
    def _tell(self) -> None:
        line = self._picked()
        self.query_one("#snippet-text", Static).update(plain(line.text if line is not None else ""))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has no text to work on."""
        if action in ("change", "drop"):
            return True if self.is_mounted and self._picked() is not None else None
        return super().check_action(action, parameters)

    @on(RowList.Chosen, "#snippets")
    def action_change(self) -> None:
        """Change the one that is picked out."""
        line = self._picked()
        if line is not None:
            self.host.open("snippet", record=line.record)

    def action_make(self) -> None:
        """Write a new one."""
        self.host.open("snippet")

    @work(group="drop", exclusive=True)
    async def action_drop(self) -> None:
        """Take the one that is picked out off the list, after asking."""
        line = self._picked()
        if line is None:
            return
        with self.saying():
            if await self.app.push_screen_wait(Sure("Take this snippet out?", line.name)):
                await self.host.ask(self.host.laptop.drop_snippet, line.record)
                self.host.touched(line.record)
                self.say("It is out of the list.", tone="done")
