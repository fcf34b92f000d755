"""Going through the questions of an instrument: keys to answers, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..records.instruments.model import Instrument, Item
from ..records.instruments.scoring import asked
from ..records.kinds.measure import completed
from ..widgets.big_answers import Answer


def keys_of(item: Item) -> dict[int, str]:
    """Return what is typed for each answer: its value, or its place where values are below nought."""
    if all(option.value >= 0 for option in item.options):
        return {option.value: str(option.value) for option in item.options}
    return {option.value: str(place) for place, option in enumerate(item.options, 1)}


def is_long(item: Item) -> bool:
    """Tell whether an answer may need two keys, so that enter has to end it."""
    return any(len(keys) > 1 for keys in keys_of(item).values())


def pressed(item: Item, key: str, given: int | None) -> int | None:
    """Return the answer that a digit, `y` or `n` gives; None for a key that gives none."""
    values = {keys: value for value, keys in keys_of(item).items()}
    if {option.value for option in item.options} == {0, 1} and key in ("y", "n"):
        return int(key == "y")
    if is_long(item) and given is not None:
        longer = keys_of(item)[given] + key
        if longer in values:
            return values[longer]
    return values.get(key)


def shown_answers(item: Item, given: int | None) -> list[Answer]:
    """Return the answers as they are drawn."""
    keys = keys_of(item)
    signed = any(option.value < 0 for option in item.options)
    return [
        Answer(
            keys[option.value],
            f"{_signed(option.value)} {option.words}" if signed else option.words,
            option.value == given,
        )
        for option in item.options
    ]


def _signed(value: int) -> str:
    return f"{value:+d}".replace("-", "−") if value else "0"


def with_answer(
    instrument: Instrument, values: Mapping[str, Any], key: str, value: int | None
) -> dict[str, Any]:
    """Return a measure's values with an item answered, or with None declined; what is not asked any more is gone."""
    answers = dict(values.get("items") or {})
    declined = [name for name in values.get("declined") or [] if name != key]
    answers.pop(key, None)
    if value is None:
        declined.append(key)
    else:
        answers[key] = value
    while True:
        called = {item.key for item in asked(instrument, answers, declined)}
        kept = {name: given for name, given in answers.items() if name in called}
        still = [name for name in declined if name in called]
        if kept == answers and still == declined:
            break
        answers, declined = kept, still
    made = {**values, "items": answers, "declined": declined}
    if not declined:
        made.pop("declined")
    return completed(made)


def path(instrument: Instrument, values: Mapping[str, Any]) -> Sequence[Item]:
    """Return the items that are asked after the answers so far."""
    return asked(instrument, values.get("items") or {}, values.get("declined") or ())


def is_answered(values: Mapping[str, Any], key: str) -> bool:
    """Tell whether an item has an answer, or was declined."""
    return key in (values.get("items") or {}) or key in (values.get("declined") or ())


def first_open(instrument: Instrument, values: Mapping[str, Any]) -> str:
    """Return the first item without an answer; empty when all have one."""
    return next((item.key for item in path(instrument, values) if not is_answered(values, item.key)), "")
