"""The groups of a program with their modules, read from a TOML file (clinical.md 2.13)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json
from fieldapp.records.group_tables import DAYS, EXPERIENTIAL, GROUP_TYPES
from fieldapp.records.kinds.contact import MODALITIES, SETTINGS
from fieldapp.records.note_tables import INTERVENTIONS
from fieldapp.records.text import clean

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_START = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_TITLE, _LINE = 60, 200
_MOST, _MODULES = 40, 60
_MINUTES = 12 * 60
_OF_GROUP = {
    "code", "title", "type", "experiential", "days", "start", "minutes", "modality", "setting", "modules",
}  # fmt: skip
_OF_MODULE = {"code", "title", "topic", "homework", "methods"}


def read_curriculum(text: str) -> dict[str, Json]:
    """Return the fields of a program that a file sets; raises UsageFailure, naming the group and key that is wrong.

    A file says all groups: one that it leaves out is offered no more; what was signed of it stays.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise UsageFailure(f"The file is not TOML: {wrong}.") from None
    unknown = sorted(set(said) - {"groups"})
    if unknown:
        raise UsageFailure(f"{unknown[0]}: only [[groups]] is known.")
    rows = said.get("groups") or []
    if not isinstance(rows, list) or len(rows) > _MOST:
        raise UsageFailure(f"groups: write up to {_MOST} blocks of [[groups]].")
    found = [_group(row, f"groups, block {number}") for number, row in enumerate(rows, 1)]
    _once([str(row["code"]) for row in found], "groups")
    return {"groups": list(found) or None}


def _group(row: Any, where: str) -> dict[str, Json]:
    _keys(row, _OF_GROUP, where)
    found: dict[str, Json] = {
        "code": _code(row, where),
        "title": _line(row.get("title"), f"{where}: title", _TITLE),
        "contact_type": _one_of(row.get("type", "group"), GROUP_TYPES, f"{where}: type"),
    }
    for name, table in (("experiential", EXPERIENTIAL), ("modality", MODALITIES), ("setting", SETTINGS)):
        if name in row:
            found[name] = _one_of(row[name], tuple(table), f"{where}: {name}")
    if "days" in row:
        days = _list(row["days"], f"{where}: days")
        found["days"] = [_one_of(day, DAYS, f"{where}: days") for day in days]
    if "start" in row:
        if not isinstance(row["start"], str) or not _START.fullmatch(row["start"]):
            raise UsageFailure(f'{where}: start is a time in quotes, such as "09:00".')
        found["start"] = row["start"].zfill(5)
    if "minutes" in row:
        if type(row["minutes"]) is not int or not 5 <= row["minutes"] <= _MINUTES:
            raise UsageFailure(f"{where}: minutes is a whole number from 5 to {_MINUTES}.")
        found["minutes"] = row["minutes"]
    modules = _list(row.get("modules") or [], f"{where}: modules")
    if len(modules) > _MODULES:
        raise UsageFailure(f"{where}: up to {_MODULES} modules.")
    if modules:
        read = [_module(one, f"{where}, module {n}") for n, one in enumerate(modules, 1)]
        _once([str(one["code"]) for one in read], f"{where}: modules")
        found["modules"] = list(read)
    return found


def _module(row: Any, where: str) -> dict[str, Json]:
    _keys(row, _OF_MODULE, where)
    found: dict[str, Json] = {
        "code": _code(row, where),
        "title": _line(row.get("title"), f"{where}: title", _TITLE),
    }
    for name in ("topic", "homework"):
        if name in row:
            found[name] = _line(row[name], f"{where}: {name}", _LINE)
    if "methods" in row:
        methods = _list(row["methods"], f"{where}: methods")
        found["methods"] = [_one_of(one, tuple(INTERVENTIONS), f"{where}: methods") for one in methods]
    return found


def _keys(row: Any, known: set[str], where: str) -> None:
    if not isinstance(row, Mapping):
        raise UsageFailure(f"{where}: write keys and values.")
    unknown = sorted(set(row) - known)
    if unknown:
        raise UsageFailure(f"{where}: {unknown[0]} is not known. Known: {', '.join(sorted(known))}.")


def _code(row: Mapping[str, Any], where: str) -> str:
    code = row.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise UsageFailure(f"{where}: give a code of small letters, digits, - and _.")
    return code


def _line(value: Any, where: str, most: int) -> str:
    shown = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not shown or len(shown) > most:
        raise UsageFailure(f"{where}: write 1 to {most} characters.")
    return shown


def _list(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise UsageFailure(f"{where} is a list: write [ … ].")
    return value


def _one_of(value: Any, known: Sequence[str], where: str) -> str:
    if value not in known:
        raise UsageFailure(f"{where}: {value!r} is not known. Known: {', '.join(known)}.")
    return str(value)


def _once(codes: Sequence[str], where: str) -> None:
    twice = next((code for number, code in enumerate(codes) if code in codes[:number]), None)
    if twice is not None:
        raise UsageFailure(f"{where}: the code {twice} stands twice.")
