"""Writing a crisis by keys alone, on a real laptop: short at first, complete within a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant, instant_ms
from fieldapp.records.ids import one_per
from fieldapp.screens.crisis import CrisisScreen
from fieldapp.screens.reason_ask import Choose
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_span import FormSpan
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    MINH,
    MINUTE,
    NAIR,
    NOW,
    PIN,
    SAM,
    TOM,
    Desk,
    field_of,
    form,
    keys,
    make_app,
    opened_at,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


def crisis_of(laptop: Laptop, client: str) -> tuple[str, Mapping[str, Any]]:
    """Return id and values of the client's only crisis record."""
    rows = laptop.timeline(client, 0, 9, ("crisis",))
    assert len(rows) == 1
    return rows[0].record, laptop.record(rows[0].record).values


async def first_record(pilot: Any, level: str = "4") -> int:
    """Fill in the four answers of the first record and sign it by PIN; returns the keys."""
    count = await keys(pilot, "1", level, "1", "ctrl+s")
    assert top(pilot.app) is SignDialog
    if pilot.app.laptop.needs_reauth:
        count += await typed(pilot, PIN)
    return count + await keys(pilot, "enter")


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
async def test_the_first_record_takes_fifteen_keys_from_anywhere(
    desk_of: Make, size: tuple[int, int]
) -> None:
    """Budget A5: one key opens it, then client, caller, risk, action and the PIN; the time is now."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        laptop.set_pin(PIN)
        desk.clock.move(minutes=11)
        await keys(pilot, "4")
        count = await keys(pilot, "f3")
        count += await typed(pilot, "li")
        count += await keys(pilot, "enter")
        assert top(app) is CrisisScreen
        assert laptop.needs_reauth
        count += await first_record(pilot)
        assert count <= 15
        record, values = crisis_of(laptop, SAM)
        assert (values["caller"], values["risk"], values["interventions"]) == (
            "client", {"level": "high"}, ["de_escalation"],
        )  # fmt: skip
        assert values["initial_contact_at"] == instant(NOW + 11 * MINUTE)
        assert laptop.client_line(SAM).risk == "high"
        assert len(app.screen_stack) == 1
        assert [(line.kind, line.record) for line in laptop.today().due if line.kind == "crisis"] == [
            ("crisis", record)
        ]


async def test_signing_raises_the_risk_logs_one_contact_and_makes_the_follow_up(desk_of: Make) -> None:
    """Nothing is typed twice: contact, task and the plan's review come out of the one signature."""
    desk = desk_of()
    desk.plan(SAM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await first_record(pilot)
        record, _ = crisis_of(laptop, SAM)
        contacts = laptop.timeline(SAM, 0, 9, ("contact",))
        assert [(row.record, row.title, row.state) for row in contacts] == [
            (one_per(record, "contact"), "Crisis response", "completed")
        ]
        logged = laptop.record(contacts[0].record).values
        assert (logged["start"], logged["stop"], logged["note_required"]) == (
            instant(NOW),
            instant(NOW),
            False,
        )
        assert "units" not in logged, "nothing is counted before its end is known"
        due = {line.title: line for line in laptop.tasks(SAM)}
        assert due["Follow up after the crisis"].due_ms == NOW + 24 * HOUR
        assert due["Look at the safety plan again after the crisis"].due_ms == NOW + 7 * DAY
        assert {line.risk for line in due.values()} == {"high"}
        today = [(line.kind, line.what) for line in laptop.today().due if line.client == SAM]
        assert ("task", "Follow up after the crisis") in today
        # Its review stands once, with the reason, and not a second time as a task.
        assert [what for kind, what in today if "plan" in what] == ["Look at the safety plan now: crisis"]


async def test_the_record_is_completed_later_without_a_reason_and_elapsed_times_come_by_themselves(
    desk_of: Make,
) -> None:
    """The second version is no correction; contact, follow-up and its owner follow it."""
    desk = desk_of()
    plan = desk.plan(SAM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 50)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await first_record(pilot)
        record, _ = crisis_of(laptop, SAM)
        desk.clock.move(minutes=65)
        app.open("crisis", record=record)
        await settled(pilot)
        field_of(app, "channel").land()
        await settled(pilot)
        await keys(pilot, "1")
        field_of(app, "face-to-face-at").land()
        await settled(pilot)
        await typed(pilot, "now-40")
        await keys(pilot, "enter")
        assert "25 min after the call" in shown(app)
        app.screen.query_one(FormSpan).fill(NOW, NOW + 60 * MINUTE)
        for name, pressed in (
            ("nature", ("1",)), ("risk-kinds", ("1",)), ("plan-existed", ("1",)), ("plan-used", ("1",)),
            ("plan-steps", ("2",)), ("dispositions", ("1",)), ("follow-up-owner", ("2",)), ("closed-at", ("1",)),
        ):  # fmt: skip
            field_of(app, name).land()
            await settled(pilot)
            await keys(pilot, *pressed)
        for name, text in (("presentation", "Paced, shouted, calmer after tea."), ("risk-basis", "Says so.")):
            field_of(app, name).land()
            await settled(pilot)
            app.focused.insert(text)  # type: ignore[union-attr]
            await settled(pilot)
        owner = form(app).gather()["follow_up_owner"]
        assert owner not in ("", DANA)
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog, shown(app)
        assert "Why corrected" not in shown(app)
        laptop.set_pin(PIN)
        await typed(pilot, PIN)
        await keys(pilot, "enter")
        _, values = crisis_of(laptop, SAM)
        assert values["plan_version"] == plan.hash
        assert values["plan_steps"] == ["alone"]
        read = laptop.record(record)
        assert [version.reason for version in read.versions] == ["", "Completed"]
        assert not read.late
        contact = laptop.record(one_per(record, "contact")).values
        assert (contact["stop"], contact["modality"]) == (instant(NOW + 60 * MINUTE), "in_person")
        assert (contact["service_code"], contact["units"], contact["units_minutes"]) == ("H2011", 4, 60)
        assert len(laptop.timeline(SAM, 0, 9, ("contact",))) == 1
        tasks = {line.title: line.owner for line in laptop.tasks(SAM)}
        assert tasks["Follow up after the crisis"] == owner
        assert not [line for line in laptop.today().due if line.kind == "crisis"]


async def test_a_completion_after_a_day_says_why_it_is_late(desk_of: Make) -> None:
    """The limit counts from the crisis to the moment at which its record is complete."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await first_record(pilot)
    record, values = crisis_of(laptop, SAM)
    desk.clock.move(minutes=25 * 60)
    line = next(line for line in laptop.today().due if line.kind == "crisis")
    assert line.late
    assert line.due_ms == NOW + 24 * HOUR
    draft = laptop.start("crisis", None, record)
    laptop.save_draft(draft.id, dict(values) | {"closed_at": instant(NOW + 25 * HOUR)})
    stops = [problem.field for problem in laptop.problems(draft.id) if problem.stops]
    assert stops == ["late_reason"]


async def test_each_answer_is_saved_as_it_is_given_and_the_key_goes_on_with_it(desk_of: Make) -> None:
    """The screen locks in the middle of a call: the same key opens the record where it was."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await keys(pilot, "2", "5")
        await form(app).flush()
        [draft] = laptop.drafts()
        assert (draft.values["caller"], draft.values["risk"]) == ("family", {"level": "imminent"})
        await keys(pilot, "escape")
        app.open("crisis", client=SAM)
        await settled(pilot)
        assert form(app).draft is not None
        assert form(app).draft.id == draft.id  # type: ignore[union-attr]
        assert "Caller's name" in shown(app)


async def test_a_crisis_still_to_be_completed_is_offered_before_a_new_one(desk_of: Make) -> None:
    """Two calls of one night are two records; one call is never two by a slip."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await first_record(pilot)
        app.open("crisis", client=SAM)
        await settled(pilot)
        assert top(app) is Choose
        await keys(pilot, "1")
        assert form(app).draft.prev  # type: ignore[union-attr]
        await keys(pilot, "escape")
        assert laptop.drafts() == ()
        app.open("crisis", client=SAM)
        await settled(pilot)
        await keys(pilot, "2")
        assert form(app).draft.prev == ()  # type: ignore[union-attr]


async def test_the_first_record_names_what_is_missing_and_nothing_else(desk_of: Make) -> None:
    """Who called, how high the risk is, what was done: each is asked for at its field."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await keys(pilot, "ctrl+s")
        assert {field.field for field in form(app).form_fields() if field.complains} == {
            "caller", "risk.level", "interventions",
        }  # fmt: skip
        assert laptop.timeline(SAM, 0, 9, ("crisis",)) == ()


async def test_a_technician_signs_and_the_professional_finds_it_on_today(desk_of: Make) -> None:
    """Active at once, awaiting a mental health professional, due by the end of the next business day."""
    desk = desk_of(TOM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "crisis", client=SAM)
        await keys(pilot, "1", "4", "1", "ctrl+s")
        assert "Active at once, awaiting a mental health professional." in shown(app)
        await keys(pilot, "enter")
        record, _ = crisis_of(laptop, SAM)
        assert laptop.record(record).status == "pending"
        assert laptop.client_line(SAM).risk == "high"
        app.open("record", record=record)
        await settled(pilot)
        assert "active, awaiting a mental health professional" in shown(app)


def test_a_professional_without_a_queue_has_what_awaits_her_on_today(desk_of: Make) -> None:
    """A clinician who is one sees it with its risk and when it is due."""
    desk = desk_of(DANA)
    body = {"doc": {"caller": "client", "initial_contact_at": instant(NOW - HOUR), "interventions": ["family"],
                    "risk": {"level": "high"}}, "cosign_required": "mhp"}  # fmt: skip
    entry = desk.add(
        "crisis", one_per(MINH, "a crisis"), body, client=MINH, author=TOM, meaning="sign", at_ms=NOW - HOUR
    )
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    [line] = [line for line in laptop.today().due if line.kind == "cosign"]
    assert (line.entry, line.client, line.what) == (entry.hash, MINH, "Co-sign: Crisis by Tom Berg")
    assert line.due_ms is not None
    # A Sunday morning: by the end of Monday.
    assert instant(line.due_ms) == "2026-11-24T08:00:00.000Z"
    assert instant_ms(instant(line.due_ms)) == line.due_ms


def test_a_dead_client_has_no_follow_up(desk_of: Make) -> None:
    """Nobody is told to call somebody who died; the record, risk and contact stay."""
    desk = desk_of()
    desk.plan(ADA, author=NAIR)
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    values = {"caller": "police", "initial_contact_at": instant(NOW), "risk": {"level": "none"},
              "dispositions": ["death"]}  # fmt: skip
    draft = laptop.start("crisis", ADA, None, values)
    laptop.submit(draft.id)
    assert laptop.tasks(ADA) == ()
