"""Dummy codes in the shape of an agency's table: numbers and labels of nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fieldapp.clinical.coding import Coded, Coding, Coverage
from fieldapp.records.codes import BUILT_IN
from fieldapp.records.codes.table import CodeRow, Table, Tables
from fieldapp.records.envelope import instant

START = 1_795_374_000_000
"""2026-11-22 11:00 in Seattle."""
MINUTE = 60_000
TZ = "America/Los_Angeles"
BANDS: tuple[dict[str, Any], ...] = tuple(
    {"code": f"ZZ{n}", "label": f"Dummy band {n}", "rule": "band", "types": ["individual_counseling"],
     "since": "2026-01-01", "minimum": low, **({"most": high} if high else {})}
    for n, (low, high) in enumerate(((16, 37), (38, 52), (53, None)), 1)
)  # fmt: skip


def pack_text(*codes: Mapping[str, Any], pack: str = "dummy-codes", version: str = "2026-1") -> str:
    """Return the text of a pack of codes."""
    return json.dumps({
        "format": 1, "pack": pack, "version": version, "language": "en", "licence": "Dummy codes. Free.",
        "permission_reference": "none needed", "attested": {"by": "Priya Nair, LMHC", "on": "2026-03-02"},
        "codes": [dict(row) for row in codes],
    })  # fmt: skip


def table(*rows: Mapping[str, Any], name: str = "agency") -> Table:
    """Return a table of dummy rows."""
    return Table.public(name, "1", [CodeRow.model_validate({"rule": "per15", "label": "Dummy"} | dict(row)) for row in rows])  # fmt: skip


def coding(
    *tables: Table, credential: str = "LICSW", payer: str = "Medicaid", **more: Any
) -> Coding:  # fmt: skip
    """Return what is known for coding, with the public table first."""
    held = {"code": credential} | more.pop("held", {})
    staff = {"credentials": {"c": held}} if credential else {}
    given: dict[str, Any] = {
        "tables": Tables((BUILT_IN, *tables)),
        "staff": staff,
        "tz": TZ,
        "coverage": (Coverage(payer),) if payer else (),
    }
    return Coding(**(given | more))


def visit(minutes: int = 40, **values: Any) -> dict[str, Any]:
    """Return the values of a finished visit."""
    return {
        "start": instant(START), "stop": instant(START + minutes * MINUTE), "tz": TZ, "outcome": "completed",
        "contact_type": "individual_counseling", "modality": "in_person", "setting": "home",
    } | values  # fmt: skip


def other(record: str, code: str = "H0004", minutes: int = 10, *, ago: int = 120, **more: Any) -> Coded:
    """Return another contact of the client, by default two hours before."""
    start = START - ago * MINUTE
    given: dict[str, Any] = {
        "record": record, "day": "2026-11-22", "staff": "somebody", "start_ms": start,
        "stop_ms": start + minutes * MINUTE, "contact_type": "individual_counseling", "code": code,
        "minutes": minutes, "units": (minutes + 7) // 15,
    }  # fmt: skip
    return Coded(**(given | more))
