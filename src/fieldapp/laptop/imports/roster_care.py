"""The records around a client on a roster line: episode, assignment, contact plan, people, alerts."""

from __future__ import annotations

from datetime import date, timedelta

from fieldapp.records.changes import Values, values_of
from fieldapp.records.defaults import setting
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import alert as alert_kind
from fieldapp.records.kinds import assignment as assignment_kind
from fieldapp.records.kinds import contact_plan as contact_plan_kind
from fieldapp.records.text import plain

from .cells import digits
from .plan import Builder
from .roster_client import ITEM
from .roster_line import Line, Task, covers, take_over, words

SOURCE = "Roster import"
_ALERT_CLASS = {
    "elopement": "clinical_risk",
    "overdose_naloxone_needed": "clinical_risk",
    "do_not_leave_voicemail": "communication",
    "stalking_DV_address_hidden": "communication",
}


def episode(line: Line, client: str, view: View | None, task: Task, into: Builder) -> None:
    """Plan the episode in the program of the line."""
    kind = KINDS["episode"]
    program = line.program
    if program is None:
        return
    fields: Values = {
        "track": line.track,
        "county": line.county,
        "step_down_from": line.step_down_from,
        "admit_date": line.admit_date,
        "intensity_tier": line.tier,
        "part2_status": None if line.part2 is None else "protected" if line.part2 else "not_protected",
    }
    if view is None:
        admitted = line.admit_date or task.today
        values: Values = {
            "program": program.id,
            "archetype": program.archetype,
            "status": "active" if admitted <= task.today else "intake",
            "status_since": min(admitted, task.today),
            **{name: value for name, value in fields.items() if value},
        }
        values.setdefault("part2_status", "pending")
        if line.coverage:
            values["coverage"] = {ITEM: dict(line.coverage)}
        if not into.adds:
            into.changes.append(f"a new episode in {program.name}")
        into.put(kind, task.new_id(), client, None, {}, values)
        return
    base = values_of(kind, view)
    if base.get("status") == "discharged":
        if (line.admit_date or "") <= (base.get("discharged_on") or ""):
            into.remarks.append("discharged here, the episode was left alone")
        else:
            # Who comes again is a new episode: the old one keeps its own dates.
            episode(line, client, None, task, into)
        return
    values = {name: value for name, value in base.items() if name != "coverage"}
    for name, value in fields.items():
        if value:
            take_over(values, view, name, value, kind.labels.get(name, name), into)
    rows: dict[str, Values] = dict(base.get("coverage") or {})
    if line.coverage and not any(covers(row, line.coverage) for row in rows.values()):
        into.changes.append("Coverage " + ", ".join(str(value) for value in line.coverage.values()))
        rows[ITEM] = {**rows.get(ITEM, {}), **line.coverage}
    if rows:
        values["coverage"] = rows
    into.put(kind, view.id, client, view, base, values)


def assignment(line: Line, client: str, view: View | None, task: Task, into: Builder) -> None:
    """Plan primary staff member and prescriber; whoever they replace gets an end day."""
    kind = KINDS["assignment"]
    base = values_of(kind, view)
    periods: dict[str, Values] = {key: dict(row) for key, row in (base.get("periods") or {}).items()}
    now = assignment_kind.staff_on(view, task.today) if view is not None else {}
    since = line.admit_date if view is None and line.admit_date else task.today
    for role, code in (("primary", line.primary), ("prescriber", line.prescriber)):
        if code is None:
            continue
        person = task.org.staff[code]
        if now.get(person.id) == role or any(
            row.get("staff") == person.id and row.get("role") == role and not row.get("until")
            for row in periods.values()
        ):
            continue
        replaced = [
            row
            for row in periods.values()
            if row.get("role") == role and (not row.get("until") or row["until"] >= task.today)
        ]
        for row in replaced:
            row["until"] = (date.fromisoformat(task.today) - timedelta(days=1)).isoformat()
        if view is not None or not into.adds:
            into.changes.append(f"{assignment_kind.ROLES[role]} → {person.name}")
        periods[task.new_id()] = {"staff": person.id, "role": role, "since": since}
    if periods:
        into.put(kind, one_per(client, "assignment"), client, view, base, {"periods": periods})


def contact_plan(line: Line, client: str, view: View | None, task: Task, into: Builder) -> None:
    """Plan the weekly target; an earlier agreement stays in the history."""
    if line.target is None:
        return
    kind = KINDS["contact_plan"]
    base = values_of(kind, view)
    now = contact_plan_kind.current(view, task.today) if view is not None else {}
    if now.get("target_n") == line.target and now.get("per") == "week":
        return
    start = line.admit_date if view is None and line.admit_date else task.today
    review = date.fromisoformat(task.today) + timedelta(days=setting(task.settings, "contact_plan_review_d"))
    if not into.adds:
        into.changes.append(f"Contacts a week {words(now.get('target_n'))} → {line.target}")
    periods = dict(base.get("periods") or {})
    periods[task.new_id()] = {
        "per": "week",
        "target_n": line.target,
        "start": min(start, task.today),
        "review_by": review.isoformat(),
    }
    into.put(kind, one_per(client, "contact_plan"), client, view, base, {"periods": periods})


def emergency_contact(line: Line, client: str, people: tuple[View, ...], task: Task, into: Builder) -> None:
    """Plan the emergency contact, matched by name."""
    if not line.em_contact and not line.em_phone:
        return
    kind = KINDS["related_person"]
    name = line.em_contact or "Emergency contact"
    for view in people:
        if plain(view.get("name") or "") != plain(name):
            continue
        base = values_of(kind, view)
        values = dict(base)
        if line.em_phone and digits(line.em_phone) not in {
            digits(base.get("phone") or ""),
            digits(base.get("phone2") or ""),
        }:
            take_over(values, view, "phone", line.em_phone, f"Phone of {name}", into)
        into.put(kind, view.id, client, view, base, values)
        return
    values = {"name": name, "kind": "emergency_contact", "knows_about_treatment": "unknown"}
    if line.em_phone:
        values["phone"] = line.em_phone
    if not into.adds:
        into.changes.append(f"Emergency contact {name}")
    into.put(kind, task.new_id(), client, None, {}, values)


def alerts(line: Line, client: str, here: tuple[View, ...], task: Task, into: Builder) -> None:
    """Add alerts that were never here; one that somebody cleared is not raised again by an old list."""
    known = {view.get("code") for view in here}
    review = date.fromisoformat(task.today) + timedelta(days=setting(task.settings, "alert_expiry_d"))
    for code in line.alerts:
        if code in known:
            if all(not view.derived.get("active") for view in here if view.get("code") == code):
                into.remarks.append(f"{alert_kind.CODES[code]}: was cleared here, not raised again")
            continue
        if not into.adds:
            into.changes.append(f"Alert {alert_kind.CODES[code]}")
        values: Values = {
            "cls": _ALERT_CLASS.get(code, "home_safety"),
            "code": code,
            "severity": alert_kind.DEFAULT_SEVERITY.get(code, "caution"),
            "source": SOURCE,
            "first_seen": task.today,
            "review_by": review.isoformat(),
        }
        into.put(KINDS["alert"], task.new_id(), client, None, {}, values)
