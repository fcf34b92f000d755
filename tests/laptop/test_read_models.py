"""Read models against hand-made histories."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fieldapp.laptop.failures import GateClosed
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.store.read.roster import Roster
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    HOUR_MS,
    MIA,
    MINUTE_MS,
    NOON_MS,
    OTHER_TEAM,
    PROGRAM,
    SUE,
    World,
    exchange,
    give,
    note_values,
    opened,
    plan_values,
    uid,
    view_rows,
)


def test_attempts_and_talks_with_others_never_reset_days_since_contact(world: World) -> None:
    client = world.client("Rossi, Rosa")
    world.contact(client, "seen", start_ms=NOON_MS - 8 * DAY_MS)
    world.contact(client, "try", start_ms=NOON_MS - DAY_MS, outcome="attempt_no_answer")
    world.contact(client, "landlord", start_ms=NOON_MS - DAY_MS + HOUR_MS, contact_type="housing_landlord")
    world.contact(client, "letter", start_ms=NOON_MS - DAY_MS + 2 * HOUR_MS, modality="letter")
    laptop = world.laptop(ANA)
    line = laptop.client_line(client)
    assert (line.no_contact_days, line.no_contact_limit, line.overdue) == (8, 7, True)
    assert [due.what for due in laptop.today().due if due.kind == "no_contact"] == [
        "No contact for 8 days (agreed: 7), 1 try"
    ]
    give(laptop, [world.scribe.entry("contact", uid("now"), {"set": {
        "start": instant(NOON_MS - HOUR_MS), "stop": instant(NOON_MS), "outcome": "ended_early",
        "contact_type": "case_management", "modality": "video",
    }}, client=client, who=BEN)])  # fmt: skip
    assert laptop.client_line(client).no_contact_days == 0


def test_days_count_from_admission_when_nobody_was_seen_yet(world: World) -> None:
    client = world.client("Rossi, Rosa")
    assert world.laptop(ANA).client_line(client).no_contact_days == 10


def test_a_client_on_hold_is_not_missed(world: World) -> None:
    client = world.client("Rossi, Rosa")
    episode = next(e for e in world.shared if e.envelope.id == uid("Rossi, Rosa episode"))
    world.add(
        "episode", episode.envelope.id, {"set": {"status": "on_hold"}}, client=client, prev=[episode.hash]
    )
    laptop = world.laptop(ANA)
    assert laptop.client_line(client).no_contact_days is None
    assert laptop.today().due == ()


def test_the_agreed_days_win_over_the_tier(world: World) -> None:
    client = world.client("Rossi, Rosa")
    periods = {
        "old": {"start": "2026-10-01", "no_contact_alert_days": 21},
        "now": {"start": "2026-11-01", "no_contact_alert_days": 3},
        "later": {"start": "2026-12-01", "no_contact_alert_days": 30},
    }
    world.add("contact_plan", one_per(client, "contact_plan"), {"items": {"periods": periods}}, client=client)
    assert world.laptop(ANA).client_line(client).no_contact_limit == 3


def test_alerts_stop_first_and_cleared_or_erroneous_ones_not_at_all(world: World) -> None:
    client = world.client("Rossi, Rosa")
    for name, severity in (("a", "info"), ("b", "stop"), ("c", "caution")):
        said = {"code": "dog_loose", "severity": severity, "detail": name}
        world.add("alert", uid(f"alert {name}"), {"set": said}, client=client)
    cleared = world.add("alert", uid("gone"), {"set": {"code": "threats", "severity": "stop"}}, client=client)
    world.add("alert", uid("gone"), {"set": {"cleared": True}}, client=client, prev=[cleared.hash])
    wrong = world.add("alert", uid("wrong"), {"set": {"code": "threats", "severity": "stop"}}, client=client)
    world.add(
        "alert", uid("wrong"), {"reason": "other flat"}, client=client, meaning="error", about=wrong.hash
    )
    start = instant(NOON_MS + HOUR_MS)
    world.add(
        "planned_visit", uid("v"), {"set": {"staff": ANA, "start": start, "minutes": 30}}, client=client
    )
    laptop = world.laptop(ANA)
    assert [alert.severity for alert in laptop.client_line(client).alerts] == ["stop", "caution", "info"]
    assert [alert.detail for _, _, alert in laptop.today().alerts] == ["b", "c", "a"]


def test_a_plan_is_none_declined_active_overdue_or_two(world: World) -> None:
    record = {name: one_per(uid(name), "safety_plan") for name in ("none", "no", "active", "late", "two")}
    for name in record:
        world.client(name)
    plans = {
        "no": [plan_values(declined=True, declined_reason="Not today")],
        "active": [plan_values(review_due="2026-11-23")],
        "late": [plan_values(review_due="2026-11-22")],
        "two": [plan_values(), plan_values(alone=["Sing"])],
    }
    for name, docs in plans.items():
        for doc in docs:
            world.add("safety_plan", record[name], {"doc": doc}, client=uid(name), meaning="sign")
    laptop = world.laptop(ANA)
    assert {line.name: line.plan for line in laptop.caseload()} == {
        "none": "none", "no": "declined", "active": "active", "late": "overdue", "two": "two",
    }  # fmt: skip
    assert {(d.kind, d.name) for d in laptop.today().due if d.kind in ("plan_review", "conflict")} == {
        ("plan_review", "active"), ("plan_review", "late"), ("conflict", "two"),
    }  # fmt: skip


def test_risk_is_what_the_risk_record_adds_up_to(world: World) -> None:
    client = world.client("Rossi, Rosa")
    signals = {"s": {"level": "screen_needed", "source": "0" * 64}}
    world.add("risk", one_per(client, "risk"), {"items": {"signals": signals}}, client=client)
    laptop = world.laptop(ANA)
    assert laptop.client_line(client).risk == "screen_needed"
    (due,) = [line for line in laptop.today().due if line.kind == "risk"]
    assert (due.client, due.late) == (client, True)


def test_clients_are_found_by_any_name_street_or_number_without_accents(world: World) -> None:
    rosa = world.client("García, Rosa", name_to_use="Rosie", mrn="A-1009")
    world.add(
        "client", rosa, {"items": {"addresses": {"h": {"street": "12 Élan Street", "city": "Tacoma"}}}}, client=rosa,
        prev=[e.hash for e in world.shared if e.envelope.id == rosa],
    )  # fmt: skip
    world.client("Garner, Paul")
    away = world.client("Oduya, Grace", team=OTHER_TEAM, primary=MIA)
    laptop = world.laptop(ANA)

    def found(query: str) -> list[str]:
        return [line.name for line in laptop.caseload(query)]

    assert found("garcia") == found("rosie gar") == found("elan") == found("1009") == ["García, Rosie"]
    assert found("gar") == ["García, Rosie", "Garner, Paul"]
    assert found("garica") == ["García, Rosie"]
    assert found("oduya") == ["Oduya, Grace"]
    assert found("zzz") == []
    assert [line.client for line in laptop.caseload()].count(away) == 0
    assert found("rosa ga") == ["García, Rosie"]


def test_mine_is_who_i_am_assigned_to_today(world: World) -> None:
    mine = world.client("Mine, Client")
    world.client("Bens, Client", primary=BEN)
    laptop = world.laptop(ANA)
    assert [line.client for line in laptop.caseload(mine=True)] == [mine]
    assert [line.primary for line in laptop.caseload()] == ["Ben Brook", "Ana Alvarez"]


def test_a_day_has_the_persons_visits_in_the_programs_zone(world: World) -> None:
    client = world.client("Rossi, Rosa")
    late = NOON_MS + 11 * HOUR_MS + 30 * MINUTE_MS  # 23:30 in Seattle, already tomorrow in UTC
    for name, staff, start, more in (
        ("late", ANA, late, {}), ("early", ANA, NOON_MS - 3 * HOUR_MS, {"done": True}),
        ("bens", BEN, NOON_MS, {}), ("tomorrow", ANA, late + HOUR_MS, {}), ("off", ANA, NOON_MS, {"cancelled": True}),
    ):  # fmt: skip
        said = {"staff": staff, "start": instant(start), "minutes": 30, "where": name, **more}
        world.add("planned_visit", uid(f"visit {name}"), {"set": said}, client=client)
    laptop = world.laptop(ANA)
    assert [(v.where, v.state) for v in laptop.today().visits] == [("early", "done"), ("late", "planned")]
    assert [v.where for v in laptop.today("2026-11-24").visits] == ["tomorrow"]


def test_a_seen_client_without_a_note_is_due_then_late_until_it_is_signed(world: World) -> None:
    client = world.client("Rossi, Rosa")
    fresh = world.contact(client, "fresh", start_ms=NOON_MS - 2 * HOUR_MS)
    late = world.contact(client, "late", start_ms=NOON_MS - 4 * DAY_MS)
    world.contact(client, "try", start_ms=NOON_MS - HOUR_MS, outcome="no_show")
    world.contact(client, "none needed", start_ms=NOON_MS - HOUR_MS, note_required=False)
    laptop = world.laptop(ANA)
    due = {line.record: line for line in laptop.today().due if line.kind == "unsigned"}
    assert {record: line.late for record, line in due.items()} == {fresh: False, late: True}
    assert due[fresh].due_ms == NOON_MS - 2 * HOUR_MS + 45 * MINUTE_MS + DAY_MS
    draft = laptop.start("note", client, values=note_values(fresh, NOON_MS - 2 * HOUR_MS))
    unsigned = [line for line in laptop.today().due if line.kind in ("unsigned", "draft")]
    assert {line.record: line.draft for line in unsigned} == {fresh: draft.id, late: ""}
    laptop.submit(draft.id)
    assert [line.record for line in laptop.today().due if line.kind == "unsigned"] == [late]
    values = note_values(late, NOON_MS - 4 * DAY_MS, late_reason="No signal up there")
    again = laptop.start("note", client, values=values)
    laptop.submit(again.id, overrides={"sections": "It was the same again"})
    rows = laptop.timeline(client, 0, 10, ["note"])
    assert [row.late for row in rows] == [False, True]


def test_the_timeline_pages_newest_first_and_counts(world: World) -> None:
    client = world.client("Rossi, Rosa")
    for number in range(25):
        world.contact(client, f"c{number}", start_ms=NOON_MS - number * DAY_MS, remark=f"number {number}")
    laptop = world.laptop(ANA)
    kinds = ["contact"]
    assert laptop.timeline_count(client, kinds) == 25
    assert laptop.timeline_count(client) == 26
    pages = [laptop.timeline(client, at, 10, kinds) for at in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    told = [row.text for page in pages for row in page]
    assert told == [f"Completed · number {number}" for number in range(25)]
    assert {row.title for row in pages[0]} == {"Individual counseling"}


def test_a_chart_shows_what_is_filled(world: World) -> None:
    client = world.client("Rossi, Rosa", pronouns="she/her", dob="1980-02-03", best_places_to_find="Library")
    world.add(
        "related_person",
        uid("sister"),
        {"set": {"name": "Lia", "kind": "family", "phone": "206-555-0142"}},
        client=client,
    )
    chart = world.laptop(ANA).chart(client)
    assert ("Pronouns", "she/her") in chart.facts
    assert chart.people == (("Lia", "Family", "206-555-0142"),)
    assert chart.team == (("Primary", "Ana Alvarez"),)
    assert ("Program", "Community IOP") in chart.episode
    assert (chart.finding, chart.plan, chart.timeline_count) == ("Library", None, 1)


def test_review_has_every_kind_of_waiting_work_with_its_due_date(world: World) -> None:
    client = world.client("Rossi, Rosa")
    away = world.client("Oduya, Grace", team=OTHER_TEAM, primary=MIA)
    friday = NOON_MS - 3 * DAY_MS
    note = {"doc": note_values(uid("x"), friday), "cosign_required": "supervisor"}
    pending = world.add("note", uid("pending"), note, client=client, who=BEN, meaning="sign", at_ms=friday)
    world.add("note", uid("elsewhere"), note, client=away, who=MIA, meaning="sign", at_ms=friday)
    world.add("note", uid("own"), note, client=client, who=SUE, meaning="sign", at_ms=friday)
    late = {"doc": note_values(uid("y"), friday - 5 * DAY_MS, late_reason="Ill")}
    world.add("note", uid("late"), late, client=client, who=ANA, meaning="sign", at_ms=friday)
    alert = {"set": {"code": "threats", "severity": "stop"}, "cosign_required": "supervisor"}
    world.add("alert", uid("new"), alert, client=client, who=ANA, at_ms=friday)
    first = next(e for e in world.shared if e.envelope.id == client)
    for who, pronouns in ((ANA, "she"), (BEN, "they")):
        world.add(
            "client", client, {"set": {"pronouns": pronouns}}, client=client, who=who, prev=[first.hash]
        )
    held = world.scribe.entry("contact", uid("q"), {"set": {"outcome": "completed"}}, client=client, who=MIA)
    laptop = world.laptop(SUE)
    with opened(laptop).store.writing() as tx:
        tx.set_desk("quarantine", [{
            "hash": held.hash, "text": held.data.decode(), "signature": "", "reason": "not on the team",
            "received": instant(NOON_MS - HOUR_MS),
        }])  # fmt: skip
        tx.set_desk(
            "devices", [{"device": uid("d"), "staff": BEN, "missing": 3, "last_seen": None, "pending": 0}]
        )
    lines = laptop.review()
    found = {(line.what, line.record): line for line in lines}
    assert set(found) == {
        ("cosign", uid("pending")), ("cosign", uid("new")), ("late", uid("late")), ("conflict", client),
        ("quarantine", uid("q")), ("missing", uid("d")),
    }  # fmt: skip
    cosign = found["cosign", uid("pending")]
    assert cosign.entry == pending.hash
    assert cosign.due_ms == NOON_MS + 2 * DAY_MS + 12 * HOUR_MS  # three business days: end of Wednesday
    assert not cosign.late
    assert found["cosign", uid("new")].due_ms == NOON_MS + 12 * HOUR_MS  # one business day: end of Monday
    assert found["missing", uid("d")].reason == "3 entries are missing from this laptop"
    world.clock.move(days=1)
    assert laptop.review()[0].record == uid("new")
    assert laptop.review()[0].late
    laptop.decide_quarantine(held.hash, "refuse", "Entered for the wrong client")
    assert laptop.quarantine() == ()
    assert world.laptop(ANA).review() == ()


def test_two_primaries_at_once_are_the_supervisors(world: World) -> None:
    client = world.client("Rossi, Rosa")
    record = one_per(client, "assignment")
    period = {"staff": BEN, "role": "primary", "since": "2026-11-20"}
    world.add("assignment", record, {"items": {"periods": {"q": period}}}, client=client, who=SUE)
    assert [(line.what, line.record) for line in world.laptop(SUE).review()] == [("conflict", record)]


def test_the_on_call_line_and_the_door_it_opens(world: World) -> None:
    client = world.client("Rossi, Rosa")
    shift = {
        "since": instant(NOON_MS - HOUR_MS), "until": instant(NOON_MS + 12 * HOUR_MS), "primary": MIA,
        "backup": SUE, "phone": "206-555-0150",
    }  # fmt: skip
    world.add(
        "oncall",
        one_per(PROGRAM, "oncall"),
        {"set": {"program": PROGRAM}, "items": {"shifts": {"s": shift}}},
        who=SUE,
    )
    laptop = world.laptop(MIA)
    assert laptop.oncall_line() == "On call: Mia Moss, 206-555-0150 (backup Sue Sato)"
    assert laptop.way_in(client) == "on_call"
    assert laptop.chart(client).line.client == client
    world.clock.move(hours=13)
    assert laptop.way_in(client) is None
    assert laptop.oncall_line() == ""


def test_a_move_makes_the_client_another_teams(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    assert [line.team for line in laptop.caseload()] == ["North"]
    move = {"set": {"to_program": PROGRAM, "to_team": OTHER_TEAM}}
    give(
        laptop,
        [
            world.scribe.entry(
                "move", one_per(client, "move"), move, client=client, who=SUE, at_ms=NOON_MS + 1
            )
        ],
    )
    assert laptop.caseload("rossi")[0].team == "South"


def test_lists_follow_every_commit_as_if_read_afresh(world: World) -> None:
    clients = [world.client(f"Client, Number {n}") for n in range(6)]
    laptop = world.laptop(ANA)
    laptop.caseload()
    entries = [
        world.scribe.entry("alert", uid(f"a{n}"), {"set": {"code": "bedbugs"}}, client=clients[n])
        for n in range(3)
    ]
    entries.append(world.scribe.entry("staff", BEN, {"set": {"name": "Benjamin Brook"}}, who=uid("office")))
    for entry in entries:
        give(laptop, [entry])
        shown = laptop.caseload()
        opened(laptop).roster = Roster(opened(laptop).store)
        assert laptop.caseload() == shown
    assert dict(laptop.staff())[BEN] in ("Ben Brook", "Benjamin Brook")


def test_a_card_waits_for_no_list_that_is_being_refreshed(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.caseload()
    give(laptop, [world.scribe.entry("alert", uid("a"), {"set": {"code": "bedbugs"}}, client=client)])
    with ThreadPoolExecutor() as pool, opened(laptop).roster._lock:
        # As a thread that reads every touched client holds it during a pull.
        assert pool.submit(laptop.client_line, client).result(timeout=20).alerts
        assert pool.submit(laptop.card, client).result(timeout=20)


def test_a_face_sheet_of_another_team_opens_only_with_a_reason(world: World) -> None:
    far = world.client("Oduya, Grace", team=OTHER_TEAM, primary=MIA)
    laptop = world.laptop(ANA)
    with pytest.raises(GateClosed):
        laptop.face_sheet(far)
    with pytest.raises(GateClosed):
        laptop.hearers(far, ["Somebody"])


def test_a_search_finds_only_what_opens_without_a_reason(world: World) -> None:
    world.client("Rossi, Rosa")
    near, far = uid("near"), uid("far")
    away = world.client("Oduya, Grace", team=OTHER_TEAM, primary=MIA)
    for record, client, who in ((near, uid("Rossi, Rosa"), BEN), (far, away, MIA)):
        world.add(
            "note",
            record,
            {"doc": note_values(uid("x"), NOON_MS - HOUR_MS)},
            client=client,
            who=who,
            meaning="sign",
        )
    laptop = world.laptop(ANA)
    (hit,) = laptop.search("neighb")
    assert (hit.record, hit.name) == (near, "Rossi, Rosa")
    assert "neighbours" in hit.snippet


def test_a_record_shows_every_version_and_what_its_signature_proves(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop, other = world.laptop(ANA), world.laptop(BEN)
    exchange(laptop, other)
    give(laptop, [e for e in world.shared if e.envelope.kind == "certificate"])
    contact = laptop.submit(laptop.start("contact", client, values={
        "outcome": "no_show", "contact_type": "case_management", "start": instant(NOON_MS - HOUR_MS),
        "stop": instant(NOON_MS - HOUR_MS),
    }).id)[0]  # fmt: skip
    with opened(laptop).store.reading() as rx:
        record = rx.value("SELECT record FROM entry WHERE hash = ?", contact)
    (version,) = laptop.record(record).versions
    assert (version.signature, version.sending, version.credential) == (
        "signed by field laptop",
        "not sent",
        "LMHC",
    )
    assert laptop.record(client).versions[0].signature == "key unknown"
    with opened(laptop).store.writing() as tx:
        tx.execute("UPDATE entry SET signature = ? WHERE hash = ?", b"x" * 64, contact)
    assert laptop.record(record).versions[0].signature == "altered"


def test_rejected_work_needs_its_author_until_it_is_dealt_with(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    values = {
        "outcome": "no_show", "contact_type": "case_management", "start": instant(NOON_MS - HOUR_MS),
        "stop": instant(NOON_MS - HOUR_MS),
    }  # fmt: skip
    (refused,) = laptop.submit(laptop.start("contact", client, values=values).id)
    with opened(laptop).store.writing() as tx:
        tx.set_state(refused, "rejected", "Too long")
    assert [(line.entry, line.words, line.reason) for line in laptop.pending()] == [
        (refused, "needs you", "Too long")
    ]
    assert laptop.today().due[0].kind == "needs_you"
    assert laptop.sync_status().needs_you == 1
    laptop.lay_aside(refused)
    assert (laptop.pending(), laptop.sync_status().needs_you) == ((), 0)


def test_laptops_that_exchanged_everything_hold_the_same_view_rows(world: World) -> None:
    client = world.client("Rossi, Rosa")
    contact = world.contact(client, "visit", start_ms=NOON_MS - HOUR_MS)
    ana, ben, sue = world.laptop(ANA), world.laptop(BEN), world.laptop(SUE)
    ana.submit(ana.start("note", client, values=note_values(contact, NOON_MS - HOUR_MS)).id)
    ben.submit(ben.start("safety_plan", client, values=plan_values()).id)
    sue.submit(sue.start("safety_plan", client, values=plan_values(alone=["Sing"])).id)
    exchange(ana, ben, sue)
    assert view_rows(ana) == view_rows(ben) == view_rows(sue)
    opened(ana).store.rebuild()
    assert view_rows(ana) == view_rows(ben)


def test_dates_that_do_not_exist_keep_no_list_from_opening(world: World) -> None:
    client = world.client("Rossi, Rosa")
    sane = world.client("Sane, Client")
    day, moment = "2026-02-30", "2026-13-45T99:99:99.999Z"
    before = {e.envelope.id: e.hash for e in world.shared}

    def more(kind: str, record: str, body: dict[str, object], of: str | None = client) -> None:
        prev = [before[record]] if record in before else []
        meaning = "sign" if "doc" in body else "save"
        world.add(kind, record, body, client=of, prev=prev, meaning=meaning, who=ANA)

    more("program", PROGRAM, {"set": {"tz": "Seattle/Downtown"}}, None)
    more("staff", ANA, {"items": {"credentials": {"c": {"expires": day}}}}, None)
    more(
        "oncall",
        one_per(PROGRAM, "oncall"),
        {"items": {"shifts": {"s": {"since": moment, "until": moment}}}},
        None,
    )
    more("client", client, {"set": {"dob": day}})
    more("episode", uid("Rossi, Rosa episode"), {"set": {"admit_date": day}})
    more("alert", uid("a"), {"set": {"code": "threats", "review_by": day}})
    more("risk", one_per(client, "risk"), {"set": {"level": "low", "next_review": day}})
    more("contact", uid("c"), {"set": {"start": moment, "stop": moment, "outcome": "completed"}})
    more("planned_visit", uid("v"), {"set": {"staff": ANA, "start": moment}})
    more("contact_plan", one_per(client, "contact_plan"), {"items": {"periods": {"p": {"start": day}}}})
    more("break_glass", uid("g"), {"set": {"until": moment}})
    doc = note_values(uid("c"), NOON_MS) | {"service_start": moment, "service_stop": moment}
    more("note", uid("n"), {"doc": doc})
    more("safety_plan", one_per(client, "safety_plan"), {"doc": plan_values(review_due=day)})
    for staff in (ANA, SUE):
        laptop = world.laptop(staff)
        assert {line.client for line in laptop.caseload()} == {client, sane}
        assert laptop.plan(client).active[0].doc["signs"] == ["I stop answering the phone"]
        assert laptop.chart(client).plan is not None
        assert laptop.today().day == "2026-11-23"
        assert laptop.oncall_line() == ""
        assert laptop.timeline_count(client) == len(laptop.timeline(client, 0, 50))
        laptop.review()
        for record in ("c", "n", "a", "v"):
            assert laptop.record(uid(record)).record == uid(record)
        laptop.submit(laptop.start("safety_plan", sane, values=plan_values()).id)
