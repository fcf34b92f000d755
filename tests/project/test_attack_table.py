"""The table of attacks claims only what a test of this repository shows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.project.test_program_table import CLAIM, functions

TABLE = Path(__file__).resolve().parents[2] / "docs" / "attacks.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
LISTED = tuple(range(1, 73))
"""The numbers under which attacks were planned; none may be lost from the table."""


@cache
def rows() -> dict[int, str]:
    """Return what shows each attack."""
    return {int(number): shown for number, _, _, shown in ROW.findall(TABLE.read_text("utf-8"))}


def test_every_attack_stands_in_the_table_once_and_in_order() -> None:
    assert [int(found[0]) for found in ROW.findall(TABLE.read_text("utf-8"))] == list(LISTED)


@pytest.mark.parametrize("number", LISTED)
def test_each_attack_names_tests_that_exist_or_says_that_it_is_postponed_or_open(number: int) -> None:
    shown = rows()[number]
    claims = CLAIM.findall(shown)
    assert shown.count("tests/") == len(claims), "a test is named as `tests/path.py::test_name`"
    assert bool(claims) != shown.startswith(("postponed: ", "open: ")), "either shown or said not to be"
    assert [claim for claim in claims if claim[1] not in functions(claim[0])] == []
