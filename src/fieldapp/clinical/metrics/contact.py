"""How often clients are met: against the plan, days since, no-shows, where (clinical.md 5: 1, 2, 3, 11, 15)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fieldapp.records.defaults import setting
from fieldapp.records.kinds.contact import SETTINGS, WRITTEN

from ..contact_entry import ATTEMPTS
from ..contact_plan import band
from ..due import days_between, no_contact_limit
from ..ratio import COUNTED, FULL_TIME, clinician_load
from ..stays import AWAY
from ..times import local
from .model import Behind, Figure, Flag, Line, Metric, Point, Series
from .rows import Client, Contact, Counted
from .weeks import (
    Week,
    add,
    by_client,
    first_from,
    last_day,
    local_day,
    median,
    share,
    trend,
    visits,
    weeks_in,
    within,
)

NOT_EXPECTED = frozenset(
    {
        "on_hold",
        "waitlist",
        "requested",
        "referred",
        "assessed",
        "intake",
        "declined",
        "redirected",
        "discharged",
    }
)
"""Where nobody expects regular contact: in hospital, gone, or not begun."""
COMMUNITY = frozenset(
    {
        "home", "shelter", "street", "motel", "assisted_living", "group_home", "workplace", "jail", "park_library_store_car",
        "school", "adult_family_home", "skilled_nursing", "nursing", "mobile_unit", "other",
    }
)  # fmt: skip
"""Places that are neither an office, a clinic nor a hospital."""
BANDS: Mapping[str, Flag] = {"met": "", "behind": "warning", "far_behind": "error"}
_BAND_WORDS = {
    "met": "as planned",
    "behind": "50 to 99 % of the plan",
    "far_behind": "under half of the plan",
}


def clients_per_clinician(data: Counted) -> Metric:
    """Count the clients whose primary worker somebody is, for each full-time position that counts (5.1)."""
    day = last_day(data.period)
    loads = {}
    carried_now = _carried(data.clients, day)
    for worker in data.workers:
        count = carried_now[worker.id]
        load = clinician_load(count, worker.values, worker.roles, data.settings)
        if load.counts or count:
            loads[worker.id] = load
    counting = [one for one in loads.values() if one.counts]
    fte = sum(one.fte_hundredths for one in counting)
    clients = sum(one.clients for one in counting)
    limit = setting(data.settings, "clients_per_clinician_max")
    ratio = Fraction(clients * FULL_TIME, fte) if fte else None
    over = [staff for staff, one in loads.items() if one.over]
    behind = [
        Behind(
            staff=staff,
            words=one.words,
            flag="error" if one.over else "",
            counted=one.counts,
        )
        for staff, one in loads.items()
    ]

    def week(one: Week) -> tuple[Fraction | None, int]:
        found = _carried(data.clients, one.last)
        carried = sum(found[worker] for worker, load in loads.items() if load.counts)
        return (Fraction(carried * FULL_TIME, fte) if fte else None), carried

    return Metric(
        key="clients_per_clinician", number=1, title="Clients per clinician", as_of_ms=data.as_of_ms,
        definition="Clients whose episode is active or on hold, by primary worker, for each full-time position that counts in "
        "the ratio; technicians, prescribers and medical assistants do not.",
        figures=(
            Figure("Clients for a full-time position", ratio, "per FTE", clients, "clients", _over(ratio, limit),
                   "" if fte else "nobody here counts in the ratio"),
            Figure("People over the limit", Fraction(len(over)), "", len(counting), "people", "error" if over else ""),
            Figure("Clients without a primary worker", Fraction(carried_now[""]), "", 0, "",
                   "warning" if carried_now[""] else ""),
        ),
        lines=(Line(Fraction(limit), "most for a full-time position", "program description 001", True, "per FTE"),),
        series=(trend("Clients for a full-time position", data, week, "per FTE", lambda n, _: _over(n, limit)),),
        behind=tuple(sorted(behind, key=lambda one: (one.flag == "", one.staff))), source=data.source,
    )  # fmt: skip


def _carried(clients: Iterable[Client], day: str) -> Counter[str]:
    """Return worker to how many clients they carry on a day; "" for clients without a primary worker."""
    return Counter(one.primary_on(day) for one in clients if _is_carried(one, day))


def _is_carried(client: Client, day: str) -> bool:
    span = client.span_on(day)
    if span is None:
        return False
    # The status is today's: before an episode ended the client was carried whatever is said now.
    return day < span.ended if span.ended else client.status in COUNTED | {""}


def _over(number: Fraction | None, limit: int) -> Flag:
    return "error" if number is not None and number > limit else ""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a client's contacts of some weeks stand against what was agreed."""

    done: int
    wanted: Fraction

    @property
    def band(self) -> str:
        """Return `met`, `behind` or `far_behind`."""
        return band(self.done, float(self.wanted)) if self.wanted else "met"


