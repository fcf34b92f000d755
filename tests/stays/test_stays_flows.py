"""Stays on a real laptop: written down in a few keys, on hold everywhere, followed up, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.screens.stay import StayScreen
from fieldapp.screens.stay_offer import of_contact, of_crisis
from fieldapp.screens.stays import StaysScreen
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    MINH,
    NAIR,
    NOW,
    PASSPHRASE,
    SAM,
    TOM,
    TZ,
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
from tests.stays.made import day, episode, stay, visit

Make = Callable[..., Desk]


def unlock(desk: Desk) -> Laptop:
    """Return the open laptop of a desk."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def wrote(laptop: Laptop, client: str, record: str | None = None, **values: Any) -> str:
    """Write a stay, or a change of one, as its form does."""
    draft = laptop.start("stay", client, record, {"tz": TZ, **values} if record is None else values)
    laptop.submit(draft.id)
    return draft.record


def logged(laptop: Laptop, client: str, ago: int, outcome: str = "completed") -> str:
    """Log a contact of half an hour."""
    stop = NOW - ago + (HOUR // 2 if outcome == "completed" else 0)
    values = {"start": instant(NOW - ago), "stop": instant(stop), "outcome": outcome, "contact_type": "case_management",
              "modality": "in_person", "setting": "home"}  # fmt: skip
    draft = laptop.start("contact", client, None, values)
    laptop.submit(draft.id, overrides={p.field: "asked and answered" for p in laptop.problems(draft.id)})
    return draft.record


def due(laptop: Laptop, kind: str) -> list[str]:
    return [line.what for line in laptop.today().due if line.kind == kind]


def open_follow_ups(laptop: Laptop, client: str = ADA) -> list[str]:
    return [task.title for task in laptop.tasks(client) if task.what == "hospital_follow_up"]


async def test_a_stay_is_written_down_in_ten_keys_from_the_chart(desk_of: Make) -> None:
    laptop = desk_of(TOM).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        pressed = await keys(pilot, "H")
        assert top(app) is StaysScreen
        pressed += await keys(pilot, "a", "1")
        pressed += await typed(pilot, "PEH")
        pressed += await keys(pilot, "ctrl+s")
        assert pressed <= 10
        assert top(app) is StaysScreen
        assert "hospital since Nov 22" in shown(app)
        assert "on hold" in shown(app)
        (one,) = laptop.stays(ADA).stays
        assert (one.stay.what, one.stay.place, one.stay.since) == ("inpatient", "PEH", "2026-11-22")
        assert laptop.client_line(ADA).status == "on_hold"
        # Its end: one key, a digit, save.
        await keys(pilot, "x", "1", "ctrl+s")
        assert top(app) is StaysScreen
        (one,) = laptop.stays(ADA).stays
        assert (one.stay.until, one.stay.went_to) == ("2026-11-22", "home")
        assert laptop.client_line(ADA).status == "active"
        assert open_follow_ups(laptop) == [
            "Left on Nov 22: see the client within 7 days",
            "Left on Nov 22: see the client within 30 days",
        ]


async def test_a_contact_that_found_the_client_away_offers_the_stay_with_what_it_knows(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=SAM)
        await settled(pilot)
        await keys(pilot, "e")
        assert field_of(app, "outcome").values() == {"outcome": "incarcerated"}
        await keys(pilot, "ctrl+s", "3", "ctrl+s")
        assert top(app) is not ContactScreen
        assert "Write down where they are" in shown(app)
        await keys(pilot, "1")
        assert top(app) is StayScreen
        assert field_of(app, "what").values() == {"what": "jail"}
        assert field_of(app, "since").values() == {"since": "2026-11-22"}
        await keys(pilot, "ctrl+s")
        assert laptop.client_line(SAM).away == "jail today"
        (one,) = laptop.stays(SAM).stays
        assert one.values["contact"]


def test_today_asks_whether_somebody_saw_them_and_the_task_is_not_said_twice(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=30 * DAY)
    first = stay(desk, 1, what="inpatient", place="Providence", since=day(12))
    desk.add(
        "stay",
        first.envelope.id,
        {"set": {"until": day(3), "went_to": "home"}},
        client=ADA,
        prev=(first.hash,),
        at_ms=NOW - 2 * DAY,
    )
    laptop = unlock(desk)
    assert due(laptop, "back") == ["Back from hospital 3 d ago: seen? by Nov 26"]
    wrote(laptop, ADA, first.envelope.id, remark="Told by the ward")
    assert len(open_follow_ups(laptop)) == 2
    assert [what for what in due(laptop, "task") if "Left on" in what] == []
    logged(laptop, ADA, 2 * HOUR, "attempt_no_answer")
    assert due(laptop, "back") == ["Back from hospital 3 d ago: seen? by Nov 26"]
    logged(laptop, ADA, HOUR)
    assert due(laptop, "back") == []
    assert open_follow_ups(laptop) == []
    (read,) = laptop.stays(ADA).stays
    assert [(one.standing, one.seen) for one in read.follow_ups] == [("seen", day(0)), ("seen", day(0))]


def test_a_task_that_another_laptop_answered_without_knowing_it_is_over_all_the_same(desk_of: Make) -> None:
    desk = desk_of()
    stay(desk, 1, what="ed", place="Providence", since=day(4), until=day(4), went_to="home")
    title = "Left on Nov 18: see the client within 7 days"
    task = one_per(ADA, f"task hospital_follow_up {day(4)} 7")
    values = {
        "what": "hospital_follow_up",
        "title": title,
        "due": instant(NOW + 3 * DAY),
        "source_kind": "stay",
    }
    desk.add("task", task, {"set": values}, client=ADA)
    desk.contact(ADA, author=TOM, ago=DAY)
    laptop = unlock(desk)
    assert open_follow_ups(laptop) == []
    assert due(laptop, "back") == []


def test_on_hold_is_said_everywhere_and_what_the_episode_says_by_hand_stays(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=30 * DAY)
    desk.contact(SAM, ago=30 * DAY)
    stay(desk, 1, what="jail", since=day(9))
    episode(desk, SAM, status="on_hold", status_reason="Away with family")
    laptop = unlock(desk)
    for client in (ADA, SAM):
        line = laptop.client_line(client)
        assert (line.status, line.no_contact_days, line.overdue) == ("on_hold", None, False)
    assert laptop.client_line(ADA).away == "jail 9 d"
    assert laptop.client_line(SAM).away == ""
    late = {line.client for line in laptop.today().due if line.kind == "no_contact"}
    assert not late & {ADA, SAM}
    sheet = laptop.face_sheet(ADA)
    (told,) = next(part.lines for part in sheet.sections if part.kind == "episode")
    assert told.title == "On hold"
    assert "jail" in told.words
    assert ("Status", "On hold") in laptop.chart(ADA).episode


def test_an_ed_visit_changes_nothing_but_asks_how_it_ended(desk_of: Make) -> None:
    desk = desk_of()
    desk.contact(ADA, ago=2 * DAY)
    stay(desk, 1, what="ed", place="Providence", since=day(2))
    laptop = unlock(desk)
    line = laptop.client_line(ADA)
    assert (line.status, line.no_contact_days, line.away) == ("active", 2, "ED 2 d")
    assert due(laptop, "stay") == ["ED visit of Nov 20: how did it end?"]


def test_a_planned_discharge_that_has_come_is_asked_about(desk_of: Make) -> None:
    desk = desk_of()
    stay(desk, 1, what="inpatient", since=day(9), planned_discharge=day(1))
    laptop = unlock(desk)
    (asked,) = [line for line in laptop.today().due if line.kind == "stay"]
    assert "out as planned on Nov 21?" in asked.what
    assert asked.late


def test_visits_that_are_planned_while_they_are_away_are_pointed_out_to_everybody(desk_of: Make) -> None:
    desk = desk_of(TOM)
    stay(desk, 1, what="inpatient", since=day(3), planned_discharge=day(-2))
    visit(desk, 1, 3 * HOUR, staff=TOM)
    visit(desk, 2, DAY, staff=DANA)
    visit(desk, 3, 5 * DAY, staff=DANA)
    laptop = unlock(desk)
    assert [one.away for one in laptop.today().visits] == ["hospital 3 d"]
    assert [one.note for one in laptop.stays(ADA).visits] == ["Tom Berg", "Dana Reyes"]


def test_the_safety_plan_is_looked_at_again_after_a_hospital_and_a_new_version_answers_that(
    desk_of: Make,
) -> None:
    desk = desk_of()
    old = desk.plan(ago=9 * DAY)
    stay(desk, 1, what="inpatient", since=day(8), until=day(2), until_time="10:00", went_to="home")
    laptop = unlock(desk)
    assert laptop.client_line(ADA).plan == "now"
    assert "hospital" in laptop.client_line(ADA).plan_why.lower()
    laptop.close()
    again = desk_of()
    first = again.plan(ago=9 * DAY)
    stay(again, 1, what="inpatient", since=day(8), until=day(2), until_time="10:00", went_to="home")
    again.plan(ago=DAY, prev=(first.hash,))
    assert unlock(again).client_line(ADA).plan == "active"
    assert old.envelope.kind == "safety_plan"


def test_a_wrong_end_calls_its_follow_ups_off_and_an_error_does_too(desk_of: Make) -> None:
    laptop = unlock(desk_of())
    record = wrote(laptop, ADA, what="inpatient", since=day(9))
    wrote(laptop, ADA, record, until=day(3))
    assert [task[:14] for task in open_follow_ups(laptop)] == ["Left on Nov 19"] * 2
    wrote(laptop, ADA, record, until=day(1))
    assert [task[:14] for task in open_follow_ups(laptop)] == ["Left on Nov 21"] * 2
    wrote(laptop, ADA, record, until=None)
    assert open_follow_ups(laptop) == []
    assert laptop.client_line(ADA).status == "on_hold"
    wrote(laptop, ADA, record, until=day(0))
    assert len(open_follow_ups(laptop)) == 2
    entry = laptop.record(record).versions[0].entry
    laptop.mark_error(entry, "Another client")
    assert open_follow_ups(laptop) == []
    assert laptop.stays(ADA).stays == ()


def test_one_stay_in_two_records_counts_once_and_is_asked_about(desk_of: Make) -> None:
    desk = desk_of()
    stay(desk, 1, what="inpatient", place="Providence", since=day(9), until=day(3))
    stay(desk, 2, what="inpatient", place="Prov. Everett", since=day(9), until=day(3), author=TOM)
    stay(desk, 3, what="ed", since=day(200), until=day(200))
    episode(desk, hospitalisations_prior_12m=4, ed_visits_prior_12m=6)
    laptop = unlock(desk)
    read = laptop.stays(ADA)
    assert [one.twice for one in read.stays] == [True, True, False]
    year = read.year
    assert (year.hospital_days, year.hospital_stays, year.ed_visits, year.crises) == (6, 1, 1, 0)
    assert (read.before.hospital_stays, read.before.ed_visits, read.before.crises) == (4, 6, None)


def test_the_hospital_and_jail_list_of_a_team_names_who_is_away_the_longest_first(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    stay(
        desk,
        1,
        ADA,
        what="inpatient",
        place="Providence",
        since=day(9),
        planned_discharge=day(-2),
        legal="involuntary",
    )
    stay(desk, 2, SAM, what="jail", place="Snohomish County", since=day(20))
    stay(desk, 3, client=MINH, what="ed", since=day(0))
    laptop = unlock(desk)
    lines = laptop.away()
    assert [(one.client, one.what, one.days, one.worker) for one in lines] == [
        (SAM, "jail", 20, "Dana Reyes"), (ADA, "inpatient", 9, "Dana Reyes"), (MINH, "ed", 0, "Dana Reyes"),
    ]  # fmt: skip
    assert [one.is_away for one in lines] == [True, True, False]
    assert (lines[1].planned_discharge, lines[1].legal) == (day(-2), "involuntary")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"since": day(1)}, "Choose where"),
        ({"what": "jail"}, "Give the day"),
        ({"what": "jail", "since": day(-1)}, "still to come"),
        ({"what": "jail", "since": day(3), "until": day(4)}, "ends before it begins"),
        (
            {
                "what": "ed",
                "since": day(3),
                "since_time": "14:00",
                "until": day(3),
                "until_time": "9:00".rjust(5, "0"),
            },
            "ends before",
        ),
        ({"what": "jail", "since": day(3), "until": day(-1)}, "Planned discharge"),
        ({"what": "jail", "since": day(3), "planned_discharge": day(4)}, "before the first day"),
        ({"what": "jail", "since": day(3), "went_to": "home"}, "which day they left"),
    ],
)
def test_a_stay_that_cannot_be_is_refused_with_what_to_do(
    desk_of: Make, values: dict[str, Any], sentence: str
) -> None:
    laptop = unlock(desk_of())
    draft = laptop.start("stay", ADA, None, {"tz": TZ, **values})
    problems = laptop.problems(draft.id)
    assert any(sentence in problem.sentence and problem.stops for problem in problems)
    assert laptop.draft(draft.id).values == {"tz": TZ, **values}


