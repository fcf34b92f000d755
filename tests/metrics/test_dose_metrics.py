"""Metrics 4, 5 and 6 against examples worked by hand (clinical.md 5)."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.clinical.metrics.dose import engagement, service_hours, treatment_days
from fieldapp.clinical.metrics.model import Period
from fieldapp.clinical.metrics.rows import Client, Span
from tests.metrics.made import TZ, at, counted, figure, number, person, seen, tried


def _structured(name: str) -> Client:
    return Client(id=name, spans=(Span(f"e {name}", "2026-01-05", archetype="structured"),))


def test_metric_04_service_hours_a_week() -> None:
    # low: 3 groups of 150 min = 450 min = 7.5 h. full: 4 of 150 = 600 min = 10 h. Mean 8.75 h; one week under 9 h.
    contacts = (
        *(seen("low", f"2026-11-{day} 09:00", 150) for day in (16, 18, 20)),
        *(seen("full", f"2026-11-{day} 09:00", 150) for day in (16, 17, 18, 20)),
        tried("low", "2026-11-19 09:00", "no_show"),
    )
    clients = (_structured("low"), _structured("full"))
    metric = service_hours(counted(clients=clients, contacts=contacts))
    assert number(metric, "Mean of a client's week") == Fraction(35, 4)
    assert number(metric, "Weeks under 9 h, structured") == 1
    assert figure(metric, "Weeks under 9 h, structured").flag == "warning"
    assert {row.client: row.number for row in metric.behind} == {"low": Fraction(15, 2), "full": 10}


def test_metric_04_minutes_at_the_same_time_count_once() -> None:
    # 09:00-10:00 with one worker, 09:30-10:30 with another: 90 min. A third inside the first adds nothing.
    contacts = (
        seen("c", "2026-11-16 09:00"), seen("c", "2026-11-16 09:30", staff="s2"), seen("c", "2026-11-16 09:10", 10, staff="s3"),
    )  # fmt: skip
    metric = service_hours(counted(clients=(person("c"),), contacts=contacts))
    assert number(metric, "Mean of a client's week") == Fraction(3, 2)
    assert metric.flag == ""  # in the community hours are shown, not flagged


def test_metric_04_a_night_over_sunday_is_cut_at_midnight() -> None:
    # Sunday 15 November 23:00 to Monday 02:00: one hour of the week before, two of this one; likewise at its end.
    contacts = (seen("c", "2026-11-15 23:00", 180), seen("c", "2026-11-22 23:30", 60))
    metric = service_hours(counted(clients=(person("c"),), contacts=contacts))
    assert number(metric, "Mean of a client's week") == Fraction(5, 2)


def test_metric_04_the_night_when_clocks_go_back_has_an_hour_more() -> None:
    # 1 November 2026, 00:30 to 03:30 by the clock on the wall, over the hour that comes twice: 4 hours.
    week = Period(at("2026-10-26 00:00"), at("2026-11-02 00:00"), TZ)
    minutes = (at("2026-11-01 03:30") - at("2026-11-01 00:30")) // 60_000
    assert minutes == 240
    metric = service_hours(
        counted(week, clients=(person("c"),), contacts=(seen("c", "2026-11-01 00:30", minutes),))
    )
    assert number(metric, "Mean of a client's week") == 4
    assert week.until_ms - week.since_ms == (7 * 24 + 1) * 3_600_000


def test_metric_04_a_week_with_admission_or_discharge_in_it_is_no_whole_week() -> None:
    clients = (person("came", admitted="2026-11-17"), person("left", ended="2026-11-18"), person("here"))
    contacts = tuple(seen(name, "2026-11-18 09:00", 120) for name in ("came", "left", "here"))
    metric = service_hours(counted(clients=clients, contacts=contacts))
    assert (metric.figures[0].number, metric.figures[0].n) == (Fraction(2), 1)


def test_metric_05_treatment_days_and_length_of_stay() -> None:
    # stays: two contacts on Monday and one on Wednesday are 2 days. left: admitted 9 November, discharged 18 November, 10 days
    # of stay; contacts on the 9th, 11th, 16th and 18th are 4 days. One before admission does not count.
    contacts = (
        seen("stays", "2026-11-16 09:00"), seen("stays", "2026-11-16 15:00"), seen("stays", "2026-11-18 09:00"),
        *(seen("left", f"2026-11-{day:02} 09:00") for day in (2, 9, 11, 16, 18)), tried("left", "2026-11-17 09:00"),
    )  # fmt: skip
    clients = (person("stays"), person("left", admitted="2026-11-09", ended="2026-11-18"))
    metric = treatment_days(counted(clients=clients, contacts=contacts))
    assert (number(metric, "Days a week"), figure(metric, "Days a week").n) == (2, 1)
    assert (number(metric, "Length of stay, mean"), figure(metric, "Length of stay, mean").n) == (10, 1)
    assert number(metric, "Treatment days in an episode") == 4
    assert {line.number for line in metric.lines} == {3, Fraction(5, 2), 42, 15}
    assert not any(line.is_limit for line in metric.lines)


def test_metric_06_engagement_groups() -> None:
    # Episodes that ended this week with 2, 3, 8, 9, 17 and 18 treatment days: cuts 2, 8, 17 make 1, 2, 2, 1 of 6.
    wanted = (2, 3, 8, 9, 17, 18)
    clients = tuple(person(f"c{n}", admitted="2026-10-01", ended="2026-11-18") for n in wanted)
    contacts = tuple(
        seen(f"c{n}", f"2026-10-{day:02} 09:00", record=f"{n} {day}")
        for n in wanted
        for day in range(1, n + 1)
    )
    metric = engagement(counted(clients=clients, contacts=contacts))
    assert [one.number for one in metric.figures] == [
        Fraction(1, 6),
        Fraction(1, 3),
        Fraction(1, 3),
        Fraction(1, 6),
    ]
    assert metric.local
    # The agency cuts otherwise: up to 3, 9, 18 days; then 2, 2, 2, 0.
    own = {"engagement_cut_1": 3, "engagement_cut_2": 9, "engagement_cut_3": 18}
    metric = engagement(counted(clients=clients, contacts=contacts, settings=own))
    assert [one.number for one in metric.figures] == [Fraction(1, 3)] * 3 + [0]
    assert "up to 3 d" in metric.figures[0].label
