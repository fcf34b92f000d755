"""Handing over from shift to shift: what is gathered, who has read it, and the roster behind it (clinical.md 2.6, 2.19)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.errors import FieldappError
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.oncall import OncallScreen
from fieldapp.screens.oncall_shift import ShiftScreen
from fieldapp.screens.shift_form import ShiftFormScreen
from fieldapp.screens.shift_reports import ShiftReportsScreen
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    MINH,
    NAIR,
    NOW,
    PASSPHRASE,
    PROGRAM,
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
ROSTER = one_per(PROGRAM, "oncall")


def roster(desk: Desk, **shifts: tuple[int, int, str]) -> None:
    """Put shifts into the roster: (from, until) in hours from now, who answers."""
    rows = {
        item: {"since": instant(NOW + since * HOUR), "until": instant(NOW + until * HOUR), "primary": who,
               "backup": NAIR, "phone": "425-555-0150"}
        for item, (since, until, who) in shifts.items()
    }  # fmt: skip
    desk.add("oncall", ROSTER, {"set": {"program": PROGRAM}, "items": {"shifts": rows}})


def night(desk: Desk) -> None:
    """Let a night pass: an alert, a high risk, one of days ago, and a welfare check."""
    roster(desk, n=(-18, -1, DANA), m=(-1, 15, TOM), later=(20, 40, DANA))
    desk.add("alert", ident(801), {"set": {"code": "threats", "severity": "stop", "detail": "By a neighbor"}},
             client=ADA, at_ms=NOW - 8 * HOUR)  # fmt: skip
    desk.add("risk", one_per(SAM, "risk"), {"set": {"level": "high", "reason": "Plan and means"}}, client=SAM,
             author=DANA, meaning="sign", at_ms=NOW - 6 * HOUR)  # fmt: skip
    desk.add(
        "alert",
        ident(802),
        {"set": {"code": "bedbugs", "severity": "info"}},
        client=MINH,
        at_ms=NOW - 3 * DAY,
    )
    desk.add("break_glass", ident(803), {"set": {
        "reason_code": "welfare_check", "reason": "Sister called, no answer", "until": instant(NOW - 2 * HOUR),
    }}, client=MINH, author=DANA, at_ms=NOW - 6 * HOUR)  # fmt: skip


def handed(desk: Desk, author: str = DANA, **values: Any) -> str:
    record = ident(810)
    desk.add("shift_report", record, {
        "set": {"program": PROGRAM, "since": instant(NOW - 18 * HOUR), "until": instant(NOW - HOUR), "to": TOM,
                "remark": "The car is at the clinic.", **values},
        "items": {"lines": {
            "a": {"client": SAM, "what": "watch", "words": "High risk since 5 in the morning; sister stays with him."},
            "b": {"client": ADA, "what": "welfare", "words": "Did not answer twice; please go by before noon."},
            "c": {"client": MINH, "what": "alert"},
        }},
    }, author=author, at_ms=NOW - HOUR)  # fmt: skip
    return record


async def test_the_form_begins_with_what_happened_in_the_night_and_hands_over_in_two_keys(
    desk_of: Make,
) -> None:
    desk = desk_of(DANA)
    night(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        due = [line for line in laptop.today().due if line.kind == "handoff"]
        assert [line.what for line in due] == ["Your shift is over: hand over"]
        await keys(pilot, "S", "w")
        assert top(app) is ShiftFormScreen
        said = shown(app)
        for words in (
            "Okafor, Ada · Alert",
            "By a neighbor",
            "Lindqvist, Sam · Watch list",
            "Tran, Minh · Welfare check",
        ):
            assert words in said
        assert "Bedbugs" not in said, "what was known before the shift is not handed over again"
        await keys(pilot, "ctrl+s")
        assert top(app) is ShiftReportsScreen
        (read,) = laptop.shift_reports()
        assert [(one.client, one.what) for one in read.lines] == [
            (SAM, "watch"),
            (MINH, "welfare"),
            (ADA, "alert"),
        ]
        assert (read.to_name, read.since_ms, read.until_ms, read.unread) == (
            "Tom Berg",
            NOW - 18 * HOUR,
            NOW - HOUR,
            False,
        )
        assert [line for line in laptop.today().due if line.kind == "handoff"] == []


def test_a_stay_is_handed_over_with_where_since_when_and_what_is_planned(desk_of: Make) -> None:
    desk = desk_of(DANA)
    roster(desk, n=(-18, -1, DANA))
    stay = {
        "what": "inpatient",
        "place": "Providence",
        "since": "2026-11-19",
        "planned_discharge": "2026-11-25",
    }
    ended = {"what": "jail", "since": "2026-11-10", "until": "2026-11-22", "went_to": "home"}
    for number, client, values in ((821, ADA, stay), (822, SAM, ended)):
        desk.add("stay", ident(number), {"set": values}, client=client, at_ms=NOW - 6 * HOUR)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    said = {
        row["client"]: (row["what"], row["words"]) for row in laptop.report_start().values["lines"].values()
    }
    assert said == {
        ADA: (
            "hospital",
            "Psychiatric hospital, Providence, since 2026-11-19: still there · planned discharge 2026-11-25",
        ),
        SAM: ("hospital", "Jail, since 2026-11-10: until 2026-11-22 · Home"),
    }


@pytest.mark.parametrize(("ahead", "stops"), [(11, False), (13, True), (24 * 365, True)])
def test_a_report_over_a_time_to_come_is_refused_since_it_would_hide_the_next(
    ahead: int, stops: bool
) -> None:
    signing = Signing(at_ms=NOW, tz="UTC", author=DANA, role="clinician")
    doc = {"since": instant(NOW - HOUR), "until": instant(NOW + ahead * HOUR)}
    assert [problem.field for problem in KINDS["shift_report"].sign_checks(doc, signing)] == ["until"] * stops


async def test_a_line_is_added_for_a_client_and_an_emptied_one_is_left_out(desk_of: Make) -> None:
    desk = desk_of(DANA)
    night(desk)
    laptop = desk.opened()
    app = make_app(laptop, desk.clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("shift_form")
        await settled(pilot)
        desk.clock.move(minutes=1)
        await keys(pilot, "f6")
        await typed(pilot, "morales")
        await settled(pilot)
        await keys(pilot, "enter", "2")
        await typed(pilot, "Awake all night, call at ten")
        await keys(pilot, "shift+tab", "end", *["backspace"] * 300)
        await keys(pilot, "ctrl+s")
        (read,) = laptop.shift_reports()
        words = {one.name: one.words for one in read.lines}
        assert words["Morales, Lucía (she/her)"] == "Awake all night, call at ten"
        assert len(words) == 3


async def test_who_has_read_a_report_stands_with_it_and_it_leaves_the_day(desk_of: Make) -> None:
    desk = desk_of(TOM)
    roster(desk, n=(-18, -1, DANA))
    record = handed(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        due = [line for line in laptop.today().due if line.kind == "handoff"]
        assert [(line.record, line.what) for line in due] == [(record, "Shift report by Dana Reyes: 2 lines")]
        app.open("shift_report", record=record)
        await settled(pilot)
        said = shown(app)
        assert "nobody has read it yet" in said
        assert "The car is at the clinic." in said
        await keys(pilot, "y")
        assert "read by Tom Berg" in shown(app)
        assert [line for line in laptop.today().due if line.kind == "handoff"] == []
        await keys(pilot, "home", "enter")
        assert top(app) is ChartScreen
    with pytest.raises(FieldappError):
        laptop.read_report(record)


async def test_reports_of_other_programs_and_in_error_are_nobodys_here(desk_of: Make) -> None:
    desk = desk_of(TOM)
    handed(desk, program=ident(99))
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    assert laptop.shift_reports() == ()
    assert [line for line in laptop.today().due if line.kind == "handoff"] == []


async def test_a_supervisor_adds_repeats_and_takes_out_shifts_and_sees_who_is_missing(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    roster(desk, n=(-18, 6, DANA), two=(4, 20, TOM), later=(30, 40, DANA))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "S", "o")
        assert top(app) is OncallScreen
        said = shown(app)
        assert "nobody: tomorrow 07:00 – tomorrow 17:00" in said
        assert said.count("≠ ") == 1, "the other one of the two is marked as the one that holds now"
        await keys(pilot, "w")
        assert top(app) is ShiftScreen
        await keys(pilot, "enter")
        await typed(pilot, "+3 8:00")
        await keys(pilot, "enter", "1", "ctrl+s")
        assert top(app) is OncallScreen
        read = laptop.oncall_roster()
        assert len(read.shifts) == 4
        made = read.shifts[-1]
        assert (made.since_ms, made.primary) == (NOW + 40 * HOUR, DANA)
        await keys(pilot, "end", "R")
        await typed(pilot, "2")
        await keys(pilot, "enter")
        assert [one.since_ms for one in laptop.oncall_roster().shifts[-2:]] == [
            NOW + 40 * HOUR + 7 * DAY, NOW + 40 * HOUR + 14 * DAY,
        ]  # fmt: skip
        await keys(pilot, "end", "x", "y")
        assert len(laptop.oncall_roster().shifts) == 5


async def test_a_shift_that_ends_before_it_begins_is_refused_with_a_sentence(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    roster(desk, later=(30, 40, DANA))
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("oncall_shift")
        await settled(pilot)
        await keys(pilot, "enter")
        await typed(pilot, "+1 8:00")
        await keys(pilot, "enter", "1", "ctrl+s")
        assert top(app) is ShiftScreen
        assert "The shift ends before it begins" in shown(app)


async def test_a_clinician_reads_the_roster_and_changes_nothing(desk_of: Make) -> None:
    desk = desk_of(DANA)
    roster(desk, n=(-18, 6, DANA))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("oncall")
        await settled(pilot)
        await keys(pilot, "w", "x", "enter")
        assert top(app) is OncallScreen
    with pytest.raises(FieldappError):
        laptop.drop_shift("n")
    with pytest.raises(FieldappError):
        laptop.repeat_shift("n", 2)


SHOTS = ("reports", "report", "form", "roster", "shift", "today")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SHOTS)
def test_picture(name: str, size: tuple[int, int], desk_of: Make, snap_compare: Any) -> None:
    staff = {"form": DANA, "report": TOM, "today": TOM}.get(name, NAIR)
    desk = desk_of(staff)
    night(desk)
    record = "" if name == "form" else handed(desk)

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        if name == "report":
            pilot.app.open("shift_report", record=record)
            await settled(pilot)
            await keys(pilot, "y")
        elif name in ("reports", "roster", "shift"):
            await keys(pilot, "S", *{"reports": (), "roster": ("o",), "shift": ("o", "w")}[name])
        elif name == "form":
            pilot.app.open("shift_form")
        await settled(pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
