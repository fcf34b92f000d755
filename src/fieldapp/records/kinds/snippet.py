"""Text that one person keeps ready for their own notes, beside the agency's (clinical.md 2.11, snippets personal).

It goes to its author's own feed, so that it follows to their other laptops and nobody else reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Line, Prose, Yes


class OwnSnippet(Fields):
    """One text by its name; it is about no client."""

    name: Line | None = None
    text: Prose | None = None
    gone: Yes | None = None
    """Its author took it out; it stays in the history."""


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against saving it: it has a name and a text."""
    found = []
    if not (doc.get("name") or "").strip():
        found.append(Problem("name", "Give it a name that you find it by.", stops=True))
    if not (doc.get("text") or "").strip():
        found.append(Problem("text", "Write the text that is put in.", stops=True))
    return found


def _index(view: View) -> IndexRow:
    author = view.steps[0].author if view.steps else ""
    return IndexRow(
        view.first_ms,
        view.get("name") or "Snippet",
        state="gone" if view.get("gone") else "active",
        owner=author,
    )


KIND = Kind(
    name="snippet",
    label="Snippet",
    cls="working",
    model=OwnSnippet,
    audience=("own",),
    about_client=False,
    sticky=frozenset({"gone"}),
    labels={"name": "Name", "text": "Text", "gone": "Taken out"},
    sign_checks=check,
    index=_index,
)
