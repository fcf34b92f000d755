"""Packs: what an agency loads beside what ships: others' wording, and tables of codes (docs/packs.md, docs/codes.md). Pure.

Of an instrument a pack brings words, never scoring: so every laptop and the server work out the same result without
holding it. Of codes it brings rows; an entry names the pack that its units were counted by.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.types import Strict

from .canonical import dumps
from .codes import BUILT_IN, CodeRow, Table
from .codes.table import Tables
from .instruments import INSTRUMENTS
from .instruments.model import Instrument
from .text import is_clean
from .types import Code, Day

FORMAT = 1
PART_CHARS = 48_000
PART_BYTES = 56 * 1024
"""Of a part's text inside its entry, where quotes are escaped and other scripts take several bytes a letter."""
_Words = Annotated[str, StringConstraints(min_length=1, max_length=1_200)]
_Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class BadPack(ValueError):
    """A pack that is not loaded, with the reason as a sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Attested(_Strict):
    """Who of the agency says that it may use this wording, and since when."""

    by: _Short
    on: Day


class Wording(_Strict):
    """The words of one instrument."""

    instrument: Code
    stem: Annotated[str, StringConstraints(max_length=1_200)] = ""
    items: dict[Code, _Words]
    name: _Short | None = None


class Content(_Strict):
    """What a pack's text holds."""

    format: Annotated[int, Strict()]
    pack: Code
    version: Code
    language: Code
    licence: _Words
    """Shown with every question and stored with every result."""
    permission_reference: _Short
    attested: Attested
    instruments: list[Wording] = []
    codes: list[CodeRow] = []


@dataclass(frozen=True, slots=True)
class Part:
    """One `pack_part` record as it stands."""

    pack: str
    version: str
    part: int
    of: int
    sha256: str
    content: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Worded:
    """An instrument with the words of a pack."""

    instrument: Instrument
    pack: str
    """SHA-256 of the pack that the words come from."""


def split(text: str) -> tuple[dict[str, Any], ...]:
    """Return the `pack_part` values of a pack's text; raises BadPack if it would not load."""
    content = read(text)
    pieces = list(_pieces(text))
    return tuple(
        {
            "pack": content.pack,
            "version": content.version,
            "part": number,
            "of": len(pieces),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "content": piece,
            "licence": content.licence[:300],
        }
        for number, piece in enumerate(pieces, 1)
    )


def plain_text(text: str) -> str:
    """Return a pack's text as it is loaded, whatever line ends and spaces its file has; raises BadPack."""
    read(text)
    return dumps(json.loads(text)).decode()


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        size = PART_CHARS
        while len(dumps(text[at : at + size])) > PART_BYTES:
            size = size * 9 // 10
        yield text[at : at + size]
        at += size


def joined(parts: Sequence[Part]) -> str:
    """Return the text of one version of a pack; raises BadPack when parts are missing, mixed or changed."""
    if not parts:
        raise BadPack("The pack has no parts.")
    if any(part.withdrawn for part in parts):
        raise BadPack("The pack was withdrawn.")
    kinds = {(part.pack, part.version, part.of, part.sha256) for part in parts}
    if len(kinds) > 1:
        raise BadPack("The parts are of different packs or versions.")
    by_number: dict[int, set[str]] = {}
    for part in parts:
        by_number.setdefault(part.part, set()).add(part.content)
    if set(by_number) != set(range(1, parts[0].of + 1)):
        raise BadPack(f"Of {parts[0].of} parts only {len(by_number)} are here.")
    if any(len(contents) > 1 for contents in by_number.values()):
        raise BadPack("One part is here in two versions.")
    text = "".join(next(iter(by_number[number])) for number in sorted(by_number))
    if hashlib.sha256(text.encode()).hexdigest() != parts[0].sha256:
        raise BadPack("The text is not the one that was loaded.")
    return text


