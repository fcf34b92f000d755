"""The day of one person: visits, what waits for them, alerts of the clients they will meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace

import orjson

from fieldapp.clinical import due
from fieldapp.clinical.medication import missed_too_many
from fieldapp.clinical.planned_visits import standing
from fieldapp.records.changes import Values
from fieldapp.records.defaults import setting
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.fold import ItemView, View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.contact import SEEN
from fieldapp.records.kinds.plan import TRIGGERS_SHORT

from ..draft_exchange import side_by_side
from ..models import AlertLine, DueLine, Me, TaskLine, Today, VisitLine
from ..tables import DraftRow
from ..transaction import Rx
from . import (
    checkins,
    credentials,
    discharges,
    goals,
    groups,
    lenient,
    medical,
    same_visit,
    seen,
    shifts,
    stays,
    tasks,
    waiting,
)
from .known import ClientFacts
from .lines import (
    Asking,
    client_line,
    first_plan_due,
    injections,
    is_mine,
    lai_until_ms,
    lai_words,
    length_over,
    short_day,
)
from .titles import title, title_of

UNSIGNED_D = 90
"""How far back missing notes are looked for: notes of that age are still on the laptop."""
MISSED_D = 4
"""How far back missed visits are shown: over a long weekend; the end of the day goes back further."""
TASKS_D = 3
"""Tasks due later than this many days from now are counted only; all of them stand under Tasks."""
_DAY_MS = 86_400_000
_SEVERITY = ("stop", "caution", "info")
_FIRST = (
    "checkin", "needs_you", "returned", "handoff", "crisis", "cosign", "back", "task", "intensity", "connection", "risk", "lai", "no_contact", "stay", "missed", "unsigned", "draft", "same_visit", "conflict",
    "plan_review", "goals", "no_goal",
    "measure", "contact_plan", "length", "alert_review", "credential",
)  # fmt: skip


def today(asking: Asking, day: str | None = None) -> Today:
    """Return a day; what is due is always as of now."""
    shown = day or asking.day
    visits = tuple(planned_visits(asking, shown))
    alerts: dict[str, tuple[str, str, AlertLine]] = {}
    for visit in visits:
        for alert in visit.alerts:
            alerts.setdefault(alert.record, (visit.client, visit.name, alert))
    listed = sorted(alerts.values(), key=lambda row: _SEVERITY.index(row[2].severity))
    todo = tasks.mine(asking)
    until = asking.now_ms + TASKS_D * _DAY_MS
    soon = [line for line in todo if line.due_ms is None or line.due_ms <= until]
    later = len(todo) - len(soon)
    held = groups.today_lines(asking) if shown == asking.day else ()
    late = tuple(missed_visits(asking)) if shown == asking.day else ()
    return Today(shown, visits, _due(asking, soon), tuple(listed), oncall_line(asking), later, held, late)


def planned_visits(asking: Asking, day: str) -> Iterator[VisitLine]:
    """Yield this person's visits of a day in order, without those that were cancelled."""
    tz = asking.me.tz
    return visits_between(asking, due.start_of_day_ms(day, tz), due.end_of_day_ms(day, tz))


def missed_visits(asking: Asking) -> Iterator[VisitLine]:
    """Yield this person's visits of the days before of which nothing was logged."""
    begins = due.start_of_day_ms(asking.day, asking.me.tz)
    for visit in visits_between(asking, begins - MISSED_D * _DAY_MS, begins):
        if standing(visit.state, visit.start_ms, visit.minutes, asking.now_ms, asking.me.tz) == "missed":
            yield visit


def visits_between(asking: Asking, since_ms: int, until_ms: int) -> Iterator[VisitLine]:
    """Yield this person's visits that begin in a time in order, without those that were cancelled; also those on which
    they come along.
    """
    me = asking.me.staff
    return (visit for visit in visits_of_all(asking, since_ms, until_ms) if me in (visit.staff, visit.second))


