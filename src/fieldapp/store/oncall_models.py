"""What screens are told of the on-call roster and of shift reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """One shift of the roster."""

    item: str
    since_ms: int
    until_ms: int
    primary: str
    primary_name: str
    backup_name: str
    supervisor_name: str
    phone: str
    now: bool
    double: bool
    """Whether another shift holds at the same time."""


@dataclass(frozen=True, slots=True)
class OncallRead:
    """The roster of a program, from yesterday on."""

    record: str
    program: str
    program_name: str
    shifts: tuple[ShiftLine, ...]
    gaps: tuple[tuple[int, int], ...]
    """Times without anybody, up to the end of the last shift, as (from, until)."""
    begun: bool
    """Whether a change was begun and not saved."""


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """What a shift report says of one client."""

    item: str
    client: str
    name: str
    risk: str
    what: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class ReportRead:
    """One shift report."""

    record: str
    author: str
    author_name: str
    to_name: str
    since_ms: int
    until_ms: int
    remark: str
    lines: tuple[ReportedLine, ...]
    readers: tuple[tuple[str, int], ...]
    """(name, when) of who has read it, in order."""
    unread: bool
    """Whether this person has still to read it."""


@dataclass(frozen=True, slots=True)
class ReportStart:
    """What a new shift report begins with."""

    values: Mapping[str, Any]
    """As the form takes them, with a line for each client of whom there is something to say."""
    draft: str = ""
    """One that was begun already."""
