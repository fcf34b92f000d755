"""Asking a measure by keys alone, on a real laptop: budget, drafts, the screen that is due, reading and correcting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Static

from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.records.instruments.mood import PHQ9
from fieldapp.screens.base import AUTOSAVE_S
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.crisis import CrisisScreen
from fieldapp.screens.measure import MeasureScreen
from fieldapp.screens.measure_number import MeasureNumber
from fieldapp.screens.measure_risk import HighRisk
from fieldapp.screens.measures import MeasuresScreen
from fieldapp.screens.reason_ask import AskReason
from fieldapp.screens.sign import SignDialog
from tests.forms.desk import (
    ADA,
    DAY,
    HOUR,
    NOW,
    PROGRAM,
    TOM,
    Desk,
    keys,
    make_app,
    opened_at,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.measures.answers import reaching
from tests.measures.test_measure_effects import doc, risk, tasks

Make = Callable[..., Desk]
SIZE = (80, 24)


async def chart_of(pilot: Any, client: str = ADA) -> None:
    await opened_at(pilot, "chart", client=client)


async def opened(pilot: Any, instrument: str, client: str = ADA, **more: Any) -> None:
    """Open an instrument without the way there."""
    await opened_at(pilot, "measure", client=client, instrument=instrument, **more)


def asq(desk: Desk) -> Desk:
    """Switch the ASQ on, as a clinical lead does."""
    desk.add("program", PROGRAM, {"set": {"settings": {"asq_adults": 1}}})
    return desk


async def test_flow_a9_a_phq9_read_aloud_takes_twelve_keys_from_the_chart(desk_of: Make) -> None:
    """Budget A9, with item 10; the signature is proved apart, as in every flow."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await chart_of(pilot)
        count = await keys(pilot, "m", "enter")
        assert top(app) is MeasureScreen
        count += await keys(pilot, *"112110210", "1")
        assert count <= 12
        assert top(app) is SignDialog
        await keys(pilot, "enter")
        assert top(app) is MeasuresScreen
        line = laptop.measures(ADA).lines[0]
        assert (line.total, line.result) == (9, "9 · Mild")
        assert "PHQ-9 signed: 9 · Mild" in shown(app)
        assert laptop.drafts() == ()
        assert risk(laptop, ADA) == "none"
        doc_ = laptop.record(line.record).values
        assert doc_["items"]["difficulty"] == 1
        assert doc_["mode"] == "read_aloud"
        assert doc_["licence"].startswith("Copyright © Pfizer Inc.")


async def test_the_licence_line_stands_under_every_question(desk_of: Make) -> None:
    app = make_app(desk_of().opened())
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        for answer in "111111110":
            words = " ".join(shown(app).split())
            assert "Copyright © Pfizer Inc. All rights reserved." in words
            assert "No permission required to reproduce, translate, display or distribute." in words
            await keys(pilot, answer)


async def test_check_12_the_suicide_screen_comes_at_once_and_cannot_be_passed(desk_of: Make) -> None:
    laptop = asq(desk_of()).opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        await keys(pilot, *"200000001", "0", "enter")
        assert top(app) is MeasureScreen
        assert "ASQ" in shown(app)
        assert risk(laptop, ADA) == "screen_needed"
        await keys(pilot, "escape")
        assert top(app) is AskReason
        await keys(pilot, "escape")
        assert top(app) is MeasureScreen
        assert "ASQ" in shown(app)
        await keys(pilot, "f9")
        assert top(app) is MeasureScreen
        await keys(pilot, *"nnnn", "enter")
        assert risk(laptop, ADA) == "none"
        assert tasks(laptop, ADA)["suicide_screen"]["done"] is True
        done = {line.instrument: line for line in laptop.measures(ADA).lines}
        assert laptop.record(done["asq"].record).values["asked_for_by"] == done["phq9"].entry
        assert "ASQ" not in shown(app)


async def test_check_12_it_ends_by_a_reason_that_is_signed(desk_of: Make) -> None:
    laptop = asq(desk_of()).opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        await keys(pilot, *"000000002", "0", "enter", "escape", "1", "ctrl+s")
        assert top(app) is SignDialog
        await keys(pilot, "escape")
        assert top(app) is MeasureScreen
        assert risk(laptop, ADA) == "screen_needed"
        await keys(pilot, "escape", "1", "ctrl+s", "enter")
        assert top(app) is not MeasureScreen
        assert risk(laptop, ADA) == "none"
        assert not tasks(laptop, ADA)["suicide_screen"].get("done")
        line = next(line for line in laptop.measures(ADA).lines if line.instrument == "asq")
        assert line.result == "Not done: The client does not want to"