def visits_of_all(asking: Asking, since_ms: int, until_ms: int) -> Iterator[VisitLine]:
    """Yield everybody's visits that begin in a time in order, without those that were cancelled."""
    known = asking.known
    rows = asking.rx.all(
        "SELECT data, when_ms, state FROM view WHERE kind = 'planned_visit' AND when_ms >= ? AND when_ms < ?"
        " AND in_error = 0 AND state != 'cancelled' ORDER BY when_ms, record",
        since_ms, until_ms,
    )  # fmt: skip
    for data, when_ms, state in rows:
        view = View.from_data(orjson.loads(data))
        client = view.client or ""
        facts = known.clients.get(client)
        yield VisitLine(
            record=view.id,
            client=client,
            name=known.name_of(client),
            start_ms=when_ms,
            minutes=view.get("minutes") or 0,
            where=view.get("where") or "",
            note=view.get("note") or "",
            state=state,
            contact_type=view.get("contact_type") or "",
            modality=view.get("modality") or "",
            setting=view.get("setting") or "",
            risk=facts.risk if facts else "none",
            alerts=facts.alerts if facts else (),
            pronouns=facts.pronouns if facts else "",
            away=stays.away_at(asking, facts, due.day_of(when_ms, asking.me.tz)),
            staff=view.get("staff") or "",
            second=view.get("second") or "",
        )


def oncall_line(asking: Asking) -> str:
    """Return who answers now in this person's program, in one line; empty without a shift."""
    view = asking.rx.view(one_per(asking.me.program, "oncall")) if asking.me.program else None
    parts = []
    for shift in sorted(_shifts(view, asking.now_ms), key=lambda s: str(s.get("since"))):
        primary = asking.known.staff_name(shift.get("primary") or "")
        backup = asking.known.staff_name(shift.get("backup") or "")
        words = ", ".join(filter(None, [primary, shift.get("phone")]))
        parts.append(f"{words} (backup {backup})" if backup else words)
    return "On call: " + " / ".join(filter(None, parts)) if any(parts) else ""


def _shifts(view: View | None, now_ms: int) -> list[ItemView]:
    """Return the shifts that cover a moment; one that cannot be read covers none."""
    if view is None:
        return []
    return [
        shift
        for shift in view.items("shifts").values()
        if (since := lenient.moment(shift.get("since"))) is not None
        and (until := lenient.moment(shift.get("until"))) is not None
        and since <= now_ms < until
    ]


def is_on_call(rx: Rx, me: Me, program: str, now_ms: int) -> bool:
    """Tell whether this person is on call for a program now."""
    view = rx.view(one_per(program, "oncall")) if program else None
    return any(
        me.staff in (s.get("primary"), s.get("backup"), s.get("supervisor")) for s in _shifts(view, now_ms)
    )


def unfinished(asking: Asking) -> tuple[DueLine, ...]:
    """Return this person's own work that is not written, not signed, not finished, or came back."""
    drafts = asking.rx.drafts()
    found = [*_refused(asking), *_returned(asking), *_unsigned(asking, drafts), *_drafts(asking, drafts),
             *_crises(asking, drafts)]  # fmt: skip
    known = asking.known
    return tuple(replace(line, risk=known.risk_of(line.client)) for line in sorted(found, key=_urgency))


def _due(asking: Asking, todo: Iterable[TaskLine]) -> tuple[DueLine, ...]:
    drafts = asking.rx.drafts()
    found = [
        *_checkins(asking), *shifts.due_lines(asking),
        *_refused(asking), *_returned(asking), *_unsigned(asking, drafts), *_drafts(asking, drafts),
        *_crises(asking, drafts), *_to_cosign(asking), *_same_visits(asking), *_clients(asking),
        *_medical(asking), *_without_goal(asking), *credentials.expiring(asking),
    ]  # fmt: skip
    said = {kind: {line.client for line in found if line.kind == kind} for kind in ("plan_review", "back")}
    found += _tasks(todo, said["plan_review"], said["back"])
    known = asking.known
    return tuple(replace(line, risk=known.risk_of(line.client)) for line in sorted(found, key=_urgency))


def _urgency(line: DueLine) -> tuple[bool, bool, int, int, str, str]:
    """Sort who is out, what was refused or sent back first, then what is late, then by weight and date."""
    place = _FIRST.index(line.kind)
    return (place > 2, not line.late, place, line.due_ms or 2**63, line.name, line.record)


def _checkins(asking: Asking) -> Iterator[DueLine]:
    """Yield colleagues of whom there is no sign by the time they named, and where this person is checked in."""
    for one in checkins.overdue(asking):
        what = f"No sign of {one.staff_name}: {one.place}"
        yield DueLine("checkin", one.record, one.client, one.name, what, one.until_ms, True)
    own = checkins.mine(asking)
    if own is not None:
        what = f"You are checked in: {own.place}"
        yield DueLine("checkin", own.record, own.client, own.name, what, own.until_ms, own.late)


