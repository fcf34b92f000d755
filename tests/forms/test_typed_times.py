"""Times as people type them: nothing is guessed into a wrong hour, and no such hour is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldapp.clinical.times import (
    HOUR_MS,
    MINUTE_MS,
    BadTime,
    clock_words,
    day_of,
    ends_now,
    instants,
    local,
    moment_words,
    parse_clock,
    parse_day,
    parse_minutes,
    parse_moment,
    parse_span,
    parse_time,
    span_words,
)

TZ = "America/Los_Angeles"
ZONES = st.sampled_from([TZ, "America/Phoenix", "Australia/Lord_Howe", "America/St_Johns", "UTC"])
YEARS = st.integers(
    int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) // 60,
    int(datetime(2035, 1, 1, tzinfo=UTC).timestamp()) // 60,
).map(lambda minute: minute * MINUTE_MS)


def at(text: str, tz: str = TZ, fold: int = 0) -> int:
    """Return the instant of a written local time."""
    day, clock = text.split()
    found = instants(date.fromisoformat(day), time.fromisoformat(clock), tz)
    return found[min(fold, len(found) - 1)]


NOW = at("2026-11-23 15:10")


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("930", "09:30"),
        ("0930", "09:30"),
        ("9:30", "09:30"),
        ("9.30", "09:30"),
        ("9h30", "09:30"),
        ("9", "09:00"),
        ("14", "14:00"),
        (" 1430 ", "14:30"),
        ("2:30pm", "14:30"),
        ("230p", "14:30"),
        ("2 pm", "14:00"),
        ("12am", "00:00"),
        ("12 p.m.", "12:00"),
        ("noon", "12:00"),
        ("now", "15:10"),
        ("NOW-45", "14:25"),
        ("now - 1h30", "13:40"),
        ("now-45m", "14:25"),
        ("now+3", "15:13"),
        ("45m", "14:25"),
        ("90 min", "13:40"),
    ],
)
def test_the_usual_ways_to_type_a_time_are_read(typed: str, means: str) -> None:
    """One instant each, today."""
    assert parse_time(typed, now_ms=NOW, tz=TZ) == at(f"2026-11-23 {means}")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "25",
        "960",
        "9:75",
        "24:30",
        "half nine",
        "13pm",
        "0am",
        "1:2",
        "99999",
        "-3",
        "now-",
        "now-x",
        "١٢:٣٠x",
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(typed: str) -> None:
    """The sentence says what to type and never repeats a stack of details."""
    with pytest.raises(BadTime) as refused:
        parse_time(typed, now_ms=NOW, tz=TZ)
    assert refused.value.sentence.endswith(".")


def test_a_time_still_to_come_is_yesterdays_only_within_twelve_hours() -> None:
    """Shortly after midnight 23:40 was yesterday; at three in the afternoon 16:00 is a slip."""
    midnight = at("2026-11-23 00:20")
    assert parse_time("2340", now_ms=midnight, tz=TZ) == at("2026-11-22 23:40")
    assert parse_time("1600", now_ms=at("2026-11-23 04:00"), tz=TZ) == at("2026-11-22 16:00")
    for now in ("2026-11-23 04:01", "2026-11-23 15:10"):
        with pytest.raises(BadTime, match="still to come"):
            parse_time("1600", now_ms=at(now), tz=TZ)


def test_a_given_day_is_kept() -> None:
    """Charting for yesterday reads yesterday's clock."""
    assert parse_time("1600", now_ms=NOW, tz=TZ, day=date(2026, 11, 22)) == at("2026-11-22 16:00")
    assert parse_time("24:00", now_ms=NOW, tz=TZ, day=date(2026, 11, 22)) == at("2026-11-23 00:00")


@pytest.mark.parametrize(
    ("start", "stop", "span"),
    [
        ("now-45", "now", ("2026-11-23 14:25", "2026-11-23 15:10")),
        ("45m", "now", ("2026-11-23 14:25", "2026-11-23 15:10")),
        ("930", "45m", ("2026-11-23 09:30", "2026-11-23 10:15")),
        ("930", "1h", ("2026-11-23 09:30", "2026-11-23 10:30")),
        ("930", "1h30", ("2026-11-23 09:30", "2026-11-23 11:00")),
        ("9:30", "10.15", ("2026-11-23 09:30", "2026-11-23 10:15")),
        ("9:30", "9:30", ("2026-11-23 09:30", "2026-11-23 09:30")),
    ],
)
def test_a_span_is_read_from_times_and_durations(start: str, stop: str, span: tuple[str, str]) -> None:
    """The stop may be a time, now, or how long it took."""
    assert parse_span(start, stop, now_ms=NOW, tz=TZ) == (at(span[0]), at(span[1]))


