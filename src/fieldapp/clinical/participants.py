"""Who else took part in a contact, from a line of names: colleagues, interpreters, and everybody else with their basis. Pure.

Sources: clinical.md 2.8 (participants, second staff), 2.3 (on what basis somebody hears about the client).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fieldapp.records.kinds.contact import OF_TEAM
from fieldapp.records.text import plain

_STAFF = re.compile(r"(?:staff|colleague)\s+(.+)", re.IGNORECASE | re.DOTALL)
_INTERPRETER = re.compile(r"(?:interpreter|interp\.?)(?:\s+(.+))?", re.IGNORECASE | re.DOTALL)


def colleague(name: str, staff: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return (id, name) of the colleague whom a name means; None where that is nobody, or not sure.

    The whole name, or `staff tom` with the beginning of one: a client's sister may have a colleague's first name.
    """
    said = _STAFF.fullmatch(name.strip())
    words = plain(said[1] if said else name).split()
    if not words:
        return None
    found = [
        row
        for row in staff
        if (all(any(part.startswith(word) for part in plain(row[1]).split()) for word in words) if said
            else plain(row[1]).split() == words)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def one(name: str, staff: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return what a typed name says of somebody: who, and if it is told, that they are staff or interpret."""
    known = colleague(name, staff)
    if known is not None:
        return {"who": known[1], "kind": "staff", "staff": known[0]}
    interprets = _INTERPRETER.fullmatch(name.strip())
    if interprets:
        return {"who": (interprets[1] or "Interpreter").strip(), "kind": "interpreter"}
    return {"who": name.strip()}


def of_line(
    line: str,
    basis: str,
    known: Mapping[str, Mapping[str, Any]],
    staff: Sequence[tuple[str, str]],
    id_of: Callable[[str], str],
) -> dict[str, dict[str, Any]]:
    """Return the items for a line of names, separated by commas.

    A name that was there keeps its item and what else it says; the basis is of those alone who are not of the team.
    """
    by_name = {name_of(row): (item, row) for item, row in known.items()}
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(part.strip() for part in line.split(",")):
        if not name:
            continue
        item, row = by_name.get(name) or (id_of(name), {})
        said = {**row} if row else one(name, staff)
        if outside(said):
            said |= {"disclosure_basis": basis} if basis else {}
        else:
            said.pop("disclosure_basis", None)
        found[item] = said
    return found


def outside(row: Mapping[str, Any]) -> bool:
    """Tell whether somebody is neither the client nor of the team."""
    return row.get("kind") not in OF_TEAM


def name_of(row: Mapping[str, Any]) -> str:
    """Return what stands in the line for somebody."""
    who = str(row.get("who") or "")
    return f"interpreter {who}" if row.get("kind") == "interpreter" and who != "Interpreter" else who


def names_of(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return who else was there, as one line."""
    return ", ".join(filter(None, map(name_of, rows.values())))
