"""The head of a form: what it is, for whom, and what must be known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.identity import INTERPRETER
from ..widgets.flags import client_marks, marks_in
from ..widgets.identity import head_name
from ..widgets.text import join, lines

if TYPE_CHECKING:
    from ..store.models import ClientLine


def client_head(what: str, line: ClientLine, width: int) -> Content:
    """Return one line that names form and client and, if there are any, one with the client's marks."""
    first = join(f"{what} ", head_name(line))
    # Said with the name already.
    marks = [mark for mark in client_marks(line) if not mark[0].startswith(INTERPRETER)]
    return lines(first, marks_in(marks, max(20, width - 3))) if marks else first
