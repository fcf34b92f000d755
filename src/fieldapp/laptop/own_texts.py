"""What a person keeps for themselves and takes out again."""

from __future__ import annotations

from fieldapp.crypto.keys import Identity
from fieldapp.store.read.record import need_view

from .failures import NotAllowed
from .opened import Writing
from .pen import Pen


def drop(work: Writing, identity: Identity, record: str) -> str:
    """Take a snippet out of the list; its history stays; raises NotHere, NotAllowed."""
    view = need_view(work.rx, record)
    if view.kind != "snippet":
        raise NotAllowed("Only a snippet of your own is taken out like this.")
    return (
        Pen(work, identity).write("snippet", record, None, "save", view.heads, {"set": {"gone": True}}).hash
    )
