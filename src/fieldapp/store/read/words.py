"""Codes and values as words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fieldapp.clinical.discharge_words import discharge_rows
from fieldapp.clinical.goal_words import plan_rows
from fieldapp.clinical.housing import ended_words, place_name, place_words
from fieldapp.records import episode_tables, group_tables, note_tables
from fieldapp.records.kind import DOC, Kind
from fieldapp.records.kinds import (
    PLANS,
    adherence,
    alert,
    assignment,
    client,
    consent,
    contact,
    contact_plan,
    crisis,
    crisis_plan,
    discharge,
    disclosure,
    episode,
    medication_list,
    note,
    plan,
    related_person,
    risk,
    safety_plan,
    shift_report,
    stay,
    task,
)
from fieldapp.records.types import Choices

CHOICES: Mapping[tuple[str, str], Choices] = MappingProxyType(
    {
        ("client", "housing_status"): client.HOUSING,
        ("client", "legal_status"): client.LEGAL,
        ("client", "race"): client.RACE,
        ("client", "language"): client.LANGUAGES,
        ("client", "addresses.kind"): client.ADDRESS_KINDS,
        ("client", "addresses.ended"): client.ENDED_HOW,
        ("contact", "outcome"): contact.OUTCOMES,
        ("contact", "contact_type"): contact.TYPES,
        ("contact", "modality"): contact.MODALITIES,
        ("contact", "setting"): contact.SETTINGS,
        ("contact", "participants.kind"): contact.PARTICIPANTS,
        ("contact", "audio_only_reason"): contact.AUDIO_REASONS,
        ("contact", "attendance"): group_tables.ATTENDANCE,
        ("contact", "homework_done"): group_tables.HOMEWORK,
        ("note", "attendance"): group_tables.ATTENDANCE,
        ("note", "homework_done"): group_tables.HOMEWORK,
        ("group_session", "contact_type"): contact.TYPES,
        ("group_session", "modality"): contact.MODALITIES,
        ("group_session", "setting"): contact.SETTINGS,
        ("group_session", "experiential"): group_tables.EXPERIENTIAL,
        ("group_session", "methods"): note_tables.INTERVENTIONS,
        ("episode", "status"): episode_tables.STATUSES,
        ("episode", "referral_source"): episode_tables.REFERRAL_SOURCES,
        ("episode", "format"): episode_tables.FORMATS,
        ("episode", "cohort"): episode_tables.COHORTS,
        ("episode", "level_of_care"): episode_tables.LEVELS_OF_CARE,
        ("episode", "redirect_to"): episode_tables.REDIRECTS,
        ("episode", "decision"): episode_tables.DECISIONS,
        ("episode", "intake_checks.answer"): episode_tables.CHECKED,
        ("episode", "intensity_tier"): episode.TIERS,
        ("episode", "step_down_from"): episode.STEP_DOWN_FROM,
        ("episode", "track"): episode.TRACKS,
        ("episode", "part2_status"): episode.PART_2,
        ("related_person", "kind"): related_person.KINDS,
        ("related_person", "knows_about_treatment"): related_person.KNOWS,
        ("related_person", "language"): client.LANGUAGES,
        ("consent", "kind"): consent.CONSENTS,
        ("consent", "what"): consent.WHAT,
        ("consent", "signature"): consent.METHODS,
        ("consent", "revoked_how"): consent.REVOKED_HOW,
        ("consent", "language"): client.LANGUAGES,
        ("disclosure", "basis"): disclosure.BASES,
        ("disclosure", "method"): disclosure.METHODS,
        ("contact", "participants.disclosure_basis"): disclosure.BASES,
        ("alert", "cls"): alert.CLASSES,
        ("alert", "code"): alert.CODES,
        ("alert", "severity"): alert.SEVERITIES,
        ("risk", "level"): risk.LEVELS,
        ("risk", "signals.level"): risk.LEVELS,
        ("assignment", "periods.role"): assignment.ROLES,
        ("contact_plan", "periods.reasons"): contact_plan.REASONS,
        ("contact_plan", "periods.per"): contact_plan.PER,
        ("contact_plan", "periods.days"): contact_plan.DAYS,
        ("contact_plan", "periods.settings"): contact.SETTINGS,
        ("contact_plan", "periods.modalities_ok"): contact.MODALITIES,
        ("contact_plan", "periods.contact_types"): contact.TYPES,
        ("contact_plan", "periods.client_agreed"): contact_plan.AGREED,
        ("shift_report", "lines.what"): shift_report.WHATS,
        ("planned_visit", "contact_type"): contact.TYPES,
        ("planned_visit", "modality"): contact.MODALITIES,
        ("planned_visit", "setting"): contact.SETTINGS,
        ("note", "format"): note.FORMATS,
        ("note", "interventions"): note_tables.INTERVENTIONS,
        ("note", "mse_quick"): note_tables.MSE,
        ("note", "client_saw_note"): note_tables.SAW_NOTE,
        ("risk", "weighed"): risk.WEIGHED,
        ("risk", "happened"): risk.HAPPENED,
        ("risk", "step_ups.decision"): risk.STEP_UP,
        ("safety_plan", "copy_given"): plan.COPIES,
        ("crisis_plan", "copy_given"): plan.COPIES,
        ("crisis_plan", "about"): crisis_plan.ABOUT,
        ("task", "what"): task.WHATS,
        ("task", "source_kind"): {
            "crisis": "Crisis",
            "note": "Note",
            "measure": "Measure",
            "adherence": "Medicine taking",
            "stay": "Hospital, ED or jail",
            "discharge": "Discharge",
            "client": "Where they live",
            "medication_list": "Medicines",
        },
        ("medication_list", "medicines.route"): medication_list.ROUTES,
        ("medication_list", "medicines.mat"): medication_list.MAT,
        ("adherence", "naloxone"): adherence.NALOXONE,
        ("medication_list", "medicines.source"): medication_list.SOURCES,
        ("medication_list", "medicines.lai_site"): medication_list.SITES,
        ("medication_list", "labs.what"): medication_list.LABS,
        ("adherence", "taken"): adherence.TAKEN,
        ("adherence", "barriers"): adherence.BARRIERS,
        ("adherence", "severity"): adherence.SEVERITIES,
        ("injection", "site"): medication_list.SITES,
        ("episode", "discharge_reason"): discharge.REASONS,
        ("discharge", "reason"): discharge.REASONS,
        ("discharge", "to"): discharge.LEVELS,
        ("stay", "what"): stay.WHATS,
        ("stay", "legal"): stay.LEGAL,
        ("stay", "learned"): stay.LEARNED,
        ("stay", "went_to"): stay.WENT_TO,
        ("crisis", "caller"): crisis.CALLERS,
        ("crisis", "channel"): crisis.CHANNELS,
        ("crisis", "second_person"): crisis.SECOND,
        ("crisis", "setting"): contact.SETTINGS,
        ("crisis", "nature"): crisis.NATURES,
        ("crisis", "intoxication"): crisis.INTOXICATION,
        ("crisis", "risk.level"): crisis.LEVELS,
        ("crisis", "risk.kinds"): crisis.RISKS,
        ("crisis", "plan_existed"): crisis.ASKED,
        ("crisis", "plan_used"): crisis.PLAN_USE,
        ("crisis", "plan_steps"): safety_plan.STEPS,
        ("crisis", "interventions"): crisis.INTERVENTIONS,
        ("crisis", "dispositions"): crisis.DISPOSITIONS,
        ("crisis", "notified.whom"): crisis.WHOM,
        ("crisis", "notified.basis"): crisis.BASES,
        ("crisis", "reports.to"): crisis.DUTIES,
    }
)
"""Which table a field's codes come from; `list.field` for items."""
_LINE = 200


