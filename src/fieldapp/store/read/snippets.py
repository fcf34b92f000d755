"""A person's own snippets, and whether one of them names a client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fieldapp.records.kind import Problem

from ..models import SnippetLine
from .lines import Asking

_LEAST = 3
"""Shorter parts of names are also words of every day."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def own(asking: Asking) -> tuple[SnippetLine, ...]:
    """Return what this person keeps ready, by name."""
    me = asking.me.staff
    found = [
        SnippetLine(view.id, str(view.get("name") or ""), str(view.get("text") or ""))
        for view in asking.rx.views("snippet")
        if not view.in_error and not view.get("gone") and view.steps[0].author == me
    ]
    return tuple(sorted(found, key=lambda line: (line.name.casefold(), line.record)))


def problems(asking: Asking, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a question where a client's name stands in a snippet: it would go into other people's notes.

    Names are looked for as they are written, so that somebody called Rose stops no talk about roses.
    """
    for field in ("name", "text"):
        written = set(_WORD.findall(str(values.get(field) or "")))
        named = next((word for word in _names(asking) if word in written), "")
        if named:
            yield Problem(
                field,
                f"{named} is the name of a client: put *** for what differs from note to note.",
                stops=False,
            )


def _names(asking: Asking) -> Iterator[str]:
    for facts in asking.known.clients.values():
        for name in facts.names:
            yield from (part for part in _WORD.findall(name) if len(part) >= _LEAST)
