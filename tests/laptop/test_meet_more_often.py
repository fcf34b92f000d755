"""A new medicine, a move, the end of a stay and a life event ask once whether to meet more often (programs.md 50)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.intensity import NEWS_D, end_of_stay, housing_changes, life_event, new_medicines
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.contact_plan import REASONS
from fieldapp.screens.agreement import AgreementScreen
from fieldapp.screens.base import FieldScreen
from fieldapp.screens.due_open import open_due
from tests.forms import desk as desks
from tests.forms.conftest import desk_of
from tests.forms.desk import ADA, DANA, Desk, keys, make_app, settled, shown, top, unlocked
from tests.laptop.laptop_world import ANA, TIM, World, exchange
from tests.medical.team import HANNA, list_of, medical_team

__all__ = ["desk_of", "medical_team"]
Make = Callable[..., Desk]


def asked(laptop: Laptop, client: str = ADA) -> list[str]:
    """Return the open looks at how often one client is met."""
    return [line.title for line in laptop.tasks(client) if line.what == "intensity"]


def change(laptop: Laptop, kind: str, record: str, client: str = ADA, **values: Any) -> None:
    """Change a record of a client as its form does."""
    draft = laptop.start(kind, client, record)
    laptop.save_draft(draft.id, {**draft.values, **values})
    laptop.submit(draft.id)


def opened(desk: Desk) -> Laptop:
    laptop = desk.opened()
    laptop.unlock(desks.PASSPHRASE)
    return laptop


@pytest.mark.usefixtures("medical_team")
def test_a_new_medicine_asks_once_and_a_change_of_it_asks_nothing(desk_of: Make) -> None:
    desk = desk_of(HANNA)
    record = list_of(desk)
    laptop = opened(desk)
    rows = dict(laptop.record(record).values["medicines"])
    new = {"name": "Lithium", "dose": "300 mg", "start": "2026-11-20"}
    change(laptop, "medication_list", record, medicines={**rows, "m-li": new})
    assert asked(laptop) == ["New medicine: Lithium 300 mg: meet more often?"]
    change(laptop, "medication_list", record, medicines={**rows, "m-li": {**new, "dose": "600 mg"}})
    assert len(asked(laptop)) == 1
    [task] = [line for line in laptop.tasks(ADA) if line.what == "intensity"]
    laptop.finish_task(task.record, "Once a week stays enough")
    change(laptop, "medication_list", record, medicines={**rows, "m-li": {**new, "dose": "900 mg"}})
    assert asked(laptop) == []


def test_a_move_asks_and_who_may_agree_goes_straight_to_the_contact_plan(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.add(
        "client", ADA, {"items": {"addresses": {"a": {"street": "12 Hoyt Ave", "kind": "home"}}}}, client=ADA
    )
    laptop = opened(desk)
    old = laptop.record(ADA).values["addresses"]
    change(laptop, "client", ADA, addresses={**old, "b": {"street": "Harbor shelter", "since": "2026-11-21"}})
    assert asked(laptop) == ["Moved to Harbor shelter: meet more often?"]
    change(laptop, "client", ADA, employment="Works nights")
    assert len(asked(laptop)) == 1


async def test_the_line_on_today_opens_the_agreement_which_finishes_it(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.add("client", ADA, {"set": {"housing_status": "housed"}}, client=ADA)
    laptop = opened(desk)
    change(laptop, "client", ADA, housing_status="shelter")
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        [line] = [one for one in laptop.today().due if one.kind == "intensity"]
        assert line.what == "Housing is now: shelter: meet more often?"
        assert isinstance(app.screen, FieldScreen)
        open_due(app.screen, line)
        await settled(pilot)
        assert "How often do you meet?" in shown(app)
        await keys(pilot, "1")
        assert top(app) is AgreementScreen, shown(app)
        await keys(pilot, "4", "enter")
        values = {"per": "week", "target_n": 4, "reasons": ["housing_change"], "client_agreed": "yes",
                  "start": "2026-11-22", "review_by": "2026-12-20"}  # fmt: skip
        [draft] = laptop.drafts()
        periods = {**draft.values["periods"]}
        periods[next(iter(periods))] = values
        laptop.save_draft(draft.id, {"periods": periods})
        laptop.submit(draft.id)
        assert asked(laptop) == []


def test_a_life_event_of_a_note_asks_with_its_words(desk_of: Make) -> None:
    desk = desk_of(DANA)
    contact = desk.contact(ADA)
    laptop = opened(desk)
    draft = laptop.start("note", ADA, None, {"contact": contact})
    values = {
        **draft.values, "format": "DAP", "sections": dict(desks.NOTE_TEXT), "no_goal_reason": "First weeks",
        "risk_block": {"answer": "asked_denied"}, "life_event": "Her mother died",
        "service_start": instant(desks.NOW - 2 * desks.HOUR), "service_stop": instant(desks.NOW - desks.HOUR),
    }  # fmt: skip
    laptop.save_draft(draft.id, values)
    laptop.submit(draft.id, overrides={one.field: "Seen." for one in laptop.problems(draft.id)})
    assert asked(laptop) == ["Life event: Her mother died: meet more often?"]


def test_two_laptops_that_write_down_one_end_make_one_task_without_a_conflict(tmp_path: Any) -> None:
    world = World(tmp_path)
    try:
        client = world.client("Ada", primary=ANA)
        stay = one_per(client, "stay 1")
        world.add("stay", stay, {"set": {"what": "inpatient", "since": "2026-11-10", "tz": "America/Los_Angeles"}},
                  client=client)  # fmt: skip
        ana, tim = world.laptop(ANA), world.laptop(TIM)
        for laptop in (ana, tim):
            change(laptop, "stay", stay, client, until="2026-11-20", went_to="home")
            assert asked(laptop, client) == ["Back from hospital: meet more often?"]
        exchange(ana, tim)
        for laptop in (ana, tim):
            [task] = [line for line in laptop.tasks(client) if line.what == "intensity"]
            assert laptop.record(task.record).conflicts == ()
        change(tim, "stay", stay, client, remark="Left with a bus pass")
        assert len(asked(tim, client)) == 1
        # Not back after all.
        change(tim, "stay", stay, client, went_to="residential")
        assert asked(tim, client) == []
    finally:
        world.close()


TEXT = st.text(max_size=20)
DAYS = st.dates().map(lambda day: day.isoformat())
MEDICINE = st.fixed_dictionaries(
    {"name": TEXT, "start": st.one_of(st.none(), DAYS), "stop": st.one_of(st.none(), DAYS)}
)
MEDICINES = st.dictionaries(st.sampled_from("abcd"), MEDICINE)


@given(MEDICINES, MEDICINES, DAYS)
def test_what_was_on_the_list_is_never_new(before: dict[str, Any], after: dict[str, Any], today: str) -> None:
    found = new_medicines({"medicines": before}, {"medicines": after}, today)
    assert not {event.name for event in found} & {f"medicine {item}" for item in before}
    assert len({event.name for event in found}) == len(found)
    assert all(event.reason in REASONS for event in found)
    assert new_medicines({"medicines": after}, {"medicines": after}, today) == []


def test_old_history_and_first_lists_ask_nobody() -> None:
    [old] = end_of_stay("s", {"what": "jail", "until": "2026-01-02"})
    assert not old.is_news("2026-11-22")
    [late] = end_of_stay("s", {"what": "jail", "until": "2026-10-23"})
    assert late.is_news("2026-11-22"), NEWS_D
    assert new_medicines({}, {"medicines": {"a": {"name": "Sertraline"}}}, "2026-11-22") == []
    assert housing_changes({}, {"housing_status": "shelter"}, "2026-11-22") == []
    assert life_event("n", {"life_event": "A birth"}, {"life_event": "A  birth"}, "2026-11-22") == []


def test_who_waits_for_a_place_is_not_asked_about(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.add("client", ADA, {"set": {"housing_status": "housed"}}, client=ADA)
    with desk.store.reading() as rx:
        view = rx.view(desks.ident(100))
    assert view is not None
    desk.add("episode", desks.ident(100), {"set": {"status": "discharged"}}, client=ADA, prev=view.heads)
    laptop = opened(desk)
    change(laptop, "client", ADA, housing_status="shelter")
    assert asked(laptop) == []
