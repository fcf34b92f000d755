"""Safety: plans, crises, higher levels of care, being seen afterwards, staff (clinical.md 5: 10, 12, 13, 14, 21)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from fieldapp.records.defaults import setting
from fieldapp.records.kinds.crisis import DISPOSITIONS

from ..due import days_between, is_overdue
from ..stays import HOSPITAL, days_in, follow_ups, standing, title, visits_in
from .model import Behind, Figure, Metric, Point, Series
from .rows import Client, Contact, Counted, Crisis
from .weeks import (
    Week,
    by_client,
    first_day,
    first_from,
    last_day,
    local_day,
    median,
    share,
    trend,
)

AT_RISK = frozenset({"moderate", "high", "imminent"})
OLD_D = 90
HOUR_MS = 3_600_000
OTHERS = frozenset(
    {"mobile_crisis", "988", "DCR_referral", "DCR_detained", "DCR_not_detained", "ED_voluntary", "hospital_voluntary", "police", "EMS_medical", "arrest"}
)  # fmt: skip
"""Dispositions by which somebody else than the team took over."""


def safety_plans(data: Counted) -> Metric:
    """Count clients at risk without a plan, plans past their review, without a copy given, older than 90 days (5.10)."""
    day = local_day(data.as_of_ms, data.period.tz)
    here = [one for one in data.clients if one.span_on(day) is not None]
    risky = [one for one in here if one.risk in AT_RISK]
    planned = [one for one in here if one.plan.active]
    without = [one for one in risky if not one.plan.active]
    overdue = [one for one in planned if is_overdue(one.plan.review_due or None, day)]
    uncopied = [one for one in planned if not one.plan.copy_given]
    old = [one for one in planned if one.plan.signed and days_between(one.plan.signed, day) > OLD_D]
    rows = [
        *(
            Behind(
                client=one.id,
                words="at risk, no active plan" + (": declined" if one.plan.declined else ""),
                flag="error",
            )
            for one in without
        ),
        *(
            Behind(client=one.id, words=f"review was due {one.plan.review_due}", flag="warning")
            for one in overdue
        ),
        *(Behind(client=one.id, words="no copy given") for one in uncopied),
        *(
            Behind(client=one.id, words=f"signed {one.plan.signed}, more than {OLD_D} days ago")
            for one in old
        ),
    ]
    return Metric(
        key="safety_plans", number=10, title="Safety plans", as_of_ms=data.as_of_ms,
        definition="Of clients with an open episode: those at moderate risk or more without an active safety plan; and active plans past "
        "their review, of which no copy was given, or signed more than 90 days ago. As of now, whatever the period.",
        figures=(
            Figure("At risk without a plan", Fraction(len(without)), "", len(risky), "clients at risk", "error" if without else ""),
            Figure("Review overdue", Fraction(len(overdue)), "", len(planned), "active plans", "warning" if overdue else ""),
            Figure("No copy given", Fraction(len(uncopied)), "", len(planned), "active plans"),
            Figure("Older than 90 days", Fraction(len(old)), "", len(planned), "active plans"),
        ),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip


def client_days(clients: Sequence[Client], first: str, last: str) -> int:
    """Return on how many days of a time, both ends within, clients had an open episode; each client's day once."""
    total = 0
    for client in clients:
        days: set[int] = set()
        for span in client.spans:
            begin, end = max(span.admitted, first), min(span.ended or last, last)
            if begin <= end:
                offset = days_between(first, begin)
                days.update(range(offset, offset + days_between(begin, end) + 1))
        total += len(days)
    return total


