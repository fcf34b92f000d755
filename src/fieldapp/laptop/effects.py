"""What a signed form brings about in other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fieldapp.clinical import due
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import PLANS
from fieldapp.records.kinds import risk as risks
from fieldapp.records.kinds.plan import number_of
from fieldapp.records.kinds.task import WHATS
from fieldapp.store.read import lenient

from .pen import Pen

Values: TypeAlias = Mapping[str, Any]
_DETAIL_MAX = 300
_HOUR_MS = 3_600_000


def of(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Return the further entries that an entry brought about, already stored."""
    effect = _EFFECTS.get(entry.envelope.kind)
    return effect(pen, entry, base, values) if effect else []


def _note(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Raise the client's risk when the note says that risk is present, and says so newly."""
    said, before = values.get("risk_block") or {}, base.get("risk_block") or {}
    if said.get("answer") != "present" or said == before:
        return []
    return [raise_risk(pen, entry, said.get("level") or "", said.get("detail") or "")]


def raise_risk(pen: Pen, source: Entry, level: str, detail: str) -> Entry:
    """Write a risk signal that names the entry it comes from."""
    client = source.envelope.client or ""
    record = one_per(client, "risk")
    view = pen.work.rx.view(record)
    signal = {
        "level": said
        if (said := risks.capped(level, source.envelope.kind)) in risks.LEVELS
        else "screen_needed",
        "source": source.hash,
        "source_kind": source.envelope.kind,
    }
    if detail.strip():
        signal["detail"] = " ".join(detail.split())[:_DETAIL_MAX]
    item = uuid7(pen.work.device_ms)
    body = {"items": {"signals": {item: signal}}}
    entry = pen.write("risk", record, client, "save", view.heads if view is not None else [], body)
    _ask_for_plan(pen, source, risks.level_of(view), str(signal["level"]))
    return entry


def _risk(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask for a plan when somebody signs a higher level."""
    before, after = risks.around(pen.work.rx.entries(entry.envelope.id), entry.hash)
    return _ask_for_plan(pen, entry, before, after)


def _ask_for_plan(pen: Pen, source: Entry, before: str, after: str) -> list[Entry]:
    """Write the task that a new moderate or high risk brings about while the client has no active safety plan."""
    client = source.envelope.client or ""
    if after not in risks.RAISED or risks.rank(after) <= risks.rank(before):
        return []
    plan = pen.work.rx.view(one_per(client, "safety_plan"))
    if plan is not None and any(not write.value.get("declined") for write in plan.versions):
        return []
    if any(view.get("what") == "plan_now" for view in _open_tasks(pen, client)):
        return []
    hours = setting(
        pen.work.known.settings_of(client), f"risk_followup_h_{'moderate' if after == 'moderate' else 'high'}"
    )
    return follow_up(pen, source, "plan_now", pen.work.now_ms + hours * _HOUR_MS, once_for=source.hash)


def _open_tasks(pen: Pen, client: str) -> list[View]:
    return [
        view
        for view in pen.work.rx.views("task", client)
        if not (view.in_error or view.get("done") or view.get("cancelled"))
    ]


def _plan(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Complete what asked for this version, and have it looked at again on its day."""
    kind, client = entry.envelope.kind, entry.envelope.client or ""
    view = pen.work.rx.view(entry.envelope.id)
    number = number_of(view, entry.hash) if view is not None else 1
    said = "No plan now, in the client's words" if values.get("declined") else f"Version {number} was signed"
    made = []
    for task in _open_tasks(pen, client):
        what = task.get("what")
        if (what == "plan_now" and kind == "safety_plan") or (
            what == "plan_review" and task.get("source_kind") == kind
        ):
            body = {"set": {"done": True, "outcome": f"{said}."}}
            made.append(pen.write("task", task.id, client, "save", task.heads, body))
    day = lenient.day(values.get("review_due"))
    if day:
        label = PLANS[kind].label.lower()
        title = f"Offer the {label} again" if values.get("declined") else f"Look at the {label} again"
        due_ms = due.end_of_day_ms(day, pen.work.me.tz)
        made += follow_up(pen, entry, "plan_review", due_ms, title, once_for=entry.hash)
    return made


def follow_up(
    pen: Pen, source: Entry, what: str, due_ms: int, title: str = "", owner: str = "", *, once_for: str = ""
) -> list[Entry]:
    """Write the task that an entry brings about, once for its record; nobody named means the primary worker.

    Its id comes from the record and from what is to be done, so that a correction makes no second task; with
    `once_for` (the entry) each version of a plan has one of its own.
    """
    record = one_per(source.envelope.id, f"task {what} {once_for}".rstrip())
    if pen.work.rx.view(record) is not None:
        return []
    values = {
        "what": what, "title": title or WHATS[what], "due": instant(due_ms), "source": source.hash,
        "source_kind": source.envelope.kind, **({"owner": owner} if owner else {}),
    }  # fmt: skip
    return [pen.write("task", record, source.envelope.client, "save", [], {"set": values})]


def _contact(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Mark the planned visit that the contact was as done."""
    visit = values.get("planned_visit")
    if not visit or visit == base.get("planned_visit"):
        return []
    view = pen.work.rx.view(visit)
    if view is None or view.kind != "planned_visit" or view.get("done"):
        return []
    body = {"set": {"done": True, "contact": entry.envelope.id}}
    return [pen.write("planned_visit", visit, view.client, "save", view.heads, body)]


_EFFECTS: Mapping[str, Callable[[Pen, Entry, Values, Values], list[Entry]]] = {
    "note": _note,
    "contact": _contact,
    "risk": _risk,
    **dict.fromkeys(PLANS, _plan),
}
