"""What becomes of pushed entries: every receipt state, in any order, once however often it is sent."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from fieldapp.records.canonical import digest
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin
from fieldapp.server.refusals import Refusal
from fieldapp.server.tables import counter, device, entry, feed, feed_row, waiting
from fieldapp.sync.wire import b64
from tests.server.server_world import DAY_MS, Laptop, World


def state_of(world: World) -> tuple[Any, ...]:
    """Return everything that pushing may change, as plain values."""
    with world.server.database.reading() as rx:
        return tuple(
            rx.execute(select(*columns).order_by(*columns)).all()
            for columns in (
                (entry.c.hash,), (feed.c.name, feed.c.last_number, feed.c.head), (feed_row.c.feed, feed_row.c.number),
                (waiting.c.hash, waiting.c.state), (counter.c.device, counter.c.counter, counter.c.hash),
            )
        )  # fmt: skip


def test_a_new_client_and_contact_are_accepted_and_reach_the_team(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    contact = mira.contact(client.envelope.id)
    assert mira.push(client, contact) == ["accepted", "accepted"]
    tomas.pull()
    assert tomas.held("team:T1") == [client.hash, contact.hash]
    assert tomas.entries[contact.hash].data == contact.data


def test_the_same_batch_again_changes_nothing_and_is_told_the_same(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    batch = [client, mira.contact(client.envelope.id), mira.note(client.envelope.id)]
    assert mira.push(*batch) == ["accepted"] * 3
    before = state_of(world)
    assert mira.push(*batch) == ["accepted"] * 3
    assert state_of(world) == before


def test_five_parallel_identical_batches_store_each_entry_once(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    batch = [client, *(mira.contact(client.envelope.id, f"visit {n}") for n in range(20))]
    request = mira.request(*batch)
    told: list[list[str]] = []

    def send() -> None:
        told.append(mira.states(mira.post(dict(request)), len(batch)))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [["accepted"] * len(batch)] * 5
    with world.server.database.reading() as rx:
        rows = (
            rx.execute(select(feed_row.c.what).where(feed_row.c.feed == f"team:{world.team1}"))
            .scalars()
            .all()
        )
    assert sorted(rows) == sorted(one.hash for one in batch)


def test_two_laptops_relaying_the_same_entries_at_once_store_them_once(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    batch = [client, *(mira.contact(client.envelope.id, f"visit {n}") for n in range(10))]
    threads = [threading.Thread(target=who.push, args=batch) for who in (mira, tomas)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.server.database.reading() as rx:
        rows = (
            rx.execute(select(feed_row.c.what).where(feed_row.c.feed == f"team:{world.team1}"))
            .scalars()
            .all()
        )
    assert sorted(rows) == sorted(one.hash for one in batch)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_inside_a_batch_does_not_matter(world: World, seed: int) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    first = mira.contact(client.envelope.id)
    second = mira.say(
        "contact", first.envelope.id, {"set": {"remark": "later"}}, client=client.envelope.id, prev=[first]
    )
    note = mira.note(client.envelope.id)
    addendum = mira.remark("addendum", note)
    batch = [client, first, second, note, addendum]
    random.Random(seed).shuffle(batch)
    assert mira.push(*batch) == ["accepted"] * 5
    mira.pull()
    held = mira.held("team:T1")
    assert held.index(client.hash) < held.index(first.hash) < held.index(second.hash)


def test_what_comes_before_its_parent_is_held_and_released(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    first = mira.contact(client.envelope.id)
    second = mira.say(
        "contact", first.envelope.id, {"set": {"remark": "later"}}, client=client.envelope.id, prev=[first]
    )
    assert mira.push(second) == ["held"]
    assert "earlier entry" in mira.reason()
    assert mira.push(first) == ["held"]
    tomas.pull()
    assert not tomas.has(first)
    assert mira.push(client) == ["accepted"]
    asked = mira.post(mira.request(asks=[first.hash, second.hash]))["asked"]
    assert asked == {first.hash: ["accepted", ""], second.hash: ["accepted", ""]}
    tomas.pull()
    assert tomas.held("team:T1") == [client.hash, first.hash, second.hash]


def test_one_poisoned_entry_stops_nobody_else(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    assert mira.push(client) == ["accepted"]
    batch = [mira.contact(client.envelope.id, f"visit {n}") for n in range(60)]
    poison = mira.say("contact", uuid7(0), {"set": {"outcome": 7}}, client=client.envelope.id)
    batch.insert(30, poison)
    states = mira.push(*batch)
    assert states.pop(30) == "rejected"
    assert set(states) == {"accepted"}
    assert "set" not in mira.reason(30) or "outcome" in mira.reason(30)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda text: text.replace('"counter":', '"counter" :'), "form"),
        (lambda text: text.replace('"tz":"America/Los_Angeles"', '"tz":""'), "tz"),
        (lambda text: text.replace('"remark":"seen"', '"remark":"se\u202een"'), "characters"),
        (lambda text: text.replace('"remark":"seen"', '"remark":{"a":1}'), "remark"),
        (lambda text: text.replace('"meaning":"save"', '"meaning":"shout"'), "meaning"),
        (lambda text: text.replace('"kind":"contact"', '"kind":"contactx"'), "kind"),
        (lambda text: text[:-1] + ',"x":1}', "fields"),
        (lambda text: "[" * 5_000, "form"),
        (lambda text: text.replace('"remark":"seen"', '"remark":"' + "x" * 70_000 + '"'), "64 KiB"),
    ],
)  # fmt: skip
def test_what_is_not_as_the_protocol_says_is_rejected_with_a_reason(
    world: World, spoil: Any, word: str
) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    assert mira.push(client) == ["accepted"]
    good = mira.contact(client.envelope.id)
    data = spoil(good.data.decode()).encode()
    request = mira.request()
    request["entries"] = [[data.decode(), b64(mira.identity.sign("entry", data))]]
    mira.last = mira.post(request)
    assert mira.states(mira.last, 1) == ["rejected"]
    assert word in mira.reason()
    assert "xxxx" not in mira.reason()


def test_what_follows_a_rejected_entry_is_rejected_too_and_its_client_s_other_work_is_not(
    world: World,
) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    bad = mira.say("contact", uuid7(1), {"set": {"outcome": 7}}, client=client.envelope.id)
    child = mira.say(
        "contact", bad.envelope.id, {"set": {"remark": "x"}}, client=client.envelope.id, prev=[bad]
    )
    fine = mira.contact(client.envelope.id)
    assert mira.push(client, child, fine) == ["accepted", "held", "accepted"]
    assert mira.push(bad) == ["rejected"]
    asked = mira.post(mira.request(asks=[child.hash]))["asked"]
    assert asked[child.hash][0] == "rejected"
    assert "sign it again" in asked[child.hash][1]


def test_a_forged_signature_cannot_make_a_hash_refused_for_its_author(world: World) -> None:
    mira, bo = world.laptop("mira"), world.laptop("bo")
    client = mira.client()
    forged = bo.request()
    forged["entries"] = [[client.data.decode(), b64(bo.identity.sign("entry", client.data))]]
    bo.last = bo.post(forged)
    assert bo.states(bo.last, 1) == ["rejected"]
    assert mira.push(client) == ["accepted"]


@pytest.mark.parametrize("field", ["author", "device", "org"])
def test_an_entry_in_another_s_name_is_rejected(world: World, field: str) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    stands = {"author": sol.staff, "device": sol.device, "org": "0" * 64}
    forged = mira.client(**{field: stands[field]})
    assert mira.push(forged) == ["rejected"]


def test_an_unknown_device_s_entry_is_held_until_its_certificate_is_there(world: World) -> None:
    mira = world.laptop("mira")
    stranger = mira.client(device=uuid7(5))
    assert mira.push(stranger) == ["held"]


def test_a_role_that_may_not_write_goes_to_the_supervisor(world: World) -> None:
    mira, tomas, sol = world.laptop("mira"), world.laptop("tomas"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    plan = tomas.say(
        "assignment", one_per(client.envelope.id, "assignment"), {"set": {}}, client=client.envelope.id
    )
    assert tomas.push(plan) == ["quarantined"]
    assert "role" in tomas.reason()
    sol.pull()
    desk = sol.post(sol.request())["desk"]
    assert [row["hash"] for row in desk["quarantine"]] == [plan.hash]
    assert desk["quarantine"][0]["text"] == plan.data.decode()


def test_a_psychotherapy_note_that_is_held_back_shows_its_words_to_nobody(world: World) -> None:
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    note = una.note(client.envelope.id, "What she told me alone.", sensitivity="psychotherapy")
    more = una.remark("addendum", note, "And what I thought of it.", sensitivity="psychotherapy")
    assert una.push(note, more) == ["quarantined", "quarantined"]
    sol.pull()
    rows = sol.post(sol.request())["desk"]["quarantine"]
    assert {row["hash"] for row in rows} == {note.hash, more.hash}, "it can still be decided"
    assert all("text" not in row and "signature" not in row for row in rows)
    assert "told me" not in str(rows)
    assert "thought" not in str(rows)


def test_a_role_that_one_does_not_hold_goes_to_the_supervisor(world: World) -> None:
    tomas = world.laptop("tomas")
    assert tomas.push(tomas.client(role="supervisor")) == ["quarantined"]


def test_an_entry_about_another_program_s_client_goes_to_both_supervisors(world: World) -> None:
    mira, una, sven, sol = (
        world.laptop("mira"),
        world.laptop("una"),
        world.laptop("sven"),
        world.laptop("sol"),
    )
    client = mira.client()
    mira.push(client)
    assert una.push(una.contact(client.envelope.id)) == ["quarantined"]
    assert [len(who.post(who.request())["desk"]["quarantine"]) for who in (sol, sven)] == [1, 0]


def test_clinical_staff_of_the_program_may_log_a_contact_for_another_team(world: World) -> None:
    mira, bo = world.laptop("mira"), world.laptop("bo")
    client = mira.client()
    mira.push(client)
    contact = bo.contact(client.envelope.id)
    assert bo.push(contact) == ["accepted"]
    mira.pull()
    assert contact.hash in mira.held("team:T1")


def test_an_assignment_or_an_emergency_brings_into_scope_for_four_hours(world: World) -> None:
    mira, bo, una, sol = world.laptop("mira"), world.laptop("bo"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    body = {"set": {"where": "home"}}
    assert bo.push(bo.say("planned_visit", uuid7(1), body, client=client.envelope.id)) == ["quarantined"]
    period = {"staff": bo.staff, "role": "secondary", "since": "2026-11-01"}
    sol.push(
        sol.say("assignment", one_per(client.envelope.id, "assignment"), {"items": {"periods": {"a": period}}},
                client=client.envelope.id)
    )  # fmt: skip
    assert bo.push(bo.say("planned_visit", uuid7(2), body, client=client.envelope.id)) == ["accepted"]
    glass = una.say("break_glass", uuid7(3), {"set": {"reason": "found"}}, client=client.envelope.id)
    assert una.push(glass) == ["quarantined"], "another program's emergency is for the supervisor"
    glass = bo.say("break_glass", uuid7(4), {"set": {"reason": "found"}}, client=client.envelope.id)
    assert bo.push(glass) == ["accepted"]


def test_emergency_access_ends_after_four_hours(world: World) -> None:
    mira, bo = world.laptop("mira"), world.laptop("bo")
    client = mira.client()
    mira.push(client)
    glass = bo.say("break_glass", uuid7(4), {"set": {"reason": "found"}}, client=client.envelope.id)
    body = {"set": {"where": "home"}}
    soon = bo.say(
        "planned_visit", uuid7(6), body, client=client.envelope.id, at_ms=world.clock.ms + 3 * 3_600_000
    )
    late = bo.say(
        "planned_visit", uuid7(7), body, client=client.envelope.id, at_ms=world.clock.ms + 5 * 3_600_000
    )
    world.clock.ms += 6 * 3_600_000
    assert bo.push(late, soon, glass) == ["quarantined", "accepted", "accepted"]


def test_a_departed_member_s_late_note_about_an_earlier_service_is_accepted(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client)
    admin.change_staff(
        world.server, "mira",
        {"memberships": {"m1": {"role": "clinician", "team": "team-1", "until": "2026-11-22"},
                         "m2": {"role": "clinician", "team": world.team3}}},
    )  # fmt: skip
    visit = {"set": {"where": "home"}}
    world.clock.ms += 2 * DAY_MS
    service = world.clock.ms - 2 * DAY_MS
    doc = {"doc": {"format": "free", "sections": {"text": "x"}, "service_start": instant(service)}}
    late = mira.say("note", uuid7(9), doc, client=client.envelope.id, meaning="sign")
    assert mira.push(late) == ["accepted"]
    assert mira.push(mira.say("planned_visit", uuid7(8), visit, client=client.envelope.id)) == ["quarantined"]


def test_only_the_author_corrects_a_note_and_signs_again_only_after_a_return(world: World) -> None:
    mira, bo, sol = world.laptop("mira"), world.laptop("tomas"), world.laptop("sol")
    client = mira.client()
    note = mira.note(client.envelope.id, cosign="supervisor")
    assert mira.push(client, note) == ["accepted", "accepted"]
    again = {"doc": note.envelope.body["doc"]}
    record = note.envelope.id
    theirs = bo.say(
        "note", record, {**again, "reason": "typo"}, client=client.envelope.id, meaning="amend", prev=[note]
    )
    assert bo.push(theirs) == ["rejected"]
    bare = mira.say("note", record, again, client=client.envelope.id, meaning="sign", prev=[note])
    assert mira.push(bare) == ["rejected"]
    saved = mira.say("note", record, again, client=client.envelope.id, meaning="save", prev=[note])
    assert mira.push(saved) == ["rejected"]
    sent_back = sol.remark("return", note, "say what the plan is")
    answer = mira.say(
        "note",
        record,
        {**again, "answers": [sent_back.hash]},
        client=client.envelope.id,
        meaning="sign",
        prev=[note],
    )
    assert mira.push(answer) == ["held"], "the return has not been seen yet"
    assert sol.push(sent_back) == ["accepted"]
    assert mira.post(mira.request(asks=[answer.hash]))["asked"][answer.hash][0] == "accepted"
    fix = mira.say(
        "note", record, {**again, "reason": "typo"}, client=client.envelope.id, meaning="amend", prev=[answer]
    )
    assert mira.push(fix) == ["accepted"]


def test_nobody_cosigns_their_own_and_a_return_needs_a_supervisor(world: World) -> None:
    mira, tomas, sol = world.laptop("mira"), world.laptop("tomas"), world.laptop("sol")
    client = mira.client()
    note = tomas.note(client.envelope.id, cosign="supervisor")
    mira.push(client)
    tomas.push(note)
    assert tomas.push(tomas.remark("cosign", note)) == ["quarantined"]
    assert mira.push(mira.remark("return", note)) == ["quarantined"]
    assert sol.push(sol.remark("cosign", note)) == ["accepted"]


def test_a_record_that_a_client_has_once_has_the_id_that_follows_from_the_client(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    body = {"set": {"level": "low", "reason": "Asked, and safe."}}
    wrong = mira.say("risk", uuid7(1), body, client=client.envelope.id, meaning="sign")
    record = one_per(client.envelope.id, "risk")
    right = mira.say("risk", record, body, client=client.envelope.id, meaning="sign")
    assert mira.push(client, wrong, right) == ["accepted", "rejected", "accepted"]


@pytest.mark.parametrize(
    ("meaning", "body"),
    [
        ("save", {"set": {"level": "none"}}),
        ("save", {"set": {"level": "none", "reason": "Fine now."}}),
        ("sign", {"set": {"level": "none"}}),
        ("sign", {"set": {"level": "none", "reason": "  "}}),
        ("save", {"drop": {"signals": ["s1"]}}),
        ("sign", {"considered": ["a" * 64]}),
        ("sign", {"set": {"reason": "Fine now."}, "considered": ["a" * 64]}),
    ],
    ids=[
        "saved",
        "saved-with-reason",
        "no-reason",
        "blank-reason",
        "dropped",
        "considered-alone",
        "no-level",
    ],
)
def test_check_14_lower_a_risk_level_without_signed_reason_is_refused_by_the_server(
    world: World, meaning: str, body: dict[str, Any]
) -> None:
    """Acceptance check 14, on the server: whatever laptop says so, and however."""
    mira = world.laptop("mira")
    client = mira.client()
    record = one_per(client.envelope.id, "risk")
    high = mira.say(
        "risk", record, {"items": {"signals": {"s1": {"level": "high"}}}}, client=client.envelope.id
    )
    lower = mira.say("risk", record, body, client=client.envelope.id, meaning=meaning, prev=[high])
    assert mira.push(client, high, lower) == ["accepted", "accepted", "rejected"]
    signed = {"set": {"level": "low", "reason": "Talked for an hour."}, "considered": [high.hash]}
    again = mira.say("risk", record, signed, client=client.envelope.id, meaning="sign", prev=[high])
    assert mira.push(again) == ["accepted"]


def test_a_record_keeps_its_kind_and_client(world: World) -> None:
    mira = world.laptop("mira")
    one, two = mira.client(), mira.client("Roe, Al")
    contact = mira.contact(one.envelope.id)
    assert mira.push(one, two, contact) == ["accepted"] * 3
    moved = mira.say(
        "contact", contact.envelope.id, {"set": {"remark": "x"}}, client=two.envelope.id, prev=[contact]
    )
    turned = mira.say(
        "planned_visit", contact.envelope.id, {"set": {"where": "x"}}, client=one.envelope.id, prev=[contact]
    )
    crossed = mira.say("contact", uuid7(1), {"set": {"remark": "x"}}, client=one.envelope.id, prev=[one])
    assert mira.push(moved, turned, crossed) == ["rejected"] * 3


def test_a_gap_is_accepted_and_reported_until_it_is_filled(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    first, second, third = (mira.contact(client.envelope.id, str(n)) for n in range(3))
    assert mira.push(client, third) == ["accepted", "accepted"]
    assert _missing(sol, mira) == 2
    assert mira.push(first, second) == ["accepted", "accepted"]
    assert _missing(sol, mira) == 0


def _missing(sol: Laptop, whose: Laptop) -> int:
    rows = sol.post(sol.request())["desk"]["devices"]
    return next(int(row["missing"]) for row in rows if row["device"] == whose.device)


def test_a_fork_keeps_both_flags_it_and_suspends_pulls_until_it_is_cleared(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    one = mira.contact(client.envelope.id, "from the laptop", counter=9)
    two = mira.contact(client.envelope.id, "from its clone", counter=9)
    assert mira.push(one) == ["accepted"]
    assert mira.push(two) == ["accepted"]
    assert "administrator" in mira.last["suspended"]
    assert mira.last["feeds"] == {}
    assert mira.last["entries"] == []
    assert mira.push(mira.contact(client.envelope.id, counter=10)) == ["accepted"], "it may still send"
    with world.server.database.reading() as rx:
        flags = rx.execute(select(entry.c.flags).where(entry.c.hash == two.hash)).scalar_one()
        assert rx.execute(select(device.c.forked).where(device.c.id == mira.device)).scalar_one()
    assert "fork" in flags.split()
    rows = sol.post(sol.request())["desk"]
    assert next(row["state"] for row in rows["devices"] if row["device"] == mira.device) == "forked"
    assert two.hash in {row["hash"] for row in rows["flagged"]}
    admin.clear_fork(world.server, mira.device)
    mira.pull()
    assert mira.has(one)


def test_a_form_that_breaks_its_rules_is_accepted_and_flagged(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    bare = mira.say("contact", uuid7(1), {"set": {"outcome": "completed"}}, client=client.envelope.id)
    ahead = mira.contact(client.envelope.id, at_ms=world.clock.ms + DAY_MS)
    assert mira.push(client, bare, ahead) == ["accepted"] * 3
    flagged = {row["hash"]: row["flags"] for row in sol.post(sol.request())["desk"]["flagged"]}
    assert "form:start" in flagged[bare.hash]
    assert "future" in flagged[ahead.hash]


def test_a_batch_that_is_too_long_is_refused_whole(world: World) -> None:
    mira = world.laptop("mira")
    request = mira.request()
    request["entries"] = [["{}", ""]] * 501
    with pytest.raises(Refusal) as refused:
        mira.post(request)
    assert refused.value.status == 413


@pytest.mark.parametrize("broken", [[], "x", {"protocol": 2}, {"protocol": 1, "device": "other"}, None, 7])
def test_a_request_that_is_not_one_is_refused_without_an_echo(world: World, broken: Any) -> None:
    mira = world.laptop("mira")
    with pytest.raises(Refusal) as refused:
        mira.post(broken)
    assert refused.value.status == 422
    assert "other" not in str(refused.value.body)


@pytest.mark.parametrize("junk", [None, 7, [], ["x"], [1, 2], ["x", "%%%"], {}])
def test_junk_among_entries_is_rejected_by_position(world: World, junk: Any) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    request = mira.request(client)
    request["entries"].insert(0, junk)
    answer = mira.post(request)
    assert mira.states(answer, 2) == ["rejected", "accepted"]


def test_hostile_text_is_stored_literally(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    text = "'); DROP TABLE entry;-- \" % _ \\ $1 :x {0} é 漢"
    client = mira.client(text)
    assert mira.push(client, mira.contact(client.envelope.id, text)) == ["accepted", "accepted"]
    tomas.pull()
    assert tomas.entries[client.hash].envelope.body["set"]["legal_name"] == text


def test_an_entry_of_a_kind_that_the_server_does_not_know_is_rejected_but_not_for_ever(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    later = mira.say("telepathy", uuid7(1), {"set": {}}, client=client.envelope.id)
    assert mira.push(client, later) == ["accepted", "rejected"]
    with world.server.database.reading() as rx:
        assert rx.execute(select(func.count()).select_from(waiting)).scalar_one() == 0
    assert digest(later.data) == later.hash


def test_a_signal_of_risk_is_no_form_with_something_missing_and_a_decision_without_its_level_is(
    world: World,
) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    ada, bo = mira.client(), mira.client("Lind, Bo")

    def risk(client: str, body: dict[str, Any], **more: Any) -> Entry:
        return mira.say("risk", one_per(client, "risk"), body, client=client, **more)

    signal = risk(ada.envelope.id, {"items": {"signals": {"s1": {"level": "high", "source_kind": "crisis"}}}})
    bare = risk(bo.envelope.id, {"set": {"reason": "Calm for weeks"}}, meaning="sign")
    mira.push(ada, signal, bo, bare)
    flagged = {row["hash"]: row["flags"] for row in sol.post(sol.request())["desk"]["flagged"]}
    assert signal.hash not in flagged
    assert "form:level" in flagged[bare.hash]
