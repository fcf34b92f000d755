"""Help for a crisis that opens before unlock: the agency's phone numbers and never a client."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from fieldapp.clinical.counties import crisis_label
from fieldapp.crypto import disk
from fieldapp.records.text import clean

_NAMES = ("program", "phone_24_7", "local_crisis_line", "oncall_phone")
_MAX = 16_384
_LONGEST = 200
_MOST_COUNTIES = 39
"""As many as the state has."""


@dataclass(frozen=True, slots=True)
class CrisisHelp:
    """What is shown on the crisis help screen."""

    program: str = ""
    phone_24_7: str = ""
    local_crisis_line: str = ""
    oncall_phone: str = ""
    counties: tuple[tuple[str, str], ...] = ()
    """(county, crisis line) of every county with a line of its own."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What to do, first things first."""
        own = [
            ("Our team, day and night", self.phone_24_7),
            ("On call now", self.oncall_phone),
            ("Local crisis line", self.local_crisis_line),
            *((crisis_label(county), number) for county, number in self.counties),
        ]
        return (
            "Life in danger now: call 911. Say where you are first.",
            "988: suicide and crisis line, call or text, day and night.",
            *(f"{label}: {phone}" for label, phone in own if phone),
            "Stay with the person if it is safe. Ask plainly about suicide.",
            "Move dangerous things out of reach if you can do so safely.",
            "Tell your supervisor, then write it down.",
        )


def read_help(folder: Path) -> CrisisHelp:
    """Return the help of a data folder; without a good file what holds everywhere."""
    try:
        value = orjson.loads(disk.read_small(folder / "help.json", _MAX))
        return help_from(value if isinstance(value, dict) else {})
    except (OSError, ValueError):
        return CrisisHelp()


def help_from(value: Mapping[str, object]) -> CrisisHelp:
    """Return the help in a JSON object; fields that are no short text are left out."""
    return CrisisHelp(
        **{
            name: clean(text)[:_LONGEST]
            for name in _NAMES
            if isinstance(text := value.get(name), str) and text
        },
        counties=tuple(_counties(value.get("counties"))),
    )


def _counties(rows: object) -> Iterator[tuple[str, str]]:
    for row in rows[:_MOST_COUNTIES] if isinstance(rows, list) else ():
        if isinstance(row, list) and len(row) == 2 and all(isinstance(text, str) and text for text in row):
            yield clean(row[0])[:_LONGEST], clean(row[1])[:_LONGEST]


def write_help(folder: Path, shown: CrisisHelp) -> None:
    """Keep the help outside the vaults; a failure leaves the old one."""
    data = orjson.dumps({**{name: getattr(shown, name) for name in _NAMES}, "counties": shown.counties})
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if read_help(folder) != shown:
            disk.replace(folder / "help.json", data)
