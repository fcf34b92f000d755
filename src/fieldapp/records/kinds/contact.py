"""A contact: what happened, who, when, where and for how long (clinical.md 2.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..codes import stated
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..group_tables import ATTENDANCE as ATTENDANCE
from ..kind import Fact, Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Count, Hash, Id, Instant, Line, Prose, Yes

OUTCOMES: Choices = {
    "completed": "Completed",
    "ended_early": "Ended early",
    "attempt_no_answer": "Attempt: no answer",
    "attempt_not_home": "Attempt: not home",
    "attempt_left_message": "Attempt: left message",
    "attempt_declined_at_door": "Attempt: declined at door",
    "attempt_wrong_info": "Attempt: wrong address or number",
    "no_show": "No show",
    "late_cancel": "Late cancel",
    "client_cancel": "Client cancelled",
    "staff_cancel": "Staff cancelled",
    "reached_support_only": "Reached a support only",
    "unable_unsafe": "Unable: unsafe",
    "hospitalised": "In hospital",
    "incarcerated": "In jail",
}
SEEN = frozenset({"completed", "ended_early"})
"""Outcomes that count as contact with the client; an attempt never does (clinical.md 5, metric 3)."""

TYPES: Choices = {
    "individual_counseling": "Individual counseling",
    "case_management": "Case management",
    "care_coordination": "Care coordination",
    "outreach_engagement": "Outreach and engagement",
    "crisis_response": "Crisis response",
    "psychiatric_eval": "Psychiatric evaluation",
    "med_management": "Medication management",
    "med_support_observation": "Medication support",
    "group": "Group",
    "family_session": "Family session",
    "collateral": "Collateral",
    "skills_training": "Skills training",
    "psychoeducation": "Psychoeducation",
    "peer_support": "Peer support",
    "vocational": "Vocational",
    "housing_landlord": "Housing, landlord",
    "intake_assessment": "Intake assessment",
    "plan_meeting": "Plan meeting",
    "team_meeting": "Team meeting about the client",
    "measure_only": "Measure only",
    "discharge_planning": "Discharge planning",
    "transport_with_service": "Transport with service",
    "pharmacy_call": "Pharmacy call",
    "other": "Other",
}
ABSENT = "absent"
"""The fourth part of a contact's fact, where it took place without the client."""
NO_NOTE = "no_note"
"""The fifth part, where it wants no note."""
WITHOUT_CLIENT = frozenset(
    {"collateral", "care_coordination", "housing_landlord", "team_meeting", "pharmacy_call"}
)
"""Types that may be completed although the client was not there."""
NOT_BILLED = frozenset({"pharmacy_call"})
"""Types that no code is for unless an agency's own row names them: a call about a refill is part of managing medicines
and not a service of its own (clinical.md 2.8, 2.10). Their remark is all that is written of them."""

