"""Numbers on screen: whose, over which time, what is behind each, and who may look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.keys import FLOWS
from fieldapp.clinical.metrics.families import FAMILIES
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.metrics.table import METRICS
from fieldapp.widgets.form_choice import FormChoice
from fieldapp.widgets.row_list import RowList
from tests.forms.desk import (
    ADA,
    DANA,
    HOUR,
    NAIR,
    NOW,
    PASSPHRASE,
    TOM,
    TZ,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    unlocked,
)
from tests.numbers.quarter import worked

Make = Callable[..., Desk]


async def picked(pilot: Any, key: str) -> None:
    """Move to a line of the list by its key."""
    rows = pilot.app.screen.query(RowList).first()
    while rows.key != key:
        before = rows.key
        await keys(pilot, "down")
        assert rows.key != before, f"{key} is not in the list"


def test_every_metric_has_its_place_in_the_list() -> None:
    placed = [number for _, numbers in FAMILIES for number in numbers]
    assert sorted(placed) == list(range(1, len(METRICS) + 1))


async def test_a_supervisor_opens_a_number_down_to_the_record_behind_it_in_three_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    worked(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "#")
        text = shown(app)
        assert "Everett North · Week of 16 Nov" in text
        assert "Contacts against the plan" in text
        await picked(pilot, "days_since_contact")
        await keys(pilot, "enter")
        text = shown(app)
        assert "Sam" in text
        assert "2 tried since" in text
        await keys(pilot, "enter")
        assert type(app.screen).__name__ == "ChartScreen"


async def test_time_goes_back_and_forward_and_never_beyond_now(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    worked(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "#", "]")
        assert "Week of 16 Nov ·" in shown(app)
        await keys(pilot, "[")
        assert "Week of 9 Nov 2026" in shown(app)
        await keys(pilot, "w")
        assert "26 Oct to 22 Nov" in shown(app)
        await picked(pilot, "no_show")
        await keys(pilot, "enter", "[")
        assert "28 Sep to 25 Oct 2026" in shown(app)


async def test_whoever_supervises_nobody_sees_their_own_work_only(desk_of: Make) -> None:
    desk = desk_of(TOM)
    worked(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        # His credential runs out soon, which is said before the day.
        await keys(pilot, "enter", "#")
        assert "Tom Berg, own work" in shown(app)
        assert [scope.kind for scope in laptop.metric_scopes()] == ["staff"]
        assert not app.screen.check_action("whose", ())
        assert "Clients per clinician" not in shown(app)


def test_a_contact_that_a_colleague_noted_waits_for_no_note_of_ones_own(desk_of: Make) -> None:
    desk = desk_of(TOM)
    contact = desk.contact(ADA, author=TOM, ago=30 * HOUR)
    desk.note(ADA, author=DANA, contact=contact, ago=28 * HOUR, goals=[])
    open_one = desk.contact(ADA, author=TOM, ago=90 * HOUR)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    scope = laptop.metric_scopes()[0]
    over = period(4, 0, NOW, TZ)
    unsigned = laptop.metric("unsigned_notes", scope, over)
    assert [line.behind.record for line in unsigned.behind] == [open_one]
    assert laptop.metric("golden_thread", scope, over).metric.figures[0].n == 0, "her note is not his"


async def test_a_team_of_which_nothing_is_received_is_not_counted(desk_of: Make) -> None:
    laptop_desk = desk_of(NAIR)
    app = make_app(laptop_desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "#")
        assert "Priya Nair, own work" in shown(app)


async def test_the_client_behind_a_number_is_the_one_that_other_keys_are_about(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    worked(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "#")
        await picked(pilot, "crises")
        await keys(pilot, "enter")
        assert app.client_at_hand == ADA
        await keys(pilot, "f2")
        assert "425-555-0199" in shown(app)


async def test_the_weekly_report_is_three_keys_away_and_a_table_is_a_file(
    desk_of: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    desk = desk_of(NAIR)
    worked(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "#", "P")
        for _ in range(200):
            if "Ready: Weekly report" in shown(app):
                break
            await pilot.pause(0.05)
        assert "Ready: Weekly report" in shown(app)
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        assert (tmp_path / "weekly-report.pdf").read_bytes().startswith(b"%PDF")
        form = app.screen.query_one("#field-form", FormChoice)
        form.land()
        await keys(pilot, "2")
        for _ in range(200):
            if "weekly-report.csv" in shown(app) and "Ready: Weekly report" in shown(app):
                break
            await pilot.pause(0.05)
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        rows = (tmp_path / "weekly-report.csv").read_text("utf-8-sig").splitlines()
        assert rows[0].startswith("scope,from,to,as_of,metric")
        assert any(row.startswith("Everett North,") for row in rows)
        assert not [name for name in ("Okafor", "Lindqvist", "Berg") if name in "\n".join(rows)]


async def test_c5_the_weeks_numbers_and_their_table_take_at_most_eight_keys(
    desk_of: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """clinical.md 6, C5: weekly metrics and export in at most eight keys."""
    monkeypatch.setenv("HOME", str(tmp_path))
    desk = desk_of(NAIR)
    worked(desk)
    app = make_app(desk.opened())
    flow = next(one for one in FLOWS if one.code == "C5")
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        count = 0
        for step in flow.steps:
            count += await keys(pilot, step)
            if step == "#":
                assert "Everett North · Week of 16 Nov" in shown(app)
            if step == "2":
                assert "weekly-report.csv" in shown(app)
        await settled(pilot)
        assert count == flow.keys <= 8
    rows = (tmp_path / "weekly-report.csv").read_text("utf-8-sig").splitlines()
    assert sum(row.startswith("Everett North,") for row in rows) > 20


async def test_somebody_who_supervises_nobody_is_not_offered_the_report(desk_of: Make) -> None:
    desk = desk_of(DANA)
    worked(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "P")
        assert "Numbers of a team" not in shown(app)
