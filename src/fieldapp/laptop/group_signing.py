"""What stands against signing a group: nobody's name in another's record, nobody forgotten, nobody twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldapp.clinical.naming import named_in
from fieldapp.records import group_rows
from fieldapp.records.fold import View
from fieldapp.records.group_tables import ATTENDANCE, ATTENDED
from fieldapp.records.kind import Problem
from fieldapp.records.text import folded
from fieldapp.store.read import groups, lenient
from fieldapp.store.read.lines import Asking

SHARED = ("title", "module_title", "topic", "summary", "homework", "homework_before", "late_reason")
"""Words of a session that stand in everybody's record."""
OWN_ROW = ("response", "detail", "no_goal_reason", "location")
OWN = (
    "remark", "client_location", "late_reason", "no_goal_reason", "participation", "function", "substance_use", "meds_line",
    "telehealth_line", "next_contact", "life_event", "topic", "homework",
)  # fmt: skip
"""Words of one person's contact or note."""
_ALIKE_CHARS = 15


def of_session(asking: Asking, record: str, values: Mapping[str, Any]) -> list[Problem]:
    """Return what stands against signing a session with its grid; a correction of a session has no grid."""
    rows = dict(group_rows.ordered(values))
    clients = list(rows) if group_rows.ROWS in values else groups.clients_of(asking, record)
    found = list(_named_to_all(asking, values, clients))
    if group_rows.ROWS not in values:
        return found
    if not rows:
        return [*found, Problem("rows", "Nobody is in the group yet: type a name.", stops=True)]
    found += _attendance(rows)
    found += _named_in_rows(asking, rows)
    found += _alike(rows)
    found += _held_already(asking, record, values)
    return found


def of_one(asking: Asking, client: str, record: str, values: Mapping[str, Any]) -> list[Problem]:
    """Return the names of others who were in the group that stand in one person's contact or note."""
    others = [other for other in groups.clients_of(asking, str(values["session"])) if other != client]
    names = _names(asking, others)
    texts = {f"sections.{name}": text for name, text in (values.get("sections") or {}).items()}
    texts |= {name: values.get(name) for name in OWN}
    texts["risk_block"] = (values.get("risk_block") or {}).get("detail")
    own = _names(asking, [client])
    return [
        _refused(path, word)
        for path, text in texts.items()
        if (word := named_in(str(text or ""), names, but=own))
    ]


def _names(asking: Asking, clients: Sequence[str]) -> list[str]:
    known = asking.known.clients
    return [name for client in clients if client in known for name in known[client].names]


def _refused(field: str, word: str) -> Problem:
    said = f"“{word}” is the name of somebody in the group: write it without, this stands in others' records."
    return Problem(field, said, stops=True)


def _named_to_all(asking: Asking, values: Mapping[str, Any], clients: Sequence[str]) -> Iterator[Problem]:
    names = _names(asking, clients)
    for field in SHARED:
        word = named_in(str(values.get(field) or ""), names)
        if word:
            yield _refused(field, word)


def _named_in_rows(asking: Asking, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for client, row in rows.items():
        others, own = _names(asking, [one for one in rows if one != client]), _names(asking, [client])
        for field in OWN_ROW:
            word = named_in(str(row.get(field) or ""), others, but=own)
            if word:
                said = f"“{word}” is the name of another in the group: it may not stand in {row.get('name')}'s note."
                yield Problem(f"rows.{client}.{field}", said, stops=True)


def _attendance(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    for client, row in rows.items():
        name, there = row.get("name") or "somebody", row.get("attendance")
        if there not in ATTENDANCE:
            said = f"Say whether {name} was there, or take them off the list."
            yield Problem(f"rows.{client}.attendance", said, stops=True)
        elif there in ATTENDED:
            if row.get("participation") is None:
                yield Problem(
                    f"rows.{client}.participation", f"How did {name} take part, 0 to 3?", stops=False
                )
            if there != "present" and row.get("minutes") is None:
                yield Problem(f"rows.{client}.minutes", f"How many minutes was {name} there?", stops=True)


def _alike(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield who has the same response as somebody above: each note says what is its person's own (clinical.md 2.11)."""
    first: dict[str, str] = {}
    for client, row in rows.items():
        text = folded(row.get("response"))
        if row.get("attendance") not in ATTENDED or len(text) < _ALIKE_CHARS:
            continue
        if text in first:
            said = f"{row.get('name')} has the same response as {first[text]}."
            yield Problem(f"rows.{client}.response", said, stops=False)
        first.setdefault(text, str(row.get("name") or ""))


def _held_already(asking: Asking, record: str, values: Mapping[str, Any]) -> list[Problem]:
    """Return the question whether a session of the same group at this time is the same one."""
    start, stop = lenient.moment(values.get("start")), lenient.moment(values.get("stop"))
    if start is None or stop is None or not values.get("group"):
        return []
    for other in groups.sessions(asking, str(values["group"]), str(values.get("team") or "")):
        at = lenient.moment(other.doc.get("start")), lenient.moment(other.doc.get("stop"))
        if other.id != record and at[0] is not None and at[1] is not None and at[0] < stop and start < at[1]:
            return [
                Problem("start", f"{_signer(other)} signed this group for that time already.", stops=False)
            ]
    return []


def _signer(view: View) -> str:
    return view.steps[0].name if view.steps else "Somebody"
