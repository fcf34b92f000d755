"""What a signed form brings about in other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry, instant, instant_ms
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.instruments.model import INCOMPLETE
from fieldapp.records.instruments.mood import SELF_HARM
from fieldapp.records.kinds import measure
from fieldapp.records.kinds.risk import LEVELS, rank
from fieldapp.records.kinds.task import WHATS

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
        "level": level if level in LEVELS else "screen_needed",
        "source": source.hash,
        "source_kind": source.envelope.kind,
    }
    if detail.strip():
        signal["detail"] = " ".join(detail.split())[:_DETAIL_MAX]
    item = uuid7(pen.work.device_ms)
    return pen.write(
        "risk",
        record,
        client,
        "save",
        view.heads if view is not None else [],
        {"items": {"signals": {item: signal}}},
    )


def follow_up(
    pen: Pen, source: Entry, what: str, due_ms: int, title: str = "", owner: str = ""
) -> list[Entry]:
    """Write the task that an entry brings about, once for its record; nobody named means the primary worker.

    Its id comes from the record and from what is to be done, so that a correction makes no second task; one that
    is due sooner by the correction is brought forward.
    """
    record = one_per(source.envelope.id, f"task {what}")
    view = pen.work.rx.view(record)
    if view is not None:
        due = view.get("due")
        over = view.get("done") or view.get("cancelled") or view.in_error
        if over or not due or instant_ms(due) <= due_ms:
            return []
        sooner = {"set": {"due": instant(due_ms)}}
        return [pen.write("task", record, source.envelope.client, "save", view.heads, sooner)]
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


def _measure(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask for the suicide screen, answer that question, or raise the risk, with the tasks that follow."""
    instrument, result = measure.instrument_of(values), measure.result_of(values)
    if instrument is None:
        return []
    if instrument.suicide_screen and values.get("reason_not_done"):
        return _screen_seen_to(pen, entry, done=False)
    if result is None:
        return []
    before = measure.result_of(base)
    name = measure.name_of(values)
    if SELF_HARM in result.flags and (before is None or SELF_HARM not in before.flags):
        raised = raise_risk(pen, entry, "screen_needed", f"{name} item 9: ask the suicide screen")
        return [raised, *follow_up(pen, entry, "suicide_screen", pen.work.now_ms)]
    if not instrument.suicide_screen or result.risk is None:
        return []
    made: list[Entry] = []
    if INCOMPLETE not in result.flags:
        made += _screen_seen_to(pen, entry, done=True)
    if rank(result.risk) > max(rank("none"), rank(before.risk) if before is not None else -1):
        made.append(raise_risk(pen, entry, result.risk, f"{name}: {measure.result_words(values)}"))
        made += _after_screen(pen, entry, result.risk)
    return made


def _screen_seen_to(pen: Pen, entry: Entry, *, done: bool) -> list[Entry]:
    """Mark as answered what asked for a screen; its task is done only if the screen was."""
    client = entry.envelope.client or ""
    made: list[Entry] = []
    view = pen.work.rx.view(one_per(client, "risk"))
    waiting = {
        item: {"answered": True}
        for item, signal in (view.items("signals") if view is not None else {}).items()
        if signal.get("level") == "screen_needed" and not signal.get("answered")
    }
    if view is not None and waiting:
        made.append(pen.write("risk", view.id, client, "save", view.heads, {"items": {"signals": waiting}}))
    if done:
        for task in pen.work.rx.views("task", client):
            if task.get("what") == "suicide_screen" and not (task.get("done") or task.get("cancelled")):
                body = {"set": {"done": True, "outcome": "Screen done"}}
                made.append(pen.write("task", task.id, client, "save", task.heads, body))
    return made


def _after_screen(pen: Pen, entry: Entry, level: str) -> list[Entry]:
    """Write the tasks that a screen with this result calls for (clinical.md 3.4)."""
    work = pen.work
    settings = work.known.settings_of(entry.envelope.client) or work.me.settings
    high = setting(settings, "risk_followup_h_high") * _HOUR_MS
    moderate = setting(settings, "risk_followup_h_moderate") * _HOUR_MS
    if rank(level) <= rank("screen_needed"):
        return []
    if rank(level) == rank("low"):
        return follow_up(pen, entry, "plan_review", work.now_ms + moderate)
    soon = high if rank(level) >= rank("high") else moderate
    made = follow_up(pen, entry, "plan_now", work.now_ms)
    made += follow_up(pen, entry, "contact_soon", work.now_ms + soon)
    staff = work.known.staff.get(work.me.staff)
    boss = staff.values.get("supervisor") if staff is not None else None
    made += follow_up(pen, entry, "risk_review", work.now_ms + high, owner=str(boss or ""))
    return made


_EFFECTS: Mapping[str, Callable[[Pen, Entry, Values, Values], list[Entry]]] = {
    "note": _note,
    "contact": _contact,
    "measure": _measure,
}