def value_words(kind: str, field: str, value: Any) -> str:
    """Return a value as one text; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return CHOICES.get((kind, field), {}).get(value, value)
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, (value_words(kind, field, inner) for inner in value)))
    if isinstance(value, Mapping):
        return ", ".join(filter(None, (value_words(kind, f"{field}.{n}", v) for n, v in value.items())))
    return str(value)


def label_of(kind: Kind, path: str) -> str:
    """Return what a field (`list/item/field`) is called on screen."""
    if path == DOC:
        return f"Two versions of the {kind.label.lower()}"
    parts = path.split("/")
    label = kind.labels.get(parts[0], parts[0].replace("_", " ").capitalize())
    if len(parts) == 3:
        return f"{label}: {parts[2].replace('_', ' ')}"
    return f"{label}: removed or kept" if len(parts) == 2 else label


def document_words(kind: str, doc: Mapping[str, Any]) -> str:
    """Return a document's body as text with its headings."""
    if kind == "note":
        return note.text_of(doc)
    if kind in PLANS:
        if doc.get("declined"):
            return f"No plan now: {doc.get('declined_reason') or ''}".strip()
        parts = []
        for number, (step, title) in enumerate(PLANS[kind].steps.items(), 1):
            lines = [value_words(kind, step, line) for line in doc.get(step) or []]
            missing = (doc.get("not_yet") or {}).get(step)
            shown = lines or ([f"Not yet: {missing}"] if missing else [])
            if shown:
                parts.append("\n".join([f"{number} {title}", *(f"  {line}" for line in shown)]))
        return "\n".join(parts)
    if kind == "treatment_plan":
        return "\n".join(f"{label}\n{text}".strip() for label, text in plan_rows(doc) if text)
    if kind == "discharge":
        return "\n".join(f"{label}\n{text}".strip() for label, text in discharge_rows(doc) if text)
    return "\n".join(
        f"{name.replace('_', ' ').capitalize()}: {value_words(kind, name, value)}"
        for name, value in doc.items()
        if value not in (None, "", [], {})
    )


