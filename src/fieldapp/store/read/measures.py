"""A client's measures over time, and the instruments that this laptop offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from fieldapp.records.defaults import setting
from fieldapp.records.envelope import instant_ms
from fieldapp.records.fold import View
from fieldapp.records.instruments import INSTRUMENTS
from fieldapp.records.kinds import measure
from fieldapp.records.packs import load

from ..models import MeasureDraft, MeasureLine, MeasureOffer, MeasuresRead
from .lines import Asking
from .packs import parts


def instruments(asking: Asking, client: str | None = None) -> tuple[MeasureOffer, ...]:
    """Return what can be asked here and now, in the order in which it is offered."""
    settings: Mapping[str, int] = (asking.known.settings_of(client) if client else {}) or asking.me.settings
    packs = load(parts(asking.rx))[0]
    found = []
    for known in INSTRUMENTS.values():
        if known.needs_words and known.code not in packs:
            continue
        if known.needs_setting and not setting(settings, known.needs_setting):
            continue
        words = packs.get(known.code)
        found.append(MeasureOffer(words.instrument if words else known, words.pack if words else ""))
    return tuple(found)


def measures(asking: Asking, client: str) -> MeasuresRead:
    """Return all measures of a client, oldest first, with the drafts that can be gone on with."""
    lines = tuple(
        sorted(
            (_line(view) for view in asking.rx.views("measure", client) if not view.in_error),
            key=lambda line: (line.at_ms, line.record),
        )
    )
    drafts = []
    for row in asking.rx.drafts():
        if row.kind == "measure" and row.client == client and row.meaning == "sign":
            values: Mapping[str, Any] = orjson.loads(row.body)
            drafts.append(
                MeasureDraft(row.id, str(values.get("instrument") or ""), len(values.get("items") or {}))
            )
    return MeasuresRead(
        client, asking.known.name_of(client), lines, tuple(drafts), instruments(asking, client)
    )


def _line(view: View) -> MeasureLine:
    doc = view.doc
    at = doc.get("at")
    return MeasureLine(
        record=view.id,
        entry=view.heads[0] if view.heads else "",
        instrument=str(doc.get("instrument") or ""),
        title=str(doc.get("title") or ""),
        name=measure.name_of(doc),
        at_ms=instant_ms(at) if at else view.first_ms,
        total=doc.get("total"),
        number=str(doc.get("score") or ""),
        result=measure.result_words(doc),
        author=view.steps[0].name if view.steps else "",
        done=not doc.get("reason_not_done"),
    )
