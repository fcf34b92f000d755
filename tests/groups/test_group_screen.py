"""The form of a group in the real App: begun from the last time, typed straight through, signed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldapp.laptop.laptop import Laptop
from fieldapp.records import group_rows
from fieldapp.records.envelope import instant
from fieldapp.records.kinds.group_session import minutes
from fieldapp.screens.group import GroupScreen
from fieldapp.screens.group_ask import GroupRisk
from fieldapp.screens.groups import GroupsScreen
from fieldapp.screens.measures import MeasuresScreen
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.reason_ask import Choose, Sure
from fieldapp.screens.sign import SignDialog
from fieldapp.screens.today import TodayScreen
from tests.forms.desk import (
    DANA,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PASSPHRASE,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.goals.made import treatment
from tests.groups.circle import MEMBERS, PEOPLE, PROCESS, SKILLS, SUMMARY, opened, row, rows, signed

Make = Callable[..., Desk]
WEEK = 7 * DAY
TODAY = "Named two feelings that came up on the bus and drew line {}; stayed to the end and laughed once."


async def words(pilot: Any, text: str) -> None:
    """Put words into what has the focus, as if they had been typed."""
    pilot.app.focused.insert(text)
    await settled(pilot)


def last_week(laptop: Laptop, people: int = 8, **more: Any) -> str:
    """Sign the session of a week ago, late and with its reason."""
    grid = rows(["present"] * people)
    when = {"start": instant(NOW - WEEK - 2 * HOUR), "stop": instant(NOW - WEEK - 70 * MINUTE)}
    return signed(laptop, grid, **when, late_reason="Written from the list of that day.", **more)


async def begun(pilot: Any) -> None:
    """Open the first group of today."""
    await unlocked(pilot)
    await keys(pilot, "G", "enter")
    assert top(pilot.app) is GroupScreen


def grid_of(app: Any) -> dict[str, Any]:
    found = app.screen.gather()["rows"]
    assert isinstance(found, dict)
    return found


def reached(desk: Desk) -> Laptop:
    """Return the laptop on which last week's session was signed; it is unlocked in the App."""
    return opened(desk)


async def test_a_session_begins_with_the_people_goals_and_next_module_of_the_last_time(
    circle_of: Make,
) -> None:
    laptop = reached(circle_of(8))
    last = last_week(laptop)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        values = app.screen.gather()  # type: ignore[attr-defined]
        assert [values["rows"][client]["name"] for client in MEMBERS[:8]] == [
            "Alvarez, Inés", "Brandt, Otto", "Chen, Winnie", *PEOPLE[3:8],
        ]  # fmt: skip
        assert all(found["goals"] == ["Use one skill a day"] for found in values["rows"].values())
        assert (values["module"], values["topic"]) == ("emotion", "Naming what is there")
        assert values["homework_before"] == "Practise the cold-water skill twice"
        assert values["follows"] == last
        assert (values["start"], minutes(values)) == (instant(NOW - 2 * HOUR), 50)
        # Nothing of what was said a week ago is carried on.
        assert "summary" not in values
        assert not any(
            name in found for found in values["rows"].values() for name in ("response", "attendance", "risk")
        )


async def test_a_grid_is_typed_straight_through_and_signed_once(circle_of: Make) -> None:
    laptop = reached(circle_of(5))
    last_week(laptop, 5)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, SUMMARY)
        await keys(pilot, "f6")
        # Present, full part, no risk, homework done, the goal of last time.
        await keys(pilot, "1", "3", "1", "1", "enter")
        await words(pilot, TODAY.format("1"))
        # Late with 35 minutes, some part, denied, homework partly.
        await keys(pilot, "enter", "2", "3", "5", "enter", "2", "2", "2", "enter")
        await words(pilot, TODAY.format("2"))
        await keys(pilot, "enter", "4")
        await keys(pilot, "5")
        await keys(pilot, "3", "2", "0", "enter", "1", "1", "4", "enter")
        await words(pilot, TODAY.format("5"))
        await keys(pilot, "enter")
        assert "That was the last one: ctrl+s checks everything and signs." in shown(app)
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        await keys(pilot, "pagedown", "pagedown")
        assert "Left early · 20 min · participation 1" in shown(app)
        await keys(pilot, "enter")
        record = laptop.groups().today[0].record
    assert record
    read = laptop.record(record)
    assert (read.values["attended"], read.values["expected"]) == (3, 5)
    found = [laptop.record(group_rows.contact_of(record, client)).values for client in MEMBERS[:5]]
    assert [one["attendance"] for one in found] == ["present", "late", "no_show", "excused", "left_early"]
    assert [one.get("participation_score") for one in found] == [3, 2, None, None, 1]
    assert [one.get("homework_done") for one in found] == ["done", "partly", None, None, "none"]
    assert [one.get("units_minutes") for one in found] == [50, 35, None, None, 20]
    assert [one.get("units") for one in found] == [3, 2, 0, 0, 1]
    assert all("HQ" in one["modifiers"] for one in found if one.get("units"))
    note = laptop.record(group_rows.note_of(record, MEMBERS[1])).values
    assert note["risk_block"] == {"answer": "asked_denied"}
    assert note["goals"] == ["Use one skill a day"]
    assert note["facilitators"] == ["Dana Reyes, LICSW"]


