"""Risk signed on a laptop, and what signing a plan or raising a risk brings about."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    NOON_MS,
    SUE,
    TIM,
    World,
    exchange,
    give,
    note_values,
    opened,
    plan_values,
    uid,
)

START = NOON_MS - 3 * 3_600_000


def raised(world: World, laptop: Laptop, client: str, level: str = "high", name: str = "visit") -> str:
    """Sign a note in which risk is present; returns the signal."""
    said = {"answer": "present", "level": level, "detail": "Said she has a plan"}
    draft = laptop.start("note", client, values=note_values(uid(name), START, risk_block=said))
    return laptop.submit(draft.id, overrides={"sections": "same words in every test"})[1]


def tasks(laptop: Laptop, client: str) -> dict[str, list[Any]]:
    """Return open and done tasks as (what, due, outcome)."""
    found: dict[str, list[Any]] = {"open": [], "done": []}
    with opened(laptop).store.reading() as rx:
        for view in rx.views("task", client):
            row = (view.get("what"), view.get("due"), view.get("outcome"))
            found["done" if view.get("done") else "open"].append(row)
    return {name: sorted(rows) for name, rows in found.items()}


def lowering(laptop: Laptop, client: str, **values: Any) -> str:
    """Fill in the risk form; returns the draft."""
    draft = laptop.start("risk", client)
    assert draft.meaning == "sign"
    laptop.save_draft(draft.id, dict(draft.values) | values)
    return draft.id


def test_check_14_lower_a_risk_level_without_signed_reason_is_refused(world: World) -> None:
    """Acceptance check 14, on the laptop: by the form, by the service, by settling and by an entry of one's own."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    signal = raised(world, laptop, client)
    for missing in ({"reason": ""}, {"reason": "  "}, {"level": None}, {"level": "no such"}):
        values = {"level": "low", "reason": "Slept, and has her sister there.", "considered": [signal]}
        draft = lowering(laptop, client, **values | missing)
        with pytest.raises(NotReady):
            laptop.submit(draft)
    draft = lowering(laptop, client, level="low", reason="Fine now.", considered=[], weighed=[])
    with pytest.raises(NotReady) as refused:
        laptop.submit(draft)
    assert [problem.field for problem in refused.value.problems] == ["weighed"]
    with pytest.raises(NotReady):
        laptop.sign_risk(client, "low", "Fine now.", [])
    with pytest.raises(NotReady):
        laptop._write(_saved, client)
    assert laptop.client_line(client).risk == "high"


def _saved(work: Any, identity: Any, client: str) -> str:
    """Try to lower a level by saving it."""
    from fieldapp.laptop.pen import Pen

    record = one_per(client, "risk")
    body = {"set": {"level": "none", "reason": "Fine now."}}
    return Pen(work, identity).write("risk", record, client, "save", work.rx.view(record).heads, body).hash


