"""What a group session starts from: its plan, the last time, the day's other sessions (clinical.md 2.13). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from fieldapp.records.envelope import instant
from fieldapp.records.group_rows import contact_of, contact_values
from fieldapp.records.group_tables import DAYS, GroupPlan, Module, next_module
from fieldapp.records.kinds.contact import POS

from .coding import Coding, Line, code_line
from .times import MINUTE_MS, floor_minute, instants

NOTHING = Line((), None, "", {})
USUAL_MIN = 60
USUAL_SETTING = "office"
CARRIED = ("title", "contact_type", "experiential", "modality", "setting", "pos")
"""What stays as it was the last time."""


def is_held(plan: GroupPlan, day: str) -> bool:
    """Tell whether a group is held on a day."""
    return DAYS[date.fromisoformat(day).weekday()] in (plan.days or ())


def starts_ms(plan: GroupPlan, day: str, tz: str) -> int | None:
    """Return when a group begins on a day; None where its plan names no time that exists."""
    hours, _, minutes = (plan.start or "").partition(":")
    if not (hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        return None
    found = instants(date.fromisoformat(day), time(int(hours), int(minutes)), tz)
    return found[0] if found else None


def days_words(plan: GroupPlan) -> str:
    """Return on which days a group is held: `Mon Wed Fri 09:00`."""
    return " ".join([*(day.capitalize() for day in plan.days or ()), plan.start or ""]).strip()


def times(
    plan: GroupPlan | None, last_min: int, day: str, tz: str, now_ms: int, after_ms: int | None
) -> tuple[int, int]:
    """Return start and stop: as planned today, else right after the session before, else up to now.

    Args:
        last_min: how long the group was the last time; 0 for none.
        after_ms: the end of the session before, when this one follows it.
    """
    length = (plan.minutes if plan else 0) or last_min or USUAL_MIN
    planned = starts_ms(plan, day, tz) if plan is not None and is_held(plan, day) else None
    if planned is not None and (after_ms is None or planned >= after_ms):
        return planned, planned + length * MINUTE_MS
    if after_ms is not None:
        return after_ms, after_ms + length * MINUTE_MS
    stop = floor_minute(now_ms)
    return stop - length * MINUTE_MS, stop


def first_values(
    plan: GroupPlan | None, last: Mapping[str, Any], span: tuple[int, int], tz: str, me: str
) -> dict[str, Any]:
    """Return the values of a new session; no text of an earlier one is carried over."""
    values: dict[str, Any] = {name: last[name] for name in CARRIED if last.get(name)}
    values |= {"start": instant(span[0]), "stop": instant(span[1]), "tz": tz}
    before = [one for one in last.get("facilitators") or () if one != me]
    # Who led it with somebody the last time does so again; who takes it over begins alone.
    values["facilitators"] = [me, *before] if me in (last.get("facilitators") or ()) else [me]
    if last.get("homework"):
        values["homework_before"] = last["homework"]
    if plan is not None:
        said = {
            "group": plan.code, "title": plan.title, "contact_type": plan.contact_type,
            "experiential": plan.experiential, "modality": plan.modality, "setting": plan.setting,
        }  # fmt: skip
        values |= {name: value for name, value in said.items() if value}
        values |= of_module(next_module(plan, str(last.get("module") or "")))
    values.setdefault("contact_type", "group")
    values.setdefault("modality", "in_person")
    if values["modality"] == "in_person":
        values.setdefault("setting", USUAL_SETTING)
    if values.get("setting") in POS:
        values["pos"] = POS[values["setting"]]
    return values


def of_module(module: Module | None) -> dict[str, Any]:
    """Return what a module says of its session."""
    if module is None:
        return {}
    said = {
        "module": module.code, "module_title": module.title, "topic": module.topic, "homework": module.homework,
        "methods": list(module.methods or ()),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def code_for(doc: Mapping[str, Any], row: Mapping[str, Any], record: str, client: str, known: Coding) -> Line:
    """Return the code line of one person's contact as a grid stands."""
    values = contact_values(doc, {**row, "code": None}, record)
    try:
        return code_line(
            values, known, record=contact_of(record, client), chosen=str(row.get("chosen") or "")
        )
    except (ValueError, TypeError, KeyError):
        # A time that is being typed; the field at fault says so itself.
        return NOTHING


def coded_row(
    doc: Mapping[str, Any], row: Mapping[str, Any], record: str, client: str, known: Coding
) -> dict[str, Any]:
    """Return a row with its service code and units written into it, for whoever signs a group without its form."""
    said = {
        name: value
        for name, value in code_for(doc, row, record, client, known).fields.items()
        if value is not None
    }
    return {**row, "code": said} if said else dict(row)


def ratio_words(attended: int, leading: int, most: int) -> str:
    """Return how many there are for each facilitator; "" while the limit is kept."""
    if not leading or attended <= most * leading:
        return ""
    return f"{attended} people, {leading} to lead: the limit is {most} each"


def follows(lines: Sequence[tuple[str, int]], group: str, stop_ms: int) -> str:
    """Return which group of the day comes after one that has ended; "" for none.

    Args:
        lines: (code, start) of the day's groups that are still to be held, in order.
    """
    later = [code for code, start in lines if code != group and start >= stop_ms - 5 * MINUTE_MS]
    return later[0] if later else ""