async def test_somebody_walks_in_by_name_and_somebody_is_taken_off_the_list(circle_of: Make) -> None:
    laptop = reached(circle_of(5))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await keys(pilot, "f6", "a")
        await typed(pilot, "eriks")
        await keys(pilot, "enter")
        assert list(grid_of(app)) == [*MEMBERS[:3], MEMBERS[4]]
        # The cursor stands on whoever came.
        await keys(pilot, "1")
        assert grid_of(app)[MEMBERS[4]]["attendance"] == "present"
        await keys(pilot, "delete")
        assert top(app) is Sure
        await keys(pilot, "n")
        assert MEMBERS[4] in grid_of(app)
        await keys(pilot, "delete", "y")
        assert MEMBERS[4] not in grid_of(app)
        # Of whom nothing was said, nobody asks.
        await keys(pilot, "delete")
        assert len(grid_of(app)) == 2


async def test_risk_asks_how_high_and_an_unanswered_question_is_open_again(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await keys(pilot, "f6", "1", "2", "3")
        assert top(app) is GroupRisk
        await keys(pilot, "escape")
        assert "risk" not in grid_of(app)[MEMBERS[0]]
        await keys(pilot, "3", "2")
        await words(pilot, "Spoke of not waking up.")
        await keys(pilot, "ctrl+s")
        found = grid_of(app)[MEMBERS[0]]
        assert (found["risk"], found["level"], found["detail"]) == (
            "present",
            "moderate",
            "Spoke of not waking up.",
        )
        # And on with the homework, where the question was left.
        await keys(pilot, "1")
        assert grid_of(app)[MEMBERS[0]]["homework_done"] == "done"


async def test_whoever_was_at_risk_is_offered_the_screen_right_after(circle_of: Make) -> None:
    laptop = reached(circle_of(2))
    last_week(laptop, 2)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, SUMMARY)
        await keys(pilot, "f6", "1", "2", "3", "2", "ctrl+s", "1", "enter")
        await words(pilot, TODAY.format("1"))
        await keys(pilot, "enter", "4", "ctrl+s", "enter")
        assert top(app) is Choose
        assert "Yes, with Alvarez, Inés" in shown(app)
        await keys(pilot, "1")
        assert top(app) is MeasuresScreen
        assert app.screen.client_at_hand == MEMBERS[0]  # type: ignore[attr-defined]


async def test_what_stands_against_a_line_is_marked_and_the_cursor_goes_there(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, SUMMARY)
        await keys(pilot, "f6", "1", "2", "1", "1", "enter", "enter", "4", "4", "ctrl+s")
        assert top(app) is GroupScreen
        assert "Alvarez, Inés: Response has fewer than 15 characters." in shown(app)
        assert "✗ Alvarez, Inés" in shown(app)
        # It can be mended at once.
        await words(pilot, TODAY.format("1"))
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog


async def test_a_name_in_the_summary_stops_the_signature_and_says_which(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, f"{SUMMARY} Winnie's picture moved the room.")
        await keys(pilot, "f6", "4", "4", "4", "ctrl+s")
        assert top(app) is GroupScreen
        assert "“Winnie” is the name of somebody in the group" in shown(app)


async def test_a_group_that_was_left_opens_again_where_the_cursor_was(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, "The group ")
        await keys(pilot, "f6", "1", "3", "1", "1", "enter")
        await typed(pilot, "took")
        await keys(pilot, "escape")
        assert [draft.kind for draft in laptop.drafts()] == ["group_session"]
        await keys(pilot, "enter")
        assert top(app) is GroupScreen
        await typed(pilot, " part")
        assert grid_of(app)[MEMBERS[0]]["response"] == "took part"
        assert app.screen.gather()["summary"] == "The group "  # type: ignore[attr-defined]


async def test_a_group_that_was_only_looked_at_leaves_no_draft(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await keys(pilot, "f6", "down", "escape")
        assert laptop.drafts() == ()


async def test_the_next_group_of_the_day_goes_on_with_whoever_was_there(circle_of: Make) -> None:
    laptop = reached(circle_of(4))
    last_week(laptop, 4)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, SUMMARY)
        await keys(pilot, "f6")
        for number, there in enumerate("1141"):
            await keys(pilot, *([there, "2", "1", "1", "enter"] if there == "1" else [there]))
            if there == "1":
                await words(pilot, TODAY.format(number))
                await keys(pilot, "enter")
        await keys(pilot, "ctrl+s", "enter")
        assert top(app) is Choose
        assert "Process group" in shown(app)
        assert "Go on with the same 3 people" in shown(app)
        await keys(pilot, "1")
        assert top(app) is GroupScreen
        values = app.screen.gather()  # type: ignore[attr-defined]
        assert values["group"] == PROCESS
        assert set(values["rows"]) == {MEMBERS[0], MEMBERS[1], MEMBERS[3]}
        assert values["start"] == instant(NOW - HOUR)


