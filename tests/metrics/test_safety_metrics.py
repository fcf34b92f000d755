"""Metrics 10, 12, 13, 14, 20 and 21 against examples worked by hand (clinical.md 5)."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.clinical.metrics.laptops import sync_health
from fieldapp.clinical.metrics.rows import Client, Crisis, Laptop, SafetyPlan, Span, Unread
from fieldapp.clinical.metrics.safety import crises, follow_up, higher_level, safety_plans, staff_safety
from fieldapp.clinical.stays import Stay
from tests.metrics.made import at, counted, figure, number, person, record_of, seen, tried


def test_metric_10_safety_plans() -> None:
    # At risk: none, declined, planned; two of the three have no active plan. Of three active plans one is overdue (due on the
    # 22nd, now the 23rd), one has no copy, one was signed 91 days ago.
    clients = (
        person("none", risk="high"), person("declined", risk="moderate", plan=SafetyPlan(declined=True)),
        person("planned", risk="high", plan=SafetyPlan(True, signed="2026-11-16", review_due="2026-11-23")),
        person("overdue", plan=SafetyPlan(True, signed="2026-11-01", review_due="2026-11-22", copy_given=False)),
        person("old", plan=SafetyPlan(True, signed="2026-08-24", review_due="2026-12-01")),
        person("gone", ended="2026-11-01", risk="high"),
    )  # fmt: skip
    metric = safety_plans(counted(as_of="2026-11-23 09:00", clients=clients))
    assert (number(metric, "At risk without a plan"), figure(metric, "At risk without a plan").n) == (2, 3)
    assert [number(metric, one) for one in ("Review overdue", "No copy given", "Older than 90 days")] == [
        1,
        1,
        1,
    ]
    assert {row.client for row in metric.behind if row.flag == "error"} == {"none", "declined"}


def test_metric_12_crises() -> None:
    # 4 clients all week and one from Saturday on: 4·7 + 2 = 30 client-days. 3 crises: 3 / (30/7) weeks · 100 = 70.
    # Two of three ended within the team. Face to face after 20, 40 and 90 minutes: the middle one is 40.
    clients = (*(person(f"c{n}") for n in range(4)), person("new", admitted="2026-11-21"))
    rows = (
        Crisis("1", "c0", "s1", at("2026-11-16 10:00"), ("resolved_in_place",), 20),
        Crisis("2", "c1", "s1", at("2026-11-17 10:00"), ("ED_voluntary", "police"), 40),
        Crisis("3", "c1", "s2", at("2026-11-18 10:00"), ("same_day_visit",), 90),
        Crisis("last week", "c1", "s2", at("2026-11-15 10:00"), ("arrest",), 5),
    )
    metric = crises(counted(clients=clients, crises=rows))
    assert number(metric, "Crises for 100 client-weeks") == 70
    assert number(metric, "Handled by the own team") == Fraction(2, 3)
    assert number(metric, "Median to face to face") == 40
    assert record_of(metric) == {"1", "2", "3"}
    assert {point.number for point in metric.series[1].points} == {1}


def test_metric_13_higher_level_use() -> None:
    # In hospital from Tuesday to Friday: nights of Tuesday, Wednesday, Thursday, 3 days. One ED visit. One detention.
    # Since Sunday a week before and still there: 7 days. Before admission here: 2 and 1 admissions, mean 1.5.
    clients = (
        Client(
            "a", spans=(Span("ea", "2026-01-05", inpatient_before=2, ed_before=4),),
            stays=(Stay("s1", "inpatient", "2026-11-17", "2026-11-20"), Stay("s2", "ed", "2026-11-17", "2026-11-17")),
        ),
        Client("b", spans=(Span("eb", "2026-01-05", inpatient_before=1),), stays=(Stay("s3", "inpatient", "2026-11-08"),)),
    )  # fmt: skip
    rows = (Crisis("k", "a", "s1", at("2026-11-17 08:00"), ("DCR_detained",)),)
    metric = higher_level(counted(clients=clients, crises=rows))
    assert number(metric, "Hospital admissions") == 1
    assert number(metric, "Days in hospital") == 10
    assert number(metric, "Emergency department visits") == 1
    assert number(metric, "Detentions") == 1
    now, before = metric.figures[4:6]
    assert now.number == Fraction(365, 14)  # 1 admission in 14 client-days
    assert (before.number, before.n) == (Fraction(3, 2), 2)
    assert (metric.figures[7].number, metric.figures[7].n) == (Fraction(4), 1)


def test_metric_14_seen_after_hospital_and_crisis() -> None:
    # Left on the 10th, 7 days end on the 17th. in time: seen on the 17th. same day: seen on the 10th only, which does not count.
    # late: seen on the 18th. tried: nobody opened. 1 of 4. Their 30 days end in December and are not asked yet.
    names = ("in time", "same day", "late", "tried")
    clients = tuple(
        person(name, stays=(Stay(f"s {name}", "inpatient", "2026-11-01", "2026-11-10"),)) for name in names
    )
    contacts = (
        seen("in time", "2026-11-17 09:00"), seen("same day", "2026-11-10 15:00"), seen("late", "2026-11-18 09:00"), tried("tried", "2026-11-12 09:00"),
    )  # fmt: skip
    rows = (
        Crisis("soon", "late", "s1", at("2026-11-17 12:00")),
        Crisis("alone", "tried", "s1", at("2026-11-17 12:00")),
    )
    metric = follow_up(counted(clients=clients, contacts=contacts, crises=rows))
    assert (number(metric, "Seen within 7 days"), figure(metric, "Seen within 7 days").n) == (
        Fraction(1, 4),
        4,
    )
    assert number(metric, "Seen within 24 h of a crisis") == Fraction(1, 2)
    assert "alone" in {row.record for row in metric.behind if row.flag == "error"}


def test_metric_14_thirty_days_are_asked_when_they_are_over() -> None:
    # Left on 20 October: 30 days end on 19 November. Seen on 19 November: in time.
    clients = (person("c", stays=(Stay("s", "inpatient", "2026-10-01", "2026-10-20"),)),)
    metric = follow_up(counted(clients=clients, contacts=(seen("c", "2026-11-19 09:00"),)))
    assert (number(metric, "Seen within 30 days"), figure(metric, "Seen within 30 days").n) == (1, 1)


def test_metric_20_sync_health() -> None:
    # Now 23 November 00:00. Heard of 25 h ago: silent. 23 h ago: not. Never: silent. 7 entries wait, the oldest for 30 h.
    laptops = (
        Laptop("a", "s1", at("2026-11-21 23:00"), 5, at("2026-11-21 18:00")), Laptop("b", "s2", at("2026-11-22 01:00"), 2, at("2026-11-22 20:00")),
        Laptop("c", "s3", None, 0, None, 1),
    )  # fmt: skip
    metric = sync_health(counted(laptops=laptops, held_back=3, knows_laptops=True))
    assert [one.number for one in metric.figures] == [2, 7, 30, 1, 3]
    assert metric.flag == "error"
    assert metric.behind[0].staff == "s3"
    assert "supervisors" in sync_health(counted(laptops=())).source


def test_metric_21_staff_safety() -> None:
    unread = (
        Unread("check", "c", "s1", at("2026-11-22 20:00"), "checkin"), Unread("a1", "c", "s1", at("2026-11-20 09:00"), "alert"),
        Unread("a2", "c", "s2", at("2026-11-21 09:00"), "alert"),
    )  # fmt: skip
    metric = staff_safety(counted(unread=unread))
    assert [one.number for one in metric.figures] == [1, 2]
    assert [row.record for row in metric.behind] == ["check", "a1", "a2"]
    assert staff_safety(counted()).flag == ""
