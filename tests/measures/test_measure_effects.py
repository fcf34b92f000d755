"""What signing a measure brings about: risk, the screen that is due, tasks; and which results are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fieldapp.errors import FieldappError
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant, instant_ms
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC, Signing
from fieldapp.records.kinds import KINDS, measure
from tests.forms.desk import ADA, DANA, HOUR, NAIR, NOW, PASSPHRASE, PROGRAM, SAM, TOM, Desk

Make = Callable[..., Desk]
PHQ = {f"q{n}": 0 for n in range(1, 9)}


def doc(instrument: str, items: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """Return a filled-in measure, added up."""
    return measure.completed(
        {"instrument": instrument, "version": "1", "at": instant(NOW), "items": dict(items)} | more
    )


def signed(laptop: Laptop, client: str, values: Mapping[str, Any]) -> str:
    """Sign a measure as a form does; returns its record."""
    draft = laptop.start("measure", client, values=values)
    overrides = {p.field: "as it is" for p in laptop.problems(draft.id) if not p.stops}
    laptop.submit(draft.id, overrides=overrides)
    return draft.record


def opened(desk: Desk, **settings: int) -> Laptop:
    if settings:
        desk.add("program", PROGRAM, {"set": {"settings": settings}})
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def risk(laptop: Laptop, client: str) -> str:
    return laptop.client_line(client).risk


def tasks(laptop: Laptop, client: str) -> dict[str, dict[str, Any]]:
    """Return the client's tasks by what is to be done."""
    rows = laptop.timeline(client, 0, 50, ["task"])
    return {str(v["what"]): v for v in (dict(laptop.record(row.record).values) for row in rows)}


def test_check_12_item_nine_with_a_total_of_three_asks_for_the_screen_until_it_is_done(
    desk_of: Make,
) -> None:
    laptop = opened(desk_of(), asq_adults=1)
    values = doc("phq9", PHQ | {"q1": 2, "q9": 1, "difficulty": 0})
    assert values["total"] == 3
    assert values["flags"] == ["self_harm_item"]
    record = signed(laptop, ADA, values)
    assert risk(laptop, ADA) == "screen_needed"
    assert tasks(laptop, ADA)["suicide_screen"]["due"] == instant(NOW)
    entry = laptop.record(record).heads[0]
    signed(laptop, ADA, doc("asq", {f"q{n}": 0 for n in range(1, 5)}, asked_for_by=entry))
    assert risk(laptop, ADA) == "none"
    assert tasks(laptop, ADA)["suicide_screen"]["done"] is True


def test_check_12_a_reason_for_not_screening_ends_the_question_and_keeps_the_task(desk_of: Make) -> None:
    laptop = opened(desk_of())
    signed(laptop, ADA, doc("phq9", PHQ | {"q9": 1}))
    assert risk(laptop, ADA) == "screen_needed"
    signed(laptop, ADA, {"instrument": "asq", "version": "1", "reason_not_done": "Went to sleep"})
    assert risk(laptop, ADA) == "none"
    assert not tasks(laptop, ADA)["suicide_screen"].get("done")


def test_a_screen_that_was_not_finished_does_not_end_the_question(desk_of: Make) -> None:
    laptop = opened(desk_of(), asq_adults=1)
    signed(laptop, ADA, doc("phq9", PHQ | {"q9": 2}))
    signed(laptop, ADA, doc("asq", {"q1": 0, "q2": 0}))
    assert risk(laptop, ADA) == "screen_needed"
    assert not tasks(laptop, ADA)["suicide_screen"].get("done")


def test_a_screen_never_lowers_a_level_that_stands(desk_of: Make) -> None:
    laptop = opened(desk_of(), asq_adults=1)
    signed(laptop, ADA, doc("asked", {"level": 3}))
    signed(laptop, ADA, doc("phq9", PHQ | {"q9": 1}))
    assert risk(laptop, ADA) == "high"
    signed(laptop, ADA, doc("asq", {f"q{n}": 0 for n in range(1, 5)}))
    assert risk(laptop, ADA) == "high"


