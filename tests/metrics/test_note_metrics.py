"""Metrics 7, 8, 9 and 16 against examples worked by hand (clinical.md 5)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fieldapp.clinical.metrics.model import Scope
from fieldapp.clinical.metrics.notes import cosign_queue, golden_thread, late_rate, unsigned_notes
from fieldapp.clinical.metrics.rows import Crisis, Note, Waiting
from tests.metrics.made import at, counted, figure, number, person, record_of, seen, tried


def _note(contact: str, when: str, **values: object) -> Note:
    return Note(f"n {contact}", "c", "s1", at(when), contact, **values)  # type: ignore[arg-type]


def test_metric_07_unsigned_notes() -> None:
    # Now Friday 12:00. Ended Friday 10:00: 2 h. Ended Thursday 10:00: 26 h. Ended Monday 10:00: 98 h. Wednesday's is signed, an
    # attempt and what wants no note have none.
    contacts = (
        seen("c", "2026-11-20 09:00", record="fresh"), seen("c", "2026-11-19 09:00", record="due"), seen("c", "2026-11-16 09:00", record="old"),
        seen("c", "2026-11-18 09:00", record="signed"), seen("c", "2026-11-17 09:00", record="none wanted", wants_note=False),
        tried("c", "2026-11-17 11:00"),
    )  # fmt: skip
    metric = unsigned_notes(
        counted(as_of="2026-11-20 12:00", contacts=contacts, notes=(_note("signed", "2026-11-18 18:00"),))
    )
    assert [number(metric, one) for one in ("under 24 h", "24 to 72 h", "over 72 h")] == [1, 1, 1]
    assert number(metric, "Past due") == 2
    assert {row.record: row.number for row in metric.behind} == {"fresh": 2, "due": 26, "old": 98}


def test_metric_08_a_crisis_record_is_late_after_a_day() -> None:
    """Of three crises on the 16th one was signed 2 h, one 24 h and one 25 h after it began; no note is due yet: 1 of 3."""
    crises = tuple(
        Crisis(f"k{hours}", "c", f"s{hours}", at("2026-11-16 10:00"), signed_ms=at("2026-11-16 10:00") + hours * 3_600_000)
        for hours in (2, 24, 25)
    )  # fmt: skip
    data = counted(crises=crises, contacts=(seen("c", "2026-11-21 10:00"),))
    metric = late_rate(data)
    assert (number(metric, "Signed late"), figure(metric, "Signed late").n) == (Fraction(1, 3), 3)
    assert record_of(metric) == {"k25"}
    mine = late_rate(replace(data, scope=Scope("staff", "s2")))
    assert (number(mine, "Signed late"), figure(mine, "Signed late").n) == (0, 1)
    longer = late_rate(replace(data, settings={"crisis_note_h": 48}))
    assert number(longer, "Signed late") == 0


def test_metric_08_late_rate() -> None:
    # Limits (72 h after the end) in the week of 16 November: visits that ended 14 November 10:00 (signed 71 h after), 15th 10:00
    # (signed 73 h after), 16th 10:00 (never signed), 17th 10:00 (signed the same day). 1 of 4 late, 1 not at all.
    # The one of the 21st has its limit next week; the one of the 12th had it last week.
    contacts = tuple(seen("c", f"2026-11-{day} 09:00", record=str(day)) for day in (12, 14, 15, 16, 17, 21))
    notes = (
        _note("14", "2026-11-17 09:00"), _note("15", "2026-11-18 11:00"), _note("17", "2026-11-17 18:00"), _note("12", "2026-11-30 09:00"),
    )  # fmt: skip
    metric = late_rate(counted(as_of="2026-12-01 09:00", contacts=contacts, notes=notes))
    assert (number(metric, "Signed late"), figure(metric, "Signed late").n) == (Fraction(1, 4), 4)
    assert number(metric, "Not signed at all") == 1
    assert record_of(metric) == {"15", "16"}


def test_metric_08_a_correction_of_a_note_in_time_is_in_time() -> None:
    notes = (
        _note("16", "2026-11-16 12:00"), Note("n2", "c", "s1", at("2026-11-22 09:00"), "16"),
    )  # fmt: skip
    metric = late_rate(
        counted(as_of="2026-12-01 09:00", contacts=(seen("c", "2026-11-16 09:00", record="16"),), notes=notes)
    )
    assert number(metric, "Signed late") == 0


def test_metric_09_cosign_queue() -> None:
    # Waiting since 24, 48 and 96 h: the oldest 4 days, the middle one 2. One came back and is not answered.
    waiting = (
        Waiting("a", "c", "s1", at("2026-11-22 00:00")), Waiting("b", "c", "s1", at("2026-11-21 00:00")),
        Waiting("d", "c", "s2", at("2026-11-19 00:00")), Waiting("back", "c", "s2", at("2026-11-20 00:00"), returned=True),
    )  # fmt: skip
    metric = cosign_queue(counted(waiting=waiting))
    assert [one.number for one in metric.figures] == [3, 4, 2, 1]
    assert record_of(metric) == {"a", "b", "d"}


def test_metric_09_an_even_queue_has_the_mean_of_the_two_in_the_middle() -> None:
    waiting = tuple(Waiting(day, "c", "s1", at(f"2026-11-{day} 00:00")) for day in ("22", "21", "20", "19"))
    assert number(cosign_queue(counted(waiting=waiting)), "Median age") == Fraction(5, 2)


def test_metric_16_golden_thread() -> None:
    # 4 notes of the week, 1 without a goal: a quarter. Two goals that no note named. One plan past its review; the discharged
    # client's is nobody's work.
    notes = (
        *(_note(str(day), f"2026-11-{day} 18:00") for day in (16, 17, 18)), _note("19", "2026-11-19 18:00", names_goal=False),
        _note("9", "2026-11-09 18:00", names_goal=False),
    )  # fmt: skip
    clients = (
        person("c", quiet_goals=("walk daily", "sleep")), person("late", treatment_due="2026-11-22"),
        person("today", treatment_due="2026-11-23"), person("gone", ended="2026-11-01", treatment_due="2026-10-01"),
    )  # fmt: skip
    metric = golden_thread(counted(as_of="2026-11-23 09:00", notes=notes, clients=clients))
    assert (number(metric, "Notes without a goal"), figure(metric, "Notes without a goal").n) == (
        Fraction(1, 4),
        4,
    )
    assert number(metric, "Goals without a note") == 2
    assert number(metric, "Plans past their review") == 1
    assert {row.client for row in metric.behind if row.flag == "error"} == {"late"}
