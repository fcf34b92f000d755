"""A sheet as a tagged PDF (PDF/UA-1), in the largest layout that fits one page.

A letter that no font here has is replaced by a square and named, because PDF/UA allows no missing glyph and
a blank would be read as if nothing had been said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

from ..errors import UsageFailure
from .sheet import Sheet, data_of
from .typesetting import LettersMissing, NotPrintable, Press
from .words import WORDS

Form: TypeAlias = Literal["page", "fold", "card"]
HOLE = "□"
"""What stands for a letter that cannot be printed."""
ZERO_WIDTH = "\u200b"
"""Where a line may end inside a word."""
_LONG, _CHUNK = {False: 24, True: 14}, 4
"""From how many letters on a word may be parted, on the page and in a table; and into pieces of how many."""
_BASIC = frozenset(map(chr, range(0x20, 0x7F)))


class TooLongToFold(UsageFailure):
    """The words do not fit the panels of the wallet fold."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished document."""

    data: bytes
    pages: int
    holes: str
    """The characters that were replaced, each once."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of a page; sizes in points, the others in lines or inches."""

    form: Form
    size: float
    columns: int = 1
    leading: float = 0.5
    gap: float = 1.0
    title: float = 1.5
    ruled: float = 1.8
    item: float = 0.08
    parts: bool = False
    """Whether a step may go on in the next column."""
    side: float = 0.7
    top: float = 0.5
    bottom: float = 0.7
    foot: float = 12


PAGE = (
    Layout("page", 14, leading=0.7, gap=1.4, ruled=2, side=0.6),
    Layout("page", 14, leading=0.6, gap=1.2),
    Layout("page", 13),
    Layout("page", 12),
    Layout("page", 14, columns=2, leading=0.55),
    Layout("page", 13, columns=2),
    Layout("page", 12, columns=2, ruled=2.2),
    Layout("page", 12, columns=2, leading=0.45, gap=0.9, side=0.6),
    Layout(
        "page",
        12,
        columns=2,
        leading=0.38,
        gap=0.6,
        title=1.3,
        item=0.06,
        side=0.5,
        ruled=1.5,
        bottom=0.5,
        parts=True,
    ),
)
"""From large to small; never below 12 pt, which is what a client must be able to read."""
_OVER = Layout("page", 12)
"""What is too long for one page in any layout reads best like this over several."""
STAFF = tuple(
    Layout("page", size, leading=0.45, gap=0.9, title=1.4, top=0.8, foot=9) for size in (12, 11, 10)
)
"""Papers of staff may be smaller; the last of these also when there are several pages."""
_FOLD = tuple(Layout("fold", size, leading=0.42, gap=0.8, title=1.2) for size in (12, 11, 10, 9, 8))
_CARD = tuple(Layout("card", size) for size in (12, 10))


def make(sheet: Sheet, form: Form = "page", stopped: Callable[[], bool] = lambda: False) -> Paper | None:
    """Return the sheet on paper; what is too long for a page goes on on the next, never smaller, never cut.

    Args:
        stopped: asked between steps; once it says yes, None is returned.

    Raises:
        TooLongToFold: the wallet fold has no second sheet.
        NotPrintable: typst refused it.
    """
    data, holes = _without_holes(_breakable(data_of(sheet)))
    layout = _fitting(data, sheet, form, stopped)
    while layout is not None and not stopped():
        press = _press(data, sheet, layout)
        try:
            return Paper(press.pdf(), int(press.asked("pages")), holes)
        except LettersMissing as missing:
            # Letters that have a glyph alone and none together.
            data, holes = _replaced(data, holes, missing.letters)
    return None


def _fitting(data: dict[str, Any], sheet: Sheet, form: Form, stopped: Callable[[], bool]) -> Layout | None:
    layouts = {"card": _CARD, "fold": _FOLD}.get(form) or (STAFF if sheet.warning else PAGE)
    for layout in layouts:
        if stopped():
            return None
        press = _press(data, sheet, layout)
        if press.asked("fits") if form == "fold" else press.asked("pages") == 1:
            return layout
    if form == "fold":
        raise TooLongToFold("These words are too long for the wallet fold: print the page instead.")
    return STAFF[-1] if sheet.warning else _OVER


def _breakable(data: dict[str, Any]) -> dict[str, Any]:
    """Return the words with places to break inside those that are wider than a column."""
    blocks = [_mapped(block, partial(_parted, _LONG[block["is"] == "table"])) for block in data["blocks"]]
    return {**_mapped({**data, "blocks": []}, partial(_parted, _LONG[False])), "blocks": blocks}


def _parted(most: int, text: str) -> str:
    return re.sub(rf"\S{{{most},}}", lambda word: ZERO_WIDTH.join(_chunks(word[0])), text)


def _chunks(word: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(word)):
        # A mark stays with its letter.
        if at - start >= _CHUNK and unicodedata.category(word[at])[0] not in "MC":
            yield word[start:at]
            start = at
    yield word[start:]


def _press(data: dict[str, Any], sheet: Sheet, layout: Layout) -> Press:
    measures = {**asdict(layout), "notes": WORDS[sheet.language].notes}
    return Press("sheet.typ", {"sheet": data, "layout": measures})


def _without_holes(data: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the words with squares for letters that no font has, and those letters."""
    letters = sorted(_letters(data) - _BASIC)
    lost: list[str] = []
    while letters:
        try:
            Press("letters.typ", {"letters": letters}).pdf()
            break
        except LettersMissing as missing:
            lost += [letter for letter in letters if letter in missing.letters]
            if not set(letters) & set(missing.letters):
                raise NotPrintable("This could not be made into a page; print it as plain text.") from None
            letters = [letter for letter in letters if letter not in missing.letters]
    return (_replaced(data, "", "".join(lost))) if lost else (data, "")


def _replaced(data: dict[str, Any], holes: str, letters: str) -> tuple[dict[str, Any], str]:
    fresh = "".join(dict.fromkeys(letter for letter in letters if letter not in holes + HOLE))
    if not fresh:
        raise NotPrintable("This could not be made into a page; print it as plain text.")
    table = str.maketrans(dict.fromkeys(fresh, HOLE))

    return _mapped(data, lambda text: text.translate(table)), holes + fresh


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    return [_mapped(inner, change) for inner in value] if isinstance(value, list) else value


def _letters(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {letter for one in inner for letter in _letters(one)}