def crises(data: Counted) -> Metric:
    """Count crises, who handled them, how soon somebody was there, how they ended (5.12)."""
    first, last = first_day(data.period), last_day(data.period)
    found = [one for one in data.crises if data.period.since_ms <= one.at_ms < data.period.until_ms]
    days = client_days(data.clients, first, last)
    ended = [one for one in found if one.dispositions]
    own = [one for one in ended if not OTHERS & set(one.dispositions)]
    met = [one.face_to_face_min for one in found if one.face_to_face_min is not None]
    ways = Counter(code for one in found for code in one.dispositions)

    def week(one: Week) -> tuple[Fraction | None, int]:
        count = sum(one.since_ms <= crisis.at_ms < one.until_ms for crisis in data.crises)
        return _per_100(count, client_days(data.clients, one.first, one.last)), count

    return Metric(
        key="crises", number=12, title="Crises", as_of_ms=data.as_of_ms,
        definition="Crisis records for each 100 weeks of clients with an open episode; handled by the own team where no other service "
        "took over; minutes from the first contact to face to face, of those met in person. The first contact is the first response: "
        "whoever is called answers.",
        figures=(
            Figure("Crises for 100 client-weeks", _per_100(len(found), days), "per 100 client-weeks", len(found), "crises"),
            Figure("Handled by the own team", share(len(own), len(ended)), "%", len(ended), "crises with an end"),
            Figure("Median to face to face", median(met), "min", len(met), "crises met in person"),
        ),
        series=(
            trend("Crises for 100 client-weeks", data, week, "per 100 client-weeks"),
            Series("How they ended", tuple(
                Point(DISPOSITIONS.get(code, code), Fraction(count), 0)
                for code, count in sorted(ways.items(), key=lambda pair: (-pair[1], pair[0]))), "", "bars"),
        ),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.at_ms, ", ".join(DISPOSITIONS.get(code, code) for code in one.dispositions) or "not ended in the record",
                   Fraction(one.face_to_face_min) if one.face_to_face_min is not None else None, "min")
            for one in reversed(found)
        ),
        source=data.source,
    )  # fmt: skip


def _per_100(count: int, days: int) -> Fraction | None:
    return Fraction(count * 700, days) if days else None


