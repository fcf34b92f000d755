"""The on-call roster and shift reports of a person's program, and what a report begins with (clinical.md 2.6, 2.19)."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from fieldapp.clinical.memberships import is_clinical, memberships_on
from fieldapp.clinical.oncall import Span, gaps, overlaps
from fieldapp.records.changes import Values
from fieldapp.records.days import day_of
from fieldapp.records.envelope import instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.break_glass import REASONS
from fieldapp.records.kinds.shift_report import WHATS

from ..models import DueLine
from ..oncall_models import OncallRead, ReportedLine, ReportRead, ReportStart, ShiftLine
from . import lenient
from .lines import Asking
from .record import NotHere
from .titles import text, title

SHOWN_D = 30
"""How far back reports are listed."""
UNREAD_D = 3
"""How long a report that somebody has not read stands among what is due."""
OWED_MS = 24 * 3_600_000
"""How long after the end of a shift its hand-over is asked for."""
_SOON_MS = 12 * 3_600_000
"""A report that ends this long before its shift does is that shift's report."""
_LONGEST_MS = 7 * 24 * 3_600_000
_WATCHED = ("high", "imminent")
_WORDS = 280


# The roster


def roster(asking: Asking) -> OncallRead:
    """Return the roster of the person's program from yesterday on; raises NotHere without a program."""
    program = asking.me.program
    if not program:
        raise NotHere
    record = one_per(program, "oncall")
    since = asking.now_ms - 24 * 3_600_000
    listed = [(item, span, row) for item, span, row in _shifts(asking, record) if span.until_ms > since]
    doubled = overlaps(span for _, span, _ in listed)
    shifts = tuple(
        ShiftLine(
            item=item,
            since_ms=span.since_ms,
            until_ms=span.until_ms,
            primary=row["primary"],
            primary_name=asking.known.staff_name(row["primary"]),
            backup_name=asking.known.staff_name(row["backup"]),
            supervisor_name=asking.known.staff_name(row["supervisor"]),
            phone=row["phone"],
            now=span.since_ms <= asking.now_ms < span.until_ms,
            double=any(one.since_ms < span.until_ms and span.since_ms < one.until_ms for one in doubled),
        )
        for item, span, row in listed
    )
    last = max((span.until_ms for _, span, _ in listed), default=asking.now_ms)
    open_times = gaps((span for _, span, _ in listed), asking.now_ms, max(last, asking.now_ms))
    begun = any(draft.record == record for draft in asking.rx.drafts())
    return OncallRead(
        record, program, asking.me.program_name, shifts,
        tuple((gap.since_ms, gap.until_ms) for gap in open_times), begun,
    )  # fmt: skip


def answering(asking: Asking) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of who can be on call: clinical staff of the person's program today, by name."""
    found = []
    for one in asking.known.staff.values():
        members = memberships_on(one.values, asking.day)
        if is_clinical(members) and any(member.program == asking.me.program for member in members):
            found.append((one.id, one.name))
    return tuple(sorted(found, key=lambda row: (row[1], row[0])))


def _shifts(asking: Asking, record: str) -> list[tuple[str, Span, dict[str, str]]]:
    """Return (item, time, who and phone) of the shifts that can be read, by their beginning."""
    view = asking.rx.view(record)
    found = []
    for item, shift in view.items("shifts").items() if view is not None else ():
        since, until = lenient.moment(shift.get("since")), lenient.moment(shift.get("until"))
        if since is not None and until is not None and since < until:
            row = {name: str(shift.get(name) or "") for name in ("primary", "backup", "supervisor", "phone")}
            found.append((item, Span(since, until), row))
    return sorted(found, key=lambda one: (one[1].since_ms, one[1].until_ms, one[0]))


# Reports