def test_a_span_crosses_midnight_but_never_twelve_hours() -> None:
    """23:30 to 00:20 is fifty minutes; 14:00 to 13:00 is a slip, not 23 hours."""
    assert parse_span("2330", "20m", now_ms=at("2026-11-23 00:30"), tz=TZ) == (
        at("2026-11-22 23:30"),
        at("2026-11-22 23:50"),
    )
    start, stop = parse_span("2330", "0020", now_ms=at("2026-11-23 00:30"), tz=TZ)
    assert (start, stop) == (at("2026-11-22 23:30"), at("2026-11-23 00:20"))
    assert span_words(start, stop, at("2026-11-23 00:30"), TZ) == "yesterday 23:30-00:20 next day (50 min)"
    with pytest.raises(BadTime, match="before the start"):
        parse_span("1400", "1300", now_ms=NOW, tz=TZ)
    with pytest.raises(BadTime, match="12 hours"):
        parse_span("100", "13h", now_ms=NOW, tz=TZ)
    with pytest.raises(BadTime, match="before the start"):
        parse_span("1400", "now-120", now_ms=NOW, tz=TZ)


def test_the_hour_that_is_skipped_in_spring_is_refused() -> None:
    """2:30 on 14 March 2027 never happened in Seattle."""
    now = at("2027-03-14 15:00")
    assert instants(date(2027, 3, 14), time(2, 30), TZ) == ()
    with pytest.raises(BadTime, match="does not exist on 14 Mar"):
        parse_time("230", now_ms=now, tz=TZ)
    with pytest.raises(BadTime, match="does not exist"):
        parse_span("130", "230", now_ms=now, tz=TZ)
    start, stop = parse_span("130", "310", now_ms=now, tz=TZ)
    assert stop - start == 40 * MINUTE_MS


def test_the_hour_that_comes_twice_in_autumn_is_read_as_it_makes_sense() -> None:
    """A span is positive and shortest; the words name the zone so that nobody has to guess."""
    second = at("2026-11-01 01:40", fold=1)
    start, stop = parse_span("0120", "now", now_ms=second, tz=TZ)
    assert stop - start == 20 * MINUTE_MS
    start, stop = parse_span("0150", "0110", now_ms=at("2026-11-01 15:00"), tz=TZ)
    assert stop - start == 20 * MINUTE_MS
    assert (clock_words(start, TZ), clock_words(stop, TZ)) == ("01:50 PDT", "01:10 PST")
    assert clock_words(at("2026-11-01 03:10"), TZ) == "03:10"


@given(YEARS, ZONES)
def test_a_time_that_a_clock_shows_is_read_back(ms: int, tz: str) -> None:
    """Whatever instant it was, its own clock reading typed on its own day means that reading."""
    shown = local(ms, tz)
    read = parse_time(f"{shown:%H%M}", now_ms=ms + 6 * HOUR_MS, tz=tz, day=shown.date())
    assert local(read, tz).replace(tzinfo=None, fold=0) == shown.replace(tzinfo=None, fold=0)
    assert ms in instants(shown.date(), shown.time().replace(fold=0), tz)


@given(YEARS, ZONES, st.integers(0, 11 * 60 + 59))
def test_a_span_typed_as_two_clock_times_keeps_order_and_wall_clock(ms: int, tz: str, length: int) -> None:
    """Never negative, never over twelve hours, across midnight and clock changes alike."""
    end = ms + length * MINUTE_MS
    first, last = local(ms, tz), local(end, tz)
    try:
        start, stop = parse_span(f"{first:%H:%M}", f"{last:%H:%M}", now_ms=end, tz=tz, day=first.date())
    except BadTime:
        # Only a span whose reading needs the other of two equal readings may be refused.
        assert len(instants(last.date(), last.time().replace(fold=0), tz)) == 2
        return
    assert 0 <= stop - start <= 12 * HOUR_MS
    assert f"{local(start, tz):%H:%M}" == f"{first:%H:%M}"
    assert f"{local(stop, tz):%H:%M}" == f"{last:%H:%M}"
    ambiguous = max(
        len(instants(w.date(), w.time().replace(fold=0), tz)) for w in (first, last)
    )  # fmt: skip
    if ambiguous == 1:
        assert (start, stop) == (ms, end)


