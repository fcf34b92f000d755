"""Write a text that one keeps ready for one's own notes, or change one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..records.kind import Problem
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormText
from ..widgets.text import lines, styled
from .form_draft import DraftScreen
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import Draft

HINT = (
    "No names and no dates: put *** where something differs from note to note; signing asks for what is left."
)


class SnippetScreen(DraftScreen[None]):
    """One text."""

    HELP = (
        "# Snippet\n\nA text of your own for your notes; F7 in a note puts it in. It follows you to your other laptops, and "
        "nobody else reads it. Put `***` where something differs from note to note, and no names of clients."
    )

    def __init__(self, record: str | None = None, draft: str | None = None) -> None:
        super().__init__()
        self._record, self._draft = record, draft

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            return await host.ask(host.laptop.draft, self._draft)
        return await host.ask(host.laptop.start, "snippet", None, self._record)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        return [
            FormLine("name", "Name", placeholder="what you look for"),
            FormText("text", "Text", classes="-stacked"),
        ]

    async def shown(self) -> None:
        what = "Change a snippet" if self.draft is not None and self.draft.prev else "A new snippet"
        head = lines(styled(what, "bold"), styled(HINT, "$text-muted"))
        self.query_one("#form-head", Static).update(head)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("Saved; F7 in a note puts it in.")
        self.dismiss()
