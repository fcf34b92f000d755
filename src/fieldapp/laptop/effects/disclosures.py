"""Who heard about the client in a contact: the accounting of disclosures follows it (clinical.md 2.22)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldapp.clinical.due import day_of
from fieldapp.clinical.participants import outside
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds.contact import TYPES
from fieldapp.store.read import lenient
from fieldapp.store.read.releases import hearers
from fieldapp.store.sheet_models import Hearer

from ..opened import Writing
from ..pen import Pen
from .values import Values


def logged(pen: Pen, entry: Entry, base: Values, values: Values) -> Iterator[Entry]:
    """Write one disclosure per person who heard something; a correction of the contact corrects them."""
    contact, client = entry.envelope.id, entry.envelope.client
    if client is None:
        return
    told, before = _told(values), _told(base)
    start_ms = lenient.moment(values.get("start"))
    day = day_of(start_ms, pen.work.me.tz) if start_ms is not None else ""
    heard = dict(
        zip(
            told,
            hearers(pen.work, client, [str(row.get("who") or "") for row in told.values()], day),
            strict=True,
        )
    )
    for item in sorted(told.keys() | before.keys()):
        row = told.get(item)
        record = one_per(contact, f"disclosure {item}")
        view = pen.work.rx.view(record)
        fields: dict[str, Json]
        if row is None:
            if view is None or view.get("withdrawn"):
                continue
            fields = {"withdrawn": True}
        else:
            fields = _said(heard[item], contact, row, values)
            if view is not None:
                fields = {name: value for name, value in fields.items() if view.get(name) != value}
            if not fields:
                continue
        heads = view.heads if view is not None else ()
        yield pen.write("disclosure", record, client, "save", heads, {"set": fields})


def _told(values: Values) -> dict[str, Mapping[str, Any]]:
    """Return the participants from outside of the team who did not only listen, by their item."""
    rows: Mapping[str, Mapping[str, Any]] = values.get("participants") or {}
    return {
        item: row
        for item, row in rows.items()
        if outside(row) and row.get("disclosure_basis") not in (None, "", "listen_only")
    }


def _said(hearer: Hearer, contact: str, row: Mapping[str, Any], values: Values) -> dict[str, Json]:
    basis = str(row.get("disclosure_basis"))
    about = str(values.get("contact_type") or "")
    by_release = basis in hearer.answer.bases and basis in ("roi", "tpo")
    fields: dict[str, Json] = {
        "to": hearer.name,
        "related": hearer.related or None,
        "what": f"Took part: {TYPES.get(about, about).lower()}",
        "basis": basis,
        "consent": hearer.answer.consent or None if by_release else None,
        "method": "phone" if values.get("modality") == "phone" else "talk",
        "at": values.get("start"),
        "source": contact,
        "withdrawn": None,
    }
    return fields


def disclosures_of(work: Writing, contact: View) -> list[View]:
    """Return what a contact said that others heard, as far as it still stands."""
    return [
        view
        for view in work.rx.views("disclosure", contact.client)
        if view.get("source") == contact.id and not view.get("withdrawn") and not view.in_error
    ]
