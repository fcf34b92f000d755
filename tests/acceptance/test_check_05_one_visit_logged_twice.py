"""Check 5: two devices log the same visit; both stay, one item waits in Review, and a person says what they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.screens.review import ReviewScreen
from fieldapp.screens.same_visit import SameVisitScreen
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import keys, shown, top
from tests.sync.sync_world import MINUTE_MS, NOON_MS

START_MS = NOON_MS - 3 * 60 * MINUTE_MS


def logged(laptop: Laptop, client: str, start_ms: int = START_MS, **values: Any) -> str:
    """Log a visit of 45 minutes at home; returns the record."""
    said = {
        "start": instant(start_ms), "stop": instant(start_ms + 45 * MINUTE_MS), "outcome": "completed",
        "contact_type": "individual_counseling", "modality": "in_person", "setting": "home",
    } | values  # fmt: skip
    draft = laptop.start("contact", client, None, said)
    laptop.submit(draft.id, overrides={p.field: "asked and answered" for p in laptop.problems(draft.id)})
    return draft.record


def waiting(laptop: Laptop) -> list[tuple[str, set[str]]]:
    """Return the questions about visits in Review."""
    return [(line.name, {line.record, line.other}) for line in laptop.review() if line.what == "same_visit"]


def mine(laptop: Laptop) -> int:
    """Return how many such questions stand on the day's list."""
    return sum(line.kind == "same_visit" for line in laptop.today().due)


def two(field: Field, *, same_person: bool = False) -> tuple[Laptop, Laptop, Laptop, str]:
    """Return two laptops that know a client, a supervisor's, and the client."""
    first = field.enrolled("Ana Alvarez")
    second = field.agency.rig(first.staff) if same_person else field.enrolled("Ben Brook")
    boss = field.enrolled("Sam Super", "supervisor")
    client = first.client("Okafor, Ada")
    field.agency.settle()
    one, other, over = (field.laptop(rig) for rig in (first, second, boss))
    return one, other, over, client


@pytest.mark.parametrize("same_person", [False, True], ids=["two people", "one person, two laptops"])
def test_check_05_both_are_kept_and_one_item_waits(field: Field, same_person: bool) -> None:
    one, other, boss, client = two(field, same_person=same_person)
    records = {logged(one, client), logged(other, client, START_MS + 5 * MINUTE_MS)}
    field.exchange(one, other, boss)
    for laptop in (one, other, boss):
        rows = laptop.timeline(client, 0, 9, ("contact",))
        assert {row.record for row in rows} == records
        assert {row.status for row in rows} == {"saved"}
    assert waiting(boss) == [("Okafor, Ada", records)]
    assert (mine(one), mine(other)) == (1, 1)


@pytest.mark.parametrize(
    ("apart", "values"),
    [(45 * MINUTE_MS, {}), (10 * MINUTE_MS, {"modality": "audio_only", "setting": None, "client_location": "home"})],
    ids=["one after the other", "another way of meeting"],
)  # fmt: skip
def test_check_05_two_visits_are_no_question(field: Field, apart: int, values: dict[str, Any]) -> None:
    one, other, boss, client = two(field)
    logged(one, client)
    logged(other, client, START_MS + apart, **values)
    field.exchange(one, other, boss)
    assert waiting(boss) == []
    assert len(boss.timeline(client, 0, 9, ("contact",))) == 2


def test_check_05_whoever_was_asked_when_writing_is_not_asked_again(field: Field) -> None:
    one, other, boss, client = two(field)
    logged(one, client)
    field.exchange(one, other)
    logged(other, client)
    field.exchange(one, other, boss)
    assert waiting(boss) == []


def test_check_05_marking_one_as_an_error_answers_it_and_lifting_that_asks_again(field: Field) -> None:
    one, other, boss, client = two(field)
    logged(one, client)
    wrong = logged(other, client)
    field.exchange(one, other, boss)
    made = other.mark_error(other.record(wrong).heads[0], "Entered twice")
    field.exchange(one, other, boss)
    assert waiting(boss) == []
    assert mine(one) == 0
    other.take_back(made, "It was another one")
    field.exchange(one, other, boss)
    assert len(waiting(boss)) == 1


def test_check_05_the_supervisor_says_in_review_that_both_took_place(field: Field) -> None:
    one, other, boss, client = two(field)
    records = {logged(one, client), logged(other, client)}
    field.exchange(one, other, boss)
    boss.lock()

    async def answer() -> None:
        app = app_of(boss)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, "3")
            assert "same visit?" in shown(app)
            assert "nothing is joined by itself" in shown(app)
            await keys(pilot, "enter")
            assert top(app) is SameVisitScreen
            assert "Ana Alvarez" in shown(app)
            assert "Ben Brook" in shown(app)
            await keys(pilot, "b", "2", "ctrl+s")
            assert top(app) is ReviewScreen
            assert "Both stay in the record." in shown(app)
            assert waiting(boss) == []
            app.sync_now()
            await keys(pilot, "1")
            await keys(pilot, "ctrl+q")

    asyncio.run(answer())
    field.exchange(one, other)
    assert (mine(one), mine(other)) == (0, 0)
    rows = one.timeline(client, 0, 9, ("contact",))
    assert {row.record for row in rows} == records
    said = [note.text for row in rows for note in one.record(row.record).annotations]
    assert said == ["Two of us together"]
