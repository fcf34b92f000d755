"""Whether what is about to be signed needs a co-sign, and by whom; frozen in the signed body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldapp.records.canonical import Json
from fieldapp.records.kind import Problem

from .credentials import ASSOCIATES, DESIGNATIONS, codes_on

Cosigner = Literal["supervisor", "mhp"]

BY_MHP = frozenset({"crisis", "safety_plan", "crisis_plan"})
"""Active at once, marked as awaiting a mental health professional if the author is none."""
BY_RULE = frozenset({"note", "group_session", "treatment_plan", "diagnosis"})
"""Signed documents that follow the agency's rule for the person."""
_ALERT_FIELDS = frozenset({"cls", "code", "severity", "detail", "cleared"})
_CARE_FIELDS = frozenset({"level_of_care", "program"})
_ALWAYS_SUPERVISED = frozenset({"tech"})


def cosign_required(
    kind: str,
    doc: Mapping[str, Json],
    staff_values: Mapping[str, Json],
    role: str,
    day: str,
    *,
    first: bool = False,
) -> Cosigner | None:
    """Return who must co-sign, or None.

    Args:
        kind: name of the kind.
        doc: what the entry writes: the body of a document, the `set` fields of a working record.
        staff_values: of the author.
        role: in which the author signs.
        day: of signing, in the zone of the program.
        first: whether it is the record's first entry: naming a level of care is then no change.
    """
    if kind in BY_MHP:
        return None if staff_values.get("is_mhp") else "mhp"
    if role == "supervisor" and kind in ("alert", "episode", "discharge"):
        return None
    if kind == "alert":
        return "supervisor" if _ALERT_FIELDS & set(doc) else None
    if kind == "episode":
        return "supervisor" if _CARE_FIELDS & set(doc) and not first else None
    if kind == "discharge":
        return "supervisor"
    if _listed(kind, staff_values):
        return "supervisor"
    if kind not in BY_RULE:
        return None
    return "supervisor" if _by_rule(kind, staff_values, role, day) else None


def cosigner_problem(
    kind: str, staff_values: Mapping[str, Json], role: str, day: str, required: str
) -> Problem | None:
    """Return why a person's credential is not sufficient to co-sign; None if it is (clinical.md 1.3, approver).

    Whose own signature on such a record would wait for a supervisor does not stand in for one. That a mental health
    professional is one is the role table's question (`policy.allow`).
    """
    if required != "supervisor" or not (kind in BY_RULE or _listed(kind, staff_values)):
        return None
    if not (_listed(kind, staff_values) or _by_rule(kind, staff_values, role, day)):
        return None
    return Problem(
        "credential",
        "What you sign of this kind is co-signed itself: a supervisor with a full licence co-signs this.",
        stops=True,
    )


def waiting_kinds(staff_values: Mapping[str, Json], role: str, day: str) -> tuple[str, ...]:
    """Return the kinds of record by a person that wait for a supervisor on a day, as `cosign_required` judges them; sorted."""
    listed = staff_values.get("cosign_kinds") or ()
    return tuple(
        sorted(
            kind
            for kind in BY_RULE | {str(one) for one in listed}
            if _listed(kind, staff_values) or (kind in BY_RULE and _by_rule(kind, staff_values, role, day))
        )
    )


def _listed(kind: str, staff_values: Mapping[str, Json]) -> bool:
    return staff_values.get("cosign_rule") == "listed_types" and kind in (
        staff_values.get("cosign_kinds") or ()
    )


def _by_rule(kind: str, staff_values: Mapping[str, Json], role: str, day: str) -> bool:
    supervised = role in _ALWAYS_SUPERVISED or _is_associate(staff_values, day)
    if kind == "diagnosis" and _is_associate(staff_values, day):
        return True
    if kind == "treatment_plan" and role == "casemgr":
        return True
    match staff_values.get("cosign_rule"):
        case "always":
            return True
        case "never" | "listed_types":
            return False
        case "until_date":
            until = staff_values.get("cosign_until")
            return day <= until if until else True
        case _:
            return supervised


def _is_associate(staff_values: Mapping[str, Json], day: str) -> bool:
    """Tell whether every licence that holds on the day is a trainee's or an associate's."""
    licences = [code for code in codes_on(staff_values, day) if code not in DESIGNATIONS]
    return bool(licences) and all(code in ASSOCIATES for code in licences)
