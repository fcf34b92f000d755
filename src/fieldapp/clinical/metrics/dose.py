"""How much care: hours and days a week, length of stay, engagement groups (clinical.md 5: 4, 5, 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from fieldapp.records.defaults import setting

from ..due import days_between
from .model import Behind, Figure, Flag, Line, Metric, Point, Series
from .rows import Client, Contact, Counted, Span
from .weeks import (
    Week,
    by_client,
    first_day,
    last_day,
    local_day,
    present,
    share,
    trend,
    union_minutes,
    weeks_in,
    within,
)

HOURS_LEAST, HOURS_MOST = Fraction(9), Fraction(20)
"""The level's hours a week for adults, and from where on partial hospitalization begins (programs.md rows 97, 98)."""
REACH_MS = 24 * 3_600_000
"""How far before a week a contact may begin that reaches into it; no contact is longer."""
COSTA = "Costa 2020, 11,473 adults in Medicaid; a study's mean, no target"
GROUPS = ("Intent to Treat", "Early Termination", "Minimally Adequate Dosage", "Target or More")


def minutes_in(rows: Sequence[Contact], week: Week) -> int:
    """Return the minutes of a week at which a client was seen: overlapping contacts count once (clinical.md 5.4).

    Args:
        rows: the client's contacts that reached them, in the order of time.
    """
    return union_minutes(
        present(within(rows, week.since_ms - REACH_MS, week.until_ms)), week.since_ms, week.until_ms
    )


def service_hours(data: Counted) -> Metric:
    """Count the hours a week that clients were seen; in a structured program those below nine are marked (5.4)."""
    rows = by_client(one for one in data.contacts if one.seen)
    weeks = [week for week in weeks_in(data) if week.is_over] or weeks_in(data)[-1:]

    def hours(week: Week) -> dict[str, Fraction]:
        return {
            client.id: Fraction(minutes_in(rows.get(client.id, ()), week), 60)
            for client in data.clients
            if _whole_week(client, week)
        }

    found = [(week, client, number) for week in weeks for client, number in hours(week).items()]
    structured = {one.id for one in data.clients if _archetype(one, data) == "structured"}
    low = [row for row in found if row[1] in structured and row[2] < HOURS_LEAST and row[0].is_over]
    bands = Counter(_band(number) for _, _, number in found)

    def week_mean(week: Week) -> tuple[Fraction | None, int]:
        numbers = list(hours(week).values())
        return _mean(numbers), len(numbers)

    flagged: Flag = "warning" if low else ""
    return Metric(
        key="service_hours", number=4, title="Service hours a week", as_of_ms=data.as_of_ms,
        definition="Minutes at which a client was seen, contacts at the same time counted once, by week from Monday, of clients who "
        "were in the program all week. Below 9 h is marked in structured programs; in the community it is shown only.",
        figures=(
            Figure("Mean of a client's week", _mean([number for _, _, number in found]), "h", len(found), "client-weeks"),
            *((Figure("Weeks under 9 h, structured", Fraction(len(low)), "", sum(row[1] in structured for row in found),
                      "client-weeks", flagged),) if structured else ()),
        ),
        lines=(
            Line(HOURS_LEAST, "a week at least, ASAM level 2.1 for adults", "program description 002", bool(structured), "h"),
            Line(HOURS_MOST, "a week: from here on partial hospitalization", "clinical.md 5.4, V:58", False, "h"),
        ),
        series=(
            trend("Mean hours of a client's week", data, week_mean, "h",
                  lambda number, week: "warning" if structured and week.is_over and number < HOURS_LEAST else ""),
            Series("Client-weeks by hours", tuple(
                Point(label, share(bands[label], len(found)), bands[label]) for label in _BANDS), "%", "bars"),
        ),
        behind=tuple(
            Behind(client=client, at_ms=week.since_ms, number=number, unit="h",
                   words=f"in the week of {week.label}", flag="warning" if client in structured and week.is_over and number < HOURS_LEAST else "")
            for week, client, number in sorted(found, key=lambda row: (row[2], row[0].since_ms, row[1]))[:_SHOWN]
        ),
        source=data.source,
    )  # fmt: skip


_SHOWN = 500
_BANDS = ("none", "under 9 h", "9 to under 20 h", "20 h and more")


def _band(hours: Fraction) -> str:
    if not hours:
        return _BANDS[0]
    return _BANDS[1] if hours < HOURS_LEAST else _BANDS[2] if hours < HOURS_MOST else _BANDS[3]


def _whole_week(client: Client, week: Week) -> bool:
    span = client.span_on(week.first)
    return span is not None and (not span.ended or week.last <= span.ended)


def _archetype(client: Client, data: Counted) -> str:
    return client.spans[-1].archetype if client.spans else data.archetype


def _mean(numbers: Sequence[Fraction]) -> Fraction | None:
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else None