@pytest.mark.parametrize(
    ("level", "wanted"),
    [
        (0, {}),
        (1, {"plan_review": 72}),
        (2, {"plan_now": 0, "contact_soon": 72, "risk_review": 24}),
        (3, {"plan_now": 0, "contact_soon": 24, "risk_review": 24}),
        (4, {"plan_now": 0, "contact_soon": 24, "risk_review": 24}),
    ],
)
def test_a_positive_screen_raises_the_risk_and_makes_the_tasks_of_its_level(
    desk_of: Make, level: int, wanted: dict[str, int]
) -> None:
    laptop = opened(desk_of(TOM))
    signed(laptop, SAM, doc("asked", {"level": level}))
    assert risk(laptop, SAM) == ("none", "low", "moderate", "high", "imminent")[level]
    found = tasks(laptop, SAM)
    assert {what: (instant_ms(v["due"]) - NOW) // HOUR for what, v in found.items()} == wanted
    if "risk_review" in wanted:
        assert found["risk_review"]["owner"] == NAIR
        assert "owner" not in found["contact_soon"]


def test_a_correction_makes_no_second_task_brings_it_forward_and_lowers_nothing(desk_of: Make) -> None:
    laptop = opened(desk_of())
    record = signed(laptop, ADA, doc("asked", {"level": 2}))
    for level, stands in ((2, "moderate"), (1, "moderate"), (3, "high")):
        draft = laptop.start("measure", ADA, record)
        values = doc("asked", {"level": level}, title=f"again {level}")
        laptop.save_draft(draft.id, values)
        laptop.submit(draft.id, reason="misread")
        assert risk(laptop, ADA) == stands
    assert len(laptop.timeline(ADA, 0, 50, ["task"])) == 3
    assert tasks(laptop, ADA)["contact_soon"]["due"] == instant(NOW + 24 * HOUR)


@pytest.mark.parametrize(
    "changes",
    [
        {"total": 4}, {"total": None}, {"band": "mild"}, {"flags": []}, {"flags": ["self_harm_item", "positive"]},
        {"missing": ["q1"]}, {"prorated": True}, {"items": {"q1": 9}}, {"items": {"q77": 0}},
        {"reason_not_done": "but it was"},
    ],
)  # fmt: skip
def test_a_result_that_does_not_follow_from_the_answers_is_refused_by_laptop_and_server(
    changes: dict[str, Any],
) -> None:
    values = doc("phq9", PHQ | {"q1": 2, "q9": 1})
    kind = KINDS["measure"]
    assert kind.check_body("sign", {DOC: values}) is None
    assert kind.check_body("sign", {DOC: values | changes})


def test_an_instrument_of_a_later_version_is_kept_as_it_is() -> None:
    body = {DOC: {"instrument": "phq9", "version": "2", "items": {"q1": 9}, "total": 99}}
    assert KINDS["measure"].check_body("sign", body) is None


def signing(**settings: int) -> Signing:
    return Signing(NOW, "UTC", DANA, "clinician", settings)


@pytest.mark.parametrize(
    ("values", "settings", "stopped"),
    [
        (doc("phq9", PHQ | {"q9": 0}), {}, set()),
        (doc("phq9", {}), {}, {"items"}),
        (doc("phq9", PHQ | {"q9": 0}, at=instant(NOW + 6 * 60_000)), {}, {"at"}),
        (doc("phq9", PHQ | {"q9": 0}) | {"total": 5}, {}, {"total"}),
        (doc("asq", {f"q{n}": 0 for n in range(1, 5)}), {}, {"instrument"}),
        (doc("asq", {f"q{n}": 0 for n in range(1, 5)}), {"asq_adults": 1}, set()),
        ({"instrument": "asq", "version": "1", "reason_not_done": "no"}, {}, set()),
        (doc("goal", {"q1": -2}), {}, {"title"}),
        (doc("goal", {"q1": -2}, title="Sleep six hours"), {}, set()),
        ({"instrument": "dla20", "version": "1"}, {}, {"score"}),
        ({"instrument": "dla20", "version": "1", "score": "4.35"}, {}, set()),
        ({"instrument": "who_knows", "version": "1"}, {}, {"instrument"}),
    ],
)
def test_what_stands_against_signing(
    values: dict[str, Any], settings: dict[str, int], stopped: set[str]
) -> None:
    assert {p.field for p in measure.check(values, signing(**settings)) if p.stops} == stopped


def test_a_half_answered_measure_may_be_signed_with_a_reason_and_has_no_total(desk_of: Make) -> None:
    laptop = opened(desk_of())
    values = doc("gad7", {"q1": 2, "q2": 3})
    draft = laptop.start("measure", ADA, values=values)
    with pytest.raises(FieldappError):
        laptop.submit(draft.id)
    laptop.submit(draft.id, overrides={"items": "had to leave"})
    line = laptop.measures(ADA).lines[0]
    assert (line.total, line.result) == (None, "no total: 5 without an answer")


def test_declining_a_question_asks_for_no_reason(desk_of: Make) -> None:
    laptop = opened(desk_of())
    values = doc("gad7", {f"q{n}": 1 for n in range(1, 7)}, declined=["q7"])
    draft = laptop.start("measure", ADA, values=values)
    assert laptop.problems(draft.id) == ()
    laptop.submit(draft.id)
    assert laptop.measures(ADA).lines[0].total is None


def test_facts_name_instrument_total_and_band(desk_of: Make) -> None:
    desk = desk_of()
    laptop = opened(desk)
    record = signed(laptop, ADA, doc("gad7", {f"q{n}": 2 for n in range(1, 8)}))
    with laptop._open().reading() as asking:
        rows = asking.rx.all("SELECT name, value, extra FROM fact WHERE record = ?", record)
    assert [tuple(row) for row in rows] == [("measure", "gad7", "14:moderate")]


def test_one_error_takes_a_measure_out_of_the_course(desk_of: Make) -> None:
    laptop = opened(desk_of())
    record = signed(laptop, ADA, doc("mood", {"q1": 4}))
    signed(laptop, ADA, doc("mood", {"q1": 6}))
    laptop.mark_error(laptop.record(record).heads[0], "wrong client")
    assert [line.total for line in laptop.measures(ADA).lines] == [6]


def test_the_signal_names_the_measure_that_raised_it(desk_of: Make) -> None:
    laptop = opened(desk_of())
    record = signed(laptop, ADA, doc("asked", {"level": 2}))
    signals = laptop.record(one_per(ADA, "risk")).values["signals"]
    (signal,) = signals.values()
    assert signal["source"] == laptop.record(record).heads[0]
    assert signal["source_kind"] == "measure"
    assert signal["detail"] == "Asked directly: Moderate risk"


def due_lines(laptop: Laptop, client: str) -> list[str]:
    return [line.what for line in laptop.today().due if line.kind == "measure" and line.client == client]


def test_measures_that_are_due_stand_on_today_until_one_is_signed(desk_of: Make) -> None:
    laptop = opened(desk_of(), asq_adults=1)
    assert due_lines(laptop, ADA) == ["First measures are to be asked"]
    signed(laptop, ADA, doc("asq", dict.fromkeys(("q1", "q2", "q3", "q4"), 0)))
    assert due_lines(laptop, ADA) == ["First measures are to be asked"], "a screen for suicide is none"
    signed(laptop, ADA, doc("phq9", PHQ | {"q9": 0}))
    assert due_lines(laptop, ADA) == []


def test_measures_are_due_again_after_the_days_of_the_program(desk_of: Make) -> None:
    desk = desk_of()
    laptop = opened(desk, measure_every_d_community=1)
    signed(laptop, ADA, doc("phq9", PHQ | {"q9": 0}))
    assert due_lines(laptop, ADA) == []
    desk.clock.move(days=2)
    laptop.unlock(PASSPHRASE)
    (line,) = due_lines(laptop, ADA)
    assert line.startswith("Measures: last asked on ")
