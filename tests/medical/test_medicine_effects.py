"""What observations and injections bring about on real laptops, and who may change a list."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.records.together import TOGETHER, part
from tests.laptop import laptop_world
from tests.laptop.laptop_world import (
    ANA,
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    SUE,
    TEAM,
    TIM,
    World,
    exchange,
    uid,
)

PAM, MAX = uid("pam"), uid("max")
LAI = {
    "name": "Paliperidone", "dose": "156 mg", "route": "im_lai", "lai_every_d": 28, "lai_window_d": 7,
    "last_given": "2026-10-26", "next_due": "2026-11-23",
}  # fmt: skip
SERTRALINE = {"name": "Sertraline", "dose": "50 mg", "schedule": "mornings"}


@pytest.fixture(autouse=True)
def medical_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prescriber and a medical assistant in the team."""
    monkeypatch.setitem(laptop_world.MEMBERS, PAM, ("Pam Park", "prescriber", TEAM, "PMHNP", True))
    monkeypatch.setitem(laptop_world.MEMBERS, MAX, ("Max Moy", "medasst", TEAM, "MA-C", False))


@pytest.fixture
def agency(tmp_path: Any, medical_members: None) -> Any:
    """A small agency whose office knows both."""
    made = World(tmp_path)
    yield made
    made.close()


def listed(world: World, client: str, **medicines: dict[str, Any]) -> str:
    """Add a medication list, not verified."""
    record = one_per(client, "medication_list")
    world.add("medication_list", record, {"items": {"medicines": medicines}}, client=client, who=PAM)
    return record


def with_prescriber(world: World, client: str, staff: str = PAM) -> None:
    period = {"staff": staff, "role": "prescriber", "since": "2026-11-13"}
    world.add(
        "assignment",
        one_per(client, "assignment"),
        {"items": {"periods": {"q": period}}},
        client=client,
        who=SUE,
    )


def observe(laptop: Laptop, client: str, **values: Any) -> tuple[str, ...]:
    said = {"as_of": instant(NOON_MS), "tz": "America/Los_Angeles", "taken": "partial", **values}
    return laptop.submit(laptop.start("adherence", client, values=said).id)


def give(laptop: Laptop, client: str, on: str = "2026-11-23", due: str = "2026-12-21", **values: Any) -> str:
    said = {
        "medicine": "lai", "drug": "Paliperidone", "dose": "156 mg", "site": "deltoid_left", "on": on,
        "next_due": due, "at": instant(NOON_MS), "tz": "America/Los_Angeles", **values,
    }  # fmt: skip
    draft = laptop.start("injection", client, values=said)
    laptop.submit(draft.id)
    return draft.record


# Side effects


def test_a_side_effect_is_the_task_of_the_clients_prescriber(agency: World) -> None:
    client = agency.client("Ada")
    with_prescriber(agency, client)
    tim, pam = agency.laptop(TIM), agency.laptop(PAM)
    observe(tim, client, side_effects="dizzy\non the stairs")
    exchange(tim, pam)
    [task] = pam.tasks()
    assert (task.title, task.owner, task.due_ms) == (
        "Side effect: dizzy on the stairs",
        PAM,
        NOON_MS + 24 * HOUR_MS,
    )
    assert [line.kind for line in pam.today().due if line.kind == "task"] == ["task"]
    assert next(line.why for line in pam.medical_queue() if line.client == client)[0] == task.title


def test_with_nobody_named_it_falls_to_the_programs_prescriber_and_not_to_the_primary(agency: World) -> None:
    client = agency.client("Ada", primary=ANA)
    ana, pam = agency.laptop(ANA), agency.laptop(PAM)
    observe(ana, client, side_effects="dizzy", severity="severe")
    exchange(ana, pam)
    assert ana.tasks() == ()
    [task] = pam.tasks()
    assert (task.title, task.owner, task.role) == ("SEVERE side effect: dizzy", "", "prescriber")
    assert task.due_ms == NOON_MS + 2 * HOUR_MS


