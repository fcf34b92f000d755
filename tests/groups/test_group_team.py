"""A group among colleagues, over the real server: who reads what, who co-signs, what a second facilitator sees."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.clinical.naming import named_in
from fieldapp.laptop.laptop import Laptop
from fieldapp.records import group_rows
from fieldapp.records.envelope import instant
from fieldapp.screens.draft_choice import DraftChoice
from fieldapp.screens.group import GroupScreen
from fieldapp.screens.groups import GroupsScreen
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.review import ReviewScreen
from fieldapp.server.org import NewOrg
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import HOUR, keys, shown, top
from tests.groups.circle import RESPONSE, SUMMARY
from tests.sync.sync_world import PASSPHRASE, Agency, make_template

NAMES = ("Okafor, Ada", "Brandt, Otto", "Chen, Wei")


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def field(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Field]:
    made = Field(Agency(tmp_path, organisation))
    yield made
    made.close()
    made.agency.close()


def held(laptop: Laptop, clients: list[str], now: int, **more: Any) -> str:
    """Sign a group of these people, the last of whom did not come; returns its record."""
    grid = {
        client: {
            "name": name, "place": place, "attendance": "present", "participation": 2, "risk": "asked_denied",
            "goals": ["One skill a day"], "response": RESPONSE.format(place),
        } for place, (client, name) in enumerate(zip(clients, NAMES, strict=True))
    }  # fmt: skip
    grid[clients[-1]] = {"name": NAMES[-1], "place": 2, "attendance": "no_show"}
    me = laptop.me
    values = {
        "team": me.team, "title": "Skills circle", "contact_type": "group", "facilitators": [me.staff],
        "leaders": [me.name], "start": instant(now - 2 * HOUR), "stop": instant(now - HOUR), "tz": me.tz,
        "modality": "in_person", "setting": "office", "summary": SUMMARY, "rows": grid,
    } | more  # fmt: skip
    draft = laptop.start("group_session", None, None, values)
    laptop.reauthenticate(PASSPHRASE)
    laptop.submit(draft.id)
    return draft.record


def test_a_technicians_group_is_read_co_signed_and_not_read_by_another_team(field: Field) -> None:
    tech_rig, mate_rig = field.enrolled("Tom Tech", "tech"), field.enrolled("Mia Mate")
    boss_rig = field.enrolled("Sam Super", "supervisor")
    other_rig = field.enrolled("Olga Other", team=field.agency.other_team)
    clients = [boss_rig.client(name) for name in NAMES]
    field.agency.settle()
    tech, mate, boss, other = (field.laptop(rig) for rig in (tech_rig, mate_rig, boss_rig, other_rig))
    record = held(tech, clients, tech_rig.clock.now_ms())
    field.exchange(tech, mate, boss, other)
    assert all(status.pending == 0 for status in (tech.sync_status(), mate.sync_status()))
    # A colleague reads the session, and who was there by their own records.
    read = mate.record(record)
    assert read.client == ""
    assert named_in(str(read.values), NAMES) == ""
    assert [(seat.name, seat.attendance, bool(seat.note)) for seat in read.seats] == [
        ("Brandt, Otto", "present", True), ("Chen, Wei", "no_show", False), ("Okafor, Ada", "present", True),
    ]  # fmt: skip
    assert [line.record for line in mate.groups().recent] == [record]
    # Another team has none of it.
    assert other.groups().recent == ()
    # All of it waits for the supervisor: the session, and each note.
    waiting = {line.record for line in boss.review() if line.what == "cosign"}
    assert waiting == {record, *(group_rows.note_of(record, client) for client in clients[:2])}
    boss.lock()
    with asyncio.Runner() as runner:
        runner.run(reviewed(boss))
    boss.unlock(PASSPHRASE)
    assert boss.record(record).status == "final"


async def reviewed(boss: Laptop) -> None:
    """Find the session in Review, and co-sign it from the list of groups."""
    app = app_of(boss)
    async with app.run_test(size=(80, 24)) as pilot:
        await come_in(pilot)
        await keys(pilot, "3")
        assert top(app) is ReviewScreen
        assert "Skills circle" in shown(app)
        await keys(pilot, "G", "enter")
        assert top(app) is ReadingScreen
        await keys(pilot, "c", "enter", "escape")
        assert top(app) is GroupsScreen
        await keys(pilot, "ctrl+q")


def test_a_second_facilitator_reads_the_session_and_is_asked_before_signing_it_again(
    field: Field,
) -> None:
    one_rig, two_rig = field.enrolled("Ana Alba"), field.enrolled("Ben Boe")
    clients = [one_rig.client(name) for name in NAMES]
    field.agency.settle()
    one, two = field.laptop(one_rig), field.laptop(two_rig)
    now = one_rig.clock.now_ms()
    record = held(
        one, clients, now, facilitators=[one.me.staff, two.me.staff], leaders=["Ana Alba", "Ben Boe"]
    )
    field.exchange(one, two)
    note = two.record(group_rows.note_of(record, clients[0]))
    assert note.values["facilitators"] == ["Ana Alba", "Ben Boe"]
    # What the first one wrote is theirs: the second adds in their own name.
    version = next(version for version in note.versions if version.leaf)
    two.addendum(version.entry, "She stayed behind and thanked the group.")
    # Signing it a second time would log everybody twice.
    grid = {
        clients[0]: {"name": NAMES[0], "place": 0, "attendance": "present", "participation": 1,
                     "risk": "none_observed", "goals": ["x"], "response": RESPONSE.format(9)},
    }  # fmt: skip
    draft = two.start("group_session", None, None, dict(two.record(record).values) | {"rows": grid})
    asked = [problem.sentence for problem in two.problems(draft.id)]
    assert "Ana Alba logged a contact at that time: is it the same visit?" in asked
    # Repeating it another day begins with the same people.
    start = two.group_start(two.me.team, "", like=record)
    assert {member.name for member in start.members} == set(NAMES)
    assert start.values["facilitators"] == [two.me.staff, one.me.staff]


def test_a_grid_begun_on_one_laptop_goes_on_on_the_other(field: Field) -> None:
    rig = field.enrolled("Ana Alba")
    clients = [rig.client(name) for name in NAMES]
    second = field.agency.rig(rig.staff)
    field.agency.settle()
    one, two = field.laptop(rig), field.laptop(second)
    draft = one.start("group_session", None, None, {
        "team": one.me.team, "title": "Skills circle", "summary": SUMMARY,
        "rows": {clients[0]: {"name": NAMES[0], "attendance": "present", "response": "Came back after"}},
    })  # fmt: skip
    one.save_draft(draft.id, dict(draft.values) | {"topic": "Waves"})
    field.exchange(one, two)
    (there,) = two.drafts()
    assert there.kind == "group_session"
    assert there.values["rows"][clients[0]]["response"] == "Came back after"
    assert there.values["topic"] == "Waves"


def test_a_grid_filled_in_on_both_laptops_is_joined_from_the_list_of_groups(field: Field) -> None:
    rig = field.enrolled("Ana Alba")
    clients = [rig.client(name) for name in NAMES]
    second = field.agency.rig(rig.staff)
    field.agency.settle()
    one, two = field.laptop(rig), field.laptop(second)
    draft = one.start(
        "group_session", None, None, {"team": one.me.team, "title": "Skills circle", "rows": {}}
    )
    one.save_draft(draft.id, dict(draft.values) | {"topic": "Waves"})
    field.exchange(one, two)
    (there,) = two.drafts()
    for laptop, name, number in ((one, draft.id, 0), (two, there.id, 1)):
        row = {
            "name": NAMES[number],
            "place": number,
            "attendance": "present",
            "response": RESPONSE.format(number),
        }
        laptop.save_draft(name, dict(laptop.draft(name).values) | {"rows": {clients[number]: row}})
    field.exchange(one, two, one)
    assert len(one.drafts_side_by_side()) == 1
    assert len([line for line in one.groups().today if line.state == "draft"]) == 1
    one.lock()
    with asyncio.Runner() as runner:
        runner.run(joined(one))
    one.unlock(PASSPHRASE)
    (left,) = one.drafts()
    assert set(left.values["rows"]) == set(clients[:2])
    assert [left.values["rows"][client]["response"] for client in clients[:2]] == [
        RESPONSE.format(0),
        RESPONSE.format(1),
    ]


async def joined(laptop: Laptop) -> None:
    """Open the group from the list, join both versions and look at the grid."""
    app = app_of(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await come_in(pilot)
        await keys(pilot, "G", "enter")
        assert top(app) is DraftChoice
        assert "Okafor, Ada" in shown(app)
        await keys(pilot, "b")
        assert top(app) is GroupScreen
        await keys(pilot, "f6")
        assert "Okafor, Ada" in shown(app)
        assert "Brandt, Otto" in shown(app)
        await keys(pilot, "ctrl+q")
