"""The treatment plan on a real laptop: written, reviewed, worked on in contacts and notes, settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from textual.widgets import Input

from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.screens.differences import difference
from fieldapp.screens.goals import GoalsScreen
from fieldapp.screens.goals_edit import GoalsEdit
from fieldapp.screens.goals_rules import complete, first_values, slots
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    NAIR,
    PASSPHRASE,
    SAM,
    TOM,
    Desk,
    form,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.goals.made import FLAT, PLAN, SLEEP, expect_plans, treatment

Make = Callable[..., Desk]
TZ = "America/Los_Angeles"


def unlock(desk: Desk) -> Laptop:
    """Return the open laptop of a desk."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


async def words(pilot: Any, text: str) -> None:
    """Put words into the line at hand."""
    focused = pilot.app.focused
    assert isinstance(focused, Input)
    focused.value = text
    await settled(pilot)


async def test_a_first_plan_is_written_by_keys_and_refusals_have_their_reason(desk_of: Make) -> None:
    laptop = desk_of().opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("goals", client=SAM)
        await settled(pilot)
        assert "There is no treatment plan yet." in shown(app)
        await keys(pilot, "w")
        assert top(app) is GoalsEdit
        await words(pilot, "Sleeps in the car")
        await keys(pilot, "tab", "1", "pagedown")
        assert "Goal 1" in shown(app)
        # A way to begin is taken by its digit and stands in the client's line, to be said anew.
        await keys(pilot, "3", "1", "enter", "1")
        field = form(app).field_at(f"goals.{form(app)._order[0]}.words")  # type: ignore[attr-defined]
        assert field is not None
        assert "keep my place" in str(field.values())
        await keys(pilot, "ctrl+s")
        assert top(app) is GoalsEdit
        assert "agrees to the plan" in shown(app)
        await keys(pilot, "3")
        await keys(pilot, "ctrl+s")
        assert "client's words why not" in shown(app)
        await typed(pilot, "Not now")
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        await typed(pilot, "later")
        await keys(pilot, "enter")
        await typed(pilot, "later")
        await keys(pilot, "enter")
        await keys(pilot, "enter")
        await settled(pilot)
        assert top(app) is GoalsScreen
        version = laptop.goals(SAM).plan.active[0]
        assert version.doc["participation"] == "refused"
        assert version.doc["participation_reason"] == "Not now"
        assert version.doc["needs"] == [{"text": "Sleeps in the car", "source": "client"}]
        ((_, goal),) = version.doc["goals"].items()
        assert goal == {
            "words": "I want to keep my place and pay the rent on time", "domain": "independence", "place": 1,
            "need": "Sleeps in the car",
        }  # fmt: skip
        assert version.doc["review_due"] == "2027-02-20"
        assert version.status == "final"


async def test_a_goal_worded_anew_keeps_its_id_and_its_thread(desk_of: Make) -> None:
    desk = desk_of()
    treatment(desk)
    desk.note(
        author=DANA,
        ago=40 * DAY,
        goals=["Sleep six hours"],
        progress=[{"goal": "Sleep six hours", "step": 1}],
    )
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("goals", client=ADA)
        await settled(pilot)
        await keys(pilot, "w", "pagedown", "tab")
        await words(pilot, "Sleep through the night")
        await keys(pilot, "pagedown", "pagedown", "pagedown", "pagedown")
        assert "What we agree" in shown(app)
        await keys(pilot, "tab", "tab", "1", "1", *["t", "o", "d", "a", "y"], "enter", "1")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        read = laptop.goals(ADA)
        assert [version.number for version in read.plan.versions] == [2, 1]
        assert read.plan.active[0].doc["goals"][SLEEP]["words"] == "Sleep through the night"
        assert read.threads[SLEEP].notes == 1
        assert read.threads[SLEEP].quiet_days == 40
        assert read.threads[SLEEP].steps[-1][1] == 1
        assert "no note for 40 days" in shown(app)
        await keys(pilot, "d")
        assert "- Sleep six hours" in shown(app)
        assert "+ Sleep through the night" in shown(app)
        assert "  Because: Two hours of sleep most nights" in shown(app)


