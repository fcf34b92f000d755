"""What a new contact starts from and what follows from an answer, for the form and for quick entry alike. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from fieldapp.records.text import folded

from ..records.kinds.contact import OUTCOMES, TELEHEALTH, telehealth_missing

ATTEMPTS = frozenset(code for code in OUTCOMES if code.startswith("attempt_")) | {"no_show"}
CALLS = TELEHEALTH
ATTEMPT_TYPE = "outreach_engagement"
"""The type of an attempt that nobody gave another one: nothing happened that could have one."""
CARRIED = ("contact_type", "modality", "setting")
"""What a new contact takes over from the plan or the last contact; never times or words."""


class Planned(Protocol):
    """A planned visit, as far as a new contact takes after it."""

    @property
    def record(self) -> str:
        """Its id."""
        ...

    @property
    def contact_type(self) -> str:
        """What was planned to be done."""
        ...

    @property
    def modality(self) -> str:
        """How to meet."""
        ...

    @property
    def setting(self) -> str:
        """Where to meet."""
        ...


ONCE = frozenset({"crisis_response", "intake_assessment"})
"""Types that are no habit: the visit after a crisis is no crisis."""
AGREED = {"contact_type": "contact_types", "modality": "modalities_ok", "setting": "settings"}
"""Of what a new contact takes over: the list of the contact plan that says what was agreed."""


def defaults(
    visit: Planned | None, last: Mapping[str, Any], agreed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what a new contact starts with: as planned, else as agreed, else as the last contact was; never times.

    Where the contact plan names several, the last contact's counts if it is one of them, else the first that is named.
    """
    planned = {name: getattr(visit, name) for name in CARRIED} if visit is not None else {}
    found: dict[str, Any] = {"planned_visit": visit.record} if visit is not None else {}
    for name in CARRIED:
        value = planned.get(name) or as_agreed(name, last, agreed or {}) or last.get(name)
        way = str(found.get("modality") or "") if name == "setting" else ""
        if value and fits(way, str(value) if name == "setting" else ""):
            found[name] = value
    return found


def as_agreed(name: str, last: Mapping[str, Any], agreed: Mapping[str, Any]) -> str:
    """Return what the contact plan says of type, way or place; "" where it leaves that open."""
    named = [str(code) for code in agreed.get(AGREED[name]) or ()]
    before = str(last.get(name) or "")
    return before if before in named else named[0] if named else ""


def fits(modality: str, setting: str) -> bool:
    """Tell whether a setting can belong to a way of meeting: a call is billed as telehealth or not at all."""
    return not setting or not modality or (modality in CALLS) == setting.startswith("telehealth")


def from_last_call(values: Mapping[str, Any], called: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a telehealth contact may take over from the last one, of what it does not say itself (clinical.md 4.7).

    Where the client is and whether anybody listens is asked anew each time; whom to call there is the same only where
    the client is in the same place. A consent that was missing is looked for again.
    """
    found: dict[str, Any] = {}
    for name in telehealth_missing(values):
        value = called.get(name)
        if name == "privacy_check" or value in (None, "", False):
            continue
        if name == "emergency_number" and not _same_place(values, called):
            continue
        found[name] = value
    return found


def _same_place(values: Mapping[str, Any], called: Mapping[str, Any]) -> bool:
    here, there = (folded(doc.get("client_location")) for doc in (values, called))
    return bool(here) and here == there