def test_a_level_goes_down_by_a_signed_form_that_lists_what_it_considered(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    first, second = raised(world, laptop, client), raised(world, laptop, client, "moderate", "other")
    read = laptop.risk(client)
    assert [(s.entry, s.level, s.what) for s in read.signals] == [
        (first, "high", "Progress note"), (second, "moderate", "Progress note"),
    ]  # fmt: skip
    draft = lowering(
        laptop, client, level="low", reason="Asked twice.", considered=[first], weighed=["talk", "means"]
    )
    entry, *_ = laptop.submit(draft)
    world.clock.move(minutes=1)
    assert laptop.client_line(client).risk == "moderate", "what was not ticked stays in force"
    draft = lowering(laptop, client, level="low", reason="Asked again.", considered=[first, second])
    laptop.submit(draft)
    read = laptop.risk(client)
    assert (read.level, read.signals) == ("low", ())
    assert [(one.level, one.reason) for one in read.signed] == [
        ("low", "Asked again."),
        ("low", "Asked twice."),
    ]
    assert read.signed[1].weighed == ("talk", "means")
    assert read.signed[1].entry == entry


def test_the_same_level_can_be_signed_again_with_a_new_reason(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.sign_risk(client, "moderate", "First look.", [])
    world.clock.move(minutes=1)
    laptop.submit(lowering(laptop, client, level="moderate", reason="Second look.", next_review="2026-11-30"))
    read = laptop.risk(client)
    assert [(one.level, one.reason) for one in read.signed] == [
        ("moderate", "Second look."), ("moderate", "First look."),
    ]  # fmt: skip
    assert read.next_review == "2026-11-30"


def test_a_signal_that_comes_while_the_form_is_open_stays_in_force(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop, other = world.laptop(ANA), world.laptop(BEN)
    signal = raised(world, laptop, client, "moderate")
    draft = lowering(laptop, client, level="none", reason="All well.", considered=[signal])
    raised(world, other, client, "high", "unseen")
    exchange(laptop, other)
    laptop.submit(draft)
    exchange(laptop, other)
    assert laptop.client_line(client).risk == other.client_line(client).risk == "high"


def test_the_supervisor_is_told_of_a_lower_level_until_they_have_seen_it(world: World) -> None:
    """Also when somebody writes on top of it first; a supervisor's own lowering tells nobody."""
    client = world.client("Rossi, Rosa")
    laptop, supervisor = world.laptop(ANA), world.laptop(SUE)
    signal = raised(world, laptop, client)
    lowered = laptop.sign_risk(client, "low", "Slept, sister there.", [signal])
    raised(world, laptop, client, "moderate", "later")
    exchange(laptop, supervisor)
    (line,) = [line for line in supervisor.review() if line.what == "lowered"]
    assert (line.entry, line.title, line.reason) == (lowered, "From high to low", "Slept, sister there.")
    assert line.due_ms is not None
    assert not [line for line in laptop.review() if line.what in ("lowered", "cosign")]
    supervisor.cosign(lowered)
    assert not [line for line in supervisor.review() if line.what == "lowered"]
    signals = [signal.entry for signal in supervisor.risk(client).signals]
    supervisor.sign_risk(client, "none", "Seen together.", signals)
    assert not [line for line in supervisor.review() if line.what == "lowered"]
    assert supervisor.client_line(client).risk == "none"


def test_two_levels_signed_side_by_side_are_settled_by_signing_one(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop, other = world.laptop(ANA), world.laptop(BEN)
    laptop.sign_risk(client, "high", "Seen at noon.", [], "2026-11-25")
    other.sign_risk(client, "moderate", "Seen at one.", [], "2026-11-28")
    exchange(laptop, other)
    record = one_per(client, "risk")
    assert laptop.client_line(client).risk == "high"
    assert {line.path for line in laptop.conflicts()} == {"level", "reason", "next_review"}
    for path in ("level", "reason", "next_review"):
        with pytest.raises(NotAllowed):
            laptop.settle(record, path, laptop.conflict(record, path).sides[1].entry)
    laptop.submit(
        lowering(
            laptop, client, level="moderate", reason="Seen together.", weighed=["team"], next_review=None
        )
    )
    exchange(laptop, other)
    assert laptop.conflicts() == other.conflicts() == ()
    assert laptop.client_line(client).risk == other.client_line(client).risk == "moderate"
    assert laptop.risk(client).next_review == ""


def test_a_new_high_risk_asks_for_a_plan_only_while_there_is_none(world: World) -> None:
    client, planned = world.client("Rossi, Rosa"), world.client("Bauer, Tom")
    laptop = world.laptop(ANA)
    laptop.submit(laptop.start("safety_plan", planned, values=plan_values()).id)
    raised(world, laptop, planned, name="planned")
    assert [what for what, *_ in tasks(laptop, planned)["open"]] == ["plan_review"]
    raised(world, laptop, client)
    raised(world, laptop, client, "imminent", "again")
    day = instant(laptop.corrected_ms() + DAY_MS)
    assert tasks(laptop, client)["open"] == [("plan_now", day, None)]
    laptop.submit(laptop.start("safety_plan", client, values=plan_values()).id)
    found = tasks(laptop, client)
    assert found["done"] == [("plan_now", day, "Version 1 was signed.")]
    assert [what for what, *_ in found["open"]] == ["plan_review"]


def test_a_risk_that_was_signed_higher_asks_for_a_plan_and_a_lower_one_does_not(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.sign_risk(client, "low", "Seen.", [])
    assert tasks(laptop, client)["open"] == []
    laptop.sign_risk(client, "moderate", "Seen again.", [])
    assert [what for what, *_ in tasks(laptop, client)["open"]] == ["plan_now"]


def test_signing_a_version_moves_the_task_to_its_own_review_day(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(TIM)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values(review_due="2026-12-20")).id)
    laptop.submit(laptop.start("crisis_plan", client, values=crisis_values()).id)
    before = tasks(laptop, client)
    assert before["open"] == [
        ("plan_review", "2026-12-21T08:00:00.000Z", None), ("plan_review", "2027-01-11T08:00:00.000Z", None),
    ]  # fmt: skip
    laptop.submit(laptop.start("safety_plan", client, values=plan_values(review_due="2026-12-01")).id)
    after = tasks(laptop, client)
    assert after["done"] == [("plan_review", "2026-12-21T08:00:00.000Z", "Version 2 was signed.")]
    assert after["open"] == [
        ("plan_review", "2026-12-02T08:00:00.000Z", None), ("plan_review", "2027-01-11T08:00:00.000Z", None),
    ]  # fmt: skip


def test_versions_signed_side_by_side_leave_one_task_once_they_are_settled(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop, other = world.laptop(ANA), world.laptop(BEN)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values(signs=["I pace"])).id)
    other.submit(other.start("safety_plan", client, values=plan_values(signs=["I hide"])).id)
    exchange(laptop, other)
    assert laptop.client_line(client).plan == "two"
    assert len(tasks(laptop, client)["open"]) == 2
    side = laptop.conflict(one_per(client, "safety_plan"), "doc").sides[0]
    laptop.settle(one_per(client, "safety_plan"), "doc", side.entry)
    exchange(laptop, other)
    assert len(tasks(other, client)["open"]) == 1
    assert len(tasks(other, client)["done"]) == 2


def crisis_values(**more: Any) -> dict[str, Any]:
    """Return a crisis plan that may be signed."""
    return {
        "about": "psychosis", "signs": ["The radio speaks to me"], "alone": ["Headphones"], "worse": [],
        "helpers": [], "team": [{"name": "Crisis line", "phone": "988"}], "wishes": ["Do not touch me"],
        "not_yet": {step: "next time" for step in ("worse", "helpers", "means")},
        "review_due": "2027-01-10", **more,
    }  # fmt: skip


def test_a_crisis_plan_has_versions_and_a_cosign_of_its_own(world: World) -> None:
    """Beside the safety plan, never instead of it."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(TIM)
    laptop.submit(laptop.start("crisis_plan", client, values=crisis_values()).id)
    plan = laptop.plan(client, "crisis_plan")
    assert [(version.number, version.status, version.active) for version in plan.versions] == [
        (1, "pending", True)
    ]
    assert laptop.plan(client).versions == ()
    assert laptop.client_line(client).plan == "none"


def reviewed(laptop: Laptop, client: str) -> tuple[str, str]:
    """Return how lists show the plan, and why."""
    line = laptop.client_line(client)
    return line.plan, line.plan_why


@pytest.mark.parametrize(
    ("happened", "why"),
    [("attempt", "A suicide attempt"), ("crisis", "A crisis"), ("discharge", "Discharge from hospital")],
)
def test_what_happened_makes_the_plan_one_to_look_at_now(world: World, happened: str, why: str) -> None:
    """Until a version is signed after it; a loss does not."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values()).id)
    world.clock.move(minutes=1)
    laptop.submit(lowering(laptop, client, level="low", reason="Seen.", happened=["loss"]))
    assert reviewed(laptop, client) == ("active", "")
    world.clock.move(minutes=1)
    laptop.submit(lowering(laptop, client, level="low", reason="Seen.", happened=[happened]))
    assert reviewed(laptop, client) == ("now", why)
    (due,) = [line for line in laptop.today().due if line.kind == "plan_review"]
    assert due.late
    world.clock.move(minutes=1)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values(signs=["I pace"])).id)
    assert reviewed(laptop, client) == ("active", "")


def test_a_new_high_risk_makes_the_plan_one_to_look_at_now_and_the_same_level_again_does_not(
    world: World,
) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    signal = raised(world, laptop, client, "moderate")
    world.clock.move(minutes=1)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values()).id)
    world.clock.move(minutes=1)
    laptop.sign_risk(client, "moderate", "As before.", [signal])
    assert reviewed(laptop, client) == ("active", "")
    world.clock.move(minutes=1)
    raised(world, laptop, client, "high", "later")
    assert reviewed(laptop, client) == ("now", "New moderate or high risk")
    world.clock.move(minutes=1)
    laptop.mark_error(laptop.risk(client).signals[0].entry, "Wrong client")
    assert reviewed(laptop, client) == ("active", "")


