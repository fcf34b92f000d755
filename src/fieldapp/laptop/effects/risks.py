"""What raises a risk, and the plan that a new high one asks for."""

from __future__ import annotations

from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import risk as risks

from ..pen import Pen
from . import red_flags
from .tasks import ask_once
from .values import Values

_DETAIL_MAX = 300


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
    ask_for_plan(pen, source, risks.level_of(view), str(signal["level"]))
    return entry


def of_risk(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Ask for a plan when somebody signs a higher level."""
    before, after = risks.around(pen.work.rx.entries(entry.envelope.id), entry.hash)
    flags = values.get(risks.FLAGS_SEEN) or ()
    noticed = red_flags.noticed(pen, entry.envelope.client or "", flags, str(values.get("reason") or ""))
    return [*ask_for_plan(pen, entry, before, after), *noticed]


def ask_for_plan(pen: Pen, source: Entry, before: str, after: str) -> list[Entry]:
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
    return ask_once(pen, source, "plan_now", pen.work.now_ms + hours * HOUR_MS)
