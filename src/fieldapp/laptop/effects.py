"""What a signed form brings about in other records, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from fieldapp.clinical import due
from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.changes import values_of
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry, instant, instant_ms
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.instruments.model import INCOMPLETE
from fieldapp.records.instruments.mood import SELF_HARM
from fieldapp.records.kinds import KINDS, PLANS, crisis, measure
from fieldapp.records.kinds import risk as risks
from fieldapp.records.kinds.contact import POS
from fieldapp.records.kinds.plan import number_of
from fieldapp.records.kinds.task import WHATS
from fieldapp.store.read import lenient
from fieldapp.store.read.freezing import freezes_ms

from .coding import units_of
from .pen import Pen

Values: TypeAlias = Mapping[str, Any]
_DETAIL_MAX = 300


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


def raise_risk(pen: Pen, source: Entry, level: str, detail: str, *, by: str = "") -> Entry:
    """Write a risk signal that names the entry it comes from; `by` says more of its kind than the entry's own."""
    client = source.envelope.client or ""
    record = one_per(client, "risk")
    view = pen.work.rx.view(record)
    kind = by or source.envelope.kind
    said = risks.capped(level, kind)
    signal = {
        "level": said if said in risks.LEVELS else "screen_needed",
        "source": source.hash,
        "source_kind": kind,
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
    hours = setting(
        pen.work.known.settings_of(client), f"risk_followup_h_{'moderate' if after == 'moderate' else 'high'}"
    )
    return _ask_once(pen, source, "plan_now", pen.work.now_ms + hours * HOUR_MS)


def _ask_once(pen: Pen, source: Entry, what: str, due_ms: int, title: str = "") -> list[Entry]:
    """Write a task unless the client has an open one of its kind, which is then brought forward and named anew.

    Two signals of one evening are one plan to make.
    """
    for task in _open_tasks(pen, source.envelope.client or ""):
        if task.get("what") == what:
            changed = {"title": title} if title and title != task.get("title") else {}
            if not task.get("due") or instant_ms(task.get("due")) > due_ms:
                changed["due"] = instant(due_ms)
            return (
                [pen.write("task", task.id, task.client, "save", task.heads, {"set": changed})]
                if changed
                else []
            )
    return follow_up(pen, source, what, due_ms, title, once_for=source.hash)


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

    Its id comes from the record and from what is to be done, so that a correction makes no second task; one that
    is due sooner by the correction is brought forward. With `once_for` (the entry) each version of a plan has one of
    its own.
    """
    record = one_per(source.envelope.id, f"task {what} {once_for}".rstrip())
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


def _crisis(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Raise the risk, log the contact, and have somebody follow up and look at the safety plan."""
    found: list[Entry] = []
    risk, before = values.get("risk") or {}, base.get("risk") or {}
    level = risk.get("level") or "none"
    if level != "none" and level != before.get("level"):
        found.append(raise_risk(pen, entry, level, f"Crisis: {risk.get('basis') or ''}".rstrip(": ")))
    found += _crisis_contact(pen, entry, base, values)
    found += _after_crisis(pen, entry, base, values)
    found += _plan_after_crisis(pen, entry, level, values)
    return found


def _crisis_contact(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Log the crisis as the one contact that it was; a correction changes what it changed and nothing else."""
    record, client = one_per(entry.envelope.id, "contact"), entry.envelope.client
    said, before = crisis_contact(values), crisis_contact(base) if base else {}
    view = pen.work.rx.view(record)
    if view is None:
        return [
            pen.write(
                "contact",
                record,
                client,
                "save",
                [],
                {"set": said | units_of(pen.work, record, client, None, said)},
            )
        ]
    changed = {name: value for name, value in said.items() if before.get(name) != value}
    changed |= {name: None for name in before if name not in said}
    if not changed or view.in_error:
        return []
    now = values_of(KINDS["contact"], view) | changed
    body: dict[str, Any] = {"set": changed | units_of(pen.work, record, client, view, now)}
    froze = freezes_ms(pen.work.rx, view, pen.work.me.tz, pen.work.known.settings_of(client))
    mine = bool(view.steps) and view.steps[0].author == pen.work.me.staff
    if froze is None or pen.work.now_ms < froze or not mine:
        return [pen.write("contact", record, client, "save", view.heads, body)]
    body["reason"] = "The crisis record was completed."
    return [pen.write("contact", record, client, "amend", view.heads, body, own_target=True)]


def crisis_contact(doc: Values) -> dict[str, Any]:
    """Return the contact that a crisis was; of no length until its end is known."""
    met = bool(doc.get("face_to_face_at")) or doc.get("channel") in crisis.FACE_TO_FACE
    spoke = met or doc.get("caller") == "client"
    lost = "lost_contact" in (doc.get("dispositions") or ())
    start, where = doc.get("initial_contact_at"), str(doc.get("setting") or "")
    found = {
        "start": start,
        "stop": doc.get("ended_at") or start,
        "tz": doc.get("tz"),
        "contact_type": "crisis_response",
        "outcome": "ended_early" if spoke and lost else "completed" if spoke else "reached_support_only",
        "modality": "in_person" if met else _MODALITIES.get(str(doc.get("channel") or "")),
        "setting": where or None,
        "pos": POS.get(where),
        "client_location": doc.get("location"),
        "note_required": False,
    }
    return {name: value for name, value in found.items() if value is not None}


def _after_crisis(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Have somebody follow up; what the author agrees otherwise later goes into the same task."""
    settings = pen.work.known.settings_of(entry.envelope.client)
    due = crisis.follow_up_ms(values, settings)
    if due is None:
        return []
    owner = str(values.get("follow_up_owner") or "")
    made = follow_up(pen, entry, "crisis_follow_up", due, owner=owner)
    if made or not base:
        return made
    view = pen.work.rx.view(one_per(entry.envelope.id, "task crisis_follow_up"))
    if view is None or view.get("done") or view.get("cancelled") or view.in_error:
        return []
    changed: dict[str, Any] = {}
    if crisis.follow_up_ms(base, settings) != due:
        changed["due"] = instant(due)
    if str(base.get("follow_up_owner") or "") != owner:
        changed["owner"] = owner or None
    return [pen.write("task", view.id, view.client, "save", view.heads, {"set": changed})] if changed else []


def _plan_after_crisis(pen: Pen, entry: Entry, level: str, values: Values) -> list[Entry]:
    """Mark the safety plan for review, or ask for one where there is none and a risk."""
    dispositions = set(values.get("dispositions") or ())
    if "safety_plan_updated" in dispositions or dispositions & crisis.ENDED:
        return []
    client = entry.envelope.client or ""
    settings = pen.work.known.settings_of(client)
    plan = pen.work.rx.view(one_per(client, "safety_plan"))
    began = instant_ms(str(values["initial_contact_at"]))
    if plan is not None and plan.versions and not plan.doc.get("declined"):
        due = began + setting(settings, "safety_plan_review_d_new_high") * 24 * HOUR_MS
        return follow_up(pen, entry, "plan_review", due, "Look at the safety plan again after the crisis")
    if level in ("none", "low"):
        return []
    soon = began + setting(settings, "crisis_follow_up_h") * HOUR_MS
    return _ask_once(pen, entry, "plan_now", soon, "Make a safety plan after the crisis")


_MODALITIES = {"phone": "audio_only", "video": "video", "text": "text"}


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
    if risks.rank(result.risk) > max(
        risks.rank("none"), risks.rank(before.risk) if before is not None else -1
    ):
        # Nothing that is computed says `imminent`; here a person said it.
        by = "judgement" if instrument.code == "asked" and result.risk == "imminent" else ""
        made.append(raise_risk(pen, entry, result.risk, f"{name}: {measure.result_words(values)}", by=by))
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
    high = setting(settings, "risk_followup_h_high") * HOUR_MS
    moderate = setting(settings, "risk_followup_h_moderate") * HOUR_MS
    if risks.rank(level) <= risks.rank("screen_needed"):
        return []
    if risks.rank(level) == risks.rank("low"):
        return follow_up(pen, entry, "plan_review", work.now_ms + moderate)
    soon = high if risks.rank(level) >= risks.rank("high") else moderate
    made = _ask_once(pen, entry, "plan_now", work.now_ms)
    made += follow_up(pen, entry, "contact_soon", work.now_ms + soon)
    staff = work.known.staff.get(work.me.staff)
    boss = staff.values.get("supervisor") if staff is not None else None
    made += follow_up(pen, entry, "risk_review", work.now_ms + high, owner=str(boss or ""))
    return made


_EFFECTS: Mapping[str, Callable[[Pen, Entry, Values, Values], list[Entry]]] = {
    "note": _note,
    "contact": _contact,
    "risk": _risk,
    **dict.fromkeys(PLANS, _plan),
    "crisis": _crisis,
    "measure": _measure,
}
