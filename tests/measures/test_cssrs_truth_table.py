"""The triage of clinical.md 3.4, answer by answer. The questions themselves stand nowhere in the repository."""

from __future__ import annotations

from itertools import product

import pytest

from fieldapp.records.instruments.scoring import asked, complaint, score
from fieldapp.records.instruments.suicide import CSSRS_RECENT, CSSRS_SINCE

KEYS = ("q1", "q2", "q3", "q4", "q5", "q6", "q6b")


def answers(row: str) -> dict[str, int]:
    """Return answers from a row such as `n n – – – n –`."""
    return {key: int(cell == "y") for key, cell in zip(KEYS, row.split(), strict=True) if cell in "yn"}


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("n n – – – n –", "none"),
        ("y n – – – n –", "low"),
        ("y y n n n n –", "low"),
        ("y y y n n n –", "moderate"),
        ("y y n y n n –", "high"),
        ("y y y y y n –", "high"),
        ("n n – – – y n", "moderate"),
        ("n n – – – y y", "high"),
        ("n y n n n y n", "moderate"),
    ],
)
def test_check_13_the_truth_table_of_the_cssrs(row: str, level: str) -> None:
    result = score(CSSRS_RECENT, answers(row))
    assert result.risk == level
    assert "incomplete" not in result.flags
    assert ("positive" in result.flags) is (level != "none")


def test_check_13_q4_alone_is_high() -> None:
    assert score(CSSRS_RECENT, answers("n y n y n n –")).risk == "high"


@pytest.mark.parametrize(
    "row",
    ["n n y – – n –", "n n – y – n –", "n n – – y n –", "y n n n n n –", "n n – – – n n", "n n – – – n y"],
)
def test_check_13_answers_to_what_is_not_asked_are_rejected(row: str) -> None:
    assert complaint(CSSRS_RECENT, answers(row))
    with pytest.raises(ValueError, match="not asked"):
        score(CSSRS_RECENT, answers(row))


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("– n – – – n –", "screen_needed"),
        ("n – – – – n –", "screen_needed"),
        ("n n – – – – –", "screen_needed"),
        ("– – – – – – –", "screen_needed"),
        ("y – – – – n –", "low"),
        ("y y n n n – –", "low"),
        ("y y y n n – –", "moderate"),
        ("y y n y n – –", "high"),
        ("– – – – – y n", "moderate"),
        ("n y – – – n –", "low"),
        ("n n – – – y –", "high"),
    ],
)
def test_check_13_blanks_are_incomplete_at_the_highest_level_reached_and_never_none(
    row: str, level: str
) -> None:
    result = score(CSSRS_RECENT, answers(row))
    assert "incomplete" in result.flags
    assert result.risk == level


@pytest.mark.parametrize(
    ("row", "level"),
    [("n n – – – n", "none"), ("n n – – – y", "high"), ("y n – – – n", "low"), ("n y y n n n", "moderate"),
     ("n y n y n n", "high")],
)  # fmt: skip
def test_since_the_last_contact_any_behaviour_is_high(row: str, level: str) -> None:
    assert score(CSSRS_SINCE, answers(f"{row} –")).risk == level


def test_check_13_every_possible_sheet_agrees_with_the_rule_written_another_way() -> None:
    """All 3^7 sheets: yes, no or blank in each cell."""
    seen = 0
    for cells in product("yn–", repeat=7):
        sheet = answers(" ".join(cells))
        yes = {key for key, value in sheet.items() if value}
        allowed = (
            (sheet.get("q2") == 1 or not {"q3", "q4", "q5"} & set(sheet))
            and (sheet.get("q6") == 1 or "q6b" not in sheet)
        )  # fmt: skip
        assert (complaint(CSSRS_RECENT, sheet) == "") is allowed
        if not allowed:
            continue
        seen += 1
        if yes & {"q4", "q5", "q6b"} or ("q6" in yes and "q6b" not in sheet):
            level = "high"
        elif yes & {"q3", "q6"}:
            level = "moderate"
        elif yes:
            level = "low"
        else:
            level = "none"
        result = score(CSSRS_RECENT, sheet)
        open_ones = [item.key for item in asked(CSSRS_RECENT, sheet) if item.key not in sheet]
        assert ("incomplete" in result.flags) is bool(open_ones)
        assert result.risk == ("screen_needed" if level == "none" and open_ones else level)
    assert seen > 200