async def test_the_enter_that_signs_presses_nothing_on_the_next_screen(
    desk_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow laptop it would close the dialog on high risk before anybody has read it."""
    laptop = desk_of().opened()
    app = make_app(laptop)
    reached: list[str] = []
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "asked")
        await keys(pilot, "3")
        assert top(app) is SignDialog
        look_up = app._check_bindings

        async def noted(key: str, priority: bool = False) -> bool:
            reached.extend([] if priority else [key])
            return await look_up(key, priority)

        monkeypatch.setattr(app, "_check_bindings", noted)
        await keys(pilot, "enter")
        assert reached == []
        assert top(app) is HighRisk


async def test_check_12_leaving_a_phq9_with_item_nine_unsigned_asks_for_the_screen_too(
    desk_of: Make,
) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        await keys(pilot, *"000000003", "escape")
        assert "Ask directly about thoughts of suicide" in shown(app)
        await keys(pilot, "3", "enter")
        assert top(app) is HighRisk
        assert "425-555-0199" in shown(app)
        await keys(pilot, "enter")
        assert risk(laptop, ADA) == "high"
        assert [draft.values["instrument"] for draft in laptop.drafts()] == ["phq9"]


async def test_high_risk_leads_to_the_crisis_record_by_one_key(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        await keys(pilot, *"0000000030")
        assert top(app) is SignDialog
        await keys(pilot, "enter")
        assert "Ask directly about thoughts of suicide" in shown(app)
        await keys(pilot, "3", "enter", "w")
        assert top(app) is CrisisScreen
        assert app.screen.client_at_hand == ADA  # type: ignore[attr-defined]
        assert not any(isinstance(screen, MeasureScreen) for screen in app.screen_stack)


async def test_a_screen_that_was_interrupted_is_still_due_when_its_draft_is_opened(desk_of: Make) -> None:
    laptop = asq(desk_of()).opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq9")
        await keys(pilot, *"000000001", "0", "enter", "n")
        await pilot.pause(AUTOSAVE_S)
        await settled(pilot)
        draft = laptop.drafts()[0]
        assert draft.values["items"] == {"q1": 0}
    again = make_app(laptop)
    async with again.run_test(size=SIZE) as pilot:
        await unlocked(pilot)
        again.open("measure", client=ADA, draft=draft.id)
        await settled(pilot)
        assert "2 of 4" in shown(again)
        await keys(pilot, "escape")
        assert top(again) is AskReason


async def test_every_answer_is_in_the_draft_and_a_half_done_measure_goes_on_where_it_was(
    desk_of: Make,
) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await chart_of(pilot)
        await keys(pilot, "m", "down", "enter", "1", "2")
        await pilot.pause(AUTOSAVE_S)
        await settled(pilot)
        assert laptop.drafts()[0].values["items"] == {"q1": 1, "q2": 2}
        await keys(pilot, "3", "escape")
        assert "begun, 3 answered" in shown(app)
        await keys(pilot, "enter")
        assert "4 of 7" in shown(app)
        await keys(pilot, *"0000", "enter")
        assert laptop.measures(ADA).lines[0].total == 6


async def test_backspace_goes_back_and_another_answer_replaces_the_first(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq2")
        await keys(pilot, "3", "backspace")
        assert "1 of 2" in shown(app)
        assert "✓" in shown(app)
        await keys(pilot, "enter")
        assert "2 of 2" in shown(app)
        await keys(pilot, "enter")
        assert "2 of 2" in shown(app)
        assert "Answer with a digit" in shown(app)
        await keys(pilot, "9")
        assert "none of these answers" in shown(app)
        await keys(pilot, "backspace", "0", "1", "enter")
        assert laptop.measures(ADA).lines[0].total == 1


async def test_who_would_rather_not_answer_is_taken_at_their_word(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq2")
        await keys(pilot, "3", "x", "enter")
        line = laptop.measures(ADA).lines[0]
        assert (line.total, line.result) == (None, "no total: 1 without an answer")
        assert laptop.record(line.record).values["declined"] == ["q2"]


async def test_a_ten_needs_two_keys_and_enter(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "mood")
        await keys(pilot, "1")
        assert top(app) is MeasureScreen
        await keys(pilot, "0", "enter", "enter")
        assert laptop.measures(ADA).lines[0].total == 10


async def test_a_goal_is_named_rated_and_offered_again(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await chart_of(pilot)
        await keys(pilot, "m", *["down"] * 7, "enter")
        assert top(app) is AskReason
        await typed(pilot, "Sleep six hours")
        await keys(pilot, "ctrl+s", "4", "enter")
        line = laptop.measures(ADA).lines[0]
        assert (line.name, line.total) == ("Own goal: Sleep six hours", 1)
        await keys(pilot, "enter")
        assert "1  Sleep six hours" in " ".join(shown(app).split(" ")) or "Sleep six hours" in shown(app)


async def test_a_number_from_another_form_is_kept_with_its_date(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened_at(pilot, "measure_number", client=ADA, instrument="dla20")
        assert top(app) is MeasureNumber
        await typed(pilot, "4.35")
        await keys(pilot, "ctrl+s", "enter")
        line = laptop.measures(ADA).lines[0]
        assert (line.number, line.result, line.at_ms) == ("4.35", "4.35", NOW)


async def test_turned_to_the_client_the_screen_names_nobody(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq2")
        assert "Okafor" in shown(app)
        await keys(pilot, "ctrl+t")
        assert "Okafor" not in shown(app)
        await keys(pilot, "0", "0", "enter")
        assert laptop.record(laptop.measures(ADA).lines[0].record).values["mode"] == "self_screen_turn"


async def test_its_author_corrects_a_measure_and_nobody_else_may(desk_of: Make) -> None:
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "phq2")
        await keys(pilot, "3", "3", "enter")
        line = laptop.measures(ADA).lines[0]
        app.open("record", record=line.record)
        await settled(pilot)
        assert "PHQ-2" in shown(app)
        assert "Nearly every day" in shown(app)
        await keys(pilot, "e", "backspace", "backspace", "0")
        await keys(pilot, "enter")
        assert top(app) is SignDialog
        await typed(pilot, "misheard")
        await keys(pilot, "enter")
        assert laptop.measures(ADA).lines[0].total == 3


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_course_says_first_last_best_and_what_the_change_means(
    desk_of: Make, size: tuple[int, int]
) -> None:
    desk = desk_of()
    for number, total in enumerate((19, 16, 17, 12, 11, 9)):
        add_phq9(desk, total, (80 - 14 * number) * DAY)
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await chart_of(pilot)
        await keys(pilot, "m")
        words = shown(app)
        assert "First 19 · last 9 · best 9 · 6×" in words
        assert "10 points better than the first time: a meaningful change (5 or" in words
        assert "Down by 50 % or more since the first time: a response." in words
        for mark in ("●19", "●12", "●9", "Moderately severe", "Minimal"):
            assert mark in words
        assert all(len(line) <= size[0] for line in words.splitlines())


def add_phq9(desk: Desk, total: int, ago: int, client: str = ADA) -> None:
    """Store a signed PHQ-9 of long ago."""

    answers = reaching(PHQ9, total)
    values = doc("phq9", answers, at=instant(NOW - ago))

    desk.add("measure", uuid7(NOW - ago, total.to_bytes(10, "big")), {"doc": values}, client=client,
             author=TOM, meaning="sign", at_ms=NOW - ago)  # fmt: skip


async def test_hostile_words_of_a_goal_are_shown_and_command_nothing(desk_of: Make) -> None:
    desk = desk_of()
    hostile = "[@click=app.quit]x[/] \x1b]0;owned\x07 [bold"

    values = doc(
        "goal", {"q1": 1}, title=hostile.replace("\x1b", "").replace("\x07", ""), at=instant(NOW - HOUR)
    )
    desk.add("measure", uuid7(NOW - HOUR), {"doc": values}, client=ADA, author=TOM, meaning="sign")
    app = make_app(desk.opened())
    async with app.run_test(size=SIZE) as pilot:
        await chart_of(pilot)
        await keys(pilot, "m", *["down"] * 7)
        assert top(app) is MeasuresScreen
        assert "[@click=app.quit]x[/]" in shown(app)
        await keys(pilot, "o")
        assert "[@click=app.quit]x[/]" in shown(app)
        assert not isinstance(app.screen, ChartScreen)
        assert app.screen.query(Static)
