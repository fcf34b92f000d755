"""What a signed measure brings about: the suicide screen, risk, tasks."""

from __future__ import annotations

from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per
from fieldapp.records.instruments.model import INCOMPLETE
from fieldapp.records.instruments.mood import SELF_HARM
from fieldapp.records.kinds import measure
from fieldapp.records.kinds import risk as risks

from ..pen import Pen
from .risks import raise_risk
from .tasks import ask_once, follow_up
from .values import Values


def of_measure(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
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
    made = ask_once(pen, entry, "plan_now", work.now_ms)
    made += follow_up(pen, entry, "contact_soon", work.now_ms + soon)
    staff = work.known.staff.get(work.me.staff)
    boss = staff.values.get("supervisor") if staff is not None else None
    made += follow_up(pen, entry, "risk_review", work.now_ms + high, owner=str(boss or ""))
    return made
