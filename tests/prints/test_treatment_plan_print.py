"""The treatment plan on paper: whose words, what stays off it, who signed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fieldapp.prints import pdf, text
from fieldapp.prints.plan import Agency
from fieldapp.prints.sheet import LANGUAGES, Language, Sheet
from fieldapp.prints.treatment import HEADINGS, Signatures, treatment_sheet
from tests.goals.made import PLAN, SLEEP
from tests.prints.paper import printed

AGENCY = Agency("425-555-0199", "800-555-0123", "Harbor Agency")
DANA = Signatures(author="Dana Reyes, LICSW")


def sheet(
    doc: dict[str, Any] | None = None,
    language: Language = "en",
    signatures: Signatures = DANA,
    due: str = "2026-12-30",
) -> Sheet:
    """Return the plan as a sheet."""
    return treatment_sheet(doc or dict(PLAN), 2, date(2026, 11, 2), due, signatures, AGENCY, language)


def words_of(made: Sheet) -> str:
    """Return the plain text with single spaces."""
    return " ".join(text.make(made).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_goals_are_in_the_clients_words_under_our_headings(language: Language) -> None:
    said = HEADINGS[language]
    made = words_of(sheet(language=language))
    for words in (
        "Sleep six hours",
        "Keep the flat",
        "Two hours of sleep most nights",
        said.needs,
        said.step_down,
        "988",
    ):
        assert words in made
    for staff_only in ("Rent is three months behind", "H0004", "Assessment", "Okafor", "diagnos"):
        assert staff_only not in made
    other = HEADINGS["es" if language == "en" else "en"]
    assert other.needs not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_what_the_text_holds(language: Language) -> None:
    odd = "«No puedo más», #1 *ya* $5"
    goals = {**PLAN["goals"], SLEEP: {**PLAN["goals"][SLEEP], "words": odd}}
    read = printed(sheet({**PLAN, "goals": goals}, language))
    assert read.paper.pages == 1
    assert odd in " ".join(read.text.split())
    assert "H0004" not in read.text
    assert min(read.sizes()) >= 12


def test_a_refusal_stands_on_it_in_the_clients_words_without_a_line_to_sign() -> None:
    refused = {**PLAN, "participation": "refused", "participation_reason": "Plans are for you"}
    made = words_of(sheet(refused))
    assert "I did not agree to this plan" in made
    assert "Plans are for you" in made
    assert "Me: ____" not in made
    partly = words_of(sheet({**PLAN, "participation": "partly", "participation_reason": "Not the group"}))
    assert "What I do not agree to - Not the group" in partly
    assert "Me: ____" in partly


def test_who_signed_and_who_approves_stand_on_it_or_have_a_line() -> None:
    assert "Approved by" not in words_of(sheet())
    waits = words_of(sheet(signatures=Signatures(author="Lee Ono, BA", needs_approval=True)))
    assert "Approved by: ____" in waits
    done = words_of(sheet(signatures=Signatures("Ada O. · 2026-10-01", "Lee Ono, BA", "Priya Nair, LMHC")))
    assert "Me: Ada O. · 2026-10-01" in done
    assert "Approved by: Priya Nair, LMHC" in done


@pytest.mark.parametrize("due", ["", "2026-02-30", "soon"])
def test_a_day_that_is_none_is_left_out(due: str) -> None:
    assert "We look at it again" not in words_of(sheet(due=due))
    assert "We look at it again by: December 30, 2026" in words_of(sheet())


def test_a_plan_of_six_full_goals_prints_every_word() -> None:
    row = {**PLAN["goals"][SLEEP], "words": "I want " + "quiet nights and " * 5}
    goals = {
        f"g-{n}": {**row, "words": f"{n} {row['words']}", "place": n, "objectives": row["objectives"] * 5}
        for n in range(1, 7)
    }
    paper = pdf.make(sheet({**PLAN, "goals": goals}), "page")
    assert paper is not None
    assert paper.pages >= 1
    assert paper.holes == ""
