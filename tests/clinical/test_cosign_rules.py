"""Who must co-sign what (clinical.md 1.3): by an MHP for plans and crises, by the agency's rule for notes."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.clinical.cosign import cosign_required, cosigner_problem
from fieldapp.clinical.policy import TABLE, Actor, allow
from fieldapp.clinical.roles import CLINICAL, REVIEWERS

DAY = "2026-11-22"
DOC = {"format": "DAP"}


def person(rule: str | None = None, code: str | None = None, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = dict(more)
    if rule:
        values["cosign_rule"] = rule
    if code:
        values["credentials"] = {"c": {"code": code, "issued": "2020-01-01"}}
    return values


@pytest.mark.parametrize("kind", ["safety_plan", "crisis_plan", "crisis"])
@pytest.mark.parametrize("role", ["tech", "casemgr", "clinician", "prescriber", "supervisor"])
@pytest.mark.parametrize("rule", [None, "never", "always"])
def test_plans_and_crises_wait_for_a_professional_unless_the_author_is_one(
    kind: str, role: str, rule: str | None
) -> None:
    assert cosign_required(kind, {}, person(rule), role, DAY) == "mhp"
    assert cosign_required(kind, {}, person(rule, is_mhp=False), role, DAY) == "mhp"
    assert cosign_required(kind, {}, person(rule, is_mhp=True), role, DAY) is None


def test_a_technicians_note_is_cosigned_when_nobody_set_a_rule() -> None:
    assert cosign_required("note", DOC, person(), "tech", DAY) == "supervisor"
    for role in ("casemgr", "clinician", "prescriber", "peer", "medasst", "supervisor"):
        assert cosign_required("note", DOC, person(), role, DAY) is None


def test_an_associates_note_is_cosigned_until_a_full_licence_holds() -> None:
    assert cosign_required("note", DOC, person(code="LMHCA"), "clinician", DAY) == "supervisor"
    both = {
        "credentials": {
            "a": {"code": "LMHCA", "expires": "2026-11-21"},
            "b": {"code": "LMHC", "issued": "2026-11-22"},
            "c": {"code": "MHP"},
        }
    }
    assert cosign_required("note", DOC, both, "clinician", "2026-11-21") == "supervisor"
    assert cosign_required("note", DOC, both, "clinician", "2026-11-22") is None


@pytest.mark.parametrize("kind", ["note", "group_session"])
def test_the_agencys_rule_wins_over_the_default(kind: str) -> None:
    assert cosign_required(kind, DOC, person("never"), "tech", DAY) is None
    assert cosign_required(kind, DOC, person("always"), "clinician", DAY) == "supervisor"


def test_until_a_date_includes_that_date() -> None:
    until = person("until_date", cosign_until=DAY)
    assert cosign_required("note", DOC, until, "clinician", DAY) == "supervisor"
    assert cosign_required("note", DOC, until, "clinician", "2026-11-23") is None
    assert cosign_required("note", DOC, person("until_date"), "clinician", DAY) == "supervisor"


def test_listed_kinds_are_cosigned_and_others_not() -> None:
    listed = person("listed_types", cosign_kinds=["note", "contact"])
    assert cosign_required("note", DOC, listed, "tech", DAY) == "supervisor"
    assert cosign_required("contact", {}, listed, "tech", DAY) == "supervisor"
    assert cosign_required("group_session", {}, listed, "tech", DAY) is None


def test_a_contact_that_is_only_saved_is_not_cosigned_by_always() -> None:
    assert cosign_required("contact", {}, person("always"), "tech", DAY) is None


def test_a_level_of_care_change_is_cosigned_and_the_first_one_is_no_change() -> None:
    change = {"level_of_care": "PHP_2.5"}
    assert cosign_required("episode", change, person(), "clinician", DAY) == "supervisor"
    assert cosign_required("episode", change, person(), "clinician", DAY, first=True) is None
    assert cosign_required("episode", {"county": "Skagit"}, person(), "clinician", DAY) is None
    assert cosign_required("episode", change, person(), "supervisor", DAY) is None


def test_an_alert_is_reviewed_when_it_says_something_new_and_not_when_confirmed() -> None:
    assert cosign_required("alert", {"code": "dog_loose"}, person(), "tech", DAY) == "supervisor"
    assert cosign_required("alert", {"cleared": True}, person(), "tech", DAY) == "supervisor"
    assert cosign_required("alert", {}, person(), "tech", DAY) is None
    assert cosign_required("alert", {"code": "dog_loose"}, person(), "supervisor", DAY) is None


def test_treatment_plan_diagnosis_and_discharge() -> None:
    assert cosign_required("treatment_plan", {}, person(), "casemgr", DAY) == "supervisor"
    assert cosign_required("treatment_plan", {}, person(), "clinician", DAY) is None
    assert cosign_required("diagnosis", {}, person("never", "LMHCA"), "clinician", DAY) == "supervisor"
    assert cosign_required("diagnosis", {}, person(None, "LMHC"), "clinician", DAY) is None
    assert cosign_required("discharge", {}, person("never"), "clinician", DAY) == "supervisor"


@pytest.mark.parametrize("kind", ["client", "risk", "planned_visit", "assignment", "staff", "later_kind"])
def test_working_records_stand_without_a_cosign(kind: str) -> None:
    assert cosign_required(kind, {"x": 1}, person("always"), "tech", DAY) is None


FULL, ASSOCIATE = person(code="LICSW"), person(code="LMHCA")
COSIGNERS: list[tuple[str, dict[str, Any], str, str, bool]] = [
    # kind, what the co-signer's staff record says, their role, what is asked for, whether they may
    ("note", FULL, "supervisor", "supervisor", True),
    ("note", ASSOCIATE, "supervisor", "supervisor", False),
    ("note", person("always", "LICSW"), "supervisor", "supervisor", False),
    ("note", person("never", "LMHCA"), "supervisor", "supervisor", True),
    ("note", person("until_date", "LICSW", cosign_until=DAY), "supervisor", "supervisor", False),
    ("note", person("until_date", "LICSW", cosign_until="2026-11-21"), "supervisor", "supervisor", True),
    ("note", person("listed_types", "LICSW", cosign_kinds=["note"]), "supervisor", "supervisor", False),
    ("note", person("listed_types", "LICSW", cosign_kinds=["contact"]), "supervisor", "supervisor", True),
    ("note", person(), "manager", "supervisor", True),
    ("group_session", ASSOCIATE, "supervisor", "supervisor", False),
    ("treatment_plan", ASSOCIATE, "supervisor", "supervisor", False),
    ("diagnosis", person("never", "LMHCA"), "supervisor", "supervisor", False),
    ("diagnosis", FULL, "supervisor", "supervisor", True),
    ("alert", ASSOCIATE, "supervisor", "supervisor", True),
    ("risk", ASSOCIATE, "supervisor", "supervisor", True),
    ("crisis", ASSOCIATE, "supervisor", "mhp", True),
    ("safety_plan", ASSOCIATE, "clinician", "mhp", True),
]


@pytest.mark.parametrize(("kind", "values", "role", "required", "may"), COSIGNERS)
def test_whose_own_signature_would_wait_for_a_supervisor_stands_in_for_none(
    kind: str, values: dict[str, Any], role: str, required: str, may: bool
) -> None:
    problem = cosigner_problem(kind, values, role, DAY, required)
    assert (problem is None) == may
    assert problem is None or problem.stops


@pytest.mark.parametrize("role", sorted(CLINICAL | REVIEWERS | {"records", "biller", "sysadmin"}))
@pytest.mark.parametrize("kind", sorted(TABLE))
def test_who_may_co_sign_by_role_and_by_profession(kind: str, role: str) -> None:
    """clinical.md 1.3: supervisors and managers review; an MHP with a field role co-signs plans and crises."""
    actor, mhp = Actor("a", frozenset({role})), Actor("a", frozenset({role}), is_mhp=True)
    reviewed = bool(TABLE[kind].review)
    assert bool(allow(actor, "cosign", kind, cosign_required="supervisor")) == (
        reviewed and role in REVIEWERS and kind != "psychotherapy_note"
    )
    assert not allow(actor, "cosign", kind, cosign_required="mhp")
    assert bool(allow(mhp, "cosign", kind, cosign_required="mhp")) == (
        reviewed and role in CLINICAL | REVIEWERS and kind != "psychotherapy_note"
    )
    assert not allow(mhp, "cosign", kind, own_target=True, cosign_required="mhp")
