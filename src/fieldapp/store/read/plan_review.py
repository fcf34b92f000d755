"""What makes a standing safety plan one to look at again now, whatever its date says (clinical.md 2.15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from fieldapp.records.ids import one_per
from fieldapp.records.kinds import risk
from fieldapp.records.kinds.plan import TRIGGER_FACT, TRIGGERS

from ..entries import names
from ..search import plain
from ..transaction import Rx
from . import lenient
from .known import ClientFacts, PlanFacts

_EVENTS: Mapping[str, str] = {"attempt": "attempt", "crisis": "crisis", "discharge": "discharge"}
"""What a signed risk says happened, as a trigger."""


def wanted(doc: Mapping[str, Any]) -> frozenset[str]:
    """Return the triggers that a version agreed on; all of them if it names none."""
    named = [code for code in doc.get("trigger_for_review") or () if code in TRIGGERS]
    return frozenset(named or TRIGGERS)


def triggers(rx: Rx, found: Mapping[str, ClientFacts]) -> dict[str, str]:
    """Return client to the trigger that fired since the plan was signed, for those where one did."""
    plans = {client: facts.plan for client, facts in found.items() if facts.plan.active}
    if not plans:
        return {}
    since = min(plan.signed_ms for plan in plans.values())
    fired: dict[str, str] = {}
    checks = (_facts(rx, plans, since), _helpers(rx, plans, since), _risks(rx, found, plans))
    for pairs in checks:
        for client, code in pairs:
            if client in plans and code in plans[client].triggers:
                fired[client] = min(fired.get(client, code), code, key=_ORDER.index)
    return fired


_ORDER = ("attempt", "crisis", "new_risk", "discharge", "helper_changed")
"""Which one is named when several fired."""


def _facts(rx: Rx, plans: Mapping[str, PlanFacts], since: int) -> Iterable[tuple[str, str]]:
    rows = rx.all(
        "WITH asked AS (SELECT value FROM json_each(?))"
        " SELECT client, value, at_ms FROM fact WHERE client IN asked AND name = ? AND at_ms > ?"
        " UNION ALL SELECT client, 'crisis', when_ms FROM view"
        " WHERE client IN asked AND kind = 'crisis' AND in_error = 0 AND when_ms > ?",
        names(plans), TRIGGER_FACT, since, since,
    )  # fmt: skip
    for client, code, at_ms in rows:
        plan = plans.get(client)
        if plan is not None and code in TRIGGERS and at_ms > plan.signed_ms:
            yield client, code


def _helpers(rx: Rx, plans: Mapping[str, PlanFacts], since: int) -> Iterable[tuple[str, str]]:
    """Yield clients of whom somebody named in step 4 is known by other details since the plan was signed."""
    rows = rx.all(
        "SELECT client, record, last_ms, in_error, data FROM view WHERE kind = 'related_person' AND last_ms > ?"
        " AND client IN (SELECT value FROM json_each(?))",
        since, names(plans),
    )  # fmt: skip
    for client, record, last_ms, in_error, raw in rows:
        plan = plans[client]
        if last_ms <= plan.signed_ms:
            continue
        data = orjson.loads(raw)
        shown = {name: writes[0][0] for name, writes in data["fields"].items() if writes}
        for helper in plan.helpers:
            if _is(helper, record, shown) and (in_error or _differs(helper, shown)):
                yield client, "helper_changed"


def _is(helper: Mapping[str, Any], record: str, shown: Mapping[str, Any]) -> bool:
    """Tell whether a line of the plan means a related person: by id, else by name."""
    if helper.get("person"):
        return bool(helper["person"] == record)
    return plain(str(helper.get("name") or "")) == plain(str(shown.get("name") or ""))


def _differs(helper: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    """Tell whether calling the line as it stands would go wrong."""
    if shown.get("former"):
        return True
    known = {_digits(shown.get(name)) for name in ("phone", "phone2")} - {""}
    dialled = _digits(helper.get("phone"))
    if known and dialled not in known:
        return True
    return plain(str(helper.get("name") or "")) != plain(str(shown.get("name") or ""))


def _digits(phone: Any) -> str:
    return "".join(letter for letter in str(phone or "") if letter.isdigit())


def _risks(
    rx: Rx, found: Mapping[str, ClientFacts], plans: Mapping[str, PlanFacts]
) -> Iterable[tuple[str, str]]:
    rows = rx.all(
        "SELECT client, last_ms FROM view WHERE kind = 'risk' AND in_error = 0"
        " AND client IN (SELECT value FROM json_each(?))",
        names(plans),
    )
    for client, last_ms in rows:
        if last_ms <= plans[client].signed_ms:
            continue
        record = one_per(client, "risk")
        view = rx.view(record)
        if view is None:
            continue
        entries = rx.entries(record)
        standing = {step.hash for step in view.steps if step.status != "error"}
        for entry in entries:
            if entry.hash in standing and entry.envelope.effective_ms > plans[client].signed_ms:
                said = (entry.envelope.body.get("set") or {}).get("happened") or ()
                yield from ((client, _EVENTS[code]) for code in said if code in _EVENTS)
        if found[client].risk in risk.RAISED:
            gone = [entry.hash for entry in entries if entry.hash not in standing]
            rose = risk.rose_ms(risk.turns(entries, gone))
            if rose is not None and rose > plans[client].signed_ms:
                yield client, "new_risk"


def plan_facts(data: Mapping[str, Any]) -> PlanFacts:
    """Return how a plan stands, from its stored view."""
    versions = data["fields"].get("doc") or []
    bodies = [(write[0] or {}, write[4]) for write in versions]
    standing = [pair for pair in bodies if not pair[0].get("declined")]
    shown = standing or bodies
    # Two versions: the earlier date counts, because nobody has decided which one stands.
    due = min(filter(None, (lenient.day(body.get("review_due")) for body, _ in shown)), default="")
    return PlanFacts(
        active=len(standing),
        declined=bool(bodies) and not standing,
        review_due=due,
        signed_ms=max((at_ms for _, at_ms in shown), default=0),
        helpers=tuple(row for body, _ in standing for row in body.get("helpers") or ()),
        copy_given=all(body.get("copy_given") for body, _ in standing),
        triggers=frozenset().union(*(wanted(body) for body, _ in standing)),
    )
