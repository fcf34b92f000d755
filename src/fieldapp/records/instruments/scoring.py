"""From answers to a result: who is asked what, total, band, flags. One function for laptop and server. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .model import INCOMPLETE, POSITIVE, Band, Condition, Instrument, Item


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers add up to."""

    total: int | None
    band: str | None
    prorated: bool
    missing: tuple[str, ...]
    """Items that were to be asked and have no answer, in order."""
    flags: tuple[str, ...]
    risk: str | None
    """The level of suicide risk that a screen calls for; None where the instrument says nothing of it."""


def _met(condition: Condition, answers: Mapping[str, int], declined: Collection[str]) -> bool:
    value = answers.get(condition.item)
    if value is None:
        return condition.or_declined and condition.item in declined
    return value >= condition.least


def is_asked(item: Item, answers: Mapping[str, int], declined: Collection[str] = ()) -> bool:
    """Tell whether the answers so far call for an item."""
    return not item.only_if or any(_met(condition, answers, declined) for condition in item.only_if)


def asked(
    instrument: Instrument, answers: Mapping[str, int], declined: Collection[str] = ()
) -> tuple[Item, ...]:
    """Return the items that the answers so far call for, in order."""
    return tuple(item for item in instrument.items if is_asked(item, answers, declined))


def complaint(instrument: Instrument, answers: Mapping[str, int], declined: Collection[str] = ()) -> str:
    """Return why answers are not of this instrument; empty if they are."""
    for key in (*answers, *declined):
        item = instrument.item(key)
        if item is None:
            return f"there is no item {key}"
        if not is_asked(item, answers, declined):
            return f"item {key} is not asked after these answers"
    for key, value in answers.items():
        item = instrument.item(key)
        if item is not None and value not in {option.value for option in item.options}:
            return f"item {key} has no answer {value}"
    both = set(answers) & set(declined)
    return f"item {min(both)} is both answered and declined" if both else ""


def score(instrument: Instrument, answers: Mapping[str, int], declined: Collection[str] = ()) -> Result:
    """Return the result of answers; raises ValueError for answers that are not of this instrument."""
    wrong = complaint(instrument, answers, declined)
    if wrong:
        raise ValueError(wrong)
    missing = tuple(item.key for item in asked(instrument, answers, declined) if item.key not in answers)
    flags = [flag.code for flag in instrument.flags if _met(flag.when, answers, declined)]
    if instrument.triage:
        band = _triage(instrument, answers, declined, missing)
        total, prorated = None, False
    else:
        total, prorated = _total(instrument, answers, missing)
        band = next((b for b in instrument.bands if total is not None and b.least <= total <= b.most), None)
    if band is not None and band.positive:
        flags.append(POSITIVE)
    if instrument.suicide_screen and _open(instrument, missing, declined):
        flags.append(INCOMPLETE)
    risk = (band.risk or None) if band is not None else None
    return Result(total, band.code if band is not None else None, prorated, missing, tuple(flags), risk)


def _open(instrument: Instrument, missing: Collection[str], declined: Collection[str]) -> bool:
    """Tell whether a screen still waits for an answer; where refusing counts as an answer it does not wait."""
    counted = {rule.when.item for rule in instrument.triage if rule.when.or_declined}
    return any(not (key in declined and key in counted) for key in missing)


def _triage(
    instrument: Instrument, answers: Mapping[str, int], declined: Collection[str], missing: Collection[str]
) -> Band | None:
    for rule in instrument.triage:
        if _met(rule.when, answers, declined) and not (rule.unanswered and rule.unanswered in answers):
            return instrument.band(rule.band)
    # Nothing said yes so far; what was not answered could have.
    return instrument.band(INCOMPLETE) if _open(instrument, missing, declined) else instrument.bands[0]


def _total(
    instrument: Instrument, answers: Mapping[str, int], missing: Collection[str]
) -> tuple[int | None, bool]:
    scored = [item for item in instrument.items if item.weight]
    lacking = [item for item in scored if item.key in missing]
    given = [item for item in scored if item.key in answers]
    if not scored or not given or len(lacking) > instrument.may_miss:
        return None, False
    total = sum(item.weight * answers[item.key] for item in given)
    if not lacking:
        # An item that was not to be asked counts nothing.
        return total, False
    # Half up, so that every machine rounds the same way.
    return (2 * total * len(scored) + len(given)) // (2 * len(given)), True
