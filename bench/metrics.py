"""Counting every metric of a large organisation: 10 teams, 15 staff and 150 clients each, one year of contacts.

    uv run python -m bench.metrics [--contacts 300000] [--weeks 4] [--runs 5]

Rows are made by a seeded generator in the form in which the store hands them over (`clinical.metrics.rows`), so this is the
counting alone; what is read from the encrypted file before it comes on top. A fifth of the rows are attempts or no-shows; the
notes are those of 90 days, as on a laptop; each client has a plan, an episode, some stays, crises and measures.

On two cores shared with other work, 300,000 contacts, 4 weeks: against the plan 930 ms, late notes 800 ms, follow-up 490 ms,
days since contact 440 ms, hours 400 ms, days 360 ms, every other below 200 ms; all 21 together 3.7 s, 10 MB beyond the rows.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from fieldapp.clinical.metrics.model import Period, Scope
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.metrics.rows import (
    Authorisation,
    Client,
    Contact,
    Counted,
    Crisis,
    Measured,
    Note,
    SafetyPlan,
    Span,
    Waiting,
    Worker,
)
from fieldapp.clinical.metrics.table import METRICS, count
from fieldapp.clinical.stays import Stay

TZ = "America/Los_Angeles"
NOW = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
DAY_MS = 86_400_000
TEAMS, STAFF, CLIENTS = 10, 15, 150
SETTINGS = ("home", "home", "home", "street", "shelter", "office", "clinic")
TRIED = ("no_show", "late_cancel", "attempt_no_answer", "attempt_not_home")


def rows(contacts: int, weeks: int, seed: int = 5) -> Counted:
    """Return the rows of a program with everything in it."""
    chance = random.Random(seed)
    now_ms = int(NOW.timestamp() * 1000)
    counted = period(weeks, 0, now_ms, TZ)
    visits = tuple(_contacts(chance, contacts, now_ms))
    return Counted(
        Scope("program", "p", "Program"), counted, now_ms, now_ms - 365 * DAY_MS, now_ms - 90 * DAY_MS,
        contacts=visits, notes=tuple(_notes(chance, visits, now_ms)),
        clients=tuple(_client(chance, n) for n in range(TEAMS * CLIENTS)),
        workers=tuple(Worker(f"s{n}", {"fte_hundredths": 100}, frozenset({"casemgr"})) for n in range(TEAMS * STAFF)),
        crises=tuple(
            Crisis(f"r{n}", _who(chance), _by(chance), now_ms - chance.randrange(365 * DAY_MS), ("resolved_in_place",), chance.randrange(240))
            for n in range(3 * CLIENTS)
        ),
        measures=tuple(
            Measured(f"m{n}", _who(chance), now_ms - chance.randrange(365 * DAY_MS), chance.choice(("phq9", "gad7")), chance.randrange(22))
            for n in range(12 * TEAMS * CLIENTS)
        ),
        waiting=tuple(Waiting(f"w{n}", _who(chance), _by(chance), now_ms - chance.randrange(9 * DAY_MS)) for n in range(300)),
        source="made by a seeded generator",
    )  # fmt: skip


def _who(chance: random.Random) -> str:
    return f"c{chance.randrange(TEAMS * CLIENTS):04}"


def _by(chance: random.Random) -> str:
    return f"s{chance.randrange(TEAMS * STAFF)}"


def _contacts(chance: random.Random, many: int, now_ms: int) -> Iterator[Contact]:
    for n in range(many):
        is_seen = chance.random() < 0.8
        yield Contact(
            f"k{n}", _who(chance), _by(chance), now_ms - chance.randrange(365 * DAY_MS), chance.randrange(10, 120) if is_seen else 0,
            "completed" if is_seen else chance.choice(TRIED), "individual", "in_person", chance.choice(SETTINGS), is_seen,
        )  # fmt: skip


def _notes(chance: random.Random, visits: tuple[Contact, ...], now_ms: int) -> Iterator[Note]:
    for one in visits:
        if one.seen and one.at_ms >= now_ms - 90 * DAY_MS and chance.random() < 0.95:
            signed = one.at_ms + chance.randrange(96 * 3_600_000)
            yield Note(
                f"n{one.record}", one.client, one.staff, signed, one.record, names_goal=chance.random() < 0.9
            )


def _client(chance: random.Random, n: int) -> Client:
    today = NOW.date()

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    admitted = chance.randrange(20, 600)
    left = chance.randrange(1, admitted) if n % 6 == 0 else 0
    away = chance.randrange(30, 300)
    return Client(
        f"c{n:04}", "discharged" if left else "active", chance.choice(("high", "standard", "step_down")), chance.choice(("none", "high")),
        spans=(Span(f"e{n}", ago(admitted), ago(left) if left else "", archetype=chance.choice(("community", "structured")), connected="connected"),),
        stays=(Stay(f"h{n}", "inpatient", ago(away), ago(away - 9)),) if n % 4 == 0 else (),
        agreed=({"target_n": chance.randint(1, 5), "per": "week", "start": ago(admitted)},),
        assigned=({"role": "primary", "staff": f"s{n % (TEAMS * STAFF)}", "since": ago(admitted)},),
        last_seen_ms=int(datetime.combine(date.fromisoformat(ago(chance.randrange(20))), datetime.min.time(), UTC).timestamp() * 1000),
        plan=SafetyPlan(True, signed=ago(chance.randrange(120)), review_due=ago(chance.randrange(-30, 30))),
        authorisations=(Authorisation(f"a{n}", ago(60), ago(-30), 100, chance.randrange(100)),),
    )  # fmt: skip


def main() -> None:
    """Measure and print milliseconds of each metric, of all of them, and the memory at the peak."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=300_000)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    began = time.perf_counter()
    data = rows(args.contacts, args.weeks)
    span: Period = data.period
    print(
        f"{args.contacts:,} contacts, {len(data.notes):,} notes, {span.name}; made in {time.perf_counter() - began:.1f} s"
    )
    for key, make in METRICS.items():
        took = []
        for _ in range(args.runs):
            began = time.perf_counter()
            make(data)
            took.append((time.perf_counter() - began) * 1000)
        print(f"{key:24} p50 {statistics.median(took):8.0f} ms   max {max(took):8.0f} ms")
    began = time.perf_counter()
    count(data)
    print(f"{'all of them':24}     {(time.perf_counter() - began) * 1000:8.0f} ms")
    tracemalloc.start()
    count(data)
    print(f"beyond the rows: {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB at the peak")


if __name__ == "__main__":
    main()
