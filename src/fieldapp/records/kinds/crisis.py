"""A crisis contact: who called, when, what was found, what was done and how it ended (clinical.md 2.14).

The first record may be short; its author completes it within a day, as a later version of the same record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Hash, Id, Instant, Line, Prose
from .risk import LEVELS as RISK_LEVELS

CALLERS: Choices = {
    "client": "Client",
    "family": "Family",
    "friend": "Friend or partner",
    "neighbour": "Neighbour, landlord",
    "provider": "Other provider",
    "staff": "Our own staff",
    "police": "Police",
    "crisis_line": "Crisis line",
    "other": "Somebody else",
}
CHANNELS: Choices = {
    "phone": "Phone",
    "in_person": "In person",
    "video": "Video",
    "text": "Text message",
    "walk_in": "Walked in",
    "found": "Found in the field",
}
LEVELS: Choices = {code: words for code, words in RISK_LEVELS.items() if code != "screen_needed"}
"""What somebody who answers a crisis may judge; a screen that is needed is no judgement."""
RISKS: Choices = {
    "suicide": "Suicide",
    "violence": "Violence",
    "grave_disability": "Grave disability",
    "self_neglect": "Self-neglect",
    "victimisation": "Harm by others",
}
SECOND: Choices = {
    "none_needed": "None needed",
    "staff": "Staff",
    "police": "Police",
    "EMS": "EMS",
    "MHP": "Mental health prof.",
}
NATURES: Choices = {
    "symptom_spike": "Symptoms worse",
    "med_stopped": "Medication stopped",
    "substance": "Substance use",
    "conflict": "Conflict",
    "housing_loss": "Housing",
    "loss": "Loss",
    "legal": "Legal",
    "medical": "Medical",
    "anniversary": "Anniversary",
    "other": "Other",
}
INTOXICATION: Choices = {
    "none": "None seen",
    "suspected": "Suspected",
    "clear": "Clear",
    "unknown": "Not known",
}
ASKED: Choices = {"yes": "Yes", "no": "No", "unknown": "Not known"}
PLAN_USE: Choices = {
    "used": "Used",
    "offered": "Offered, not used",
    "not_used": "Not used",
    "asked_for": "Asked for one",
}
INTERVENTIONS: Choices = {
    "de_escalation": "De-escalation",
    "plan_steps": "Safety plan steps",
    "means_safety": "Means out of reach",
    "med_support": "Medication support",
    "family": "Family, supports",
    "sleep_food": "Sleep, food",
    "transport": "Transport",
    "naloxone": "Naloxone",
    "EMS": "EMS called",
    "welfare_check": "Welfare check",
    "listened": "Listened, stayed",
    "other": "Other",
}
DISPOSITIONS: Choices = {
    "resolved_in_place": "Resolved in place",
    "safety_plan_updated": "Safety plan updated",
    "same_day_visit": "Visit the same day",
    "respite": "Respite, stabilisation",
    "mobile_crisis": "Mobile crisis team",
    "988": "988",
    "DCR_referral": "DCR referral",
    "DCR_detained": "DCR: detained",
    "DCR_not_detained": "DCR: not detained",
    "ED_voluntary": "ED, voluntary",
    "hospital_voluntary": "Hospital, voluntary",
    "police": "Police",
    "EMS_medical": "EMS, medical",
    "arrest": "Arrest",
    "refused": "Refused help",
    "lost_contact": "Lost contact",
    "death": "Death",
}
WHOM: Choices = {
    "prescriber": "Prescriber",
    "supervisor": "Supervisor",
    "family": "Family",
    "support": "Other support",
    "provider": "Other provider",
    "police": "Police",
    "other": "Other",
}
BASES: Choices = {
    "team": "Own team",
    "client_present_agreed": "Client agreed",
    "roi": "Release on file",
    "emergency": "Emergency",
    "mandated_report": "Mandated report",
    "court_order": "Court order",
    "listen_only": "Listened only",
}
"""On what basis somebody was told; one's own team needs no release."""
DUTIES: Choices = {
    "APS": "APS (adult)",
    "CPS": "CPS (child)",
    "police": "Police",
    "victim": "Person at risk",
}
"""Reports that the law asks for, and people who must be warned (clinical.md 4.8)."""
ENDED = frozenset({"death"})
"""Dispositions after which nobody follows up with the client."""
FACE_TO_FACE = frozenset({"in_person", "walk_in", "found"})


class RiskFound(Fields):
    """What the worker judged."""

    level: Code | None = None
    kinds: list[Code] | None = None
    basis: Prose | None = None


class Consulted(Fields):
    """Somebody who was asked."""

    who: Line
    at: Line | None = None
    advice: Line | None = None


class Notified(Fields):
    """Somebody who was told, and on what basis."""

    whom: Code | None = None
    name: Line | None = None
    basis: Code | None = None
    at: Line | None = None