def medicine_words(row: Mapping[str, Any]) -> str:
    """Return one line of a medication list with everything that is known of it."""
    stop = str(row.get("stop") or "")
    why = f" ({row['stop_reason']})" if row.get("stop_reason") else ""
    parts = [
        medication_list.line_of(row),
        f"for {row['reason']}" if row.get("reason") else "",
        f"since {row['start']}" if row.get("start") else "",
        f"stopped {stop}{why}" if stop else "",
        f"by {row['prescriber']}" if row.get("prescriber") else "",
        f"last given {row['last_given']}" if row.get("last_given") else "",
        f"next due {row['next_due']}" if row.get("next_due") else "",
        medication_list.mat_words(row),
    ]
    return " · ".join(part for part in parts if part)


def agreed_words(row: Mapping[str, Any]) -> str:
    """Return one agreement of a contact plan in one line: how often, how, where, when, until it is looked at again."""

    def said(name: str) -> str:
        return value_words("contact_plan", f"periods.{name}", row.get(name))

    parts = [
        f"{row['target_n']} {said('per') or contact_plan.PER['week']}" if row.get("target_n") else "",
        f"{row['min_face_to_face']} face to face" if row.get("min_face_to_face") else "",
        *(
            said(name)
            for name in ("contact_types", "modalities_ok", "settings", "locations", "days", "time_windows")
        ),
        f"flag after {row['no_contact_alert_days']} days without contact"
        if row.get("no_contact_alert_days")
        else "",
        f"look at it again by {row['review_by']}" if row.get("review_by") else "",
    ]
    return ", ".join(filter(None, parts))


def named(value: Any, people: Mapping[str, str]) -> Any:
    """Return a value with the names of people in place of their ids."""
    if isinstance(value, str):
        return people.get(value, value)
    if isinstance(value, Mapping):
        return {name: named(inner, people) for name, inner in value.items()}
    return [named(inner, people) for inner in value] if isinstance(value, list | tuple) else value


def period_words(row: Mapping[str, Any]) -> str:
    """Return one period of an assignment whose people are named: `Primary: Dana Reyes, from 2026-08-03`."""
    role = value_words("assignment", "periods.role", row.get("role"))
    said = [
        str(row.get("staff") or ""),
        f"from {row['since']}" if row.get("since") else "",
        f"until {row['until']}" if row.get("until") else "",
        f"for {row['covers']}" if row.get("covers") else "",
    ]
    return ": ".join(filter(None, (role, ", ".join(filter(None, said)))))


def row_words(kind: str, name: str, row: Mapping[str, Any]) -> str:
    """Return one item of a list as a reader wants it: no ids, no codes."""
    if (kind, name) == ("contact_plan", "periods"):
        why = value_words(kind, "periods.reasons", row.get("reasons"))
        since = f"From {row['start']}: " if row.get("start") else ""
        agreed = value_words(kind, "periods.client_agreed", row.get("client_agreed"))
        return since + "; ".join(filter(None, (agreed_words(row), why, agreed)))
    if (kind, name) == ("assignment", "periods"):
        return period_words(row)
    if (kind, name) == ("client", "addresses"):
        return " · ".join(filter(None, (place_name(row), place_words(row), ended_words(row))))
    if (kind, name) == ("contact", "participants"):
        shown = {inner: value for inner, value in row.items() if inner not in ("staff", "related")}
        return value_words(kind, name, shown)
    return value_words(kind, name, row)


def one_line(text: str) -> str:
    """Return text on one line, cut where no list shows more."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1]}…"
