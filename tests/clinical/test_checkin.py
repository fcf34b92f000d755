"""When somebody is out by, and when a laptop rings (clinical.md 2.20)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.checkin import LONGEST_MIN, SHORTEST_MIN, is_overdue, parse_length, rings, words
from fieldapp.clinical.times import BadTime

NOW = 1_795_374_000_000
"""2026-11-22 11:00 in Seattle."""
TZ = "America/Los_Angeles"
MINUTE = 60_000


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("45", 45), ("45m", 45), ("1h30", 90), ("2h", 120), ("12:15", 75), ("1130", 30), ("2pm", 180), ("0:30", 810), ("10:59", 1439)],
)  # fmt: skip
def test_lengths_and_times_are_read(said: str, minutes: int) -> None:
    assert parse_length(said, now_ms=NOW, tz=TZ) == minutes


@pytest.mark.parametrize("said", ["", "soon", "3", "0", "25h", "27:00", "-5", "4m", "१२", "१h"])
def test_what_is_no_length_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(BadTime) as failure:
        parse_length(said, now_ms=NOW, tz=TZ)
    assert failure.value.sentence.endswith(".")


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_length_in_bounds_or_refused(said: str) -> None:
    try:
        minutes = parse_length(said, now_ms=NOW, tz=TZ)
    except BadTime:
        return
    assert SHORTEST_MIN <= minutes <= LONGEST_MIN


@given(st.integers(0, 10), st.lists(st.integers(0, 600_000), min_size=1, max_size=40).map(sorted))
def test_a_laptop_rings_from_the_time_on_once_a_minute(until_min: int, looks: list[int]) -> None:
    until = NOW + until_min * MINUTE
    rung: list[int] = []
    for look in looks:
        if rings(until, NOW + look, rung[-1] if rung else None):
            rung.append(NOW + look)
    assert all(at >= until for at in rung)
    assert all(b - a >= MINUTE for a, b in pairwise(rung))
    late = [NOW + look for look in looks if is_overdue(until, NOW + look)]
    assert bool(rung) == bool(late)
    assert not late or rung[0] == late[0]


def test_nobody_out_rings_nothing_and_the_words_name_nobody() -> None:
    assert not rings(None, NOW, None)
    assert words(NOW + MINUTE, NOW, "11:01") == ("◷ check in by 11:01", "note")
    assert words(NOW, NOW, "11:00") == ("! check-in was due 11:00", "error")
