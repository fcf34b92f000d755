"""The same documents for a printer that knows nothing but letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.prints import text
from fieldapp.prints.plan import Agency, blank_sheet
from fieldapp.prints.sheet import LANGUAGES, Language
from tests.prints.paper import PLAN, sheet_of
from tests.prints.test_pdf_is_safe_and_accessible import HOSTILE, SHEETS
from tests.prints.test_safety_plan_print import full


@pytest.mark.parametrize("name", SHEETS)
def test_no_line_is_wider_than_80_columns_and_no_page_longer_than_60_lines(name: str) -> None:
    pages = text.make(SHEETS[name][0]).split("\f")
    for page in pages:
        assert len(page.rstrip("\n").split("\n")) <= text.HEIGHT
        assert all(text.cells(line) <= text.WIDTH for line in page.split("\n"))


@pytest.mark.parametrize("name", ["card", "schedule", "roster"])
def test_every_page_of_staff_says_what_it_is(name: str) -> None:
    pages = text.make(SHEETS[name][0]).split("\f")
    assert len(pages) == (1 if name != "roster" else len(pages))
    for number, page in enumerate(pages, 1):
        assert page.startswith("CONFIDENTIAL")
        assert "42 CFR part 2" in page
        assert len(pages) == 1 or f"Page {number} of {len(pages)}" in page


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_byte_reaches_the_printer_that_commands_it(hostile: str) -> None:
    made = text.make(sheet_of({**PLAN, "signs": [hostile], "matters": [hostile]}))
    assert not [letter for letter in made if letter < " " and letter not in "\n\f"]
    assert not [letter for letter in made if "\x7f" <= letter <= "\x9f"]
    assert made.count("\f") == 0
    assert not made.startswith(("%", "\x1b", "@"))


def test_a_long_plan_goes_over_pages_between_its_steps_and_loses_no_word() -> None:
    doc = {**PLAN, **full(300)}
    made = text.make(sheet_of(doc, "es"))
    assert made.count("\f") >= 1
    flat = " ".join(" ".join(page.split()) for page in made.split("\f"))
    assert flat.count("Lo que puedo hacer por mi cuenta") == 1
    assert made.replace("\f", " ").split().count("Llamo") >= 18


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blank_plan_has_lines_to_write_on(language: Language) -> None:
    made = text.make(blank_sheet(Agency(), language))
    assert made.count("____________________\n") >= 7 * 3
    assert "988" in made


@given(st.text(max_size=300), st.integers(min_value=8, max_value=80))
def test_wrapping_keeps_every_letter_within_the_width(said: str, width: int) -> None:
    lines = text.wrap(said, width, first="- ", later="  ")
    assert all(text.cells(line) <= width for line in lines)
    assert "".join("".join(line[2:] for line in lines).split()) == "".join(said.split())


def test_letters_of_east_asia_count_twice_and_marks_not_at_all() -> None:
    assert text.cells("名前") == 4
    assert text.cells("e\u0301") == 1
    assert all(text.cells(line) <= 10 for line in text.wrap("名前" * 20, 10))
