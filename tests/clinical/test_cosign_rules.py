"""Who must co-sign what (clinical.md 1.3): by an MHP for plans and crises, by the agency's rule for notes."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.clinical.cosign import cosign_required

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
