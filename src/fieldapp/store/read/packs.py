"""The parts of packs that this laptop holds, in the order in which they were added."""

from __future__ import annotations

from fieldapp.records.packs import Part, part_of

from ..transaction import Rx

_NAMES = ("pack", "version", "part", "of", "sha256", "content", "withdrawn")


def parts(rx: Rx) -> tuple[Part, ...]:
    """Return every part that stands."""
    views = [view for view in rx.views("pack_part") if not view.in_error]
    return tuple(part_of({name: view.get(name) for name in _NAMES}) for view in views)
