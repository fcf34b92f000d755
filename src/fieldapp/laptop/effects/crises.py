"""What a crisis record brings about: risk, contact, follow-up, a look at the plan."""

from __future__ import annotations

from typing import Any

from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.changes import values_of
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry, instant, instant_ms
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS, crisis
from fieldapp.records.kinds.contact import POS
from fieldapp.store.read.freezing import freezes_ms

from ..coding import units_of
from ..pen import Pen
from .risks import raise_risk
from .tasks import ask_once, follow_up
from .values import Values

_MODALITIES = {"phone": "audio_only", "video": "video", "text": "text"}


def of_crisis(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
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
        units = units_of(pen.work, record, client, None, said)
        return [pen.write("contact", record, client, "save", [], {"set": said | units})]
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
    return ask_once(pen, entry, "plan_now", soon, "Make a safety plan after the crisis")