async def test_a_crisis_that_ended_in_hospital_offers_the_stay(desk_of: Make) -> None:
    laptop = desk_of().opened()
    laptop.unlock(PASSPHRASE)
    values = {
        "caller": "client", "channel": "phone", "initial_contact_at": instant(NOW - HOUR), "ended_at": instant(NOW - HOUR // 2),
        "tz": TZ, "risk": {"level": "high", "basis": "Will not say that she stays alive"},
        "interventions": ["de_escalation"], "dispositions": ["ED_voluntary", "DCR_detained"],
    }  # fmt: skip
    draft = laptop.start("crisis", ADA, None, values)
    laptop.lock()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("crisis", draft=draft.id)
        await settled(pilot)
        await keys(pilot, "ctrl+s")
        for _ in range(6):
            if top(app) is not SignDialog:
                break
            await typed(pilot, "known")
            await keys(pilot, "enter")
        assert "Write down where they are" in shown(app)
        await keys(pilot, "1")
        assert top(app) is StayScreen
        assert field_of(app, "what").values() == {"what": "inpatient"}
        assert field_of(app, "legal").values() == {"legal": "involuntary"}
        await keys(pilot, "ctrl+s")
        assert laptop.client_line(ADA).status == "on_hold"


def test_what_a_contact_or_crisis_says_of_a_stay_and_what_says_nothing() -> None:
    assert of_contact("r", {"outcome": "completed"}, TZ) is None
    assert of_contact("r", {"outcome": "hospitalised", "start": "no time", "remark": "4 West"}, TZ) == {
        "why": "4 West",
        "contact": "r",
    }
    assert of_crisis({"dispositions": ["resolved_in_place"]}, TZ) is None
    assert of_crisis({"dispositions": ["arrest"], "initial_contact_at": instant(NOW)}, TZ) == {
        "what": "jail", "since": day(0), "learned": "crisis_system",
    }  # fmt: skip


async def test_text_that_would_command_the_terminal_is_shown_as_it_is(desk_of: Make) -> None:
    desk = desk_of()
    hostile = "[/b] [@click=app.quit]x[/] \x1b[31m 東京"
    stay(
        desk,
        1,
        what="inpatient",
        place=hostile,
        why=hostile,
        contact_name=hostile,
        remark=hostile,
        since=day(9),
    )
    desk.add("related_person", ident(540), {"set": {"name": hostile, "involvement_ok": True}}, client=ADA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(100, 40)) as pilot:
        await unlocked(pilot)
        for route in ("stays", "chart", "discharge"):
            app.open(route, client=ADA)
            await settled(pilot)
            if route == "discharge":
                await keys(pilot, "pagedown", "pagedown", "pagedown")
            assert "[@click=app.quit]x" in shown(app), route
            assert "\x1b" not in shown(app)
        assert app.is_running


async def test_the_crisis_card_says_that_nobody_is_at_home(desk_of: Make) -> None:
    desk = desk_of()
    stay(desk, 1, what="jail", place="County jail", since=day(9))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("card", client=ADA)
        await settled(pilot)
        assert "⌂ jail 9 d" in shown(app)
    paper = laptop.print_sheet(Wanted("crisis_card", ADA))
    assert "Away: jail 9 d" in text.make(paper.sheet)
