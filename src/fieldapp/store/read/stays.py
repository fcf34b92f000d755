"""Stays in hospital, ED and jail: of a client, of a team, and what they ask of whoever works with the client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from fieldapp.clinical import due, stays
from fieldapp.clinical.policy import Actor, allow
from fieldapp.clinical.stays import Stay
from fieldapp.records.changes import values_of
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.kinds.stay import SHORT, WHATS

from ..models import VisitLine
from ..search import plain
from ..stay_models import FollowRead, StayLine, StayRead, StaysRead, YearCounts
from ..transaction import Rx
from .known import ClientFacts
from .lines import Asking, is_ours, short_day
from .record import NotHere
from .seen import seen_days

KIND = "stay"
TASK = "hospital_follow_up"


def away(asking: Asking) -> tuple[StayLine, ...]:
    """Return the hospital and jail list of this person's teams: who is away now, the longest first.

    An open visit to an emergency department is on it too; discharged clients are not.
    """
    found = []
    for facts in asking.known.clients.values():
        one = stays.open_visit(facts.stays)
        if one is not None and facts.status != "discharged" and is_ours(asking, facts):
            found.append(_line(asking, facts, one))
    return tuple(sorted(found, key=lambda line: (line.since, plain(line.name), line.client)))


def _line(asking: Asking, facts: ClientFacts, stay: Stay) -> StayLine:
    worker = facts.primary_on(asking.day)
    return StayLine(
        record=stay.record,
        client=facts.client,
        name=facts.called,
        risk=facts.risk,
        what=stay.what,
        what_words=WHATS.get(stay.what, stay.what),
        place=stay.place,
        since=stay.since,
        days=stays.day_number(stay, asking.day),
        planned_discharge=stay.planned,
        worker=asking.known.staff_name(worker),
        worker_id=worker,
        legal=stay.legal,
        contact=stay.contact,
        is_away=stay.is_away,
    )


def stays_read(asking: Asking, client: str) -> StaysRead:
    """Return a client's stays with what became of the follow-ups; raises NotHere."""
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    me, rx = asking.me, asking.rx
    settings = asking.known.settings_of(client)
    views = {view.id: view for view in rx.views(KIND, client) if not view.in_error}
    drafts = {row.record: row.id for row in rx.drafts() if row.kind == KIND and row.client == client}
    first = min((one.until for one in facts.stays if one.until), default="")
    seen = seen_days(rx, client, first, me.tz) if first else frozenset()
    found = []
    for one in facts.stays:
        periods = []
        for period in stays.follow_ups(one, settings):
            # Being seen after the next stay began says nothing of this one.
            after = next_after(facts.stays, one)
            counted = {day for day in seen if not after or day < after}
            how, day = stays.standing(period, counted, asking.day)
            periods.append(FollowRead(period, how, day))
        view = views.get(one.record)
        found.append(
            StayRead(
                one,
                stays.day_number(one, asking.day),
                tuple(periods),
                values_of(KINDS[KIND], view),
                is_twice(facts.stays, one),
                view.steps[0].name if view is not None and view.steps else "",
                drafts.get(one.record, ""),
            )
        )
    actor = Actor(me.staff, frozenset(me.roles), me.is_mhp)
    return StaysRead(
        client, tuple(found), _year(asking, facts), _before(asking, client), facts.admitted,
        tuple(visits_while_away(asking, facts)), bool(allow(actor, "save", KIND)),
    )  # fmt: skip


def next_after(known: tuple[Stay, ...], stay: Stay) -> str:
    """Return the day on which the client went away again after a stay; empty for not yet."""
    later = (one.since for one in known if one.record != stay.record and one.since >= (stay.until or "9"))
    return min(later, default="")


def is_twice(known: tuple[Stay, ...], stay: Stay) -> bool:
    """Tell whether another record says of the same days that the client was in a place of the same kind."""
    return any(
        other.record != stay.record
        and other.what == stay.what
        and other.since <= (stay.until or "9")
        and stay.since <= (other.until or "9")
        for other in known
    )


def _year(asking: Asking, facts: ClientFacts) -> YearCounts:
    first, today = stays.year_before(asking.day), asking.day
    crises = asking.rx.value(
        "SELECT count(*) FROM view WHERE client = ? AND kind = 'crisis' AND in_error = 0 AND when_ms >= ?",
        facts.client, due.start_of_day_ms(first, asking.me.tz),
    )  # fmt: skip
    return YearCounts(
        hospital_days=stays.days_in(facts.stays, stays.HOSPITAL, first, today),
        hospital_stays=sum(
            stays.visits_in(facts.stays, what, first, today) for what in sorted(stays.HOSPITAL)
        ),
        ed_visits=stays.visits_in(facts.stays, "ed", first, today),
        crises=int(crises or 0),
        jail_days=stays.days_in(facts.stays, {stays.JAIL}, first, today),
    )


