"""Measures of every third client, asked after visits: courses that rise and fall as they do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from fieldapp.records.envelope import instant
from fieldapp.records.instruments.model import Instrument
from fieldapp.records.instruments.mood import GAD7, PHQ9
from fieldapp.records.instruments.own import MOOD
from fieldapp.records.kinds.measure import completed

from .acts import Act
from .clients import DemoClient
from .visits import Visit

EVERY, NEVER, LATELY = 3, 7, 4
_ASKED = {0: (PHQ9, MOOD), 1: (GAD7, MOOD), 2: (PHQ9, GAD7)}
_COURSES = ((19, 17, 18, 14, 12, 9, 8, 6), (14, 15, 12, 13, 11, 12), (9, 11, 15, 16, 13, 10, 9))
_MOODS = (3, 4, 3, 5, 6, 6, 7, 6)


def acts(client: DemoClient, visits: tuple[Visit, ...]) -> Iterator[Act]:
    """Yield a client's measures: of some after every second visit, of most others once, of a few none."""
    # Chance of its own, so that the rest of the demo stays as it is.
    rng = random.Random(f"measures {client.number}")  # noqa: S311 - repeatable, not secret
    turn = client.number // EVERY
    seen = [v for v in visits if v.encounter.attempt is None and not v.encounter.scene.without_client]
    if client.number % EVERY:
        for visit in seen[-LATELY:][:1] if client.number % NEVER else ():
            found = answers(GAD7, _COURSES[2][client.number % len(_COURSES[2])], rng)
            yield _act(visit, client, GAD7, found, f"measure:{client.number:02}:once")
        return
    for place, visit in enumerate(seen[::2]):
        for instrument in _ASKED[turn % len(_ASKED)]:
            values = (
                {"q1": _MOODS[place % len(_MOODS)]}
                if instrument is MOOD
                else answers(instrument, _COURSES[turn % 3][place % len(_COURSES[turn % 3])], rng)
            )
            name = f"measure:{client.number:02}:{instrument.code}:{place}"
            yield _act(visit, client, instrument, values, name)


def answers(instrument: Instrument, total: int, rng: random.Random) -> dict[str, int]:
    """Return answers that add up to a total; thoughts of death are never among them."""
    scored = [item.key for item in instrument.items if item.weight and item.key != "q9"]
    found = dict.fromkeys(scored, 0)
    while sum(found.values()) < total:
        key = rng.choice([key for key, value in found.items() if value < 3])
        found[key] += 1
    if instrument is PHQ9:
        found |= {"q9": 0} | ({"difficulty": min(3, total // 6)} if total else {})
    return found


def _act(visit: Visit, client: DemoClient, instrument: Instrument, items: dict[str, int], name: str) -> Act:
    at_ms = visit.stop_ms + 3 * 60_000
    values: dict[str, Any] = completed(
        {
            "instrument": instrument.code,
            "version": instrument.version,
            "language": instrument.language,
            "mode": "read_aloud",
            "administered_by": f"@staff:{visit.encounter.author}",
            "at": instant(at_ms),
            "items": items,
            "licence": instrument.licence,
        }
    )
    return Act(at_ms, visit.encounter.author, "sign", "measure", name, client.key, values)
