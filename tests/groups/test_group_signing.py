"""A group is signed once: the session, and of each person a contact and, if they were there, a note of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records import group_rows
from fieldapp.records.envelope import instant
from tests.forms.desk import DANA, HOUR, MINUTE, NAIR, NOW, PASSPHRASE, PROGRAM, TEAM, TOM, Desk, ident
from tests.groups.circle import MEMBERS, PEOPLE, begun, opened, row, rows, session, signed

Make = Callable[..., Desk]
ALL_WAYS = ("present", "late", "left_early", "no_show", "excused")


def kinds_of(laptop: Laptop, number: int) -> list[str]:
    return [line.kind for line in laptop.timeline(MEMBERS[number], 0, 20)]


def contact(laptop: Laptop, number: int, record: str) -> dict[str, Any]:
    return dict(laptop.record(group_rows.contact_of(record, MEMBERS[number])).values)


def note(laptop: Laptop, number: int, record: str) -> dict[str, Any]:
    return dict(laptop.record(group_rows.note_of(record, MEMBERS[number])).values)


def test_one_signature_writes_the_session_and_everybodys_contact_and_note(circle_of: Make) -> None:
    laptop = opened(circle_of(8))
    record = signed(laptop, rows(["present"] * 8))
    assert laptop.drafts() == ()
    assert laptop.sync_status().pending == 1 + 8 + 8
    for number in range(8):
        assert sorted(kinds_of(laptop, number)) == ["contact", "episode", "note"]
        said = note(laptop, number, record)
        assert said["sections"]["session"] == session()["summary"]
        assert said["sections"]["response"] == row(number)["response"]
        assert (said["session"], said["group"], said["module"]) == (
            record,
            "DBT skills",
            "Distress tolerance",
        )
        assert contact(laptop, number, record)["session"] == record


def test_the_session_names_nobody_and_knows_how_many_there_were(circle_of: Make) -> None:
    laptop = opened(circle_of(8))
    record = signed(laptop, rows([*ALL_WAYS, "present", "present", "present"]))
    read = laptop.record(record)
    assert read.client == ""
    said = str(read.values) + str([version.body for version in read.versions])
    assert "rows" not in read.values
    for number, name in enumerate(PEOPLE[:8]):
        assert MEMBERS[number] not in said
        assert not any(part in said for part in name.split(", "))
    assert (read.values["attended"], read.values["expected"]) == (6, 8)


def test_each_attendance_becomes_its_outcome_and_minutes(circle_of: Make) -> None:
    laptop = opened(circle_of(5))
    record = signed(laptop, rows(ALL_WAYS))
    found = [contact(laptop, number, record) for number in range(5)]
    assert [one["outcome"] for one in found] == [
        "completed",
        "completed",
        "ended_early",
        "no_show",
        "client_cancel",
    ]
    assert [one.get("client_present_min") for one in found] == [None, 30, 30, None, None]
    for absent in found[3:]:
        assert absent["start"] == absent["stop"]
        assert "units" not in absent
    late, early = note(laptop, 1, record), note(laptop, 2, record)
    assert late["service_stop"] == session()["stop"]
    assert late["service_start"] == instant(NOW - 100 * MINUTE)
    assert (early["service_start"], early["service_stop"]) == (session()["start"], instant(NOW - 90 * MINUTE))


def test_a_no_show_has_a_contact_and_no_note_and_owes_none(circle_of: Make) -> None:
    laptop = opened(circle_of(3))
    signed(laptop, rows(["present", "no_show", "excused"]))
    assert kinds_of(laptop, 1) == ["contact", "episode"]
    assert kinds_of(laptop, 2) == ["contact", "episode"]
    assert not [line for line in laptop.today().due if line.kind == "unsigned"]


def test_nothing_is_written_when_one_line_cannot_be(circle_of: Make) -> None:
    laptop = opened(circle_of(3))
    grid = rows(["present"] * 3)
    grid[MEMBERS[2]]["response"] = "fine"
    draft = begun(laptop, grid)
    laptop.reauthenticate(PASSPHRASE)
    with pytest.raises(NotReady) as refused:
        laptop.submit(draft)
    assert [problem.field for problem in refused.value.problems] == [
        f"rows.{MEMBERS[2]}.note.sections.response"
    ]
    assert refused.value.problems[0].sentence == "Response has fewer than 15 characters."
    assert laptop.sync_status().pending == 0
    assert [draft.id for draft in laptop.drafts()] == [draft]
    assert all(kinds_of(laptop, number) == ["episode"] for number in range(3))


def test_a_technicians_notes_wait_for_the_supervisor_and_so_does_the_session(circle_of: Make) -> None:
    laptop = opened(circle_of(3, TOM))
    record = signed(laptop, rows(["present", "present", "no_show"]), facilitators=[TOM])
    assert laptop.record(record).status == "pending"
    assert laptop.record(group_rows.note_of(record, MEMBERS[0])).status == "pending"
    assert laptop.record(group_rows.contact_of(record, MEMBERS[2])).status == "saved"


def test_a_group_of_last_week_is_a_late_entry_with_one_reason_for_all(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    when = {"start": instant(NOW - 100 * HOUR), "stop": instant(NOW - 99 * HOUR)}
    draft = begun(laptop, rows(["present", "present"]), **when)
    assert next(p.field for p in laptop.problems(draft) if p.stops) == "late_reason"
    record = signed(
        laptop, rows(["present", "present"]), **when, late_reason="The laptop was away for repair."
    )
    for name in (group_rows.note_of(record, MEMBERS[0]), group_rows.note_of(record, MEMBERS[1])):
        assert laptop.record(name).late
        assert laptop.record(name).values["late_reason"] == "The laptop was away for repair."


def test_more_people_than_the_limit_want_a_reason_and_a_second_facilitator_lifts_it(circle_of: Make) -> None:
    laptop = opened(circle_of(4, settings={"group_max": 3}))
    grid = rows(["present"] * 4)
    alone = laptop.problems(begun(laptop, grid))
    assert [(p.field, p.stops) for p in alone] == [("facilitators", False)]
    assert alone[0].sentence == "4 people with 1 to lead: the limit is 3 for each facilitator."
    assert laptop.problems(begun(laptop, grid, facilitators=[DANA, TOM])) == ()


def test_a_person_whose_attendance_was_not_said_stops_the_signature(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    grid = rows(["present", "present"])
    del grid[MEMBERS[1]]["attendance"]
    found = laptop.problems(begun(laptop, grid))
    assert [(p.field, p.stops) for p in found] == [(f"rows.{MEMBERS[1]}.attendance", True)]


def test_the_same_words_for_two_people_are_asked_about(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    grid = rows(["present", "present"])
    grid[MEMBERS[1]]["response"] = grid[MEMBERS[0]]["response"].upper()
    found = laptop.problems(begun(laptop, grid))
    assert [(p.field, p.sentence, p.stops) for p in found] == [
        (f"rows.{MEMBERS[1]}.response", "Brandt, Otto has the same response as Alvarez, Inés.", False)
    ]


def test_a_contact_at_the_same_time_is_asked_about_for_that_person_alone(circle_of: Make) -> None:
    desk = circle_of(3)
    desk.contact(MEMBERS[1], ago=2 * HOUR, modality="in_person", author=NAIR)
    laptop = opened(desk)
    found = laptop.problems(begun(laptop, rows(["present"] * 3)))
    assert [(p.field, p.stops) for p in found] == [(f"rows.{MEMBERS[1]}.contact.start", False)]
    assert "is it the same visit?" in found[0].sentence


def test_a_second_facilitator_who_signs_the_same_session_is_told(circle_of: Make) -> None:
    laptop = opened(circle_of(3))
    signed(laptop, rows(["present"] * 3))
    found = laptop.problems(begun(laptop, rows(["present"] * 3)))
    assert "Dana Reyes signed this group for that time already." in [p.sentence for p in found]


def test_risk_in_a_group_raises_the_clients_risk_and_asks_for_a_talk_alone(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    grid = rows(["present", "present"])
    grid[MEMBERS[1]] |= {
        "risk": "present",
        "level": "moderate",
        "detail": "Said that nobody would miss anyone.",
    }
    signed(laptop, grid)
    assert laptop.client_line(MEMBERS[1]).risk == "moderate"
    assert laptop.client_line(MEMBERS[0]).risk == "none"
    whats = {task.what for task in laptop.tasks(MEMBERS[1])}
    assert "contact_soon" in whats
    assert laptop.tasks(MEMBERS[0]) == ()


def test_the_visit_that_was_planned_for_the_group_is_done_with_it(circle_of: Make) -> None:
    desk = circle_of(2)
    visit = ident(7000)
    planned = {"staff": DANA, "start": instant(NOW - 2 * HOUR), "minutes": 50, "contact_type": "group"}
    desk.add("planned_visit", visit, {"set": planned}, client=MEMBERS[0])
    laptop = opened(desk)
    # Who was planned for a group at that time is on the list of a group that was never held before.
    start = laptop.group_start(TEAM, "skills")
    assert [(member.client, member.visit) for member in start.members] == [(MEMBERS[0], visit)]
    signed(laptop, {MEMBERS[0]: row(0, planned_visit=visit)})
    assert [line.state for line in laptop.today().visits if line.record == visit] == ["done"]


def test_a_draft_with_somebody_who_moved_to_another_team_still_opens(circle_of: Make) -> None:
    desk = circle_of(2)
    other = ident(7001)
    desk.add("team", other, {"set": {"name": "South", "program": PROGRAM}})
    desk.add("client", ident(7002), {"set": {"home_program": PROGRAM, "home_team": other, "legal_name": "Zed, Zoe"}},
             client=ident(7002))  # fmt: skip
    laptop = opened(desk)
    found = laptop.group_members([MEMBERS[0], ident(7002)], "skills", NOW)
    assert [member.client for member in found] == [MEMBERS[0]]


def test_the_grid_signed_twice_logs_nobody_twice(circle_of: Make) -> None:
    """Both laptops of a facilitator hold the draft; each person's records have ids that follow from the session's."""
    one = dict(
        (record, kind)
        for kind, record, *_ in group_rows.written(session(rows=rows(["present"] * 3)), MEMBERS[0])
    )
    other = dict(
        (record, kind)
        for kind, record, *_ in group_rows.written(session(rows=rows(["late"] * 3)), MEMBERS[0])
    )
    assert one == other
    assert len(one) == 6


def test_a_correction_of_one_persons_note_is_an_ordinary_correction(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    record = signed(laptop, rows(["present", "present"]))
    name = group_rows.note_of(record, MEMBERS[0])
    draft = laptop.start("note", None, name)
    assert draft.meaning == "amend"
    values = dict(draft.values)
    values["sections"] = values["sections"] | {
        "response": "Left the room once, came back and took up the second step."
    }
    laptop.save_draft(draft.id, values)
    laptop.submit(draft.id, reason="I had mixed up two people.")
    assert laptop.record(name).values["sections"]["response"].startswith("Left the room once")
    assert note(laptop, 1, record)["sections"]["response"] == row(1)["response"]


def test_a_correction_of_the_session_has_no_grid_and_keeps_the_numbers(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    record = signed(laptop, rows(["present", "no_show"]))
    draft = laptop.start("group_session", None, record)
    laptop.save_draft(draft.id, dict(draft.values) | {"topic": "The cold-water skill"})
    laptop.submit(draft.id, reason="wrong topic")
    read = laptop.record(record)
    assert read.values["topic"] == "The cold-water skill"
    assert (read.values["attended"], read.values["expected"]) == (1, 2)
