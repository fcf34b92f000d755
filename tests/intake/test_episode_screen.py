"""The episode by keys: steps, red flags, the checklist and its jumps, level of care, the list of who waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.errors import FieldappError
from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.screens.episode import EpisodeScreen
from fieldapp.screens.episode_form import STAYS_HOME, EpisodeForm
from fieldapp.screens.face_sheet import FaceSheetScreen
from fieldapp.screens.goals import GoalsScreen
from fieldapp.screens.intake_list import IntakeListScreen
from fieldapp.widgets.form_choice import FormChoice
from fieldapp.widgets.row_list import RowList
from tests.board.town import heads_of
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    NAIR,
    PROGRAM,
    TEAM,
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
from tests.intake.test_new_client import TODAY, at_work

Make = Callable[..., Desk]
NEW = ident(61)
EPISODE = ident(62)


def referred(desk: Desk, status: str = "referred", client: str = NEW, **values: Any) -> None:
    """Store a client who was referred and how far they came."""
    number = 62 if client == NEW else 64
    desk.add("client", client, {"set": {
        "home_program": PROGRAM, "home_team": TEAM, "legal_name": "Vance, Iris", "pronouns": "they/them",
        "dob": "1990-05-06", "language": "es", "interpreter_needed": True}}, client=client)  # fmt: skip
    said = {
        "program": PROGRAM, "archetype": "community", "status": status, "status_since": "2026-11-02",
        "received_on": "2026-11-02", "referral_source": "ED", "part2_status": "pending",
    }  # fmt: skip
    desk.add("episode", ident(number), {"set": said | values}, client=client)


def step(laptop: Laptop, to: str, client: str = NEW, **values: Any) -> None:
    """Take a step as its form does."""
    record = laptop.open_episode(client)
    draft = laptop.start("episode", client, record)
    laptop.save_draft(draft.id, dict(draft.values) | {"status": to, "status_since": TODAY} | values)
    laptop.submit(
        draft.id, overrides={one.field: "Seen." for one in laptop.problems(draft.id) if not one.stops}
    )


def tasks(laptop: Laptop, client: str = NEW) -> dict[str, str]:
    """Return a client's open tasks: what is to be done, and whose role it is."""
    return {line.what: line.role for line in laptop.tasks(client)}


async def test_from_referral_to_admission_in_few_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("episode", client=NEW)
        await settled(pilot)
        assert "20 days waiting" in shown(app)
        count = await keys(pilot, "s", "1", "ctrl+s")
        assert count == 3
        assert top(app) is EpisodeScreen
        assert "Assessed" in shown(app)
        await keys(pilot, "s", "1", "ctrl+s")
        assert "Accepted, intake" in shown(app)
        await keys(pilot, "s", "1")
        assert top(app) is EpisodeForm
        await keys(pilot, "enter", "2", "ctrl+s")
        assert "Active" in shown(app)
    read = app.laptop.episode(NEW)
    assert [one.to for one in read.steps] == ["referred", "assessed", "intake", "active"]
    assert all(one.on == TODAY and one.by.startswith("Priya Nair") for one in read.steps[1:])
    assert read.values["admit_date"] == TODAY
    assert read.values["decided_by"].startswith("Priya Nair")
    assert read.values["decision"] == "accept"
    assert read.values["assessed_by"].startswith("Priya Nair")


def test_a_step_out_of_turn_is_refused_with_what_may_follow(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk)
    laptop = at_work(desk)
    with pytest.raises(NotReady, match="From referred the episode does not go to active, but to assessed or"):
        step(laptop, "active")
    laptop.discard_draft(laptop.drafts()[0].id)
    with pytest.raises(NotReady, match="Say why"):
        step(laptop, "declined")


def test_a_waitlist_is_a_contact_every_week_until_it_is_over(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "assessed")
    laptop = at_work(desk)
    step(laptop, "waitlist", status_reason="No place before December")
    (line,) = laptop.tasks(NEW)
    assert line.what == "waitlist_contact"
    assert laptop.episode(NEW).waitlist_contact == "2026-11-29"
    laptop.finish_task(line.record, "Spoke on the phone")
    (line,) = laptop.tasks(NEW)
    assert line.what == "waitlist_contact"
    draft = laptop.start("contact", NEW, None, {
        "start": "2026-11-22T17:00:00.000Z", "stop": "2026-11-22T17:20:00.000Z", "tz": "America/Los_Angeles",
        "modality": "audio_only", "contact_type": "case_management", "outcome": "completed", "note_required": False,
    })  # fmt: skip
    laptop.submit(draft.id, overrides={one.field: "Seen." for one in laptop.problems(draft.id)})
    (after,) = laptop.tasks(NEW)
    assert after.record != line.record
    assert after.what == "waitlist_contact"
    step(laptop, "intake")
    assert not laptop.tasks(NEW)


