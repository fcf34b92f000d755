"""One form that its author wrote on two laptops: both versions, and making one of them."""

from __future__ import annotations

import orjson

from fieldapp.records.joining import join
from fieldapp.store.draft_exchange import side_by_side
from fieldapp.store.models import Draft
from fieldapp.store.read.lines import Asking

from . import forms
from .failures import not_ready
from .opened import Writing

CHOICES = ("mine", "other", "both")


def beside(asking: Asking) -> tuple[tuple[Draft, Draft], ...]:
    """Return each form that stands here twice: as it was typed here, and as on the other laptop."""
    found = []
    for copy, origin in sorted(side_by_side(asking.rx).items()):
        mine, other = (forms.open_row(asking, name) for name in (origin, copy))
        found.append((forms.draft_of(asking, mine), forms.draft_of(asking, other)))
    return tuple(found)


def choose(work: Writing, mine: str, other: str, choice: str) -> tuple[str, ...]:
    """Make one draft of two and close the other's copy; returns the fields that could not hold both.

    Raises NotAllowed, NotReady.
    """
    if choice not in CHOICES:
        raise not_ready("", "Choose one of the two, or join them.")
    here, copy = forms.open_row(work, mine), forms.open_row(work, other)
    values, kept = orjson.loads(copy.body), tuple[str, ...]()
    if choice == "both":
        kind = forms.kind_named(here.kind)
        values, kept = join(kind, orjson.loads(here.base), orjson.loads(here.body), values)
    if choice != "mine":
        # What is typed and no value yet stands in the focus.
        forms.save(work, mine, values, copy.focus if choice == "other" else here.focus)
    work.tx.close_draft(other, "discarded")
    work.tx.log("choose_draft", here.record, here.client, choice, work.device_ms)
    return kept
