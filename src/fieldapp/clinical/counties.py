"""Whose crisis and reporting lines hold for a client: those of their county, else the program's. Pure.

Sources: clinical.md 2.2 (counties), 4.8 (reporting duties), 9.4 (local line on papers); programs.md 16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldapp.records.text import folded

NUMBERS = {"crisis": "crisis_line", "aps": "aps_line", "cps": "cps_line"}
"""What a county may have a number for, and the field that keeps it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Whom to call; each number with the county that it is of, "" where it is the program's."""

    crisis: str = ""
    crisis_county: str = ""
    aps: str = ""
    aps_county: str = ""
    cps: str = ""
    cps_county: str = ""

    @property
    def reporting(self) -> str:
        """The lines for mandated reports in one line: `Skagit: APS 866-555-0101 · CPS 866-555-0102`; "" for none."""
        said = [
            f"{name} {number}{f' ({county})' if county else ''}"
            for name, number, county in (
                ("APS", self.aps, self.aps_county),
                ("CPS", self.cps, self.cps_county),
            )
            if number
        ]
        return " · ".join(said)


def crisis_label(county: str) -> str:
    """Return what the crisis line of a county is called; that of the program for none."""
    return f"{county} crisis line" if county else "Local crisis line"


def same_county(one: object, other: object) -> bool:
    """Tell whether two names mean one county, however they are written: `skagit`, `Skagit County`."""
    return bool(_name(one)) and _name(one) == _name(other)


def _name(text: object) -> str:
    return str(folded(text)).removesuffix(" county").strip()


def lines_of(program: Mapping[str, Any], county: str) -> Lines:
    """Return whom to call for somebody who lives in a county.

    Args:
        program: values of the program's record.
        county: as the address or the episode has it; "" for one that nobody knows.
    """
    own: Mapping[str, Any] = next(
        (row for row in program.get("counties") or () if same_county(row.get("county"), county)), {}
    )
    named = str(own.get("county") or "")

    def pick(field: str, general: str) -> tuple[str, str]:
        number = str(own.get(field) or "")
        return (number, named) if number else (str(program.get(general) or ""), "")

    crisis, aps, cps = (
        pick("crisis_line", "local_crisis_line"),
        pick("aps_line", "aps_line"),
        pick("cps_line", "cps_line"),
    )
    return Lines(*crisis, *aps, *cps)


def crisis_lines(program: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return (county, number) of every county that has a crisis line of its own, for help that knows no client."""
    rows = (
        (str(row.get("county") or ""), str(row.get("crisis_line") or ""))
        for row in program.get("counties") or ()
    )
    return tuple(row for row in rows if all(row))


def with_number(
    rows: Sequence[Mapping[str, Any]], county: str, field: str, number: str
) -> list[dict[str, Any]]:
    """Return the counties of a program with one number set, or taken away by ""; a county with none is left out."""
    found = [dict(row) for row in rows]
    row = next((one for one in found if same_county(one.get("county"), county)), None)
    if row is None:
        row = {"county": county}
        found.append(row)
    row[field] = number
    kept = [{name: value for name, value in one.items() if value} for one in found]
    return sorted((one for one in kept if len(one) > 1), key=lambda one: str(one["county"]))