def wanted_in(client: Client, week: Week) -> Fraction:
    """Return how many contacts a week asks for: the target for each day that the client was there to be met.

    A day counts from admission to discharge, from the first day of the agreement, and not while they are in hospital, jail
    or residential care (clinical.md 2.2: on hold stops the alert about frequency).
    """
    agreed, span = client.agreed_on(week.first), client.span_on(week.first)
    steady = (
        span is not None
        and (not span.ended or week.last <= span.ended)
        and agreed is client.agreed_on(week.last)
    )
    if (
        steady
        and agreed
        and not any(
            one.since <= week.last and (not one.until or week.first < one.until) for one in client.stays
        )
    ):
        target, days = int(agreed.get("target_n") or 0), days_between(week.first, week.last) + 1
        return Fraction(target * days) if agreed.get("per") == "day" else Fraction(target * days, 7)
    found, day = Fraction(0), week.first
    while day <= week.last:
        agreed = client.agreed_on(day)
        target = int(agreed.get("target_n") or 0)
        if target and client.span_on(day) is not None and not _away(client, day):
            found += Fraction(target) if agreed.get("per") == "day" else Fraction(target, 7)
        day = add(day, 1)
    return found


def _away(client: Client, day: str) -> bool:
    return any(
        one.what in AWAY and one.since <= day and (not one.until or day < one.until) for one in client.stays
    )


def contact_vs_plan(data: Counted) -> Metric:
    """Count completed contacts against what client and team agreed, pro-rated to the day of counting (5.2)."""
    rows = by_client(one for one in data.contacts if one.seen)

    def stand(client: Client, weeks: Iterable[Week]) -> Stand:
        done, wanted = 0, Fraction(0)
        for week in weeks:
            asked = wanted_in(client, week)
            if asked:
                wanted += asked
                done += visits(within(rows.get(client.id, ()), week.since_ms, week.until_ms))
        return Stand(done, wanted)

    weeks = weeks_in(data)
    stands = {one.id: found for one in data.clients if (found := stand(one, weeks)).wanted}
    bands = Counter(one.band for one in stands.values())
    done, wanted = (
        sum(one.done for one in stands.values()),
        sum((one.wanted for one in stands.values()), Fraction(0)),
    )

    def week_share(week: Week) -> tuple[Fraction | None, int]:
        found = [one for client in data.clients if (one := stand(client, (week,))).wanted]
        asked = sum((one.wanted for one in found), Fraction(0))
        return (sum(one.done for one in found) / asked if asked else None), len(found)

    overall = done / wanted if wanted else None
    return Metric(
        key="contact_vs_plan", number=2, title="Contacts against the plan", as_of_ms=data.as_of_ms,
        definition="Completed contacts with the client, divided by what was agreed for the days gone by; attempts do not count, a "
        "visit that two people logged is one, days in hospital or jail ask for none. Under 50 % is marked ✗, under 100 % ▲.",
        figures=(
            Figure("Completed of what was agreed", overall, "%", len(stands), "clients with a plan", _share_flag(overall)),
            *(
                Figure(_BAND_WORDS[name], Fraction(bands[name]), "", len(stands), "clients", flag if bands[name] else "")
                for name, flag in BANDS.items()
            ),
        ),
        series=(
            trend("Completed of what was agreed", data, week_share, "%", lambda number, _: _share_flag(number)),
        ),
        behind=tuple(
            Behind(
                client=client, number=Fraction(one.done), flag=BANDS[one.band],
                words=f"of {_tenth(one.wanted)} agreed so far: {_BAND_WORDS[one.band]}",
            )
            for client, one in sorted(
                stands.items(), key=lambda pair: (pair[1].done / pair[1].wanted, pair[0])
            )
        ),
        source=data.source,
    )  # fmt: skip


