"""What a step of an episode brings about: who takes the client on, contacts while waiting, what comes along from PACT."""

from __future__ import annotations

from typing import Any

from fieldapp.clinical import due
from fieldapp.clinical.assigning import NAME_PRIMARY, answered
from fieldapp.clinical.policy import allow
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds.contact_plan import current

from ..pen import Pen
from . import waiting
from .assignments import periods_of
from .tasks import follow_up
from .values import Values

BRING_OVER = ("bring_plan", "bring_safety_plan", "bring_medicines")
NEW = frozenset({"requested", "referred"})
HIGH_A_WEEK = 3
"""Contacts a week that are proposed for the high tier, until the client and the team agree on their own number."""


def of_episode(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Follow a change of the status; an entry that changes none brings nothing about."""
    before, after = str(base.get("status") or ""), str(values.get("status") or "")
    if before == after:
        return []
    found: list[Entry] = []
    client = entry.envelope.client or ""
    if before == waiting.WAITS:
        found += waiting.close(pen, client, "The wait is over")
    if after == waiting.WAITS:
        found += waiting.next_contact(pen, entry)
    if not before and after in NEW:
        found += _taken_on(pen, entry, values)
    if after == "active" and before != "on_hold" and values.get("step_down_from") == "PACT":
        found += _from_pact(pen, entry, values)
    return found


def _taken_on(pen: Pen, entry: Entry, values: Values) -> list[Entry]:
    """Have the supervisor name who works with a new client, and the old worker hand over one of ours."""
    work, found = pen.work, []
    if not answered(periods_of(pen, entry.envelope.client or ""), NAME_PRIMARY, "", work.day):
        by = due.end_of_day_ms(due.add_business_days(work.day, 1), work.me.tz)
        found += follow_up(pen, entry, NAME_PRIMARY, by, role="supervisor")
    if values.get("referral_source") == "internal_clinician":
        by = due.end_of_day_ms(due.add_business_days(work.day, 3), work.me.tz)
        who = str(values.get("referral_person") or "").strip()
        found += follow_up(pen, entry, "hand_off", by, f"Take the client over from {who}" if who else "")
    return found


def _from_pact(pen: Pen, entry: Entry, values: Values) -> list[Entry]:
    """Ask for what PACT knew, and begin with ninety days of higher intensity (programs.md 5)."""
    work = pen.work
    settings = work.known.settings_of(entry.envelope.client)
    admitted = str(values.get("admit_date") or work.day)
    by = due.end_of_day_ms(due.add_days(work.day, setting(settings, "bring_over_d")), work.me.tz)
    found = [made for what in BRING_OVER for made in follow_up(pen, entry, what, by)]
    last = due.add_days(admitted, setting(settings, "pact_intensity_d"))
    title = f"{setting(settings, 'pact_intensity_d')} days since PACT: look at the intensity again"
    found += follow_up(pen, entry, "intensity_review", due.end_of_day_ms(last, work.me.tz), title)
    return found + _high_intensity(pen, entry, admitted)


def _high_intensity(pen: Pen, entry: Entry, admitted: str) -> list[Entry]:
    """Begin a contact plan where there is none: proposed to the client, and looked at again in a month."""
    work, client = pen.work, entry.envelope.client or ""
    if not allow(pen.actor, "save", "contact_plan"):
        return []
    record = one_per(client, "contact_plan")
    view = work.rx.view(record)
    if view is not None and current(view, work.day):
        return []
    days = setting(work.known.settings_of(client), "contact_plan_review_d")
    period: dict[str, Any] = {
        "per": "week", "target_n": HIGH_A_WEEK, "min_face_to_face": 1, "reasons": ["step_down"], "start": admitted,
        "review_by": due.add_days(work.day, days),
    }  # fmt: skip
    body = {"items": {"periods": {uuid7(work.device_ms): period}}}
    return [pen.write("contact_plan", record, client, "save", view.heads if view is not None else [], body)]
