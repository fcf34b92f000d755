"""A program with groups, twelve clients of it, and grids filled in as facilitators do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from tests.forms.desk import DANA, HOUR, MINUTE, NOW, PASSPHRASE, PROGRAM, TEAM, Desk, ident

SKILLS, PROCESS, YOGA = "skills", "process", "yoga"
MODULES = [
    {"code": "distress", "title": "Distress tolerance", "topic": "Riding out a wave",
     "homework": "Practise the cold-water skill twice", "methods": ["dbt", "skills"]},
    {"code": "emotion", "title": "Emotion regulation", "topic": "Naming what is there",
     "homework": "Fill in the feelings sheet on three days"},
    {"code": "problem", "title": "Problem solving", "topic": "One step at a time"},
]  # fmt: skip
GROUPS = [
    {"code": SKILLS, "title": "DBT skills", "contact_type": "group", "days": ["sun", "wed"], "start": "09:00",
     "minutes": 50, "modality": "in_person", "setting": "office", "modules": MODULES},
    {"code": PROCESS, "title": "Process group", "contact_type": "group", "days": ["sun"], "start": "10:00",
     "minutes": 50, "modality": "in_person", "setting": "office"},
    {"code": YOGA, "title": "Gentle yoga", "contact_type": "psychoeducation", "experiential": "yoga",
     "days": ["tue"], "start": "13:00", "minutes": 45, "modality": "in_person", "setting": "office"},
]  # fmt: skip
PEOPLE = (
    "Alvarez, Inés", "Brandt, Otto", "Chen, Wei", "Dube, Thandi", "Eriksen, Liv", "Farrow, Jude", "Gupta, Anil",
    "Hollis, Maeve", "Ito, Kenji", "Jarvis, Noor", "Kovac, Petra", "Lowe, Silas",
)  # fmt: skip
MEMBERS = tuple(ident(2000 + number) for number in range(len(PEOPLE)))
USED = {2: "Winnie"}
"""Place of somebody who is called otherwise than on paper."""
SUMMARY = "The group went through the four steps of riding out a wave and each tried one of them in the room."
RESPONSE = "Took up the second step, said it helped on Friday night, and asked for the sheet number {}."


def settle(desk: Desk, people: int = 8, *, settings: Mapping[str, int] | None = None) -> Desk:
    """Give a desk's program its groups and its team some clients."""
    values: dict[str, Any] = {"groups": GROUPS, "archetype": "structured"}
    if settings:
        values["settings"] = dict(settings)
    desk.add("program", PROGRAM, {"set": values}, prev=())
    for number, (client, name) in enumerate(zip(MEMBERS[:people], PEOPLE, strict=False)):
        said = {
            "home_program": PROGRAM,
            "home_team": TEAM,
            "legal_name": name,
            "dob": "1979-05-0" + str(number % 9 + 1),
        }
        if number in USED:
            said["name_to_use"] = USED[number]
        desk.add("client", client, {"set": said}, client=client)
        desk.add(
            "episode", ident(2100 + number), {"set": {"program": PROGRAM, "status": "active",
                                                      "admit_date": "2026-10-01", "intensity_tier": "standard"}},
            client=client,
        )  # fmt: skip
        desk.add(
            "assignment", one_per(client, "assignment"),
            {"items": {"periods": {"p": {"staff": DANA, "role": "primary", "since": "2026-10-01"}}}},
            client=client,
        )  # fmt: skip
    return desk


@pytest.fixture
def circle_of(desk_of: Callable[..., Desk]) -> Callable[..., Desk]:
    """A maker of laptops in a program that holds groups."""

    def make(people: int = 8, staff: str = DANA, **more: Any) -> Desk:
        return settle(desk_of(staff), people, **more)

    return make


def opened(desk: Desk) -> Laptop:
    """Return a desk's laptop, unlocked."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def row(number: int, attendance: str = "present", **more: Any) -> dict[str, Any]:
    """Return one filled line of a grid."""
    found: dict[str, Any] = {"name": PEOPLE[number], "place": number, "attendance": attendance}
    if attendance in ("present", "late", "left_early"):
        found |= {
            "participation": 2, "risk": "none_observed", "goals": ["Use one skill a day"],
            "response": RESPONSE.format(number + 1),
        }  # fmt: skip
    if attendance in ("late", "left_early"):
        found["minutes"] = 30
    return found | more


def rows(attendance: Sequence[str]) -> dict[str, Any]:
    """Return the lines of a grid, one for each person in order."""
    return {MEMBERS[number]: row(number, there) for number, there in enumerate(attendance)}


def session(**more: Any) -> dict[str, Any]:
    """Return the values of a session of this morning, 9:00 to 9:50, without its grid."""
    return {
        "team": TEAM, "group": SKILLS, "title": "DBT skills", "contact_type": "group", "module": "distress",
        "module_title": "Distress tolerance", "topic": "Riding out a wave", "facilitators": [DANA],
        "leaders": ["Dana Reyes, LICSW"], "start": instant(NOW - 2 * HOUR), "stop": instant(NOW - 70 * MINUTE),
        "tz": "America/Los_Angeles", "modality": "in_person", "setting": "office", "pos": "11",
        "summary": SUMMARY, "homework": "Practise the cold-water skill twice",
    } | more  # fmt: skip


def begun(laptop: Laptop, grid: Mapping[str, Any], **more: Any) -> str:
    """Begin a session with a filled grid; returns its draft."""
    return laptop.start("group_session", None, None, session(rows=dict(grid), **more)).id


def signed(laptop: Laptop, grid: Mapping[str, Any], **more: Any) -> str:
    """Sign a session with its grid; returns its record."""
    draft = begun(laptop, grid, **more)
    record = laptop.draft(draft).record
    laptop.reauthenticate(PASSPHRASE)
    laptop.submit(draft)
    return record
