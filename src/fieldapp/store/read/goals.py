"""A client's treatment plan with the golden thread, the goals that are offered, and what is due of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from fieldapp.clinical import due
from fieldapp.clinical import golden_thread as thread
from fieldapp.clinical.policy import TABLE
from fieldapp.records.defaults import setting
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from fieldapp.records.kinds import note
from fieldapp.records.kinds.treatment_plan import REVIEWERS, due_of, is_open, ordered, reviews

from ..goal_models import GoalsRead, GoalThread, LooseNote
from ..projection import WALLED
from ..transaction import Rx
from .known import ClientFacts
from .lines import Asking, archetype_of, first_plan_due
from .plan import plan_read

KIND = "treatment_plan"
WORK = ("contact", "note", "group_session")
"""Kinds that may name goals."""
LOOSE_MAX = 20


def goals_read(asking: Asking, client: str) -> GoalsRead:
    """Return the plan, the thread of each goal, notes without a goal and the review log."""
    plan = plan_read(asking, client, KIND)
    view = asking.rx.view(plan.record)
    log = tuple(reviews(view.notes)) if view is not None else ()
    known = wordings(asking.rx, client)
    found = thread.threads(known, work_of(asking.rx, client))
    limit = setting(asking.known.settings_of(client), "goal_no_note_d")
    roles = frozenset(asking.me.roles)
    facts = asking.known.clients.get(client)
    return GoalsRead(
        plan=plan,
        threads={
            goal: _thread(goal, one, known, asking.now_ms, limit) for goal, one in found.by_goal.items()
        },
        loose=tuple(
            LooseNote(work.record, work.at_ms, work.who, "; ".join(work.goals) or work.reason)
            for work in found.loose[:LOOSE_MAX]
        ),
        reviews=log,
        due={version.entry: due_of(version.entry, version.doc, log) for version in plan.versions},
        first_due=first_plan_due(asking, facts) if facts is not None else "",
        next_due=due.treatment_review_day(
            asking.day, archetype_of(asking, client), asking.known.settings_of(client)
        ),
        may_write=bool(roles & TABLE[KIND].write),
        may_review=bool(roles & REVIEWERS),
    )


def _thread(
    goal: str, one: thread.Thread, known: Sequence[thread.Wording], now_ms: int, limit: int
) -> GoalThread:
    quiet = thread.quiet_days(goal, one, known, now_ms)
    last = one.last
    return GoalThread(
        one.notes, one.contacts, last.at_ms if last else None, last.kind if last else "", last.who if last else "",
        last.record if last else "", one.steps, quiet, quiet > limit,
    )  # fmt: skip


def wordings(rx: Rx, client: str) -> list[thread.Wording]:
    """Return every wording that the versions of a client's plan gave their goals."""
    record = one_per(client, KIND)
    view = rx.view(record)
    if view is None:
        return []
    bodies = {entry.hash: entry.envelope.body.get(DOC) or {} for entry in rx.entries(record)}
    return thread.wordings(
        (step.at_ms, bodies.get(step.hash, {})) for step in view.steps if step.status != "error"
    )


def standing(rx: Rx, client: str) -> list[Mapping[str, Any]]:
    """Return the versions that stand, the newest first."""
    view = rx.view(one_per(client, KIND))
    return [write.value or {} for write in view.versions] if view is not None else []


def work_of(rx: Rx, client: str, since_ms: int = 0) -> list[thread.Work]:
    """Return a client's contacts, notes and groups with the goals that they name."""
    rows = rx.all(
        "SELECT data, when_ms FROM view WHERE client = ? AND kind IN (SELECT value FROM json_each(?))"
        " AND when_ms >= ? AND in_error = 0",
        client, orjson.dumps(list(WORK)).decode(), since_ms,
    )  # fmt: skip
    found = []
    for data, when_ms in rows:
        view = View.from_data(orjson.loads(data))
        # What a professional keeps apart names nothing here.
        if view.sensitivity != WALLED:
            found.append(_work(view, when_ms))
    return found


def _work(view: View, when_ms: int) -> thread.Work:
    said: Mapping[str, Any] = view.doc or {name: known.value for name, known in view.fields.items()}
    goals, ids, rows = said.get("goals"), said.get("plan_goals"), said.get("progress")
    return thread.Work(
        record=view.id,
        kind=view.kind,
        at_ms=when_ms,
        who=view.steps[0].name if view.steps else "",
        goals=tuple(goal for goal in goals if isinstance(goal, str)) if isinstance(goals, list) else (),
        ids={str(goal): str(words) for goal, words in ids.items()} if isinstance(ids, Mapping) else {},
        steps={
            str(row["goal"]): row["step"]
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, Mapping) and isinstance(row.get("step"), int) and row.get("goal")
        },
        reason=str(said.get("no_goal_reason") or ""),
    )


def offered(asking: Asking, client: str, earlier: Iterable[str], own: Iterable[str] = ()) -> list[str]:
    """Return the goals that digits take in notes and contacts."""
    return thread.offered(standing(asking.rx, client), wordings(asking.rx, client), earlier, own)


def links(asking: Asking, client: str, goals: Iterable[str]) -> dict[str, str]:
    """Return goal id to words, for those goals of a form that the standing plan has."""
    return thread.links(goals, standing(asking.rx, client))


def quiet_goals(asking: Asking, facts: ClientFacts) -> list[str]:
    """Return the goals of the standing plan that no note names for longer than the program allows."""
    if not facts.treatment.active:
        return []
    limit = setting(asking.known.settings_of(facts.client), "goal_no_note_d")
    known = wordings(asking.rx, facts.client)
    since = asking.now_ms - (limit + 1) * thread.DAY_MS
    found = thread.threads(known, work_of(asking.rx, facts.client, since)).by_goal
    goals = {
        goal: str(row["words"])
        for doc in standing(asking.rx, facts.client)
        for goal, row in ordered(doc)
        if is_open(row)
    }
    return [
        words
        for goal, words in goals.items()
        if thread.quiet_days(goal, found.get(goal, thread.Thread()), known, asking.now_ms) > limit
    ]


def notes_without_goal(asking: Asking) -> list[tuple[View, str]]:
    """Return this person's own signed notes that name no goal and no reason for it, oldest first, with their label."""
    days = setting(asking.me.settings, "note_no_goal_shown_d")
    rows = asking.rx.all(
        "SELECT data, label FROM view WHERE owner = ? AND kind = 'note' AND when_ms >= ? AND in_error = 0"
        # Most notes name one; reading them all to find the others would take its time.
        " AND COALESCE(json_array_length(CAST(data AS TEXT), '$.fields.doc[0][0].goals'), 0) = 0"
        " ORDER BY when_ms, record",
        asking.me.staff, asking.now_ms - days * thread.DAY_MS,
    )  # fmt: skip
    return [(view, label) for data, label in rows if lacks_goal(view := View.from_data(orjson.loads(data)))]


def lacks_goal(view: View) -> bool:
    """Tell whether a note names neither a goal nor why it has none."""
    return view.sensitivity != WALLED and note.lacks_goal(view.doc)
