"""Importing a roster on an unlocked laptop: what is known there, and writing a plan in its person's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fieldapp.clinical.policy import Actor, allow
from fieldapp.laptop.failures import NotAllowed
from fieldapp.laptop.pen import Pen
from fieldapp.records.fold import View
from fieldapp.records.ids import uuid7

from .csvfile import read_file
from .known import KnownClient, organisation
from .plan import ImportPlan, RowPlan
from .roster import COLUMNS, NEEDED, plan_roster
from .roster_line import Task

if TYPE_CHECKING:
    from fieldapp.laptop.laptop import Laptop
    from fieldapp.store.read.lines import Asking

KINDS_WRITTEN = ("client", "episode", "assignment", "contact_plan", "related_person", "alert")
BATCH = 300
"""Entries of one transaction: a crash leaves whole lines, and the next import goes on from there."""
Progress = Callable[[int, int], None]


def plan_file(laptop: Laptop, path: Path, *, team: str = "", add_lookalikes: bool = False) -> ImportPlan:
    """Return what a roster file comes to on this laptop; raises InputFailure, NotAllowed."""
    table = read_file(path, COLUMNS, NEEDED)
    with laptop._open().reading() as asking:
        _check_role(asking)
        org = organisation(
            (view for kind in ("program", "team", "staff") for view in asking.rx.views(kind)), asking.day
        )
        if team and team not in org.teams:
            known = ", ".join(sorted(org.teams)) or "none yet"
            raise NotAllowed(f"There is no team with the short name {team} (known: {known}).")
        me = asking.me
        task = Task(
            org=org,
            clients=tuple(_clients(asking)),
            today=asking.day,
            new_id=lambda: uuid7(asking.now_ms),
            team=team,
            readable=frozenset(me.programs),
            writable_teams=None if "records" in me.roles else frozenset(me.teams),
            add_lookalikes=add_lookalikes,
            settings=me.settings,
        )
        return plan_roster(table, task)


def write(laptop: Laptop, plan: ImportPlan, on_progress: Progress = lambda done, all_: None) -> int:
    """Sign and store what a plan says, some hundred entries at a time; returns how many were written.

    A line is never split between two transactions. What changed since the plan was made is not
    overwritten: the entry follows the version that was planned from, so both show.
    """
    opened = laptop._open()
    owed = len(plan.writes)
    done = 0
    for lines in _batches(plan.good):
        with opened.writing() as work:
            pen = Pen(work, opened.identity(work.tx))
            for line in lines:
                for one in line.writes:
                    pen.write(one.kind.name, one.record, one.client, "save", one.prev, one.body)
        done += sum(len(line.writes) for line in lines)
        on_progress(done, owed)
    return done


def _check_role(asking: Asking) -> None:
    me = asking.me
    actor = Actor(me.staff, frozenset(me.roles), me.is_mhp)
    if not all(allow(actor, "save", kind) for kind in KINDS_WRITTEN):
        raise NotAllowed("Importing a roster needs the supervisor role; ask the supervisor of the team.")


def _clients(asking: Asking) -> Iterator[KnownClient]:
    around: dict[str, dict[str, tuple[View, ...]]] = {}
    for kind in KINDS_WRITTEN[1:]:
        for view in asking.rx.views(kind):
            if view.client and not view.in_error:
                records = around.setdefault(view.client, {})
                records[kind] = (*records.get(kind, ()), view)
    for view in asking.rx.views("client"):
        if not view.in_error:
            yield KnownClient(view, around.get(view.id, {}))


def _batches(lines: tuple[RowPlan, ...]) -> Iterator[list[RowPlan]]:
    batch: list[RowPlan] = []
    held = 0
    for line in lines:
        batch.append(line)
        held += len(line.writes)
        if held >= BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