def _refused(asking: Asking) -> Iterator[DueLine]:
    for entry, record, kind, client, meaning, reason in asking.rx.all(
        "SELECT hash, record, kind, client, meaning, reason FROM entry WHERE own = 1 AND state = 'rejected'"
        " AND answered = 0 ORDER BY seq"
    ):
        draft = next((d.id for d in asking.rx.drafts() if d.record == record), "")
        yield DueLine(
            "needs_you", record, client or "", asking.known.name_of(client),
            f"{title_of(kind, meaning)}: {reason or 'not taken by the server'}", None, True, draft, entry,
        )  # fmt: skip


def _returned(asking: Asking) -> Iterator[DueLine]:
    rows = asking.rx.all("SELECT data, label FROM view WHERE status = 'returned' ORDER BY last_ms, record")
    for data, label in rows:
        view = View.from_data(orjson.loads(data))
        for step in view.leaves:
            if step.status == "returned" and step.author == asking.me.staff:
                why = [
                    n.reason
                    for n in view.notes
                    if n.about == step.hash and n.meaning == "return" and not n.lifted
                ]
                yield DueLine(
                    "returned", view.id, view.client or "", asking.known.name_of(view.client),
                    f"{title(view, label)} sent back: {'; '.join(why)}", None, False, entry=step.hash,
                )  # fmt: skip


def _unsigned(asking: Asking, drafts: list[DraftRow]) -> Iterator[DueLine]:
    marks = ",".join(f"'{outcome}'" for outcome in sorted(SEEN))
    rows = asking.rx.all(
        "SELECT v.data FROM view v WHERE v.owner = ? AND v.kind = 'contact' AND v.when_ms >= ?"  # noqa: S608
        f" AND v.in_error = 0 AND v.state IN ({marks})"
        " AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.name = 'note_of' AND f.value = v.record)"
        # Most contacts of a large laptop need none; reading them all to find that out took seconds.
        " AND COALESCE(json_extract(CAST(v.data AS TEXT), '$.fields.note_required[0][0]'), 1) != 0"
        " ORDER BY v.when_ms, v.record",
        asking.me.staff, asking.now_ms - UNSIGNED_D * _DAY_MS,
    )  # fmt: skip
    by_contact = {contact: draft.id for draft in drafts if (contact := _values(draft).get("contact"))}
    for (data,) in rows:
        view = View.from_data(orjson.loads(data))
        settings = asking.known.settings_of(view.client)
        ended = lenient.moment(view.get("stop") or view.get("start"))
        stop_ms = view.first_ms if ended is None else ended
        yield DueLine(
            "unsigned", view.id, view.client or "", asking.known.name_of(view.client),
            f"No note yet: {title(view, KINDS['contact'].index(view).label)}",
            due.note_due_ms(stop_ms, settings),
            due.note_flag(stop_ms, asking.now_ms, settings) != "open", by_contact.get(view.id, ""),
        )  # fmt: skip


def _values(draft: DraftRow) -> Values:
    found: Values = orjson.loads(draft.body) if draft.body else {}
    return found


def _drafts(asking: Asking, drafts: list[DraftRow]) -> Iterator[DueLine]:
    beside = side_by_side(asking.rx)
    twice = {*beside, *beside.values()}
    for draft in drafts:
        if draft.id in beside:
            continue  # stands with the one typed here
        if draft.id not in twice and draft.kind == "note" and _values(draft).get("contact"):
            continue  # stands with its contact
        if draft.kind == "crisis" and asking.rx.view(draft.record) is not None:
            continue  # stands with its record
        yield DueLine(
            "draft", draft.record, draft.client or "", asking.known.name_of(draft.client) or _typed_name(draft),
            f"{_draft_label(draft)}: "
            + ("written on two laptops, choose or join" if draft.id in twice else "not finished"),
            None, False, draft.id,
        )  # fmt: skip


def _typed_name(draft: DraftRow) -> str:
    """Return the name in the form for a new client, whom nobody knows yet."""
    return str(_values(draft).get("legal_name") or "") if draft.kind == "client" else ""


def _draft_label(draft: DraftRow) -> str:
    if draft.kind == "client" and draft.prev == b"[]":
        return "New client"
    # A line of quick entry belongs to nobody until it is saved.
    if draft.kind == "contact" and draft.client is None:
        return "Quick entry"
    return KINDS[draft.kind].label if draft.kind in KINDS else draft.kind


def _same_visits(asking: Asking) -> Iterator[DueLine]:
    """Yield own contacts that overlap another one of the same client, which its author could not see."""
    for one, other in same_visit.pairs(asking, asking.me.staff):
        theirs = other if one.steps[0].author == asking.me.staff else one
        who = "you" if theirs.steps[0].author == asking.me.staff else theirs.steps[0].name
        yield DueLine(
            "same_visit", one.id, one.client or "", asking.known.name_of(one.client),
            f"Logged twice, also by {who}? Both are kept", None, False, other=other.id,
        )  # fmt: skip


