"""Read models of the face sheet and of who may hear about a client, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldapp.clinical.disclosing import Answer


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One record of the face sheet."""

    kind: str
    record: str
    title: str
    words: str
    mark: str = ""
    """How it stands: "" as it should, `warning`, `error`, or `over` for what no longer holds."""
    mark_words: str = ""
    item: str = ""
    """Of a line that is one item of its record."""


@dataclass(frozen=True, slots=True)
class SheetSection:
    """All records of one kind."""

    kind: str
    title: str
    lines: tuple[SheetLine, ...]
    may_write: bool
    remark: str = ""
    """What is said of all of them: how many placements failed."""


@dataclass(frozen=True, slots=True)
class FaceSheet:
    """Who a client is, who is around them, what they agreed to and who was told what."""

    client: str
    sections: tuple[SheetSection, ...]
    drafts: frozenset[str] = field(default_factory=frozenset)
    """Records of which this person has a draft open."""


@dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody outside of the team, and whether they may hear about the client."""

    name: str
    answer: Answer
    related: str = ""