def test_a_version_names_what_it_is_looked_at_again_for(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    values = plan_values(trigger_for_review=["crisis"])
    laptop.submit(laptop.start("safety_plan", client, values=values).id)
    world.clock.move(minutes=1)
    raised(world, laptop, client)
    assert reviewed(laptop, client) == ("active", "")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phone": "206-555-0177"}, "A helper's details change"),
        ({"former": True}, "A helper's details change"),
        ({"name": "Ngozi Adeyemi"}, "A helper's details change"),
        ({"phone2": "206-555-0177"}, ""),
        ({"notes": "Works nights"}, ""),
    ],
)
def test_a_changed_helper_of_step_four_makes_the_plan_one_to_look_at_now(
    world: World, change: dict[str, Any], why: str
) -> None:
    """What would make a call at night go wrong; other remarks do not."""
    client = world.client("Rossi, Rosa")
    person = uid("ngozi")
    said = {"set": {"name": "Ngozi", "kind": "family", "phone": "(206) 555-0101"}}
    first = world.add("related_person", person, said, client=client)
    laptop = world.laptop(ANA)
    helper = {"name": "Ngozi", "phone": "206 555 0101", "person": person}
    reasons = {step: "next time" for step in ("distract", "means", "matters")}
    values = plan_values(helpers=[helper], not_yet=reasons)
    laptop.submit(laptop.start("safety_plan", client, values=values).id)
    at_ms = NOON_MS + 60_000
    later = world.scribe.entry(
        "related_person", person, {"set": change}, client=client, prev=[first.hash], at_ms=at_ms
    )
    assert reviewed(laptop, client) == ("active", "")
    give(laptop, [later])
    assert reviewed(laptop, client) == (("now", why) if why else ("active", ""))


