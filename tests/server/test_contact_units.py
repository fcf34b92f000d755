"""The server counts the units of every contact again."""

from __future__ import annotations

from fieldapp.records.codes import BUILT_IN
from fieldapp.records.ids import uuid7
from tests.codes.tables import visit
from tests.server.server_world import World


def test_units_that_do_not_follow_are_rejected_and_those_of_an_unknown_table_are_kept(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    right = visit(40) | {
        "service_code": "H0004", "units": 3, "units_minutes": 40, "units_rule": "per15/nearest",
        "code_table": BUILT_IN.hash,
    }  # fmt: skip
    entries = [
        mira.say("contact", uuid7(world.clock.ms), {"set": right | change}, client=client.envelope.id)
        for change in (
            {},
            {"code_table": "0" * 64, "service_code": "ZZ1"},
            {"units": 4},
            {"outcome": "no_show"},
            {"units_rule": "per15/ceil"},
            {"units_minutes": 45},
        )
    ]
    assert mira.push(client, *entries) == ["accepted"] * 3 + ["rejected"] * 4
