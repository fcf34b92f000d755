"""The treatment plan: what a version needs, which version stands, what a review changes."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.records.fold import Note
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS, VERSIONED
from fieldapp.records.kinds.treatment_plan import KIND, check, due_of, is_open, ordered, reviews
from tests.forms.desk import NOW
from tests.goals.made import FLAT, PLAN, SLEEP, WORK

SIGNING = Signing(NOW, "America/Los_Angeles", "x", "clinician")
AGREED = {name: PLAN[name] for name in ("signature", "signed_on", "witness", "copy_offered")}


def changed(**values: Any) -> dict[str, Any]:
    """Return the plan with some fields changed; None takes one away."""
    return {name: value for name, value in {**PLAN, **values}.items() if value is not None}


def goal(**values: Any) -> dict[str, Any]:
    """Return the plan with its first goal changed."""
    row = {name: value for name, value in {**PLAN["goals"][SLEEP], **values}.items() if value is not None}
    return changed(goals={**PLAN["goals"], SLEEP: row})


def found(doc: dict[str, Any]) -> set[tuple[str, bool]]:
    """Return where something stands against a version, and whether it stops."""
    return {
        (problem.field.replace(SLEEP, "1").replace(FLAT, "2"), problem.stops)
        for problem in check(doc, SIGNING)
    }


@pytest.mark.parametrize(
    ("doc", "stands_against"),
    [
        (dict(PLAN), set()),
        (changed(goals={}), {("goals", True)}),
        (goal(words=None), {("goals.1.words", True)}),
        (goal(words="keep  the FLAT"), {("goals.2.words", True)}),
        (goal(domain=None), {("goals.1.domain", True)}),
        (goal(objectives=None), {("goals.1.objectives", False)}),
        (goal(help=None), {("goals.1.help", False)}),
        (goal(objectives=None, help=None, status="met"), set()),
        (goal(objectives=[{"text": "x", "due": "by spring"}]), {("goals.1.objectives", True)}),
        (changed(participation=None), {("participation", True)}),
        (changed(participation="partly"), {("participation_reason", True)}),
        (changed(participation="partly", participation_reason="Not the group"), set()),
        (changed(participation="refused"), {("participation_reason", True)}),
        (
            changed(participation="refused", participation_reason="No", **dict.fromkeys(AGREED)),
            set(),
        ),
        (changed(signature=None), {("signature", True)}),
        (changed(witness=None), {("witness", True)}),
        (changed(signature="typed_on_device"), {("signed_name", True)}),
        (changed(signed_on=None), {("signed_on", True)}),
        (changed(copy_offered=None), {("copy_offered", False)}),
        (changed(review_due=None), {("review_due", True)}),
        (changed(review_due="2026-02-30"), {("review_due", True)}),
        (changed(review_due="2027-02-20"), set()),
        (changed(review_due="2027-02-21"), {("review_due", False)}),
    ],
)
def test_what_stands_against_a_version(doc: dict[str, Any], stands_against: set[tuple[str, bool]]) -> None:
    assert found(doc) == stands_against


def test_a_plan_is_a_versioned_document_that_merges_nothing() -> None:
    assert KINDS["treatment_plan"] is KIND
    assert "treatment_plan" in VERSIONED
    assert KIND.check_body("sign", {"doc": dict(PLAN)}) is None
    for odd in ("a.b", "a_b", "a b", "", "x" * 65):
        said = KIND.check_body("sign", {"doc": {**PLAN, "goals": {odd: {"words": "x"}}}})
        assert said is not None
        assert said.startswith("goals") or "goals" in said
    assert KIND.check_body("save", {"doc": dict(PLAN)}) == "a document is signed, not saved"


def test_goals_stand_in_their_places_and_what_is_no_goal_is_left_out() -> None:
    assert [goal_id for goal_id, _ in ordered(PLAN)] == [SLEEP, FLAT, WORK]
    assert ordered({"goals": ["odd"]}) == []
    assert ordered({"goals": {"a": "odd"}}) == []
    assert ordered({}) == []
    assert [is_open({"words": "x", "status": state}) for state in (None, "", "active", "paused", "met", "stopped")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def note(
    number: int, category: str, *, role: str = "clinician", lifted: bool = False, about: str = "v1"
) -> Note:
    return Note(
        f"n{number}", about, "addendum", "s", "Dana", "LICSW", role, number, "", "Goes well", lifted, category
    )


def test_a_review_counts_when_it_was_said_by_somebody_who_may_and_was_not_taken_back() -> None:
    log = reviews(
        [
            note(1, "reviewed:2026-12-01"),
            note(3, "reviewed:2027-01-01"),
            note(2, "reviewed:2026-12-15"),
            note(4, "reviewed:2027-02-01", role="tech"),
            note(5, "reviewed:2027-02-02", lifted=True),
            note(6, "reviewed:soon"),
            note(7, ""),
        ]
    )
    assert [one.next_due for one in log] == ["2027-01-01", "2026-12-15", "2026-12-01"]
    assert due_of("v1", {"review_due": "2026-11-01"}, log) == "2027-01-01"
    assert due_of("v2", {"review_due": "2026-11-01"}, log) == "2026-11-01"