class Dcr(Fields):
    """The designated crisis responder."""

    agency: Line | None = None
    name: Line | None = None
    called_at: Instant | None = None
    arrived_at: Instant | None = None
    outcome: Line | None = None
    legal_basis: Prose | None = None


class Report(Fields):
    """A mandated report, or a warning to somebody at risk."""

    to: Code | None = None
    at: Line | None = None
    ref: Line | None = None


class Crisis(Fields):
    """One crisis, by its author."""

    initial_contact_at: Instant | None = None
    ended_at: Instant | None = None
    tz: Line | None = None
    caller: Code | None = None
    caller_name: Line | None = None
    channel: Code | None = None
    responders: Line | None = None
    second_person: Code | None = None
    second_person_reason: Line | None = None
    face_to_face_at: Instant | None = None
    not_in_person_why: Line | None = None
    setting: Code | None = None
    location: Line | None = None
    nature: list[Code] | None = None
    presentation: Prose | None = None
    intoxication: Code | None = None
    screen: Id | None = None
    """The record of the screening that was done."""
    screen_result: Line | None = None
    risk: RiskFound | None = None
    means_access: Line | None = None
    protective: Line | None = None
    plan_existed: Code | None = None
    plan_used: Code | None = None
    plan_version: Hash | None = None
    """The version of the safety plan whose steps were ticked."""
    plan_steps: list[Code] | None = None
    interventions: list[Code] | None = None
    interventions_text: Line | None = None
    consulted: list[Consulted] | None = None
    notified: list[Notified] | None = None
    dispositions: list[Code] | None = None
    disposition_text: Line | None = None
    dcr: Dcr | None = None
    reports: list[Report] | None = None
    follow_up_due: Instant | None = None
    follow_up_owner: Id | None = None
    closed_at: Instant | None = None
    """When its author said that nothing is missing; until then the record is to be completed."""
    late_reason: Prose | None = None


def is_late(doc: Mapping[str, Any], at_ms: int, settings: Mapping[str, int]) -> bool:
    """Tell whether a crisis was written, or completed, later than it may be (clinical.md 4.1)."""
    began = doc.get("initial_contact_at")
    done_ms = instant_ms(str(doc["closed_at"])) if doc.get("closed_at") else at_ms
    if not began:
        return False
    return max(at_ms, done_ms) - instant_ms(str(began)) > setting(settings, "crisis_note_h") * 3_600_000


def follow_up_ms(doc: Mapping[str, Any], settings: Mapping[str, int]) -> int | None:
    """Return by when somebody follows up: as agreed, else within the hours of the setting; None for nobody."""
    if ENDED & set(doc.get("dispositions") or ()):
        return None
    if doc.get("follow_up_due"):
        return instant_ms(str(doc["follow_up_due"]))
    began = doc.get("ended_at") or doc.get("initial_contact_at")
    return instant_ms(str(began)) + setting(settings, "crisis_follow_up_h") * 3_600_000 if began else None


def elapsed_min(doc: Mapping[str, Any]) -> int | None:
    """Return whole minutes from the first contact to face to face; None while either is missing."""
    began, met = doc.get("initial_contact_at"), doc.get("face_to_face_at")
    return (instant_ms(str(met)) - instant_ms(str(began))) // 60_000 if began and met else None


