"""Giving a role: one primary on every day, nothing outside the given time changes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.clinical import assigning
from fieldapp.clinical.assigning import covering, holds
from fieldapp.clinical.due import add_days

START = "2026-11-01"
SPAN = 24
Periods = dict[str, dict[str, Any]]


def day(number: int) -> str:
    return add_days(START, number)


def applied(periods: Mapping[str, Mapping[str, Any]], said: assigning.Changes) -> Periods:
    """Return the periods after an entry, as the fold has them."""
    found: Periods = {key: dict(row) for key, row in periods.items() if key not in said.drop}
    for key, row in said.items.items():
        found[key] = {**found.get(key, {}), **row}
    return found


def on(periods: Periods, role: str, number: int) -> list[str]:
    return sorted(
        str(row["staff"]) for row in periods.values() if row["role"] == role and holds(row, day(number))
    )


def ids() -> Any:
    return (f"n{number}" for number in count())


rows = st.builds(
    lambda staff, role, since, length, covers: {
        "staff": staff, "role": role, "since": day(since),
        **({"until": day(since + length)} if length is not None else {}),
        **({"covers": covers} if role == "cover" else {}),
    },
    st.sampled_from("abc"), st.sampled_from(["primary", "tech", "cover"]), st.integers(0, SPAN - 4),
    st.none() | st.integers(0, 6), st.sampled_from("xy"),
)  # fmt: skip


@given(st.lists(rows, min_size=1, max_size=8))
@settings(max_examples=300)
def test_at_most_one_primary_on_any_day_whatever_was_given(given_rows: list[dict[str, Any]]) -> None:
    periods: Periods = {}
    fresh = ids()
    for row in given_rows:
        periods = applied(periods, assigning.given(periods, row, fresh))
        for number in range(SPAN + 4):
            assert len(on(periods, "primary", number)) <= 1
            if row["role"] == "primary" and holds(row, day(number)):
                assert on(periods, "primary", number) == [row["staff"]]


@given(st.lists(rows, max_size=5), rows)
@settings(max_examples=300)
def test_days_outside_the_given_time_and_other_roles_stay_as_they_were(
    before: list[dict[str, Any]], row: dict[str, Any]
) -> None:
    """Only the same person's own time behind a new end goes: whoever says anew until when they are there means it."""
    periods: Periods = {}
    fresh = ids()
    for one in before:
        periods = applied(periods, assigning.given(periods, one, fresh))
    after = applied(periods, assigning.given(periods, row, fresh))
    for number in range(SPAN + 4):
        for role in ("primary", "tech", "cover"):
            was, now = on(periods, role, number), on(after, role, number)
            if role != row["role"]:
                assert now == was
            elif not holds(row, day(number)):
                assert set(now) <= set(was)
                assert set(was) - set(now) <= {row["staff"]}


def test_a_new_primary_ends_the_one_before_on_the_day_before() -> None:
    periods: Periods = {"p": {"staff": "ana", "role": "primary", "since": "2026-08-03"}}
    row = {"staff": "ben", "role": "primary", "since": "2026-11-23"}
    said = assigning.given(periods, row, ids())
    assert said.body() == {
        "items": {"periods": {"p": {"until": "2026-11-22"}, "n0": row}},
    }


def test_a_primary_for_a_month_gives_the_place_back_afterwards() -> None:
    periods: Periods = {"p": {"staff": "ana", "role": "primary", "since": "2026-08-03"}}
    row = {"staff": "ben", "role": "primary", "since": "2026-12-01", "until": "2026-12-31"}
    after = applied(periods, assigning.given(periods, row, ids()))
    assert sorted((one["staff"], one["since"], one.get("until")) for one in after.values()) == [
        ("ana", "2026-08-03", "2026-11-30"),
        ("ana", "2027-01-01", None),
        ("ben", "2026-12-01", "2026-12-31"),
    ]


def test_two_primaries_of_one_time_are_settled_by_giving_one() -> None:
    """As after two supervisors wrote side by side."""
    periods: Periods = {
        "p": {"staff": "ana", "role": "primary", "since": "2026-11-01"},
        "q": {"staff": "ben", "role": "primary", "since": "2026-11-10"},
    }
    row = {"staff": "ana", "role": "primary", "since": "2026-11-10"}
    after = applied(periods, assigning.given(periods, row, ids()))
    assert on(after, "primary", 3) == on(after, "primary", 12) == ["ana"]


def test_a_cover_names_whose_place_is_taken() -> None:
    periods: Periods = {
        "c": {"staff": "ben", "role": "cover", "since": "2026-11-20", "until": "2026-11-27", "covers": "ana"}
    }
    assert covering(periods, "2026-11-27") == {"ben": "ana"}
    assert covering(periods, "2026-11-28") == {}