def _tenth(number: Fraction) -> str:
    tenths = (number * 10 + Fraction(1, 2)) // 1
    whole, rest = divmod(int(tenths), 10)
    return f"{whole}.{rest}" if rest else str(whole)


def _share_flag(number: Fraction | None) -> Flag:
    if number is None or number >= 1:
        return ""
    return "error" if number < Fraction(1, 2) else "warning"


def days_since_contact(data: Counted) -> Metric:
    """Count the days since each client was last seen; attempts stand beside and never count (5.3)."""
    tz = data.period.tz
    day = local_day(data.as_of_ms, tz)
    everything = by_client(data.contacts)
    seen = by_client(one for one in data.contacts if one.seen)
    found: list[tuple[Client, int, int, list[Contact]]] = []
    for client in data.clients:
        span = client.span_on(day)
        if span is None or client.status in NOT_EXPECTED:
            continue
        last = client.last_seen_ms
        since = max(local_day(last, tz), span.admitted) if last is not None else span.admitted
        tries = [
            one
            for one in everything.get(client.id, ())
            if one.outcome in ATTEMPTS and one.at_ms > (last or 0)
        ]
        found.append((client, max(0, days_between(since, day)), _limit(client, day), tries))
    late = [row for row in found if row[1] > row[2]]

    def week(one: Week) -> tuple[Fraction | None, int]:
        beyond, n = 0, 0
        for client in data.clients:
            span = client.span_on(one.last)
            if span is None or _away(client, one.last):
                continue
            n += 1
            rows = seen.get(client.id, ())
            at = first_from(rows, one.until_ms)
            known = rows[at - 1].at_ms if at else _before(client, data)
            since = max(local_day(known, tz), span.admitted)
            beyond += days_between(since, one.last) > _limit(client, one.last)
        return Fraction(beyond), n

    rows: list[Behind] = []
    for client, days, limit, tries in sorted(found, key=lambda row: (row[2] - row[1], row[0].id)):
        flag: Flag = "" if days <= limit else "error" if days > 2 * limit else "warning"
        beside = f", {len(tries)} tried since" if tries else ""
        rows.append(
            Behind(client=client.id, at_ms=client.last_seen_ms or 0, number=Fraction(days), unit="d", flag=flag,
                   words=f"without contact (agreed: {limit}){beside}")
        )  # fmt: skip
    return Metric(
        key="days_since_contact", number=3, title="Days since last contact", as_of_ms=data.as_of_ms,
        definition="Days since the client was last seen or spoken with, of clients whose episode is active; more than agreed in the "
        "contact plan (or 3, 7, 14 by tier) is marked. Attempts stand beside and never count. As of now, whatever the period.",
        figures=(
            Figure("Clients beyond what was agreed", Fraction(len(late)), "", len(found), "active clients",
                   "error" if late else ""),
            Figure("Median", median([row[1] for row in found]), "d", len(found), "active clients"),
        ),
        series=(trend("Clients beyond what was agreed, at the end of each week", data, week),),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip


def _before(client: Client, data: Counted) -> int:
    """Return when a client without a contact since the rows begin was last seen; that beginning where it is not known."""
    last = client.last_seen_ms
    return last if last is not None and last < data.since_ms else data.since_ms


def _limit(client: Client, day: str) -> int:
    return no_contact_limit(client.tier, client.agreed_on(day).get("no_contact_alert_days"), client.settings)


def no_show(data: Counted) -> Metric:
    """Count appointments that clients missed, and how often an attempt reaches them (5.11)."""
    tz = data.period.tz
    everything = data.own(data.contacts)
    rows = within(everything, data.period.since_ms, data.period.until_ms)
    missed = [one for one in rows if one.outcome in ("no_show", "late_cancel")]
    tries = [one for one in rows if one.outcome in ATTEMPTS]
    seen = [one for one in rows if one.seen]

    def week(one: Week) -> tuple[Fraction | None, int]:
        part = within(everything, one.since_ms, one.until_ms)
        return _no_show_rate(part)

    return Metric(
        key="no_show", number=11, title="No-shows and attempts", as_of_ms=data.as_of_ms,
        definition="No-shows divided by attended, no-shows and late cancels; messages are no appointments. Yield: completed contacts divided by completed and "
        "attempts without an answer.",
        figures=(
            Figure("No-shows", _no_show_rate(rows)[0], "%", _no_show_rate(rows)[1], "appointments"),
            Figure("Late cancels", Fraction(sum(one.outcome == "late_cancel" for one in missed)), "", len(missed), "missed"),
            Figure("Attempts that reached the client", share(len(seen), len(seen) + len(tries)), "%", len(seen) + len(tries), "tries"),
        ),
        series=(
            trend("No-shows", data, week, "%"),
            _yield("Attempts that reached the client, by hour", seen, tries, lambda one: f"{local(one.at_ms, tz).hour:02}:00"),
            _yield("Attempts that reached the client, by place", seen, tries, lambda one: SETTINGS.get(one.setting, "Phone or no place")),
        ),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.at_ms, "no show" if one.outcome == "no_show" else "late cancel")
            for one in sorted(missed, key=lambda one: (-one.at_ms, one.record))
        ),
        source=data.source,
    )  # fmt: skip


