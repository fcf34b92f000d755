"""Reading a CSV file as people really send them, with one clear sentence when it cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldapp.errors import InputFailure
from fieldapp.records.text import clean

LARGEST = 20 * 1024 * 1024
CELL_MAX = 300
"""Longest text of one cell: what a one-line field of a record takes."""
_HOW_TO_SAVE = 'save it again as "CSV UTF-8 (comma delimited)" and import that file'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number as an editor counts, its cells, and what is wrong with its shape."""

    line: int
    cells: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file, and the columns in it that nobody reads."""

    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()


def read_file(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """Return the rows of a CSV file; raises InputFailure with one sentence that says what to do."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except FileNotFoundError:
        raise InputFailure(f"There is no file {path.name} there; check the path.") from None
    except OSError as problem:
        raise InputFailure(
            f"The file {path.name} cannot be read ({problem.strerror}); check the path and its permissions."
        ) from None
    if size > LARGEST:
        raise InputFailure("The file is larger than 20 MB; split it and import the parts one by one.")
    return read_bytes(data, columns, needed)


def read_bytes(data: bytes, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """Return the rows of CSV bytes whose first line names the columns; raises InputFailure."""
    text = _decoded(data)
    lines = _records(text)
    if not lines:
        raise InputFailure("The file is empty; its first line must name the columns.")
    header = [name.strip().lower() for name in lines[0][1]]
    _check_header(header, needed)
    known = set(columns)
    rows = []
    for number, values in lines[1:]:
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(header):
            count = f"{len(values)} column{'' if len(values) == 1 else 's'}"
            rows.append(Row(number, {}, f"has {count} where the first line has {len(header)}"))
            continue
        cells = {
            name: " ".join(clean(value).split())
            for name, value in zip(header, values, strict=True)
            if name in known
        }
        rows.append(Row(number, {name: cells.get(name, "") for name in columns}))
    return Table(tuple(rows), tuple(name for name in header if name and name not in known))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputFailure(f"The file is UTF-16, not UTF-8; {_HOW_TO_SAVE}.")
    if data.startswith(b"PK\x03\x04"):
        raise InputFailure(f"This is a spreadsheet file, not CSV; {_HOW_TO_SAVE}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise InputFailure(
            f"The file is not UTF-8 (first seen on line {line}), so accented names would be damaged; "
            f"{_HOW_TO_SAVE}."
        ) from None
    if "\0" in text:
        raise InputFailure(f"The file holds zero bytes, so it is not CSV; {_HOW_TO_SAVE}.")
    return text


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Return (first line number, cells) of every record; a quoted cell may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, list[str]]] = []
    first = 1
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return found
        except csv.Error:
            raise InputFailure(
                f"The quotes that begin on line {first} do not end as CSV says; mend that line and import "
                "the file again."
            ) from None
        if values:
            found.append((first, values))
        first = reader.line_num + 1


def _check_header(header: Sequence[str], needed: Sequence[str]) -> None:
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise InputFailure(f"The columns are not separated by commas; {_HOW_TO_SAVE}.")
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise InputFailure(f"The column {doubled[0][:40]} is there twice; remove one of them.")
    missing = [name for name in needed if name not in header]
    if missing:
        names = ", ".join(missing)
        word = "column is" if len(missing) == 1 else "columns are"
        raise InputFailure(f"The first line must name the columns; the {word} missing: {names}.")
