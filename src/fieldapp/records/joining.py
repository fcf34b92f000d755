"""Two versions of one form by one person, typed on two laptops, made into one that says all of both. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from . import together
from .canonical import Json
from .changes import Values
from .kind import DOC, Kind

_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,64}")
"""What may be a choice, a day or an instant: joined as text it would be none of them."""


class Joined(NamedTuple):
    """Both versions in one."""

    values: Values
    kept: tuple[str, ...]
    """Fields that cannot hold both: they are as in the first version."""


def join(kind: Kind, base: Mapping[str, Json], mine: Mapping[str, Json], other: Mapping[str, Json]) -> Joined:
    """Return the values of a form that says what both say.

    What only one of them changed is taken from that one; texts follow each other, lists hold the lines of both.
    """
    values: Values = {}
    kept: list[str] = []
    for name in dict.fromkeys((*mine, *other)):
        one, two, was = mine.get(name), other.get(name), base.get(name)
        if two in (one, was) or _is_empty(two):
            values[name] = one
        elif one == was or _is_empty(one):
            values[name] = two
        else:
            both = next((v for v in _both(one, two, was) if _fits(kind, mine, name, v)), None)
            values[name] = one if both is None else both
            if both is None or _lost(two, both):
                kept.append(name)
    return Joined({name: value for name, value in values.items() if value is not None}, tuple(kept))


def _is_empty(value: Json) -> bool:
    return value is None or value in ("", [], {})


def _both(one: Json, two: Json, was: Json) -> list[Json]:
    """Return what could be said of both, the most complete first."""
    return [_merged(one, two, was, codes=True), _merged(one, two, was, codes=False)]


def _merged(one: Json, two: Json, was: Json, *, codes: bool) -> Json:
    if one == two or two == was or _is_empty(two):
        return one
    if one == was or _is_empty(one):
        return two
    if isinstance(one, str) and isinstance(two, str):
        if one in two or two in one:
            return max(one, two, key=len)
        if not codes and _CODE.fullmatch(one) and _CODE.fullmatch(two):
            return one
        return f"{one}\n{two}"
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        before = was if isinstance(was, Mapping) else {}
        return {
            name: _merged(one.get(name), two.get(name), before.get(name), codes=codes)
            for name in dict.fromkeys((*one, *two))
        }
    if isinstance(one, list) and isinstance(two, list):
        return [*one, *(line for line in two if line not in one)]
    return one


def _fits(kind: Kind, values: Mapping[str, Json], name: str, value: Json) -> bool:
    """Tell whether a field may hold a value."""
    of_draft = together.fits(name, value)
    if of_draft is not None:
        return of_draft
    whole = {**values, name: value}
    if kind.is_document:
        return kind.check_body("sign", {DOC: whole}) is None
    body = {"items": {name: value}} if name in kind.lists else {"set": {name: value}}
    return kind.check_body("save", body) is None


def _lost(two: Json, both: Json) -> bool:
    """Tell whether something of the second version is not in what was made of both."""
    if isinstance(two, str):
        return not (isinstance(both, str) and two in both)
    if isinstance(two, Mapping):
        return not isinstance(both, Mapping) or any(_lost(two[name], both.get(name)) for name in two)
    if isinstance(two, list):
        return not isinstance(both, list) or any(line not in both for line in two)
    return not _is_empty(two) and two != both