def higher_level(data: Counted) -> Metric:
    """Count use of hospital, emergency departments and detentions, and the year before admission beside it (5.13)."""
    first, last = first_day(data.period), last_day(data.period)
    ed = sum(visits_in(one.stays, "ed", first, last) for one in data.clients)
    admissions = sum(
        visits_in(one.stays, what, first, last) for one in data.clients for what in sorted(HOSPITAL)
    )
    nights = sum(days_in(one.stays, HOSPITAL, first, last) for one in data.clients)
    detained = [
        one
        for one in data.crises
        if "DCR_detained" in one.dispositions and data.period.since_ms <= one.at_ms < data.period.until_ms
    ]
    years = Fraction(client_days(data.clients, first, last), 365)
    before = [(span.inpatient_before, span.ed_before) for one in data.clients for span in one.spans[-1:]]
    inpatient_before = [count for count, _ in before if count is not None]
    ed_before = [count for _, count in before if count is not None]

    def week(one: Week) -> tuple[Fraction | None, int]:
        return Fraction(
            sum(days_in(client.stays, HOSPITAL, one.first, one.last) for client in data.clients)
        ), len(data.clients)

    rows = [
        Behind(
            stay.record,
            client.id,
            words=f"{title(stay)} since {stay.since}"
            + (f" until {stay.until}" if stay.until else ", there now"),
        )
        for client in data.clients
        for stay in client.stays
        if stay.what in HOSPITAL | {"ed"} and stay.since <= last and (not stay.until or stay.until >= first)
    ]
    return Metric(
        key="higher_level", number=13, title="Higher level of care", as_of_ms=data.as_of_ms,
        definition="Admissions to hospital, days there, emergency department visits and detentions of clients with a record here; beside "
        "them the mean of the 12 months before admission, as told at intake.",
        figures=(
            Figure("Hospital admissions", Fraction(admissions), "", len(data.clients), "clients"),
            Figure("Days in hospital", Fraction(nights), "d", len(data.clients), "clients"),
            Figure("Emergency department visits", Fraction(ed), "", len(data.clients), "clients"),
            Figure("Detentions", Fraction(len(detained)), "", len(data.clients), "clients"),
            Figure("Admissions for a client and year, now", Fraction(admissions) / years if years else None, "", len(data.clients), "clients"),
            Figure("and in the 12 months before admission", _mean(inpatient_before), "", len(inpatient_before), "clients who told"),
            Figure("ED visits for a client and year, now", Fraction(ed) / years if years else None, "", len(data.clients), "clients"),
            Figure("and in the 12 months before admission", _mean(ed_before), "", len(ed_before), "clients who told"),
        ),
        series=(trend("Days in hospital", data, week, "d"),),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip


def _mean(values: Sequence[int]) -> Fraction | None:
    return Fraction(sum(values), len(values)) if values else None


def follow_up(data: Counted) -> Metric:
    """Count clients who were seen in time after hospital, emergency department and crisis (5.14)."""
    tz, day = data.period.tz, local_day(data.as_of_ms, data.period.tz)
    first, last = first_day(data.period), last_day(data.period)
    seen = by_client(one for one in data.contacts if one.seen)
    days = {client: sorted({local_day(one.at_ms, tz) for one in rows}) for client, rows in seen.items()}
    counts: dict[int, list[str]] = {}
    rows: list[Behind] = []
    for client in data.clients:
        for stay in client.stays:
            for period in follow_ups(stay, client.settings):
                how, on = standing(period, days.get(client.id, ()), day)
                if not first <= period.due <= last or how == "open":
                    continue
                counts.setdefault(period.within, []).append(how)
                words = {"seen": f"seen {on}", "late": f"seen late, {on}"}.get(how, "not seen")
                rows.append(
                    Behind(stay.record, client.id, words=f"within {period.within} days of {stay.until}: {words}",
                           flag="" if how == "seen" else "warning" if how == "late" else "error")
                )  # fmt: skip
    within = setting(data.settings, "crisis_follow_up_h") * HOUR_MS
    after = [
        one
        for one in data.crises
        if data.period.since_ms <= one.at_ms + within < min(data.period.until_ms, data.as_of_ms)
    ]
    kept = [one for one in after if _seen_after(seen.get(one.client, ()), one, within)]
    rows += [
        Behind(one.record, one.client, one.staff, one.at_ms, f"crisis: {'seen' if one in kept else 'not seen'} within {within // HOUR_MS} h",
               flag="" if one in kept else "error")
        for one in after
    ]  # fmt: skip
    rows.sort(key=lambda one: ({"error": 0, "warning": 1, "": 2}[one.flag], one.client, one.record))
    return Metric(
        key="follow_up", number=14, title="Seen after hospital and crisis", as_of_ms=data.as_of_ms,
        definition="Of clients back from hospital or an emergency department whose period ended in this time: those seen within it. The day "
        "of leaving hospital does not count, attempts never do. And of crises: those seen within 24 h after.",
        figures=(
            *(
                Figure(f"Seen within {span} days", share(hows.count("seen"), len(hows)), "%", len(hows), "stays",
                       "warning" if hows.count("seen") < len(hows) else "")
                for span, hows in sorted(counts.items())
            ),
            Figure(f"Seen within {within // HOUR_MS} h of a crisis", share(len(kept), len(after)), "%", len(after), "crises",
                   "warning" if len(kept) < len(after) else ""),
        ),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip


def _seen_after(rows: Sequence[Contact], crisis: Crisis, within: int) -> bool:
    at = first_from(rows, crisis.at_ms + 1)
    return at < len(rows) and rows[at].at_ms <= crisis.at_ms + within


def staff_safety(data: Counted) -> Metric:
    """Count visit check-ins without a sign of their end, and alerts that no supervisor has looked at (5.21)."""
    silent = [one for one in data.unread if one.what == "checkin"]
    alerts = [one for one in data.unread if one.what == "alert"]
    return Metric(
        key="staff_safety", number=21, title="Staff safety", as_of_ms=data.as_of_ms,
        definition="Visit check-ins that are overdue without a sign, and new or changed alerts that no supervisor has looked at. As of now, "
        "whatever the period.",
        figures=(
            Figure("Overdue check-ins", Fraction(len(silent)), "", 0, "", "error" if silent else ""),
            Figure("Alerts not looked at", Fraction(len(alerts)), "", 0, "", "warning" if alerts else ""),
        ),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.since_ms, "no sign since" if one.what == "checkin" else "alert not looked at",
                   flag="error" if one.what == "checkin" else "warning")
            for one in (*silent, *alerts)
        ),
        source=data.source,
    )  # fmt: skip