def test_where_no_prescriber_works_the_primary_sees_the_task(agency: World) -> None:
    client = agency.client("Ada", primary=ANA)
    agency.shared = [entry for entry in agency.shared if entry.envelope.id not in (PAM, MAX)]
    ana = agency.laptop(ANA)
    observe(ana, client, side_effects="dizzy")
    assert [task.title for task in ana.tasks()] == ["Side effect: dizzy"]


def test_an_observation_without_a_side_effect_makes_no_task_and_a_correction_makes_no_second(
    agency: World,
) -> None:
    client = agency.client("Ada")
    tim = agency.laptop(TIM)
    observe(tim, client)
    assert tim.tasks(client) == ()
    entry = observe(tim, client, side_effects="dizzy")[0]
    record = tim.own_entry(entry).record
    again = tim.start("adherence", None, record)
    assert again.meaning == "amend"
    tim.save_draft(again.id, {**again.values, "side_effects": "dizzy and tired"})
    tim.submit(again.id, reason="heard more")
    assert len(tim.tasks(client)) == 1


# Missed doses


@pytest.mark.parametrize(("missed", "said"), [(2, False), (3, True)])
def test_three_missed_days_wait_on_the_primary_workers_day(agency: World, missed: int, said: bool) -> None:
    client = agency.client("Ada", primary=ANA)
    ana = agency.laptop(ANA)
    observe(ana, client, days_missed_7=missed)
    found = [line.what for line in ana.today().due if line.kind == "missed"]
    assert found == ([f"Missed {missed} of 7 days (Nov 23): talk about the medicine"] if said else [])


def test_a_better_week_and_time_end_the_reminder(agency: World) -> None:
    client = agency.client("Ada", primary=ANA)
    ana = agency.laptop(ANA)
    observe(ana, client, days_missed_7=5)
    agency.clock.at_ms += 15 * DAY_MS
    assert not [line for line in ana.today().due if line.kind == "missed"]
    agency.clock.at_ms -= 14 * DAY_MS
    assert [line for line in ana.today().due if line.kind == "missed"]
    ana.reauthenticate(laptop_world.PASSPHRASE)
    observe(ana, client, days_missed_7=0, as_of=instant(NOON_MS + HOUR_MS))
    assert not [line for line in ana.today().due if line.kind == "missed"]


# Injections


@pytest.mark.parametrize(
    ("days", "primary", "assistant"),
    [(-4, "", ""), (-3, "", "LAI due"), (0, "LAI due now", "LAI due now"), (7, "LAI due now", "LAI due now"),
     (8, "LAI overdue", "LAI overdue")],
)  # fmt: skip
def test_an_injection_waits_for_who_gives_it_and_then_for_the_primary(
    agency: World, days: int, primary: str, assistant: str
) -> None:
    client = agency.client("Ada", primary=ANA)
    listed(agency, client, lai=LAI)
    ana, max_ = agency.laptop(ANA), agency.laptop(MAX)
    agency.clock.at_ms += days * DAY_MS
    for laptop, expected in ((ana, primary), (max_, assistant)):
        found = [(line.what, line.late) for line in laptop.today().due if line.kind == "lai"]
        late = expected == "LAI overdue"
        assert found == ([(f"{expected}: Paliperidone (Nov 23)", late)] if expected else [])
    assert ana.client_line(client).lai == {"": "later" if days == -4 else "soon"}.get(
        primary, "overdue" if days == 8 else "due"
    )


def test_an_injection_writes_its_dates_into_the_list(agency: World) -> None:
    client = agency.client("Ada")
    record = listed(agency, client, lai=LAI, ser=SERTRALINE)
    laptop = agency.laptop(MAX)
    made = give(laptop, client)
    row = laptop.record(record).values["medicines"]["lai"]
    assert (row["last_given"], row["next_due"], row["lai_site"], row["given"]) == (
        "2026-11-23", "2026-12-21", "deltoid_left", made,
    )  # fmt: skip
    assert laptop.client_line(client).lai == "later"
    assert (
        "Paliperidone 156 mg, long-acting injection · last Nov 23, next due Dec 21"
        in laptop.card(client).medicines
    )


def test_an_older_injection_written_down_late_does_not_turn_the_list_back(agency: World) -> None:
    client = agency.client("Ada")
    record = listed(agency, client, lai=LAI)
    laptop = agency.laptop(MAX)
    give(laptop, client, on="2026-09-28", due="2026-10-26")
    assert laptop.record(record).values["medicines"]["lai"]["next_due"] == "2026-11-23"


