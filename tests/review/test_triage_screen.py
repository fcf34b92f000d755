"""The red list on a real laptop: what is on it, who may open it, and what each key does; budget C1."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.keys import FLOWS
from fieldapp.records.ids import one_per
from fieldapp.screens.assignment import AssignmentScreen
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.crisis_card import CrisisCardScreen
from fieldapp.screens.task import TaskScreen
from fieldapp.screens.today import TodayScreen
from fieldapp.screens.triage import TriageScreen
from fieldapp.store.triage_models import TriageLine
from tests.forms.desk import (
    ADA,
    CLIENTS,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    PASSPHRASE,
    PROGRAM,
    SAM,
    TOM,
    Desk,
    form,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    unlocked,
)
from tests.review.red import CHECKIN, CLIENTS_PHONE, CRISIS, STAY, crisis, reddened, risk

Make = Callable[..., Desk]


def listed(desk: Desk) -> dict[str, list[TriageLine]]:
    """Return the red list of a desk by group."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    found: dict[str, list[TriageLine]] = {}
    for line in laptop.triage().lines:
        found.setdefault(line.group, []).append(line)
    return found


def test_every_group_has_its_lines_with_reason_worker_and_number(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    reddened(desk)
    found = listed(desk)
    assert {group: [(line.client, line.reason) for line in lines] for group, lines in found.items()} == {
        "checkin": [(LUCIA, "No sign of Tom Berg: 12 Hoyt Ave")],
        "risk": [(ADA, "High risk"), (MINH, "A screen for suicide is needed")],
        "crisis": [(ADA, "Follow up by Sun Nov 22 21:00 · crisis Sat Nov 21 21:00, high risk")],
        "no_contact": [(SAM, "9 days (agreed 7); 2 tries, last Nov 21")],
        "plan": [(ADA, "No safety plan")],
        "hospital": [(LUCIA, "Back from hospital 2 d ago: seen? by Nov 27; not within the first day")],
        "laptop": [("", "3 unsent since Fri Nov 20 15:00; last contact Fri Nov 20 19:00")],
        "credential": [("", "Credential AAC expires in 4 days (2026-11-26): renew it")],
    }
    ada = found["risk"][0]
    assert (ada.primary, ada.phone) == ("Dana Reyes", CLIENTS_PHONE)
    assert [found[group][0].record for group in ("checkin", "crisis", "hospital")] == [CHECKIN, CRISIS, STAY]


def test_a_crisis_of_the_day_before_yesterday_goes_when_the_client_was_seen(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    crisis(desk, ADA, 3 * DAY)
    waits = [line.reason for line in listed(desk)["crisis"]]
    assert waits[0].startswith("NOT followed up")
    later = desk_of(NAIR)
    crisis(later, ADA, 3 * DAY)
    later.contact(ADA, author=TOM, ago=2 * DAY)
    assert "crisis" not in listed(later)


def test_an_attempt_follows_up_nothing(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    crisis(desk, ADA, 3 * DAY)
    desk.contact(ADA, author=TOM, ago=2 * DAY, outcome="attempt_no_answer", note_required=False)
    assert listed(desk)["crisis"][0].late


def test_another_teams_client_is_not_on_it(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.add("team", ident(61), {"set": {"name": "South", "program": PROGRAM}})
    other = ident(62)
    desk.add("client", other, {"set": {"home_program": PROGRAM, "home_team": ident(61), "legal_name": "Far, Away"}},
             client=other)  # fmt: skip
    risk(desk, other, "imminent", HOUR)
    assert other not in {line.client for lines in listed(desk).values() for line in lines}


async def test_the_red_list_opens_in_three_keys(desk_of: Make) -> None:
    """Budget C1: U from anywhere, after the passphrase and its enter."""
    desk = desk_of(NAIR)
    reddened(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        count = 1 + await keys(pilot, "U")
        flow = next(flow for flow in FLOWS if flow.code == "C1")
        assert count == flow.keys <= 3
        assert top(app) is TriageScreen
        text = shown(app)
        assert "9 red, 7 late" in text
        assert "synced 20 min ago" in text
        assert "No sign after a visit · 1" in text


async def test_one_key_each_opens_chart_card_assignment_and_a_task_that_says_what_it_is_about(
    desk_of: Make,
) -> None:
    desk = desk_of(NAIR)
    reddened(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "U", "down")
        assert f"call {CLIENTS_PHONE}" in shown(app)
        await keys(pilot, "enter")
        assert top(app) is ChartScreen
        await keys(pilot, "escape", "f2")
        assert top(app) is CrisisCardScreen
        await keys(pilot, "escape", "a")
        assert top(app) is AssignmentScreen
        await keys(pilot, "escape", "w")
        assert top(app) is TaskScreen
        draft = form(app).draft
        assert draft is not None
        assert (draft.client, draft.values["title"]) == (ADA, "Look at the risk again")
        assert draft.values["due"] == "2026-11-23T01:00:00.000Z"
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        assert [line.title for line in laptop.tasks(ADA)] == ["Look at the risk again"]
        assert top(app) is TriageScreen


async def test_nothing_red_is_said_plainly_with_how_old_that_is(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    for client in CLIENTS:
        desk.contact(client, author=NAIR, ago=HOUR)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "U")
        said = " ".join(shown(app).split())
        assert "Nothing is red as of Sun Nov 22 11:00: 4 clients, this laptop never synced." in said
        await keys(pilot, "enter", "w", "a", "s")
        assert top(app) is TriageScreen


@pytest.mark.parametrize("staff", [DANA, TOM])
async def test_it_is_for_those_who_answer_for_teams(desk_of: Make, staff: str) -> None:
    app = make_app(desk_of(staff).opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "U")
        assert top(app) is TodayScreen


async def test_hostile_words_on_the_red_list_stay_words(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    reddened(desk)
    hostile = "[/ [b]x[/b] [@click=app.quit]x \x1b]0;t\x07 \u202eabc"
    signal = {"items": {"signals": {"t": {"level": "high", "detail": hostile}}}}
    desk.add("risk", one_per(SAM, "risk"), signal, client=SAM, author=DANA)
    desk.add("client", ADA, {"set": {"legal_name": hostile}}, client=ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "U", "down", "down", "down")
        assert "\x1b" not in shown(app)
        assert top(app) is TriageScreen
