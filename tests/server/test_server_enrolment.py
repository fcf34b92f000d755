"""Enrolment: the code is the only key, once, for a day, and every refusal looks the same."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from fieldapp.crypto.enrolment import Code, transcript_mac
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import dumps
from fieldapp.server import admin
from fieldapp.server.refusals import Refusal
from fieldapp.server.tables import code
from fieldapp.sync.wire import b64
from tests.server.server_world import Laptop, World

HOUR_MS = 3_600_000
WEAK = (
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
)


def asking(
    text: str, identity: Identity, label: str = "A laptop", public: bytes | None = None
) -> dict[str, Any]:
    """Return the request of a laptop for a code."""
    typed = Code.parse(text)
    asked = {"code_id": typed.code_id, "public": (public or identity.public).hex(), "label": label}
    transcript = dumps(asked)
    return {
        **asked, "proof": b64(identity.sign("possession", transcript)),
        "mac": transcript_mac(typed.mac_key, "laptop", transcript).hex(),
    }  # fmt: skip


def refused(world: World, request: Any) -> dict[str, Any]:
    """Return the body of a refusal."""
    with pytest.raises(Refusal) as problem:
        world.server.enrol(orjson.dumps(request))
    assert problem.value.status == 403
    return problem.value.body


def test_a_code_admits_one_laptop_and_the_certificate_is_in_the_org_feed(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    tomas.pull()
    certificates = [one for one in tomas.entries.values() if one.envelope.id == mira.device]
    assert [one.envelope.body["set"]["public"] for one in certificates] == [mira.identity.public.hex()]
    assert [line.label for line in admin.devices(world.server, mira.staff)] == ["mira's laptop"]


def test_every_refusal_has_one_body(world: World) -> None:
    identity = Identity.generate()
    text = admin.issue_code(world.server, "mira").text
    good = asking(text, identity)
    bodies = [
        refused(world, {**good, "mac": "00" * 32}),
        refused(world, {**good, "public": Identity.generate().public.hex()}),
        refused(world, {**good, "label": "another"}),
        refused(world, {**good, "code_id": "0" * 32}),
        refused(world, {**good, "code_id": "'" * 40}),
        refused(world, {}),
        refused(world, {**good, "mac": "zz"}),
    ]
    other = asking(text, identity)
    other["proof"] = b64(Identity.generate().sign("possession", b"x"))
    bodies.append(refused(world, other))
    assert all(body == bodies[0] for body in bodies)
    assert world.server.enrol(orjson.dumps(good))["staff"] == world.staff["mira"]


def test_a_used_code_admits_nobody_else_and_repeats_its_answer_for_a_while(world: World) -> None:
    identity = Identity.generate()
    text = admin.issue_code(world.server, "mira").text
    request = asking(text, identity)
    first = world.server.enrol(orjson.dumps(request))
    assert world.server.enrol(orjson.dumps(request)) == first, "the answer was lost on the way"
    assert len(admin.devices(world.server, world.staff["mira"])) == 1
    refused(world, asking(text, Identity.generate()))
    world.clock.ms += HOUR_MS
    refused(world, request)


def test_a_code_ends_after_a_day(world: World) -> None:
    text = admin.issue_code(world.server, "mira").text
    world.clock.ms += 24 * HOUR_MS
    refused(world, asking(text, Identity.generate()))


def test_five_wrong_tries_end_a_code_and_erase_its_secret(world: World) -> None:
    text = admin.issue_code(world.server, "mira").text
    good = asking(text, Identity.generate())
    for _ in range(5):
        refused(world, {**good, "mac": "00" * 32})
    refused(world, good)
    with world.server.database.reading() as rx:
        assert rx.execute(select(code.c.sealed).where(code.c.code_id == good["code_id"])).scalar_one() is None


def test_a_new_code_ends_the_earlier_one(world: World) -> None:
    first = admin.issue_code(world.server, "mira").text
    admin.issue_code(world.server, "mira")
    refused(world, asking(first, Identity.generate()))


@pytest.mark.parametrize("public", WEAK)
def test_a_weak_key_is_refused(world: World, public: bytes) -> None:
    text = admin.issue_code(world.server, "mira").text
    refused(world, asking(text, Identity.generate(), public=public))


def test_who_left_is_not_admitted(world: World) -> None:
    text = admin.issue_code(world.server, "mira").text
    admin.leave(world.server, "mira", "2026-11-21")
    refused(world, asking(text, Identity.generate()))


@pytest.mark.parametrize("label", ["", "x" * 201, "esc\x1b]0;x", "bidi\u202e"])
def test_a_label_that_a_terminal_would_obey_is_refused(world: World, label: str) -> None:
    text = admin.issue_code(world.server, "mira").text
    refused(world, asking(text, Identity.generate(), label))


def test_a_code_is_good_for_one_to_seventy_two_hours(world: World) -> None:
    from fieldapp.errors import UsageFailure

    for hours in (0, 73):
        with pytest.raises(UsageFailure):
            admin.issue_code(world.server, "mira", hours=hours)


def test_the_answer_carries_the_crisis_numbers_and_no_name(world: World) -> None:
    identity = Identity.generate()
    answer = world.server.enrol(orjson.dumps(asking(admin.issue_code(world.server, "mira").text, identity)))
    assert answer["help"] == {
        "program": "Community IOP", "phone_24_7": "206-555-0100", "local_crisis_line": "", "oncall_phone": "",
    }  # fmt: skip


def test_the_first_org_entries_come_in_the_order_of_the_protocol(world: World) -> None:
    mira = world.laptop("mira")
    mira.pull()
    first = [mira.entries[h].envelope for h in mira.held("org")[:8]]
    assert [e.kind for e in first] == [
        "organisation", "certificate", "program", "team", "team", "staff", "staff", "certificate",
    ]  # fmt: skip
    assert {e.author.role for e in first} == {"authority"}
    assert first[1].body["set"]["public"] == world.server.authority_public.hex()
    assert [e.counter for e in first] == list(range(1, 9))
    later = [mira.entries[h].envelope for h in mira.held("org")[8:]]
    assert {(e.kind == "certificate", e.author.role) for e in later} == {
        (True, "authority"),
        (False, "sysadmin"),
    }


def test_two_codes_at_once_make_two_laptops(world: World) -> None:
    assert Laptop.enrol(world, "mira").device != Laptop.enrol(world, "mira").device