def _crises(asking: Asking, drafts: list[DraftRow]) -> Iterator[DueLine]:
    """Yield own crisis records that were begun and are still to be completed."""
    rows = asking.rx.all(
        "SELECT record, client, when_ms FROM view WHERE owner = ? AND kind = 'crisis' AND when_ms >= ?"
        " AND in_error = 0 AND state LIKE 'open%' ORDER BY when_ms, record",
        asking.me.staff, asking.now_ms - UNSIGNED_D * _DAY_MS,
    )  # fmt: skip
    by_record = {draft.record: draft.id for draft in drafts}
    for record, client, when_ms in rows:
        by = due.note_due_ms(when_ms, asking.known.settings_of(client), "crisis")
        yield DueLine(
            "crisis", record, client or "", asking.known.name_of(client), "Crisis record: complete it", by,
            asking.now_ms > by, by_record.get(record, ""),
        )  # fmt: skip


def _to_cosign(asking: Asking) -> Iterator[DueLine]:
    """Yield what waits for a mental health professional, for one who has no queue of a supervisor."""
    if asking.me.is_supervisor or "manager" in asking.me.roles or not asking.me.is_mhp:
        return
    for line in waiting.waiting(asking):
        if line.what in ("cosign", "answered"):
            yield DueLine(
                "cosign", line.record, line.client, line.name, f"Co-sign: {line.title} by {line.author}",
                line.due_ms, line.late, entry=line.entry,
            )  # fmt: skip


def _tasks(todo: Iterable[TaskLine], reviewed: Set[str], back: Set[str]) -> Iterator[DueLine]:
    """Yield tasks; what has a line of its own is not said twice: the review of a safety plan, a follow-up."""
    for line in todo:
        if line.what == "plan_review" and line.source_kind != "crisis_plan" and line.client in reviewed:
            continue
        if line.what == stays.TASK and line.client in back:
            continue
        if line.what == discharges.TASK and line.source:
            yield DueLine(
                "connection",
                line.record,
                line.client,
                line.name,
                line.title,
                line.due_ms,
                line.late,
                other=line.source,
            )
            continue
        kind = "intensity" if line.what == "intensity" else "task"
        yield DueLine(kind, line.record, line.client, line.name, line.title, line.due_ms, line.late)


def _clients(asking: Asking) -> Iterator[DueLine]:
    """Yield what clients need whose loose ends land on this person."""
    for facts in asking.known.clients.values():
        if is_mine(asking, facts) and facts.status not in CLOSED:
            yield from _client(asking, facts)


def _medical(asking: Asking) -> Iterator[DueLine]:
    """Yield injections that are due: to whoever gives them as soon as one comes near, to the primary worker when it is
    due; and doses missed on several days, to the primary worker.
    """
    tz = asking.me.tz
    for facts in asking.known.clients.values():
        gives = medical.is_our_patient(asking, facts)
        mine = is_mine(asking, facts) and facts.status not in CLOSED
        if not (gives or mine):
            continue
        record = one_per(facts.client, "medication_list")
        for one, state in injections(asking, facts):
            if state in ("due", "overdue") or (state == "soon" and gives):
                by = lai_until_ms(one, tz)
                what = lai_words(one, state)
                yield DueLine("lai", record, facts.client, facts.called, what, by, state == "overdue")
        doses = medical.missed(asking, facts.client) if mine else None
        if doses is not None and missed_too_many(doses[1], asking.known.settings_of(facts.client)):
            day = short_day(due.day_of(doses[0], tz))
            what = f"Missed {doses[1]} of 7 days ({day}): talk about the medicine"
            yield DueLine("missed", record, facts.client, facts.called, what, None, False)


def _treatment(
    asking: Asking, facts: ClientFacts, state: str, waits: Callable[[str, str, str, str], DueLine]
) -> Iterator[DueLine]:
    """Yield what the treatment plan needs: a first one, a review, one of two, goals that nobody works on."""
    record, plan, first = (
        one_per(facts.client, "treatment_plan"),
        facts.treatment,
        first_plan_due(asking, facts),
    )
    if state == "two":
        what = "Two treatment plans stand: make one of them"
        yield DueLine("goals", record, facts.client, facts.called, what, None, True)
    elif not plan.active and first and first <= asking.day:
        yield waits("goals", f"No treatment plan yet (admitted {short_day(facts.admitted)})", first, record)
    elif plan.active and plan.review_due and plan.review_due <= asking.day:
        what = "Treatment plan: offer it again" if plan.refused else "Treatment plan: look at it again"
        yield waits("goals", what, plan.review_due, record)
    quiet = goals.quiet_goals(asking, facts) if facts.status == "active" else []
    if quiet:
        days = setting(asking.known.settings_of(facts.client), "goal_no_note_d")
        count = "1 goal" if len(quiet) == 1 else f"{len(quiet)} goals"
        what = f"{count} without a note for {days} days: {'; '.join(quiet)}"
        yield DueLine("goals", record, facts.client, facts.called, what, None, False)


