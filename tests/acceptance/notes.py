"""Notes that checks begin with."""

from __future__ import annotations

from typing import Any

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.store.models import Draft
from tests.sync.sync_world import HOUR_MS, PASSPHRASE

WORDS = "We walked to the river and spoke about the letter of the landlord."


def begun(laptop: Laptop, client: str, text: str = WORDS, *, ago_ms: int = HOUR_MS, **more: Any) -> Draft:
    """Return the draft of a whole note on a service that ended some time ago."""
    stop_ms = laptop.clock.now_ms() - ago_ms
    return laptop.start("note", client, None, {
        "format": "narrative", "sections": {"narrative": text}, "goals": ["Keep the flat"],
        "risk_block": {"answer": "none_observed"}, "tz": "America/Los_Angeles",
        "service_start": instant(stop_ms - HOUR_MS), "service_stop": instant(stop_ms),
    } | more)  # fmt: skip


def signed(laptop: Laptop, client: str, text: str = WORDS, **more: Any) -> str:
    """Sign a note; returns its record."""
    draft = begun(laptop, client, text, **more)
    laptop.reauthenticate(PASSPHRASE)
    laptop.submit(draft.id)
    return draft.record
