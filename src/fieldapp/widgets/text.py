"""The only way that text written by people reaches a widget.

Textual parses a plain `str` as markup in most widgets: a name holding `[/` ends the app and
`[@click=…]` becomes a link. `plain` makes `Content`, which is never parsed.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

REPLACEMENT = "\ufffd"
"""Shown where a control character stood, so that a reader sees that something was there."""

# C0 but tab and newline, DEL, C1, bidi controls, line and paragraph separators, BOM, lone surrogates
# (a surrogate cannot be encoded, so it would end the app), interlinear annotations, tag characters.
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return text without anything that a terminal could take as a command; line ends and tabs stay."""
    if CONTROL.search(text) is None:
        return text
    return CONTROL.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return text on one line: line ends and tabs become single spaces."""
    return " ".join(visible(text).split())


def clip(text: str, cells: int) -> str:
    """Return one line that fits into so many terminal cells, with `…` where it was cut."""
    line = one_line(text[: cells * 4 + 64])
    if cell_len(line) <= cells:
        return line
    return set_cell_size(line, cells - 1).rstrip() + "…" if cells > 0 else ""


def fit(text: str, cells: int) -> str:
    """Return one line of exactly so many cells: clipped or padded; for columns."""
    return set_cell_size(clip(text, cells), cells)


def plain(text: object) -> Content:
    """Return text as content that no widget parses as markup."""
    return Content(visible(str(text)).expandtabs(4))


def styled(text: object, style: str) -> Content:
    """Return text as unparsed content in one style of our own (never a style from the text)."""
    return Content.styled(visible(str(text)).expandtabs(4), style)


def join(*parts: Content | str) -> Content:
    """Return several parts in a row; a bare `str` part is plain text too."""
    return Content("").join([part if isinstance(part, Content) else plain(part) for part in parts])


def lines(*parts: Content | str) -> Content:
    """Return several parts, each on its own line."""
    return Content("\n").join([part if isinstance(part, Content) else plain(part) for part in parts])


def cell(text: object, style: str = "") -> Text:
    """Return text for the cell of a table or the label of a tree, which take Rich text only."""
    return Text(one_line(str(text)), style=style, no_wrap=True, overflow="ellipsis")
