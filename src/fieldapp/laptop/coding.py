"""Code and units of a contact that another record brings about, with nobody at its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.clinical.coding import code_line
from fieldapp.records.canonical import Json
from fieldapp.records.fold import View
from fieldapp.store.read import lenient
from fieldapp.store.read.codes import coding
from fieldapp.store.read.lines import Asking


def units_of(
    asking: Asking, record: str, client: str | None, view: View | None, now: Mapping[str, Json]
) -> dict[str, Any]:
    """Return the fields of code and units, all of them, where they differ from what the contact says.

    Args:
        view: the contact as it stands; None for a new one.
        now: its values as they will stand. A code that somebody chose is kept while it may be used.
    """
    known = coding(asking, client, around_ms=lenient.moment(now.get("start")))
    chosen = str(view.get("service_code") or "") if view is not None else ""
    fields = code_line(now, known, record=record, chosen=chosen).fields
    was = {name: view.get(name) if view is not None else None for name in fields}
    if was == fields:
        return {}
    return {name: value for name, value in fields.items() if value is not None or was[name] is not None}
