"""From what a line says to the values of a contact: what it leaves open comes from the plan or the last contact. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from ...records.envelope import instant
from ...records.kinds.contact import NOT_BILLED, SEEN
from ..contact_entry import (
    ATTEMPT_TYPE,
    ATTEMPTS,
    CALLS,
    CARRIED,
    Planned,
    as_agreed,
    defaults,
    fits,
    from_last_call,
)
from ..times import HOUR_MS, day_of, day_words, floor_minute, moment_words
from .reading import Reading, Trouble
from .words import YES_NO, label_of

NEAR_MS = 2 * HOUR_MS
"""How far from its time a planned visit is taken for the one that was logged."""
CODES = ("outcome", "modality", "setting", "contact_type")


class PlannedAt(Planned, Protocol):
    """A planned visit with its time and state."""

    @property
    def start_ms(self) -> int:
        """When it was to begin."""
        ...

    @property
    def state(self) -> str:
        """planned, done or cancelled."""
        ...


VisitT = TypeVar("VisitT", bound=PlannedAt)


@dataclass(frozen=True, slots=True)
class Basis:
    """What is known of a client that a new contact starts from."""

    visit: PlannedAt | None = None
    last: Mapping[str, Any] = field(default_factory=dict)
    """Values of the last contact in which the client was seen."""
    last_ms: int | None = None
    goals: Sequence[str] = ()
    """The goals that `g1`, `g2` mean, in the order of the note's form."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """Values of the contact that `again` repeats."""
    agreed: Mapping[str, Any] = field(default_factory=dict)
    """The contact plan that holds."""
    called: Mapping[str, Any] = field(default_factory=dict)
    """Values of the last video or phone contact."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a contact, and for each that was not typed where it comes from."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    """Field to words such as `as last time, Thu 19 Nov`."""
    troubles: tuple[Trouble, ...]


def visit_for(
    visits: Sequence[VisitT], start_ms: int | None, now_ms: int, *, meant: bool = False
) -> VisitT | None:
    """Return the planned visit that a contact is likely to be: the one still open that lies nearest in time.

    A call in the morning is not the visit of the afternoon: further than two hours away only a visit that is
    `meant` (`next`) is taken, for it is done afterwards.
    """
    at = now_ms if start_ms is None else start_ms
    still = [visit for visit in visits if visit.state == "planned"]
    near = [visit for visit in still if meant or abs(visit.start_ms - at) <= NEAR_MS]
    return min(near, key=lambda visit: (abs(visit.start_ms - at), visit.start_ms, visit.record), default=None)


def filled(reading: Reading, basis: Basis, now_ms: int, tz: str) -> Filled:
    """Return the values that a line makes with what is known of its client.

    What was typed always wins; a default that does not go with it gives way, and is never kept in silence.
    """
    values: dict[str, Any] = {
        name: code == "yes" if name in YES_NO else code for name, code in reading.said.items()
    }
    sources: dict[str, str] = {}
    if values.get("platform") and not values.get("modality"):
        values["modality"], sources["modality"] = "video", "as the platform says"
    if values.get("contact_type") in NOT_BILLED:
        # Nobody calls a pharmacy in the client's home: neither the last visit nor the one of today is this one.
        basis = replace(basis, visit=None)
        if not values.get("modality") and not values.get("setting"):
            values["modality"], sources["modality"] = "audio_only", "as it was a call"
    troubles = list(reading.troubles)
    if reading.again:
        for name in (*CODES, "client_location", "goals", "travel_min"):
            if name not in values and basis.before.get(name):
                values[name], sources[name] = basis.before[name], "as logged before"
    _times(reading, values, sources, now_ms)
    _carried(values, sources, defaults(basis.visit, basis.last, basis.agreed), basis, now_ms, tz)
    _calls(values, sources)
    if values.get("outcome") in ATTEMPTS and not values.get("contact_type"):
        values["contact_type"], sources["contact_type"] = ATTEMPT_TYPE, "as for attempts"
    if reading.goals:
        values["goals"], sources["goals"] = _goals(reading, basis.goals, troubles), ""
    if reading.travel_min is not None:
        values["travel_min"], sources["travel_min"] = reading.travel_min, ""
    if reading.location:
        values["client_location"], sources["client_location"] = reading.location, ""
    for name, said in reading.numbers.items():
        values[name], sources[name] = said, ""
    for name, value in from_last_call(values, basis.called).items():
        values[name], sources[name] = value, "as last call"
    if reading.remark:
        values["remark"] = reading.remark
    return Filled(
        {name: value for name, value in values.items() if value not in (None, "", [])},
        {name: words for name, words in sources.items() if words},
        tuple(troubles),
    )


def _times(reading: Reading, values: dict[str, Any], sources: dict[str, str], now_ms: int) -> None:
    start, stop = reading.start_ms, reading.stop_ms
    if not values.get("outcome") and start is not None and stop is not None:
        values["outcome"], sources["outcome"] = "completed", "as it has a length"
    outcome = values.get("outcome")
    unread = any(trouble.field == "time" for trouble in reading.troubles)
    if (
        outcome
        and outcome not in SEEN
        and stop is None
        and not unread
        and (start is not None or not reading.times)
    ):
        # Effort at one moment: an attempt is now, or when it was.
        if start is None:
            start, sources["start"] = floor_minute(now_ms), "now"
        stop = start
    if start is not None:
        values["start"] = instant(start)
    if stop is not None:
        values["stop"] = instant(stop)


def _carried(
    values: dict[str, Any],
    sources: dict[str, str],
    given: Mapping[str, Any],
    basis: Basis,
    now_ms: int,
    tz: str,
) -> None:
    """Take over what was planned, else what was last time, as far as it goes with what was typed."""
    if basis.visit is not None:
        values["planned_visit"] = basis.visit.record
    for name in CARRIED:
        if values.get(name) or not given.get(name):
            continue
        if name in ("modality", "setting"):
            both = {
                "modality": values.get("modality") or "",
                "setting": values.get("setting") or "",
                name: given[name],
            }
            if not fits(both["modality"], both["setting"]):
                continue
        values[name] = given[name]
        sources[name] = _origin(name, basis, now_ms, tz)
    if values.get("setting") and not values.get("modality"):
        # A place of the table is where people meet, unless it says that it is a call.
        if not values["setting"].startswith("telehealth"):
            values["modality"], sources["modality"] = "in_person", "as the place says"


def _origin(name: str, basis: Basis, now_ms: int, tz: str) -> str:
    if basis.visit is not None and getattr(basis.visit, name):
        return f"as planned {moment_words(basis.visit.start_ms, now_ms, tz).removeprefix('today ')}"
    if as_agreed(name, basis.last, basis.agreed):
        return "as agreed in the contact plan"
    if basis.last_ms is None:
        return "as last time"
    return f"as last time, {day_words(day_of(basis.last_ms, tz), day_of(now_ms, tz))}"


def _calls(values: dict[str, Any], sources: dict[str, str]) -> None:
    """Of a call, read the typed place as where the client was: the service is telehealth there."""
    setting = str(values.get("setting") or "")
    if values.get("modality") not in CALLS or not setting or setting.startswith("telehealth"):
        return
    values["setting"] = "telehealth_home" if setting == "home" else "telehealth_other"
    sources["setting"] = "as it was a call"
    if not values.get("client_location"):
        values["client_location"], sources["client_location"] = (
            label_of("setting", setting),
            "as typed for the place",
        )


def _goals(reading: Reading, offered: Sequence[str], troubles: list[Trouble]) -> list[str]:
    part = reading.part("goals")
    at = (part.start, part.stop) if part else (0, 0)
    found = []
    for number in reading.goals:
        if 1 <= number <= len(offered):
            found.append(offered[number - 1])
        elif not reading.client:
            continue
        else:
            known = f"there are {len(offered)}" if offered else "none is known yet; the note takes new ones"
            troubles.append(Trouble("goals", f"There is no goal {number}: {known}.", *at))
    return found
