"""Several records that one form writes: the draft keeps the others beside its own values. Pure.

A draft's values may hold `together: {kind: {record, prev, base, values, verify?}}`. The form's own entry and those of
the parts that say something are signed in one transaction; a part that says nothing is not written. The grid of a
group session is such parts too: a contact, and a note, of each person in it (`group_rows`). A planned visit's draft may
hold `further: [start, …]`: each is one more visit that says what the first one says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import group_rows
from .changes import body_of
from .ids import one_per
from .kind import Kind
from .kinds import KINDS, adherence, injection, vitals

TOGETHER = "together"
FURTHER = "further"
_SAYS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "adherence": adherence.says,
    "vitals": vitals.says,
    "injection": injection.says,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One further record of a form."""

    kind: Kind
    record: str
    prev: tuple[str, ...]
    base: Mapping[str, Any]
    values: Mapping[str, Any]
    verify: bool = False
    """Of a medication list: signed as verified, not only saved."""
    client: str | None = None
    """Whom it is about, where the form is about nobody or several."""
    at: str = ""
    """Path in the form where its problems stand, if not that of its kind."""

    @property
    def prefix(self) -> str:
        """The path before its fields: `together.injection.values.`"""
        return self.at or path_of(self.kind.name, "")

    @property
    def meaning(self) -> str:
        """What writing it says."""
        return "sign" if self.kind.is_document or self.verify else "save"


def path_of(kind: str, field: str) -> str:
    """Return the path of a part's field in the form: `together.injection.values.site`."""
    return f"{TOGETHER}.{kind}.values.{field}"


def part(record: str, prev: tuple[str, ...], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part as it stands before anything is typed."""
    return {"record": record, "prev": list(prev), "base": dict(base), "values": dict(base)}


def says_something(kind: str, values: Mapping[str, Any]) -> bool:
    """Tell whether the values of a document say more than what a form fills in by itself."""
    says = _SAYS.get(kind)
    return says(values) if says is not None else bool(values)


def is_own(path: str) -> bool:
    """Tell whether a path of a form is one of its own record."""
    return path.partition(".")[0] not in (TOGETHER, FURTHER, group_rows.ROWS)


LABELS = {group_rows.ROWS: "Some answers in the grid", FURTHER: "The visits that follow"}
"""What fields are called that only drafts have."""


def fits(path: str, value: Any) -> bool | None:
    """Tell whether a value that only drafts hold may stand there; None for a field of a record."""
    if path == FURTHER:
        return isinstance(value, list) and all(isinstance(start, str) for start in value)
    return group_rows.fits(value) if path == group_rows.ROWS else None


def _grid(values: Mapping[str, Any], record: str) -> tuple[Part, ...]:
    """Return what the grid of a group session becomes."""
    return tuple(
        Part(KINDS[kind], part, (), {}, said, client=client, at=f"{group_rows.ROWS}.{client}.{kind}.")
        for kind, part, client, said in group_rows.written(values, record)
    )


def _visits(values: Mapping[str, Any], record: str) -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return a planned visit and those that follow it; their ids follow from its own, so that a draft which was written
    on two laptops plans each of them once.
    """
    own = {name: value for name, value in values.items() if name != FURTHER}
    starts = dict.fromkeys(str(start) for start in values.get(FURTHER) or () if start != own.get("start"))
    return own, tuple(
        Part(
            KINDS["planned_visit"], one_per(record, f"planned_visit {start}"), (), {}, {**own, "start": start}
        )
        for start in starts
    )


def split(kind: str, values: Mapping[str, Any], record: str = "") -> tuple[dict[str, Any], tuple[Part, ...]]:
    """Return a form's own values, and the parts that say something; own values that say nothing are left out
    where there is a part that does.

    Args:
        record: of the form; the parts of a group session have ids that follow from it.
    """
    if kind == "group_session":
        return group_rows.session_values(values), _grid(values, record)
    if kind == "planned_visit":
        return _visits(values, record)
    own = {name: value for name, value in values.items() if name != TOGETHER}
    found: list[Part] = []
    for name, raw in sorted((values.get(TOGETHER) or {}).items()):
        known = KINDS.get(name)
        if known is None or not isinstance(raw, Mapping) or not raw.get("record"):
            continue
        one = Part(
            known, str(raw["record"]), tuple(raw.get("prev") or ()), raw.get("base") or {}, raw.get("values") or {},
            verify=bool(raw.get("verify")),
        )  # fmt: skip
        if one.verify or (says_something(name, one.values) and body_of(known, one.base, one.values)):
            found.append(one)
    if found and not says_something(kind, own):
        own = {}
    return own, tuple(found)
