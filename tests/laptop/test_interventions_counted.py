"""What notes say was done is counted for each client, in 30 and 90 days, by the day on which it was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.kind import DOC
from tests.laptop.laptop_world import ANA, DAY_MS, NOON_MS, TIM, World, give, note_values, uid


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def noted(world: World, client: str, name: str, days: int, *done: str, who: str = ANA, **more: str) -> str:
    """Add a note of some days ago that says what was done; returns its entry."""
    doc = note_values("", NOON_MS - days * DAY_MS, interventions=list(done))
    return world.add(
        "note",
        uid(name),
        {DOC: doc},
        client=client,
        who=who,
        meaning="sign",
        at_ms=NOON_MS - days * DAY_MS,
        **more,
    ).hash


def counted(laptop: Laptop, client: str) -> list[tuple[str, int, int]]:
    return [(one.words, one.month, one.quarter) for one in laptop.interventions(client)]


def test_each_note_counts_once_for_each_thing_whoever_wrote_it(world: World) -> None:
    client, other = world.client("Okafor, Ada"), world.client("Berg, Lea")
    noted(world, client, "one", 1, "cbt", "mi", "cbt")
    noted(world, client, "two", 29, "mi", who=TIM)
    noted(world, client, "three", 31, "mi", "skills")
    noted(world, client, "four", 91, "dbt")
    noted(world, other, "five", 1, "exposure")
    laptop = world.laptop()
    assert counted(laptop, client) == [
        ("Motivational interviewing", 2, 3),
        ("CBT", 1, 1),
        ("Skills training", 0, 1),
    ]
    assert [one.words for one in laptop.chart(client).interventions] == [
        "Motivational interviewing", "CBT", "Skills training",
    ]  # fmt: skip


def test_a_note_in_error_counts_nothing_and_neither_does_what_a_professional_keeps_apart(
    world: World,
) -> None:
    client = world.client("Okafor, Ada")
    wrong = noted(world, client, "one", 1, "cbt")
    noted(world, client, "apart", 1, "emdr_informed", sensitivity="psychotherapy")
    laptop = world.laptop()
    assert counted(laptop, client) == [("CBT", 1, 1)]
    give(laptop, [world.scribe.entry("note", uid("one"), {"reason": "Wrong client"}, client=client, meaning="error",
                                     about=wrong, at_ms=NOON_MS)])  # fmt: skip
    assert counted(laptop, client) == []


def test_a_correction_is_what_counts(world: World) -> None:
    client = world.client("Okafor, Ada")
    first = noted(world, client, "one", 1, "cbt")
    doc = note_values("", NOON_MS - DAY_MS, interventions=["dbt"])
    world.add("note", uid("one"), {DOC: doc, "reason": "Other method"}, client=client, meaning="amend", prev=[first],
              at_ms=NOON_MS)  # fmt: skip
    assert counted(world.laptop(), client) == [("DBT skills", 1, 1)]
