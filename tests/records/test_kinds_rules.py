"""Sign checks and derived values of the kinds, at their boundaries."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.fold import View, project
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import (
    KINDS,
    alert,
    assignment,
    contact,
    contact_plan,
    crisis_plan,
    note,
    oncall,
    risk,
    safety_plan,
    staff,
)

NOW = 1_795_000_000_000
HOUR = 3_600_000
CLIENT = uuid7(NOW, b"c" * 10)
NURSE = uuid7(NOW, b"n" * 10)


def signing(at_ms: int = NOW, **more: Any) -> Signing:
    return Signing(at_ms=at_ms, tz="America/Los_Angeles", author=NURSE, role="clinician", **more)


def stops(problems: Any) -> set[str]:
    return {problem.field for problem in problems if problem.stops}


def warns(problems: Any) -> set[str]:
    return {problem.field for problem in problems if not problem.stops}


class History:
    """Writes entries of one record, one millisecond apart."""

    def __init__(self, kind: str, record: str = "") -> None:
        self.kind = KINDS[kind]
        self.record = record or uuid7(NOW, b"r" * 10)
        self.entries: list[Entry] = []

    def write(
        self,
        body: dict[str, Any],
        *,
        meaning: str = "save",
        prev: list[Entry] | None = None,
        about: Entry | None = None,
    ) -> Entry:
        number = len(self.entries) + 1
        seen = self.entries[-1:] if prev is None and about is None else prev or []
        assert self.kind.check_body(meaning, body) is None
        entry = Entry.made(
            Envelope(
                org="0" * 64,
                id=self.record,
                kind=self.kind.name,
                author=Author(NURSE, "N. Urse", "RN", "clinician"),
                device=NURSE,
                series=NURSE,
                counter=number,
                at=instant(NOW + number),
                tz="UTC",
                clock=Clock(0, None),
                meaning=meaning,
                prev=tuple(sorted(e.hash for e in seen)),
                body=body,
                client=CLIENT if self.kind.about_client else None,
                about=about.hash if about else None,
            )
        )
        self.entries.append(entry)
        return entry

    @property
    def view(self) -> View:
        return project(self.kind, self.entries)


CONTACT = {
    "start": instant(NOW - 2 * HOUR),
    "stop": instant(NOW - HOUR),
    "outcome": "completed",
    "contact_type": "case_management",
    "modality": "in_person",
    "setting": "home",
}


def test_a_complete_contact_has_no_problems() -> None:
    assert contact.check(CONTACT, signing()) == []


@pytest.mark.parametrize("name", ["start", "stop", "outcome", "contact_type", "modality", "setting"])
def test_a_contact_without_a_needed_field_says_so_at_the_field(name: str) -> None:
    assert stops(contact.check({k: v for k, v in CONTACT.items() if k != name}, signing())) == {name}


@pytest.mark.parametrize(
    ("start", "stop", "wrong"),
    [
        (-2 * HOUR, -2 * HOUR, True),
        (-HOUR, -2 * HOUR, True),
        (-12 * HOUR, 0, False),
        (-12 * HOUR - 60_000, 0, True),
        (-HOUR, 5 * 60_000, False),
        (-HOUR, 5 * 60_000 + 1, True),
    ],
)
def test_contact_times_are_checked_at_their_limits(start: int, stop: int, wrong: bool) -> None:
    doc = CONTACT | {"start": instant(NOW + start), "stop": instant(NOW + stop)}
    assert ("stop" in stops(contact.check(doc, signing()))) is wrong


def test_an_attempt_may_have_no_length() -> None:
    doc = {k: v for k, v in CONTACT.items() if k not in ("modality", "setting")}
    doc |= {"outcome": "attempt_no_answer", "stop": doc["start"]}
    assert contact.check(doc, signing()) == []


def test_a_phone_contact_asks_where_the_client_was_but_does_not_insist() -> None:
    problems = contact.check(CONTACT | {"modality": "audio_only"}, signing())
    assert warns(problems) == {"client_location", "consent_on_file"}
    assert not stops(problems)


def test_a_contact_that_crosses_midnight_counts_its_minutes_once() -> None:
    doc = {"start": "2026-11-21T23:50:00.000Z", "stop": "2026-11-22T00:20:00.000Z"}
    assert contact.minutes(doc) == 30


NOTE = {
    "format": "DAP",
    "sections": {name: f"Something that was seen in {name} today." for name in note.SECTIONS["DAP"]},
    "service_start": instant(NOW - 2 * HOUR),
    "service_stop": instant(NOW - HOUR),
    "risk_block": {"answer": "asked_denied"},
    "goals": ["Keep the apartment"],
}


def test_a_complete_note_has_no_problems() -> None:
    assert note.check(NOTE, signing()) == []


def test_a_short_section_is_a_warning_and_a_missing_risk_answer_stops() -> None:
    doc = NOTE | {"sections": {**NOTE["sections"], "plan": "x" * 19}, "risk_block": {}}  # type: ignore[dict-item]
    problems = note.check(doc, signing())
    assert warns(problems) == {"sections.plan"}
    assert stops(problems) == {"risk_block"}
    doc["sections"]["plan"] = "x" * 20  # type: ignore[index]
    assert not warns(note.check(doc, signing()))


def test_risk_present_needs_a_level() -> None:
    doc = NOTE | {"risk_block": {"answer": "present"}}
    assert stops(note.check(doc, signing())) == {"risk_block"}
    assert not stops(note.check(doc | {"risk_block": {"answer": "present", "level": "high"}}, signing()))


@pytest.mark.parametrize(("after_ms", "late"), [(72 * HOUR, False), (72 * HOUR + 1, True)])
def test_a_note_is_late_after_the_limit_and_then_needs_a_reason(after_ms: int, late: bool) -> None:
    at = NOW - HOUR + after_ms
    assert note.is_late(NOTE, at, {}) is late
    assert ("late_reason" in stops(note.check(NOTE, signing(at)))) is late
    assert "late_reason" not in stops(note.check(NOTE | {"late_reason": "Laptop broke."}, signing(at)))


def test_a_correction_is_late_only_if_the_note_was() -> None:
    days = 9 * 24 * HOUR
    assert "late_reason" in stops(note.check(NOTE, signing(NOW + days)))
    assert "late_reason" not in stops(note.check(NOTE, signing(NOW + days, first_ms=NOW)))
    assert "late_reason" in stops(note.check(NOTE, signing(NOW + 2 * days, first_ms=NOW + days)))


def test_a_note_that_repeats_an_earlier_one_is_questioned() -> None:
    text = note.text_of(NOTE)
    assert warns(note.check(NOTE, signing(earlier=[text]))) == {"sections"}
    other = "Entirely different words about another day, another place and another worry. " * 3
    assert not warns(note.check(NOTE, signing(earlier=[other])))


def plan(**more: Any) -> dict[str, Any]:
    return {
        "signs": ["I stop answering the phone"],
        "alone": ["Walk to the river"],
        "team": [{"name": "Team, day and night", "phone": "555-0100"}],
        "not_yet": {step: "Wants to think about it" for step in ("distract", "helpers", "means", "matters")},
        "review_due": "2026-12-01",
    } | more


def test_a_plan_is_active_with_the_needed_steps_and_reasons_for_the_rest() -> None:
    assert safety_plan.check(plan(), signing()) == []


@pytest.mark.parametrize("step", list(safety_plan.STEPS))
def test_an_empty_step_needs_a_line_or_a_reason_where_that_is_allowed(step: str) -> None:
    reasons = {k: v for k, v in plan()["not_yet"].items() if k != step}
    doc = plan(not_yet=reasons) | ({step: []} if step in safety_plan.NEEDED else {})
    assert stops(safety_plan.check(doc, signing())) == {step}
    if step in safety_plan.NEEDED:
        doc["not_yet"] = reasons | {step: "later"}
        assert stops(safety_plan.check(doc, signing())) == {step}


def test_a_step_holds_six_lines_and_not_seven() -> None:
    assert not stops(safety_plan.check(plan(signs=["x"] * 6), signing()))
    assert stops(safety_plan.check(plan(signs=["x"] * 7), signing())) == {"signs"}


def test_a_declined_plan_needs_only_its_reason() -> None:
    assert stops(safety_plan.check({"declined": True}, signing())) == {"declined_reason"}
    assert not safety_plan.check({"declined": True, "declined_reason": "Not today"}, signing())


def test_a_crisis_plan_has_steps_of_its_own_and_the_same_rule() -> None:
    doc = plan(not_yet={step: "later" for step in ("worse", "helpers", "means", "wishes")})
    assert crisis_plan.FORM.check(doc, signing()) == []
    assert stops(crisis_plan.FORM.check(doc | {"signs": []}, signing())) == {"signs"}
    assert stops(crisis_plan.FORM.check(doc | {"not_yet": {}}, signing())) == {
        "worse", "helpers", "means", "wishes",
    }  # fmt: skip
    assert set(crisis_plan.STEPS) <= set(crisis_plan.CrisisPlan.model_fields)
    assert set(safety_plan.STEPS) <= set(safety_plan.SafetyPlan.model_fields)


@pytest.mark.parametrize(
    ("phone", "fine"),
    [
        ("988", True),
        ("+1 (425) 555-0101 ext 12", True),
        ("425.555.0101", True),
        ("12", False),
        ("her mum", False),
    ],
)
def test_a_phone_that_nobody_can_dial_is_questioned_and_never_stops(phone: str, fine: bool) -> None:
    doc = plan(team=[{"name": "Team", "phone": "988"}, {"name": "Ruth", "phone": phone}])
    found = safety_plan.check(doc, signing())
    assert not stops(found)
    assert warns(found) == (set() if fine else {"team"})


def test_a_plan_is_shared_with_somebody_only_by_a_consent() -> None:
    doc = plan(shared_with=[{"who": "Ngozi", "basis": "roi"}, {"who": "Landlord"}])
    assert stops(safety_plan.check(doc, signing())) == {"shared_with"}
    assert not safety_plan.check(plan(shared_with=[{"who": "Ngozi", "basis": "roi"}]), signing())


def test_version_numbers_follow_the_longest_chain() -> None:
    history = History("safety_plan", one_per(CLIENT, "safety_plan"))
    first = history.write({"doc": plan()}, meaning="sign")
    left = history.write({"doc": plan(signs=["a"])}, meaning="sign", prev=[first])
    right = history.write({"doc": plan(signs=["b"])}, meaning="sign", prev=[first])
    both = history.write({"doc": plan(signs=["c"])}, meaning="sign", prev=[left, right])
    numbers = [safety_plan.number_of(history.view, e.hash) for e in (first, left, right, both)]
    assert numbers == [1, 2, 2, 3]


def signal(level: str, key: str) -> dict[str, Any]:
    return {"items": {"signals": {key: {"level": level, "source": "a" * 64, "source_kind": "note"}}}}


def test_risk_is_the_highest_signal_until_a_signed_entry_considers_it() -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    high = history.write(signal("high", "s1"))
    assert history.view.derived["level"] == "high"
    history.write(
        {"set": {"level": "low", "reason": "Seen today, safe."}, "considered": [high.hash]}, meaning="sign"
    )
    assert history.view.derived["level"] == "low"
    history.write(signal("moderate", "s2"))
    assert history.view.derived["level"] == "moderate"


def test_a_signal_that_the_author_had_not_seen_stays_in_force() -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    low = history.write(signal("low", "s1"))
    history.write(signal("high", "s2"), prev=[low])
    history.write(
        {"set": {"level": "none", "reason": "All well."}, "considered": [low.hash]},
        meaning="sign",
        prev=[low],
    )
    assert history.view.derived["level"] == "high"


def test_an_error_on_the_entry_that_lowered_the_risk_raises_it_again() -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    high = history.write(signal("high", "s1"))
    lowered = history.write(
        {"set": {"level": "none", "reason": "Wrong client."}, "considered": [high.hash]}, meaning="sign"
    )
    history.write({"reason": "Written on the wrong client"}, meaning="error", about=lowered)
    assert history.view.derived["level"] == "high"


def test_two_judgements_side_by_side_count_as_the_higher() -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    first = history.write(signal("low", "s1"))
    for level in ("none", "moderate"):
        history.write(
            {"set": {"level": level, "reason": "Seen."}, "considered": [first.hash]},
            meaning="sign",
            prev=[first],
        )
    view = history.view
    assert view.derived["level"] == "moderate"
    assert view.get("level") == "moderate"
    assert "level" in view.conflicts


@pytest.mark.parametrize(
    ("meaning", "body", "taken"),
    [
        ("save", {"items": {"signals": {"s": {"level": "high"}}}}, True),
        ("sign", {"set": {"level": "low", "reason": "Asked."}}, True),
        ("sign", {"set": {"next_review": "2026-12-01"}}, True),
        ("save", {"set": {"level": "low", "reason": "Asked."}}, False),
        ("save", {"set": {"next_review": "2026-12-01"}}, False),
        ("save", {"considered": ["a" * 64]}, False),
        ("sign", {"set": {"level": "low"}}, False),
        ("sign", {"set": {"level": "low", "reason": " "}}, False),
        ("sign", {"set": {"level": "lowest", "reason": "Asked."}}, False),
        ("sign", {"set": {"level": None, "reason": "Asked."}}, False),
        ("sign", {"considered": ["a" * 64]}, False),
        ("amend", {"set": {"level": "low"}, "reason": "typed wrong"}, False),
        ("sign", {"drop": {"signals": ["s"]}}, False),
    ],
)
def test_check_14_lower_a_risk_level_without_signed_reason_is_refused_by_its_form(
    meaning: str, body: dict[str, Any], taken: bool
) -> None:
    """Acceptance check 14: the same rule on every laptop and on the server."""
    assert (KINDS["risk"].check_body(meaning, body) is None) is taken


def test_a_signal_is_never_talked_down_by_writing_over_it() -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    history.write(signal("high", "s1"))
    history.write(signal("none", "s1"))
    assert history.view.derived["level"] == "high"
    assert history.view.conflicts == ()
    raised = history.write(signal("imminent", "s1"))
    assert history.view.derived["level"] == "imminent"
    said = {"set": {"level": "low", "reason": "Asked."}, "considered": [raised.hash]}
    history.write(said, meaning="sign")
    assert history.view.derived["level"] == "low"


@pytest.mark.parametrize(
    ("source", "level"), [("measure", "high"), ("note", "imminent"), ("crisis", "imminent")]
)
def test_imminent_is_only_ever_said_by_somebody(source: str, level: str) -> None:
    history = History("risk", one_per(CLIENT, "risk"))
    history.write({"items": {"signals": {"s": {"level": "imminent", "source_kind": source}}}})
    assert history.view.derived["level"] == level


def test_since_when_a_risk_is_as_high_as_now() -> None:
    """A level that is signed again is no new level; a lower one in between ends it."""
    assert risk.rose_ms([]) is None
    assert risk.rose_ms([(1, "high"), (5, "moderate")]) == 1
    assert risk.rose_ms([(1, "low"), (3, "high"), (5, "imminent"), (7, "high")]) == 3
    assert risk.rose_ms([(1, "high"), (3, "low"), (5, "moderate")]) == 5
    history = History("risk", one_per(CLIENT, "risk"))
    high = history.write(signal("high", "s1"))
    history.write({"set": {"level": "high", "reason": "Asked."}, "considered": [high.hash]}, meaning="sign")
    low = history.write({"set": {"level": "low", "reason": "Asked."}}, meaning="sign")
    wrong = history.write(signal("imminent", "s2"))
    assert [level for _, level in risk.turns(history.entries)] == ["high", "low", "imminent"]
    assert [level for _, level in risk.turns(history.entries, [wrong.hash])] == ["high", "low"]
    assert risk.around(history.entries, low.hash) == ("high", "low")


def test_an_alert_stays_when_it_is_cleared_and_confirmed_at_once() -> None:
    history = History("alert")
    made = history.write({"set": {"code": "dog_loose", "severity": "caution"}})

    def active() -> bool:
        return bool(history.view.derived["active"])

    cleared = history.write({"set": {"cleared": True, "cleared_reason": "Dog gone"}}, prev=[made])
    assert not active()
    history.write({"items": {"confirmations": {"k1": {"on": instant(NOW), "by": "T. Ech"}}}}, prev=[made])
    assert active()
    history.write({"set": {"cleared": True, "cleared_reason": "Really gone"}}, prev=history.entries[1:3])
    assert not active()
    assert alert.KIND.index(history.view).state == "cleared"
    assert cleared.hash != made.hash


def test_two_primaries_at_one_time_are_an_overlap() -> None:
    history = History("assignment", one_per(CLIENT, "assignment"))
    rows = {
        "p1": {"staff": NURSE, "role": "primary", "since": "2026-01-01", "until": "2026-03-31"},
        "p2": {"staff": NURSE, "role": "primary", "since": "2026-04-01"},
    }
    history.write({"items": {"periods": rows}})
    assert history.view.derived["primary_overlaps"] == []
    history.write({"items": {"periods": {"p1": {"until": "2026-04-01"}}}})
    assert history.view.derived["primary_overlaps"] == [["p1", "p2"]]
    assert assignment.staff_on(history.view, "2026-03-31") == {NURSE: "primary"}
    assert assignment.staff_on(history.view, "2025-12-31") == {}


def test_the_contact_plan_that_started_last_holds() -> None:
    history = History("contact_plan", one_per(CLIENT, "contact_plan"))
    history.write({"items": {"periods": {"a": {"start": "2026-01-01", "target_n": 5}}}})
    history.write({"items": {"periods": {"b": {"start": "2026-06-01", "target_n": 2}}}})
    assert contact_plan.current(history.view, "2026-05-31")["target_n"] == 5
    assert contact_plan.current(history.view, "2026-06-01")["target_n"] == 2
    assert contact_plan.current(history.view, "2025-06-01") == {}


def test_on_call_shifts_cover_their_start_and_not_their_end() -> None:
    program = uuid7(NOW, b"p" * 10)
    history = History("oncall", one_per(program, "oncall"))
    shift = {"since": instant(NOW), "until": instant(NOW + HOUR), "primary": NURSE}
    history.write({"set": {"program": program}, "items": {"shifts": {"s": shift}}})
    assert len(oncall.at(history.view, NOW)) == 1
    assert len(oncall.at(history.view, NOW + HOUR)) == 0


@pytest.mark.parametrize(
    ("npi", "right"),
    [("1234567893", True), ("1234567890", False), ("123456789", False), ("12345678９3", False)],
)
def test_an_npi_is_checked_by_its_luhn_digit(npi: str, right: bool) -> None:
    assert staff.luhn_npi(npi) is right


def test_every_kind_has_labels_for_known_fields_only_and_a_unique_name() -> None:
    for name, kind in KINDS.items():
        assert kind.name == name
        assert set(kind.labels) <= set(kind.model.model_fields), name
        assert all(lst in kind.model.model_fields for lst in kind.lists)
        assert kind.audience or kind.sensitivity == "psychotherapy"


def test_a_body_with_a_field_of_a_later_schema_is_kept_and_a_wrong_type_is_refused() -> None:
    kind = KINDS["contact"]
    assert kind.check_body("save", {"set": {"field_of_2030": {"x": 1}}}) is None
    problem = kind.check_body("save", {"set": {"travel_min": "secret words"}})
    assert problem is not None
    assert "travel_min" in problem
    assert "secret" not in problem
    assert risk.KIND.check_body("save", {"doc": {}}) is not None
    assert KINDS["note"].check_body("save", {"doc": NOTE}) is not None
    assert KINDS["note"].check_body("sign", {"doc": NOTE}) is None
