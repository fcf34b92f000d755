"""The aftercare sheet and the discharge summary on paper: whose words, what stays off, both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotAllowed
from fieldapp.prints import text
from fieldapp.prints.aftercare import HEADINGS, aftercare_sheet
from fieldapp.prints.documents import Wanted
from fieldapp.prints.plan import Agency
from fieldapp.prints.sheet import LANGUAGES, Language, Sheet
from tests.forms.conftest import desk_of as desk_of
from tests.forms.desk import ADA, Desk
from tests.prints.paper import printed
from tests.stays.test_discharge_flows import furnished, signed, unlock

AGENCY = Agency("425-555-0199", "800-555-0123", "Harbor Agency")
DOC: dict[str, Any] = {
    "reason": "step_down_OP", "date": "2026-11-20", "to": "OP", "summary": "Schizoaffective; four admissions before.",
    "goals": [
        {"words": "Sleep six hours", "status": "met"}, {"words": "Keep the flat", "status": "partly"},
        {"words": "Bake again", "status": "stopped"},
    ],
    "measures": [{"name": "PHQ-9", "first": "19", "last": "6", "count": 4}],
    "medicines": ["Olanzapine 10 mg, evenings"],
    "plan_disposition": "handed_over", "plan_version": 3,
    "appointments": [
        {"when": "2026-12-03", "who": "Peer group"},
        {"when": "2026-11-24", "time": "10:00", "who": "Dr. Iyer", "where": "Sound Outpatient"},
    ],
    "supports": [{"name": "Ngozi", "relation": "sister", "phone": "425-555-0102"}],
    "relapse_signs": ["«No contesto», #1 *ya* $5", "I stay up past three"],
    "return_instructions": "Call the team line.\nWe see you the same week.",
    "ready": ["goals"], "handoff": "together", "handoff_to": "M. Cole",
    "sent_to": [{"name": "Hal Brook", "basis": "roi", "standing": "allowed"}],
}  # fmt: skip


def sheet(language: Language = "en", **more: Any) -> Sheet:
    """Return the sheet."""
    return aftercare_sheet(DOC | more, AGENCY, language)


def words_of(made: Sheet) -> str:
    """Return the plain text with single spaces."""
    return " ".join(text.make(made).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clients_sheet_has_their_words_and_nothing_of_the_staffs(language: Language) -> None:
    made = words_of(sheet(language))
    said, other = HEADINGS[language], HEADINGS["es" if language == "en" else "en"]
    for words in (said.next, said.signs, "Dr. Iyer, Sound Outpatient", "Ngozi, sister, 425-555-0102", "988", "425-555-0199",
                  "I stay up past three", "Call the team line.", "Olanzapine 10 mg, evenings", "Keep the flat"):  # fmt: skip
        assert words in made
    for hidden in (
        "Schizoaffective",
        "PHQ",
        "Hal Brook",
        "M. Cole",
        "Step-down",
        "Okafor",
        "Bake again",
        other.next,
    ):
        assert hidden not in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_it_in_twelve_points_with_every_odd_sign(language: Language) -> None:
    read = printed(sheet(language))
    assert read.paper.pages == 1
    assert min(read.sizes()) >= 12
    assert "«No contesto», #1 *ya* $5" in " ".join(read.text.split())
    assert read.paper.holes == ""


def test_the_first_appointment_comes_first_and_without_any_there_are_lines_to_write_on() -> None:
    made = words_of(sheet())
    assert "Tuesday, November 24, 2026 at 10:00" in made
    assert made.index("Dr. Iyer") < made.index("Peer group")
    empty = text.make(sheet(appointments=[], date="someday"))
    assert "____" in empty
    assert "I left on" not in empty
    assert "martes 24 de noviembre de 2026" in words_of(sheet("es"))


@pytest.mark.parametrize("said", ["declined", "none", "not_handed", "ended"])
def test_who_leaves_without_a_plan_reads_no_version(said: str) -> None:
    made = words_of(sheet(plan_disposition=said))
    assert HEADINGS["en"].plan_none in made
    assert "version 3" not in made
    assert "version 3" in words_of(sheet())


def test_both_papers_come_from_the_discharge_that_stands_and_from_none_else(
    desk_of: Callable[..., Desk],
) -> None:
    laptop = unlock(furnished(desk_of()))
    for document in ("aftercare", "discharge"):
        with pytest.raises(NotAllowed):
            laptop.print_sheet(Wanted(document, ADA))
    record = signed(laptop)
    paper = laptop.print_sheet(Wanted("discharge", ADA))
    made = words_of(paper.sheet)
    for words in ("Discharge summary", "Okafor, Ada", "NOT YET CO-SIGNED", "Goals reached", "sleeps six hours",
                  "Electronically signed by the author: Dana Reyes, LICSW", "Sound Outpatient", "CONFIDENTIAL"):  # fmt: skip
        assert words in made
    client = words_of(laptop.print_sheet(Wanted("aftercare", ADA, "es")).sheet)
    assert HEADINGS["es"].next in client
    assert "Okafor, Ada" not in client
    laptop.mark_error(laptop.record(record).versions[0].entry, "She stays")
    with pytest.raises(NotAllowed):
        laptop.print_sheet(Wanted("aftercare", ADA))
