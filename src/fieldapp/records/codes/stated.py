"""What a contact's entry says of its units must follow from itself, wherever it is received.

The fields of `TOGETHER` are written by one form in one entry (`Kind.together`), so each entry that says units also
says the minutes, the rule and the table that they come from. A rule or table that is not known here is taken as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..canonical import Json
from ..envelope import instant_ms
from .rules import Rule, added_on, counted, rule_named

TOGETHER = (
    "service_code", "modifiers", "units", "units_minutes", "units_before", "units_staff", "units_rule",
    "units_why", "add_on_code", "add_on_units", "code_table", "payer",
)  # fmt: skip


def problem(said: Mapping[str, Json], took_place: frozenset[str]) -> str | None:
    """Return what is wrong with what an entry sets; None if it holds together.

    Args:
        said: the fields that the entry writes.
        took_place: outcomes that may have units.
    """
    units = said.get("units")
    if not units:
        return "units of an added code need the code" if said.get("add_on_units") else None
    outcome = said.get("outcome")
    if outcome is not None and outcome not in took_place:
        return "a contact that did not take place has no units"
    needed = ("service_code", "units_minutes", "units_rule", "code_table")
    if any(said.get(name) is None for name in needed):
        return "units say their code, minutes, rule and table"
    rule = rule_named(said["units_rule"])
    if rule is None:
        return None
    if not _times_fit(said, rule):
        return "more minutes are counted than the contact took"
    minutes, staff = said["units_minutes"], said.get("units_staff") or 1
    if units != counted(rule, minutes, said.get("units_before") or 0, staff):
        return "the units do not follow from the minutes and the rule"
    if (said.get("add_on_units") or 0) != added_on(rule, minutes):
        return "the units of the added code do not follow from the minutes and the rule"
    return _not_of_table(said, rule)


def _times_fit(said: Mapping[str, Json], rule: Rule) -> bool:
    """Tell whether the minutes fit into the times that the same entry writes."""
    start, stop = said.get("start"), said.get("stop")
    if not start or not stop or rule.travel:
        return True
    return bool(said["units_minutes"] <= (instant_ms(stop) - instant_ms(start)) // 60_000)


def _not_of_table(said: Mapping[str, Json], rule: Rule) -> str | None:
    from . import KNOWN_TABLES

    table = KNOWN_TABLES.get(said["code_table"])
    if table is None:
        return None
    rows = [row for row in table.rows if row.code == said["service_code"]]
    if not rows:
        return "the named table does not have this code"
    if rule not in [row.counts for row in rows]:
        return "the named table counts this code by another rule"
    return None
