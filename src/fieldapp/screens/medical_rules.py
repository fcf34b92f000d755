"""What the medical forms offer, fill in and leave out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..clinical.medication import next_injection
from ..records.kinds import adherence, injection, vitals
from ..records.kinds.medication_list import is_lai, line_of
from ..records.together import TOGETHER
from ..store.read.words import medicine_words

if TYPE_CHECKING:
    from ..store.medical_models import MedicationsRead

MEDICAL = frozenset({"prescriber", "medasst"})
ALL = 12
"""Medicines that are offered by one key."""
TAKEN_WELL = frozenset({"yes_seen", "yes_reported"})
CHANGED = {
    "name": "name", "dose": "dose", "route": "route", "schedule": "how often", "prn": "only when needed",
    "stop": "stopped", "stop_reason": "why stopped", "reason": "for", "start": "since", "prescriber": "prescriber",
    "source": "known from", "lai_every_d": "days between injections", "lai_window_d": "days of grace",
    "last_given": "last given", "next_due": "next due", "lai_site": "site",
}  # fmt: skip


def lais(read: MedicationsRead) -> dict[str, str]:
    """Return the long-acting injections that are taken now: item id to name and dose, the most overdue first."""
    order = ("overdue", "due", "soon", "later", "")
    rows = [line for line in read.current if is_lai(line.values)]
    rows.sort(key=lambda line: order.index(line.lai) if line.lai in order else len(order))
    return {line.item: _name(line.values) for line in rows[:ALL]}


def asked_about(read: MedicationsRead) -> dict[str, str]:
    """Return the medicines that an observation may be about: item id to name and dose."""
    return {line.item: _name(line.values) for line in read.current[:ALL]}


def _name(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, [str(row.get("name") or ""), str(row.get("dose") or "")]))


def about(picked: Sequence[str], read: MedicationsRead) -> list[dict[str, str]]:
    """Return the medicines that an observation is about, with their words as they are today."""
    rows = {line.item: line.values for line in read.lines}
    return [{"medicine": item, "name": _name(rows[item])} for item in picked if item in rows]


def overdue(read: MedicationsRead) -> tuple[bool, str]:
    """Return whether an injection is overdue now, and since when it was due."""
    days = sorted(str(line.values.get("next_due") or "") for line in read.current if line.lai == "overdue")
    return bool(days), days[0] if days else ""


def complete_adherence(
    values: dict[str, Any], read: MedicationsRead, now: str, tz: str, *, given: bool = False
) -> None:
    """Add what follows from an observation; nothing to one that says nothing. `given`: an injection beside it."""
    for name in ("barriers", "about"):
        if not values.get(name):
            values.pop(name, None)
    if not adherence.says(values):
        return
    if not (values.get("side_effects") or "").strip():
        values.pop("severity", None)
    values.setdefault("as_of", now)
    values.setdefault("tz", tz)
    late, due = overdue(read)
    if given:
        # The same form gives the injection: it is overdue no more.
        values.pop("lai_overdue", None)
        values.pop("lai_due", None)
    elif late and "lai_overdue" not in values:
        values |= {"lai_overdue": True, "lai_due": due}


def complete_vitals(values: dict[str, Any], now: str, tz: str) -> None:
    """Add when the measurements were taken; nothing where none was."""
    if not vitals.says(values):
        for name in ("at", "tz"):
            values.pop(name, None)
        return
    values.setdefault("at", now)
    values.setdefault("tz", tz)


def complete_injection(values: dict[str, Any], read: MedicationsRead, now: str, tz: str, day: str) -> None:
    """Add what the list says of the injection: drug, dose, when the next one is due."""
    if not injection.says(values):
        values.clear()
        return
    row = next((line.values for line in read.lines if line.item == values.get("medicine")), None)
    if row is not None:
        values["drug"] = str(row.get("name") or "")
        values.setdefault("dose", str(row.get("dose") or ""))
        if not values["dose"]:
            del values["dose"]
    values.setdefault("at", now)
    values.setdefault("tz", tz)
    values.setdefault("on", day)
    if row is not None and not values.get("next_due"):
        due = next_injection(str(values["on"]), row.get("lai_every_d"))
        if due:
            values["next_due"] = due


def changes(base: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Return what a form changes in a medication list, one line for each medicine, as it is shown before signing."""
    before, after = base.get("medicines") or {}, values.get("medicines") or {}
    found = []
    for item, row in after.items():
        old = before.get(item)
        if old is None:
            found.append(f"New: {line_of(row)}")
            continue
        said = []
        for name, words in CHANGED.items():
            one, other = old.get(name), row.get(name)
            if name in row and one != other:
                said.append(
                    f"stopped {other}" if name == "stop" and other
                    else "not stopped after all" if name == "stop"
                    else f"{words} {one or '–'} → {other or '–'}"
                )  # fmt: skip
        if said:
            found.append(f"{old.get('name') or row.get('name') or ''}: {', '.join(said)}")
    return found


def list_lines(values: Mapping[str, Any], day: str) -> list[str]:
    """Return the list as a form leaves it, one line for each medicine that is taken or ends today."""
    rows = [row for row in (values.get("medicines") or {}).values() if row.get("name")]
    kept = [row for row in rows if not row.get("stop") or str(row["stop"]) >= day]
    return [medicine_words(row)[:300] for row in sorted(kept, key=lambda row: str(row["name"]).lower())]


def part_values(values: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the values of a part of a form; a new dict if there is none."""
    found = ((values.get(TOGETHER) or {}).get(kind) or {}).get("values")
    return dict(found) if isinstance(found, Mapping) else {}
