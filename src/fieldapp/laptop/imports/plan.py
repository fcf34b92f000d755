"""A plan of import: what every line of the file would add or change, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fieldapp.records.changes import Values, body_of
from fieldapp.records.fold import View
from fieldapp.records.kind import Kind


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with one cell, in one sentence; `column` is empty for the whole line."""

    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.column}: {self.sentence}" if self.column else self.sentence


@dataclass(frozen=True, slots=True)
class Write:
    """One record as it would stand; what differs from `base` becomes the entry."""

    kind: Kind
    record: str
    client: str | None
    base: Values
    values: Values
    prev: tuple[str, ...] = ()
    """The leaves that the plan was made from."""

    @property
    def body(self) -> Mapping[str, object]:
        """The body of the entry; empty when nothing changes."""
        return body_of(self.kind, self.base, self.values)

    @property
    def is_new(self) -> bool:
        """Whether the record does not exist yet."""
        return not self.prev


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one line of the file comes to."""

    line: int
    title: str
    """Whom the line is about."""
    writes: tuple[Write, ...] = ()
    changes: tuple[str, ...] = ()
    """In words, for lines that change something that is there."""
    remarks: tuple[str, ...] = ()
    """What the reader should know, such as where a client is placed."""
    errors: tuple[CellError, ...] = ()
    adds: bool = False
    """Whether the line adds a client, a staff member or a code."""
    alters: bool = False
    """Whether it changes something that is written as a whole, and not by `writes`."""

    @property
    def verb(self) -> str:
        """error, add, change or same."""
        if self.errors:
            return "error"
        if not (self.writes or self.alters):
            return "same"
        return "add" if self.adds else "change"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The whole file."""

    rows: tuple[RowPlan, ...]
    unused: tuple[str, ...] = ()

    def count(self, verb: str) -> int:
        """Return how many lines have a verb."""
        return sum(row.verb == verb for row in self.rows)

    @property
    def good(self) -> tuple[RowPlan, ...]:
        """The lines that would write something."""
        return tuple(row for row in self.rows if row.verb in ("add", "change"))

    @property
    def writes(self) -> tuple[Write, ...]:
        """Everything that would be written, in the order of the file."""
        return tuple(write for row in self.good for write in row.writes)


@dataclass(slots=True)
class Builder:
    """Collects one line's plan while its cells are read."""

    line: int
    title: str = ""
    adds: bool = False
    alters: bool = False
    writes: list[Write] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    def wrong(self, column: str, sentence: str) -> None:
        """Note what is wrong with a cell."""
        self.errors.append(CellError(column, sentence))

    def put(
        self, kind: Kind, record: str, client: str | None, view: View | None, base: Values, values: Values
    ) -> None:
        """Add a write, unless the record already stands as the line says."""
        prev = tuple(view.heads) if view is not None else ()
        write = Write(kind, record, client, base, values, prev)
        if write.body:
            self.writes.append(write)

    def done(self) -> RowPlan:
        """Return the line's plan; a line with an error writes nothing at all."""
        return RowPlan(
            self.line,
            self.title,
            () if self.errors else tuple(self.writes),
            tuple(self.changes),
            tuple(self.remarks),
            tuple(self.errors),
            self.adds,
            self.alters and not self.errors,
        )


def report(plan: ImportPlan, noun: str, *, all_lines: bool = False) -> Iterator[str]:
    """Yield the dry run as lines of text: errors first, then what would be added and changed."""
    if plan.unused:
        yield f"Not used: the columns {', '.join(name[:40] for name in plan.unused)}."
    for row in plan.rows:
        for error in row.errors:
            yield f"line {row.line}: not imported: {error}"
    for row in plan.rows:
        if row.verb == "change":
            yield f"line {row.line}: change {row.title}: {'; '.join(row.changes)}"
        elif row.verb == "add" and (all_lines or row.remarks):
            said = f" ({'; '.join(row.remarks)})" if row.remarks else ""
            yield f"line {row.line}: add {row.title}{said}"
        elif row.verb == "same" and (all_lines or row.remarks):
            said = f" ({'; '.join(row.remarks)})" if row.remarks else ""
            yield f"line {row.line}: unchanged {row.title}{said}"
    added, changed, same, wrong = (plan.count(verb) for verb in ("add", "change", "same", "error"))
    yield (
        f"{len(plan.rows)} lines: {added} {noun}{'' if added == 1 else 's'} to add, {changed} to change, "
        f"{same} unchanged, {wrong} with errors."
    )