def _before(asking: Asking, client: str) -> YearCounts:
    """Return what the intake says of the twelve months before admission (clinical.md 2.2)."""
    view = open_episode([one for one in asking.rx.views("episode", client) if not one.in_error])
    names = ("hospitalisations_prior_12m", "ed_visits_prior_12m", "crisis_contacts_prior_12m")
    said = [view.get(name) if view is not None else None for name in names]
    numbers = [int(one) if isinstance(one, int) else None for one in said]
    return YearCounts(None, *numbers)


def visits_while_away(asking: Asking, facts: ClientFacts) -> Iterator[VisitLine]:
    """Yield the visits of everybody that are planned from today on while the client is away, in order."""
    stay = stays.away_now(facts.stays)
    if stay is None:
        return
    rows = asking.rx.all(
        "SELECT data, when_ms, state, owner FROM view WHERE client = ? AND kind = 'planned_visit' AND when_ms >= ?"
        " AND in_error = 0 AND state = 'planned' ORDER BY when_ms, record",
        facts.client, due.start_of_day_ms(asking.day, asking.me.tz),
    )  # fmt: skip
    for data, when_ms, state, owner in rows:
        if stay.planned and due.day_of(when_ms, asking.me.tz) > stay.planned:
            return
        view = View.from_data(orjson.loads(data))
        yield VisitLine(
            view.id, facts.client, facts.called, when_ms, view.get("minutes") or 0, view.get("where") or "",
            asking.known.staff_name(owner), state, view.get("contact_type") or "", view.get("modality") or "",
            view.get("setting") or "", facts.risk, facts.alerts,
        )  # fmt: skip


def away_at(asking: Asking, facts: ClientFacts | None, day: str) -> str:
    """Return why a visit on a day finds nobody, in few letters: `hospital 9 d`; empty where nothing says so."""
    stay = stays.away_now(facts.stays) if facts is not None else None
    if stay is None or day < stay.since or (stay.planned and day > stay.planned):
        return ""
    return stays.away_words(stay, asking.day)


# What waits for somebody


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a stay asks of the client's worker."""

    kind: str
    """`back`: see them; `stay`: find out how it stands."""
    record: str
    words: str
    due: str
    """The last day in time."""
    late: bool


def asks(asking: Asking, facts: ClientFacts) -> Iterator[Ask]:
    """Yield what a client's stays ask for today: seen after they came back, or news of one that should be over."""
    day = asking.day
    one = stays.open_visit(facts.stays)
    if one is not None:
        where = SHORT.get(one.what, "away")
        if one.planned and one.planned <= day:
            words = (
                f"In {where}: out as planned on {short_day(one.planned)}? Say how it ended, or the new day"
            )
            yield Ask("stay", one.record, words, one.planned, one.planned < day)
        elif one.what == "ed" and stays.day_number(one, day) >= stays.ED_LONG_D:
            yield Ask("stay", one.record, f"ED visit of {short_day(one.since)}: how did it end?", "", True)
    found = _open_follow_up(asking, facts)
    if found is not None:
        stay, period = found
        away_d = due.days_between(stay.until, day)
        when = "today" if not away_d else f"{away_d} d ago"
        words = f"Back from {SHORT.get(stay.what, 'away')} {when}: seen? by {short_day(period.due)}"
        yield Ask("back", stay.record, words, period.due, away_d > _first_within(asking, facts, stay))


def _first_within(asking: Asking, facts: ClientFacts, stay: Stay) -> int:
    return stays.follow_ups(stay, asking.known.settings_of(facts.client))[0].within


def _open_follow_up(asking: Asking, facts: ClientFacts) -> tuple[Stay, stays.FollowUp] | None:
    seen = due.day_of(facts.last_seen_ms, asking.me.tz) if facts.last_seen_ms is not None else ""
    return stays.open_follow_up(facts.stays, seen, asking.known.settings_of(facts.client), asking.day)


def task_id(client: str, stay: Stay, period: stays.FollowUp) -> str:
    """Return the only id of the task that a follow-up is: two laptops that write down one stay make one task of it."""
    return one_per(client, f"task {TASK} {stay.until} {period.within}")


def is_met(asking: Asking, client: str, task: str) -> bool:
    """Tell whether a follow-up task is over because the client was seen, also where nobody has closed it."""
    facts = asking.known.clients.get(client)
    if facts is None or facts.last_seen_ms is None:
        return False
    seen = due.day_of(facts.last_seen_ms, asking.me.tz)
    settings = asking.known.settings_of(client)
    return any(
        task_id(client, one, period) == task and seen >= period.first
        for one in facts.stays
        for period in stays.follow_ups(one, settings)
    )


def of_client(rx: Rx, client: str) -> tuple[Stay, ...]:
    """Return a client's stays as they stand in a transaction, open ones first."""
    found = (
        stays.read(view.id, values_of(KINDS[KIND], view))
        for view in rx.views(KIND, client)
        if not view.in_error
    )
    return stays.ordered(one for one in found if one is not None)
