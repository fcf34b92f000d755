"""The morning's red list of a person's teams, from what the other reads know already (clinical.md 6, C1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from fieldapp.clinical import due, triage
from fieldapp.clinical.seen import is_seen
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import crisis
from fieldapp.records.kinds.risk import rank
from fieldapp.records.kinds.task import WHATS

from ..models import ClientLine
from ..triage_models import Triage, TriageLine
from . import chart, checkins, credentials, lenient, seen
from .known import ClientFacts
from .lines import Asking, client_line
from .status import devices
from .stays import asks

_HOUR_MS = 3_600_000
ORDER = tuple(triage.GROUPS)


def red_list(asking: Asking) -> Triage:
    """Return what cannot wait of this person's teams."""
    ours = [
        facts
        for facts in asking.known.clients.values()
        if facts.team in asking.teams and facts.status not in CLOSED
    ]
    found = [*_checkins(asking), *_crises(asking), *_laptops(asking), *_credentials(asking)]
    for facts in ours:
        found += _client(asking, facts)
    found.sort(
        key=lambda line: (
            ORDER.index(line.group),
            not line.late,
            -rank(line.risk),
            line.since_ms or 0,
            line.name,
            line.record,
        )
    )
    return Triage(
        day=asking.day,
        teams=", ".join(sorted({name for team in asking.teams if (name := asking.known.team_name(team))})),
        lines=tuple(found),
        as_of_ms=asking.now_ms,
        synced_ms=lenient.moment(asking.rx.meta_text("last_reached")),
        clients=len(ours),
    )


def _about(
    asking: Asking, group: str, facts: ClientFacts, reason: str, since_ms: int | None, *, late: bool, task: str,
    record: str = "",
) -> TriageLine:  # fmt: skip
    """Return a line about a client, with who works with them and where they are called."""
    primary = facts.primary_on(asking.day)
    view = asking.rx.view(facts.client)
    numbers = (
        [f"{number} ({remark})" if remark else number for number, remark in chart.phones(view)]
        if view
        else []
    )
    return TriageLine(
        group, record or facts.client, facts.client, facts.called, facts.risk, reason, since_ms, late,
        asking.known.staff_name(primary), primary, next(filter(None, numbers), ""), task,
    )  # fmt: skip


def _client(asking: Asking, facts: ClientFacts) -> Iterator[TriageLine]:
    """Yield what is red about one client, as lists of clients know it."""
    line = client_line(asking, facts)
    day, tz = asking.day, asking.me.tz
    why = triage.risk_words(facts.risk, facts.step_up, facts.risk_review, day)
    if why:
        since = chart.risk_since(asking.rx.view(one_per(facts.client, "risk")))
        yield _about(
            asking, "risk", facts, why, since, late=facts.risk in ("high", "imminent"),
            task=WHATS["suicide_screen" if facts.risk == "screen_needed" else "risk_review"],
        )  # fmt: skip
    yield from _no_contact(asking, facts, line)
    said = triage.plan_words(facts.risk, line.plan, line.plan_why)
    if said:
        since = facts.plan.signed_ms or None
        task = WHATS["plan_now" if line.plan in ("none", "declined") else "plan_review"]
        yield _about(asking, "plan", facts, said, since, late=line.plan in ("none", "now", "two"), task=task)
    for one in asks(asking, facts):
        words, late = one.words, one.late
        stay = next((known for known in facts.stays if known.record == one.record), None)
        if one.kind == "back" and stay is not None and stay.until:
            words, late = triage.back_words(one.words, stay.until, day)
        since = due.start_of_day_ms(stay.until or stay.since, tz) if stay is not None else None
        task = WHATS["hospital_follow_up"] if one.kind == "back" else "Find out how the stay ended"
        yield _about(asking, "hospital", facts, words, since, late=late, task=task, record=one.record)