def missing(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (field, sentence) for everything that a complete record says and this one does not."""
    found: list[tuple[str, str]] = []

    def needs(name: str, sentence: str, answered: object) -> None:
        if not answered:
            found.append((name, sentence))

    risk = doc.get("risk") or {}
    needs("channel", "Say how the first contact came.", doc.get("channel"))
    needs("ended_at", "Say when it ended.", doc.get("ended_at"))
    met = doc.get("face_to_face_at") or (doc.get("not_in_person_why") or "").strip()
    needs("face_to_face_at", "Say when you were face to face, or why you were not.", met)
    needs("nature", "Say what brought it on.", doc.get("nature"))
    needs(
        "presentation", "Describe in short what you saw and heard.", (doc.get("presentation") or "").strip()
    )
    if risk.get("level") not in (None, "none"):
        needs("risk.kinds", "Say which risk there is.", risk.get("kinds"))
    needs("risk.basis", "Say what the level of risk rests on.", (risk.get("basis") or "").strip())
    needs("plan_existed", "Say whether there was a crisis or safety plan.", doc.get("plan_existed"))
    needs("dispositions", "Say how it ended.", doc.get("dispositions"))
    return found


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a crisis: the first record needs four answers, the rest may follow."""
    found: list[Problem] = []
    if not doc.get("caller"):
        found.append(Problem("caller", "Say who called.", stops=True))
    if (doc.get("risk") or {}).get("level") not in LEVELS:
        found.append(Problem("risk.level", "Choose the level of risk now.", stops=True))
    if not (doc.get("interventions") or doc.get("dispositions")):
        found.append(Problem("interventions", "Say what was done.", stops=True))
    if not doc.get("initial_contact_at"):
        found.append(Problem("initial_contact_at", "Give the time of the first contact.", stops=True))
        return found
    began = instant_ms(doc["initial_contact_at"])
    found += _times(doc, began, signing)
    first_ms = signing.at_ms if signing.first_ms is None else signing.first_ms
    if is_late(doc, first_ms, signing.settings) and not (doc.get("late_reason") or "").strip():
        hours = setting(signing.settings, "crisis_note_h")
        found.append(Problem("late_reason", f"This is a late entry (over {hours} h): say why.", stops=True))
    due = follow_up_ms(doc, signing.settings)
    most = setting(signing.settings, "crisis_follow_up_h")
    if (
        due is not None
        and due - max(began, instant_ms(doc.get("ended_at") or doc["initial_contact_at"])) > most * 3_600_000
    ):
        found.append(
            Problem("follow_up_due", f"The follow-up is later than {most} h after the crisis.", stops=False)
        )
    if doc.get("closed_at"):
        found += [Problem(name, sentence, stops=False) for name, sentence in missing(doc)]
    for row in doc.get("notified") or ():
        if row.get("whom") and not row.get("basis"):
            found.append(Problem("notified", "Say on what basis each person was told.", stops=False))
            break
    return found


def _times(doc: Mapping[str, Json], began: int, signing: Signing) -> list[Problem]:
    found: list[Problem] = []
    soon = signing.at_ms + 5 * 60_000
    if began > soon:
        found.append(Problem("initial_contact_at", "The first contact lies in the future.", stops=True))
    for name, words in (("ended_at", "The end"), ("face_to_face_at", "Face to face")):
        at = doc.get(name)
        if not at:
            continue
        if instant_ms(at) < began:
            found.append(Problem(name, f"{words} is before the first contact.", stops=True))
        elif instant_ms(at) > soon:
            found.append(Problem(name, f"{words} lies in the future: check date and time.", stops=True))
    return found


def _index(view: View) -> IndexRow:
    doc = view.doc
    began, level = doc.get("initial_contact_at"), (doc.get("risk") or {}).get("level") or ""
    return IndexRow(
        instant_ms(began) if began else view.first_ms,
        "Crisis",
        state="error" if view.in_error else "complete" if doc.get("closed_at") else f"open:{level}",
        owner=view.steps[0].author if view.steps else "",
    )


def _derive(view: View) -> dict[str, Json]:
    return {"elapsed_min": elapsed_min(view.doc)}


def _facts(view: View) -> Sequence[Fact]:
    doc = view.doc
    if view.in_error or not view.steps or not doc.get("initial_contact_at"):
        return ()
    return [
        Fact(
            "crisis",
            instant_ms(doc["initial_contact_at"]),
            staff=view.steps[0].author,
            minutes=max(0, elapsed_min(doc) or 0),
            value=(doc.get("risk") or {}).get("level") or "",
            extra="|".join(doc.get("dispositions") or ()),
        )
    ]


def text_of(doc: Mapping[str, Any]) -> str:
    """Return the narrative of a crisis, for one line and for searching."""
    words = (doc.get("presentation"), doc.get("interventions_text"), doc.get("disposition_text"))
    return " ".join(str(part) for part in words if part)


KIND = Kind(
    name="crisis",
    label="Crisis",
    cls="single",
    model=Crisis,
    audience=("oncall", "team"),
    labels={
        "caller": "Who called",
        "caller_name": "Caller's name",
        "channel": "How",
        "initial_contact_at": "First contact",
        "ended_at": "Ended",
        "face_to_face_at": "Face to face",
        "not_in_person_why": "Why not in person",
        "setting": "Where",
        "location": "Place",
        "responders": "Who responded",
        "second_person": "Second person",
        "second_person_reason": "Why",
        "nature": "What brought it on",
        "presentation": "What was seen and heard",
        "intoxication": "Intoxication",
        "screen_result": "Screening",
        "risk": "Risk",
        "means_access": "Dangerous things",
        "protective": "What protects",
        "plan_existed": "Plan existed",
        "plan_used": "Plan used",
        "plan_steps": "Steps of the plan",
        "interventions": "What was done",
        "interventions_text": "In words",
        "consulted": "Consulted",
        "notified": "Told",
        "dispositions": "How it ended",
        "disposition_text": "In words",
        "dcr": "DCR",
        "reports": "Reports the law asks for",
        "follow_up_due": "Follow up by",
        "follow_up_owner": "Who follows up",
        "closed_at": "Complete since",
        "late_reason": "Why late",
    },
    sign_checks=check,
    derive=_derive,
    index=_index,
    facts=_facts,
    search_text=lambda view: text_of(view.doc),
)
