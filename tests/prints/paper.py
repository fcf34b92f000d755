"""Values for prints, and a reader for what came out of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

from fieldapp.prints import pdf
from fieldapp.prints.plan import Agency, plan_sheet
from fieldapp.prints.sheet import Language, Sheet

AGENCY = Agency("425-555-0199", "800-555-0123")
SIGNED = date(2026, 11, 13)
PLAN: Mapping[str, Any] = {
    "signs": ["I stop answering my sister"],
    "alone": ["Walk to the water"],
    "distract": [{"name": "Library on Hoyt"}],
    "helpers": [{"name": "Ngozi", "relation": "sister", "phone": "425-555-0102", "knows": True}],
    "team": [{"name": "Dana Reyes", "phone": "425-555-0199"}],
    "means": [
        {"text": "Old tablets", "means": "medication", "access": "yes", "action": "locked", "who": "Ngozi"}
    ],
    "matters": ["My nephew"],
    "likely_to_use": 7,
    "barriers": "STAFF ONLY barriers",
    "made_with": "STAFF ONLY made with",
    "where_kept": "STAFF ONLY kept",
    "review_due": "2027-02-10",
}
"""A plan with something in every field."""


def sheet_of(doc: Mapping[str, Any] = PLAN, language: Language = "en", agency: Agency = AGENCY) -> Sheet:
    """Return the client's page of a plan."""
    return plan_sheet(doc, 3, SIGNED, agency, language)


def printed(sheet: Sheet, form: pdf.Form = "page") -> Read:
    """Return a sheet as it comes out, read by another library."""
    paper = pdf.make(sheet, form)
    assert paper is not None
    return Read(paper)


def _number(marked: Any) -> int:
    return int(marked["/MCID"])


def _letters(font: Any) -> dict[int, str]:
    """Return glyph number to text, as the font's ToUnicode table says it."""
    table = font["/ToUnicode"].get_data().decode("ascii")
    found: dict[int, str] = {}
    for code, text in re.findall(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", table):
        found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return found


def _marked(page: Any) -> dict[int, str]:
    """Return the number of each marked piece of a page to its text; what is an artifact is left out."""
    fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    found: dict[int, str] = {}
    open_pieces: list[int | None] = []
    letters: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"BDC", b"BMC"):
            inside = operands[1] if len(operands) > 1 else {}
            open_pieces.append(int(inside["/MCID"]) if "/MCID" in inside else None)
        elif operator == b"EMC":
            open_pieces.pop()
        elif operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in (b"TJ", b"Tj"):
            shown = operands[0] if operator == b"TJ" else [operands[0]]
            data = b"".join(piece.original_bytes for piece in shown if hasattr(piece, "original_bytes"))
            text = "".join(
                letters.get(int.from_bytes(data[at : at + 2]), "?") for at in range(0, len(data), 2)
            )
            piece = next((number for number in reversed(open_pieces) if number is not None), None)
            if piece is not None:
                found[piece] = f"{found.get(piece, '')} {text}".strip()
    return found


@dataclass(frozen=True)
class Node:
    """One element of the structure tree."""

    tag: str
    text: str


class Read:
    """A PDF as pypdf sees it."""

    def __init__(self, paper: pdf.Paper) -> None:
        self.paper = paper
        self.reader = PdfReader(io.BytesIO(paper.data), strict=True)
        # pypdf types every value as its lowest class; what is in here is the thing tested.
        self.root: Any = self.reader.trailer["/Root"].get_object()

    @property
    def described(self) -> str:
        """What the file says about itself (XMP)."""
        return str(self.root["/Metadata"].get_data().decode())

    @property
    def text(self) -> str:
        """All text in reading order, with one space for every gap."""
        return " ".join(" ".join(page.extract_text() for page in self.reader.pages).split())

    def sizes(self) -> set[float]:
        """Return the sizes of all text in points, rounded to a tenth."""
        found: set[float] = set()

        def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
            if text.strip():
                found.add(round(size * abs(tm[3]) * abs(cm[3]), 1))

        for page in self.reader.pages:
            page.extract_text(visitor_text=visit)
        return found

    def objects(self) -> Iterator[Any]:
        """Yield every object of the file."""
        for number in range(1, len(self.reader.xref[0]) + 1 if 0 in self.reader.xref else 0):
            yield self.reader.get_object(number)

    def names(self) -> set[str]:
        """Return every key and every name that occurs in any object."""
        found: set[str] = set()

        def walk(value: Any) -> None:
            if isinstance(value, DictionaryObject):
                for key in value:
                    found.add(str(key))
                    walk(dict.get(value, key))
            elif isinstance(value, ArrayObject):
                for inner in list(value):
                    walk(inner)
            elif isinstance(value, str) and value.startswith("/"):
                found.add(str(value))
            elif isinstance(value, IndirectObject):
                return

        for value in self.objects():
            walk(value)
        return found

    def tags(self) -> list[Node]:
        """Return the structure tree in its own order, which is the order of reading aloud."""
        pages = {
            page.indirect_reference.idnum: at
            for at, page in enumerate(self.reader.pages)
            if page.indirect_reference
        }
        marked = [_marked(page) for page in self.reader.pages]
        found: list[Node] = []

        def text_of(element: Any, page: int) -> str:
            kids: Any = element.get("/K")
            if kids is None:
                return ""
            at = pages.get(element.raw_get("/Pg").idnum, page) if "/Pg" in element else page
            texts = []
            every: list[Any] = list(kids) if isinstance(kids, ArrayObject) else [kids]
            for one in every:
                kid: Any = one.get_object() if isinstance(one, IndirectObject) else one
                if isinstance(kid, int):
                    texts.append(marked[at].get(kid, ""))
                elif isinstance(kid, DictionaryObject) and "/MCID" in kid:
                    texts.append(marked[at].get(_number(kid), ""))
                elif isinstance(kid, DictionaryObject):
                    texts.append(text_of(kid, at))
            return " ".join(text for text in texts if text)

        def walk(element: Any) -> None:
            if "/S" in element:
                found.append(Node(str(element["/S"]), " ".join(text_of(element, 0).split())))
            kids = element.get("/K")
            for kid in kids if isinstance(kids, ArrayObject) else [kids]:
                kid = kid.get_object() if isinstance(kid, IndirectObject) else kid
                if isinstance(kid, DictionaryObject) and "/S" in kid:
                    walk(kid)

        walk(self.root["/StructTreeRoot"])
        return found