MODALITIES: Choices = {
    "in_person": "In person",
    "video": "Video",
    "audio_only": "Phone",
    "text": "Text message",
    "portal_msg": "Portal message",
    "letter": "Letter",
    "none": "None",
}
WRITTEN = frozenset({"text", "portal_msg", "letter"})
"""Ways of writing: an answer is contact with the client and still no appointment that somebody came to."""
TELEHEALTH = frozenset({"video", "audio_only"})
"""Ways of meeting in which the client is somewhere else and speaks with us (clinical.md 4.7)."""
AUDIO_REASONS: Choices = {
    "no_device": "No camera or smartphone",
    "no_internet": "No or too weak internet",
    "client_choice": "The client wanted the phone",
    "video_failed": "Video broke off",
    "short": "A short call only",
    "other": "Another reason",
}
"""Why it was the phone and not video (clinical.md 4.7)."""
SETTINGS: Choices = {
    "home": "Home",
    "office": "Office",
    "shelter": "Shelter",
    "street": "Street or encampment",
    "motel": "Motel or temporary",
    "assisted_living": "Assisted living",
    "group_home": "Group home",
    "workplace": "Workplace",
    "jail": "Jail",
    "ED": "Emergency department",
    "inpatient": "Inpatient hospital",
    "psychiatric_inpatient": "Psychiatric inpatient",
    "park_library_store_car": "Park, library, store, staff car",
    "telehealth_home": "Telehealth, client at home",
    "telehealth_other": "Telehealth, elsewhere",
    "cmhc": "Community mental health center",
    "school": "School",
    "adult_family_home": "Adult family home",
    "skilled_nursing": "Skilled nursing facility",
    "nursing": "Nursing facility",
    "PHP": "Partial hospitalization",
    "psychiatric_residential": "Residential (psychiatric)",
    "residential_SUD": "Residential (substance use)",
    "non_residential_SUD": "Substance use clinic",
    "mobile_unit": "Mobile unit",
    "other": "Another place",
}
POS: Mapping[str, str] = {
    "home": "12",
    "office": "11",
    "shelter": "04",
    "street": "27",
    "motel": "16",
    "assisted_living": "13",
    "group_home": "14",
    "workplace": "18",
    "jail": "09",
    "ED": "23",
    "inpatient": "21",
    "psychiatric_inpatient": "51",
    "park_library_store_car": "99",
    "telehealth_home": "10",
    "telehealth_other": "02",
    "cmhc": "53",
    "school": "03",
    "skilled_nursing": "31",
    "nursing": "32",
    "PHP": "52",
    "psychiatric_residential": "56",
    "residential_SUD": "55",
    "non_residential_SUD": "57",
    "mobile_unit": "15",
    "other": "99",
}
"""CMS place-of-service codes, public (clinical.md 2.9). A staff car is 99: 15 is a clinic on wheels."""
BY_PAYER = frozenset(SETTINGS) - frozenset(POS)
"""Settings for which each payer names a place of service of its own: somebody says which."""


PARTICIPANTS: Choices = {
    "client": "Client",
    "related": "In the client's life",
    "staff": "Staff",
    "interpreter": "Interpreter",
    "external": "From outside",
}
OF_TEAM = frozenset({"client", "staff", "interpreter"})
"""Who needs no basis to hear about the client."""


class Participant(Item):
    """Somebody who took part beside the author."""

    who: Line | None = None
    kind: Code | None = None
    """client, related, staff, interpreter or external."""
    staff: Id | None = None
    related: Id | None = None
    present_min: Count | None = None
    disclosure_basis: Code | None = None


class Contact(Fields):
    """One contact or attempt, by its author."""

    start: Instant | None = None
    stop: Instant | None = None
    tz: Line | None = None
    client_present_min: Count | None = None
    travel_min: Count | None = None
    miles: Count | None = None
    modality: Code | None = None
    setting: Code | None = None
    pos: Code | None = None
    contact_type: Code | None = None
    outcome: Code | None = None
    participants: dict[str, Participant] = {}
    client_location: Line | None = None
    callback: Line | None = None
    consent_on_file: Yes | None = None
    """Whether the client agreed to telehealth, on paper or as recorded."""
    platform: Line | None = None
    emergency_number: Line | None = None
    """Whom to call where the client is, if something happens."""
    privacy_check: Yes | None = None
    """Whether the client said that nobody could listen in; who was there stands under `participants`."""
    audio_only_reason: Code | None = None
    service_code: Code | None = None
    modifiers: list[Code] | None = None
    units: Count | None = None
    units_minutes: Count | None = None
    """Those that the units were counted from."""
    units_before: Count | None = None
    """Minutes of the same code earlier that day, where the payer adds them up."""
    units_staff: Count | None = None
    """How many of the team the units are of; none: one."""
    units_rule: Code | None = None
    """As in `codes.rules`: `per15/nearest`."""
    units_why: Line | None = None
    add_on_code: Code | None = None
    add_on_units: Count | None = None
    code_table: Hash | None = None
    """The table that the code and its rule stand in."""
    payer: Line | None = None
    goals: list[Line] | None = None
    plan_goals: dict[Code, Line] | None = None
    """Goals of the treatment plan by id, in the words under which they were named; written when it is signed or saved."""
    remark: Line | None = None
    note_required: Yes | None = None
    planned_visit: Id | None = None
    next_contact_at: Instant | None = None
    moved_from: Hash | None = None
    late_reason: Prose | None = None
    session: Id | None = None
    """The group session that it was a part of."""
    group: Line | None = None
    module: Line | None = None
    attendance: Code | None = None
    participation_score: Count | None = None
    """From 0 to 3."""
    homework_given: Yes | None = None
    homework_done: Code | None = None
    """Of what was set the time before."""


