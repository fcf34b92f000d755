"""Rows of metrics written by hand: local times in, one set of rows out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fieldapp.clinical.metrics.model import Figure, Metric, Period, Scope
from fieldapp.clinical.metrics.rows import Client, Contact, Counted, Span

TZ = "America/Los_Angeles"
TEAM = Scope("team", "t1", "North")


def at(text: str, tz: str = TZ) -> int:
    """Return milliseconds of a local time such as `2026-11-16 09:00`."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(tz)).timestamp() * 1000)


WEEK = Period(at("2026-11-16 00:00"), at("2026-11-23 00:00"), TZ, "Week of 16 Nov")
"""Monday to Sunday, over."""


def until(text: str) -> Period:
    """Return the week of 16 November up to a moment in it."""
    return Period(WEEK.since_ms, at(text), TZ)


def seen(client: str, when: str, minutes: int = 60, **values: Any) -> Contact:
    """Return a completed visit at home."""
    fields = {
        "record": f"{client} {when} {values.get('staff', 's1')}", "client": client, "staff": "s1", "at_ms": at(when), "minutes": minutes,
        "outcome": "completed", "kind": "individual", "modality": "in_person", "setting": "home", "seen": True,
    }  # fmt: skip
    return Contact(**{**fields, **values})


def tried(client: str, when: str, outcome: str = "attempt_no_answer", **values: Any) -> Contact:
    """Return what was tried or missed: nobody was seen."""
    return seen(client, when, 0, **{"outcome": outcome, "seen": False, **values})


def person(name: str, *, admitted: str = "2026-01-05", ended: str = "", **values: Any) -> Client:
    """Return a client with one episode."""
    return Client(id=name, **{"spans": (Span(f"e {name}", admitted, ended),), **values})


def agreed(target: int, per: str = "week", start: str = "2026-01-05", **more: Any) -> dict[str, Any]:
    """Return one agreement on how often to meet."""
    return {"target_n": target, "per": per, "start": start, **more}


def counted(period: Period = WEEK, as_of: str = "", **rows: Any) -> Counted:
    """Return rows of a team; contacts and notes are here from September on."""
    values: dict[str, Any] = {
        "scope": TEAM, "period": period, "as_of_ms": at(as_of) if as_of else period.until_ms,
        "since_ms": at("2026-09-01 00:00"), "notes_since_ms": at("2026-09-01 00:00"), "source": "made by hand",
    }  # fmt: skip
    return Counted(**{**values, **rows})


def figure(metric: Metric, label: str) -> Figure:
    """Return the one figure of a label."""
    [found] = [one for one in metric.figures if one.label == label]
    return found


def number(metric: Metric, label: str) -> Any:
    """Return the number of a figure."""
    return figure(metric, label).number


def record_of(metric: Metric) -> set[str]:
    """Return the records behind a metric that count."""
    return {row.record for row in metric.behind if row.counted and row.record}
