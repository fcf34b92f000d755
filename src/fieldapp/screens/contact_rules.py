"""What a contact's form offers, starts from and adds by itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clinical.contact_entry import CALLS
from ..records.envelope import instant_ms
from ..records.kinds.contact import BY_PAYER, NOT_BILLED, POS, SEEN, of_telehealth

OUTCOMES = (
    ("completed", "Completed"),
    ("ended_early", "Ended early"),
    ("attempt_no_answer", "No answer"),
    ("attempt_not_home", "Not home"),
    ("attempt_left_message", "Left message"),
    ("attempt_declined_at_door", "Declined at door"),
    ("attempt_wrong_info", "Wrong address"),
    ("no_show", "No show"),
    ("late_cancel", "Late cancel"),
    ("client_cancel", "Client cancelled"),
    ("staff_cancel", "Staff cancelled"),
    ("reached_support_only", "Support only"),
    ("unable_unsafe", "Unable: unsafe"),
    ("hospitalised", "In hospital"),
    ("incarcerated", "In jail"),
)
"""The outcomes in short words, so that three columns fit; the digits of an attempt are 3 to 7."""
SETTINGS = (
    ("home", "Home"),
    ("office", "Office"),
    ("shelter", "Shelter"),
    ("street", "Street, camp"),
    ("motel", "Motel"),
    ("assisted_living", "Assisted living"),
    ("group_home", "Group home"),
    ("workplace", "Workplace"),
    ("jail", "Jail"),
    ("ED", "Emergency dept."),
    ("inpatient", "Hospital"),
    ("psychiatric_inpatient", "Psych. hospital"),
    ("park_library_store_car", "Park, store, car"),
    ("telehealth_home", "Tele: at home"),
    ("telehealth_other", "Tele: elsewhere"),
    ("cmhc", "Mental h. center"),
    ("school", "School"),
    ("adult_family_home", "Adult family home"),
    ("skilled_nursing", "Skilled nursing"),
    ("nursing", "Nursing facility"),
    ("PHP", "Partial hospital"),
    ("psychiatric_residential", "Psych. residential"),
    ("residential_SUD", "SUD residential"),
    ("non_residential_SUD", "SUD clinic"),
    ("mobile_unit", "Mobile unit"),
    ("other", "Another place"),
)
"""The settings in short words, for the same reason."""


def complete(values: dict[str, Any], tz: str) -> None:
    """Add what follows from the answers: zone, place of service, whether a note is due."""
    if values.get("start"):
        values["tz"] = tz
    setting = str(values.get("setting") or "")
    if setting in POS:
        values["pos"] = POS[setting]
    elif setting not in BY_PAYER and values.get("pos"):
        values["pos"] = None
    if values.get("outcome"):
        values["note_required"] = values["outcome"] in SEEN and values.get("contact_type") not in NOT_BILLED


def asked(values: Mapping[str, Any]) -> dict[str, bool]:
    """Return which fields are worth a line of the form as it is filled in."""
    part = values.get("outcome") == "ended_early" or bool(values.get("participants"))
    wanted = {
        "client_location": is_call(values),
        "callback": is_call(values),
        "consent_on_file": is_telehealth(values),
        "privacy_check": is_telehealth(values),
        "platform": is_telehealth(values) and values.get("modality") == "video",
        "audio_only_reason": is_telehealth(values) and values.get("modality") == "audio_only",
        "emergency_number": is_telehealth(values),
        "client_present_min": part,
        "miles": bool(values.get("travel_min")),
    }
    shown = {name: on or values.get(name) is not None for name, on in wanted.items()}
    # Everywhere else the place says its number by itself.
    return shown | {"pos": values.get("setting") in BY_PAYER}


def start_of(values: Mapping[str, Any]) -> int | None:
    """Return when a contact began; None while that is open."""
    try:
        return instant_ms(str(values.get("start") or ""))
    except ValueError:
        return None


def is_call(values: Mapping[str, Any]) -> bool:
    """Tell whether the client was somewhere else, on video or phone."""
    return values.get("modality") in CALLS


def is_telehealth(values: Mapping[str, Any]) -> bool:
    """Tell whether consent, privacy and whom to call are asked: of calls with the client that came about."""
    return of_telehealth({"outcome": "completed", **values})
