"""Laws that every metric keeps: the order of rows never matters, nothing is counted twice, weeks add up."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.metrics.model import Scope
from fieldapp.clinical.metrics.rows import (
    Authorisation,
    Client,
    Counted,
    Crisis,
    Laptop,
    Measured,
    Note,
    Span,
    Unread,
    Waiting,
    Worker,
)
from fieldapp.clinical.metrics.table import METRICS, NEEDS, NOT_FOR_ONE, PARTS, count
from fieldapp.clinical.metrics.weeks import MINUTE_MS, union_minutes, visits, weeks_of
from fieldapp.clinical.metrics.words import digits
from fieldapp.clinical.stays import Stay
from tests.metrics.made import TZ, agreed, at, counted, person, seen, tried

HOUR_MS = 3_600_000
SPANS = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)).map(sorted), max_size=12)


def _milliseconds(spans: list[list[int]]) -> list[tuple[int, int]]:
    return [(begin * MINUTE_MS, end * MINUTE_MS) for begin, end in spans]


@given(SPANS, st.integers(0, 600), st.integers(0, 600), st.randoms(use_true_random=False))
def test_minutes_of_a_union_are_the_minutes_that_some_span_covers(
    spans: list[list[int]], one: int, other: int, shuffle: random.Random
) -> None:
    since, until = sorted((one, other))
    by_hand = {minute for begin, end in spans for minute in range(max(begin, since), min(end, until))}
    rows = _milliseconds(spans)
    shuffle.shuffle(rows)
    assert union_minutes(rows, since * MINUTE_MS, until * MINUTE_MS) == len(by_hand)


@given(SPANS, st.integers(0, 600))
def test_minutes_before_and_after_a_border_are_all_the_minutes(spans: list[list[int]], border: int) -> None:
    rows, end = _milliseconds(spans), 600 * MINUTE_MS
    parts = union_minutes(rows, 0, border * MINUTE_MS) + union_minutes(rows, border * MINUTE_MS, end)
    assert parts == union_minutes(rows, 0, end)


@given(SPANS)
def test_a_span_that_is_said_twice_or_in_two_parts_adds_no_minute(spans: list[list[int]]) -> None:
    rows, end = _milliseconds(spans), 600 * MINUTE_MS
    halves = [
        part for begin, stop in rows for part in ((begin, (begin + stop) // 2), ((begin + stop) // 2, stop))
    ]
    assert union_minutes(rows * 2, 0, end) == union_minutes(rows, 0, end) == union_minutes(halves, 0, end)


@pytest.mark.parametrize(
    ("since", "until"), [("2026-02-20 13:00", "2026-04-05 09:00"), ("2026-10-20 13:00", "2026-11-20 09:00")]
)
def test_weeks_follow_each_other_without_a_gap_also_where_clocks_change(since: str, until: str) -> None:
    weeks = weeks_of(at(since), at(until), TZ)
    assert all(one.until_ms == other.since_ms for one, other in itertools.pairwise(weeks))
    hours = {(one.until_ms - one.since_ms) // HOUR_MS for one in weeks[:-1]}
    assert hours == {168, 167 if since < "2026-06" else 169}
    assert weeks[-1].until_ms == at(until)
    assert not weeks[-1].is_over


def _rows(seed: int) -> dict[str, tuple[Any, ...]]:
    """Return a team with something of everything, by chance that can be repeated."""
    chance = random.Random(seed)

    def day(first: int = 1, last: int = 28, month: int = 11) -> str:
        return f"2026-{month:02}-{chance.randint(first, last):02}"

    def moment() -> str:
        return f"{day(1, 22)} {chance.randint(7, 20):02}:{chance.choice((0, 15, 30, 45)):02}"

    names = [f"c{n}" for n in range(12)]
    clients = [
        Client(
            name,
            risk=chance.choice(("none", "high")),
            status="discharged" if n % 5 == 4 else "active",
            spans=(
                Span(f"e{n}", day(1, 28, 9), day(1, 22) if n % 5 == 4 else "",
                     archetype=chance.choice(("community", "structured")), inpatient_before=n % 3, ed_before=1,
                     connected="connected" if n % 2 else "not_connected"),
            ),
            stays=(Stay(f"s{n}", "inpatient", day(1, 8), day(9, 18)),) if n % 3 == 0 else (),
            agreed=(agreed(chance.randint(1, 9), start="2026-09-01"),),
            assigned=({"staff": f"w{n % 3}", "role": "primary", "since": "2026-09-01"},),
            last_seen_ms=at(moment()),
            authorisations=(Authorisation(f"a{n}", "2026-09-01", day(20, 28), 100, chance.randint(0, 100)),),
            quiet_goals=("sleep",) if n % 4 == 0 else (),
            treatment_due=day(1, 28),
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    contacts = [
        seen(chance.choice(names), moment(), chance.randint(5, 180), record=f"k{n}", staff=f"w{n % 3}",
             setting=chance.choice(("home", "office", "")))
        if n % 4
        else tried(chance.choice(names), moment(), chance.choice(("no_show", "late_cancel", "attempt_no_answer")),
                   record=f"k{n}", staff=f"w{n % 3}")
        for n in range(120)
    ]  # fmt: skip
    return {
        "clients": tuple(clients),
        "contacts": tuple(contacts),
        "notes": tuple(
            Note(f"n{n}", row.client, row.staff, row.at_ms + chance.randint(1, 120) * HOUR_MS, row.record, names_goal=bool(n % 3))
            for n, row in enumerate(contacts) if row.seen and n % 6
        ),
        "workers": tuple(Worker(f"w{n}", {"fte_hundredths": 50 + 25 * n}, frozenset({"casemgr"})) for n in range(3)),
        "crises": tuple(
            Crisis(f"r{n}", chance.choice(names), "w0", at(moment()), (chance.choice(("police", "resolved_in_place", "DCR_detained")),), n * 7,
                   at(moment()))
            for n in range(8)
        ),
        "measures": tuple(Measured(f"m{n}", chance.choice(names), at(moment()), "phq9", chance.randint(0, 27)) for n in range(40)),
        "waiting": tuple(Waiting(f"q{n}", "c1", "w1", at(moment()), n % 2 == 0) for n in range(6)),
        "laptops": tuple(Laptop(f"d{n}", f"w{n}", at(moment()), n, at(moment())) for n in range(3)),
        "unread": tuple(Unread(f"u{n}", "c2", "w1", at(moment()), "alert") for n in range(4)),
    }  # fmt: skip


def _counted(rows: dict[str, tuple[Any, ...]]) -> Counted:
    more: dict[str, Any] = {"knows_laptops": True, **rows}
    return counted(**more)


@pytest.mark.parametrize("seed", range(6))
def test_metrics_are_the_same_whatever_the_order_of_rows(seed: int) -> None:
    rows = _rows(seed)
    chance = random.Random(seed + 1000)
    shuffled = {name: tuple(chance.sample(some, len(some))) for name, some in rows.items()}
    assert count(_counted(rows)) == count(_counted(shuffled))


def _only(data: Counted, parts: Collection[str]) -> Counted:
    """Return what is counted from, without the parts that are not named."""
    rows = PARTS - {"quiet_goals", "authorisations"}
    less: dict[str, Any] = {part: () for part in rows - set(parts)}
    if "clients" in parts:
        apart: dict[str, Any] = {part: () for part in {"quiet_goals", "authorisations"} - set(parts)}
        less["clients"] = tuple(replace(one, **apart) for one in data.clients)
    return replace(data, **less)


@pytest.mark.parametrize("seed", range(6))
def test_a_metric_is_counted_from_the_parts_that_are_declared_and_from_each_of_them(seed: int) -> None:
    data = _counted(_rows(seed))
    assert list(NEEDS) == list(METRICS)
    for key, make in METRICS.items():
        assert make(_only(data, NEEDS[key])) == make(data), key


def test_no_part_is_declared_in_vain() -> None:
    several = [_counted(_rows(seed)) for seed in range(12)]
    for key, make in METRICS.items():
        for part in NEEDS[key] - {"clients"}:
            less = NEEDS[key] - {part}
            assert any(make(_only(data, less)) != make(data) for data in several), (key, part)


@pytest.mark.parametrize("seed", range(3))
def test_every_metric_says_when_it_was_counted_from_what_and_how(seed: int) -> None:
    found = count(_counted(_rows(seed)))
    assert [one.number for one in found] == list(range(1, 23))
    assert [one.key for one in found] == list(METRICS)
    for one in found:
        assert one.title
        assert one.definition.endswith(".")
        assert one.source
        assert one.figures
        assert one.as_of_ms == at("2026-11-23 00:00")
        shares = [figure for figure in one.figures if figure.unit == "%" and figure.number is not None]
        assert all(figure.n > 0 for figure in shares)
        if one.key != "contact_vs_plan":
            assert all(0 <= figure.number <= 1 for figure in shares if figure.number is not None)


def test_nothing_to_count_is_no_number_and_never_an_error() -> None:
    for one in count(counted()):
        assert all(figure.number in (None, 0) for figure in one.figures)
        assert one.flag == ""


def test_what_was_tried_changes_no_number_of_contacts() -> None:
    rows = _rows(7)
    before = _counted(rows)
    # Without the tries that the rows have already, so that only attempts are added.
    more = tuple(
        tried(f"c{n}", f"2026-11-{day:02} 06:00", record=f"try {n} {day}") for n in range(12) for day in range(16, 22)
    )  # fmt: skip
    after = replace(before, contacts=(*before.contacts, *more))
    for key in ("contact_vs_plan", "service_hours", "treatment_days", "engagement", "place_mix", "follow_up", "unsigned_notes", "late_rate"):  # fmt: skip
        assert METRICS[key](before) == METRICS[key](after), key


def test_one_persons_numbers_are_of_their_own_contacts_and_leave_out_what_is_about_teams() -> None:
    rows = _rows(3)
    one = replace(_counted(rows), scope=Scope("staff", "w1"))
    keys = {found.key for found in count(one)}
    assert keys == set(METRICS) - NOT_FOR_ONE
    for key in ("no_show", "unsigned_notes", "place_mix"):
        assert {row.staff for row in METRICS[key](one).behind} <= {"w1"}


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 90)), max_size=8))
def test_visits_are_as_many_as_separate_stretches_of_time(times: list[tuple[int, int]]) -> None:
    rows = sorted(
        (
            seen("c", "2026-11-16 00:00", minutes, at_ms=begin * MINUTE_MS, record=str(n))
            for n, (begin, minutes) in enumerate(times)
        ),
        key=lambda one: (one.at_ms, one.record),
    )
    stretches, reached = 0, -1
    for begin, minutes in sorted(times):
        stretches += begin * MINUTE_MS >= reached
        reached = max(reached, begin * MINUTE_MS + max(1, minutes * MINUTE_MS))
    assert visits(rows) == stretches
    assert visits(rows) <= len(rows)


def test_two_who_call_and_visit_at_the_same_time_met_twice() -> None:
    rows = [
        seen("c", "2026-11-16 09:00"),
        seen("c", "2026-11-16 09:30", 5, modality="audio_only", setting=""),
    ]
    assert visits(rows) == 2


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(1, 200, "1"), (1, 201, "0"), (1, 3, "33"), (2, 3, "67"), (995, 1000, "100"), (994, 1000, "99")],
)
def test_percent_words_round_by_hand_and_the_same_everywhere(part: int, whole: int, words: str) -> None:
    assert digits(Fraction(part, whole), "%") == words


def test_a_client_without_an_episode_counts_nowhere() -> None:
    nobody = Client("x", spans=(), risk="high", agreed=(agreed(3),))
    plain = counted(clients=(person("c"),))
    both = replace(plain, clients=(*plain.clients, nobody))
    for key in (
        "contact_vs_plan",
        "days_since_contact",
        "service_hours",
        "treatment_days",
        "safety_plans",
        "crises",
    ):
        assert METRICS[key](plain) == METRICS[key](both), key
