"""Who works with a client, from when until when: given, ended, covered for a leave, handed over; one entry a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldapp.clinical.assigning import COVER, COVER_REQUEST, PRIMARY, given, touches
from fieldapp.clinical.due import end_of_day_ms
from fieldapp.clinical.roles import REVIEWERS
from fieldapp.crypto.keys import Identity
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.assignment import ROLES
from fieldapp.store.read import lenient
from fieldapp.store.read.known import ClientFacts

from . import effects
from .failures import NotAllowed, not_ready
from .opened import Writing
from .pen import Pen

KIND = "assignment"


def give(
    work: Writing, identity: Identity, client: str, staff: str, role: str, since: str, until: str = "",
    covers: str = "",
) -> str:  # fmt: skip
    """Give somebody a role with a client; a new primary ends the one before in the same entry. Returns the hash.

    Args:
        since: first day; until: last day, "" while open.
        covers: of a covering person, whose place they take.
    """
    if role not in ROLES:
        raise not_ready("role", "Choose the role.")
    _check(work, staff, since, until)
    return _write(Pen(work, identity), client, _row(staff, role, since, until, covers))


def end(work: Writing, identity: Identity, client: str, item: str, until: str) -> str:
    """Say on which day somebody's time with a client ends; that of a primary ends by giving another one."""
    periods = _periods(work, client)
    row = periods.get(item)
    if row is None:
        raise NotAllowed("This assignment is no longer here.")
    if row.get("role") == PRIMARY:
        raise NotAllowed(
            "A client always has a primary worker: give another one, and this one ends the day before."
        )
    if not lenient.day(until) or until < str(row.get("since") or ""):
        raise not_ready("until", "It ends after it begins: check the day.")
    view = work.rx.view(one_per(client, KIND))
    body = {"items": {"periods": {item: {"until": until}}}}
    return (
        Pen(work, identity)
        .write(KIND, one_per(client, KIND), client, "save", view.heads if view else [], body)
        .hash
    )


def cover(
    work: Writing, identity: Identity, person: str, staff: str, since: str, until: str,
    clients: Sequence[str] = (),
) -> int:  # fmt: skip
    """Have somebody cover for a colleague's leave with all clients (or those that are named) whom the colleague works
    with in that time, whatever the role; returns with how many.
    """
    _check(work, staff, since, until)
    if not until:
        raise not_ready("until", "Say until when: a leave without an end is a hand-over.")
    _others(person, staff)
    pen = Pen(work, identity)
    wanted = [facts.client for facts in _with(work, person, since, until, clients)]
    if not wanted:
        raise NotAllowed(f"{work.known.staff_name(person)} works with nobody in that time.")
    for client in wanted:
        _write(pen, client, _row(staff, COVER, since, until, person))
    return len(wanted)


def hand_over(
    work: Writing, identity: Identity, person: str, staff: str, since: str, clients: Sequence[str] = ()
) -> int:
    """Make somebody the primary worker, from a day on, of all clients (or those that are named) whose primary worker a
    colleague is on that day; returns of how many.
    """
    _check(work, staff, since, "")
    _others(person, staff)
    pen = Pen(work, identity)
    wanted = [
        facts.client
        for facts in _with(work, person, since, since, clients)
        if facts.primary_on(since) == person
    ]
    if not wanted:
        raise NotAllowed(f"{work.known.staff_name(person)} is nobody's primary worker on that day.")
    for client in wanted:
        _write(pen, client, _row(staff, PRIMARY, since, "", ""))
    return len(wanted)


def cover_myself(work: Writing, identity: Identity, client: str) -> bool:
    """Say that this person covers for a client today; True where it holds at once.

    The role table lets supervisors and managers write assignments, nobody else (clinical.md 1.3): from all others it is
    a task for the supervisor, once a day, which the assignment answers.
    """
    me, day = work.me, work.day
    facts = work.known.clients.get(client)
    if facts is None:
        raise NotAllowed("This client is not on this laptop.")
    if me.staff in facts.staff_on(day):
        raise NotAllowed("You are assigned to this client already.")
    if REVIEWERS & set(me.roles):
        primary = facts.primary_on(day)
        _write(Pen(work, identity), client, _row(me.staff, COVER, day, day, primary))
        return True
    record = one_per(one_per(client, KIND), f"task cover {me.staff} {day}")
    if work.rx.view(record) is not None:
        raise NotAllowed("You asked already today: your supervisor has it.")
    values = {
        "what": COVER_REQUEST, "title": f"{me.name} asks to cover today"[:300], "role": "supervisor",
        "due": instant(end_of_day_ms(day, me.tz)),
    }  # fmt: skip
    Pen(work, identity).write("task", record, client, "save", [], {"set": values})
    return False


def _write(pen: Pen, client: str, row: Mapping[str, Any]) -> str:
    work = pen.work
    view = work.rx.view(one_per(client, KIND))
    periods = _periods(work, client)
    # Somebody else's time at the same moment is settled by saying again who it is.
    settles = any(
        old.get("role") == row["role"] == PRIMARY
        and old.get("staff") != row["staff"]
        and touches(old, str(row["since"]), str(row["until"]))
        for old in periods.values()
    )
    if not settles and any(_says(old, row) for old in periods.values()):
        raise NotAllowed(
            f"{work.known.staff_name(str(row['staff']))} is {ROLES[str(row['role'])].lower()} for that time already."
        )
    body = given(periods, row, new_ids(work)).body()
    entry = pen.write(
        KIND, one_per(client, KIND), client, "save", view.heads if view is not None else [], body
    )
    effects.of(pen, entry, {}, {})
    return entry.hash


def _says(old: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether a period says already what a new one would."""
    same = ("staff", "role", "until", "covers")
    return all((old.get(name) or "") == (row.get(name) or "") for name in same) and str(
        old.get("since") or ""
    ) <= str(row["since"])


def _row(staff: str, role: str, since: str, until: str, covers: str) -> dict[str, Any]:
    return {"staff": staff, "role": role, "since": since, "until": until, "covers": covers}


def _periods(work: Writing, client: str) -> dict[str, dict[str, Any]]:
    return dict(values_of(KINDS[KIND], work.rx.view(one_per(client, KIND))).get("periods") or {})


def _with(
    work: Writing, person: str, since: str, until: str, clients: Sequence[str]
) -> Iterator[ClientFacts]:
    """Yield the clients with whom somebody works, covering aside, on any day of a time."""
    for facts in sorted(work.known.clients.values(), key=lambda one: one.client):
        if (
            facts.assignment is None
            or facts.status == "discharged"
            or (clients and facts.client not in clients)
        ):
            continue
        if any(
            row.get("staff") == person and row.get("role") != COVER and touches(row, since, until)
            for row in facts.periods()
        ):
            yield facts


def _check(work: Writing, staff: str, since: str, until: str) -> None:
    if staff not in work.known.staff:
        raise not_ready("staff", "Choose who.")
    if not lenient.day(since):
        raise not_ready("since", "Say from which day on.")
    if until and (not lenient.day(until) or until < since):
        raise not_ready("until", "It ends after it begins: check the day.")


def _others(person: str, staff: str) -> None:
    if person == staff:
        raise not_ready("staff", "Choose somebody else: nobody takes their own place.")


def new_ids(work: Writing) -> Iterator[str]:
    """Yield fresh ids for list items."""
    while True:
        yield uuid7(work.device_ms)
