"""The team board of a large program: how long the laptop reads it, beside Today and the caseloads.

    uv run python -m bench.board [--clients 300] [--entries 30000] [--runs 30]

Makes an encrypted laptop in a temporary folder: one team of twenty clinicians who share the clients, a contact plan and
an authorization for each client, five visits a day and person for a week, a tenth of the clients covered.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.card import DAY_MS, HOUR_MS, PASSPHRASE, POLICY, QUICK, TZ, Maker, make
from fieldapp.clinical.due import add_days, day_of, start_of_day_ms
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.ids import one_per, uuid7

PEOPLE, A_DAY, DAYS = 20, 5, 7


def furnish(laptop: Laptop) -> None:
    """Add people, assignments, agreements and visits to a laptop of `bench/card`."""
    opened = laptop._open()
    with opened.store.reading() as rx:
        identity = opened.identity(rx)
        org, staff = rx.meta_text("org"), rx.meta_text("staff")
        clients = [row[0] for row in rx.all("SELECT record FROM view WHERE kind = 'client' ORDER BY record")]
        program = rx.value("SELECT record FROM view WHERE kind = 'program'")
        team = rx.value("SELECT record FROM view WHERE kind = 'team'")
    maker = Maker(identity, SystemClock().now_ms())
    maker.org, maker.staff, maker.known, maker.program, maker.team = org, staff, clients, program, team
    with opened.store.writing() as tx:
        tx.add(list(everything(maker)), own=False, state="confirmed", received_ms=maker.now_ms)


def everything(maker: Maker) -> Iterator[Entry]:
    """Yield what makes a week of a team."""
    today = day_of(maker.now_ms, TZ)
    people = [uuid7(maker.now_ms, (1_000 + number).to_bytes(10, "big")) for number in range(PEOPLE)]
    for number, person in enumerate(people):
        members = {"m": {"role": "clinician", "program": maker.program, "team": maker.team}}
        yield maker.entry(
            "staff", person, {"set": {"name": f"Colleague {number}"}, "items": {"memberships": members}}
        )
    for number, client in enumerate(maker.known):
        periods = {"q": {"staff": people[number % PEOPLE], "role": "primary", "since": "2025-01-01"}}
        if number % 10 == 0:
            periods["c"] = {
                "staff": people[(number + 1) % PEOPLE], "role": "cover", "since": add_days(today, -1),
                "until": add_days(today, 3), "covers": people[number % PEOPLE],
            }  # fmt: skip
        yield maker.entry(
            "assignment", one_per(client, "assignment"), {"items": {"periods": periods}}, client
        )
        plan = {
            "per": "week",
            "target_n": 2,
            "start": add_days(today, -20),
            "review_by": add_days(today, number % 40),
        }
        yield maker.entry(
            "contact_plan", one_per(client, "contact_plan"), {"items": {"periods": {"a": plan}}}, client
        )
        cover = {"payer": "Medicaid", "auth_to": add_days(today, number % 60)}
        yield maker.entry(
            "episode", one_per(client, "second episode"),
            {"set": {"program": maker.program, "status": "on_hold" if number % 25 == 0 else "active",
                     "admit_date": "2025-02-01"}, "items": {"coverage": {"c": cover}}}, client,
        )  # fmt: skip
    begins = start_of_day_ms(today, TZ)
    for place in range(DAYS * PEOPLE * A_DAY):
        day, goes = place // (PEOPLE * A_DAY), people[place % PEOPLE]
        client = maker.known[(place * 7) % len(maker.known)]
        at = begins + day * DAY_MS + (8 + 2 * (place // PEOPLE % A_DAY)) * HOUR_MS
        values = {"staff": goes, "start": instant(at), "minutes": 60, "where": "12 Hoyt Ave"}
        record = uuid7(maker.now_ms, (5_000_000 + place).to_bytes(10, "big"))
        yield maker.entry("planned_visit", record, {"set": values}, client)


def main() -> None:
    """Make the laptop, read each list so often, say median and worst in ms."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--clients", type=int, default=300)
    ask.add_argument("--entries", type=int, default=30_000)
    ask.add_argument("--runs", type=int, default=30)
    said = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), said.clients, said.entries)
        laptop = Laptop(Path(name), clock=SystemClock(), vault_policy=POLICY, kdf=QUICK)
        laptop.unlock(PASSPHRASE)
        furnish(laptop)
        tomorrow = add_days(laptop.board().day, 1)
        reads = (
            ("board, today", lambda: laptop.board()), ("board, tomorrow", lambda: laptop.board(tomorrow)),
            ("board, mine", lambda: laptop.board(mine=True)), ("caseloads", lambda: laptop.caseloads()),
            ("today", lambda: laptop.today()), ("caseload", lambda: laptop.caseload()),
        )  # fmt: skip
        shown = laptop.board()
        print(f"{sum(len(one.visits) for one in shown.people)} visits, nobody goes to {len(shown.nobody)}")
        for what, read in reads:
            wall, cpu = [], []
            for _ in range(said.runs):
                before, used = time.perf_counter(), time.process_time()
                read()
                wall.append(1000 * (time.perf_counter() - before))
                cpu.append(1000 * (time.process_time() - used))
            print(
                f"{what:18}{statistics.median(wall):8.1f} ms{max(wall):8.1f} worst{statistics.median(cpu):8.1f} CPU"
            )
        laptop.lock()


if __name__ == "__main__":
    main()