def _without_goal(asking: Asking) -> Iterator[DueLine]:
    """Yield own notes that name neither a goal nor why they have none."""
    for view, label in goals.notes_without_goal(asking):
        what = f"Note without a goal: {title(view, label)}"
        yield DueLine(
            "no_goal", view.id, view.client or "", asking.known.name_of(view.client), what, None, False
        )


def _client(asking: Asking, facts: ClientFacts) -> Iterator[DueLine]:
    day, tz, known = asking.day, asking.me.tz, asking.known
    line = client_line(asking, facts)

    def waits(kind: str, what: str, due_day: str, record: str = "") -> DueLine:
        due_ms = lenient.end_of(due_day, tz)
        return DueLine(
            kind,
            record or facts.client,
            facts.client,
            facts.called,
            what,
            due_ms,
            due.is_overdue(due_day, day),
        )

    for one in stays.asks(asking, facts):
        due_ms = lenient.end_of(one.due, tz) if one.due else None
        yield DueLine(one.kind, one.record, facts.client, facts.called, one.words, due_ms, one.late)
    if line.overdue:
        tried = len(seen.tries(asking.rx, facts.client))
        since = f", {tried} {'try' if tried == 1 else 'tries'}" if tried else ""
        yield DueLine(
            "no_contact", one_per(facts.client, "contact_plan"), facts.client, facts.called,
            f"No contact for {line.no_contact_days} days (agreed: {line.no_contact_limit}){since}", None, True,
        )  # fmt: skip
    if line.agreed_review:
        yield waits(
            "contact_plan", "Contact plan: look at it again", line.agreed_review,
            one_per(facts.client, "contact_plan"),
        )  # fmt: skip
    risk_record = one_per(facts.client, "risk")
    if facts.risk == "screen_needed":
        yield DueLine("risk", risk_record, facts.client, facts.called, "Risk: a screen is needed", None, True)
    elif facts.risk_review and facts.risk_review <= day and facts.risk != "none":
        yield waits("risk", "Risk: review is due", facts.risk_review, risk_record)
    plan_record = one_per(facts.client, "safety_plan")
    if line.plan == "two":
        yield DueLine(
            "conflict", plan_record, facts.client, facts.called, "Two safety plans stand: make one of them",
            None, True,
        )  # fmt: skip
    elif line.plan == "now":
        why = TRIGGERS_SHORT.get(facts.plan.fired, "").lower()
        yield DueLine(
            "plan_review", plan_record, facts.client, facts.called, f"Look at the safety plan now: {why}",
            None, True,
        )  # fmt: skip
    elif facts.plan.review_due and facts.plan.review_due <= day:
        what = "Safety plan: offer it again" if line.plan == "declined" else "Safety plan: look at it again"
        yield waits("plan_review", what, facts.plan.review_due, plan_record)
    yield from _treatment(asking, facts, line.goals, waits)
    program = known.programs.get(facts.program)
    measured = due.day_of(facts.measured_ms, tz) if facts.measured_ms is not None else ""
    settings = known.settings_of(facts.client)
    archetype = program.archetype if program else ""
    next_one = due.measure_day(measured, facts.admitted, archetype, settings)
    if next_one is not None and facts.status == "active" and next_one[0] <= day:
        what = "First measures are to be asked" if next_one[1] else f"Measures: last asked on {measured}"
        yield waits("measure", what, next_one[0])
    over = length_over(asking, facts)
    if over:
        yield waits("length", "Longer than the program plans: say why and until when", over)
    for alert in facts.alerts:
        if alert.review_by and alert.review_by <= day:
            yield waits(
                "alert_review", f"Alert: {alert.label}: does it still hold?", alert.review_by, alert.record
            )
    if facts.conflicts and not (line.plan == "two" and facts.conflicts == 1):
        some = "1 field" if facts.conflicts == 1 else f"{facts.conflicts} fields"
        yield DueLine(
            "conflict",
            facts.client,
            facts.client,
            facts.called,
            f"{some} with two values to settle",
            None,
            False,
        )
