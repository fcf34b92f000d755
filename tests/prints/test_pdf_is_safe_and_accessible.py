"""What a reader program finds in a PDF: tags, language, title, order; and nothing that acts (security test 61)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.prints import pdf, staff
from fieldapp.prints.appointment import Visit, appointment_sheet
from fieldapp.prints.plan import blank_sheet
from fieldapp.prints.sheet import Sheet, tidy
from tests.prints.paper import AGENCY, PLAN, printed, sheet_of

CARD = staff.Card(
    name="Okafor, Ada", known_by=[("Language", "English")], alerts=["STOP: Two people required"], risk="High",
    lifelines=[("Team", "425-555-0199")], phones=["425-555-0111"], address="1822 Rucker Ave", finding="Library", people=["Ngozi, sister: 425-555-0102"],
    team=[("Primary", "Dana Reyes")], facts=[("Allergies", "Penicillin")], contacts=["Nov 20: Home visit"],
    todo=["Follow up: by Nov 23, 2026"],     plan=[("Signs", ["I stop answering"])], plan_words="version 3",
)  # fmt: skip
SHEETS: Mapping[str, tuple[Sheet, pdf.Form]] = {
    "plan": (sheet_of(), "page"),
    "plan-es": (sheet_of(language="es"), "page"),
    "fold": (sheet_of(), "fold"),
    "blank": (blank_sheet(AGENCY, "es"), "page"),
    "card": (staff.card_sheet(CARD, "Printed today"), "page"),
    "schedule": (staff.schedule_sheet("Sunday", [("9:00 am", "Okafor, Ada", "Home", "STOP")], "Printed"), "page"),
    "roster": (staff.roster_sheet([("Okafor, Ada", "425", "Rucker", "High", "Dana")] * 60, "Printed"), "page"),
    "appointment": (appointment_sheet([Visit(datetime(2026, 11, 25, 14, 30, tzinfo=UTC), "Home", "Dana")], AGENCY, "en"), "card"),
}  # fmt: skip
ACTING = {
    "/JS", "/JavaScript", "/OpenAction", "/AA", "/Action", "/Launch", "/URI", "/GoTo", "/GoToR", "/GoToE", "/SubmitForm",
    "/ImportData", "/Annots", "/Annot", "/AcroForm", "/XFA", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec", "/AF",
    "/RichMedia", "/Movie", "/Sound", "/Rendition", "/Dest", "/Dests", "/F", "/FFilter", "/Encrypt", "/XObject",
}  # fmt: skip
HOSTILE = (
    ") /JS (app.alert(1)) /S /JavaScript", "endobj 9 0 obj << /OpenAction 9 0 R >>", "endstream endobj xref trailer %%EOF",
    "#import \"x.typ\": *", "#read(\"/etc/passwd\")", "#link(\"http://evil\")[x]", "$ sum_(i=1)^n $", "= Heading",
    "- item", "https://evil.example/x", "<label> @cite", "*bold* _it_ `raw`", "\\u{41} \\ \\#", "// comment /* more */",
    "#set page(width: 1pt)", "]]] [[[ }}} {{{", "{{}} %s %(x)s", "\x1b%-12345X@PJL", "\x1b]0;x\x07", "a\x00b",
    "\u202eevil\u202c", "\ud800", "e\u0301", "\u200b\u200d", "&lt;b&gt; &#x41;",
)  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_every_print_is_tagged_titled_in_its_language_and_holds_nothing_that_acts(name: str) -> None:
    sheet, form = SHEETS[name]
    read = printed(sheet, form)
    assert read.names() & ACTING == set()
    assert "/Names" not in read.root
    assert read.root["/Lang"] in (f"{sheet.language}-US", sheet.language)
    assert bool(read.root["/MarkInfo"]["/Marked"])
    assert bool(read.root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert "<pdfuaid:part>1</pdfuaid:part>" in read.described
    assert read.reader.metadata is not None
    assert set(read.reader.metadata) <= {"/Title", "/Creator"}
    assert read.reader.metadata.title == sheet.title
    tags = [node.tag for node in read.tags()]
    assert tags.count("/H1") == 1
    assert tags.index("/H1") < min(
        (tags.index(tag) for tag in ("/H2", "/L", "/Table") if tag in tags), default=99
    )
    assert "/Figure" not in tags


def test_nothing_in_the_file_but_its_words_tells_whose_it_is_or_when_it_was_made() -> None:
    sheet, _ = SHEETS["card"]
    read = printed(sheet)
    described = str(read.reader.metadata) + read.described
    assert "Okafor" not in described
    assert "2026" not in described
    assert read.paper.data == printed(sheet).paper.data


def test_tables_name_their_columns_for_a_screen_reader() -> None:
    tags = printed(SHEETS["roster"][0]).tags()
    heads = [node.text for node in tags if node.tag == "/TH"]
    assert heads[:5] == ["Client", "Phones", "Address", "Risk and alerts", "Care"]
    assert sum(node.tag == "/TR" for node in tags) >= 61


def test_papers_of_staff_say_so_on_every_page() -> None:
    read = printed(SHEETS["roster"][0])
    assert len(read.reader.pages) > 1
    for page in read.reader.pages:
        assert "CONFIDENTIAL" in page.extract_text()
        assert "42 CFR part 2" in page.extract_text()


@pytest.mark.parametrize("text", HOSTILE)
def test_check_61_hostile_text_is_text_and_brings_no_new_object_and_no_action(text: str) -> None:
    """Security test 61."""
    doc = {**PLAN, "signs": [f"x{text}x"], "helpers": [{"name": text, "relation": text, "phone": text}]}
    plain = {
        **PLAN,
        "signs": ["xhellox"],
        "helpers": [{"name": "hello", "relation": "hello", "phone": "hello"}],
    }
    read, usual = printed(sheet_of(doc)), printed(sheet_of(plain))
    assert read.names() & ACTING == set()
    bodies = [node.text for node in read.tags() if node.tag == "/LBody"]
    assert seen(bodies[0]) == seen(tidy(f"x{text}x"))
    kinds = {str(value.get("/Type")) for value in read.objects() if isinstance(value, dict)}
    assert kinds == {str(value.get("/Type")) for value in usual.objects() if isinstance(value, dict)}


def test_two_hundred_thousand_letters_in_one_line_come_out_whole_over_many_pages() -> None:
    # A plan's lines are short by their kind; papers of staff hold longer texts.
    word = "abcdefghij" * 10
    card = staff.card_sheet(replace(CARD, finding=" ".join([word] * 2_000)), "Printed")
    read = printed(card)
    assert read.text.count("j") == 20_000


def test_a_word_without_end_stays_on_the_page_and_in_its_column() -> None:
    read = printed(sheet_of({**PLAN, "signs": ["W" * 299]}))
    assert seen(read.text).count("W" * 299) == 1
    assert max(len(seen(line)) for line in read.reader.pages[0].extract_text().splitlines()) < 60
    table = printed(staff.roster_sheet([("M" * 60, "1", "2", "3", "4")], "Printed"))
    assert max(line.count("M") for line in table.reader.pages[0].extract_text().splitlines()) < 25


def test_letters_that_no_font_has_are_squares_and_are_named_and_others_have_their_glyphs() -> None:
    kept = [
        "ñ á é í ó ú ü ¿ ¡ Ñ",
        "Привет, як справи?",
        "Tiếng Việt: ẫ ệ ữ",
        "Ελληνικά",
        "Soomaali, Łódź",
        "שלום",
        "مرحبا",
    ]
    read = printed(sheet_of({**PLAN, "signs": [*kept[:6]], "alone": [kept[6]]}))
    assert read.paper.holes == ""
    lost = printed(sheet_of({**PLAN, "signs": ["名前 is 🙂 አ", "fine"]}))
    assert set(lost.paper.holes) == set("名前🙂አ")
    bodies = [node.text for node in lost.tags() if node.tag == "/LBody"]
    assert bodies[:2] == ["□□ is □ □", "fine"]


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_makes_a_page(text: str) -> None:
    read = printed(sheet_of({**PLAN, "signs": [text]}))
    assert len(read.reader.pages) == 1
    assert read.names() & ACTING == set()


def seen(text: str) -> str:
    """Return a text without what cannot be seen."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and not letter.isspace())