async def test_another_service_code_is_one_key_and_none_is_among_them(circle_of: Make) -> None:
    laptop = reached(circle_of(2))
    last_week(laptop, 2)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await keys(pilot, "f6", "1", "up")
        first = grid_of(app)[MEMBERS[0]]["code"]
        assert (first["service_code"], first["units"]) == ("H0004", 3)
        seen = set()
        for _ in range(12):
            await keys(pilot, "c")
            seen.add(grid_of(app)[MEMBERS[0]].get("code", {}).get("service_code", "none"))
        assert "none" in seen
        assert len(seen) > 1


async def test_today_lists_the_groups_of_the_day_and_opens_them(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    last_week(laptop, 3)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert top(app) is TodayScreen
        assert "Groups · 2" in shown(app)
        assert "Gentle yoga" not in shown(app)
        await keys(pilot, "home")
        while "group:" not in app.screen.query_one("RowList").key:  # type: ignore[attr-defined]
            await keys(pilot, "down")
        await keys(pilot, "enter")
        assert top(app) is GroupScreen


async def test_a_signed_session_is_read_with_whoever_was_there_by_their_own_records(circle_of: Make) -> None:
    laptop = reached(circle_of(3))
    signed(laptop, {MEMBERS[0]: row(0), MEMBERS[1]: row(1, "no_show")})
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "G", "enter")
        assert top(app) is ReadingScreen
        text = shown(app)
        assert SUMMARY[:40] in text
        assert "Alvarez, Inés" in text
        assert "no show" in text.lower()


async def test_a_group_that_is_on_no_list_is_begun_by_its_title(circle_of: Make) -> None:
    laptop = reached(circle_of(2))
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "G", "w")
        assert top(app) is GroupScreen
        await words_in_line(pilot, "Moving day circle")
        await keys(pilot, "f6", "a")
        await typed(pilot, "brandt")
        await keys(pilot, "enter")
        values = app.screen.gather()  # type: ignore[attr-defined]
        assert values["title"] == "Moving day circle"
        assert values["facilitators"] == [DANA]
        assert list(values["rows"]) == [MEMBERS[1]]
        await keys(pilot, "escape")
        assert top(app) is GroupsScreen
        assert "Moving day circle" in shown(app)


async def words_in_line(pilot: Any, text: str) -> None:
    pilot.app.focused.insert_text_at_cursor(text)
    await settled(pilot)


async def test_a_video_group_asks_where_each_person_was(circle_of: Make) -> None:
    laptop = reached(circle_of(2))
    last_week(laptop, 2)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await words(pilot, SUMMARY)
        field = app.screen.field_at("modality")  # type: ignore[attr-defined]
        field.land()
        await keys(pilot, "2", "f6", "1", "3", "1", "1", "enter")
        await words(pilot, TODAY.format(1))
        await keys(pilot, "enter", "4", "ctrl+s")
        assert top(app) is SignDialog
        assert "Alvarez, Inés: Say where the client was during the call." in shown(app)
        await keys(pilot, "escape", "f6", "f6", "up", "l")
        await words_in_line(pilot, "At home, alone")
        await keys(pilot, "enter")
        assert grid_of(app)[MEMBERS[0]]["location"] == "At home, alone"
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        assert "during the call" not in shown(app)


async def test_a_new_goal_is_written_and_homework_is_kept_from_one_person(circle_of: Make) -> None:
    laptop = reached(circle_of(2))
    last_week(laptop, 2)
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot)
        await keys(pilot, "f6", "1", "3", "1", "1", "w")
        await words_in_line(pilot, "Sleep before midnight")
        await keys(pilot, "enter", "h")
        found = grid_of(app)[MEMBERS[0]]
        assert found["goals"] == ["Use one skill a day", "Sleep before midnight"]
        assert found["homework_skipped"] is True
        # The new goal has a number of its own, which takes it back.
        await keys(pilot, "2")
        assert grid_of(app)[MEMBERS[0]]["goals"] == ["Use one skill a day"]


def test_the_goals_of_a_treatment_plan_are_offered_in_a_group_before_those_of_earlier_notes(
    circle_of: Make,
) -> None:
    desk = circle_of(2)
    treatment(desk, MEMBERS[0])
    desk.note(MEMBERS[0], author=DANA, ago=3 * DAY, goals=["Use one skill a day"])
    laptop = reached(desk)
    laptop.unlock(PASSPHRASE)
    people = {one.client: one for one in laptop.group_members(MEMBERS[:2], SKILLS, NOW)}
    assert people[MEMBERS[0]].goals == (
        "Sleep six hours", "Keep the flat", "Bake for the market again", "Use one skill a day",
    )  # fmt: skip
    assert people[MEMBERS[1]].goals == ()
