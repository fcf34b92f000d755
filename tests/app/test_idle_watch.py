"""When the screen covers and locks, whatever the clock does."""

from __future__ import annotations

import pytest

from fieldapp.screens.idle import MINUTE_MS, IdleWatch, Verdict

START = 1_795_374_000_000


def after(watch: IdleWatch, now: int, minutes: float) -> tuple[int, Verdict]:
    """Let time pass second by second, as the app's timer does."""
    verdict: Verdict = "open"
    for _ in range(round(minutes * 60)):
        now += 1000
        verdict = watch.tick(now)
    return now, verdict


@pytest.mark.parametrize(
    ("minutes", "field_mode", "expected"),
    [(4.9, False, "open"), (5, False, "soft"), (14.9, False, "soft"), (15, False, "hard"),
     (1.9, True, "open"), (2, True, "soft"), (15, True, "hard")],
)  # fmt: skip
def test_idle_time_covers_then_locks(minutes: float, field_mode: bool, expected: Verdict) -> None:
    watch = IdleWatch(START)
    watch.field_mode = field_mode
    assert after(watch, START, minutes)[1] == expected


def test_work_puts_the_cover_off() -> None:
    watch = IdleWatch(START)
    now, _ = after(watch, START, 4.9)
    watch.touch(now)
    assert after(watch, now, 4.9)[1] == "open"


def test_a_gap_of_more_than_a_minute_is_sleep_and_locks() -> None:
    watch = IdleWatch(START)
    assert watch.tick(START + MINUTE_MS) == "open"
    assert watch.tick(START + 2 * MINUTE_MS + 1001) == "hard"


def test_a_clock_that_is_set_back_does_not_lengthen_the_time() -> None:
    watch = IdleWatch(START)
    now, _ = after(watch, START, 4)
    now -= 60 * MINUTE_MS
    assert watch.tick(now) == "open"
    assert watch.left_ms(now) == MINUTE_MS
    assert after(watch, now, 1)[1] == "soft"


def test_a_session_ends_after_twelve_hours_of_work() -> None:
    watch = IdleWatch(START)
    now = START
    verdicts = []
    for _ in range(12 * 60):
        now += MINUTE_MS
        watch.touch(now)
        verdicts.append(watch.tick(now))
    assert verdicts[-1] == "hard"
    assert set(verdicts[:-1]) == {"open"}
