"""Who else took part: colleagues and interpreters need no basis, everybody else does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.coding import staff_of
from fieldapp.clinical.participants import colleague, names_of, of_line
from fieldapp.records.kinds.contact import KIND, without_basis

STAFF = (("s1", "Tom Berg"), ("s2", "Priya Nair"), ("s3", "Tomás Ortiz"))


def rows(
    line: str, basis: str = "", known: dict[str, dict[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the items of a line, each named after its name."""
    return of_line(line, basis, known or {}, STAFF, lambda name: name.replace(" ", "_"))


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Tom Berg", "s1"), ("tom berg", "s1"), ("staff berg", "s1"), ("colleague pri", "s2"), ("staff tomas", "s3"),
        ("tomas ortiz", "s3"), ("Tom", None), ("staff tom", None), ("Nair", None), ("staff", None), ("", None),
    ],
)  # fmt: skip
def test_a_colleague_is_meant_by_the_whole_name_or_where_it_says_staff(typed: str, who: str | None) -> None:
    """`staff tom` may be two people; a sister called Tom is nobody's colleague."""
    found = colleague(typed, STAFF)
    assert (found[0] if found else None) == who


def test_the_second_member_of_staff_is_counted_and_only_others_have_a_basis() -> None:
    found = rows("Tom Berg, interpreter Ruiz, Ngozi", "client_present_agreed")
    assert [(row["who"], row.get("kind"), row.get("disclosure_basis")) for row in found.values()] == [
        ("Tom Berg", "staff", None), ("Ruiz", "interpreter", None), ("Ngozi", None, "client_present_agreed"),
    ]  # fmt: skip
    assert staff_of({"participants": found}) == 2
    assert without_basis({"participants": rows("Tom Berg, interpreter, Ngozi")}) == ["Ngozi"]
    assert KIND.check_body("save", {"items": {"participants": {"a": {"who": "Ngozi"}}}}) is None


@given(
    st.lists(
        st.sampled_from(["Tom Berg", "Ngozi", "interpreter Ruiz", "interpreter", "Mr Hall", "staff pri"])
    )
)
def test_a_line_that_is_shown_again_makes_the_same_people_of_it(names: list[str]) -> None:
    first = rows(", ".join(names), "roi")
    assert rows(names_of(first), "roi", first) == first