def reports(asking: Asking) -> tuple[ReportRead, ...]:
    """Return the reports of the person's programs of the last weeks, newest first."""
    since = asking.now_ms - SHOWN_D * 24 * 3_600_000
    rows = asking.rx.all(
        "SELECT data FROM view WHERE kind = 'shift_report' AND when_ms >= ? AND in_error = 0"
        " ORDER BY when_ms DESC, record",
        since,
    )
    views = (View.from_data(orjson.loads(data)) for (data,) in rows)
    return tuple(_report(asking, view) for view in views if view.get("program") in asking.me.programs)


def report(asking: Asking, record: str) -> ReportRead:
    """Return one report; raises NotHere."""
    view = asking.rx.view(record)
    if view is None or view.kind != "shift_report" or view.in_error:
        raise NotHere
    return _report(asking, view)


def _report(asking: Asking, view: View) -> ReportRead:
    known, me = asking.known, asking.me.staff
    order = list(WHATS)
    lines = [
        ReportedLine(
            item=item,
            client=str(row.get("client") or ""),
            name=known.name_of(row.get("client") or None),
            risk=known.risk_of(row.get("client") or None),
            what=str(row.get("what") or "other"),
            words=str(row.get("words") or ""),
            source=str(row.get("source") or ""),
        )
        for item, row in view.items("lines").items()
        # Emptied on the form: left out.
        if row.get("words")
    ]
    lines.sort(
        key=lambda one: (order.index(one.what) if one.what in order else len(order), one.name, one.item)
    )
    receipts = view.items("receipts")
    readers = [
        (str(row.get("by") or known.staff_name(staff)), lenient.moment(row.get("at")) or view.first_ms)
        for staff, row in receipts.items()
    ]
    author = view.steps[0].author if view.steps else ""
    until = lenient.moment(view.get("until"))
    return ReportRead(
        record=view.id,
        author=author,
        author_name=view.steps[0].name if view.steps else "",
        to_name=known.staff_name(str(view.get("to") or "")),
        since_ms=lenient.moment(view.get("since")) or view.first_ms,
        until_ms=view.first_ms if until is None else until,
        remark=str(view.get("remark") or ""),
        lines=tuple(lines),
        readers=tuple(sorted(readers, key=lambda one: (one[1], one[0]))),
        unread=author != me and me not in receipts,
    )


def due_lines(asking: Asking) -> Iterator[DueLine]:
    """Yield the reports that this person has not read, and the hand-over that their own shift still owes."""
    for one in reports(asking):
        if one.unread and one.until_ms >= asking.now_ms - UNREAD_D * 24 * 3_600_000:
            count = len(one.lines)
            about = "1 line" if count == 1 else f"{count} lines" if count else "nothing to hand over"
            yield DueLine(
                "handoff", one.record, "", "", f"Shift report by {one.author_name}: {about}", None, False
            )
    owed = owed_shift(asking)
    if owed is not None:
        yield DueLine(
            "handoff", "", "", "", "Your shift is over: hand over", owed[1].until_ms + OWED_MS, False
        )


def owed_shift(asking: Asking) -> tuple[str, Span] | None:
    """Return this person's shift that ended within a day and was not handed over; None if there is none."""
    if not asking.me.program:
        return None
    now = asking.now_ms
    ended = [
        (item, span)
        for item, span, row in _shifts(asking, one_per(asking.me.program, "oncall"))
        if row["primary"] == asking.me.staff and now - OWED_MS < span.until_ms <= now
    ]
    if not ended:
        return None
    item, span = ended[-1]
    return None if _last_until(asking, asking.me.program) >= span.until_ms - _SOON_MS else (item, span)


def _last_until(asking: Asking, program: str) -> int:
    """Return up to when shifts of a program were handed over; 0 if never."""
    rows = asking.rx.all(
        "SELECT data FROM view WHERE kind = 'shift_report' AND in_error = 0 ORDER BY when_ms DESC LIMIT 50"
    )
    views = (View.from_data(orjson.loads(data)) for (data,) in rows)
    ends = [lenient.moment(view.get("until")) or 0 for view in views if view.get("program") == program]
    return max(ends, default=0)


