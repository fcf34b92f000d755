"""What an observation of medicines and an injection bring about: a task for the prescriber, dates in the list."""

from __future__ import annotations

from typing import Any

from fieldapp.clinical.times import HOUR_MS
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.adherence import SEVERE
from fieldapp.store.read import lenient

from ..pen import Pen
from .tasks import follow_up
from .values import Values

_TITLE_MAX = 120


def of_adherence(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Have the prescriber look at a side effect; with none named, whoever prescribes in the client's program."""
    said = " ".join(str(values.get("side_effects") or "").split())
    if not said or (said, values.get("severity")) == (
        " ".join(str(base.get("side_effects") or "").split()), base.get("severity"),
    ):  # fmt: skip
        return []
    client = entry.envelope.client or ""
    facts = pen.work.known.clients.get(client)
    owner = facts.prescriber_on(pen.work.day) if facts is not None else ""
    severe = values.get("severity") == SEVERE
    settings = pen.work.known.settings_of(client)
    hours = setting(settings, "side_effect_severe_h" if severe else "side_effect_task_h")
    title = f"{'SEVERE side effect' if severe else 'Side effect'}: {said}"
    if len(title) > _TITLE_MAX:
        title = f"{title[: _TITLE_MAX - 1]}…"
    return follow_up(
        pen, entry, "side_effect", pen.work.now_ms + hours * HOUR_MS, title, owner=owner, role="prescriber"
    )


def of_injection(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Write the dates of an injection into the list, unless the list knows of a later one."""
    item, on = str(values.get("medicine") or ""), lenient.day(values.get("on"))
    client = entry.envelope.client or ""
    view = pen.work.rx.view(one_per(client, "medication_list"))
    medicine = view.items("medicines").get(item) if view is not None else None
    if view is None or medicine is None or not on:
        return []
    if lenient.day(medicine.get("last_given")) > on and medicine.get("given") != entry.envelope.id:
        return []
    said: dict[str, Any] = {
        "last_given": on,
        "next_due": lenient.day(values.get("next_due")) or None,
        "lai_site": values.get("site"),
        "given": entry.envelope.id,
    }
    changed = {name: value for name, value in said.items() if value != medicine.get(name)}
    if not changed:
        return []
    # Always named, so that an injection entered in error finds what it left here.
    body = {"items": {"medicines": {item: changed | {"given": entry.envelope.id}}}}
    return [pen.write("medication_list", view.id, client, "save", view.heads, body)]
