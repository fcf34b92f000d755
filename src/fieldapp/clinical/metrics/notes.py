"""Documentation: what is not written, what came late, what waits, what names no goal (clinical.md 5: 7, 8, 9, 16)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from fieldapp.records.kinds.contact import SEEN

from ..due import is_overdue, note_due_ms, note_limit_ms
from .model import Behind, Figure, Flag, Metric, Point, Series
from .rows import Contact, Counted, Crisis
from .weeks import MINUTE_MS, Week, local_day, median, share, trend

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
AGES = ("under 24 h", "24 to 72 h", "over 72 h")
LISTED = 500


def wanted(data: Counted) -> list[Contact]:
    """Return the contacts that want a note, of the time from which notes are here.

    A talk with the landlord or the family alone is no contact with the client and wants its note all the same, as on Today.
    """
    rows = data.own(data.contacts)
    return [
        one for one in rows if one.outcome in SEEN and one.wants_note and one.at_ms >= data.notes_since_ms
    ]


def stop_ms(one: Contact) -> int:
    """Return when a contact ended: from then on its note is waited for."""
    return one.at_ms + one.minutes * MINUTE_MS


def first_signed(data: Counted) -> Mapping[str, int]:
    """Return contact to when its first note was signed."""
    found: dict[str, int] = {}
    for note in data.notes:
        if note.contact:
            found[note.contact] = min(note.signed_ms, found.get(note.contact, note.signed_ms))
    return found


def _age(hours: int) -> str:
    return AGES[0] if hours < 24 else AGES[1] if hours < 72 else AGES[2]


def unsigned_notes(data: Counted) -> Metric:
    """Count the contacts that still want their note, by how long (5.7)."""
    signed = first_signed(data)
    open_ones = [one for one in wanted(data) if one.record not in signed and stop_ms(one) <= data.as_of_ms]
    ages = Counter(_age((data.as_of_ms - stop_ms(one)) // HOUR_MS) for one in open_ones)
    flags: Mapping[str, Flag] = {AGES[0]: "", AGES[1]: "warning", AGES[2]: "error"}
    due = [one for one in open_ones if data.as_of_ms > note_due_ms(stop_ms(one), data.settings)]
    return Metric(
        key="unsigned_notes", number=7, title="Unsigned notes", as_of_ms=data.as_of_ms,
        definition="Contacts that want a note and have none that is signed, by the hours since they ended. As of now, whatever the "
        "period.",
        figures=(
            Figure("Past due", Fraction(len(due)), "", len(open_ones), "without a note", "warning" if due else ""),
            *(Figure(age, Fraction(ages[age]), "", len(open_ones), "without a note", flags[age] if ages[age] else "") for age in AGES),
        ),
        series=(
            Series("Contacts without a note, by age", tuple(Point(age, Fraction(ages[age]), 0, 0, flags[age] if ages[age] else "") for age in AGES), "", "bars"),
        ),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.at_ms, "without a note", Fraction((data.as_of_ms - stop_ms(one)) // HOUR_MS), "h",
                   flags[_age((data.as_of_ms - stop_ms(one)) // HOUR_MS)])
            for one in sorted(open_ones, key=lambda one: (stop_ms(one), one.record))
        ),
        source=data.source,
    )  # fmt: skip


class Due(NamedTuple):
    """Something that is to be signed by a moment."""

    limit_ms: int
    of: Contact | Crisis
    signed_ms: int | None

    @property
    def late(self) -> bool:
        """Whether it was signed after the limit."""
        return self.signed_ms is not None and self.signed_ms > self.limit_ms


def _due(data: Counted) -> list[Due]:
    """Return what was to be signed, by its limit: notes of contacts, and crisis records, whose limit is shorter."""
    signed = first_signed(data)
    found = [
        Due(note_limit_ms(stop_ms(one), data.settings), one, signed.get(one.record)) for one in wanted(data)
    ]
    own = data.scope.id if data.scope.kind == "staff" else ""
    found += [
        Due(note_limit_ms(one.at_ms, data.settings, "crisis"), one, one.signed_ms)
        for one in data.crises
        if one.at_ms >= data.notes_since_ms and own in ("", one.staff)
    ]
    return sorted(found, key=lambda due: (due.limit_ms, due.of.record))


def late_rate(data: Counted) -> Metric:
    """Count the notes that were signed after their limit, of those whose limit has passed (5.8)."""
    limits = _due(data)
    ends = [due.limit_ms for due in limits]

    def passed(week_since: int, week_until: int) -> list[Due]:
        until = min(week_until, data.as_of_ms)
        return limits[bisect_left(ends, week_since) : bisect_left(ends, until)]

    found = passed(data.period.since_ms, data.period.until_ms)
    after = [due for due in found if due.late]
    missing = [due for due in found if due.signed_ms is None]

    def week(one: Week) -> tuple[Fraction | None, int]:
        part = passed(one.since_ms, one.until_ms)
        return share(sum(due.late for due in part), len(part)), len(part)

    rows = [(due.of, "signed late") for due in after] + [(due.of, "not signed yet") for due in missing]
    return Metric(
        key="late_rate", number=8, title="Late notes", as_of_ms=data.as_of_ms,
        definition="Notes and crisis records that were signed after the limit (72 h after the contact, 24 h after a crisis began, unless the "
        "program says otherwise), divided by those whose limit fell into this time. Those still unsigned stand beside.",
        figures=(
            Figure("Signed late", share(len(after), len(found)), "%", len(found), "notes due", "warning" if after else ""),
            Figure("Not signed at all", Fraction(len(missing)), "", len(found), "notes due", "error" if missing else ""),
        ),
        series=(trend("Signed late", data, week, "%"),),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.at_ms, words, flag="error" if words != "signed late" else "warning")
            for one, words in sorted(rows, key=lambda row: (-row[0].at_ms, row[0].record))[:LISTED]
        ),
        source=data.source,
    )  # fmt: skip


def cosign_queue(data: Counted) -> Metric:
    """Count what waits for a co-signature, and what was sent back and is not answered (5.9)."""
    waits = [one for one in data.waiting if not one.returned]
    back = [one for one in data.waiting if one.returned]
    ages = [Fraction(max(0, data.as_of_ms - one.since_ms) // HOUR_MS) for one in waits]
    days = Counter(min(7, int(age) // 24) for age in ages)
    names = {**{n: f"{n} d" for n in range(7)}, 7: "7 d and more"}
    return Metric(
        key="cosign_queue", number=9, title="Co-sign queue", as_of_ms=data.as_of_ms,
        definition="Entries that wait for a co-signature, with the age of the oldest and of the one in the middle; and entries that "
        "were sent back and not answered. As of now, whatever the period.",
        figures=(
            Figure("Waiting", Fraction(len(waits))),
            Figure("Oldest", _days(max(ages, default=None)), "d", len(waits), "waiting"),
            Figure("Median age", _days(median(ages)), "d", len(waits), "waiting"),
            Figure("Sent back, not answered", Fraction(len(back)), "", 0, "", "warning" if back else ""),
        ),
        series=(Series("Waiting, by age", tuple(Point(name, Fraction(days[n])) for n, name in names.items()), "", "bars"),),
        behind=tuple(
            Behind(one.record, one.client, one.staff, one.since_ms, "sent back" if one.returned else "waits",
                   Fraction(max(0, data.as_of_ms - one.since_ms) // DAY_MS), "d", counted=not one.returned)
            for one in data.waiting[:LISTED]
        ),
        source=data.source,
    )  # fmt: skip


def _days(hours: Fraction | None) -> Fraction | None:
    return hours / 24 if hours is not None else None


def golden_thread(data: Counted) -> Metric:
    """Count notes without a goal, goals without a note and treatment plans past their review (5.16)."""
    day = local_day(data.as_of_ms, data.period.tz)
    one_person = data.scope.id if data.scope.kind == "staff" else ""
    written = [one for one in data.notes if not one_person or one.staff == one_person]
    notes = [one for one in written if data.period.since_ms <= one.signed_ms < data.period.until_ms]
    loose = [one for one in notes if not one.names_goal]
    quiet = [(client, goal) for client in data.clients for goal in client.quiet_goals]
    overdue = [
        one
        for one in data.clients
        if one.span_on(day) is not None and is_overdue(one.treatment_due or None, day)
    ]

    def week(one: Week) -> tuple[Fraction | None, int]:
        part = [note for note in written if one.since_ms <= note.signed_ms < one.until_ms]
        return share(sum(not note.names_goal for note in part), len(part)), len(part)

    rows = [
        *(
            Behind(one.record, one.client, one.staff, one.signed_ms, "note without a goal", flag="warning")
            for one in loose
        ),
        *(Behind(client=one.id, words=f"goal without a note: {goal}", flag="warning") for one, goal in quiet),
        *(
            Behind(client=one.id, words=f"treatment plan due {one.treatment_due}", flag="error")
            for one in overdue
        ),
    ]
    return Metric(
        key="golden_thread", number=16, title="Golden thread", as_of_ms=data.as_of_ms,
        definition="Notes that name neither a goal nor why not; goals of a standing plan that no note has named for 30 days; treatment "
        "plans past their review, or not there when they should be.",
        figures=(
            Figure("Notes without a goal", share(len(loose), len(notes)), "%", len(notes), "notes", "warning" if loose else ""),
            Figure("Goals without a note", Fraction(len(quiet)), "", len(data.clients), "clients", "warning" if quiet else ""),
            Figure("Plans past their review", Fraction(len(overdue)), "", len(data.clients), "clients", "error" if overdue else ""),
        ),
        series=(trend("Notes without a goal", data, week, "%"),),
        behind=tuple(rows), source=data.source,
    )  # fmt: skip
