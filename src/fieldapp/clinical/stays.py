"""What stays in hospital, ED and jail mean: whether the client is away, days, and whether they were seen after. Pure.

Sources: clinical.md 2.2 (on hold stops the frequency alert and starts the follow-up), 1.5 (`hospital_followup_d 7, 30`),
5.13 (ED visits, days in hospital), 5.14 (seen within 7 and 30 days). Days are `YYYY-MM-DD` in the zone of the program.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fieldapp.records.days import day_of
from fieldapp.records.defaults import setting
from fieldapp.records.kinds.stay import FOLLOWED, HAS_LEGAL, SHORT, WHATS, label_of

from .due import add_days, days_between

ON_HOLD, ACTIVE = "on_hold", "active"
AWAY = frozenset(WHATS) - {"ed"}
"""Who stays there cannot be visited as agreed; a visit to an emergency department is over before anybody would miss it."""
HOSPITAL = frozenset({"inpatient", "medical"})
STILL_AWAY = frozenset({"hospital", "residential", "jail"})
"""Who went there is not back."""
JAIL = "jail"
ED_LONG_D = 1
"""An ED visit that is open after so many days has ended somehow, and nobody said how."""
_YEAR_D = 365

Standing = Literal["seen", "late", "open", "missed"]


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay, read without trusting it."""

    record: str
    what: str
    since: str
    until: str = ""
    place: str = ""
    planned: str = ""
    went_to: str = ""
    legal: str = ""
    contact: str = ""
    """Who can be asked there, with the phone."""

    @property
    def is_open(self) -> bool:
        """Whether nobody said that it ended."""
        return not self.until

    @property
    def is_away(self) -> bool:
        """Whether the client cannot be visited as agreed because of it."""
        return self.is_open and self.what in AWAY


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One period after a stay within which the client is to be seen."""

    within: int
    """Days."""
    first: str
    """The first day on which being seen counts."""
    due: str
    """The last day that is in time."""


def read(record: str, values: Mapping[str, Any]) -> Stay | None:
    """Return a stay from the values of its record; None for one of which no first day can be read."""
    since = day_of(values.get("since"))
    if not since:
        return None
    who = [str(values.get(name) or "") for name in ("contact_name", "contact_phone")]
    return Stay(
        record, str(values.get("what") or "other"), since, day_of(values.get("until")), str(values.get("place") or ""),
        day_of(values.get("planned_discharge")), str(values.get("went_to") or ""),
        str(values.get("legal") or "") if values.get("what") in HAS_LEGAL else "", ", ".join(filter(None, who)),
    )  # fmt: skip


def ordered(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Return stays as lists show them: open ones first, then the newest."""
    return tuple(sorted(stays, key=lambda one: (one.is_open, one.since, one.until, one.record), reverse=True))


def away_now(stays: Iterable[Stay]) -> Stay | None:
    """Return the stay because of which the client is away now: the one that began last; None for nobody away."""
    return max((one for one in stays if one.is_away), key=lambda one: (one.since, one.record), default=None)


def open_visit(stays: Iterable[Stay]) -> Stay | None:
    """Return the stay that is open, one that takes away before a visit to an emergency department."""
    found = [one for one in stays if one.is_open]
    return max(found, key=lambda one: (one.is_away, one.since, one.record), default=None)


def effective_status(status: str, stays: Iterable[Stay]) -> str:
    """Return the status of an episode as everything shows it: an active one is on hold while the client is away.

    One place decides (clinical.md 2.2). What the episode itself says stands in all other states.
    """
    return ON_HOLD if status == ACTIVE and away_now(stays) is not None else status


def day_number(stay: Stay, today: str) -> int:
    """Return how many days a stay has taken, nights counted; 0 on its first day."""
    return max(0, days_between(stay.since, stay.until or today))


def away_words(stay: Stay, today: str) -> str:
    """Return where a client is and for how long, in few letters: `hospital 9 d`."""
    days = day_number(stay, today)
    return f"{SHORT.get(stay.what, 'away')} {f'{days} d' if days else 'today'}"


def title(stay: Stay) -> str:
    """Return what a stay is called: `Psychiatric hospital, Providence`."""
    return label_of({"what": stay.what, "place": stay.place})


# Counting (clinical.md 5.13)


def days_in(stays: Iterable[Stay], whats: Collection[str], first: str, last: str) -> int:
    """Return on how many days of a time (both ends within) a client was in such a place.

    Each day counts once, however many records say so; the day of leaving counts only where it is also the first.
    """
    return len(
        {
            day
            for one in stays
            if one.what in whats
            for day in range(max(_number(one.since), _number(first)), min(_end(one, last), _number(last)) + 1)
        }
    )


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _end(stay: Stay, last: str) -> int:
    return max(_number(stay.since), _number(stay.until) - 1) if stay.until else _number(last)


def visits_in(stays: Iterable[Stay], what: str, first: str, last: str) -> int:
    """Return how many stays of one kind began in a time; two records of one day are one stay written down twice."""
    return len({one.since for one in stays if one.what == what and first <= one.since <= last})


def year_before(today: str) -> str:
    """Return the first of the 12 months that end today."""
    return add_days(today, -_YEAR_D + 1)


# Seen afterwards (clinical.md 5.14)


def follow_ups(stay: Stay, settings: Mapping[str, int]) -> tuple[FollowUp, ...]:
    """Return within what times a client is to be seen after a stay; none while it lasts or where they are not back.

    The day of leaving a hospital does not count (as in the quality measures that payers use), the day of an ED visit
    does. After jail there is the first period only.
    """
    if not stay.until or stay.went_to in STILL_AWAY or stay.went_to == "died":
        return ()
    if stay.what not in FOLLOWED and stay.what != JAIL:
        return ()
    names = ("first",) if stay.what == JAIL else ("first", "second")
    first = stay.until if stay.what == "ed" else add_days(stay.until, 1)
    days = [setting(settings, f"hospital_followup_d_{name}") for name in names]
    return tuple(
        FollowUp(count, first, add_days(stay.until, count)) for count in sorted(set(days)) if count > 0
    )


def standing(period: FollowUp, seen_days: Collection[str], today: str) -> tuple[Standing, str]:
    """Return how a follow-up stands, and the day on which the client was first seen in it or after it.

    Args:
        seen_days: on which the client was seen or spoken with; attempts are none (`clinical.seen`).
    """
    seen = min((day for day in seen_days if day >= period.first), default="")
    if seen:
        return ("seen" if seen <= period.due else "late"), seen
    return ("missed" if today > period.due else "open"), ""


def last_back(stays: Iterable[Stay], settings: Mapping[str, int]) -> tuple[Stay, tuple[FollowUp, ...]] | None:
    """Return the stay from which a client came back last, with its follow-ups; None while they are away again."""
    known = tuple(stays)
    if away_now(known) is not None:
        return None
    ended = [(one, found) for one in known if (found := follow_ups(one, settings))]
    return max(ended, key=lambda pair: (pair[0].until, pair[0].record), default=None)


def open_follow_up(
    stays: Iterable[Stay], last_seen: str, settings: Mapping[str, int], today: str
) -> tuple[Stay, FollowUp] | None:
    """Return the stay that a client came back from and the period in which they are still to be seen.

    The first period that is not over; after the last one nothing is left to be in time for.

    Args:
        last_seen: the last day on which the client was seen or spoken with; empty for never.
    """
    found = last_back(stays, settings)
    if found is None or last_seen >= found[1][0].first:
        return None
    stay, periods = found
    left = next((one for one in periods if today <= one.due), None)
    return (stay, left) if left is not None else None
