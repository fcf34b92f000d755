"""From an opened form to a signed entry and what it brings about."""

from __future__ import annotations

import pytest

from fieldapp.crypto.keys import verify
from fieldapp.laptop.failures import NotAllowed, NotReady, ReauthNeeded
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    HOUR_MS,
    MIA,
    MINUTE_MS,
    NOON_MS,
    PASSPHRASE,
    SUE,
    TIM,
    World,
    exchange,
    held,
    note_values,
    opened,
    plan_values,
    uid,
)

START = NOON_MS - 2 * HOUR_MS


def test_a_logged_contact_is_one_signed_entry_that_says_only_what_was_filled(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    draft = laptop.start("contact", client, values={"outcome": "attempt_no_answer"})
    values = {
        **draft.values, "contact_type": "outreach_engagement", "start": instant(START),
        "stop": instant(START + 5 * MINUTE_MS),
    }  # fmt: skip
    draft = laptop.save_draft(draft.id, values, "stop:3")
    assert draft.revision == 2
    (entry_hash,) = laptop.submit(draft.id)
    with opened(laptop).store.reading() as rx:
        entry = rx.entry(entry_hash)
        certificate = rx.view(laptop.me.device)
        state = rx.value("SELECT state FROM entry WHERE hash = ?", entry_hash)
    assert entry is not None
    assert certificate is not None
    assert entry.envelope.body == {"set": values}
    assert (entry.envelope.meaning, entry.envelope.prev, state) == ("save", (), "unsent")
    assert entry.envelope.author.name == "Ana Alvarez"
    assert entry.envelope.author.credential == "LMHC"
    assert verify(bytes.fromhex(certificate.get("public")), "entry", entry.data, entry.signature)
    assert laptop.drafts() == ()
    assert laptop.timeline(client, 0, 10, ["contact"])[0].sending == "not sent"
    assert laptop.sync_status().pending == 1


def test_a_form_that_is_open_already_is_given_again_with_its_words(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    first = laptop.start("safety_plan", client)
    laptop.save_draft(first.id, {"signs": ["half a sent"]}, "signs")
    again = laptop.start("safety_plan", client)
    assert (again.id, again.values, again.focus) == (first.id, {"signs": ["half a sent"]}, "signs")
    contact = laptop.start("note", client, values={"contact": uid("visit"), "format": "DAP"})
    assert laptop.start("note", client, values={"contact": uid("visit")}).id == contact.id
    assert len(laptop.drafts()) == 2


def test_signing_asks_for_the_passphrase_again_after_ten_minutes(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    draft = laptop.start("safety_plan", client, values=plan_values())
    world.clock.move(minutes=10)
    assert laptop.needs_reauth
    with pytest.raises(ReauthNeeded):
        laptop.submit(draft.id)
    laptop.reauthenticate(PASSPHRASE)
    laptop.submit(draft.id)
    assert [version.number for version in laptop.plan(client).versions] == [1]


def test_what_stops_is_refused_and_what_may_be_overridden_takes_a_reason(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START)
    laptop = world.laptop(ANA)
    values = note_values(contact, START, goals=[], risk_block={})
    draft = laptop.start("note", client, values=values)
    with pytest.raises(NotReady) as refused:
        laptop.submit(draft.id, overrides={"goals": "none yet"})
    assert [p.field for p in refused.value.problems] == ["risk_block"]
    laptop.save_draft(draft.id, {**values, "risk_block": {"answer": "asked_denied"}})
    with pytest.raises(NotReady) as refused:
        laptop.submit(draft.id)
    assert [p.field for p in refused.value.problems] == ["goals"]
    laptop.submit(draft.id, overrides={"goals": "none yet", "sections": "not asked"})
    note = laptop.note_for_contact(contact)
    assert note is not None
    assert dict(laptop.record(note.record).versions[0].overrides) == {"goals": "none yet"}


def test_a_note_with_risk_present_raises_the_risk_in_the_same_transaction(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START)
    laptop = world.laptop(ANA)
    risk = {"answer": "present", "level": "high", "detail": "Said she has a plan"}
    draft = laptop.start("note", client, values=note_values(contact, START, risk_block=risk))
    note, signal = laptop.submit(draft.id)
    assert laptop.client_line(client).risk == "high"
    with opened(laptop).store.reading() as rx:
        entry = rx.entry(signal)
    assert entry is not None
    assert entry.envelope.id == one_per(client, "risk")
    (item,) = entry.envelope.body["items"]["signals"].values()
    assert (item["source"], item["level"], item["source_kind"]) == (note, "high", "note")
    assert laptop.chart(client).risk_reason == "Said she has a plan"


def test_a_signed_level_lowers_only_the_signals_that_its_author_had_seen(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START)
    laptop, other = world.laptop(ANA), world.laptop(BEN)
    risk = {"answer": "present", "level": "high"}
    draft = laptop.start("note", client, values=note_values(contact, START, risk_block=risk))
    _, signal = laptop.submit(draft.id)
    unseen = other.start(
        "note", client, values=note_values(uid("other"), START, risk_block={**risk, "level": "moderate"})
    )
    other.submit(unseen.id)
    with pytest.raises(NotReady):
        laptop.sign_risk(client, "low", " ", [signal])
    laptop.sign_risk(client, "low", "Talked it through with her sister present", [signal])
    assert laptop.client_line(client).risk == "low"
    exchange(laptop, other)
    assert laptop.client_line(client).risk == other.client_line(client).risk == "moderate"


def test_a_contact_from_a_planned_visit_marks_it_done(world: World) -> None:
    client = world.client("Rossi, Rosa")
    visit = uid("planned")
    world.add(
        "planned_visit", visit, {"set": {"staff": ANA, "start": instant(START), "minutes": 45}}, client=client
    )
    laptop = world.laptop(ANA)
    assert [line.state for line in laptop.today().visits] == ["planned"]
    draft = laptop.start("contact", client, values={
        "planned_visit": visit, "outcome": "completed", "contact_type": "case_management",
        "modality": "in_person", "setting": "home", "start": instant(START), "stop": instant(START + HOUR_MS),
    })  # fmt: skip
    laptop.submit(draft.id)
    assert [line.state for line in laptop.today().visits] == ["done"]


def test_a_contact_freezes_with_its_note_and_is_then_corrected_with_a_reason(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START)
    laptop = world.laptop(ANA)
    assert laptop.start("contact", client, contact).meaning == "save"
    laptop.discard_draft(laptop.drafts()[0].id)
    laptop.submit(laptop.start("note", client, values=note_values(contact, START)).id)
    assert laptop.record(contact).frozen
    draft = laptop.start("contact", client, contact, values={"travel_min": 20})
    assert draft.meaning == "amend"
    with pytest.raises(NotReady) as refused:
        laptop.submit(draft.id)
    assert refused.value.problems[0].field == "reason"
    (entry_hash, *_) = laptop.submit(draft.id, reason="Forgot the drive")
    amended = laptop.record(contact).versions[-1]
    assert (amended.entry, amended.meaning, amended.reason) == (entry_hash, "amend", "Forgot the drive")
    assert amended.body["set"] == {"travel_min": 20}


def test_nobody_else_corrects_a_frozen_contact(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "attempt", start_ms=NOON_MS - 3 * DAY_MS, outcome="attempt_no_answer")
    with pytest.raises(NotAllowed):
        world.laptop(BEN).start("contact", client, contact)


def test_a_returned_note_is_corrected_on_top_and_answers_the_return(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START, who=BEN)
    ben, sue = world.laptop(BEN), world.laptop(SUE)
    (first,) = ben.submit(ben.start("note", client, values=note_values(contact, START)).id)
    exchange(ben, sue)
    assert [(line.what, line.entry) for line in sue.review() if line.kind == "note"] == [("cosign", first)]
    back = sue.send_back(first, "Say what the plan for the weekend is")
    exchange(ben, sue)
    (due,) = [line for line in ben.today().due if line.kind == "returned"]
    assert due.entry == first
    draft = ben.start("note", client, due.record)
    assert (draft.meaning, draft.answers, draft.prev) == ("sign", (back,), (first,))
    sections = {**draft.values["sections"], "plan": "She calls her sister on Saturday morning."}
    ben.save_draft(draft.id, {**draft.values, "sections": sections})
    (second,) = ben.submit(draft.id)
    exchange(ben, sue)
    assert [(line.what, line.entry) for line in sue.review() if line.kind == "note"] == [("answered", second)]
    sue.cosign(second)
    read = sue.record(due.record)
    assert [(v.entry, v.status) for v in read.versions] == [(first, "returned"), (second, "final")]
    assert read.versions[0].body["doc"]["sections"]["plan"] == note_values(contact, START)["sections"]["plan"]


def test_a_technicians_safety_plan_is_active_and_waits_for_an_mhp(world: World) -> None:
    client = world.client("Rossi, Rosa")
    tim, ana, ben = world.laptop(TIM), world.laptop(ANA), world.laptop(BEN)
    version, _ = tim.submit(tim.start("safety_plan", client, values=plan_values()).id)
    exchange(tim, ana, ben)
    plan = ana.plan(client)
    assert [(v.entry, v.status) for v in plan.active] == [(version, "pending")]
    assert [line.entry for line in ana.review()] == [version]
    assert ben.review() == ()
    with pytest.raises(NotAllowed):
        ben.cosign(version)
    ana.cosign(version)
    assert ana.plan(client).active[0].status == "final"
    assert ana.review() == ()


def test_two_settlements_of_one_field_leave_one_leaf(world: World) -> None:
    client = world.client("Rossi, Rosa", pronouns="she/her")
    ana, ben = world.laptop(ANA), world.laptop(BEN)
    for laptop, city in ((ana, "she/they"), (ben, "they/them")):
        draft = laptop.start("client", record=client)
        laptop.save_draft(draft.id, {**draft.values, "pronouns": city})
        laptop.submit(draft.id)
    exchange(ana, ben)
    assert ana.conflicts() == ben.conflicts()
    (line,) = ana.conflicts()
    sides = ana.conflict(line.record, line.path).sides
    assert {side.text for side in sides} == {"she/they", "they/them"}
    with pytest.raises(NotReady):
        ana.settle(line.record, line.path, "0" * 64)
    ana.settle(line.record, line.path, next(s.entry for s in sides if s.text == "they/them"))
    exchange(ana, ben)
    assert ben.conflicts() == ()
    assert len(ben.record(client).heads) == 1
    assert ben.client_line(client).pronouns == "they/them"


def test_removing_against_editing_an_item_is_settled_either_way(world: World) -> None:
    phones = {"a": {"number": "206-555-0111"}}
    clients = [uid("One, Client"), uid("Two, Client")]
    for client, name in zip(clients, ("One, Client", "Two, Client"), strict=True):
        world.client(name)
        world.add(
            "client", client, {"items": {"phones": phones}}, client=client, prev=[world.shared[-3].hash]
        )
    ana, ben = world.laptop(ANA), world.laptop(BEN)
    for client in clients:
        draft = ana.start("client", record=client)
        ana.save_draft(draft.id, {**draft.values, "phones": {}})
        ana.submit(draft.id)
        draft = ben.start("client", record=client)
        ben.save_draft(draft.id, {**draft.values, "phones": {"a": {"number": "206-555-0112"}}})
        ben.submit(draft.id)
    exchange(ana, ben)
    for client, dropped in zip(clients, (True, False), strict=True):
        sides = ana.conflict(client, "phones/a").sides
        assert sorted(side.dropped for side in sides) == [False, True]
        ana.settle(client, "phones/a", next(s.entry for s in sides if s.dropped is dropped))
        assert ana.record(client).values["phones"] == ({} if dropped else {"a": {"number": "206-555-0112"}})
        assert ana.record(client).conflicts == ()


def test_two_plans_written_side_by_side_stand_until_one_is_made_of_them(world: World) -> None:
    client = world.client("Rossi, Rosa")
    ana, sue = world.laptop(ANA), world.laptop(SUE)
    ana.submit(ana.start("safety_plan", client, values=plan_values()).id)
    sue.submit(sue.start("safety_plan", client, values=plan_values(alone=["Play the piano"])).id)
    exchange(ana, sue)
    assert ana.client_line(client).plan == "two"
    assert len(ana.plan(client).active) == 2
    chosen = next(v for v in ana.plan(client).active if v.doc["alone"] == ["Play the piano"])
    ana.settle(one_per(client, "safety_plan"), "doc", chosen.entry)
    assert ana.client_line(client).plan == "active"
    assert [v.doc["alone"] for v in ana.plan(client).active] == [["Play the piano"]]
    assert len(ana.plan(client).versions) == 3


def test_an_expired_credential_stops_signing_but_not_the_draft(world: World) -> None:
    client = world.client("Rossi, Rosa")
    world.add(
        "staff", ANA, {"items": {"credentials": {"c": {"expires": "2026-11-22"}}}}, who=uid("office"),
        prev=[e.hash for e in world.shared if e.envelope.id == ANA],
    )  # fmt: skip
    laptop = world.laptop(ANA)
    draft = laptop.start("safety_plan", client, values=plan_values())
    with pytest.raises(NotReady, match="expired"):
        laptop.submit(draft.id)
    assert laptop.draft(draft.id).values == plan_values()


def test_a_role_that_may_not_write_a_kind_is_told_before_signing(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(TIM)
    draft = laptop.start("episode", client, values={"status": "on_hold"})
    assert laptop.problems(draft.id)[0].stops
    with pytest.raises(NotReady):
        laptop.submit(draft.id)
    assert [entry for entry in held(laptop) if entry.envelope.author.id == TIM] == []


def test_another_teams_chart_opens_only_after_a_reason_and_is_audited(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(MIA)
    with pytest.raises(Exception, match="another team"):
        laptop.chart(client)
    assert [line.client for line in laptop.caseload("rossi")] == [client]
    assert laptop.caseload() == ()
    laptop.break_glass(client, "crisis_call")
    assert laptop.chart(client).line.name == "Rossi, Rosa"
    world.clock.move(hours=4, minutes=1)
    with pytest.raises(Exception, match="another team"):
        laptop.plan(client)
    opened(laptop).late_log.close()
    with opened(laptop).store.reading() as rx:
        seen = [bytes(row[0]) for row in rx.all("SELECT data FROM audit ORDER BY seq")]
    assert sum(b'"action":"view"' in event for event in seen) == 1
    assert b"break_glass" in seen[-1]
    assert not any(b"Rossi" in event for event in seen)


def test_a_visit_logged_twice_is_asked_about(world: World) -> None:
    client = world.client("Rossi, Rosa")
    world.contact(client, "visit", start_ms=START, who=BEN)
    laptop = world.laptop(ANA)
    draft = laptop.start("contact", client, values={
        "outcome": "completed", "contact_type": "case_management", "modality": "in_person", "setting": "home",
        "start": instant(START + 10 * MINUTE_MS), "stop": instant(START + HOUR_MS),
    })  # fmt: skip
    with pytest.raises(NotReady, match="same visit"):
        laptop.submit(draft.id)
    laptop.submit(draft.id, overrides={"start": "We both went"})


def test_an_authors_error_counts_at_once_and_waits_for_a_supervisor(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START, who=BEN)
    ben, sue = world.laptop(BEN), world.laptop(SUE)
    (version,) = ben.submit(ben.start("note", client, values=note_values(contact, START)).id)
    error = ben.mark_error(version, "Wrong client")
    assert ben.search("neighbours") == ()
    assert "unsigned" in {line.kind for line in ben.today().due}
    exchange(ben, sue)
    (line,) = [line for line in sue.review() if line.what == "error"]
    assert (line.entry, line.reason) == (error, "Wrong client")
    sue.cosign(error)
    assert [line for line in sue.review() if line.what == "error"] == []
    assert sue.record(line.record).in_error


def test_an_edited_contact_for_the_wrong_client_goes_out_of_every_count_as_a_whole(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=START, who=BEN)
    ben, sue = world.laptop(BEN), world.laptop(SUE)
    draft = ben.start("contact", record=contact)
    ben.save_draft(draft.id, {**draft.values, "remark": "At the shelter"})
    (edited,) = ben.submit(draft.id)
    ben.mark_error(edited, "Wrong client")
    assert ben.record(contact).in_error
    assert ben.client_line(client).last_contact_ms is None
    exchange(ben, sue)
    (line,) = [line for line in sue.review() if line.what == "error"]
    sue.send_back(line.entry, "It was this client after all")
    assert not sue.record(contact).in_error
    assert sue.record(contact).values["remark"] == "At the shelter"
    assert [line for line in sue.review() if line.what == "error"] == []
