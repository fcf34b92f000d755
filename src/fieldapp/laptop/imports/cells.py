"""Reading one cell: a value of the right type, or one sentence in the line's plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from fieldapp.records.text import plain

from .csvfile import CELL_MAX, Row
from .plan import Builder

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}")
_PHONE = re.compile(r"\+?[0-9(][0-9() ./x-]{5,28}(?: ?ext\.? ?[0-9]{1,6})?", re.IGNORECASE)
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})


def shown(text: str) -> str:
    """Return a cell for a message: short, and with nothing that could steer a terminal."""
    safe = "".join(letter if letter.isprintable() else " " for letter in text)
    return safe if len(safe) <= 40 else safe[:39] + "…"


def check_shape(row: Row, into: Builder) -> bool:
    """Note what makes a whole line unusable; return whether it may be read at all."""
    if row.problem:
        into.wrong("", row.problem)
        return False
    for name, value in row.cells.items():
        if len(value) > CELL_MAX:
            into.wrong(name, f"has {len(value):,} characters; at most {CELL_MAX} fit.")
        elif value.startswith(("=", "@")) or (value.startswith(("+", "-")) and not _PHONE.fullmatch(value)):
            into.wrong(name, "looks like a spreadsheet formula; put the plain value there.")
    return not into.errors


def day(row: Row, name: str, into: Builder, *, latest: str = "") -> str | None:
    """Return a day as `YYYY-MM-DD`; None when the cell is empty or wrong."""
    text = row.cells[name]
    if not text:
        return None
    try:
        value = date.fromisoformat(text).isoformat()
    except ValueError:
        value = ""
    if value != text:
        into.wrong(name, f'"{shown(text)}" is not a day; write it as YYYY-MM-DD.')
        return None
    if latest and value > latest:
        into.wrong(name, f"{value} is in the future.")
        return None
    return value


def choice(row: Row, name: str, choices: Mapping[str, str], into: Builder) -> str | None:
    """Return the code that a cell names, whatever its case; None when the cell is empty or wrong."""
    text = row.cells[name]
    if not text:
        return None
    found = next((code for code in choices if plain(code) == plain(text)), None)
    if found is None:
        into.wrong(name, f'"{shown(text)}" is not known; use one of {", ".join(choices)}.')
    return found


def code(row: Row, name: str, into: Builder) -> str | None:
    """Return a short name; None when the cell is empty or wrong."""
    text = row.cells[name]
    if text and not _CODE.fullmatch(text):
        into.wrong(name, f'"{shown(text)}" is not a short name: letters, digits and . _ - without spaces.')
        return None
    return text or None


def phone(row: Row, name: str, into: Builder) -> str | None:
    """Return a phone number as it is written; None when the cell is empty or wrong."""
    text = row.cells[name]
    if text and (not _PHONE.fullmatch(text) or len(digits(text)) < 7):
        into.wrong(name, f'"{shown(text)}" is not a phone number.')
        return None
    return text or None


def count(row: Row, name: str, most: int, into: Builder) -> int | None:
    """Return a whole number from 0 to `most`; None when the cell is empty or wrong."""
    text = row.cells[name]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        into.wrong(name, f'"{shown(text)}" is not a whole number from 0 to {most}.')
        return None
    return int(text)


def yes(row: Row, name: str, into: Builder) -> bool | None:
    """Return yes or no; None when the cell is empty or wrong."""
    text = row.cells[name].casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text:
        into.wrong(name, f'"{shown(row.cells[name])}" is neither yes nor no.')
    return None


def digits(text: str) -> str:
    """Return only the digits of a phone number, for comparing."""
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())
