"""When the next round starts: every five minutes, soon after a save, later after failures, never too early."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.sync import schedule
from fieldapp.sync.schedule import Schedule, retry_after_ms

S = 1_000


def test_a_new_laptop_syncs_at_once_and_then_every_five_minutes() -> None:
    first = Schedule()
    assert first.is_due(0)
    after = first.finished(10 * S)
    assert not after.is_due(309 * S)
    assert after.is_due(310 * S)
    assert after.wait_ms(10 * S) == 300 * S
    assert after.wait_ms(400 * S) == 0


def test_a_save_is_sent_two_seconds_later() -> None:
    saved = Schedule().finished(0).saved(10 * S)
    assert not saved.is_due(11_999)
    assert saved.is_due(12 * S)


def test_saves_travel_together_but_not_for_ever() -> None:
    at = Schedule().finished(0)
    for second in range(10, 60):
        at = at.saved(second * S)
        if at.is_due(second * S + 999):
            break
    assert at.next_ms() == 25 * S


def test_a_save_does_not_postpone_the_usual_round() -> None:
    assert Schedule().finished(0).saved(299 * S).next_ms() == 300 * S


def test_failures_back_off_and_success_forgets_them() -> None:
    at = Schedule()
    waits = []
    for _ in range(12):
        at = at.failed(0, jitter=1.0)
        waits.append(at.wait_ms(0))
    assert waits[:4] == [5 * S, 10 * S, 20 * S, 40 * S]
    assert max(waits) == waits[-1] == 15 * 60 * S
    assert at.finished(0).failures == 0


def test_somebody_who_asks_is_not_kept_waiting() -> None:
    at = Schedule().failed(0, 1.0, retry_after_ms=60 * S)
    assert not at.is_due(59 * S)
    assert not at.saved(1 * S).is_due(30 * S), "a save honours what the server asked for"
    assert at.asked(5 * S).is_due(5 * S)


@given(
    jitter=st.floats(0, 1),
    failures=st.integers(0, 60),
    asked=st.one_of(st.none(), st.integers(0, 10**9)),
)
def test_the_wait_is_bounded_and_never_shorter_than_asked(
    jitter: float, failures: int, asked: int | None
) -> None:
    at = Schedule(failures=failures).failed(1_000, jitter, asked)
    wait = at.wait_ms(1_000)
    honoured = min(asked or 0, schedule.ASKED_AT_MOST_MS)
    assert honoured <= wait <= max(schedule.LONGEST_RETRY_MS, honoured + schedule.FIRST_RETRY_MS)
    assert wait >= schedule.FIRST_RETRY_MS / 2 or honoured


def test_jitter_spreads_laptops_that_failed_together() -> None:
    waits = {Schedule(failures=6).failed(0, jitter / 10, 30 * S).wait_ms(0) for jitter in range(11)}
    assert len(waits) == 11


@pytest.mark.parametrize(
    ("header", "expected"),
    [("30", 30_000), (" 5 ", 5_000), ("", None), ("soon", None), ("-3", None), ("1e9", None), ("9" * 9, None),
     ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("٣", None)],
)  # fmt: skip
def test_retry_after_is_read_in_seconds_only(header: str, expected: int | None) -> None:
    assert retry_after_ms(header) == expected
