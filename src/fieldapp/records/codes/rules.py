"""Units from minutes: each rule as a value with a text form, so that a signed entry can name the rule it was counted by.

Pure; clinical.md 2.10. Minutes and units are whole numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCKS = {"per15": 15, "per20": 20, "hour": 60}
"""Rules whose unit is so many minutes; `block` names its own."""
TIMED = frozenset({*BLOCKS, "block"})
RULES = {
    "per15": "15 minutes",
    "per20": "20 minutes",
    "hour": "hour",
    "block": "a number of minutes",
    "event": "one per contact",
    "per_diem": "one per day",
    "band": "one within a range of minutes",
}
ROUNDINGS = {"nearest": "more than half counts", "floor": "whole ones only", "ceil": "each begun one"}

_TEXT = re.compile(
    r"(?P<how>per15|per20|hour|block|event|per_diem|band)"
    r"(?::(?P<first>\d{1,4})(?:(?P<range>-)(?P<last>\d{1,4})?)?)?"
    r"(?:/(?P<rounding>nearest|floor|ceil))?"
    r"(?:/plus:(?P<after>\d{1,4}):(?P<each>\d{1,4}))?"
    r"(?P<day_sum>/day_sum)?(?P<travel>/travel)?(?P<second>/second_staff)?"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one code is counted."""

    how: str
    """A name in RULES."""
    rounding: str = "nearest"
    """nearest (more than half of a unit counts as one), floor or ceil; of a band, for what is added on."""
    minutes: int = 0
    """Of one unit, for `block`."""
    minimum: int | None = None
    """Minutes that a day needs (per_diem; None: nobody has set them), or where a band begins."""
    most: int | None = None
    """Where a band ends; None for an open end."""
    plus_after: int = 0
    """A band with an open end: minutes after which a second code is added on."""
    plus_each: int = 0
    """Minutes of one unit of that second code."""
    day_sum: bool = False
    """The payer adds up the minutes of one code on one day before rounding."""
    travel: bool = False
    """The payer counts travel."""
    second_staff: bool = False
    """The payer counts a second member of staff."""

    @property
    def unit_minutes(self) -> int:
        """Minutes of one unit; 0 for a rule that does not count time."""
        return self.minutes if self.how == "block" else BLOCKS.get(self.how, 0)

    @property
    def by_day(self) -> bool:
        """Whether earlier minutes of the day count."""
        return self.day_sum or self.how == "per_diem"

    @property
    def text(self) -> str:
        """The rule as an entry names it: `per15/nearest`, `per_diem:180`, `band:16-37`."""
        said = self.how
        if self.how == "block":
            said += f":{self.minutes}"
        elif self.how == "per_diem" and self.minimum is not None:
            said += f":{self.minimum}"
        elif self.how == "band":
            said += f":{self.minimum or 0}-{'' if self.most is None else self.most}"
        if self.how in TIMED or self.plus_each:
            said += f"/{self.rounding}"
        if self.plus_each:
            said += f"/plus:{self.plus_after}:{self.plus_each}"
        for name, on in (
            ("day_sum", self.day_sum),
            ("travel", self.travel),
            ("second_staff", self.second_staff),
        ):
            said += f"/{name}" if on else ""
        return said


def rule_named(text: str) -> Rule | None:
    """Return the rule that a text names; None for one that a later version of fieldapp made."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    how, first = found["how"], found["first"]
    number = int(first) if first else None
    rule = Rule(
        how=how,
        rounding=found["rounding"] or "nearest",
        minutes=(number or 0) if how == "block" else 0,
        minimum=number if how in ("per_diem", "band") else None,
        most=int(found["last"]) if found["last"] else None,
        plus_after=int(found["after"] or 0),
        plus_each=int(found["each"] or 0),
        day_sum=bool(found["day_sum"]),
        travel=bool(found["travel"]),
        second_staff=bool(found["second"]),
    )
    # What does not come back as it was written is no rule of ours: `event:5`, `block:0`.
    return rule if rule.text == text and (how != "block" or rule.minutes > 0) else None


def blocks(minutes: int, unit: int, rounding: str) -> int:
    """Return how many units of so many minutes there are in some minutes."""
    whole, rest = divmod(max(0, minutes), unit)
    if rounding == "ceil":
        return whole + (rest > 0)
    if rounding == "floor":
        return whole
    return whole + (rest * 2 > unit)


def in_all(rule: Rule, minutes: int) -> int:
    """Return the units of some minutes taken together; no minutes are never a unit."""
    if minutes <= 0:
        return 0
    if rule.how in TIMED:
        return blocks(minutes, rule.unit_minutes, rule.rounding)
    if rule.how == "event":
        return 1
    if rule.how == "per_diem":
        return int(rule.minimum is not None and minutes >= rule.minimum)
    return int(in_band(rule, minutes))


def in_band(rule: Rule, minutes: int) -> bool:
    """Tell whether minutes lie in a band, both ends included."""
    return minutes >= (rule.minimum or 0) and (rule.most is None or minutes <= rule.most)


def counted(rule: Rule, minutes: int, before: int = 0, staff: int = 1) -> int:
    """Return the units that a contact adds to its day.

    Args:
        before: minutes of the same code with the same client earlier that day; only a day's sum looks at them.
        staff: how many of the team took part; a second one counts only where the payer's rule says so.
    """
    units = in_all(rule, minutes)
    if rule.by_day:
        units = in_all(rule, before + minutes) - in_all(rule, before)
    return units * (max(1, staff) if rule.second_staff and rule.how in TIMED else 1)


def added_on(rule: Rule, minutes: int) -> int:
    """Return the units of the code that is added on after so many minutes."""
    if not rule.plus_each or not in_all(rule, minutes):
        return 0
    return blocks(minutes - rule.plus_after, rule.plus_each, rule.rounding)