def test_a_note_and_a_contact_freeze_the_goal_that_their_words_mean(desk_of: Make) -> None:
    desk = desk_of()
    treatment(desk)
    contact = desk.contact(ago=DAY)
    laptop = unlock(desk)
    assert laptop.contact_start(ADA).goals[:3] == (
        "Sleep six hours",
        "Keep the flat",
        "Bake for the market again",
    )
    laptop.reauthenticate(PASSPHRASE)
    values = {
        "format": "DAP", "contact": contact, "tz": TZ, "service_start": "2026-11-21T19:00:00.000Z",
        "service_stop": "2026-11-21T20:00:00.000Z", "risk_block": {"answer": "none_observed"},
        "sections": {name: f"A text of {name} that is long enough to be signed" for name in ("data", "assessment", "plan")},
        "goals": ["Keep the flat", "Win at cards"], "progress": [{"goal": "Keep the flat", "step": 2}],
    }  # fmt: skip
    draft = laptop.start("note", ADA, None, values)
    laptop.submit(draft.id)
    note = laptop.record(draft.record).values
    assert note["goals"] == ["Keep the flat", "Win at cards"]
    assert note["plan_goals"] == {FLAT: "Keep the flat"}
    logged = laptop.start("contact", ADA, None, {
        "start": "2026-11-22T16:00:00.000Z", "stop": "2026-11-22T16:30:00.000Z", "tz": TZ, "modality": "in_person",
        "setting": "home", "contact_type": "individual_counseling", "outcome": "completed", "goals": ["Sleep six hours"],
    })  # fmt: skip
    problems = laptop.problems(logged.id)
    laptop.submit(logged.id, overrides={one.field: "so it was" for one in problems})
    assert laptop.record(logged.record).values["plan_goals"] == {SLEEP: "Sleep six hours"}
    read = laptop.goals(ADA)
    assert (read.threads[FLAT].notes, read.threads[FLAT].steps[-1][1]) == (1, 2)
    assert (read.threads[SLEEP].notes, read.threads[SLEEP].contacts) == (0, 1)


def test_without_a_plan_notes_keep_their_plain_words(desk_of: Make) -> None:
    desk = desk_of()
    desk.note(author=DANA, ago=DAY)
    laptop = unlock(desk)
    assert laptop.contact_start(ADA).goals == ("Sleep six hours", "Keep the flat")
    assert laptop.goals_offered(ADA, ["Sleep six hours"], ["Ride the bus"]) == (
        "Ride the bus",
        "Sleep six hours",
    )
    read = laptop.goals(ADA)
    assert [note.said for note in read.loose] == ["Sleep six hours; Keep the flat"]


def test_a_review_is_an_entry_of_the_log_and_moves_the_day(desk_of: Make) -> None:
    desk = desk_of()
    version = treatment(desk, review_due="2026-11-20")
    laptop = unlock(desk)
    line = laptop.client_line(ADA)
    assert line.goals == "overdue"
    assert any(due.what == "Treatment plan: look at it again" and due.late for due in laptop.today().due)
    laptop.reauthenticate(PASSPHRASE)
    for text, day in (
        ("", "2026-12-20"),
        ("Goes well", "2026-11-22"),
        ("Goes well", "2027-02-21"),
        ("Goes well", "soon"),
    ):
        with pytest.raises(NotReady):
            laptop.review_goals(version.hash, text, day)
    laptop.review_goals(version.hash, "Goes well", "2026-12-20")
    read = laptop.goals(ADA)
    assert len(read.plan.versions) == 1
    assert read.due == {version.hash: "2026-12-20"}
    (review,) = read.reviews
    assert (review.name, review.credential, review.text) == ("Dana Reyes", "LICSW", "Goes well")
    assert laptop.client_line(ADA).goals == "active"
    assert not any("Treatment plan" in due.what for due in laptop.today().due if due.client == ADA)
    laptop.take_back(review.entry, "Wrong client")
    assert laptop.client_line(ADA).goals == "overdue"


def test_a_technician_reads_the_plan_and_neither_writes_nor_reviews_it(desk_of: Make) -> None:
    desk = desk_of(TOM)
    version = treatment(desk)
    laptop = unlock(desk)
    read = laptop.goals(ADA)
    assert (read.may_write, read.may_review) == (False, False)
    laptop.reauthenticate(PASSPHRASE)
    with pytest.raises(NotAllowed):
        laptop.review_goals(version.hash, "Goes well", "2026-12-20")


