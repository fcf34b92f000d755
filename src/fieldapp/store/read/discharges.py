"""Discharges: what one starts from, which one stands for an episode, and how clients fared after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fieldapp.clinical import aftercare
from fieldapp.clinical.due import day_of
from fieldapp.records.days import day_of as stored_day
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import discharge, medication_list, treatment_plan
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.kinds.plan import number_of

from ..discharge_models import AfterDischarge, DischargeStart
from ..transaction import Rx
from . import lenient
from .lines import Asking
from .measures import measures
from .record import NotHere
from .releases import people_of

KIND = "discharge"
ENDED = "discharged"
TASK = "connection_check"


def standing_for(rx: Rx, client: str, episode: str) -> View | None:
    """Return the discharge that stands for an episode: of several the one signed last; None for none."""
    found = [
        view for view in rx.views(KIND, client) if not view.in_error and view.doc.get("episode") == episode
    ]
    return max(found, key=lambda view: (view.last_ms, view.id), default=None)


def newest(rx: Rx, client: str) -> View | None:
    """Return the discharge of a client that stands, of several the one of the last day; None for none."""
    found = [view for view in rx.views(KIND, client) if not view.in_error]
    return max(found, key=lambda view: (str(view.doc.get("date") or ""), view.last_ms, view.id), default=None)


def start(asking: Asking, client: str) -> DischargeStart:
    """Return what a discharge of a client starts from; raises NotHere."""
    rx = asking.rx
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    draft = next((row.id for row in rx.drafts() if row.kind == KIND and row.client == client), "")
    episode = open_episode([one for one in rx.views("episode", client) if not one.in_error])
    people = tuple(person.name for person in people_of(asking, client))
    if episode is None:
        return DischargeStart(client, {}, {}, draft, people=people, no_episode=True)
    stands = standing_for(rx, client, episode.id)
    known = {**_measures(asking, client), **_medicines(rx, client), **_plan(rx, client)}
    values: dict[str, Any] = {
        "episode": episode.id,
        "admitted": lenient.day(episode.get("admit_date")) or None,
        "status_before": str(episode.get("status") or "") or None,
        "date": asking.day,
        "goals": _goals(rx, client) or None,
        "supports": _supports(asking, client) or None,
        "relapse_signs": _signs(rx, client) or None,
        **known,
    }
    return DischargeStart(
        client=client,
        values={name: value for name, value in values.items() if value is not None},
        facts=known,
        draft=draft,
        record=stands.id if stands is not None else "",
        people=people,
        open_tasks=_count(rx, client, "task", "open"),
        planned_visits=_count(rx, client, "planned_visit", "planned"),
        no_episode=episode.get("status") == ENDED and stands is None,
    )


def _count(rx: Rx, client: str, kind: str, state: str) -> int:
    return int(
        rx.value(
            "SELECT count(*) FROM view WHERE client = ? AND kind = ? AND state = ? AND in_error = 0",
            client, kind, state,
        )
        or 0
    )  # fmt: skip


def _plan_doc(rx: Rx, client: str, kind: str) -> View | None:
    view = rx.view(one_per(client, kind))
    return view if view is not None and view.versions else None


def _goals(rx: Rx, client: str) -> list[dict[str, Any]]:
    """Return the goals of the treatment plan that stands; those that ended say how."""
    view = _plan_doc(rx, client, "treatment_plan")
    if view is None:
        return []
    ends = {"met": "met", "stopped": "stopped"}
    found = []
    for goal_id, goal in treatment_plan.ordered(view.doc):
        row = {"id": goal_id, "words": str(goal.get("words") or "")}
        end = ends.get(str(goal.get("status") or ""))
        found.append(row | ({"status": end} if end else {}))
    return [row for row in found if row["words"]]


def _measures(asking: Asking, client: str) -> dict[str, Any]:
    """Return the first and the last result of each instrument that was asked."""
    rows: dict[str, dict[str, Any]] = {}
    for line in measures(asking, client).lines:
        if not line.done:
            continue
        day = _day(line.at_ms, asking)
        row = rows.setdefault(
            line.name, {"name": line.name, "first": line.result, "first_on": day, "count": 0}
        )
        row |= {"last": line.result, "last_on": day, "count": row["count"] + 1}
    return {"measures": [rows[name] for name in sorted(rows)] or None}


def _day(at_ms: int, asking: Asking) -> str:
    return day_of(at_ms, asking.me.tz)


def _medicines(rx: Rx, client: str) -> dict[str, Any]:
    """Return what is taken now, as the list says, and when a prescriber verified it."""
    view = rx.view(one_per(client, "medication_list"))
    if view is None or view.in_error:
        return {"medicines": None, "medicines_verified": None}
    rows = [item.to_data() for item in view.items("medicines").values()]
    taken = sorted(medication_list.line_of(row) for row in rows if row.get("name") and not row.get("stop"))
    verified = "" if view.derived.get("changed_since") else lenient.day(view.derived.get("verified_on"))
    return {"medicines": taken or None, "medicines_verified": verified or None}


def _plan(rx: Rx, client: str) -> dict[str, Any]:
    """Return which version of the safety plan stands; of several the newest, a refusal is none."""
    view = _plan_doc(rx, client, "safety_plan")
    kept = [write for write in view.versions if not write.value.get("declined")] if view is not None else []
    if view is None or not kept:
        return {"plan_version": None, "plan_entry": None}
    newest = max(kept, key=lambda write: (write.at_ms, write.hash))
    return {"plan_version": number_of(view, newest.hash), "plan_entry": newest.hash}


def _signs(rx: Rx, client: str) -> list[str]:
    """Return the client's own warning signs from the safety plan that stands."""
    view = _plan_doc(rx, client, "safety_plan")
    doc = view.doc if view is not None else {}
    return [] if doc.get("declined") else [str(line) for line in doc.get("signs") or ()]


def _supports(asking: Asking, client: str) -> list[dict[str, Any]]:
    """Return the people whom the client wants involved."""
    found = []
    for view in asking.rx.views("related_person", client):
        if view.in_error or view.get("former") or not view.get("involvement_ok"):
            continue
        row = {"name": view.get("name"), "phone": view.get("phone")}
        found.append({name: value for name, value in row.items() if value})
    return found


# Afterwards (clinical.md 5.18)


def after(asking: Asking, client: str) -> tuple[AfterDischarge, ...]:
    """Return how a client fared after each discharge that stands, the newest first."""
    admissions = [
        lenient.day(view.get("admit_date"))
        for view in asking.rx.views("episode", client)
        if not view.in_error
    ]
    views = [view for view in asking.rx.views(KIND, client) if not view.in_error]
    return tuple(sorted(_after(asking, views, admissions), key=lambda one: one.discharged, reverse=True))


def _after(asking: Asking, views: Iterable[View], admissions: list[str]) -> Iterable[AfterDischarge]:
    for view in views:
        day = stored_day(view.doc.get("date"))
        if not day:
            continue
        answer, answered = discharge.connection_of(view)
        asked = view.doc.get("reason") not in discharge.NO_CHECK
        how = aftercare.connection(day, answer, answered, asking.day, asked=asked)
        yield AfterDischarge(view.id, day, how, answered, aftercare.readmitted_on(day, admissions))
