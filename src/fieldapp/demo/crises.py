"""The crises of yesterday and what they left to do: one complete record, one begun, tasks by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fieldapp.records.envelope import instant

from .acts import Act, local_ms
from .clients import DemoClient
from .people import NORTH, SUPERVISOR, TECHNICIAN, TZ

ON_CALL = "s.yellowhawk"
_NIGHT = (
    "Client called the team line: voices loud after a quarrel in the stairwell, afraid to sleep. Stayed on the phone "
    "for thirty-five minutes, read steps one and two of the safety plan together, radio on, door locked. Asked plainly "
    "about suicide: thought of not waking up, no plan, nothing at hand."
)
_BASIS = "Thought of not waking up; no plan, nothing at hand; agrees to call before acting."


def acts(clients: tuple[DemoClient, ...], today: date) -> Iterator[Act]:
    """Yield what happened yesterday."""
    yesterday = today - timedelta(days=1)
    yield from _night([c for c in clients if c.story.name == "voices"][-1], yesterday)
    own = [c for c in clients if c.technician == TECHNICIAN and c.team == NORTH]
    if own:
        yield from _evening(own[0], yesterday)
    yield from _tasks([c for c in clients if c.team == NORTH], today)


def _night(client: DemoClient, yesterday: date) -> Iterator[Act]:
    """A call to whoever was on call, written down to the end the same night."""
    start = local_ms(yesterday, 22 * 60 + 35)
    stop = start + 35 * 60_000
    values = {
        "initial_contact_at": instant(start),
        "ended_at": instant(stop),
        "tz": TZ,
        "caller": "client",
        "channel": "phone",
        "location": "At home, alone",
        "not_in_person_why": "Calmer on the phone and asked that nobody come",
        "nature": ["symptom_spike", "conflict"],
        "presentation": _NIGHT,
        "intoxication": "none",
        "risk": {"level": "high", "kinds": ["suicide"], "basis": _BASIS},
        "protective": "Calls when it gets loud; a cousin comes on Sundays",
        "plan_existed": "yes",
        "plan_used": "used",
        "plan_steps": ["signs", "alone"],
        "interventions": ["de_escalation", "plan_steps", "sleep_food"],
        "notified": [{"whom": "supervisor", "name": "By message", "basis": "team", "at": "23:15"}],
        "dispositions": ["resolved_in_place", "same_day_visit"],
        "disposition_text": "Call again at eight; visit by the day team before noon.",
        "follow_up_due": instant(local_ms(yesterday + timedelta(days=1), 12 * 60)),
        "closed_at": instant(stop + 10 * 60_000),
    }
    yield Act(stop + 11 * 60_000, ON_CALL, "sign", "crisis", "crisis:night", client.key, values)


def _evening(client: DemoClient, yesterday: date) -> Iterator[Act]:
    """A neighbour stopped the technician: four answers so far, awaiting a mental health professional."""
    start = local_ms(yesterday, 18 * 60 + 5)
    values = {
        "initial_contact_at": instant(start),
        "tz": TZ,
        "caller": "neighbour",
        "channel": "found",
        "risk": {"level": "moderate"},
        "interventions": ["listened", "family"],
    }
    yield Act(start + 25 * 60_000, TECHNICIAN, "sign", "crisis", "crisis:evening", client.key, values)


def _tasks(clients: list[DemoClient], today: date) -> Iterator[Act]:
    """What the supervisor asked for by hand: one overdue, one for today, one in nobody's name."""
    asked = (
        ("Bring the signed housing form to the office", "@staff:r.tamura", -1, 16),
        ("Call the pharmacy about the new box", "@staff:b.kowal", 0, 15),
        ("Ask whether the new lock works", "", 1, 12),
    )
    at = local_ms(today - timedelta(days=3), 9 * 60 + 30)
    for place, (title, owner, away, hour) in enumerate(asked):
        values = {
            "what": "other",
            "title": title,
            "due": instant(local_ms(today + timedelta(days=away), hour * 60)),
        }
        if owner:
            values["owner"] = owner
        client = clients[place % len(clients)]
        yield Act(at + place * 60_000, SUPERVISOR, "save", "task", f"task:{place}", client.key, values)
