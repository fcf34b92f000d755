"""Check 16: what leaves about a Part 2 client carries the notice and the consent's scope, is logged, and is refused without consent.

(What is exported in other forms follows with the exports.)
"""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.prints.documents import Wanted
from fieldapp.prints.staff import PART_2
from fieldapp.prints.text import make
from tests.forms.conftest import desk_of as desk_of
from tests.forms.desk import ADA, Desk, ident
from tests.stays.made import day, episode
from tests.stays.test_discharge_flows import begun, furnished, signed, unlock

Make = Callable[..., Desk]
SISTER = "Ngozi Okafor"


def protected(desk: Desk) -> Desk:
    furnished(desk)
    episode(desk, sud_services=True, part2_status="protected")
    return desk


def consent(desk: Desk) -> None:
    said = {"kind": "part2_specific", "recipient": SISTER, "purpose": "Help after the program", "what": ["discharge"],
            "since": day(5), "expires": day(-200), "signature": "paper_wet_scan", "signed_on": day(5),
            "scope_for_notice": "The discharge summary and nothing else."}  # fmt: skip
    desk.add("consent", ident(510), {"set": said}, client=ADA)


def test_check_16_with_a_consent_the_paper_carries_notice_and_scope_and_the_disclosure_is_logged(
    desk_of: Make,
) -> None:
    desk = protected(desk_of())
    consent(desk)
    laptop = unlock(desk)
    signed(laptop, sent_to=[{"name": SISTER, "basis": "roi", "consent": ident(510), "standing": "allowed"}])
    words = " ".join(make(laptop.print_sheet(Wanted("discharge", ADA)).sheet).split())
    for part in (
        PART_2,
        f"For {SISTER}",
        "The discharge summary and nothing else.",
        f"signed {day(5)}",
        "Help after the program",
    ):
        assert part in words
    (told,) = next(part.lines for part in laptop.face_sheet(ADA).sections if part.kind == "disclosure")
    values = laptop.record(told.record).values
    assert (values["to"], values["consent"], values["basis"]) == (SISTER, ident(510), "roi")
    assert values["notice_attached"] is True


def test_check_16_without_a_consent_by_that_law_it_is_refused(desk_of: Make) -> None:
    laptop = unlock(protected(desk_of()))
    draft = begun(
        laptop, sent_to=[{"name": SISTER, "basis": "roi", "consent": ident(503), "standing": "allowed"}]
    )
    (problem,) = [one for one in laptop.problems(draft) if one.stops]
    assert problem.field == "sent_to"
    assert SISTER in problem.sentence
