"""Why a contact has the units that it has, in plain words; the same on screen, in the entry and in the tests. Pure."""

from __future__ import annotations

from .rules import TIMED, Rule, added_on, counted, in_all, in_band

_ROUNDED = {"nearest": "nearest {}", "floor": "whole {}s only", "ceil": "each begun {}"}


def units_words(count: int) -> str:
    """Return `1 unit` or `3 units`."""
    return f"{count} unit" if count == 1 else f"{count} units"


def why(
    rule: Rule,
    minutes: int,
    *,
    before: int = 0,
    staff: int = 1,
    travel: int = 0,
    of: int | None = None,
    dated: str = "",
) -> str:
    """Return the sentence for a contact that took place: `40 min, nearest 15: 3 units; travel 25 min not counted`.

    Args:
        minutes: those that are counted, travel included where the rule counts it.
        before: minutes of the same code earlier that day.
        staff: how many of the team took part.
        travel: minutes of travel, said whether they count or not.
        of: minutes of the whole contact, when the client was there for fewer.
        dated: the day, said when the contact goes on past midnight.
    """
    spent = f"{minutes - travel if rule.travel else minutes} min"
    if of is not None and of != minutes - (travel if rule.travel else 0):
        spent = f"{spent} of {of} with the client"
    if travel and rule.travel:
        spent = f"{spent} and {travel} of travel"
    said = [_counted(rule, minutes, spent, before)]
    if staff > 1 and rule.how in TIMED:
        both = f"{staff} staff count: {units_words(counted(rule, minutes, before, staff))}"
        said.append(both if rule.second_staff else "second staff not counted")
    if added_on(rule, minutes):
        said.append(
            f"past {rule.plus_after} min {units_words(added_on(rule, minutes))} more of the added code"
        )
    if travel and not rule.travel:
        said.append(f"travel {travel} min not counted")
    if dated:
        said.append(f"dated {dated}, when it began")
    return "; ".join(said)


def _counted(rule: Rule, minutes: int, spent: str, before: int) -> str:
    if rule.how == "event":
        return _once(rule, minutes, before)
    if rule.how == "band":
        return _band(rule, minutes, spent)
    if rule.how == "per_diem":
        return _day(rule, minutes, spent, before)
    alone = in_all(rule, minutes)
    said = f"{spent}, {_ROUNDED[rule.rounding].format(rule.unit_minutes)}: {units_words(alone)}"
    if not rule.day_sum or not before:
        return said
    together, had = in_all(rule, before + minutes), in_all(rule, before)
    return (
        f"{said} alone; with {before} min earlier that day {before + minutes} min make {units_words(together)}, "
        f"{had} counted already: {units_words(together - had)}"
    )


def _once(rule: Rule, minutes: int, before: int) -> str:
    if rule.day_sum and before:
        return "one per day, counted already: 0 units"
    return f"one per {'day' if rule.day_sum else 'contact'}: {units_words(in_all(rule, minutes))}"


def _band(rule: Rule, minutes: int, spent: str) -> str:
    low, high = rule.minimum or 0, rule.most
    band = f"{low} min or more" if high is None else f"{low} to {high} min"
    if in_band(rule, minutes):
        return f"{spent}, band {band}: 1 unit"
    if minutes < low:
        return f"{spent}, below the band {band}: not reportable"
    return f"{spent}, above the band {band}: not this code"


def _day(rule: Rule, minutes: int, spent: str, before: int) -> str:
    if rule.minimum is None:
        return f"{spent}; your agency has not set how many minutes this day rate needs: 0 units"
    total = before + minutes
    said = f"{spent} and {before} earlier that day make {total}" if before else spent
    said = f"{said}, a day needs {rule.minimum}"
    if total < rule.minimum:
        return f"{said}: 0 units, {rule.minimum - total} min short"
    return f"{said}: counted already, 0 units" if in_all(rule, before) else f"{said}: 1 unit"
