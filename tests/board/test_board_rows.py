"""What a line of the board keeps when it is narrow: what stops somebody at the door comes first."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from fieldapp.screens.board_rows import draw_visit
from fieldapp.store.board_models import BoardVisit
from fieldapp.store.models import AlertLine, VisitLine
from tests.forms.desk import NOW


def row(severity: str = "caution", code: str = "two_person_required", **more: Any) -> BoardVisit:
    alert = AlertLine("a", severity, code, "Two people required", "", "")
    visit = VisitLine(
        "v", "c", "Okafor, Ada", NOW, 60, "12 Hoyt Ave", "", "planned", "", "", "", "none", (alert,)
    )
    return BoardVisit(visit, "coming", **more)


@pytest.mark.parametrize("width", [78, 118])
def test_stop_comes_before_everything_else(width: int) -> None:
    shown = draw_visit(row("stop", two_wanted=True, away=True, at_once="Tom Berg"), UTC, False, width).plain
    assert "■ STOP" in shown
    assert "two asked for" not in shown


def test_a_caution_for_two_people_says_that_somebody_goes_alone() -> None:
    assert "!! goes alone, two asked for" in draw_visit(row(two_wanted=True), UTC, False, 118).plain
    assert "!! two asked for" in draw_visit(row(two_wanted=True), UTC, False, 78).plain
    assert "with Tom Berg" in draw_visit(row(with_whom="Tom Berg"), UTC, False, 118).plain


@pytest.mark.parametrize("width", [78, 98, 118])
def test_a_line_is_never_wider_than_its_room(width: int) -> None:
    shown = draw_visit(row(two_wanted=True, away=True, at_once="Tom Berg"), UTC, True, width)
    assert shown.cell_length <= width
