"""Full-text search over what this person may read on this laptop."""

from __future__ import annotations

from fieldapp.records.kinds import KINDS

from ..models import FindHit
from ..projection import client_of, text_of
from ..search import snippet
from .lines import Asking


def find(asking: Asking, text: str, limit: int = 50) -> tuple[FindHit, ...]:
    """Return the newest records that hold every word of a query."""
    found = []
    for hit in asking.rx.search(text, limit):
        view = asking.rx.view(hit.record)
        if view is None:
            continue
        client = client_of(view) or ""
        shown = snippet(text_of(KINDS[view.kind], view), text)
        found.append(
            FindHit(
                view.id,
                view.kind,
                client,
                asking.known.name_of(client),
                hit.when_ms,
                shown,
                asking.known.risk_of(client),
            )
        )
    return tuple(found)
