"""Check 25: emergency access shows a banner and asks for a reason; the supervisor sees it at the next sync."""

from __future__ import annotations

import asyncio

import pytest

from fieldapp.laptop.failures import GateClosed
from fieldapp.laptop.laptop import Laptop
from fieldapp.screens.crisis_card import CrisisCardScreen
from fieldapp.screens.emergency import EmergencyAccess
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import keys, settled, shown, top, typed
from tests.sync.sync_world import PASSPHRASE


def two_teams(field: Field) -> tuple[Laptop, Laptop, str]:
    """Return the laptop of somebody of another team, that of the client's supervisor, and the client."""
    near = field.enrolled("Ana Alvarez")
    boss = field.enrolled("Sam Super", "supervisor")
    far = field.enrolled("Mia Moss", team=field.agency.other_team)
    client = near.client("Okafor, Ada")
    near.plan(client, "I pace at night")
    field.agency.settle()
    return field.laptop(far), field.laptop(boss), client


def test_check_25_the_card_opens_after_a_reason_under_a_banner(field: Field) -> None:
    far, boss, client = two_teams(field)
    with pytest.raises(GateClosed):
        far.card(client)
    far.lock()

    async def night() -> None:
        app = app_of(far)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, "f2")
            await typed(pilot, "oka")
            await keys(pilot, "enter")
            assert top(app) is EmergencyAccess
            assert "I pace at night" not in shown(app)
            await keys(pilot, "1")
            await settled(pilot)
            assert top(app) is CrisisCardScreen
            assert "I pace at night" in shown(app)
            assert "Emergency access: four hours, recorded with your name" in shown(app)

    asyncio.run(night())
    far.unlock(PASSPHRASE)
    assert [line for line in boss.review() if line.what == "glass"] == []
    field.exchange(far, boss)
    [line] = [line for line in boss.review() if line.what == "glass"]
    assert (line.author, line.name, line.reason) == (
        "Mia Moss",
        "Okafor, Ada",
        "Crisis call about this client",
    )
    assert line.due_ms == line.at_ms + 72 * 3_600_000


def test_check_25_the_review_of_it_is_one_key_and_ends_the_line(field: Field) -> None:
    far, boss, client = two_teams(field)
    far.break_glass(client, "welfare_check")
    field.exchange(far, boss)
    boss.lock()

    async def morning() -> None:
        app = app_of(boss)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, "3", "enter")
            assert "Welfare check" in shown(app)
            await keys(pilot, "c", "enter")
            assert [line for line in boss.review() if line.what == "glass"] == []
            app.sync_now()
            await keys(pilot, "1", "ctrl+q")

    asyncio.run(morning())
    field.exchange(far)
    record = next(row.record for row in far.timeline(client, 0, 9, ("break_glass",)))
    assert [note.author for note in far.record(record).annotations] == ["Sam Super"]


def test_check_25_nobody_reviews_their_own_opening(field: Field) -> None:
    near = field.enrolled("Ana Alvarez")
    away = field.enrolled("Sol South", "supervisor", team=field.agency.other_team)
    boss = field.enrolled("Sam Super", "supervisor")
    client = near.client("Okafor, Ada")
    field.agency.settle()
    own, other = field.laptop(away), field.laptop(boss)
    entry = own.break_glass(client, "crisis_call")
    with pytest.raises(Exception, match="Nobody reviews their own"):
        own.cosign(entry)
    field.exchange(own, other)
    assert [line.what for line in other.review()] == ["glass"]
    assert [line.what for line in own.review()] == []
