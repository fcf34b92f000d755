"""A client's contact plan: what holds, how the week stands against it, and what was agreed before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical import contact_plan as rules
from fieldapp.records.fold import ItemView
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.contact_plan import in_order

from ..models import Agreement, ContactPlanRead, PlanProgress
from . import lenient
from .known import ClientFacts
from .lines import Asking, client_line
from .record import NotHere
from .seen import seen_between, tries


def contact_plan_read(asking: Asking, client: str) -> ContactPlanRead:
    """Return a client's contact plan with all earlier agreements; raises NotHere."""
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    view = facts.contact_plan
    items = view.items("periods") if view is not None else {}
    order = in_order({key: item.to_data() for key, item in items.items()})
    listed = [_agreement(key, items[key]) for key in reversed(order)]
    now = next((one for one in listed if str(one.values.get("start") or "") <= asking.day), None)
    draft = next((row.id for row in asking.rx.drafts() if row.record == one_per(client, "contact_plan")), "")
    return ContactPlanRead(
        record=one_per(client, "contact_plan"),
        client=client,
        line=client_line(asking, facts),
        now=now,
        coming=tuple(one for one in listed if str(one.values.get("start") or "") > asking.day),
        earlier=tuple(listed[listed.index(now) + 1 :]) if now is not None else (),
        progress=progress(asking, facts),
        tries=tuple(one.at_ms for one in tries(asking.rx, client)),
        draft=draft,
    )


def _agreement(item: str, row: ItemView) -> Agreement:
    newest = max((write for known in row.fields.values() for write in known.writes), key=lambda w: w.at_ms)
    return Agreement(item, row.to_data(), newest.name, newest.at_ms)


def progress(asking: Asking, facts: ClientFacts) -> PlanProgress | None:
    """Return how the contacts of this week (or day) stand against the plan; None without a number in it."""
    agreed = readable(facts.agreed_on(asking.day))
    if not agreed.get("target_n"):
        return None
    window = rules.window(agreed, asking.day, asking.me.tz)
    done = seen_between(asking.rx, facts.client, window.since_ms, window.until_ms)
    band = rules.band(done, rules.expected(agreed, asking.day))
    return PlanProgress(done, int(agreed["target_n"]), window.words, band)


def readable(agreed: Mapping[str, Any]) -> dict[str, Any]:
    """Return an agreement without days that no calendar has: such a value keeps no list from opening."""
    found = dict(agreed)
    for name in ("start", "review_by"):
        if found.get(name):
            found[name] = lenient.day(found[name]) or None
    return found