def test_from_pact_the_plan_begins_high_and_what_pact_knew_is_asked_for(desk_of: Make) -> None:
    desk = desk_of(DANA)
    referred(desk, "intake", step_down_from="PACT", step_down_on="2026-11-12")
    laptop = at_work(desk)
    assert laptop.episode(NEW).discharged_there_days == 10
    step(laptop, "active", level_of_care="IOP_2.1")
    found = tasks(laptop)
    assert set(found) == {"bring_plan", "bring_safety_plan", "bring_medicines", "intensity_review"}
    agreed = laptop.contact_plan(NEW).now
    assert agreed is not None
    assert agreed.values["target_n"] == 3
    assert agreed.values["reasons"] == ["step_down"]


def test_any_red_flag_is_a_supervisors_task_and_on_the_line_until_decided(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk)
    laptop = at_work(desk)
    with pytest.raises(NotReady, match="each of the three"):
        laptop.ask_red_flags(NEW, {"medical": True})
    none = {"active_intent": False, "medical": False, "self_care": False}
    laptop.ask_red_flags(NEW, none)
    assert not laptop.client_line(NEW).step_up
    assert not laptop.tasks(NEW)
    laptop.ask_red_flags(NEW, none | {"self_care": True}, "no food at home")
    assert laptop.client_line(NEW).step_up
    assert tasks(laptop) == {"step_up": "supervisor"}
    with pytest.raises(FieldappError, match="E, then d"):
        laptop.finish_task(laptop.tasks(NEW)[0].record, "seen")
    with pytest.raises(NotReady):
        laptop.decide_step_up(NEW, "stays", " ")
    laptop.decide_step_up(NEW, "stays", "daily visits and meals")
    assert not laptop.client_line(NEW).step_up
    assert not laptop.tasks(NEW)
    (raised,) = [line for line in laptop.episode(NEW).flags if line.raised]
    assert "daily visits" in raised.decided[0]
    with pytest.raises(FieldappError, match="decided already"):
        laptop.decide_step_up(NEW, "higher", "again")


def test_who_is_no_supervisor_raises_a_flag_and_decides_none(desk_of: Make) -> None:
    laptop = at_work(desk_of(TOM))
    laptop.ask_red_flags(ADA, {"active_intent": True, "medical": False, "self_care": False})
    assert laptop.client_line(ADA).step_up
    with pytest.raises(FieldappError, match="A supervisor decides"):
        laptop.decide_step_up(ADA, "stays", "no")


def test_a_changed_level_of_care_says_why_and_waits_for_a_supervisor(desk_of: Make) -> None:
    desk = desk_of(DANA)
    referred(desk, "active", level_of_care="IOP_2.1", admit_date="2026-11-10")
    laptop = at_work(desk)
    draft = laptop.start("episode", NEW, ident(62))
    laptop.save_draft(draft.id, dict(draft.values) | {"level_of_care": "PHP_2.5"})
    with pytest.raises(NotReady, match="Say why level of care"):
        laptop.submit(draft.id)
    laptop.save_draft(
        draft.id, dict(draft.values) | {"level_of_care": "PHP_2.5", "care_reason": "Voices worse"}
    )
    laptop.submit(draft.id)
    read = laptop.episode(NEW)
    assert read.care_waits
    assert read.values["level_of_care"] == "PHP_2.5"


async def test_red_flags_and_their_decision_by_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("episode", client=NEW)
        await settled(pilot)
        await keys(pilot, "f", "1", "2", "2", "enter")
        assert "step-up to decide" in shown(app)
        assert "DECIDE" in shown(app)
        await keys(pilot, "d", "2")
        await typed(pilot, "seen today")
        await keys(pilot, "ctrl+s")
        assert "step-up to decide" not in shown(app)
        assert "Seen first for a decision" in shown(app)


