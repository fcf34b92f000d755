"""Metrics 17, 18 and 19 against examples worked by hand (clinical.md 5)."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.clinical.metrics.model import Period
from fieldapp.clinical.metrics.outcome import after_discharge, authorisations, outcomes
from fieldapp.clinical.metrics.rows import Authorisation, Client, Measured, Span
from tests.metrics.made import TZ, at, counted, figure, number, person


def _phq9(client: str, day: str, total: int) -> Measured:
    return Measured(f"{client} {day}", client, at(f"{day} 09:00"), "phq9", total)


def test_metric_17_outcomes() -> None:
    # Admitted on 1 October, 14 days end on the 15th. a: 20 → 10, half: a response. b: 12 → 4, a response, below 5: remission.
    # d: 16 → 15, neither. late: first on the 16th, baseline not in time, one result: no course. Baseline 3 of 4.
    # new: admitted on 20 November, not asked yet. Response 2 of 3, remission 1 of 3.
    clients = tuple(person(name, admitted="2026-10-01") for name in ("a", "b", "d", "late"))
    clients = (*clients, person("new", admitted="2026-11-20"))
    measures = (
        _phq9("a", "2026-10-02", 20), _phq9("a", "2026-11-10", 10), _phq9("b", "2026-10-15", 12), _phq9("b", "2026-11-01", 9),
        _phq9("b", "2026-11-15", 4), _phq9("d", "2026-10-03", 16), _phq9("d", "2026-11-03", 15), _phq9("late", "2026-10-16", 9),
    )  # fmt: skip
    metric = outcomes(counted(clients=clients, measures=measures))
    assert (number(metric, "Baseline done in time"), metric.figures[0].n) == (Fraction(3, 4), 4)
    [response] = [one for one in metric.figures if "response" in one.label]
    [remission] = [one for one in metric.figures if "remission" in one.label]
    assert (response.number, response.n) == (Fraction(2, 3), 3)
    assert (remission.number, remission.n) == (Fraction(1, 3), 3)
    assert "late" in {row.client for row in metric.behind if row.flag == "warning"}


def test_metric_17_an_earlier_episode_is_not_this_ones_baseline() -> None:
    client = Client("c", spans=(Span("e1", "2026-01-05", "2026-03-01"), Span("e2", "2026-10-01")))
    measures = (_phq9("c", "2026-01-06", 20), _phq9("c", "2026-11-01", 5))
    metric = outcomes(counted(clients=(client,), measures=measures))
    assert number(metric, "Baseline done in time") == 0
    assert len(metric.figures) == 1  # one result in this episode is no course


def test_metric_18_after_discharge() -> None:
    # Discharged on 20 October: 30 days end on 19 November, in this week. Two connected of three; the one who died is not asked.
    def gone(name: str, connected: str) -> Client:
        return Client(name, spans=(Span(f"e {name}", "2026-06-01", "2026-10-20", connected=connected),))

    clients = (
        gone("a", "connected"),
        gone("b", "connected"),
        gone("c", "not_connected"),
        gone("d", "not_asked"),
    )
    metric = after_discharge(counted(clients=clients))
    assert (number(metric, "Connected within 30 days"), metric.figures[0].n) == (Fraction(2, 3), 3)
    # Discharges of October: four; one came back on the 180th day, one on the 181st, which is too late.
    back = (
        Client("x", spans=(Span("x1", "2026-01-01", "2026-04-01"), Span("x2", "2026-09-28"))),
        Client("y", spans=(Span("y1", "2026-01-01", "2026-04-01"), Span("y2", "2026-09-29"))),
    )
    april = Period(at("2026-03-30 00:00"), at("2026-04-06 00:00"), TZ)
    metric = after_discharge(counted(april, "2026-11-23 09:00", clients=back))
    again = figure(metric, "Admitted again within 180 days")
    assert (again.number, again.n, again.words) == (Fraction(1, 2), 2, "180 days are over for 2")


def test_metric_19_authorisations() -> None:
    # 30 days from the 1st: on the 23rd 8 are left, more than a fifth (6). From 25 October to 27 November, 34 days: 5 left, fewer than 6.8.
    # 100 units with 81 used: 19 left, fewer than 20. With 80 used: 20 left are a fifth, not fewer.
    clients = (
        person("enough", authorisations=(Authorisation("r1", "2026-11-01", "2026-11-30"),)),
        person("days", authorisations=(Authorisation("r2", "2026-10-25", "2026-11-27"),)),
        person("units", authorisations=(Authorisation("r3", "2026-11-01", "2026-12-30", 100, 81),)),
        person("just", authorisations=(Authorisation("r4", "2026-11-01", "2026-12-30", 100, 80),)),
        person("over", authorisations=(Authorisation("r5", "2026-01-01", "2026-11-22"),)),
    )
    metric = authorisations(counted(as_of="2026-11-23 09:00", clients=clients))
    assert (metric.figures[0].number, metric.figures[0].n) == (Fraction(2), 4)
    assert [row.record for row in metric.behind] == ["r2", "r3"]