def test_a_declined_plan_is_offered_again_on_its_day(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    values = {"declined": True, "declined_reason": "Not today", "review_due": "2026-11-25"}
    laptop.submit(laptop.start("safety_plan", client, values=values).id)
    assert laptop.client_line(client).plan == "declined"
    assert tasks(laptop, client)["open"] == [("plan_review", "2026-11-26T08:00:00.000Z", None)]
    world.clock.move(minutes=3 * 24 * 60)
    laptop.unlock("seven purple herons")
    (due,) = [line for line in laptop.today().due if line.kind == "plan_review"]
    assert due.what == "Safety plan: offer it again"


def test_the_review_of_a_plan_is_said_once_on_today(world: World) -> None:
    """The plan's own line says why; the task that waits behind it would say the same."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    laptop.submit(laptop.start("safety_plan", client, values=plan_values()).id)
    world.clock.move(minutes=1)
    laptop.submit(lowering(laptop, client, level="low", reason="Seen.", happened=["attempt"]))
    assert [what for what, *_ in tasks(laptop, client)["open"]] == ["plan_review"]
    about = [line for line in laptop.today().due if line.client == client and "plan" in line.what.lower()]
    assert [(line.kind, line.late) for line in about] == [("plan_review", True)]


def test_tasks_of_later_days_are_counted_on_today_and_not_listed(world: World) -> None:
    client = world.client("Rossi, Rosa")
    for name, days in (("soon", 2), ("later", 4)):
        values = {"what": "other", "title": name, "due": instant(NOON_MS + days * DAY_MS)}
        world.add("task", uid(name), {"set": values}, client=client)
    laptop = world.laptop(ANA)
    today = laptop.today()
    assert ([line.what for line in today.due if line.kind == "task"], today.later) == (["soon"], 1)
    assert [line.title for line in laptop.tasks()] == ["soon", "later"]
