"""Who is assigned from when until when: giving a role without a gap and without two primaries. Pure.

Source: clinical.md 2.6 (exactly one active primary) and 1.4 (assignment is effective-dated).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .due import add_days

Row = Mapping[str, Any]
"""One period: `staff`, `role`, `since`, `until` (days; both ends included, either may be open), `covers`."""
OPEN_END = "9999-12-31"
PRIMARY, COVER = "primary", "cover"
NAME_PRIMARY, COVER_REQUEST = "name_primary", "cover"
ASSIGNED = frozenset({NAME_PRIMARY, COVER_REQUEST})
"""Tasks that an assignment answers: who works with a client, and that their author covers."""


@dataclass(slots=True)
class Changes:
    """What an entry on an assignment says."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """Return them as the body of the entry."""
        found: dict[str, Any] = {"items": {"periods": self.items}} if self.items else {}
        if self.drop:
            found["drop"] = {"periods": sorted(self.drop)}
        return found


def given(periods: Mapping[str, Row], row: Row, ids: Iterator[str]) -> Changes:
    """Return what gives somebody a role for a time.

    A new primary takes the time of the primaries that there are: the one before ends the day before, a time of theirs
    that lies inside the new one goes, and what lies after its end stays theirs. In every other role only the same
    person's own time in it (and in the place of the same colleague) is replaced, from the first day on.

    Args:
        row: with `since`.
        ids: fresh ids for list items.
    """
    said = Changes()
    since, until = str(row["since"]), str(row.get("until") or OPEN_END)
    for key, old in periods.items():
        if not _same_place(old, row):
            continue
        old_since, old_until = str(old.get("since") or ""), str(old.get("until") or OPEN_END)
        if old_until < since or old_since > until:
            continue
        # Whoever says anew until when they are there means it: nothing of their own time is left behind it.
        rest = old_until > until and old.get("staff") != row.get("staff")
        if old_since < since:
            said.items[key] = {"until": add_days(since, -1)}
            if rest:
                said.items[next(ids)] = _without_empty(
                    {**old, "since": add_days(until, 1), "until": old.get("until")}
                )
        elif rest:
            said.items[key] = {"since": add_days(until, 1)}
        else:
            said.drop.append(key)
    said.items[next(ids)] = _without_empty(row)
    return said


def _same_place(old: Row, new: Row) -> bool:
    if old.get("role") != new.get("role"):
        return False
    if new.get("role") == PRIMARY:
        return True
    return old.get("staff") == new.get("staff") and (old.get("covers") or None) == (new.get("covers") or None)


def _without_empty(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value}


def holds(row: Row, day: str) -> bool:
    """Tell whether a period holds on a day."""
    return str(row.get("since") or "") <= day <= str(row.get("until") or OPEN_END)


def touches(row: Row, since: str, until: str = "") -> bool:
    """Tell whether a period holds on any day of a time whose end may be open."""
    return str(row.get("since") or "") <= (until or OPEN_END) and str(row.get("until") or OPEN_END) >= since


def covering(periods: Mapping[str, Row], day: str) -> dict[str, str]:
    """Return who covers on a day: staff id to whose place they take, "" where nobody is named."""
    return {
        str(row["staff"]): str(row.get("covers") or "")
        for row in periods.values()
        if row.get("role") == COVER and row.get("staff") and holds(row, day)
    }


def answered(periods: Iterable[Row], what: str, author: str, day: str) -> bool:
    """Tell whether a client's periods give what a task asks for: a primary worker, also from a day to come, or that
    whoever asked to cover is with the client on this day.

    Args:
        what: of the task; other tasks are never answered here.
        author: who wrote the task.
    """
    if what == NAME_PRIMARY:
        return any(row.get("role") == PRIMARY and row.get("staff") and touches(row, day) for row in periods)
    return what == COVER_REQUEST and any(row.get("staff") == author and holds(row, day) for row in periods)
