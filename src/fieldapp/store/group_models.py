"""What screens read about groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.clinical.coding import Coding
from fieldapp.records.group_tables import Module


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group that may be held, or was."""

    team: str
    group: str
    """Its code in the program's list; "" for one that is not on it."""
    title: str
    module: str
    """Title of the module that comes next, or was held."""
    start_ms: int
    """When it is or was held; 0 without a time."""
    minutes: int
    state: str
    """planned (today), draft, listed (on another day), signed."""
    record: str = ""
    draft: str = ""
    who: str = ""
    """Who signed it."""
    attended: int = 0
    expected: int = 0
    status: str = ""
    """Of a signed one: final, pending, returned or error."""
    days: str = ""
    """The days on which it is held: `Mon Wed Fri 09:00`."""


@dataclass(frozen=True, slots=True)
class GroupsRead:
    """The groups of a person's programs."""

    today: tuple[GroupLine, ...]
    listed: tuple[GroupLine, ...]
    """Those that are not held today."""
    recent: tuple[GroupLine, ...]
    """Signed sessions, newest first."""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One person of a grid, with what the grid must know of them."""

    client: str
    name: str
    risk: str
    goals: tuple[str, ...]
    """Goals of their last notes, newest first."""
    last_goals: tuple[str, ...]
    """Goals of their last note of this group, which are carried on."""
    coding: Coding
    week_min: int
    """Minutes of service this week so far, each minute once."""
    visit: str = ""
    """The planned visit that this session is."""


@dataclass(frozen=True, slots=True)
class GroupStart:
    """What a new session starts from."""

    values: Mapping[str, Any]
    """Of the session."""
    members: tuple[GroupMember, ...]
    left_out: tuple[str, ...] = ()
    """Names of people of the last time who are on hold or with another team now."""


@dataclass(frozen=True, slots=True)
class GroupDesk:
    """What the form of a session offers."""

    modules: tuple[Module, ...]
    staff: tuple[tuple[str, str], ...]
    """(id, name) of who may lead it, this person first."""
    leaders: Mapping[str, str]
    """Staff id to name with credentials, as notes will say it."""


@dataclass(frozen=True, slots=True)
class GroupSeat:
    """One person of a signed session, by their own contact."""

    client: str
    name: str
    risk: str
    contact: str
    attendance: str
    minutes: int
    note: str = ""
    """The record of their note; "" where there is none here."""
    status: str = ""
    """Of the note."""