def minutes(doc: Mapping[str, Json]) -> int:
    """Return whole minutes from start to stop; 0 when either is missing."""
    start, stop = doc.get("start"), doc.get("stop")
    return max(0, (instant_ms(stop) - instant_ms(start)) // 60_000) if start and stop else 0


def without_basis(doc: Mapping[str, Json]) -> list[str]:
    """Return who took part from outside the team without a stated basis for hearing about the client, by name."""
    rows = (doc.get("participants") or {}).values()
    outside = [row for row in rows if row.get("kind") not in OF_TEAM]
    return [str(row.get("who") or "somebody") for row in outside if not row.get("disclosure_basis")]


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against saving a contact (clinical.md 2.8)."""
    found: list[Problem] = []
    for name, sentence in (
        ("outcome", "Choose what came of it."),
        ("contact_type", "Choose the type of contact."),
        ("start", "Give the start time."),
        ("stop", "Give the stop time."),
    ):
        if not doc.get(name):
            found.append(Problem(name, sentence, stops=True))
    if not doc.get("start") or not doc.get("stop"):
        return found
    start, stop = instant_ms(doc["start"]), instant_ms(doc["stop"])
    longest = setting(signing.settings, "contact_max_h")
    if stop <= start and doc.get("outcome") in SEEN:
        found.append(Problem("stop", "The stop time must be after the start time.", stops=True))
    elif stop < start:
        found.append(Problem("stop", "The stop time is before the start time.", stops=True))
    elif stop - start > longest * 3_600_000:
        found.append(
            Problem("stop", f"A contact lasts at most {longest} hours: check the times.", stops=True)
        )
    if stop > signing.at_ms + 5 * 60_000:
        found.append(Problem("stop", "The contact ends in the future: check date and time.", stops=True))
    present = doc.get("client_present_min")
    if present is not None and present > minutes(doc) and stop > start:
        found.append(
            Problem(
                "client_present_min",
                "The client cannot have been there for longer than the contact.",
                stops=True,
            )
        )
    if doc.get("pos") and not (len(doc["pos"]) == 2 and doc["pos"].isdigit()):
        found.append(Problem("pos", "A place of service is a number of two digits.", stops=True))
    if doc.get("units") and doc.get("outcome") not in SEEN:
        found.append(Problem("service_code", "What did not take place has no units.", stops=True))
    if doc.get("outcome") in SEEN and not doc.get("modality"):
        found.append(Problem("modality", "Choose how you met.", stops=True))
    if doc.get("modality") == "in_person" and doc.get("outcome") in SEEN and not doc.get("setting"):
        found.append(Problem("setting", "Choose where you met.", stops=True))
    return [*found, *_telehealth(doc)]


def of_telehealth(doc: Mapping[str, Json]) -> bool:
    """Tell whether a contact was telehealth with the client: on video or the phone, and it took place."""
    return (
        doc.get("modality") in TELEHEALTH
        and doc.get("outcome") in SEEN
        and doc.get("contact_type") not in WITHOUT_CLIENT
    )


def telehealth_missing(doc: Mapping[str, Json]) -> dict[str, str]:
    """Return what a telehealth contact does not say yet, field to words, beside where the client was (clinical.md 4.7).

    A crisis is answered however it comes in; its own record says the rest.
    """
    if not of_telehealth(doc) or doc.get("contact_type") == "crisis_response":
        return {}
    video = doc.get("modality") == "video"
    wanted = {
        "consent_on_file": "consent to telehealth",
        "privacy_check": "whether nobody could listen in",
        **({"platform": "the platform"} if video else {"audio_only_reason": "why no video"}),
        "emergency_number": "whom to call where the client is",
    }
    return {name: words for name, words in wanted.items() if doc.get(name) in (None, "")}


def _telehealth(doc: Mapping[str, Json]) -> Sequence[Problem]:
    if not of_telehealth(doc):
        return ()
    found: list[Problem] = []
    if not (doc.get("client_location") or "").strip():
        found.append(Problem("client_location", "Say where the client was during the call.", stops=False))
    missing = telehealth_missing(doc)
    if missing:
        # One question with one reason, however much of it was left out.
        found.append(
            Problem(next(iter(missing)), f"Of the call note {', '.join(missing.values())}.", stops=False)
        )
    if doc.get("consent_on_file") is False:
        found.append(
            Problem("consent_on_file", "There is no consent to telehealth: why all the same?", stops=False)
        )
    if doc.get("privacy_check") is False:
        found.append(Problem("privacy_check", "Somebody could listen in: why all the same?", stops=False))
    return found


def body_rule(meaning: str, body: Mapping[str, Json]) -> str | None:
    """Return why units do not follow from what the same entry says (clinical.md 2.10)."""
    return stated.problem(body.get("set") or {}, SEEN)


def _label(view: View) -> str:
    kind = view.get("contact_type") or ""
    return TYPES.get(kind, kind)


def _index(view: View) -> IndexRow:
    start = view.get("start")
    author = view.steps[0].author if view.steps else ""
    return IndexRow(
        instant_ms(start) if start else view.first_ms,
        _label(view),
        state=view.get("outcome") or "",
        owner=author,
    )


def _facts(view: View) -> Sequence[Fact]:
    if view.in_error or not view.steps or not view.get("start"):
        return ()
    doc = {name: known.value for name, known in view.fields.items()}
    present = doc.get("client_present_min")
    unnoted = doc.get("note_required") is False
    of_group = [
        Fact(
            "session_of",
            instant_ms(doc["start"]),
            staff=view.steps[0].author,
            value=str(doc["session"]),
            extra=str(doc.get("attendance") or ""),
        )
    ] if doc.get("session") else []  # fmt: skip
    return [
        *of_group,
        Fact(
            "contact",
            instant_ms(doc["start"]),
            staff=view.steps[0].author,
            minutes=minutes(doc) if present is None else present,
            value=doc.get("outcome") or "",
            extra="|".join(
                str(part or "")
                for part in (
                    doc.get("contact_type"),
                    doc.get("modality"),
                    doc.get("setting"),
                    *([ABSENT if present == 0 else ""] if present == 0 or unnoted else []),
                    *([NO_NOTE] if unnoted else []),
                )
            ),
        ),
    ]


KIND = Kind(
    name="contact",
    label="Contact",
    cls="working",
    model=Contact,
    audience=("oncall-contacts", "team"),
    labels={
        "start": "Start",
        "stop": "Stop",
        "modality": "How",
        "setting": "Where",
        "contact_type": "Type",
        "outcome": "Outcome",
        "participants": "Others present",
        "client_present_min": "Client there, minutes",
        "travel_min": "Travel minutes",
        "miles": "Miles",
        "pos": "Place of service",
        "service_code": "Service code",
        "modifiers": "Modifiers",
        "units": "Units",
        "units_why": "Why",
        "add_on_code": "Added code",
        "add_on_units": "Units of the added code",
        "payer": "Payer",
        "client_location": "Client's location",
        "callback": "Callback number",
        "consent_on_file": "Consent to telehealth on file",
        "platform": "Platform",
        "emergency_number": "Emergency number there",
        "privacy_check": "Nobody could listen in",
        "audio_only_reason": "Why no video",
        "remark": "Remark",
        "goals": "Goals",
        "group": "Group",
        "module": "Module",
        "attendance": "Attendance",
        "participation_score": "Participation, 0 to 3",
        "homework_given": "Homework given",
        "homework_done": "Homework from last time",
        "next_contact_at": "Next contact",
    },
    together=stated.TOGETHER,
    body_rule=body_rule,
    sign_checks=check,
    index=_index,
    facts=_facts,
    search_text=lambda view: view.get("remark") or "",
)
