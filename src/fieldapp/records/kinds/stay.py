"""A stay away from home or in an emergency department: hospital, jail, residential treatment, missing (clinical.md 2.2, 5.13).

A working record that anybody of the team begins: who hears at the door that a client is in hospital writes it down there,
and whoever learns of the end writes that. What follows (an episode on hold, follow-ups) is worked out by readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import StringConstraints

from ..canonical import Json
from ..days import day_of
from ..fold import View
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Day, Id, Line
from .plan import TRIGGER_FACT

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, `HH:MM`, in the zone of the program."""

WHATS: Choices = {
    "inpatient": "Psychiatric hospital",
    "medical": "Medical hospital",
    "ed": "Emergency department",
    "jail": "Jail",
    "residential": "Residential treatment",
    "withdrawal": "Withdrawal management",
    "crisis_unit": "Crisis stabilization",
    "nursing": "Nursing facility",
    "missing": "Missing, nobody knows where",
    "other": "Elsewhere",
}
SHORT: Choices = {
    "inpatient": "hospital",
    "medical": "medical hospital",
    "ed": "ED",
    "jail": "jail",
    "residential": "residential",
    "withdrawal": "withdrawal mgmt",
    "crisis_unit": "crisis unit",
    "nursing": "nursing facility",
    "missing": "missing",
    "other": "elsewhere",
}
"""The same in the few letters of a list."""
LEGAL: Choices = {"voluntary": "Voluntary", "involuntary": "Involuntary", "unknown": "Not known"}
LEARNED: Choices = {
    "client": "The client",
    "family": "Family or friend",
    "facility": "The place called",
    "visit": "At the door",
    "crisis_system": "Crisis line, DCR, police",
    "notice": "Notice of the payer or HIE",
    "looked_up": "Looked up",
    "other": "Other",
}
WENT_TO: Choices = {
    "home": "Home",
    "family": "Family or friends",
    "shelter": "Shelter or street",
    "respite": "Respite or stabilization",
    "hospital": "Another hospital",
    "residential": "Residential or nursing",
    "jail": "Jail",
    "found": "Found, came back",
    "against_advice": "Left against advice",
    "died": "Died",
    "unknown": "Not known",
}
FOLLOWED = frozenset({"inpatient", "medical", "ed", "residential", "withdrawal", "crisis_unit"})
"""After these a client is seen soon, and the safety plan is looked at again (clinical.md 2.15, 5.14)."""
HAS_LEGAL = frozenset({"inpatient", "medical", "ed", "withdrawal", "crisis_unit", "residential"})


class Stay(Fields):
    """One stay; open until it is said when it ended."""

    what: Code | None = None
    place: Line | None = None
    """Name of the hospital, jail or house; the unit, the floor."""
    since: Day | None = None
    since_time: Clock | None = None
    until: Day | None = None
    until_time: Clock | None = None
    tz: Line | None = None
    legal: Code | None = None
    why: Line | None = None
    learned: Code | None = None
    planned_discharge: Day | None = None
    contact_name: Line | None = None
    """Who can be asked there: social worker, nurse, release counselor."""
    contact_phone: Line | None = None
    went_to: Code | None = None
    remark: Line | None = None
    contact: Id | None = None
    """The contact at which it was heard of."""


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against keeping a stay: what it is, and days that can be."""
    found: list[Problem] = []
    today = datetime.fromtimestamp(signing.at_ms / 1000, UTC).astimezone(ZoneInfo(signing.tz)).date()
    since, until, planned = (day_of(doc.get(name)) for name in ("since", "until", "planned_discharge"))
    if doc.get("what") not in WHATS:
        found.append(Problem("what", "Choose where the client is or was.", stops=True))
    if not since:
        found.append(
            Problem(
                "since", "Give the day from which on; the day you heard of it if nobody knows.", stops=True
            )
        )
    elif since > today.isoformat():
        found.append(
            Problem("since", "That day is still to come: write the stay down when it has begun.", stops=True)
        )
    if until and until > today.isoformat():
        found.append(
            Problem("until", "That day is still to come: it belongs under Planned discharge.", stops=True)
        )
    if (
        since
        and until
        and moment_key(until, doc.get("until_time"), last=True) < moment_key(since, doc.get("since_time"))
    ):
        found.append(Problem("until", "It ends before it begins: check both days.", stops=True))
    if since and planned and planned < since:
        found.append(
            Problem("planned_discharge", "The planned discharge lies before the first day.", stops=True)
        )
    if doc.get("went_to") and not until:
        found.append(Problem("until", "Say on which day they left.", stops=True))
    return found


def moment_key(day: str, clock: object, *, last: bool = False) -> str:
    """Return day and time as a text that sorts; without a time the beginning of the day, or with `last` its end."""
    return f"{day} {clock or ('23:59' if last else '00:00')}"


def _ms(day: str, clock: object, tz: object, *, last: bool = False) -> int:
    """Return the instant of a day and time in the zone of the record."""
    try:
        at = time.fromisoformat(str(clock)) if clock else time(23, 59) if last else time()
        zone = ZoneInfo(str(tz)) if tz else UTC
    except (ValueError, OSError, KeyError):
        at, zone = time(), UTC
    return int(datetime.combine(date.fromisoformat(day), at, zone).timestamp()) * 1000


def label_of(values: Mapping[str, Any]) -> str:
    """Return what a stay is called on one line: `Psychiatric hospital, Providence`."""
    what = str(values.get("what") or "")
    return ", ".join(filter(None, [WHATS.get(what, what) or "Stay", str(values.get("place") or "")]))


def _shown(view: View) -> dict[str, Json]:
    return {name: known.value for name, known in view.fields.items()}


def _index(view: View) -> IndexRow:
    values = _shown(view)
    since = day_of(values.get("since"))
    when = _ms(since, values.get("since_time"), values.get("tz")) if since else view.first_ms
    state = "over" if day_of(values.get("until")) else "open"
    return IndexRow(when, label_of(values), state=f"{state}:{values.get('what') or ''}")


def _facts(view: View) -> Sequence[Fact]:
    values = _shown(view)
    since, until, what = (
        day_of(values.get("since")),
        day_of(values.get("until")),
        str(values.get("what") or ""),
    )
    if not since:
        return ()
    zone = values.get("tz")
    found = [Fact("stay", _ms(since, values.get("since_time"), zone), value=what, extra=f"{since}|{until}")]
    if until and what in FOLLOWED and values.get("went_to") != "died":
        # Where nobody knows the hour: when it was written down, so that a plan signed after that has seen it.
        written = view.fields["until"].writes[0].at_ms
        left = _ms(until, values.get("until_time"), zone, last=True)
        at_ms = left if values.get("until_time") else min(left, written)
        found.append(Fact(TRIGGER_FACT, at_ms, value="discharge"))
    return found


KIND = Kind(
    name="stay",
    label="Hospital, ED or jail",
    cls="working",
    model=Stay,
    audience=("oncall", "team"),
    labels={
        "what": "Where",
        "place": "Name of the place",
        "since": "Since",
        "since_time": "At",
        "until": "Until",
        "until_time": "At",
        "legal": "By their own will",
        "why": "Why",
        "learned": "Known from",
        "planned_discharge": "Planned discharge",
        "contact_name": "Ask there for",
        "contact_phone": "Phone there",
        "went_to": "Went to",
        "remark": "Remark",
    },
    sign_checks=check,
    index=_index,
    facts=_facts,
    search_text=lambda view: " ".join(str(view.get(name) or "") for name in ("place", "why", "remark")),
)
