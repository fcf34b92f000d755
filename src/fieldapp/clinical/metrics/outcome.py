"""What became of it: measures, after discharge, authorisations (clinical.md 5: 17, 18, 19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from fieldapp.records.defaults import setting
from fieldapp.records.instruments import INSTRUMENTS
from fieldapp.records.instruments.model import Instrument

from ..aftercare import CONNECTED_D, READMITTED_D, readmitted_on
from ..due import days_between
from .model import Behind, Figure, Metric
from .rows import Client, Counted, Measured, Span
from .weeks import add, first_day, last_day, local_day, share

FEW = Fraction(1, 5)
"""Of an authorisation: less than this left is few."""


def outcomes(data: Counted) -> Metric:
    """Count baselines done in time, and clients whose last result is a response, a remission or a reliable change (5.17)."""
    tz, day = data.period.tz, last_day(data.period)
    within = setting(data.settings, "measure_baseline_d")
    results: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for one in data.measures:
        results[one.client, one.instrument].append(one)
    of_client: dict[str, list[str]] = defaultdict(list)
    for one in data.measures:
        of_client[one.client].append(local_day(one.at_ms, tz))
    due = [
        (client, span) for client in data.clients
        if (span := client.span_on(day)) is not None and days_between(span.admitted, day) > within
    ]  # fmt: skip
    done = {client.id for client, span in due if _baseline(span, of_client.get(client.id, ()), within)}
    figures = [
        Figure("Baseline done in time", share(len(done), len(due)), "%", len(due), "clients admitted long enough", "warning" if len(done) < len(due) else ""),
    ]  # fmt: skip
    rows = [
        Behind(
            client=client.id,
            words=f"no baseline within {within} days of admission ({span.admitted})",
            flag="warning",
        )
        for client, span in due
        if client.id not in done
    ]
    for code in sorted({instrument for _, instrument in results}):
        courses = [
            (client, found[0].total, found[-1].total, found[-1])
            for client in data.clients
            if len(found := _of_span(client, results.get((client.id, code), []), day, tz)) > 1
        ]
        instrument = INSTRUMENTS.get(code) if courses else None
        if instrument is None or instrument.change is None or instrument.change.better == "neither":
            continue
        figures += _figures(instrument, [(first, last) for _, first, last, _ in courses])
        rows += [
            Behind(
                row.record,
                client.id,
                at_ms=row.at_ms,
                number=Fraction(last),
                words=f"{instrument.name}, {first} at first",
            )
            for client, first, last, row in courses
        ]
    return Metric(
        key="outcomes", number=17, title="Outcomes", as_of_ms=data.as_of_ms,
        definition="Clients with a result of any measure within 14 days of admission; and of clients with two results or more of an "
        "instrument in this episode, first against last: response, remission and change beyond chance as the instrument defines them. "
        "Days of function are words in notes and are not counted.",
        figures=tuple(figures), behind=tuple(rows), source=data.source if of_client else f"{data.source} No measure is here.",
    )  # fmt: skip


def _baseline(span: Span, days: Iterable[str], within: int) -> bool:
    until = add(span.admitted, within)
    return any(span.admitted <= day <= until for day in days)


def _of_span(client: Client, rows: Sequence[Measured], day: str, tz: str) -> list[Measured]:
    span = client.span_on(day) or (client.spans[-1] if client.spans else None)
    if span is None:
        return []
    return [one for one in rows if span.admitted <= local_day(one.at_ms, tz) <= day]


def _figures(instrument: Instrument, courses: Sequence[tuple[int, int]]) -> list[Figure]:
    rule, n = instrument.change, len(courses)
    found: list[Figure] = []
    if rule is None:
        return found
    falls = [first - last if rule.better == "lower" else last - first for first, last in courses]
    if rule.response_percent:
        count = sum(
            first > 0 and fall * 100 >= rule.response_percent * first
            for fall, (first, _) in zip(falls, courses, strict=True)
        )
        found.append(
            Figure(
                f"{instrument.name}: response ({rule.response_percent} % or more)",
                share(count, n),
                "%",
                n,
                "clients",
            )
        )
    if rule.remission_below is not None:
        count = sum(first >= rule.remission_below > last for first, last in courses)
        from_above = sum(first >= rule.remission_below for first, _ in courses)
        found.append(
            Figure(
                f"{instrument.name}: remission (under {rule.remission_below})",
                share(count, from_above),
                "%",
                from_above,
                "clients above it at first",
            )
        )
    if rule.reliable is not None:
        count = sum(fall >= rule.reliable for fall in falls)
        worse = sum(-fall >= rule.reliable for fall in falls)
        found.append(
            Figure(
                f"{instrument.name}: better by {rule.reliable} or more", share(count, n), "%", n, "clients"
            )
        )
        found.append(
            Figure(
                f"{instrument.name}: worse by {rule.reliable} or more",
                share(worse, n),
                "%",
                n,
                "clients",
                "warning" if worse else "",
            )
        )
    return found


def after_discharge(data: Counted) -> Metric:
    """Count clients who were connected to care within 30 days, and who came back within 180 (5.18)."""
    first, last = first_day(data.period), last_day(data.period)
    day = local_day(data.as_of_ms, data.period.tz)
    ended = [(client, span) for client in data.clients for span in client.spans if span.ended]
    asked = [
        (client, span)
        for client, span in ended
        if first <= add(span.ended, CONNECTED_D) <= last and span.connected not in ("", "not_asked", "open")
    ]
    connected = [pair for pair in asked if pair[1].connected == "connected"]
    watched = [(client, span) for client, span in ended if first <= span.ended <= last]
    back = [
        (client, span, on)
        for client, span in watched
        if (on := readmitted_on(span.ended, [one.admitted for one in client.spans]))
    ]
    whole = sum(days_between(span.ended, day) >= READMITTED_D for _, span in watched)
    rows = [
        *(Behind(span.discharge or span.record, client.id, words=f"discharged {span.ended}: {_CONNECTION.get(span.connected, span.connected)}",
                 flag="" if span.connected == "connected" else "warning") for client, span in asked),
        *(Behind(span.discharge or span.record, client.id, words=f"discharged {span.ended}, admitted again {on}", flag="warning") for client, span, on in back),
    ]  # fmt: skip
    return Metric(
        key="after_discharge", number=18, title="After discharge", as_of_ms=data.as_of_ms,
        definition="Of discharges whose 30 days ended in this time: clients connected to the next care within them. Of discharges in this "
        "time: clients admitted here again within 180 days; it may still rise until those are over.",
        figures=(
            Figure("Connected within 30 days", share(len(connected), len(asked)), "%", len(asked), "discharges", "warning" if len(connected) < len(asked) else ""),
            Figure("Admitted again within 180 days", share(len(back), len(watched)), "%", len(watched), "discharges", "", f"180 days are over for {whole}"),
        ),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip


_CONNECTION = {
    "connected": "connected",
    "late": "connected later",
    "not_connected": "not connected",
    "unknown": "not known",
}


def authorisations(data: Counted) -> Metric:
    """Count authorisations of which less than a fifth of the days or units is left (5.19)."""
    day = local_day(data.as_of_ms, data.period.tz)
    found = [
        (client, one)
        for client in data.clients
        if client.span_on(day) is not None
        for one in client.authorisations
        if one.since <= day <= one.until
    ]
    rows = []
    for client, one in found:
        length, left = days_between(one.since, one.until) + 1, days_between(day, one.until) + 1
        few_days = Fraction(left, length) < FEW
        few_units = bool(one.units) and Fraction(max(0, one.units - one.used), one.units) < FEW
        if few_days or few_units:
            words = [f"{left} days left"] + (
                [f"{max(0, one.units - one.used)} of {one.units} units left"] if one.units else []
            )
            rows.append(
                Behind(
                    one.record,
                    client.id,
                    words=", ".join(words),
                    number=Fraction(left),
                    unit="d",
                    flag="warning",
                )
            )
    rows.sort(key=lambda row: (row.number or 0, row.client))
    return Metric(
        key="authorisations", number=19, title="Authorizations", as_of_ms=data.as_of_ms,
        definition="Authorizations that hold now with less than a fifth of their days, or of their units, left. Units are those of "
        "contacts with this payer. As of now, whatever the period.",
        figures=(Figure("Nearly used up", Fraction(len(rows)), "", len(found), "authorizations", "warning" if rows else ""),),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip
