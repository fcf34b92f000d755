"""An agency's table of service codes: from the lines of a file to what each would add or change. Pure.

A line is found again by payer, code and first day. What the file does not name is left alone; an empty cell takes what
the row had, or what the row of the same code says that holds now (docs/codes.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fieldapp.errors import InputFailure
from fieldapp.records.codes.rules import ROUNDINGS, RULES
from fieldapp.records.codes.table import CodeRow, Tables
from fieldapp.records.kinds.contact import MODALITIES, TYPES
from fieldapp.records.kinds.program import ARCHETYPES
from fieldapp.records.kinds.staff import CREDENTIALS
from fieldapp.records.text import clean, folded

from .cells import check_shape, choice, code, count, day, shown, yes
from .csvfile import LARGEST, Row, Table, read_file
from .plan import Builder, ImportPlan

COLUMNS = (
    "code", "label", "payer", "since", "until", "rule", "rounding", "minutes", "minimum", "most", "day_sum", "travel",
    "second_staff", "max_units", "types", "credentials", "not_credentials", "modalities", "archetypes", "modifiers",
    "offered", "add_on", "add_on_after", "add_on_each",
)  # fmt: skip
NEEDED = ("code", "since")
CLEARED = "none"
"""What a cell says to take a value away."""
_NUMBERS = {
    "minutes": 1440,
    "minimum": 1440,
    "most": 1440,
    "max_units": 10_000,
    "add_on_after": 1440,
    "add_on_each": 1440,
}
_YES = ("day_sum", "travel", "second_staff", "offered")
_LISTS: Mapping[str, Mapping[str, str] | None] = {
    "types": TYPES, "credentials": None, "not_credentials": None, "modalities": MODALITIES, "archetypes": ARCHETYPES,
    "modifiers": None,
}  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,15}")
# Five digits, or four and a letter: how the codes look that need their owner's licence.
_LICENSED = re.compile(r"\d{4}[0-9A-Z]")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file comes to: its lines, and the agency's rows as they would stand."""

    lines: ImportPlan
    rows: tuple[CodeRow, ...]


def read_codes(path: Path) -> Table:
    """Return the lines of a CSV or JSON file of codes; raises InputFailure."""
    if path.suffix.lower() != ".json":
        return read_file(path, COLUMNS, NEEDED)
    return _read_json(read_text(path))


def read_text(path: Path) -> str:
    """Return the text of a JSON file; raises InputFailure with one sentence that says what to do."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except FileNotFoundError:
        raise InputFailure(f"There is no file {path.name} there; check the path.") from None
    except OSError as problem:
        raise InputFailure(
            f"The file {path.name} cannot be read ({problem.strerror}); check the path and its permissions."
        ) from None
    if data is None:
        raise InputFailure("The file is larger than 20 MB.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputFailure("The file is not UTF-8 text; save it again as UTF-8.") from None


def _read_json(text: str) -> Table:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise InputFailure("The file is not JSON; see docs/codes.md for its form.") from None
    rows = found.get("codes") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputFailure("The file is a list of codes, each an object; see docs/codes.md.")
    unused = dict.fromkeys(str(name) for row in rows for name in row if name not in COLUMNS)
    return Table(
        tuple(_json_row(at, row) for at, row in enumerate(rows, 1)), tuple(clean(name) for name in unused)
    )


def _json_row(number: int, row: Mapping[str, Any]) -> Row:
    return Row(number, {name: _cell(row[name]) if name in row else "" for name in COLUMNS})


def _cell(value: Any) -> str:
    """Return a JSON value as a cell holds it; null takes the value away."""
    if value is None:
        return CLEARED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(str(one) for one in value) or CLEARED
    return " ".join(clean(str(value)).split())


def plan_codes(table: Table, own: Sequence[CodeRow], tables: Tables) -> Plan:
    """Return what each line comes to.

    Args:
        own: the agency's rows as they stand.
        tables: all tables in force, from which a new row of a known code takes what its line leaves empty.
    """
    rows = {row.key: row for row in own}
    seen: dict[tuple[str, str, str], int] = {}
    builders = []
    for row in table.rows:
        into = Builder(row.line)
        builders.append(into)
        if not check_shape(row, into):
            continue
        made = _row(row, rows, tables, into)
        if made is None:
            continue
        if made.key in seen:
            into.wrong("code", f"is in line {seen[made.key]} already, for the same payer and first day.")
            continue
        seen[made.key] = row.line
        if not into.errors and into.alters:
            rows[made.key] = made
    return Plan(ImportPlan(tuple(into.done() for into in builders), table.unused), tuple(rows.values()))


def _row(
    row: Row, rows: Mapping[tuple[str, str, str], CodeRow], tables: Tables, into: Builder
) -> CodeRow | None:
    cells = row.cells
    into.title = (
        f"{shown(cells['code'])} ({shown(cells['payer']) or 'every payer'}, from {shown(cells['since'])})"
    )
    named, since = _named(row, into), day(row, "since", into)
    for name in NEEDED:
        if not cells[name]:
            into.wrong(name, "is empty.")
    given = _given(row, into)
    if into.errors or named is None or since is None:
        return None
    payer = "" if cells["payer"] == CLEARED else cells["payer"]
    before = rows.get((folded(payer), named, since))
    holding = tables.find(named, since, payer)
    like = before or (holding.row if holding is not None else None)
    values = like.plain() if like is not None else {}
    if before is None:
        values.pop("until", None)
    for name, value in given.items():
        values.pop(name, None)
        if value is not None:
            values[name] = value
    values |= {"code": named, "since": since}
    values.pop("payer", None)
    if payer:
        values["payer"] = before.payer if before is not None else payer
    return _made(values, before, into)


def _named(row: Row, into: Builder) -> str | None:
    text = row.cells["code"].upper()
    if text and not _CODE.fullmatch(text):
        into.wrong("code", f'"{shown(text)}" is not a code: letters and digits, 2 to 16 of them.')
        return None
    if _LICENSED.fullmatch(text):
        into.wrong(
            "code",
            f"{text} looks like a CPT code, which needs its owner's licence: load it as a pack, with `fieldapp org pack`.",
        )
        return None
    return text or None


def _given(row: Row, into: Builder) -> dict[str, Any]:
    """Return what a line says; None for what it takes away, nothing for what it leaves as it is."""
    readers: dict[str, Callable[[], Any]] = {
        "label": lambda: row.cells["label"],
        "until": lambda: day(row, "until", into),
        "rule": lambda: choice(row, "rule", RULES, into),
        "rounding": lambda: choice(row, "rounding", ROUNDINGS, into),
        "add_on": lambda: code(row, "add_on", into),
        **{name: partial(count, row, name, most, into) for name, most in _NUMBERS.items()},
        **{name: partial(yes, row, name, into) for name in _YES},
        **{name: partial(_several, row, name, into) for name in _LISTS},
    }
    found: dict[str, Any] = {}
    for name, reader in readers.items():
        if row.cells[name].casefold() == CLEARED:
            found[name] = None
        elif row.cells[name]:
            found[name] = reader()
    return found


def _several(row: Row, name: str, into: Builder) -> tuple[str, ...]:
    known = _LISTS[name]
    found = []
    for part in re.split(r"[;\s]+", row.cells[name]):
        if not part:
            continue
        one = Row(row.line, {name: part})
        text = code(one, name, into) if known is None else choice(one, name, known, into)
        if text:
            found.append(text)
        if text and name in ("credentials", "not_credentials") and text not in CREDENTIALS:
            into.remarks.append(f"{text} is not one of the credentials that the app knows")
    return tuple(dict.fromkeys(found))


def _made(values: Mapping[str, Any], before: CodeRow | None, into: Builder) -> CodeRow | None:
    try:
        made = CodeRow.model_validate(dict(values))
    except ValidationError as failure:
        for one in failure.errors(include_url=False, include_input=False, include_context=False):
            column = str(one["loc"][0]) if one["loc"] else ""
            into.wrong(column, _complaint(column, one))
        return None
    into.title = f"{made.code} {made.label} ({made.payer or 'every payer'}, from {made.since})"
    into.adds = before is None
    into.alters = before != made
    if before is not None:
        into.changes += _differences(before, made)
    return made


def _complaint(column: str, found: Mapping[str, Any]) -> str:
    if found["type"] == "odd_code":
        return f"{found['msg']}."
    if found["type"] == "missing":
        return "is empty, and no table has this code to take it from."
    if column == "label":
        return "has more than 60 letters."
    return "is not as a table of codes has it."


def _differences(before: CodeRow, after: CodeRow) -> Iterable[str]:
    was, now = before.plain(), after.plain()
    for name in COLUMNS:
        if was.get(name) != now.get(name):
            yield f"{name} {_words(getattr(before, name))} → {_words(getattr(after, name))}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value) or "(none)"
    return "(none)" if value in (None, "") else str(value)


def differences(before: Sequence[CodeRow], after: Sequence[CodeRow]) -> Iterable[str]:
    """Yield in words what one version of a table has otherwise than another."""
    was, now = {row.key: row for row in before}, {row.key: row for row in after}
    for key, row in now.items():
        title = f"{row.code} {row.label} ({row.payer or 'every payer'}, from {row.since})"
        if key not in was:
            yield f"add {title}"
        elif was[key] != row:
            yield f"change {title}: {'; '.join(_differences(was[key], row))}"
    for key, row in was.items():
        if key not in now:
            yield f"take out {row.code} {row.label} ({row.payer or 'every payer'}, from {row.since})"