def treatment_days(data: Counted) -> Metric:
    """Count days with a completed service: a week, and over the episodes that ended (5.5)."""
    tz = data.period.tz
    rows = by_client(one for one in data.contacts if one.seen)

    def week_mean(week: Week) -> tuple[Fraction | None, int]:
        numbers = [
            Fraction(
                len(
                    {
                        local_day(one.at_ms, tz)
                        for one in within(rows.get(client.id, ()), week.since_ms, week.until_ms)
                    }
                )
            )
            for client in data.clients
            if _whole_week(client, week)
        ]
        return _mean(numbers), len(numbers)

    weeks = [week for week in weeks_in(data) if week.is_over] or weeks_in(data)[-1:]
    sums = [(number * n, n) for number, n in map(week_mean, weeks) if number is not None]
    n = sum(count for _, count in sums)
    ended = ended_in(data)
    days = {span.record: _days_of(rows.get(client.id, ()), span, tz) for client, span in ended}
    lengths = [Fraction(days_between(span.admitted, span.ended) + 1) for _, span in ended]
    return Metric(
        key="treatment_days", number=5, title="Treatment days, length of stay", as_of_ms=data.as_of_ms,
        definition="Different days with a completed service: in a week, of clients who were in the program all week; and in the "
        "episodes that ended in this time, with their days from admission to discharge.",
        figures=(
            Figure("Days a week", sum((part for part, _ in sums), Fraction(0)) / n if n else None, "d", n, "client-weeks"),
            Figure("Length of stay, mean", _mean(lengths), "d", len(ended), "episodes that ended"),
            Figure("Treatment days in an episode", _mean([Fraction(one) for one in days.values()]), "d", len(ended), "episodes that ended"),
        ),
        lines=(
            Line(Fraction(3), "a week: usual of structured programs", "program description 002", False, "d"),
            Line(Fraction(5, 2), "a week in the study", f"{COSTA}; mental health 2.34", False, "d"),
            Line(Fraction(42), "days of stay in the study", f"{COSTA}; mental health 44.15", False, ""),
            Line(Fraction(15), "treatment days of an episode in the study", f"{COSTA}; mental health 14.76", False, ""),
        ),
        series=(trend("Days a week", data, week_mean, "d"),),
        behind=tuple(
            Behind(record=span.discharge or span.record, client=client.id, number=Fraction(days[span.record]), unit="d",
                   words=f"of treatment in {days_between(span.admitted, span.ended) + 1} days of stay")
            for client, span in ended
        ),
        source=data.source,
    )  # fmt: skip


def ended_in(data: Counted) -> list[tuple[Client, Span]]:
    """Return the episodes that ended in the period, by day of discharge."""
    first, last = first_day(data.period), last_day(data.period)
    found = [
        (client, span)
        for client in data.clients
        for span in client.spans
        if span.ended and first <= span.ended <= last
    ]
    return sorted(found, key=lambda pair: (pair[1].ended, pair[1].record))


def _days_of(rows: Sequence[Contact], span: Span, tz: str) -> int:
    days = {local_day(one.at_ms, tz) for one in rows}
    return sum(span.admitted <= day <= span.ended for day in days)


def cuts(settings: Mapping[str, int]) -> tuple[int, int, int]:
    """Return the most treatment days of the first three engagement groups, as this agency sets them."""
    one, two, three = (setting(settings, f"engagement_cut_{n}") for n in (1, 2, 3))
    return one, two, three


def group_of(days: int, settings: Mapping[str, int]) -> str:
    """Return the engagement group of so many treatment days, by local cuts (5.6: the paper's own are not known)."""
    place = sum(days > cut for cut in cuts(settings))
    return GROUPS[place]


def engagement(data: Counted) -> Metric:
    """Count ended episodes by how many days of treatment they had, in four groups with local cuts (5.6)."""
    tz = data.period.tz
    rows = by_client(one for one in data.contacts if one.seen)
    found = [(client, span, _days_of(rows.get(client.id, ()), span, tz)) for client, span in ended_in(data)]
    counts = Counter(group_of(days, data.settings) for _, _, days in found)
    one, two, three = cuts(data.settings)
    ranges = (f"up to {one} d", f"{one + 1} to {two} d", f"{two + 1} to {three} d", f"{three + 1} d and more")
    return Metric(
        key="engagement", number=6, title="Engagement groups", as_of_ms=data.as_of_ms, local=True,
        definition="Episodes that ended in this time, by their days with a completed service. The names are those of a study whose "
        "cut-points are not published in its abstract; these are local.",
        figures=tuple(
            Figure(f"{name} ({said})", share(counts[name], len(found)), "%", len(found), "episodes that ended", "", f"{counts[name]} of them" if found else "")
            for name, said in zip(GROUPS, ranges, strict=True)
        ),
        series=(
            Series("Episodes that ended, by treatment days", tuple(
                Point(said, share(counts[name], len(found)), counts[name]) for name, said in zip(GROUPS, ranges, strict=True)), "%", "bars"),
        ),
        behind=tuple(
            Behind(record=span.discharge or span.record, client=client.id, number=Fraction(days), unit="d", words=group_of(days, data.settings))
            for client, span, days in found
        ),
        source=data.source,
    )  # fmt: skip