def test_an_injection_entered_in_error_gives_the_list_its_dates_back(agency: World) -> None:
    client = agency.client("Ada")
    record = listed(agency, client, lai=LAI)
    laptop = agency.laptop(MAX)
    made = give(laptop, client)
    laptop.mark_error(laptop.record(made).versions[0].entry, "wrong client")
    row = laptop.record(record).values["medicines"]["lai"]
    assert (row["last_given"], row["next_due"]) == ("2026-10-26", "2026-11-23")
    assert laptop.client_line(client).lai == "due"


def test_two_people_who_give_the_same_injection_are_both_shown(agency: World) -> None:
    client = agency.client("Ada")
    record = listed(agency, client, lai=LAI)
    max_, pam = agency.laptop(MAX), agency.laptop(PAM)
    give(max_, client)
    agency.clock.at_ms += DAY_MS
    pam.reauthenticate(laptop_world.PASSPHRASE)
    give(pam, client, on="2026-11-24", due="2026-12-22", at=instant(NOON_MS + DAY_MS))
    exchange(max_, pam)
    paths = pam.record(record).conflicts
    assert "medicines/lai/last_given" in paths
    conflict = pam.conflict(record, "medicines/lai/last_given")
    assert {side.value for side in conflict.sides} == {"2026-11-23", "2026-11-24"}
    assert "(Paliperidone)" in conflict.line.label
    pam.settle(record, "medicines/lai/last_given", "2026-11-24")
    assert "medicines/lai/last_given" not in pam.record(record).conflicts


# Who may change and verify


def test_the_field_reports_and_changes_nothing(agency: World) -> None:
    client = agency.client("Ada")
    listed(agency, client, ser=SERTRALINE)
    tim = agency.laptop(TIM)
    draft = tim.start("medication_list", client)
    rows = {"ser": {**SERTRALINE, "dose": "100 mg"}}
    tim.save_draft(draft.id, {**draft.values, "medicines": rows})
    with pytest.raises((NotReady, NotAllowed)):
        tim.submit(draft.id)
    for kind in ("vitals", "injection"):
        other = tim.start(kind, client, values={"pulse": 72} if kind == "vitals" else {"drug": "x"})
        with pytest.raises((NotReady, NotAllowed)):
            tim.submit(other.id)
    assert not tim.medications(client).may_write
    assert tim.medications(client).current[0].values["dose"] == "50 mg"


def test_an_assistant_keeps_the_list_and_only_a_prescriber_verifies_it(agency: World) -> None:
    client = agency.client("Ada")
    listed(agency, client, ser=SERTRALINE)
    max_, pam = agency.laptop(MAX), agency.laptop(PAM)
    heads = max_.medications(client).heads
    with pytest.raises(NotAllowed):
        max_.verify_medications(client, heads)
    pam.verify_medications(client, heads)
    read = pam.medications(client)
    assert (read.verified_on, read.verified_by, read.unverified) == ("2026-11-23", "Pam Park", False)
    exchange(max_, pam)
    draft = max_.start("medication_list", client)
    assert draft.meaning == "save"
    max_.save_draft(draft.id, {**draft.values, "medicines": {"ser": {**SERTRALINE, "dose": "75 mg"}}})
    max_.submit(draft.id)
    assert max_.medications(client).unverified
    assert max_.medications(client).changed_since


def test_a_part_that_the_role_may_not_write_stops_the_whole_form(agency: World) -> None:
    """Nothing of it is written: neither the note nor the list."""
    client = agency.client("Ada")
    listed(agency, client, ser=SERTRALINE)
    tim = agency.laptop(TIM)
    beside = tim.list_part(client) | {"values": {"medicines": {"ser": {**SERTRALINE, "dose": "75 mg"}}}}
    draft = tim.start("adherence", client, values={"taken": "no", TOGETHER: {"medication_list": beside}})
    with pytest.raises(NotReady) as refused:
        tim.submit(draft.id)
    assert "Medication list" in refused.value.problems[0].sentence
    assert tim.timeline(client, 0, 9, ("adherence",)) == ()
    assert tim.draft(draft.id).values[TOGETHER]


def test_a_wrong_part_leaves_nothing_behind_and_its_finding_stands_at_its_field(agency: World) -> None:
    client = agency.client("Ada")
    max_ = agency.laptop(MAX)
    given = {**part(uid("shot"), (), {}), "values": {"drug": "Paliperidone", "dose": "156 mg"}}
    draft = max_.start("vitals", client, values={"pulse": 72, TOGETHER: {"injection": given}})
    with pytest.raises(NotReady) as refused:
        max_.submit(draft.id)
    assert "together.injection.values.site" in {problem.field for problem in refused.value.problems}
    assert max_.timeline(client, 0, 9) == max_.timeline(client, 0, 9, ("episode",))


# On call


def test_the_crisis_card_says_what_is_taken_and_how_far_to_trust_it(agency: World) -> None:
    client = agency.client("Ada")
    listed(agency, client, lai=LAI, ser=SERTRALINE, old={"name": "Olanzapine", "stop": "2026-01-01"})
    ana = agency.laptop(ANA)
    agency.clock.at_ms += 9 * DAY_MS
    assert ana.card(client).medicines == (
        "Paliperidone 156 mg, long-acting injection · last Oct 26, next due Nov 23, OVERDUE",
        "Sertraline 50 mg, mornings",
        "List not verified by a prescriber",
    )


def test_days_that_no_calendar_has_keep_no_list_from_opening(agency: World) -> None:
    client = agency.client("Ada")
    listed(agency, client, lai=LAI | {"next_due": "2026-02-31", "stop": "2027-99-99"})
    pam = agency.laptop(PAM)
    assert pam.medications(client).lines[0].words
    pam.today()
    pam.medical_queue()
    pam.medical_brief(client)
    assert pam.card(client).medicines


@pytest.mark.parametrize(
    ("verified", "why"),
    [("", "Not seen by a prescriber yet"), ("2026-08-26", None), ("2026-08-25", "Visit due Nov 23"),
     ("2026-08-24", "Visit due Nov 22")],
)  # fmt: skip
def test_a_visit_is_due_ninety_days_after_the_last_look(
    agency: World, verified: str, why: str | None
) -> None:
    client = agency.client("Ada")
    body: dict[str, Any] = {"items": {"medicines": {"ser": SERTRALINE}}}
    if verified:
        body["items"]["verified"] = {"v": {"on": verified, "by": PAM}}
    agency.add(
        "medication_list", one_per(client, "medication_list"), body, client=client, who=PAM,
        meaning="sign" if verified else "save",
    )  # fmt: skip
    pam = agency.laptop(PAM)
    found = [reason for line in pam.medical_queue() for reason in line.why]
    assert [reason for reason in found if "Visit" in reason or "seen" in reason] == ([why] if why else [])
    late = [line.late for line in pam.medical_queue()]
    assert any(late) is (verified == "2026-08-24")


def test_the_queue_is_of_ones_own_clients_and_of_those_without_a_named_prescriber(agency: World) -> None:
    mine, nobodys, others = (agency.client(name) for name in ("Ada", "Bea", "Cy"))
    with_prescriber(agency, mine)
    with_prescriber(agency, others, staff=uid("another prescriber"))
    pam, ana = agency.laptop(PAM), agency.laptop(ANA)
    assert {line.client for line in pam.medical_queue()} == {mine, nobodys}
    assert ana.medical_queue() == ()


def test_a_late_side_effect_comes_before_a_visit_that_is_later_still(agency: World) -> None:
    ada, bea = agency.client("Ada"), agency.client("Bea")
    body = {"items": {"medicines": {"ser": SERTRALINE}, "verified": {"v": {"on": "2026-02-01", "by": PAM}}}}
    agency.add("medication_list", one_per(ada, "medication_list"), body, client=ada, who=PAM, meaning="sign")
    pam = agency.laptop(PAM)
    observe(pam, bea, side_effects="rash")
    agency.clock.at_ms += 2 * DAY_MS
    assert [(line.client, line.late) for line in pam.medical_queue()] == [(bea, True), (ada, True)]