async def test_each_line_of_the_checklist_jumps_to_what_mends_it(desk_of: Make) -> None:
    desk = desk_of(DANA)
    app = make_app(desk.opened())
    wanted = {"row:disclosure": FaceSheetScreen, "row:assessment": EpisodeForm, "row:plan": GoalsScreen,
              "row:referrals": EpisodeForm}  # fmt: skip
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        for name, screen in wanted.items():
            app.open("episode", client=ADA)
            await settled(pilot)
            rows = app.screen.query_one("#episode", RowList)
            while rows.key != name:
                await keys(pilot, "down")
            await keys(pilot, "enter")
            assert top(app) is screen, name
            await keys(pilot, "escape", "escape")


async def test_an_element_takes_day_author_and_place_from_a_note(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.note(ADA, author=DANA, ago=2 * DAY)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.open("episode", client=ADA)
        await settled(pilot)
        await keys(pilot, "a", "1", "ctrl+s")
        assert top(app) is EpisodeScreen
    read = app.laptop.episode(ADA)
    one = read.elements[0]
    assert one.done
    assert one.record
    assert "Dana Reyes" in one.words
    assert "2026-11-20" in one.words
    assert not read.elements[1].done


async def test_a_begun_step_stays_a_draft_and_opens_again(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "assessed")
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("episode", client=NEW)
        await settled(pilot)
        await keys(pilot, "s", "2", "enter")
        await typed(pilot, "No place")
        await keys(pilot, "escape")
        assert "was begun" in shown(app)
        draft = app.laptop.drafts()[0]
        app.open("episode_form", client=NEW, draft=draft.id)
        await settled(pilot)
        assert "No place" in shown(app)
        assert "Waitlist" in shown(app)
        await keys(pilot, "ctrl+s")
    assert app.laptop.episode(NEW).status == "waitlist"


async def test_who_waits_longest_stands_first(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "waitlist")
    referred(desk, "referred", client=ident(63), received_on="2026-10-01")
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "2", "I")
        assert top(app) is IntakeListScreen
        rows = app.screen.query_one("#waiting", RowList)
        assert rows.key == ident(63)
        assert "52 d" in shown(app)
        assert "20 d" in shown(app)
        assert "no weekly contact" in shown(app)
        await keys(pilot, "enter")
        assert top(app) is EpisodeScreen


def test_who_was_declined_is_referred_again_in_a_new_episode(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "declined", status_reason="Moved away")
    laptop = at_work(desk)
    read = laptop.episode(NEW)
    assert read.next == ()
    assert NEW not in [line.client for line in laptop.caseload()]
    draft = laptop.start(
        "episode", NEW, None, {"status": "referred", "status_since": TODAY, "received_on": TODAY}
    )
    laptop.submit(draft.id)
    assert laptop.client_line(NEW).status == "referred"
    assert laptop.episode(NEW).earlier == 1


async def test_who_may_not_write_sees_it_and_changes_nothing(desk_of: Make) -> None:
    desk = desk_of(TOM)
    referred(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("episode", client=NEW)
        await settled(pilot)
        await keys(pilot, "s")
        assert top(app) is EpisodeScreen
        assert not app.laptop.drafts()
        await keys(pilot, "o")
        assert top(app) is EpisodeScreen


async def test_another_program_says_that_the_team_of_the_client_stays(desk_of: Make) -> None:
    desk = desk_of(DANA)
    other, team = ident(971), ident(972)
    desk.add("program", other, {"set": {"name": "Skagit Outreach", "archetype": "community", "tz": "UTC"}})
    desk.add("team", team, {"set": {"name": "Mount Vernon", "program": other}})
    heads = heads_of(desk, DANA)
    more = {"n": {"role": "clinician", "program": other, "team": team, "since": "2026-01-01"}}
    desk.add("staff", DANA, {"items": {"memberships": more}}, author=DANA, prev=heads)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 40)) as pilot:
        await unlocked(pilot)
        app.open("episode_form", part="care", client=ADA)
        await settled(pilot)
        assert STAYS_HOME not in shown(app)
        form = app.screen
        assert isinstance(form, EpisodeForm)
        field = form.field_at("program")
        assert isinstance(field, FormChoice)
        field.land()
        await settled(pilot)
        at = [code for code, _ in field.box.options].index(other)
        await keys(pilot, "1234"[at])
        field.scroll_visible(animate=False)
        await settled(pilot)
        assert "Team and readers stay" in shown(app)
