"""The common work of the sync benchmark in records of this product: seeded, synthetic, the same on every run.

60 % notes of 1-3 kB, 25 % contacts of 0.5 kB, 15 % safety plans of 2-4 kB, as in the work of the peers beside it. All
text is made of a short list of words; nothing in it is about any person.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7

MINUTE_MS, DAY_MS = 60_000, 86_400_000
BACK_DAYS = 60
"""How far back the work goes: everything in it comes whole to a new laptop's team and notes feeds."""
_WORDS = """
visit call plan step week group review family school work sleep mood goal safe quiet walk garden bus clinic team agreed
offered listened shared asked planned returned early late steady better harder morning evening phone letter support skill
breath music reading cooking rain summer house room door window light table list small large first next later before
after during between without again often seldom always never maybe likely clear open ready waiting moving resting eating
training learning helping holding keeping
"""
NOTE, PLAN = 0.60, 0.15
_LINES = 6


@dataclass(frozen=True, slots=True)
class Written:
    """What one entry says, before anybody signs it."""

    kind: str
    record: str
    client: str
    at_ms: int
    body: Mapping[str, Any]
    meaning: str = "save"


def _text(dice: random.Random, size: int) -> str:
    known = _WORDS.split()
    words: list[str] = []
    length = 0
    while length < size:
        words.append(dice.choice(known))
        length += len(words[-1]) + 1
    return " ".join(words)[:size].strip()


def client_ids(seed: str, count: int, base_ms: int) -> list[str]:
    """Return the ids of a set of clients."""
    dice = random.Random(f"clients {seed}")
    return [uuid7(base_ms - (BACK_DAYS + 1) * DAY_MS, dice.randbytes(10)) for _ in range(count)]


def plans_among(count: int) -> int:
    """Return how many clients so many records need: each has one safety plan."""
    return round(count * PLAN) + 1


def clients(seed: str, count: int, base_ms: int, program: str, team: str) -> Iterator[Written]:
    """Yield the first entry of every client."""
    for number, client in enumerate(client_ids(seed, count, base_ms)):
        first = {"legal_name": f"Person, Number {number:05}", "home_program": program, "home_team": team}
        yield Written("client", client, client, base_ms - (BACK_DAYS + 1) * DAY_MS, {"set": first})


def records(seed: str, count: int, base_ms: int) -> Iterator[Written]:
    """Yield so many records, oldest first, in the shares of the common work."""
    dice = random.Random(f"records {seed}")
    known = client_ids(seed, plans_among(count), base_ms)
    kinds = ["note"] * round(count * NOTE) + ["safety_plan"] * (plans_among(count) - 1)
    kinds += ["contact"] * (count - len(kinds))
    dice.shuffle(kinds)
    unplanned = iter(known)
    for number, kind in enumerate(kinds):
        at_ms = base_ms - BACK_DAYS * DAY_MS * (count - number) // count
        record, client = uuid7(at_ms, dice.randbytes(10)), dice.choice(known)
        start, stop = instant(at_ms - 45 * MINUTE_MS), instant(at_ms - 5 * MINUTE_MS)
        if kind == "note":
            size = dice.randrange(850, 2850)
            doc = {
                "format": "SOAP", "service_start": start, "service_stop": stop, "goals": ["1"],
                "risk_block": {"answer": "asked_denied"},
                "sections": {
                    name: _text(dice, size // 4) for name in ("subjective", "objective", "assessment", "plan")
                },
            }  # fmt: skip
            yield Written(kind, record, client, at_ms, {"doc": doc}, "sign")
        elif kind == "contact":
            said = {
                "start": start, "stop": stop, "outcome": "completed", "contact_type": "case_management",
                "modality": "in_person", "setting": "home", "remark": _text(dice, dice.randrange(160, 300)),
            }  # fmt: skip
            yield Written(kind, record, client, at_ms, {"set": said})
        else:
            client = next(unplanned)
            yield Written(kind, one_per(client, kind), client, at_ms, {"doc": _plan(dice, at_ms)}, "sign")


def _plan(dice: random.Random, at_ms: int) -> dict[str, Any]:
    part = dice.randrange(1800, 3700) // (3 * _LINES)
    return {
        "signs": [_text(dice, part) for _ in range(_LINES)],
        "alone": [_text(dice, part) for _ in range(_LINES)],
        "barriers": _text(dice, part * _LINES),
        "team": [{"name": "Team"}],
        "review_due": instant(at_ms + 28 * DAY_MS)[:10],
        "not_yet": dict.fromkeys(("distract", "helpers", "means", "matters"), "next time"),
    }


def edited(one: Written, dice: random.Random) -> tuple[str, dict[str, Any], bool]:
    """Return (meaning, body, whether it is a remark about the version) of a change to a record."""
    if one.kind == "note":
        # A signed note is never written over: what its author or a colleague adds is an addendum.
        return "addendum", {"text": _text(dice, 300)}, True
    if one.kind == "contact":
        return "save", {"set": {"remark": _text(dice, dice.randrange(160, 300))}}, False
    lines = [*one.body["doc"]["signs"]]
    lines[dice.randrange(_LINES)] = _text(dice, 120)
    return "sign", {"doc": {**one.body["doc"], "signs": lines}}, False
