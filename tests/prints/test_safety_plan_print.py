"""The safety plan on paper: whose words, which fields, how large, how many pages."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.clinical.plan_spoken import steps_of
from fieldapp.prints import pdf
from fieldapp.prints.plan import Agency, blank_sheet
from fieldapp.prints.sheet import LANGUAGES, Language, Section
from fieldapp.prints.words import MEANS_ACTIONS_ES, WORDS
from fieldapp.records.kinds.safety_plan import LINES_MAX, MEANS_ACTIONS, STEPS, SafetyPlan
from tests.prints.paper import AGENCY, PLAN, printed, sheet_of

LINE = "Llamo a mi vecina de al lado y me quedo con ella un buen rato"
"""As much as a person says in one line: 60 letters."""
BODY_PT = 12


def full(length: int = 60) -> dict[str, Any]:
    """Return a plan with every line that its form takes, each of a length."""
    line = (LINE * 6)[:length]
    person = {"name": line[: length - 14], "phone": "425-555-0142"}
    return {
        **{step: [line] * LINES_MAX for step in ("signs", "alone", "matters")},
        **{step: [person] * LINES_MAX for step in ("distract", "helpers", "team")},
        "means": [{"text": line[: length - 20], "action": "locked"}] * LINES_MAX,
        "print_means": True,
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["short", "long"])
def test_check_27_six_lines_in_each_step_fit_one_page_of_12_points_without_diagnosis_or_staff_field(
    language: Language, words: str
) -> None:
    """Acceptance check 27 of clinical.md 10a."""
    doc = {**PLAN, **full(60 if words == "long" else 30), "print_means": words == "long"}
    read = printed(sheet_of(doc, language, Agency("425-555-0199", "800-555-0123", "Harbor Agency")))
    assert (len(read.reader.pages), read.paper.pages) == (1, 1)
    assert min(read.sizes()) >= BODY_PT
    assert [node.tag for node in read.tags()].count("/LI") == LINES_MAX * (7 if words == "long" else 6)
    for field in ("STAFF ONLY", "medication", "Medication", "2027-02-10", "diagnos"):
        assert field not in read.text
    for number in ("425-555-0199", "988", "800-555-0123", "911", "Harbor Agency"):
        assert number in read.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clients_words_come_out_letter_for_letter_under_our_labels(language: Language) -> None:
    odd = [
        "«¡No puedo más!», me digo -- y *grito*... 'así'",
        'I can\'t "sleep"  #1 $5 ~ fi ffl',
        "Łódź, Việt, Київ",
    ]
    read = printed(sheet_of({**PLAN, "signs": odd}, language))
    bodies = [node.text for node in read.tags() if node.tag == "/LBody"]
    assert bodies[:3] == [" ".join(line.split()) for line in odd]
    headings = [node.text for node in read.tags() if node.tag == "/H2"]
    said = WORDS[language].steps
    shown = [said[step] for step in STEPS if step != "means"]
    assert headings[: len(shown)] == [f"{number} {words}" for number, words in enumerate(shown, 1)]


@pytest.mark.parametrize("field", ["means", "access", "likely_to_use", "barriers", "made_with", "where_kept", "not_yet",
                                   "review_due", "knows", "copy_given", "client_agreed"])  # fmt: skip
def test_a_field_for_staff_changes_nothing_on_paper(field: str) -> None:
    with_it = {**PLAN, "not_yet": {"matters": "STAFF ONLY why"}, "copy_given": "paper", "client_agreed": True}
    without: dict[str, Any] = {name: value for name, value in with_it.items() if name != field}
    without["helpers"] = [{n: v for n, v in row.items() if n != field} for row in PLAN["helpers"]]
    assert sheet_of(with_it) == sheet_of(without)


def test_dangerous_things_are_printed_only_when_the_client_wants_it_and_then_without_the_staffs_codes() -> (
    None
):
    assert "Old tablets" not in printed(sheet_of()).text
    read = printed(sheet_of({**PLAN, "print_means": True}))
    assert "Old tablets: Locked away by Ngozi" in read.text
    assert "Medication" not in read.text
    assert "can reach" not in read.text


def test_every_field_of_a_plan_is_either_printed_or_known_to_be_for_staff() -> None:
    for_staff = {"not_yet", "language", "made_with", "likely_to_use", "barriers", "where_kept", "copy_given", "copy_at",
                 "client_agreed", "print_means", "declined", "declined_reason", "review_due", "shared_with", "trigger_for_review"}  # fmt: skip
    assert set(SafetyPlan.model_fields) == set(STEPS) | for_staff


def test_numbers_that_the_agency_has_not_set_are_lines_to_write_on() -> None:
    read = printed(sheet_of(agency=Agency()))
    assert "My care team:" in read.text
    assert "Local crisis line:" in read.text
    assert "988" in read.text
    assert "None" not in read.text


def test_words_too_long_for_a_page_go_on_on_the_next_in_12_points_and_none_is_lost() -> None:
    doc = {**PLAN, **full(300)}
    read = printed(sheet_of(doc))
    assert read.paper.pages == len(read.reader.pages) > 1
    assert min(read.sizes()) >= BODY_PT
    bodies = [node.text for node in read.tags() if node.tag == "/LBody"]
    assert bodies.count(" ".join(doc["signs"][0].split())) == LINES_MAX * 3
    assert f"Page {read.paper.pages} of {read.paper.pages}" in read.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blank_plan_has_every_step_and_room_to_write_on_one_page(language: Language) -> None:
    sheet = blank_sheet(AGENCY, language)
    read = printed(sheet)
    assert len(read.reader.pages) == 1
    assert min(read.sizes()) >= BODY_PT
    sections = [block for block in sheet.blocks if isinstance(block, Section)]
    assert [section.title for section in sections] == list(WORDS[language].steps.values())
    assert all(section.ruled >= 3 and not section.lines for section in sections)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wallet_fold_holds_the_same_words_on_one_sheet(language: Language) -> None:
    page, fold = printed(sheet_of(language=language)), printed(sheet_of(language=language), "fold")
    assert len(fold.reader.pages) == 1
    assert float(fold.reader.pages[0].mediabox.width) > float(fold.reader.pages[0].mediabox.height)
    words = [node.text for node in page.tags() if node.tag in ("/H1", "/H2", "/LBody")]
    folded = [node.text for node in fold.tags() if node.tag in ("/H1", "/H2", "/LBody")]
    assert set(words) <= set(folded)


def test_words_that_do_not_fit_the_wallet_fold_are_refused_and_never_cut() -> None:
    with pytest.raises(pdf.TooLongToFold, match="print the page instead"):
        printed(sheet_of({**PLAN, **full(300)}), "fold")


def test_what_is_no_longer_wanted_stops_before_it_is_made() -> None:
    assert pdf.make(sheet_of(), stopped=lambda: True) is None


def test_spanish_has_a_word_for_every_step_and_action() -> None:
    assert list(steps_of("safety_plan", "es")) == list(STEPS)
    assert list(MEANS_ACTIONS_ES) == list(MEANS_ACTIONS)
    assert all(len({WORDS[language].steps[step] for language in LANGUAGES}) == 2 for step in STEPS)
