"""Check 20: the 16th client of a full-time clinician is flagged, the 15th is not; at half time the 8th is."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.ratio import clinician_load
from fieldapp.records.ids import one_per
from fieldapp.screens.assign_ask import AskAssigned
from tests.forms.conftest import desk_of as desk_of
from tests.forms.desk import DANA, NAIR, TOM, Desk, ident, keys, make_app, settled, shown, top, unlocked


@pytest.mark.parametrize(
    ("clients", "fte", "flagged"),
    [(16, 100, True), (15, 100, False), (8, 50, True), (7, 50, False), (12, 80, False), (13, 80, True)],
)
def test_check_20_the_limit_is_by_full_time_position(clients: int, fte: int, flagged: bool) -> None:
    load = clinician_load(clients, {"fte_hundredths": fte}, ["clinician"], {})
    assert load.over is flagged


def test_check_20_technician_prescriber_and_assistant_are_not_counted_unless_the_agency_says_so() -> None:
    for role in ("tech", "prescriber", "medasst", "supervisor"):
        assert not clinician_load(40, {}, [role], {}).over
        assert clinician_load(16, {"counts_in_ratio": True}, [role], {}).over
    assert clinician_load(16, {}, ["casemgr"], {}).over
    assert not clinician_load(16, {"counts_in_ratio": False}, ["clinician"], {}).over
    assert clinician_load(11, {}, ["clinician"], {"clients_per_clinician_max": 10}).over


@given(st.integers(0, 60), st.integers(1, 120))
def test_check_20_one_client_more_never_takes_the_flag_away(clients: int, fte: int) -> None:
    less, more = (
        clinician_load(number, {"fte_hundredths": fte}, ["clinician"], {})
        for number in (clients, clients + 1)
    )
    assert more.over >= less.over
    assert less.over == (clients / (fte / 100) > 15)


def carrying(desk: Desk, clients: int, *, fte: int = 100) -> str:
    """Give Dana so many clients altogether, and one more whom Tom has; returns that one."""
    with desk.store.reading() as rx:
        view = rx.view(DANA)
        heads = view.heads if view is not None else []
    desk.add("staff", DANA, {"set": {"fte_hundredths": fte}}, prev=heads)
    for number in range(clients - 3):
        client = ident(4000 + number)
        primary = TOM if number == clients - 4 else DANA
        desk.add("client", client, {"set": {"legal_name": f"Client {number:02}", "home_program": ident(2),
                                            "home_team": ident(3)}}, client=client)  # fmt: skip
        status = "on_hold" if number == 0 else "active"
        desk.add("episode", ident(5000 + number), {"set": {"program": ident(2), "status": status,
                                                           "admit_date": "2026-08-03"}}, client=client)  # fmt: skip
        period = {"staff": primary, "role": "primary", "since": "2026-08-03"}
        desk.add(
            "assignment", one_per(client, "assignment"), {"items": {"periods": {"p": period}}}, client=client
        )
    return ident(4000 + clients - 4)


@pytest.mark.parametrize(
    ("now", "fte", "flagged"), [(14, 100, False), (15, 100, True), (7, 50, True), (6, 50, False)]
)
def test_check_20_it_is_said_before_it_is_saved_and_never_stops(
    desk_of: object, now: int, fte: int, flagged: bool
) -> None:
    """Dana has 4 clients at her desk already; those on hold count, those of others do not."""
    desk: Desk = desk_of(NAIR)  # type: ignore[operator]
    client = carrying(desk, now, fte=fte)
    laptop = desk.opened()

    async def morning() -> None:
        app = make_app(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await unlocked(pilot)
            before = {one.staff: one.load for one in laptop.caseloads().staff}[DANA]
            assert (before.clients, before.over) == (now, False)
            app.open("assignment", client=client)
            await settled(pilot)
            await keys(pilot, "a", "1", "1")
            assert top(app) is AskAssigned
            said = " ".join(shown(app).replace("│", " ").split())
            assert f"Dana Reyes would have {now + 1} of " in said
            assert ("more than the program allows" in said) is flagged
            await keys(pilot, "ctrl+s")
            after = {one.staff: one.load for one in laptop.caseloads().staff}[DANA]
            assert (after.clients, after.over) == (now + 1, flagged)

    asyncio.run(morning())
