"""Text that people type: what may enter a record (security.md 6.5, check 15)."""

from __future__ import annotations

import re
import unicodedata

from .canonical import Json

# C0 but tab and newline, DEL, C1, bidi controls, line and paragraph separators, BOM, lone surrogates.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)


# What other programs put at the end of a line; taken out, they would glue two words together.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return text as it may be signed: NFC, every line end as `\\n`, forbidden characters taken out."""
    if text.isascii() and FORBIDDEN.search(text) is None:
        return text
    return unicodedata.normalize("NFC", FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text)))


def plain(text: str) -> str:
    """Return text without accents and case, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def folded(text: object) -> str:
    """Return text without case, with one space for each run of them, for comparing; nothing is the empty text."""
    return " ".join(str(text or "").split()).casefold()


def clean_json(value: Json) -> Json:
    """Return a JSON value with every string cleaned; the editor does this before the author signs.

    Keys are left as they are: the app makes them, nobody types them.
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: clean_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(inner) for inner in value]
    return value


_ESCAPE = re.compile(rb"\\[bfru]")
"""How canonical JSON writes control characters; `\\\\u` of somebody's own text is caught as well, which only costs time."""


def is_surely_clean(data: bytes) -> bool:
    """Tell whether canonical JSON holds nothing that `is_clean` refuses, at the price of one look at its bytes.

    False says nothing: then `is_clean` decides on what was parsed.
    """
    if _ESCAPE.search(data) is not None:
        return False
    if data.isascii():
        return b"\x7f" not in data
    text = data.decode()
    return FORBIDDEN.search(text) is None and unicodedata.is_normalized("NFC", text)


def is_clean(value: Json) -> bool:
    """Tell whether every string and key inside a JSON value may be stored as it is."""
    if isinstance(value, str):
        if value.isascii():
            return FORBIDDEN.search(value) is None
        return FORBIDDEN.search(value) is None and unicodedata.is_normalized("NFC", value)
    if isinstance(value, dict):
        return all(FORBIDDEN.search(key) is None and is_clean(inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return all(is_clean(inner) for inner in value)
    return True