def test_what_is_due_stands_on_the_day_and_in_the_caseload(desk_of: Make) -> None:
    desk = desk_of()
    expect_plans(desk)
    treatment(desk)
    desk.note(author=DANA, ago=2 * DAY, goals=["Sleep six hours"])
    loose = desk.note(author=DANA, ago=3 * DAY, goals=None)
    desk.note(author=DANA, ago=4 * DAY, goals=None, no_goal_reason="Brought a letter")
    desk.note(author=NAIR, ago=3 * DAY, goals=None)
    laptop = unlock(desk)
    due = laptop.today().due
    quiet = [line.what for line in due if line.kind == "goals" and line.client == ADA]
    assert quiet == ["2 goals without a note for 30 days: Keep the flat; Bake for the market again"]
    assert [(line.what, line.due_ms is not None, line.late) for line in due if line.kind == "goals" and line.client == SAM] == [
        ("No treatment plan yet (admitted Aug 3)", True, True)
    ]  # fmt: skip
    assert [line.record for line in due if line.kind == "no_goal"] == [loose.envelope.id]
    assert {line.client: line.goals for line in laptop.caseload()}[SAM] == "missing"


async def test_two_versions_are_both_active_until_somebody_settles(desk_of: Make) -> None:
    desk = desk_of()
    first = treatment(desk)
    treatment(desk, ago=5 * DAY, prev=(first.hash,), strengths="Cooks")
    treatment(desk, ago=4 * DAY, prev=(first.hash,), strengths="Sings", author=NAIR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert laptop.client_line(ADA).goals == "two"
        app.open("goals", client=ADA)
        await settled(pilot)
        assert "2 versions are active" in shown(app)
        await keys(pilot, "s")
        assert top(app) is SettleScreen
        await keys(pilot, "1", "enter")
        assert top(app) is GoalsEdit
        draft = form(app).draft
        assert draft is not None
        assert len(draft.prev) == 2
        await keys(pilot, "pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        await keys(pilot, "tab", "tab", "1", "1", *["t", "o", "d", "a", "y"], "enter", "1")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        assert len(laptop.goals(ADA).plan.active) == 1


def test_a_case_managers_plan_waits_for_approval(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    treatment(desk, cosign="supervisor")
    laptop = unlock(desk)
    (line,) = [line for line in laptop.review() if line.what == "cosign"]
    assert laptop.goals(ADA).plan.active[0].status == "pending"
    laptop.reauthenticate(PASSPHRASE)
    laptop.cosign(line.entry)
    assert laptop.goals(ADA).plan.active[0].status == "final"


def test_a_new_version_starts_without_the_day_of_the_old_one_and_without_goals_that_ended() -> None:
    values = {**PLAN, "goals": {**PLAN["goals"], FLAT: {**PLAN["goals"][FLAT], "status": "met"}}}
    started = first_values(values)
    assert FLAT not in started["goals"]
    assert not {"participation", "signature", "review_due", "copy_offered", "witness"} & set(started)
    order = slots(started, ["new-1", "new-2", "new-3", "new-4", "new-5", "new-6"])
    assert order[:1] == [SLEEP]
    assert len(order) == 6
    started["goals"]["new-1"] = {"words": None, "objectives": [], "help": []}
    started["goals"]["new-2"] = {"words": "Sing", "objectives": [{"text": "Choir", "due": "12/24"}]}
    complete(started, order, date(2026, 11, 22))
    assert "new-1" not in started["goals"]
    assert started["goals"]["new-2"] == {
        "words": "Sing", "objectives": [{"text": "Choir", "due": "2026-12-24"}], "place": 4,
    }  # fmt: skip
    eight = {"goals": {f"g-{n}": {"words": f"Goal {n}", "place": n} for n in range(1, 9)}}
    complete(eight, slots(eight, []), date(2026, 11, 22))
    assert len(eight["goals"]) == 8
    assert not difference(PLAN, PLAN, TZ, "treatment_plan")


async def test_g_opens_the_plan_of_the_client_at_hand(desk_of: Make) -> None:
    desk = desk_of()
    treatment(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "g")
        assert top(app) is GoalsScreen
        await keys(pilot, "r")
        await typed(pilot, "Goes well")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        assert "The review is on the plan." in shown(app)
        # The plan is read again behind the message.
        for _ in range(20):
            await keys(pilot, "end")
            if "Goes well" in shown(app):
                break
            await settled(pilot)
        assert "Goes well" in shown(app)


def test_a_supervisor_sees_colleagues_notes_without_goal_and_without_reason(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    loose = desk.note(author=DANA, ago=3 * DAY, goals=None)
    desk.note(author=DANA, ago=3 * DAY, goals=[])
    desk.note(author=DANA, ago=4 * DAY, goals=None, no_goal_reason="Brought a letter")
    desk.note(author=DANA, ago=5 * DAY)
    desk.note(author=DANA, ago=20 * DAY, goals=None)
    desk.note(author=NAIR, ago=3 * DAY, goals=None)
    lines = [line for line in unlock(desk).review() if line.what == "no_goal"]
    assert len(lines) == 2
    assert loose.hash in {line.entry for line in lines}