def report_start(asking: Asking, new_id: str) -> ReportStart:
    """Return what a new report begins with: the time since the last one, and a line for each client of whom
    there is something to say; raises NotHere without a program.

    Args:
        new_id: what the ids of lines are made from.
    """
    program = asking.me.program
    if not program:
        raise NotHere
    begun = next((draft for draft in asking.rx.drafts() if draft.kind == "shift_report"), None)
    if begun is not None:
        return ReportStart({}, begun.id)
    now = asking.now_ms
    shift = _shift_of(asking)
    until = min(shift[1].until_ms, now) if shift is not None else now
    since = max(_last_until(asking, program), shift[1].since_ms if shift is not None else now - OWED_MS)
    since = max(since, until - _LONGEST_MS) if since < until else until - OWED_MS
    lines = {
        f"{new_id}-{number:03}": line for number, line in enumerate(_gathered(asking, program, since, until))
    }
    values: Values = {"program": program, "since": instant(since), "until": instant(until), "lines": lines}
    if shift is not None:
        values["shift"] = shift[0]
    after = [
        row["primary"]
        for _, span, row in _shifts(asking, one_per(program, "oncall"))
        if span.since_ms <= until < span.until_ms and row["primary"] not in ("", asking.me.staff)
    ]
    if after:
        values["to"] = after[0]
    return ReportStart(values)


def _shift_of(asking: Asking) -> tuple[str, Span] | None:
    """Return this person's shift that holds now or ended last within a day."""
    mine = [
        (item, span)
        for item, span, row in _shifts(asking, one_per(asking.me.program, "oncall"))
        if asking.me.staff in (row["primary"], row["backup"])
        and span.since_ms <= asking.now_ms < span.until_ms + OWED_MS
    ]
    return mine[-1] if mine else None


def _gathered(asking: Asking, program: str, since_ms: int, until_ms: int) -> Iterator[Values]:
    """Yield a line per record: open crises, and what changed in the time and concerns whoever comes next."""
    clients = asking.known.clients
    rows = asking.rx.all(
        "SELECT data, label, state FROM view WHERE in_error = 0 AND ("
        " kind = 'crisis' AND (state LIKE 'open%' OR when_ms >= ?1 AND when_ms < ?2)"
        " OR kind = 'risk' AND state IN ('high', 'imminent') AND last_ms >= ?1 AND last_ms < ?2"
        " OR kind IN ('alert', 'stay') AND last_ms >= ?1 AND last_ms < ?2"
        " OR kind = 'task' AND state = 'open' AND when_ms >= ?1 AND when_ms < ?2"
        " OR kind = 'break_glass' AND when_ms >= ?1 AND when_ms < ?2)"
        " ORDER BY when_ms, record",
        since_ms, until_ms,
    )  # fmt: skip
    for data, label, _ in rows:
        view = View.from_data(orjson.loads(data))
        facts = clients.get(view.client or "")
        if facts is None or facts.program != program:
            continue
        what = _WHAT_OF.get(view.kind, "other")
        if view.kind == "task" and (not view.steps or view.steps[0].author != asking.me.staff):
            continue
        if view.kind == "break_glass":
            if view.get("reason_code") != "welfare_check":
                continue
            words = f"{REASONS['welfare_check']}: {view.get('reason') or ''}".rstrip(": ")
        else:
            # A stay says where and until when; whoever takes over asks how long already.
            since = f"since {day}" if view.kind == "stay" and (day := day_of(view.get("since"))) else ""
            head = ", ".join(part for part in (title(view, label), since) if part)
            words = ": ".join(part for part in (head, text(view)) if part)
        yield {"client": view.client, "what": what, "words": words[:_WORDS], "source": view.id}


_WHAT_OF = {
    "crisis": "crisis", "risk": "watch", "alert": "alert", "stay": "hospital", "task": "task", "break_glass": "welfare",
}  # fmt: skip
