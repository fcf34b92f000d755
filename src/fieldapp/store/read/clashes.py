"""What stands in the way of a visit that is being planned; all of it is said, none of it blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldapp.clinical.planned_visits import TWO_PERSON, USUAL_MINUTES, overlap
from fieldapp.clinical.times import MINUTE_MS, clock_words, day_of, day_words

from ..board_models import Clash
from ..models import VisitLine
from . import board, lenient
from .absences import absences
from .lines import Asking
from .today import visits_of_all

_LONGEST_MS = 12 * 3_600_000
_SHOWN = 3


def clashes(
    asking: Asking, client: str, record: str, values: Mapping[str, Any], further: Sequence[str] = ()
) -> tuple[Clash, ...]:
    """Return what to look at before a visit, and those that follow it, are planned.

    Args:
        record: of the visit itself, which is in nobody's way.
        values: its fields as the form has them.
        further: starts of the visits that follow.
    """
    starts = [ms for text in (values.get("start"), *further) if (ms := lenient.moment(text)) is not None]
    minutes = int(values.get("minutes") or 0)
    found = [*_away(asking, client), *_two(asking, client, values)]
    people = [str(values[name]) for name in ("staff", "second") if values.get(name)]
    at_once: list[Clash] = []
    for start in starts:
        for other in _at(asking, start, minutes, record):
            at_once += _same_time(asking, client, people, other)
        at_once += _off(asking, people, start)
    seen = tuple(dict.fromkeys(at_once))
    more = len(seen) - _SHOWN
    if more > 0:
        seen = (*seen[:_SHOWN], Clash("more", f"And {more} more like these."))
    return (*found, *seen)


def _at(asking: Asking, start: int, minutes: int, record: str) -> Iterator[VisitLine]:
    until = start + (minutes or USUAL_MINUTES) * MINUTE_MS
    for other in visits_of_all(asking, start - _LONGEST_MS, until):
        if (
            other.record != record
            and other.state == "planned"
            and overlap(start, minutes, other.start_ms, other.minutes)
        ):
            yield other


def _same_time(asking: Asking, client: str, people: Sequence[str], other: VisitLine) -> Iterator[Clash]:
    tz = asking.me.tz
    when = f"{day_words(day_of(other.start_ms, tz), day_of(asking.now_ms, tz))} {clock_words(other.start_ms, tz)}"
    if other.client == client:
        who = asking.known.staff_name(other.staff) or "a colleague"
        yield Clash("client", f"{who} sees this client then: {when}.")
        return
    for staff in people:
        if staff in (other.staff, other.second):
            name = "You are" if staff == asking.me.staff else f"{asking.known.staff_name(staff)} is"
            yield Clash("person", f"{name} with {other.name or 'another client'} then: {when}.")


def _off(asking: Asking, people: Sequence[str], start: int) -> Iterator[Clash]:
    day = day_of(start, asking.me.tz)
    off = absences(asking, day.isoformat())
    for staff in people:
        if staff in off and off[staff].off:
            by = ", ".join(sorted(asking.known.staff_name(one) for one in off[staff].by))
            name = "You are" if staff == asking.me.staff else f"{asking.known.staff_name(staff)} is"
            yield Clash(
                "off", f"{name} off {day_words(day, day_of(asking.now_ms, asking.me.tz))}: {by} covers."
            )


def _away(asking: Asking, client: str) -> Iterator[Clash]:
    for one in board.away(asking):
        if one.client == client:
            yield Clash("away", f"The client is away: {one.why}.")


def _two(asking: Asking, client: str, values: Mapping[str, Any]) -> Iterator[Clash]:
    facts = asking.known.clients.get(client)
    alone = not values.get("second") and values.get("modality") in (None, "", "in_person")
    if facts is not None and alone and any(alert.code == TWO_PERSON for alert in facts.alerts):
        yield Clash("two", "An alert asks for two people: say who comes along.")
