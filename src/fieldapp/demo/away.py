"""Who is away or has left: in hospital now, back since a few days, in jail, an ED visit, one discharged with everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .acts import Act, day_at, local_ms
from .clients import DemoClient
from .people import NORTH, SUPERVISOR, TZ
from .visits import Visit

_CLINICIAN_OF_DAY, _SUPERVISOR_OF_DAY = "n.castellan", "t.osei"
_ENDS = ("met", "partly", "continues", "stopped")
_EVENING = 21 * 60 + 40


def acts(clients: tuple[DemoClient, ...], everything: tuple[Visit, ...], today: date) -> Iterator[Act]:
    """Yield stays that fit what is logged: nobody was seen at home while they were away, nor since they came back."""
    seen = _last_seen(everything)
    north = [client for client in clients if client.team == NORTH]
    hospital = north[-3]
    yield from _hospital(hospital, seen.get(hospital.number), today)
    quiet = sorted(
        (client for client in north if client != hospital and client.number in seen),
        key=lambda client: (seen[client.number], client.number),
    )
    for client, make in zip(quiet, (_back, _jail), strict=False):
        yield from make(client, seen[client.number], today)
    yield from _emergency(north[0], today)
    yield from _discharged([client for client in clients if client.team != NORTH][-1], today)


def _last_seen(everything: tuple[Visit, ...]) -> dict[int, date]:
    found: dict[int, date] = {}
    for visit in everything:
        if visit.encounter.attempt is None:
            found[visit.encounter.client.number] = day_at(visit.start_ms)
    return found


def _stay(client: DemoClient, name: str, author: str, at_ms: int, values: Mapping[str, Any]) -> Act:
    return Act(at_ms, author, "save", "stay", f"stay:{name}", client.key, values)


def _hospital(client: DemoClient, last: date | None, today: date) -> Iterator[Act]:
    """One client went to hospital in the evening after the last visit, and is there."""
    since = max(last or today, today - timedelta(days=6))
    since = min(since, today - timedelta(days=1))
    values = {
        "what": "inpatient", "place": "Skyview Hospital, 4 West", "since": since.isoformat(), "since_time": "21:40",
        "tz": TZ, "legal": "voluntary", "learned": "family", "why": "No sleep for four nights, asked to go",
        "contact_name": "Ward social worker", "contact_phone": "360-555-0190",
        "planned_discharge": (today + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    yield _stay(client, "hospital", SUPERVISOR, local_ms(since, _EVENING + 40), values)


def _back(client: DemoClient, last: date, today: date) -> Iterator[Act]:
    """One client came back three days ago, and nobody has seen them yet."""
    until = today - timedelta(days=3)
    since = min(max(last, today - timedelta(days=12)), until - timedelta(days=1))
    if last > until:
        return
    values = {
        "what": "inpatient", "place": "Skyview Hospital", "since": since.isoformat(), "since_time": "21:40", "tz": TZ,
        "legal": "involuntary", "learned": "crisis_system", "why": "Detained after a night on the bridge",
    }  # fmt: skip
    yield _stay(client, "back", SUPERVISOR, local_ms(since, _EVENING + 55), values)
    end = {"until": until.isoformat(), "until_time": "11:30", "went_to": "home"}
    yield _stay(client, "back", client.technician, local_ms(until, 13 * 60 + 10), end)


def _jail(client: DemoClient, last: date, today: date) -> Iterator[Act]:
    """One client is in jail, as the landlord told."""
    since = min(max(last, today - timedelta(days=5)), today - timedelta(days=1))
    values = {
        "what": "jail", "place": "County jail", "since": since.isoformat(), "since_time": "22:15", "tz": TZ,
        "learned": "looked_up", "why": "Failure to appear", "contact_name": "Release counselor",
    }  # fmt: skip
    yield _stay(client, "jail", client.technician, local_ms(since, 22 * 60 + 40), values)


def _emergency(client: DemoClient, today: date) -> Iterator[Act]:
    """One client spent a night in the emergency department some weeks ago."""
    day = today - timedelta(days=10)
    values = {
        "what": "ed", "place": "Skyview Hospital", "since": day.isoformat(), "since_time": "20:10", "until": day.isoformat(),
        "until_time": "22:30", "tz": TZ, "learned": "client", "why": "Chest tight, panic; sent home", "went_to": "home",
    }  # fmt: skip
    yield _stay(client, "ed", client.primary, local_ms(day, 23 * 60), values)


def _discharged(client: DemoClient, today: date) -> Iterator[Act]:
    """One client of the day program stepped down to outpatient care."""
    day = today - timedelta(days=6)
    values = {
        "episode": f"@record:episode:{client.number:02}",
        "reason": "step_down_OP",
        "date": day.isoformat(),
        "to": "OP",
        "to_where": "Harbor Outpatient",
        "summary": (
            "Eight weeks in the day program: groups, skills and a weekly hour alone. The first goal was reached, the others "
            "go on. Scores have hardly moved, daily life has: up by eight, at the table with others, calls before it gets "
            "late. Steps down to one hour a week, which was tried out for two weeks before the end."
        ),
        "plan_disposition": "none",
        "plan_reason": "Never wanted one; knows the numbers by heart.",
        "appointments": [
            {"when": (day + timedelta(days=5)).isoformat(), "time": "14:00", "who": "J. Marsh, LMHC", "where": "Harbor Outpatient"},
            {"when": (day + timedelta(days=20)).isoformat(), "time": "9:30", "who": "Dr. Bell, medicines", "where": "Harbor Outpatient"},
        ],
        "return_instructions": "Call the day program until noon; you are seen within two working days.",
        "ready": ["goals", "crisis_free", "medicines", "provider", "coverage", "client_agrees"],
        "handoff": "together",
        "handoff_to": "J. Marsh, LMHC",
        "handoff_on": (day - timedelta(days=2)).isoformat(),
    }  # fmt: skip
    name, at = "discharge:left", local_ms(day, 16 * 60 + 20)
    yield Act(at, _CLINICIAN_OF_DAY, "sign", "discharge", name, client.key, values)
    yield Act(at + 18 * 3_600_000, _SUPERVISOR_OF_DAY, "cosign", "discharge", name, client.key)


def filled(start: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a discharge as its form would have it: what is on file, what was said, how each goal ended.

    Args:
        start: `DischargeStart.values`.
        said: the values of the act.
    """
    goals = [
        {**row, "status": row.get("status") or _ENDS[at % len(_ENDS)]}
        for at, row in enumerate(start.get("goals") or ())
    ]
    values = {**start, **said} | ({"goals": goals} if goals else {})
    if start.get("plan_entry"):
        values["plan_disposition"] = "handed_over"
        values.pop("plan_reason", None)
    return values
