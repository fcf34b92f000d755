"""Every kind of record, one module each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..kind import Kind
from . import (
    adherence,
    alert,
    assignment,
    break_glass,
    certificate,
    client,
    consent,
    contact,
    contact_plan,
    crisis,
    crisis_plan,
    discharge,
    disclosure,
    episode,
    group_session,
    injection,
    measure,
    medication_list,
    move,
    note,
    oncall,
    organisation,
    pack_part,
    planned_visit,
    program,
    psychotherapy_note,
    quarantine_decision,
    related_person,
    risk,
    safety_plan,
    shift_report,
    snippet,
    staff,
    stay,
    task,
    team,
    treatment_plan,
    visit_checkin,
    vitals,
)
from .plan import PlanForm

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        module.KIND.name: module.KIND
        for module in (
            organisation, program, team, staff, certificate, pack_part, move, quarantine_decision,
            break_glass, oncall, client, episode, related_person, alert, assignment, planned_visit,
            contact_plan, contact, crisis, note, risk, safety_plan, crisis_plan, task, measure,
            medication_list, adherence, vitals, injection, psychotherapy_note, consent, disclosure, snippet,
            group_session, visit_checkin, shift_report,
            treatment_plan, stay, discharge,
        )
    }
)  # fmt: skip
"""By name. An entry of a kind that is not here was made by a newer version: it is kept, not shown."""

PLANS: Mapping[str, PlanForm] = MappingProxyType(
    {module.FORM.kind: module.FORM for module in (safety_plan, crisis_plan)}
)
"""The plans by the name of their kind: one engine, each with steps of its own."""

VERSIONED = frozenset(kind.name for kind in KINDS.values() if kind.cls == "versioned")
"""Kinds of which versions stand, all of them until somebody settles: the plans and the treatment plan."""