def read(text: str) -> Content:
    """Return a pack's content; raises BadPack with what is wrong, naming the place but none of the words."""
    try:
        data = json.loads(text)
    except ValueError:
        raise BadPack("The pack is not JSON.") from None
    if not is_clean(data):
        raise BadPack("The pack holds characters that are not allowed.")
    try:
        content = Content.model_validate(data)
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        why = first["msg"] if first["type"] == "odd_code" else first["type"]
        raise BadPack(f"{where or 'The pack'} is not as packs have it ({why}).") from None
    if content.format != FORMAT:
        raise BadPack(f"This version of fieldapp reads packs of format {FORMAT} only.")
    worded_codes = [words.instrument for words in content.instruments]
    if not (worded_codes or content.codes) or len(set(worded_codes)) != len(worded_codes):
        raise BadPack("A pack words at least one instrument, and each once, or brings codes.")
    for words in content.instruments:
        _fits(words)
    keys = [row.key for row in content.codes]
    if len(set(keys)) != len(keys):
        raise BadPack("A pack has one row for a code, payer and first day.")
    return content


def _fits(words: Wording) -> None:
    instrument = INSTRUMENTS.get(words.instrument)
    if instrument is None or not instrument.needs_words:
        raise BadPack(f"{words.instrument} is not an instrument that takes its words from a pack.")
    wanted, given = {item.key for item in instrument.items}, set(words.items)
    if wanted != given:
        odd = ", ".join(sorted(wanted ^ given))
        raise BadPack(f"{words.instrument} has other questions than the pack: {odd}.")


def worded(content: Content, sha256: str) -> tuple[Worded, ...]:
    """Return the instruments of a pack with its words."""
    return tuple(_worded(content, words, sha256) for words in content.instruments)


def _worded(content: Content, words: Wording, sha256: str) -> Worded:
    base = INSTRUMENTS[words.instrument]
    return Worded(
        replace(
            base,
            name=words.name or base.name,
            items=tuple(replace(item, text=words.items[item.key]) for item in base.items),
            stem=words.stem,
            licence=content.licence,
            language=content.language,
        ),
        sha256,
    )


def load(parts: Iterable[Part]) -> tuple[dict[str, Worded], tuple[str, ...]]:
    """Return the instruments that packs word, by code, and why other packs were not loaded.

    Parts come in the order in which they were added: of two packs that word the same, the later one counts.
    """
    found: dict[str, Worded] = {}
    problems: list[str] = []
    for content, sha256, problem in whole(parts):
        if content is None:
            problems.append(problem)
            continue
        for one in worded(content, sha256):
            found[one.instrument.code] = one
    return found, tuple(problems)


def code_tables(parts: Iterable[Part]) -> Tables:
    """Return the public table and those of packs, by which contacts are coded.

    Of a pack's versions the one loaded last is in force, the others stay at hand for the entries that name them.
    """
    in_force: dict[str, Table] = {}
    earlier: list[Table] = []
    for content, sha256, _ in whole(parts):
        if content is None or not content.codes:
            continue
        before = in_force.pop(content.pack, None)
        if before is not None and before.hash != sha256:
            earlier.append(before)
        in_force[content.pack] = Table(content.pack, content.version, tuple(content.codes), sha256)
    return Tables((BUILT_IN, *in_force.values()), tuple(earlier))


def whole(parts: Iterable[Part]) -> Iterator[tuple[Content | None, str, str]]:
    """Yield (content, SHA-256, "") of each pack that is all here, in the order in which they were added.

    Of any other pack (None, SHA-256, what is wrong with it).
    """
    groups: dict[tuple[str, str, str], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.pack, part.version, part.sha256), []).append(part)
    for (pack, version, sha256), group in groups.items():
        try:
            yield read(joined(group)), sha256, ""
        except BadPack as failure:
            yield None, sha256, f"{pack} {version}: {failure}"


def part_of(values: Mapping[str, Any]) -> Part:
    """Return a `pack_part` record's values as a part."""
    return Part(
        pack=str(values.get("pack") or ""),
        version=str(values.get("version") or ""),
        part=values.get("part") or 0,
        of=values.get("of") or 0,
        sha256=str(values.get("sha256") or ""),
        content=values.get("content") or "",
        withdrawn=bool(values.get("withdrawn")),
    )
