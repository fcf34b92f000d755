"""A dummy pack: words of nobody, in the shape that an agency's pack has."""

from __future__ import annotations

import json
from typing import Any

from fieldapp.records.instruments import INSTRUMENTS
from tests.forms.desk import Desk, ident

NONSENSE = "Placeholder sentence number"


def content(code: str = "cssrs_recent", **changes: Any) -> dict[str, Any]:
    """Return a pack's content."""
    items = {item.key: f"{NONSENSE} {n}?" for n, item in enumerate(INSTRUMENTS[code].items, 1)}
    return {
        "format": 1,
        "pack": "dummy",
        "version": "2026-1",
        "language": "en",
        "licence": "Dummy words for tests. Free.",
        "permission_reference": "letter of 2 March 2026",
        "attested": {"by": "Priya Nair, LMHC", "on": "2026-03-02"},
        "instruments": [{"instrument": code, "stem": "Dummy stem.", "items": items}],
    } | changes


def text(code: str = "cssrs_recent", **changes: Any) -> str:
    """Return a pack's text."""
    return json.dumps(content(code, **changes))


def put(desk: Desk, parts: tuple[dict[str, Any], ...], *, first: int = 700) -> None:
    """Store a pack's parts on a laptop, as if they had come from the server."""
    for number, values in enumerate(parts):
        desk.add("pack_part", ident(first + number), {"set": values})
