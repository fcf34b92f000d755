"""What the laptop's form would not offer, the server does not take either."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from tests.server.server_world import World

CHANGE = {"items": {"medicines": {"m": {"name": "Sertraline", "dose": "50 mg"}}}}


def test_a_list_written_by_the_field_waits_for_a_supervisor_and_an_unsigned_verification_is_rejected(
    world: World,
) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    record = one_per(client.envelope.id, "medication_list")
    verified = {"items": {"verified": {"v": {"on": "2026-11-22", "by": mira.staff}}}}
    entries = [
        mira.say("medication_list", record, CHANGE, client=client.envelope.id),
        mira.say("medication_list", record, verified, client=client.envelope.id, meaning="sign"),
        mira.say("medication_list", record, verified, client=client.envelope.id),
        mira.say("medication_list", record, CHANGE, client=client.envelope.id, meaning="sign"),
    ]
    assert mira.push(client, *entries) == ["accepted", "quarantined", "quarantined", "rejected", "rejected"]
