"""Ratings of our own (goal, mood, sleep, function), and instruments of which only number and date are kept."""

from __future__ import annotations

from .model import Change, Instrument, Item, Option, bands, yes_no

OURS = "Made for fieldapp; free to use."
NO_TEXT = "Filled in on its own form. Its text belongs to others: only the number and the date are kept here."
_TEN = tuple(Option(value, "") for value in range(11))


def _ten(low: str, high: str) -> tuple[Option, ...]:
    return (Option(0, low), *_TEN[1:10], Option(10, high))


GOAL = Instrument(
    code="goal",
    version="1",
    name="Own goal",
    about="How far with a goal",
    licence=OURS,
    items=(
        Item(
            "q1",
            "How far have you come with this goal?",
            (
                Option(-2, "Much further away"),
                Option(-1, "Further away"),
                Option(0, "As at the start"),
                Option(1, "Closer"),
                Option(2, "Reached"),
            ),
        ),
    ),
    change=Change("higher"),
    titled=True,
)
MOOD = Instrument(
    code="mood",
    version="1",
    name="Mood",
    about="0 to 10",
    licence=OURS,
    items=(Item("q1", "How has your mood been this week?", _ten("Worst", "Best")),),
    change=Change("higher"),
)
SLEEP = Instrument(
    code="sleep",
    version="1",
    name="Sleep",
    about="0 to 10",
    licence=OURS,
    items=(Item("q1", "How have you slept this week?", _ten("Worst", "Best")),),
    change=Change("higher"),
)
FUNCTION = Instrument(
    code="function",
    version="1",
    name="Function",
    about="Work, home, daily life",
    licence=OURS,
    items=(
        Item(
            "work",
            "On how many days of the last week did you work, learn or help somewhere?",
            tuple(Option(value, "") for value in range(8)),
        ),
        Item("home", "Did you keep your place to live in the last month?", yes_no()),
        Item(
            "daily",
            "How well could you look after yourself this week: eating, washing, dressing, money?",
            (
                Option(0, "Not at all"),
                Option(1, "With much help"),
                Option(2, "With some help"),
                Option(3, "On my own"),
            ),
        ),
    ),
    bands=bands(("low", "Low", 0, 3), ("some", "Some", 4, 7), ("good", "Good", 8, 11)),
    change=Change("higher"),
)


def _number(code: str, name: str, about: str) -> Instrument:
    return Instrument(code=code, version="1", name=name, about=about, licence=NO_TEXT, score_only=True)


SCORES = (
    _number("dla20", "DLA-20", "Daily living, number only"),
    _number("locus", "LOCUS", "Level of care, number only"),
    _number("basis", "BASIS", "Outcome, number only"),
    _number("oq45", "OQ-45", "Outcome, number only"),
    _number("cans", "CANS", "Needs, number only"),
    _number("ansa", "ANSA", "Needs, number only"),
    _number("barc10", "BARC-10", "Recovery, number only"),
)
ALL = (GOAL, MOOD, SLEEP, FUNCTION, *SCORES)
