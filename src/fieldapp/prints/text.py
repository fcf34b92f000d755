"""A sheet as plain text for any printer: 80 columns, 60 lines to a page, a form feed between pages.

Only printable characters get through: a printer takes orders by escape sequences, as a terminal does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from .sheet import Sheet, data_of

WIDTH, HEIGHT = 80, 60
_RULE = "_" * 40


def make(sheet: Sheet) -> str:
    """Return the sheet as text; every page repeats what kind of paper it is."""
    data = data_of(sheet)
    body = [line for block in data["blocks"] for line in _block(block)]
    named = f"{data['title']}: {data['whose']}" if data["whose"] else data["title"]
    head = [line for text in (data["warning"], named, data["subtitle"]) if text for line in wrap(text)]
    head += ["=" * WIDTH, ""]
    # Two lines stay for the foot and the page number.
    room = HEIGHT - len(head) - 3
    pages = list(_pages(body, room))
    shown = []
    for number, lines in enumerate(pages, 1):
        counted = (
            data["page_words"].format(number, len(pages)) if len(pages) > 1 or data["counts_one"] else ""
        )
        foot = [line for text in (data["foot"], counted) if text for line in wrap(text)]
        shown.append("\n".join([*head, *lines, *([""] if foot else []), *foot]))
    return "\n\f".join(shown) + "\n"


def cells(text: str) -> int:
    """Return how many columns a text takes; letters of East Asia take two, marks on letters none."""
    return sum(
        0 if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Me")
        else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )  # fmt: skip


def wrap(text: str, width: int = WIDTH, first: str = "", later: str = "") -> list[str]:
    """Return a text in lines of at most `width` columns; a longer word is parted, nothing is left out."""
    lines: list[str] = []
    start = first
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            for piece in _pieces(word, width - max(cells(first), cells(later))):
                if line and cells(start) + cells(line) + 1 + cells(piece) > width:
                    lines.append(start + line)
                    start, line = later, piece
                else:
                    line = f"{line} {piece}" if line else piece
        lines.append((start + line).rstrip())
        start = later
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    piece, taken = "", 0
    for letter in word:
        wide = cells(letter)
        if piece and taken + wide > width:
            yield piece
            piece, taken = "", 0
        piece, taken = piece + letter, taken + wide
    yield piece


def _block(block: dict[str, Any]) -> list[str]:
    title = f"{block['number']} {block['title']}" if block.get("number") else block["title"]
    lines = wrap(title, later="  " if block.get("number") else "") if title else []
    if block["is"] == "section":
        lines += [line for text in block["lines"] for line in wrap(text, first="   - ", later="     ")]
        lines += [line for _ in range(block["ruled"]) for line in ("", f"   {_RULE}")]
    elif block["is"] == "table":
        lines += _table(block)
    elif block["is"] == "bars":
        lines += _bars(block)
    elif block["is"] == "prose":
        # A printer of plain letters has no line through words: each says so at its beginning.
        first = "  [in error] " if block["struck"] else "  "
        lines += [line for text in block["paragraphs"] for line in wrap(text, first=first, later="  ")]
    else:
        edge = "  " if block["is"] == "facts" else "* "
        lines += [
            line
            for label, text in block["rows"]
            for line in wrap(f"{label}: {text or _RULE}", first=edge, later="    ")
        ]
    return [*lines, ""]


def _bars(block: dict[str, Any]) -> list[str]:
    """Return a chart: words, a bar of letters that every printer has, the number."""
    lines = wrap(block["said"], first="  ", later="  ") if block["said"] else []
    labels = min(24, max((cells(row[0]) for row in block["rows"]), default=0))
    numbers = max((cells(row[1]) for row in block["rows"]), default=0)
    ends = max((cells(row[3]) for row in block["rows"]), default=0)
    room = max(8, WIDTH - labels - numbers - ends - 8)
    for label, number, share, end in block["rows"]:
        first, *more = wrap(label, labels) if label else [""]
        bar = "#" * max(1 if share > 0 else 0, round(share * room))
        for _, at in block["lines"]:
            place = min(room - 1, int(at * room))
            bar = bar.ljust(place + 1)[:place] + ":" + bar.ljust(place + 1)[place + 1 :]
        padded = first + " " * (labels - cells(first))
        lines.append(f"  {padded} |{bar:<{room}} {' ' * (numbers - cells(number))}{number} {end}".rstrip())
        lines += [f"  {part}" for part in more]
    return lines + [line for words, _ in block["lines"] for line in wrap(words, first="  : ", later="    ")]


def _table(block: dict[str, Any]) -> list[str]:
    widths = _shares(block["widths"])
    lines = [*_row(block["head"], widths), "-" * WIDTH]
    for row in block["rows"]:
        lines += [*_row(row, widths), ""]
    return lines


def _shares(widths: Sequence[int]) -> list[int]:
    gaps = 2 * (len(widths) - 1)
    return [max(6, (WIDTH - gaps) * width // sum(widths)) for width in widths]


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    columns = [wrap(text, width) if text else [""] for text, width in zip(row, widths, strict=True)]
    tall = max(len(column) for column in columns)
    lines = []
    for at in range(tall):
        parts = [column[at] if at < len(column) else "" for column in columns]
        padded = [part + " " * (width - cells(part)) for part, width in zip(parts, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return lines


def _pages(lines: Sequence[str], room: int) -> Iterator[list[str]]:
    """Yield pages; one ends at the last empty line if there is one in its second half."""
    rest = list(lines)
    while rest and not rest[-1]:
        rest.pop()
    while len(rest) > room:
        cut = next((at for at in range(room, room // 2, -1) if not rest[at]), room)
        yield rest[:cut]
        rest = rest[cut:]
        while rest and not rest[0]:
            rest.pop(0)
    yield rest
