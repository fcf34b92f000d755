"""What a program agrees on for its notes, read from a TOML file: formats, prompts, snippets (clinical.md 2.11)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json
from fieldapp.records.kinds.contact import TYPES
from fieldapp.records.note_tables import FORMATS, GROUP, OTHER
from fieldapp.records.text import clean

_FORMATS = tuple(code for code in FORMATS if code != GROUP)
"""Those that are begun by hand; a group's notes come from its grid."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LABEL, _TEXT = 120, 2_000
_SNIPPETS = 29
"""As many as one key each can pick."""


def read_agreement(text: str) -> dict[str, Json]:
    """Return the fields of a program that a file sets; raises UsageFailure, naming the key that is wrong.

    A file says all of it: what it leaves out is as it was built in.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise UsageFailure(f"The file is not TOML: {wrong}.") from None
    unknown = sorted(set(said) - {"formats", "prompts", "snippets"})
    if unknown:
        raise UsageFailure(f"{unknown[0]}: only [formats], [prompts.FORMAT] and [[snippets]] are known.")
    return {
        "note_formats": _formats(_table(said, "formats")) or None,
        "note_prompts": _prompts(_table(said, "prompts")) or None,
        "note_snippets": _snippets(said.get("snippets") or []) or None,
    }


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name) or {}
    if not isinstance(found, dict):
        raise UsageFailure(f"{name} is a table: write [{name}].")
    return found


def _formats(said: Mapping[str, Any]) -> dict[str, Json]:
    for contact, used in said.items():
        if contact not in TYPES and contact != OTHER:
            raise UsageFailure(
                f"formats.{contact}: not a type of contact. Known: {OTHER}, {', '.join(TYPES)}."
            )
        if used not in _FORMATS:
            raise UsageFailure(f"formats.{contact}: not a format. Known: {', '.join(_FORMATS)}.")
    return dict(said)


def _prompts(said: Mapping[str, Any]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for used, sections in said.items():
        if used not in _FORMATS:
            raise UsageFailure(f"prompts.{used}: not a format. Known: {', '.join(_FORMATS)}.")
        if not isinstance(sections, dict) or not sections:
            raise UsageFailure(f'prompts.{used}: name its sections, such as data = "Data: what was seen".')
        rows: list[Json] = []
        for name, label in sections.items():
            if not _NAME.fullmatch(name):
                raise UsageFailure(
                    f"prompts.{used}.{name}: a section is named by small letters, digits and _."
                )
            rows.append({"name": name, "label": _line(label, f"prompts.{used}.{name}", _LABEL)})
        found[used] = rows
    return found


def _snippets(said: Any) -> list[Json]:
    if not isinstance(said, list) or len(said) > _SNIPPETS:
        raise UsageFailure(f"snippets: write up to {_SNIPPETS} blocks of [[snippets]] with name and text.")
    found: list[Json] = []
    for number, row in enumerate(said, 1):
        if not isinstance(row, dict) or set(row) != {"name", "text"}:
            raise UsageFailure(f"snippets, block {number}: give name and text.")
        text = row["text"]
        if not isinstance(text, str) or not text.strip() or len(text) > _TEXT:
            raise UsageFailure(f"snippets, block {number}: the text has 1 to {_TEXT} characters.")
        name = _line(row["name"], f"snippets, block {number}: name", 60)
        found.append({"name": name, "text": clean(text).strip()})
    return found


def _line(value: Any, where: str, most: int) -> str:
    shown = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not shown or len(shown) > most:
        raise UsageFailure(f"{where}: write 1 to {most} characters.")
    return shown