@given(YEARS, ZONES, st.integers(0, 600))
def test_a_duration_is_elapsed_time_whatever_the_clock_does(ms: int, tz: str, length: int) -> None:
    """`now-N` to `now` is N minutes, also in the night of a clock change."""
    start, stop = parse_span(f"now-{length}", "now", now_ms=ms, tz=tz)
    assert stop - start == length * MINUTE_MS
    assert parse_span(f"now-{length}", f"{length}m", now_ms=ms, tz=tz) == (start, stop)


@given(st.text(max_size=12), st.text(max_size=12), YEARS, ZONES)
def test_any_typing_is_read_or_refused_with_a_sentence(start: str, stop: str, ms: int, tz: str) -> None:
    """No other failure reaches the form."""
    try:
        begin, end = parse_span(start, stop, now_ms=ms, tz=tz)
    except BadTime:
        return
    assert begin <= end <= begin + 12 * HOUR_MS


@given(YEARS, ZONES, st.integers(1, 27))
def test_a_start_without_a_day_is_never_in_the_future(ms: int, tz: str, hour: int) -> None:
    """Only the five minutes that the sign check allows."""
    try:
        assert parse_time(str(hour), now_ms=ms, tz=tz) <= ms + 5 * MINUTE_MS
    except BadTime:
        assume(True)


TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("typed", "ahead", "means"),
    [
        ("today", False, "2026-11-23"),
        ("y", False, "2026-11-22"),
        ("-3", False, "2026-11-20"),
        ("tue", False, "2026-11-17"),
        ("mon", False, "2026-11-23"),
        ("tue", True, "2026-11-24"),
        ("monday", True, "2026-11-30"),
        ("+7", True, "2026-11-30"),
        ("2w", True, "2026-12-07"),
        ("30", True, "2026-12-23"),
        ("11/20", False, "2026-11-20"),
        ("12/24", False, "2025-12-24"),
        ("12/24", True, "2026-12-24"),
        ("1/5", True, "2027-01-05"),
        ("2/29", False, "2024-02-29"),
        ("2026-11-02", False, "2026-11-02"),
        ("11/2/26", False, "2026-11-02"),
    ],
)
def test_days_are_read_as_people_say_them(typed: str, ahead: bool, means: str) -> None:
    """The last such day for what happened, the next for what is planned."""
    assert parse_day(typed, TODAY, ahead=ahead) == date.fromisoformat(means)


@pytest.mark.parametrize("typed", ["", "13/45", "2026-02-30", "someday", "2w", "0/0"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    """With a sentence."""
    with pytest.raises(BadTime):
        parse_day(typed, TODAY)


def test_the_next_contact_is_a_coming_day_and_time() -> None:
    """Never a past moment."""
    assert parse_moment("tue 10", now_ms=NOW, tz=TZ) == at("2026-11-24 10:00")
    assert parse_moment("today 16:00", now_ms=NOW, tz=TZ) == at("2026-11-23 16:00")
    with pytest.raises(BadTime, match="has passed"):
        parse_moment("today 9", now_ms=NOW, tz=TZ)
    with pytest.raises(BadTime, match="day and time"):
        parse_moment("tue", now_ms=NOW, tz=TZ)
    assert moment_words(at("2026-11-24 10:00"), NOW, TZ) == "tomorrow 10:00"


def test_durations_and_midnights() -> None:
    """The small parts."""
    assert [parse_minutes(t) for t in ("45m", "+45 min", "1h", "1h05", "2 hours", "45", "")] == [
        45, 45, 60, 65, 120, None, None,
    ]  # fmt: skip
    assert parse_clock("24:00") == (time(0), 1)
    assert [ends_now(t) for t in ("now-45", "now", "45m", "930", "", "9 pm")] == [True, True, True] + [
        False
    ] * 3
    assert day_of(NOW, TZ) == TODAY
    assert day_of(NOW + timedelta(hours=10) // timedelta(milliseconds=1), TZ) == TODAY + timedelta(days=1)