def _no_contact(asking: Asking, facts: ClientFacts, line: ClientLine) -> Iterator[TriageLine]:
    if line.overdue:
        tries = [one.at_ms for one in seen.tries(asking.rx, facts.client)]
        reason = triage.contact_words(line.no_contact_days, line.no_contact_limit, tries, asking.me.tz)
        admitted = lenient.day(facts.admitted)
        began = due.start_of_day_ms(admitted, asking.me.tz) if admitted else None
        since = facts.last_seen_ms if facts.last_seen_ms is not None else began
        yield _about(asking, "no_contact", facts, reason, since, late=True, task=WHATS["contact_soon"])


def _crises(asking: Asking) -> Iterator[TriageLine]:
    """Yield the crises of the night, and those of the last weeks that nobody followed up."""
    since = asking.now_ms - triage.CRISIS_D * 24 * _HOUR_MS
    rows = asking.rx.all(
        "SELECT data FROM view WHERE kind = 'crisis' AND when_ms >= ? AND in_error = 0", since
    )
    for (data,) in rows:
        view = View.from_data(orjson.loads(data))
        facts = asking.known.clients.get(view.client or "")
        began = lenient.moment(view.doc.get("initial_contact_at"))
        if facts is None or facts.team not in asking.teams or began is None:
            continue
        due_ms = _follow_up_ms(view, asking.known.settings_of(facts.client))
        task = asking.rx.view(one_per(view.id, "task crisis_follow_up"))
        agreed = lenient.moment(task.get("due")) if task is not None else None
        done = task is not None and bool(task.get("done"))
        own = one_per(view.id, "contact")
        after = [one.at_ms for one in seen.contacts_of(asking.rx, facts.client, without=own) if is_seen(one)]
        seen_ms = next((at for at in after if at > began), None)
        level = str((view.doc.get("risk") or {}).get("level") or "")
        by = agreed if due_ms is not None and agreed is not None else due_ms
        words, late = triage.crisis_words(level, began, by, seen_ms, done, asking.now_ms, asking.me.tz)
        if triage.is_news(
            began, seen_ms is None and not done and by is not None, asking.now_ms, asking.me.tz
        ):
            yield _about(
                asking,
                "crisis",
                facts,
                words,
                began,
                late=late,
                task=WHATS["crisis_follow_up"],
                record=view.id,
            )


def _follow_up_ms(view: View, settings: Mapping[str, int]) -> int | None:
    try:
        return crisis.follow_up_ms(view.doc, settings)
    except ValueError:
        # A time that nobody can read: somebody looks at the record.
        return view.first_ms


def _checkins(asking: Asking) -> Iterator[TriageLine]:
    for one in checkins.overdue(asking):
        phone = _field_phone(asking, one.staff)
        yield TriageLine(
            "checkin", one.record, one.client, one.name, one.risk, f"No sign of {one.staff_name}: {one.place}",
            one.until_ms, True, one.staff_name, one.staff, phone, f"Find out how {one.staff_name} is",
        )  # fmt: skip


def _laptops(asking: Asking) -> Iterator[TriageLine]:
    """Yield admitted laptops of the teams that did not sync for a day; own one is this one."""
    for device in devices(asking.rx, asking.known):
        if device.state not in ("admitted", "") or device.device == asking.me.device:
            continue
        words = triage.laptop_words(
            device.last_seen_ms, device.pending, device.oldest_ms, asking.now_ms, asking.me.tz
        )
        if words:
            yield TriageLine(
                "laptop", device.device, "", device.name, "", words, device.oldest_ms or device.last_seen_ms,
                bool(device.pending), device.name, device.staff, _field_phone(asking, device.staff),
            )  # fmt: skip


def _credentials(asking: Asking) -> Iterator[TriageLine]:
    for one in credentials.expiring(asking):
        yield TriageLine(
            "credential", one.record, "", one.name, "", one.what, one.due_ms, one.late, one.name, one.record,
            _field_phone(asking, one.record),
        )  # fmt: skip


def _field_phone(asking: Asking, staff: str) -> str:
    facts = asking.known.staff.get(staff)
    return str(facts.values.get("field_phone") or "") if facts is not None else ""
