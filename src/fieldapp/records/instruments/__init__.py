"""Every instrument that this version can score, by code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import mood, own, suicide, trauma
from .model import Instrument

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {known.code: known for known in (*mood.ALL, *trauma.ALL, *own.ALL[:4], *suicide.ALL, *own.SCORES)}
)
"""In the order in which they are offered."""


def known(code: object, version: object) -> Instrument | None:
    """Return an instrument in exactly this version; None where this laptop cannot score it."""
    found = INSTRUMENTS.get(code) if isinstance(code, str) else None
    return found if found is not None and found.version == version else None
