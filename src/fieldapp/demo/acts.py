"""What somebody writes at some moment: the demo as a list of acts, before anybody signs anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .people import TZ

Deed = Literal["save", "sign", "cosign", "return", "answer", "draft", "risk", "attest", "stays", "flags"]


@dataclass(frozen=True, slots=True)
class Act:
    """One deed of one person."""

    at_ms: int
    author: str
    """Short name of the person."""
    deed: Deed
    kind: str
    record: str
    """A name of the record inside the demo, such as `note:07:3`."""
    client: str = ""
    """The name of the client's record, or empty."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Field values; a text `@staff:code`, `@team:code`, `@program:code` or `@record:name` stands for an id.
    Of a record that exists they are merged into what it holds."""
    reason: str = ""
    needs: tuple[str, ...] = ()
    """Names of further records that must have arrived on the author's laptop before."""
    blind: bool = False
    """Written before what others wrote that day was received: this is how conflicts come about."""


def local_ms(day: date, minutes: int) -> int:
    """Return the instant of a wall-clock time (minutes after midnight) in the zone of the demo."""
    zone = ZoneInfo(TZ)
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
    return int(moment.timestamp()) * 1000


def day_at(at_ms: int) -> date:
    """Return the day of an instant in the zone of the demo."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(TZ)).date()
