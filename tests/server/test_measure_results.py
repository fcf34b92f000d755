"""The server works out every result again."""

from __future__ import annotations

from fieldapp.records.ids import uuid7
from fieldapp.records.kind import DOC
from fieldapp.records.kinds.measure import completed
from tests.server.server_world import World


def test_a_total_that_does_not_follow_from_the_answers_is_rejected(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    answers = {f"q{n}": 1 for n in range(1, 8)}
    right = completed({"instrument": "gad7", "version": "1", "items": answers})
    entries = [
        mira.say("measure", uuid7(world.clock.ms), {DOC: values}, client=client.envelope.id, meaning="sign")
        for values in (
            right,
            right | {"total": 6},
            right | {"band": "minimal"},
            right | {"flags": ["positive"]},
        )
    ]
    assert mira.push(client, *entries) == ["accepted", "accepted", "rejected", "rejected", "rejected"]
