"""Metrics 1, 2, 3, 11 and 15 against examples worked by hand (clinical.md 5)."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.clinical.metrics.contact import (
    clients_per_clinician,
    contact_vs_plan,
    days_since_contact,
    no_show,
    place_mix,
)
from fieldapp.clinical.metrics.rows import Worker
from fieldapp.clinical.stays import Stay
from tests.metrics.made import agreed, at, counted, figure, number, person, record_of, seen, tried, until


def _of(worker: str, since: str = "2026-01-05", until_day: str = "") -> dict[str, str]:
    return {"staff": worker, "role": "primary", "since": since, "until": until_day}


def test_metric_01_clients_per_clinician() -> None:
    # Full-time A has 16 clients, half-time B has 4: 20 clients on 1.5 positions are 13 1/3 for a full one.
    # A carries 16 of 15 and is over; B may carry 7.5. The technician's client is in nobody's ratio.
    clients = [person(f"a{n}", assigned=(_of("A"),)) for n in range(16)]
    clients += [person(f"b{n}", assigned=(_of("B"),)) for n in range(4)]
    clients += [person("t", assigned=(_of("T"),)), person("nobody's")]
    workers = (
        Worker("A", {"fte_hundredths": 100}, frozenset({"clinician"})),
        Worker("B", {"fte_hundredths": 50}, frozenset({"casemgr"})),
        Worker("T", {"fte_hundredths": 100}, frozenset({"technician"})),
    )
    metric = clients_per_clinician(counted(clients=tuple(clients), workers=workers))
    assert number(metric, "Clients for a full-time position") == Fraction(40, 3)
    assert figure(metric, "Clients for a full-time position").n == 20
    assert number(metric, "People over the limit") == 1
    assert number(metric, "Clients without a primary worker") == 1
    assert {row.staff for row in metric.behind if row.flag} == {"A"}
    assert metric.lines[0].number == 15
    assert metric.lines[0].is_limit


def test_metric_01_whom_somebody_carried_before_the_discharge_stays_in_the_weeks_before() -> None:
    # Three clients until Wednesday 11 November, when one of them leaves: the week before shows 3, this week 2.
    clients = (
        person("a", assigned=(_of("A"),)),
        person("b", assigned=(_of("A"),)),
        person("c", ended="2026-11-11", status="discharged", assigned=(_of("A"),)),
    )
    workers = (Worker("A", {"fte_hundredths": 100}, frozenset({"clinician"})),)
    metric = clients_per_clinician(counted(clients=clients, workers=workers))
    points = {point.label: point.number for point in metric.series[0].points}
    assert [points[week] for week in ("2 Nov", "9 Nov", "16 Nov")] == [3, 2, 2]


def test_metric_02_contact_vs_plan() -> None:
    # Counted up to Wednesday evening: 3 of 7 days. Agreed 7 a week: 3 by now, done 3. Agreed 14 a week: 6 by now, done 3,
    # half of it. Agreed 2 a day: 6 by now, done 1, under half. Together 7 of 15. Nothing agreed: not counted.
    clients = (
        person("met", agreed=(agreed(7),)), person("half", agreed=(agreed(14),)), person("far", agreed=(agreed(2, "day"),)),
        person("no plan"),
    )  # fmt: skip
    contacts = (
        *(seen("met", f"2026-11-{day} 09:00") for day in (16, 17, 18)),
        *(seen("half", f"2026-11-{day} 11:00") for day in (16, 17, 18)),
        seen("far", "2026-11-16 13:00"), tried("far", "2026-11-17 13:00"), seen("no plan", "2026-11-17 15:00"),
    )  # fmt: skip
    metric = contact_vs_plan(counted(until("2026-11-18 23:00"), clients=clients, contacts=contacts))
    assert number(metric, "Completed of what was agreed") == Fraction(7, 15)
    assert number(metric, "as planned") == 1
    assert number(metric, "50 to 99 % of the plan") == 1
    assert number(metric, "under half of the plan") == 1
    assert [row.client for row in metric.behind] == ["far", "half", "met"]
    assert metric.flag == "error"


def test_metric_02_days_away_and_after_discharge_ask_for_nothing() -> None:
    # Seven a week is one a day. In hospital from Tuesday to Friday: Monday, Friday, Saturday, Sunday are left, 4 asked.
    # Discharged on Tuesday: Monday and Tuesday are asked for, 2. Admitted on Sunday: 1.
    clients = (
        person("ill", agreed=(agreed(7),), stays=(Stay("s", "inpatient", "2026-11-17", "2026-11-20"),)),
        person("gone", ended="2026-11-17", agreed=(agreed(7),)),
        person("new", admitted="2026-11-22", agreed=(agreed(7),)),
    )
    metric = contact_vs_plan(counted(clients=clients, contacts=(seen("ill", "2026-11-16 09:00"),)))
    words = {row.client: row.words for row in metric.behind}
    assert words["ill"].startswith("of 4 agreed")
    assert words["gone"].startswith("of 2 agreed")
    assert words["new"].startswith("of 1 agreed")
    assert number(metric, "Completed of what was agreed") == Fraction(1, 7)


def test_metric_02_two_workers_on_one_visit_are_one_contact_of_the_client() -> None:
    # One visit on Monday that both workers logged, 09:00 to 10:00 and 09:05 to 10:00: 1 of the 2 that are agreed.
    contacts = (seen("c", "2026-11-16 09:00"), seen("c", "2026-11-16 09:05", 55, staff="s2"))
    metric = contact_vs_plan(counted(clients=(person("c", agreed=(agreed(2),)),), contacts=contacts))
    assert number(metric, "Completed of what was agreed") == Fraction(1, 2)


def test_metric_03_days_since_last_contact() -> None:
    # Now is Monday 23 November. Seen on the 13th: 10 days, over the standard 7. Seen on the 13th, step-down: 14 allowed.
    # Never seen, admitted on the 19th: 4 days, over 3 for high; two tries stand beside. On hold: not expected.
    clients = (
        person("late", last_seen_ms=at("2026-11-13 16:00")),
        person("fine", tier="step_down", last_seen_ms=at("2026-11-13 16:00")),
        person("new", admitted="2026-11-19", tier="high"),
        person("hold", status="on_hold", last_seen_ms=at("2026-10-01 10:00")),
    )
    contacts = (tried("new", "2026-11-20 10:00"), tried("new", "2026-11-21 10:00", "attempt_not_home"))
    metric = days_since_contact(counted(as_of="2026-11-23 08:00", clients=clients, contacts=contacts))
    assert number(metric, "Clients beyond what was agreed") == 2
    assert figure(metric, "Clients beyond what was agreed").n == 3
    assert number(metric, "Median") == 10
    days = {row.client: row.number for row in metric.behind}
    assert days == {"late": 10, "fine": 10, "new": 4}
    [new] = [row for row in metric.behind if row.client == "new"]
    assert new.words.endswith("2 tried since")


def test_metric_11_no_shows_and_attempts() -> None:
    # 6 attended, 2 no-shows, 2 late cancels: 2 of 10. Reached 6 of 6 + 4 tries (2 no-shows, 2 without an answer).
    # A cancel in time is no appointment that was missed.
    contacts = (
        *(seen("c", f"2026-11-{day} 09:00") for day in range(16, 22)),
        tried("c", "2026-11-16 14:00", "no_show"), tried("c", "2026-11-17 14:00", "no_show"),
        tried("c", "2026-11-18 14:00", "late_cancel"), tried("c", "2026-11-19 14:00", "late_cancel"),
        tried("c", "2026-11-20 14:00", "cancelled_client"), tried("c", "2026-11-20 15:00"), tried("c", "2026-11-21 15:00"),
    )  # fmt: skip
    metric = no_show(counted(contacts=contacts))
    assert (number(metric, "No-shows"), figure(metric, "No-shows").n) == (Fraction(2, 10), 10)
    assert number(metric, "Late cancels") == 2
    assert number(metric, "Attempts that reached the client") == Fraction(6, 10)
    assert len(record_of(metric)) == 4
    hours = {point.label: point.number for point in metric.series[1].points}
    assert hours["09:00"] == 1
    assert hours["15:00"] == 0


def test_metric_15_place_mix() -> None:
    # In person: home, shelter, street and office; 3 of 4. A call has no place; an attempt is no visit.
    contacts = (
        seen("c", "2026-11-16 09:00"), seen("c", "2026-11-17 09:00", setting="shelter"), seen("c", "2026-11-18 09:00", setting="street"),
        seen("c", "2026-11-19 09:00", setting="office"), seen("c", "2026-11-20 09:00", modality="audio_only", setting=""),
        tried("c", "2026-11-21 09:00"),
    )  # fmt: skip
    metric = place_mix(counted(contacts=contacts))
    assert (metric.figures[0].number, metric.figures[0].n) == (Fraction(3, 4), 4)
    assert len(record_of(metric)) == 3
    assert not any(line.is_limit for line in metric.lines)
