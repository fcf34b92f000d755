"""How long a laptop keeps what (design.md 3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.retention import AFTER_EPISODE_MS, DAY_MS, LAST_CONTACTS, Held, floor_ms, is_too_old

NOW = 1_795_374_000_000
FEEDS = ("notes:t", "oncall-contacts:p", "team:t", "oncall:p", "staff:s", "org")


def held(kind: str, *feeds: str, days: float, rank: int = 0, discharged: float | None = None) -> Held:
    ended = None if discharged is None else int(NOW - discharged * DAY_MS)
    return Held(kind, feeds, int(NOW - days * DAY_MS), rank, ended)


@pytest.mark.parametrize(
    ("one", "goes"),
    [
        (held("note", "notes:t", days=89.9), False),
        (held("note", "notes:t", days=90.1), True),
        (held("note", "notes:t", "staff:s", days=900), False),
        (held("contact", "oncall-contacts:p", days=31, rank=LAST_CONTACTS), True),
        (held("contact", "oncall-contacts:p", days=31, rank=LAST_CONTACTS - 1), False),
        (held("contact", "oncall-contacts:p", days=29, rank=50), False),
        (held("contact", "team:t", days=900), False),
        (held("contact", "team:t", days=900, discharged=395), False),
        (held("contact", "team:t", days=900, discharged=397), True),
        (held("contact", "team:t", "oncall-contacts:p", days=900, rank=9), False),
        (held("contact", "team:t", "oncall-contacts:p", days=900, rank=9, discharged=400), True),
        (held("contact", "team:t", days=100, discharged=400), False),
        (held("risk", "oncall:p", "team:t", days=9000, discharged=9000), False),
        (held("safety_plan", "oncall:p", "team:t", days=9000, discharged=9000), False),
        (held("note", days=9000), False),
    ],
)
def test_what_outlives_its_stay_in_every_feed_goes(one: Held, goes: bool) -> None:
    assert is_too_old(one, NOW) is goes


helds = st.builds(
    Held,
    kind=st.sampled_from(("note", "contact", "risk", "safety_plan", "client")),
    feeds=st.sets(st.sampled_from(FEEDS), max_size=4),
    last_ms=st.integers(NOW - 3 * AFTER_EPISODE_MS, NOW),
    rank=st.integers(0, 9),
    discharged_ms=st.none() | st.integers(NOW - 3 * AFTER_EPISODE_MS, NOW),
)


@given(helds, st.integers(0, AFTER_EPISODE_MS))
def test_what_is_too_old_stays_too_old(one: Held, later: int) -> None:
    assert not is_too_old(one, NOW) or is_too_old(one, NOW + later)


@given(helds, st.sampled_from(("oncall:p", "staff:s", "org")))
def test_a_feed_that_is_kept_whole_keeps_the_record(one: Held, whole: str) -> None:
    kept = Held(one.kind, {*one.feeds, whole}, one.last_ms, one.rank, one.discharged_ms)
    assert not is_too_old(kept, NOW)
    assert floor_ms(whole, NOW) is None


def test_a_measure_stays_for_the_episode_and_thirteen_months_like_a_contact() -> None:
    now = 2_000 * DAY_MS
    old = now - 900 * DAY_MS
    for kind in ("contact", "measure"):
        assert not is_too_old(Held(kind, ["team:T1"], old), now)
        assert not is_too_old(Held(kind, ["team:T1"], old, discharged_ms=now - 300 * DAY_MS), now)
        assert is_too_old(Held(kind, ["team:T1"], old, discharged_ms=now - 400 * DAY_MS), now)
