"""Tables of service codes: what a row says, and which row holds for a payer on a day (clinical.md 2.10). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Limit
from pydantic.types import Strict
from pydantic_core import PydanticCustomError

from ..canonical import digest, dumps
from ..text import folded
from ..types import Code, Day
from .rules import Rule

Minutes = Annotated[int, Limit(ge=0, le=1440)]
Codes = Annotated[tuple[Code, ...], Limit(max_length=60), Strict(False)]
_Label = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")]
_Payer = Annotated[str, StringConstraints(max_length=80)]


class CodeRow(BaseModel):
    """One code as one payer takes it from a day on."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: Code
    label: _Label
    """In our or the agency's own words."""
    payer: _Payer = ""
    """As coverage names it; case does not matter. Empty: for every payer without a row of its own."""
    since: Day = "2000-01-01"
    until: Day | None = None
    """The last day on which it holds."""
    rule: Literal["per15", "per20", "hour", "block", "event", "per_diem", "band"]
    rounding: Literal["nearest", "floor", "ceil"] = "nearest"
    minutes: Minutes = 0
    """Of one unit of `block`."""
    minimum: Minutes | None = None
    """Minutes that a day needs, or where a band begins."""
    most: Minutes | None = None
    """Where a band ends."""
    day_sum: bool = False
    travel: bool = False
    second_staff: bool = False
    max_units: Annotated[int, Limit(ge=1, le=10_000)] | None = None
    """Units that the payer takes for one client and day."""
    types: Codes = ()
    """Types of contact that it is for; none: every type."""
    credentials: Codes = ()
    """Who may use it; none: everybody."""
    not_credentials: Codes = ()
    modalities: Codes = ()
    archetypes: Codes = ()
    """Kinds of program that it is for; none: both."""
    modifiers: Codes = ()
    """Those that this payer wants where they apply, in the order of a claim."""
    offered: bool = True
    """False: known when it is met, never proposed."""
    add_on: Code | None = None
    """A second code for what goes beyond an open band."""
    add_on_after: Minutes = 0
    add_on_each: Minutes = 0

    @model_validator(mode="after")
    def _fits(self) -> CodeRow:
        wrong = ""
        if self.rule == "block" and not self.minutes:
            wrong = "block needs minutes"
        elif self.rule == "band" and self.minimum is None:
            wrong = "band needs minimum"
        elif self.rule == "band" and self.most is not None and self.most < (self.minimum or 0):
            wrong = "most is less than minimum"
        elif self.rule == "band" and self.day_sum:
            wrong = "a band has no day_sum"
        elif self.until is not None and self.until < self.since:
            wrong = "until is before since"
        elif bool(self.add_on) != bool(self.add_on_each):
            wrong = "add_on needs add_on_each"
        elif self.add_on and (self.rule != "band" or self.most is not None):
            wrong = "add_on needs a band without most"
        if wrong:
            raise PydanticCustomError("odd_code", "{wrong}", {"wrong": wrong})
        return self

    @property
    def key(self) -> tuple[str, str, str]:
        """What a row is found again by: payer, code, first day."""
        return (folded(self.payer), self.code, self.since)

    @cached_property
    def counts(self) -> Rule:
        """The rule of the row."""
        return Rule(
            how=self.rule,
            rounding=self.rounding,
            minutes=self.minutes if self.rule == "block" else 0,
            minimum=self.minimum if self.rule in ("per_diem", "band") else None,
            most=self.most if self.rule == "band" else None,
            plus_after=self.add_on_after if self.add_on else 0,
            plus_each=self.add_on_each if self.add_on else 0,
            day_sum=self.day_sum,
            travel=self.travel,
            second_staff=self.second_staff,
        )

    def holds(self, day: str) -> bool:
        """Tell whether the row is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def plain(self) -> dict[str, Any]:
        """Return what the row says beyond the defaults, as a pack or file holds it."""
        said = self.model_dump(exclude_defaults=True)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one hash: a public table of this version, or those of one version of a pack."""

    name: str
    version: str
    rows: tuple[CodeRow, ...]
    hash: str
    """SHA-256 of the rows (public table) or of the pack's text; a contact's entry names it."""

    @classmethod
    def public(cls, name: str, version: str, rows: Iterable[CodeRow]) -> Table:
        """Return a table that ships with fieldapp."""
        made = tuple(rows)
        said = dumps({"name": name, "version": version, "rows": [row.plain() for row in made]})
        return cls(name, version, made, digest(said))


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the table that it stands in."""

    row: CodeRow
    table: str
    """Hash of the table."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of an agency, the public one first; what comes later counts before what came earlier."""

    tables: tuple[Table, ...]
    earlier: tuple[Table, ...] = field(default=())
    """Replaced versions, in which entries of their time were counted."""

    def on(self, day: str, payer: str = "") -> tuple[Placed, ...]:
        """Return the row of each code for a payer on a day, agency tables first, each in its own order."""
        best: dict[str, tuple[tuple[bool, int, str], Placed]] = {}
        for placed, rank in self._holding(day, payer):
            if placed.row.code not in best or rank > best[placed.row.code][0]:
                best[placed.row.code] = (rank, placed)
        order = {table.hash: -at for at, table in enumerate(self.tables)}
        found = [placed for _, placed in best.values()]
        return tuple(sorted(found, key=lambda placed: order[placed.table]))

    def _holding(self, day: str, payer: str) -> Iterator[tuple[Placed, tuple[bool, int, str]]]:
        wanted = folded(payer)
        for at, table in enumerate(self.tables):
            for row in table.rows:
                own = folded(row.payer)
                if row.holds(day) and own in ("", wanted):
                    yield Placed(row, table.hash), (bool(own), at, row.since)

    def find(self, code: str, day: str, payer: str = "") -> Placed | None:
        """Return the row of a code for a payer on a day; None where nobody takes it then."""
        return next((placed for placed in self.on(day, payer) if placed.row.code == code), None)

    def named(self, table: str) -> Table | None:
        """Return the table that an entry names by its hash; None where it is not here."""
        return next((known for known in (*self.tables, *self.earlier) if known.hash == table), None)

    def has(self, code: str) -> bool:
        """Tell whether any table in force has a code, for whatever payer and day."""
        return any(row.code == code for table in self.tables for row in table.rows)
