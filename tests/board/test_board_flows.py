"""The team board by keys: from any line to the chart, a visit, a colleague; days, filter, who sees what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.screens.board import BoardScreen
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.visit import VisitScreen
from tests.board.town import assigned, furnished, in_hospital, visit
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOW,
    SAM,
    TOM,
    Desk,
    field_of,
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


@pytest.mark.parametrize("staff", [DANA, TOM, NAIR])
async def test_the_board_opens_from_anywhere_for_everybody(desk_of: Make, staff: str) -> None:
    desk = desk_of(staff)
    furnished(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        for area in ("1", "2", "4"):
            await keys(pilot, area, "B")
            assert top(app) is BoardScreen
            assert "no contact for 9 days (agreed: 7)" in shown(app)
            await keys(pilot, "escape")
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "B")
        assert top(app) is ContactScreen


async def test_visits_stand_under_who_makes_them_with_their_state_in_words(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B")
        lines = [" ".join(line.split()) for line in shown(app).splitlines()]
        at = {name: next(n for n, line in enumerate(lines) if line.startswith(name)) for name in (
            "Nobody goes · 1", "Missed, and not seen since · 1", "Priya Nair · Supervisor · 1 visit",
            "Dana Reyes · Master clinician · 2 visits, 1 done · covers for Tom Berg",
            "Tom Berg · Mental health technician · off until Fri 27 Nov, Dana Reyes covers", "Overdue tasks · 1",
            "Reviews and authorizations · 1",
        )}  # fmt: skip
        assert list(at.values()) == sorted(at.values())
        assert "09:00 60m done Morales, Lucía (she/her) 12 Hoyt Ave" in lines
        assert "10:40 60m now Tran, Minh (she/her) 12 Hoyt Ave" in lines
        assert any("Sat 11:00 60m missed Okafor, Ada (she/her)" in line for line in lines)
        assert any("Mon 30 Nov Okafor, Ada (she/her) Authorization by Medicaid" in line for line in lines)


async def test_one_key_each_for_chart_visit_colleague_cancelling_and_the_contact(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    made = furnished(desk)
    laptop = desk.opened()
    app = make_app(laptop)

    async def on(name: str) -> None:
        row = next(
            number for number, row in app.screen.query_one("#board")._rows.items()  # type: ignore[attr-defined]
            if made[name] in row.key
        )  # fmt: skip
        app.screen.query_one("#board")._place(row)  # type: ignore[attr-defined]
        await settled(pilot)

    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B")
        await on("now")
        await keys(pilot, "enter")
        assert top(app) is ChartScreen
        await keys(pilot, "escape", "c")
        assert top(app) is ContactScreen
        await keys(pilot, "escape")
        await on("now")
        await keys(pilot, "o")
        assert laptop.record(made["now"]).values["staff"] == NAIR
        await on("later")
        await keys(pilot, "h", "1")
        assert laptop.record(made["later"]).values["staff"] == DANA
        await on("later")
        await keys(pilot, "w")
        assert top(app) is VisitScreen
        await keys(pilot, "escape")
        await on("later")
        await keys(pilot, "x", "1", "ctrl+s")
        values = laptop.record(made["later"]).values
        assert (values["cancelled"], values["cancelled_why"]) == (True, "The client asked for another day")
        assert made["later"] not in {
            one.visit.record for person in laptop.board().people for one in person.visits
        }


async def test_nobody_goes_until_a_visit_is_planned_from_the_line_itself(desk_of: Make) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    assert laptop is not None
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B")
        assert [one.name for one in laptop.board().nobody] == ["Lindqvist, Sam (she/her)"]
        await keys(pilot, "o")
        assert top(app) is VisitScreen
        await typed(pilot, "15:00")
        await keys(pilot, "ctrl+s")
        assert top(app) is BoardScreen
        assert laptop.board().nobody == ()
        assert "The visit is planned: today 15:00." in shown(app)


async def test_brackets_change_the_day_and_m_shows_ones_own_lines_only(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B", "right_square_bracket")
        assert "Mon 23 Nov · Everett North" in shown(app)
        assert "Overdue tasks" not in shown(app)
        await keys(pilot, "left_square_bracket", "left_square_bracket")
        assert "Sat 21 Nov" in shown(app)
        assert "missed" in shown(app)
        assert "Nobody goes" not in shown(app)
        await keys(pilot, "right_square_bracket", "m")
        assert "Sun 22 Nov (today) · mine only" in shown(app)
        assert "Priya Nair" in shown(app)
        assert "Dana Reyes" not in shown(app)


async def test_a_client_in_hospital_is_on_the_list_and_nobody_is_asked_to_go(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    in_hospital(desk, SAM, 101)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    found = laptop.board()
    assert [(one.name, one.why) for one in found.away] == [
        ("Lindqvist, Sam (she/her)", "Providence, voluntary (since Nov 19)")
    ]
    assert found.nobody == ()


def test_missed_is_over_once_the_client_was_seen(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    visit(desk, SAM, -3 * DAY, staff=TOM)
    visit(desk, MINH, -30 * DAY)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    assert [one.visit.name for one in laptop.board().missed] == [
        "Lindqvist, Sam (she/her)",
        "Okafor, Ada (she/her)",
    ]
    draft = laptop.start("contact", SAM, None, {
        "start": instant(NOW - HOUR), "stop": instant(NOW), "tz": "America/Los_Angeles", "modality": "in_person",
        "setting": "home", "pos": "12", "contact_type": "outreach_engagement", "outcome": "completed",
    })  # fmt: skip
    laptop.submit(draft.id, overrides={name: "x" for name in ("goals", "service_code", "start", "note")})
    assert [one.visit.name for one in laptop.board().missed] == ["Okafor, Ada (she/her)"]


def test_reviews_within_a_week_and_authorizations_within_two(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    desk.plan(SAM, review_due="2026-11-28")
    desk.plan(MINH, review_due="2026-12-10")
    period = {"start": "2026-10-20", "review_by": "2026-11-19", "per": "week", "target_n": 1}
    desk.add(
        "contact_plan", one_per(LUCIA, "contact_plan"), {"items": {"periods": {"a": period}}}, client=LUCIA
    )
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    assert [(one.kind, one.name, one.day, one.late) for one in laptop.board().reviews] == [
        ("contact_plan", "Morales, Lucía (she/her)", "2026-11-19", True),
        ("plan", "Lindqvist, Sam (she/her)", "2026-11-28", False),
        ("coverage", "Okafor, Ada (she/her)", "2026-11-30", False),
    ]


def test_who_comes_along_has_the_visit_on_their_day_too(desk_of: Make) -> None:
    desk = desk_of(TOM)
    record = visit(desk, SAM, HOUR, staff=NAIR, second=TOM)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    assert [one.record for one in laptop.today().visits] == [record]
    people = {person.name: [one.visit.record for one in person.visits] for person in laptop.board().people}
    assert people["Tom Berg"] == people["Priya Nair"] == [record]


def test_giving_and_cancelling_say_what_is_wrong(desk_of: Make) -> None:
    desk = desk_of(DANA)
    made = furnished(desk)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    with pytest.raises(NotReady, match="why"):
        laptop.cancel_visit(made["later"], "  ")
    with pytest.raises(NotAllowed, match="logged already"):
        laptop.give_visit(made["done"], TOM)
    with pytest.raises(NotAllowed, match="goes already"):
        laptop.give_visit(made["now"], DANA)
    with pytest.raises(NotReady, match="who goes"):
        laptop.give_visit(made["now"], ident(99))
    laptop.cancel_visit(made["later"], "Road closed")
    with pytest.raises(NotAllowed, match="cancelled already"):
        laptop.cancel_visit(made["later"], "again")


async def test_hostile_names_and_places_are_only_text(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    visit(desk, SAM, HOUR, where="[/b] [@click=app.quit]x[/]\x1b[2J", note="[/")
    assigned(desk, SAM, "t", staff=TOM, role="[/x", since="2026-08-03")
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B")
        assert "[/b]" in shown(app)
        app.open("assignment", client=SAM)
        await settled(pilot)
        assert "Tom Berg" in shown(app)


async def test_the_key_of_the_next_group_goes_round(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    furnished(desk)
    app = make_app(desk.opened())

    def at() -> str:
        rows: Any = app.screen.query_one("#board")
        return str(rows.key).partition(":")[0]

    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "B")
        seen = [at()]
        for _ in range(7):
            await keys(pilot, "s")
            seen.append(at())
        assert seen == ["nobody", "missed", "visit", "visit", "task", "due", "nobody", "missed"]


async def test_a_visit_is_planned_from_the_chart_within_twelve_keys(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=SAM)
        await settled(pilot)
        count = await keys(pilot, "b")
        count += await typed(pilot, "thu 14")
        count += await keys(pilot, "ctrl+s")
        assert count <= 12
        assert top(app) is ChartScreen
        [visit_] = [one.visit for person in laptop.board("2026-11-26").people for one in person.visits]
        assert (visit_.client, visit_.staff, visit_.minutes) == (SAM, DANA, 60)
        assert instant(visit_.start_ms) == "2026-11-26T22:00:00.000Z"


async def test_a_visit_goes_on_as_single_visits_that_stand_alone(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("visit", client=SAM)
        await settled(pilot)
        await typed(pilot, "mon 9:30")
        field_of(app, "further").land()
        await typed(pilot, "mon thu 2w")
        assert "3 more, the last Thu 3 Dec" in shown(app)
        await keys(pilot, "ctrl+s")
        assert "4 visits are planned." in shown(app)
    days = {day: laptop.board(day) for day in ("2026-11-23", "2026-11-26", "2026-11-30", "2026-12-03")}
    records = [one.visit.record for day in days.values() for person in day.people for one in person.visits]
    assert len(set(records)) == 4
    laptop.cancel_visit(records[1], "Thanksgiving")
    assert [sum(len(person.visits) for person in laptop.board(day).people) for day in days] == [1, 0, 1, 1]


async def test_words_of_repeating_stay_in_the_draft_and_follow_the_first_visit(desk_of: Make) -> None:
    desk = desk_of()
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("visit", client=SAM)
        await settled(pilot)
        await typed(pilot, "mon 9")
        field_of(app, "further").land()
        await typed(pilot, "3w")
        await keys(pilot, "escape")
        await keys(pilot, "ctrl+q")
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        [draft] = again.drafts()
        app.open("visit", draft=draft.id)
        await settled(pilot)
        assert field_of(app, "further").typed() == {"further": "3w"}
        assert "2 more, the last Mon 7 Dec" in shown(app)
        await keys(pilot, "ctrl+s")
        assert len(again.board("2026-12-07").people[0].visits) == 1


async def test_what_is_in_the_way_is_said_once_and_blocks_nothing(desk_of: Make) -> None:
    desk = desk_of(DANA)
    made = furnished(desk)
    in_hospital(desk, SAM, 101)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        assert [one.kind for one in laptop.clashes(ADA, "", {
            "start": instant(NOW + 3 * HOUR), "staff": NAIR, "minutes": 30, "modality": "in_person",
        })] == ["two", "client"]  # fmt: skip
        assert [one.sentence for one in laptop.clashes(SAM, "", {
            "start": instant(NOW + DAY), "staff": TOM, "second": DANA, "minutes": 60,
        })] == [
            "The client is away: Providence, voluntary (since Nov 19).",
            "You are with Okafor, Ada (she/her) then: tomorrow 11:00.",
            "Tom Berg is off tomorrow: Dana Reyes covers.",
        ]  # fmt: skip
        assert laptop.clashes(ADA, made["tomorrow"], {
            "start": instant(NOW + DAY), "staff": DANA, "minutes": 60, "second": NAIR,
        }) == ()  # fmt: skip
        app.open("visit", client=ADA)
        await settled(pilot)
        await typed(pilot, "mon 11")
        await keys(pilot, "ctrl+s")
        assert "Look before it is planned" in shown(app)
        await keys(pilot, "1")
        assert top(app) is VisitScreen
        await keys(pilot, "2")
        assert "An alert asks for two people" not in shown(app)
        await keys(pilot, "ctrl+s", "1")
        assert top(app) is not VisitScreen
        assert sum(len(person.visits) for person in laptop.board("2026-11-23").people) == 3


async def test_visits_are_moved_from_today_and_given_away(desk_of: Make) -> None:
    desk = desk_of(DANA)
    record = visit(desk, SAM, 2 * HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert "13:00" in shown(app)
        await keys(pilot, "w")
        field: Any = field_of(app, "start")
        field.restore({}, {"start": ""})
        await typed(pilot, "tue 10")
        await keys(pilot, "ctrl+s")
        assert laptop.record(record).values["start"] == "2026-11-24T18:00:00.000Z"
        assert laptop.today().visits == ()


async def test_a_missed_visit_stands_on_its_owners_day_until_it_is_dealt_with(desk_of: Make) -> None:
    """From the next morning on; the whole long weekend."""
    desk = desk_of(DANA)
    record = visit(desk, SAM, -DAY)
    visit(desk, MINH, -6 * DAY)
    visit(desk, ADA, -HOUR - 1_800_000)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert [one.record for one in laptop.today().missed] == [record]
        assert "Missed: log, move or cancel · 1" in shown(app)
        assert "Sat 11:00" in shown(app)
        await keys(pilot, "home", "w")
        assert top(app) is VisitScreen
        await keys(pilot, "escape", "c")
        assert top(app) is ContactScreen
        await keys(pilot, "escape", "home", "x", "5", "ctrl+s")
        assert laptop.today().missed == ()
        assert laptop.record(record).values["cancelled_why"] == "Not needed any more"


def test_the_board_marks_two_at_once_and_a_client_who_is_away(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    in_hospital(desk, LUCIA, 103)
    one = visit(desk, SAM, HOUR, staff=DANA)
    two = visit(desk, SAM, HOUR + 1_800_000, staff=TOM)
    gone = visit(desk, LUCIA, 4 * HOUR, staff=TOM)
    both = visit(desk, ADA, 4 * HOUR, staff=NAIR, second=TOM)
    alone = visit(desk, MINH, 6 * HOUR, staff=DANA)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    rows = {row.visit.record: row for person in laptop.board().people for row in person.visits}
    assert {record: rows[record].at_once for record in (one, two, gone, both, alone)} == {
        one: "Tom Berg", two: "Dana Reyes", gone: "Okafor, Ada (she/her)", both: "Morales, Lucía (she/her)", alone: "",
    }  # fmt: skip
    assert [record for record in rows if rows[record].away] == [gone]
