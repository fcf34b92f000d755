"""What a group's form adds by itself: rows of a new grid, codes and units, warnings said once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..clinical.coding import NO_CODE, Line
from ..clinical.group_entry import NOTHING as NOTHING
from ..clinical.group_entry import code_for as code_for
from ..records.codes.why import units_words
from ..records.group_rows import ROWS, attended, ordered
from ..records.kind import Problem
from ..records.kinds.contact import POS
from ..widgets import group_cells as cells
from ..widgets.group_cells import Person

if TYPE_CHECKING:
    from ..store.group_models import GroupMember

_NAMES = 4
"""How many names a warning lists before it counts."""
_COLUMN_OF = {
    "response": cells.RESPONSE, "sections": cells.RESPONSE, "risk_block": cells.RISK, "detail": cells.RISK,
    "goals": cells.GOALS, "no_goal_reason": cells.GOALS, "minutes": cells.MINUTES,
    "client_location": cells.ATTENDANCE_AT, "participation": cells.PARTICIPATION_AT, "client_present_min": cells.MINUTES,
}  # fmt: skip


def new_rows(members: Sequence[GroupMember], first: int = 0) -> dict[str, dict[str, Any]]:
    """Return a row for each person: their name and the goals of the last time, and nothing of what was said."""
    found: dict[str, dict[str, Any]] = {}
    for number, member in enumerate(members, first):
        row: dict[str, Any] = {"name": member.name, "place": number}
        if member.last_goals:
            row["goals"] = list(member.last_goals)
        if member.visit:
            row["planned_visit"] = member.visit
        found[member.client] = row
    return found


def next_code(line: Line, chosen: str) -> str:
    """Return the code that comes after the one that is taken, among those that may be used and none at all."""
    offered = [one.code for one in line.offers] + [NO_CODE]
    now = NO_CODE if chosen == NO_CODE else line.taken.code if line.taken is not None else NO_CODE
    return offered[(offered.index(now) + 1) % len(offered)] if now in offered else offered[0]


def short_code(line: Line) -> str:
    """Return code and units in a few letters: `H0004 ×3`."""
    return f"{line.taken.code} ×{line.taken.units}" if line.taken is not None else ""


def why_of(line: Line) -> str:
    """Return code, modifiers, units and how they came about, as one line."""
    if line.taken is None:
        return line.why
    taken = line.taken
    named = " ".join([taken.code, *taken.modifiers, units_words(taken.units)])
    return f"{named}: {line.why}" if line.why else named


def people_of(
    values: Mapping[str, Any], members: Mapping[str, GroupMember], lines: Mapping[str, Line]
) -> list[Person]:
    """Return the people of a grid in order, with what the grid shows of them."""
    found = []
    for client, row in ordered(values):
        member, line = members.get(client), lines.get(client, NOTHING)
        own = [str(goal) for goal in row.get("goals") or ()]
        goals = tuple(dict.fromkeys([*(member.goals if member else ()), *own]))[:9]
        found.append(
            Person(
                client, member.name if member else str(row.get("name") or ""), member.risk if member else "", goals,
                member.week_min if member else 0, short_code(line) if attended(row) else "", why_of(line) if row.get("attendance") else "",
            )
        )  # fmt: skip
    return found


def complete(values: dict[str, Any], tz: str, leaders: Mapping[str, str]) -> None:
    """Add what follows from the answers: zone, place of service, the facilitators' names for the notes."""
    values["tz"] = tz
    if values.get("setting") in POS:
        values["pos"] = POS[values["setting"]]
    else:
        values.pop("pos", None)
    known = [leaders.get(str(one), "") for one in values.get("facilitators") or ()]
    if all(known):
        values["leaders"] = known


def row_of(path: str) -> tuple[str, str]:
    """Return client and column that a problem of the grid stands at; ("", "") for one of the session."""
    if not path.startswith(f"{ROWS}."):
        return "", ""
    _, client, *rest = path.split(".")
    named = next((_COLUMN_OF[name] for name in reversed(rest) if name in _COLUMN_OF), cells.ATTENDANCE_AT)
    return client, named


def said_once(
    problems: Sequence[Problem], values: Mapping[str, Any]
) -> tuple[list[Problem], dict[str, list[str]]]:
    """Return warnings with the same sentence as one that names who, and which fields each of them answers."""
    rows = values.get(ROWS) or {}
    fields: dict[str, list[str]] = {}
    for problem in problems:
        fields.setdefault(problem.sentence, []).append(problem.field)
    found: list[Problem] = []
    answers: dict[str, list[str]] = {}
    for number, (sentence, paths) in enumerate(fields.items()):
        clients = list(dict.fromkeys(client for client, _ in map(row_of, paths) if client))
        names = [str((rows.get(client) or {}).get("name") or "") for client in clients]
        key = paths[0] if len(paths) == 1 else f"grid{number}"
        first = next(problem for problem in problems if problem.sentence == sentence)
        named = any(name and name in sentence for name in names)
        found.append(replace(first, field=key, sentence=sentence if named else _naming(names, sentence)))
        answers[key] = [*answers.get(key, []), *paths]
    return found, answers


def _naming(names: Sequence[str], sentence: str) -> str:
    if not names:
        return sentence
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{'; '.join(names[:_NAMES])}{more}: {sentence}"


def at_each(overrides: Mapping[str, str], answers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the reasons at every field that they answer."""
    found: dict[str, str] = {}
    for key, reason in overrides.items():
        for path in answers.get(key, [key]):
            found[path] = f"{found[path]}; {reason}" if path in found else reason
    return found


def at_risk(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (client, name) of those of whom risk was noted."""
    return [
        (client, str(row.get("name") or ""))
        for client, row in ordered(values)
        if attended(row) and row.get("risk") == "present"
    ]
