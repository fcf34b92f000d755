"""The table of programs, services and metrics claims only what a test of this repository shows."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
CLAIM = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")

# The rows marked M (also "M / S", "M list / L form" and the like) in the list of care systems, programs, services and
# metrics that the product was planned from; its numbers are kept here so that no row is lost from the table.
MUST = (
    1, 2, 3, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 25, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,
    43, 47, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 66, 73, 74, 75, 78, 79, 82, 83, 86, 87, 89, 90, 95,
    96, 97, 98, 99, 100, 106, 107, 114,
)  # fmt: skip
# Numbers that were marked as the next to come, and work.
SHOULD = (101, 102, 103, 104, 105, 108, 109, 110, 111)
LISTED = tuple(sorted(MUST + SHOULD))


@cache
def rows() -> list[tuple[int, str, str]]:
    """Return number, screen and test of each row."""
    text = (ROOT / "docs" / "programs.md").read_text("utf-8")
    return [(int(number), where, shown) for number, _, _, where, shown in ROW.findall(text)]


@cache
def functions(path: str) -> frozenset[str]:
    """Return the names of the functions of a file of tests; none if there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_row_that_must_work_stands_in_the_table_once_and_in_order() -> None:
    assert tuple(number for number, _, _ in rows()) == LISTED


@pytest.mark.parametrize("number", LISTED)
def test_each_row_names_tests_that_exist_or_says_that_it_is_open(number: int) -> None:
    [(_, where, shown)] = [row for row in rows() if row[0] == number]
    claims = CLAIM.findall(shown)
    assert shown.count("tests/") == len(claims), "a test is named as `tests/path.py::test_name`"
    assert claims or shown.startswith(("later: ", "open: "))
    assert where.strip()
    assert [claim for claim in claims if claim[1] not in functions(claim[0])] == []
