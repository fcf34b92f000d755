"""Assignments: given, covered, handed over and asked for, by whom the role table lets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.keys import FLOWS
from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.screens.board_rows import off_words, person_words
from fieldapp.screens.caseloads import CaseloadsScreen
from tests.board.town import assigned, furnished, heads_of
from tests.forms.desk import (
    ADA,
    DANA,
    LUCIA,
    MINH,
    NAIR,
    PASSPHRASE,
    SAM,
    TOM,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
TODAY = "2026-11-22"


def at_work(desk: Desk) -> Laptop:
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def of(laptop: Laptop, client: str) -> list[tuple[str, str, str, str]]:
    return sorted((p.name, p.role, p.since, p.until) for p in laptop.assignment(client).periods)


def test_a_new_primary_is_one_entry_and_the_old_one_ends_the_day_before(desk_of: Make) -> None:
    laptop = at_work(desk_of(NAIR))
    before = len(laptop.pending())
    laptop.assign(SAM, TOM, "primary", "2026-11-25")
    assert len(laptop.pending()) == before + 1
    assert of(laptop, SAM) == [
        ("Dana Reyes", "primary", "2026-08-03", "2026-11-24"),
        ("Tom Berg", "primary", "2026-11-25", ""),
    ]
    with pytest.raises(NotAllowed, match="primary for that time already"):
        laptop.assign(SAM, TOM, "primary", "2026-11-25")


def test_only_reviewers_write_and_everybody_reads(desk_of: Make) -> None:
    laptop = at_work(desk_of(DANA))
    assert not laptop.assignment(SAM).may_write
    with pytest.raises(NotAllowed, match="Your role may not write"):
        laptop.assign(SAM, TOM, "tech", TODAY)
    with pytest.raises(NotAllowed, match="Your role may not write"):
        laptop.cover_caseload(DANA, TOM, TODAY, "2026-11-27")


def test_what_is_missing_or_wrong_is_said(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    laptop = at_work(desk)
    with pytest.raises(NotReady, match="Choose the role"):
        laptop.assign(SAM, TOM, "boss", TODAY)
    with pytest.raises(NotReady, match="ends after it begins"):
        laptop.assign(SAM, TOM, "tech", TODAY, "2026-11-01")
    with pytest.raises(NotReady, match="until when"):
        laptop.cover_caseload(DANA, TOM, TODAY, "")
    with pytest.raises(NotReady, match="nobody takes their own place"):
        laptop.hand_over_caseload(DANA, DANA, TODAY)
    with pytest.raises(NotAllowed, match="works with nobody"):
        laptop.cover_caseload(NAIR, TOM, TODAY, "2026-11-27")
    with pytest.raises(NotAllowed, match="always has a primary"):
        laptop.end_assignment(SAM, "p", TODAY)
    laptop.end_assignment(ADA, "t", TODAY)
    assert ("Tom Berg", "tech", "2026-08-03", TODAY) in of(laptop, ADA)


def test_a_leave_is_covered_for_everybody_whom_the_person_works_with(desk_of: Make) -> None:
    laptop = at_work(desk_of(NAIR))
    assert laptop.cover_caseload(DANA, TOM, "2026-11-23", "2026-11-27") == 4
    assert laptop.assignment(SAM).periods[0].staff == DANA
    monday = {person.name: person for person in laptop.board("2026-11-23").people}
    assert monday["Dana Reyes"].off_until == "2026-11-27"
    assert monday["Dana Reyes"].covered_by == ("Tom Berg",)
    assert monday["Tom Berg"].covers == ("Dana Reyes",)
    assert {p.off_until for p in laptop.board("2026-11-28").people} == {None}


def test_loose_ends_of_whoever_is_off_land_on_the_covering_person_too(desk_of: Make) -> None:
    desk = desk_of(TOM)
    laptop_before = desk
    laptop_before.contact(SAM, author=DANA, ago=9 * 86_400_000)
    assigned(desk, SAM, "c", staff=TOM, role="cover", since=TODAY, until="2026-11-27", covers=DANA)
    laptop = at_work(desk)
    mine = [(line.kind, line.name) for line in laptop.today().due]
    assert ("no_contact", "Lindqvist, Sam (she/her)") in mine
    assert ("no_contact", "Tran, Minh (she/her)") not in mine


def test_a_caseload_is_handed_over_from_a_day_on(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    assigned(desk, LUCIA, "p2", staff=NAIR, role="secondary", since="2026-08-03")
    laptop = at_work(desk)
    assert laptop.hand_over_caseload(DANA, TOM, "2026-12-01") == 4
    assert ("Priya Nair", "secondary", "2026-08-03", "") in of(laptop, LUCIA)
    assert {p.load.clients for p in laptop.caseloads().staff if p.staff == DANA} == {4}
    assert laptop.hand_over_caseload(TOM, DANA, "2027-01-01", [SAM]) == 1
    assert of(laptop, SAM) == [
        ("Dana Reyes", "primary", "2026-08-03", "2026-11-30"),
        ("Dana Reyes", "primary", "2027-01-01", ""),
        ("Tom Berg", "primary", "2026-12-01", "2026-12-31"),
    ]


def test_two_primaries_side_by_side_are_marked_and_settled_by_giving_one(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    assigned(desk, SAM, "q", staff=TOM, role="primary", since="2026-11-20")
    laptop = at_work(desk)
    assert sum(line.settle for line in laptop.assignment(SAM).periods) == 2
    assert [line.reason for line in laptop.review() if line.what == "conflict"] == [
        "Two primary staff at the same time"
    ]
    laptop.assign(SAM, DANA, "primary", "2026-11-20")
    assert not any(line.settle for line in laptop.assignment(SAM).periods)
    assert [line for line in laptop.review() if line.what == "conflict"] == []
    assert laptop.client_line(SAM).primary == "Dana Reyes"


def test_a_supervisor_covers_at_once_and_a_technician_asks(desk_of: Make) -> None:
    desk = desk_of(TOM)
    laptop = at_work(desk)
    assert laptop.cover_myself(SAM) is False
    with pytest.raises(NotAllowed, match="asked already"):
        laptop.cover_myself(SAM)
    [line] = laptop.tasks(SAM)
    assert (line.title, line.role, line.owner) == ("Tom Berg asks to cover today", "supervisor", "")
    assert laptop.assignment(SAM).asked == ("Tom Berg",)
    boss = at_work(desk_of(NAIR))
    assert boss.cover_myself(SAM) is True
    assert ("Priya Nair", "cover", TODAY, TODAY) in of(boss, SAM)
    with pytest.raises(NotAllowed, match="assigned to this client already"):
        boss.cover_myself(SAM)


def test_who_is_covered_with_some_of_their_clients_is_here_and_the_board_says_with_how_many(
    desk_of: Make,
) -> None:
    laptop = at_work(desk_of(NAIR))
    laptop.cover_myself(SAM)
    [dana] = [one for one in laptop.board().people if one.staff == DANA]
    assert (dana.off_until, dana.covered, dana.covered_by) == (None, (1, 4), ("Priya Nair",))
    assert "covered for 1 of 4 clients by Priya Nair" in person_words(dana)
    start = instant(laptop.corrected_ms() + 3_600_000)
    visit = {"staff": DANA, "start": start, "minutes": 30}
    assert "off" not in {clash.kind for clash in laptop.clashes(MINH, "", visit)}
    # Somebody else takes the others: from then on nobody is left, until the first of the covers ends.
    laptop.cover_caseload(DANA, TOM, TODAY, "2026-11-24", [ADA, MINH, LUCIA])
    [dana] = [one for one in laptop.board().people if one.staff == DANA]
    assert (dana.off_until, dana.covered) == (TODAY, (4, 4))
    assert "off" in {clash.kind for clash in laptop.clashes(MINH, "", visit)}
    [load] = [one for one in laptop.caseloads().staff if one.staff == DANA]
    assert off_words(load) == "off until Sun 22 Nov, Priya Nair, Tom Berg covers"


def test_the_assignment_answers_who_asked_to_cover(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    task = {"what": "cover", "title": "Tom Berg asks to cover today", "role": "supervisor"}
    desk.add("task", ident(880), {"set": task}, client=SAM, author=TOM)
    laptop = at_work(desk)
    assert laptop.assignment(SAM).asked == ("Tom Berg",)
    assert [line.title for line in laptop.tasks()] == ["Tom Berg asks to cover today"]
    laptop.assign(SAM, TOM, "cover", TODAY, TODAY, DANA)
    assert laptop.tasks() == ()
    assert laptop.record(ident(880)).values["outcome"] == "Assigned: covering"


async def test_c4_a_caseload_is_covered_within_ten_keys(desk_of: Make) -> None:
    """clinical.md 6, C4: reassign or cover a caseload in at most ten keys."""
    laptop = desk_of(NAIR).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "2")
        flow = next(one for one in FLOWS if one.code == "C4")
        count = 0
        for step in flow.steps:
            count += await (typed(pilot, step[1:]) if step[0] == "=" else keys(pilot, step))
            assert step != "L" or (top(app) is CaseloadsScreen and "Dana Reyes" in shown(app))
        assert "4 clients are covered until Fri 27 Nov." in shown(app)
        assert count == flow.keys <= 10
        again = await keys(pilot, "h", "1", "ctrl+s")
        assert "4 clients are handed over from Sun 22 Nov on." in shown(app)
        assert again <= 10
    laptop.unlock(PASSPHRASE)
    for client in (ADA, SAM, MINH, LUCIA):
        assert "Priya Nair" in laptop.client_line(client).primary


async def test_a_dialog_keeps_what_was_typed_and_says_what_is_wrong(desk_of: Make) -> None:
    app = make_app(desk_of(NAIR).opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "L", "v", "ctrl+s")
        assert "Choose who." in shown(app)
        await keys(pilot, "2")
        await typed(pilot, "someday")
        await keys(pilot, "ctrl+s")
        assert "someday" in shown(app)
        assert "Type a day such as" in shown(app)


async def test_others_read_but_are_offered_no_key_that_writes(desk_of: Make) -> None:
    app = make_app(desk_of(DANA).opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=SAM)
        await settled(pilot)
        await keys(pilot, "W")
        assert "Dana Reyes" in shown(app)
        await keys(pilot, "a")
        assert "Who works with" in shown(app)
        assert "until" not in shown(app).lower()
        await keys(pilot, "escape", "escape", "L", "v")
        assert top(app) is CaseloadsScreen


async def test_marked_clients_are_handed_over_and_the_others_stay(desk_of: Make) -> None:
    laptop = desk_of(NAIR).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "L", "enter", "down", "space", "space")
        assert shown(app).count("☑") == 2
        await keys(pilot, "h", "2")
        assert "2 of the clients of Dana Reyes" in shown(app)
        await keys(pilot, "ctrl+s")
        assert "2 clients are handed over" in shown(app)
        assert "☑" not in shown(app)
        primaries = {line.name: line.primary for line in laptop.caseload()}
    assert sorted(primaries.values()) == ["Dana Reyes", "Dana Reyes", "Tom Berg", "Tom Berg"]
    assert primaries["Lindqvist, Sam"] == primaries["Morales, Lucía"] == "Tom Berg"


def _asks(desk: Desk, number: int, what: str, author: str, role: str = "supervisor") -> None:
    values = {"what": what, "title": "Asked", "role": role}
    desk.add("task", ident(number), {"set": values}, client=SAM, author=author)


def test_giving_a_primary_finishes_the_task_that_asks_for_one(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    _asks(desk, 871, "name_primary", DANA)
    assigned(desk, SAM, "p", staff=DANA, role="primary", since="2026-08-03", until="2026-11-01")
    laptop = at_work(desk)
    assert [task.what for task in laptop.tasks(SAM)] == ["name_primary"]
    laptop.assign(SAM, TOM, "secondary", TODAY)
    assert [task.what for task in laptop.tasks(SAM)] == ["name_primary"]
    laptop.assign(SAM, TOM, "primary", "2026-11-25")
    assert laptop.tasks(SAM) == ()
    line = next(row for row in laptop.timeline(SAM, 0, 20) if row.record == ident(871))
    assert line.text.startswith("Done")


def test_a_request_that_another_laptop_answered_is_on_no_list(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    _asks(desk, 871, "name_primary", DANA)
    _asks(desk, 872, "cover", TOM)
    _asks(desk, 873, "cover", NAIR)
    assigned(desk, SAM, "c", staff=TOM, role="cover", since=TODAY, until=TODAY, covers=DANA)
    laptop = at_work(desk)
    assert [task.record for task in laptop.tasks(SAM)] == [ident(873)]
    assert laptop.assignment(SAM).asked == ("Priya Nair",)


def test_a_manager_assigns_a_client_whom_somebody_asked_to_cover(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    heads = heads_of(desk, NAIR)
    as_manager = {"memberships": {"m": {"role": "manager"}}}
    desk.add("staff", NAIR, {"items": as_manager}, author=NAIR, prev=heads)
    _asks(desk, 872, "cover", TOM)
    laptop = at_work(desk)
    laptop.assign(SAM, TOM, "cover", TODAY, TODAY, covers=DANA)
    assert ("Tom Berg", "cover", TODAY, TODAY) in of(laptop, SAM)
    assert laptop.tasks(SAM) == ()
