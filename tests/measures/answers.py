"""Making answers to any instrument, for tests of the engine."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fieldapp.records.instruments.model import Instrument
from fieldapp.records.instruments.scoring import asked


def reaching(instrument: Instrument, total: int) -> dict[str, int]:
    """Return answers whose sum is a total; every item that they call for is answered."""
    answers: dict[str, int] = {}
    left = total - instrument.least
    for item in instrument.items:
        values = sorted(option.value for option in item.options)
        if not item.weight:
            answers[item.key] = values[-1]
            continue
        fits = [value for value in values if (value - values[0]) * item.weight <= left]
        answers[item.key] = fits[-1]
        left -= (fits[-1] - values[0]) * item.weight
    assert left == 0, f"{instrument.code} cannot reach {total}"
    while True:
        called = {item.key for item in asked(instrument, answers)}
        kept = {key: value for key, value in answers.items() if key in called}
        if kept == answers:
            return answers
        answers = kept


@st.composite
def filled(draw: Any, instrument: Instrument, *, complete: bool = False) -> tuple[dict[str, int], list[str]]:
    """Return answers and declined items as a person could give them, going through the items in order."""
    answers: dict[str, int] = {}
    declined: list[str] = []
    for item in instrument.items:
        if item not in asked(instrument, answers, declined):
            continue
        what = "answer" if complete else draw(st.sampled_from(("answer", "answer", "decline", "leave")))
        if what == "answer":
            answers[item.key] = draw(st.sampled_from([option.value for option in item.options]))
        elif what == "decline":
            declined.append(item.key)
    return answers, declined
