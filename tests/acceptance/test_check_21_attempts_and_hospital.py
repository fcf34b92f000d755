"""Check 21: attempted contacts never reset "days since contact"; a hospital stay suppresses it and starts the follow-up timer."""

from __future__ import annotations

from typing import Any

from fieldapp.clinical.due import end_of_day_ms
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from tests.acceptance.field import Field
from tests.sync.sync_world import MINUTE_MS, NOON_MS, Rig

TZ = "America/Los_Angeles"
DAY_MS = 24 * 60 * MINUTE_MS


def logged(laptop: Laptop, client: str, at_ms: int, outcome: str = "completed", **more: Any) -> str:
    """Log a contact that began at a moment."""
    values = {
        "start": instant(at_ms), "stop": instant(at_ms + (30 * MINUTE_MS if outcome == "completed" else 0)),
        "outcome": outcome, "contact_type": "case_management", "modality": "in_person", "setting": "home",
    } | more  # fmt: skip
    draft = laptop.start("contact", client, None, values)
    laptop.submit(draft.id, overrides={p.field: "asked and answered" for p in laptop.problems(draft.id)})
    return draft.record


def stay(laptop: Laptop, client: str, record: str | None = None, **values: Any) -> str:
    """Write down a stay, or its end."""
    draft = laptop.start("stay", client, record, {"tz": TZ, **values})
    laptop.submit(draft.id)
    return draft.record


def follow_ups(laptop: Laptop, client: str) -> list[tuple[str, int | None]]:
    """Return id and due moment of the open follow-ups."""
    return sorted((t.record, t.due_ms) for t in laptop.tasks(client) if t.what == "hospital_follow_up")


def admitted(rig: Rig) -> str:
    """Return a client in the active episode of a program."""
    client = rig.client("Okafor, Ada")
    first = {"status": "active", "admit_date": "2026-01-05", "intensity_tier": "standard"}
    rig.entry("episode", uuid7(NOON_MS), {"set": first}, client=client)
    return client


def days(laptop: Laptop, client: str) -> tuple[int | None, bool]:
    line = laptop.client_line(client)
    return line.no_contact_days, line.overdue


def test_attempts_never_reset_days_and_a_hospital_stay_suppresses_them_and_starts_the_timer(
    field: Field,
) -> None:
    tech, other = field.enrolled("Tess Tech", "tech"), field.enrolled("Otto Other", "tech")
    client = admitted(field.enrolled("Ana Alvarez"))
    field.agency.settle()
    one, two = field.laptop(tech), field.laptop(other)
    logged(one, client, NOON_MS - 10 * DAY_MS)
    for ago, outcome in ((6, "attempt_no_answer"), (4, "attempt_not_home"), (1, "reached_support_only")):
        logged(one, client, NOON_MS - ago * DAY_MS, outcome)
    assert days(one, client) == (10, True)

    # Both hear of it, offline, and write it down: one at the door, one from the ward.
    here = stay(one, client, what="inpatient", place="Providence", since="2026-11-15")
    there = stay(two, client, what="inpatient", place="Providence Everett", since="2026-11-15")
    assert days(one, client) == (None, False)
    assert one.client_line(client).status == "on_hold"
    assert follow_ups(one, client) == []

    # An attempt at the hospital changes nothing; the end is told to both, still offline.
    logged(one, client, NOON_MS - 60 * MINUTE_MS, "hospitalised")
    stay(one, client, here, until="2026-11-22", went_to="home")
    stay(two, client, there, until="2026-11-22", went_to="home")
    assert days(one, client) == (10, True)
    timers = follow_ups(one, client)
    assert sorted(due for _, due in timers if due) == [
        end_of_day_ms("2026-11-29", TZ) - 1, end_of_day_ms("2026-12-22", TZ) - 1,
    ]  # fmt: skip
    assert follow_ups(two, client) == timers

    field.exchange(one, two)
    assert follow_ups(one, client) == follow_ups(two, client) == timers
    assert one.client_line(client).conflicts == 0

    # An attempt does not stop the timer, being seen does, on every laptop.
    logged(two, client, NOON_MS - 45 * MINUTE_MS, "attempt_no_answer")
    assert follow_ups(two, client) == timers
    logged(two, client, NOON_MS - 35 * MINUTE_MS)
    field.exchange(two, one)
    assert follow_ups(one, client) == follow_ups(two, client) == []
    assert days(one, client) == (0, False)