def _no_show_rate(rows: Iterable[Contact]) -> tuple[Fraction | None, int]:
    shows = missed = late = 0
    for one in rows:
        shows += one.seen and one.modality not in WRITTEN
        missed += one.outcome == "no_show"
        late += one.outcome == "late_cancel"
    whole = shows + missed + late
    return share(missed, whole), whole


def _yield(title: str, seen: Iterable[Contact], tries: Iterable[Contact], name: Any) -> Series:
    reached: Counter[str] = Counter(name(one) for one in seen)
    tried: Counter[str] = Counter(name(one) for one in tries)
    points = [
        Point(label, share(reached[label], reached[label] + tried[label]), reached[label] + tried[label])
        for label in sorted({*reached, *tried})
    ]
    return Series(title, tuple(points), "%", "bars")


def place_mix(data: Counted) -> Metric:
    """Count how many visits took place where clients live and spend their days (5.15)."""
    everything = data.own(data.contacts)
    rows = [
        one for one in within(everything, data.period.since_ms, data.period.until_ms)
        if one.seen and one.modality == "in_person" and one.setting
    ]  # fmt: skip
    out = [one for one in rows if one.setting in COMMUNITY]
    places: dict[str, int] = defaultdict(int)
    for one in rows:
        places[one.setting] += 1

    def week(one: Week) -> tuple[Fraction | None, int]:
        part = [
            row for row in within(everything, one.since_ms, one.until_ms)
            if row.seen and row.modality == "in_person" and row.setting
        ]  # fmt: skip
        return share(sum(row.setting in COMMUNITY for row in part), len(part)), len(part)

    norm = "of programs of assertive community treatment; shown to compare, no target"
    return Metric(
        key="place_mix", number=15, title="Visits in home and community", as_of_ms=data.as_of_ms,
        definition="Visits in person at home, in shelters, on the street and in other places of the client's life, divided by all "
        "visits in person of which the place is known.",
        figures=(Figure("In home and community", share(len(out), len(rows)), "%", len(rows), "visits in person"),),
        lines=(
            Line(Fraction(3, 4), f"lower end {norm}", "clinical.md 5, V:31", False, "%"),
            Line(Fraction(17, 20), f"upper end {norm}", "clinical.md 5, V:31", False, "%"),
        ),
        series=(
            trend("In home and community", data, week, "%"),
            Series(
                "Where visits took place",
                tuple(
                    Point(SETTINGS.get(code, code), share(count, len(rows)), count)
                    for code, count in sorted(places.items(), key=lambda pair: (-pair[1], pair[0]))
                ),
                "%", "bars",
            ),
        ),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.at_ms, SETTINGS.get(one.setting, one.setting), counted=one.setting in COMMUNITY)
            for one in sorted(rows, key=lambda one: (-one.at_ms, one.record))[:BEHIND_MAX]
        ),
        source=data.source,
    )  # fmt: skip


BEHIND_MAX = 500
"""Of records that need nothing done the newest are listed only; the count says how many there are."""
