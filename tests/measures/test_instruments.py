"""Every instrument as it is built in: bands and flags at each boundary, missing answers, who is asked what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.records.instruments import INSTRUMENTS, known
from fieldapp.records.instruments.change import change_words, course
from fieldapp.records.instruments.model import Change, Instrument, Item, Option
from fieldapp.records.instruments.mood import GAD7, NOTICE, PHQ9, SELF_HARM
from fieldapp.records.instruments.scoring import asked, complaint, score
from fieldapp.records.instruments.suicide import ASKED, ASQ
from fieldapp.records.instruments.trauma import AUDIT_C, PC_PTSD5, PCL5
from fieldapp.records.kinds.risk import LEVELS
from tests.measures.answers import filled, reaching

SUMMED = [known for known in INSTRUMENTS.values() if known.items and not known.triage]
BANDED = [known for known in SUMMED if known.bands]
ASKING = [known for known in INSTRUMENTS.values() if known.items]
BOUNDARIES = {
    "phq9": "minimal 0 4, mild 5 9, moderate 10 14 +, moderately_severe 15 19 +, severe 20 27 +",
    "phq2": "negative 0 2, positive 3 6 +",
    "gad7": "minimal 0 4, mild 5 9, moderate 10 14 +, severe 15 21 +",
    "gad2": "negative 0 2, positive 3 6 +",
    "pcl5": "below 0 30, at_cut 31 33 +, above 34 80 +",
    "pcptsd5": "negative 0 2, at_lower_cut 3 3 +, positive 4 5 +",
    "auditc": "negative 0 2, positive_women 3 3 +, positive 4 12 +",
    "function": "low 0 3, some 4 7, good 8 11",
}
"""Written out once more, so that a slip in the tables is seen."""
EDGES = [
    (code, int(total), row.split()[0], row.endswith("+"))
    for code, rows in BOUNDARIES.items()
    for row in rows.split(", ")
    for total in sorted({int(row.split()[1]), int(row.split()[2])})
]


def names(instruments: list[Instrument]) -> list[str]:
    return [instrument.code for instrument in instruments]


def test_every_banded_instrument_has_its_boundaries_here() -> None:
    assert set(BOUNDARIES) == {known.code for known in BANDED}


@pytest.mark.parametrize(("code", "total", "band", "positive"), EDGES)
def test_bands_at_every_boundary(code: str, total: int, band: str, positive: bool) -> None:
    instrument = INSTRUMENTS[code]
    result = score(instrument, reaching(instrument, total))
    assert (result.total, result.band) == (total, band)
    assert ("positive" in result.flags) is positive
    assert result.missing == ()


@pytest.mark.parametrize("instrument", BANDED, ids=names(BANDED))
def test_bands_cover_every_total_once(instrument: Instrument) -> None:
    for total in range(instrument.least, instrument.most + 1):
        assert len([band for band in instrument.bands if band.least <= total <= band.most]) == 1


@pytest.mark.parametrize("instrument", ASKING, ids=names(ASKING))
def test_every_instrument_is_whole(instrument: Instrument) -> None:
    keys = [item.key for item in instrument.items]
    assert len(set(keys)) == len(keys)
    assert instrument.licence
    assert known(instrument.code, instrument.version) is instrument
    assert known(instrument.code, "0") is None
    for place, item in enumerate(instrument.items):
        values = [option.value for option in item.options]
        assert sorted(set(values)) == values
        assert len(values) > 1
        assert all(condition.item in keys[:place] for condition in item.only_if)
    assert all(instrument.band(rule.band) for rule in instrument.triage)
    assert all(band.risk in ("", *LEVELS) for band in instrument.bands)
    assert all(band.risk for band in instrument.bands if instrument.suicide_screen)


@pytest.mark.parametrize("code", ["phq9", "phq2", "gad7", "gad2"])
def test_the_notice_of_the_owner_goes_with_phq_and_gad(code: str) -> None:
    assert INSTRUMENTS[code].licence == NOTICE
    assert NOTICE.startswith("Copyright © Pfizer Inc. All rights reserved.")
    assert NOTICE.endswith("No permission required to reproduce, translate, display or distribute.")


@pytest.mark.parametrize("value", [0, 1, 2, 3])
def test_item_nine_is_flagged_whatever_the_total(value: int) -> None:
    answers = {f"q{n}": 0 for n in range(1, 9)} | {"q9": value}
    flags = score(PHQ9, answers).flags
    assert (SELF_HARM in flags) is (value >= 1)
    assert SELF_HARM not in score(PHQ9, {f"q{n}": 3 for n in range(1, 9)} | {"q9": 0}).flags


def test_difficulty_is_asked_only_after_a_problem_and_never_counts() -> None:
    none = {f"q{n}": 0 for n in range(1, 10)}
    assert [item.key for item in asked(PHQ9, none)][-1] == "q9"
    some = none | {"q3": 1}
    assert [item.key for item in asked(PHQ9, some)][-1] == "difficulty"
    assert score(PHQ9, some | {"difficulty": 3}).total == 1
    assert score(PHQ9, some).total == 1


def test_who_never_drinks_is_asked_one_question() -> None:
    assert [item.key for item in asked(AUDIT_C, {"q1": 0})] == ["q1"]
    assert score(AUDIT_C, {"q1": 0}).total == 0
    assert complaint(AUDIT_C, {"q1": 0, "q2": 1})


def test_without_an_event_the_trauma_screen_ends_at_nought() -> None:
    assert [item.key for item in asked(PC_PTSD5, {"event": 0})] == ["event"]
    result = score(PC_PTSD5, {"event": 1} | {f"q{n}": 1 for n in range(1, 6)})
    assert (result.total, result.band) == (5, "positive")


@pytest.mark.parametrize(
    ("answers", "declined", "band", "risk", "flags"),
    [
        ("nnnn", "", "negative", "none", ()),
        ("ynnn-n", "", "positive", "moderate", ("positive",)),
        ("nnny-n", "", "positive", "moderate", ("positive",)),
        ("nyny-y", "", "acute", "high", ("positive",)),
        ("nnnn", "q3", "positive", "moderate", ("positive", "incomplete")),
        ("ynnn", "now", "acute", "high", ("positive",)),
        ("ynnn", "", "positive", "moderate", ("positive", "incomplete")),
        ("nnn ", "", "incomplete", "screen_needed", ("incomplete",)),
        ("    ", "", "incomplete", "screen_needed", ("incomplete",)),
    ],
)
def test_asq(answers: str, declined: str, band: str, risk: str, flags: tuple[str, ...]) -> None:
    """Refusing one of the four is positive; refusing the last, which asks about now, is taken for a yes."""
    given_ = {f"q{n}": int(a == "y") for n, a in enumerate(answers[:4], 1) if a in "yn"}
    if len(answers) > 4:
        given_["now"] = int(answers[-1] == "y")
    given_.pop(declined, None)
    result = score(ASQ, given_, [declined] if declined else [])
    assert (result.band, result.risk, result.flags) == (band, risk, flags)


def test_asq_does_not_ask_about_now_after_four_times_no() -> None:
    assert complaint(ASQ, {f"q{n}": 0 for n in range(1, 5)} | {"now": 1})


@pytest.mark.parametrize("level", range(5))
def test_asking_in_ones_own_words_takes_the_judgement_as_it_is(level: int) -> None:
    wanted = ("none", "low", "moderate", "high", "imminent")[level]
    assert score(ASKED, {"level": level}).risk == wanted


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("instrument", SUMMED, ids=names(SUMMED))
def test_a_higher_answer_never_lowers_the_total(instrument: Instrument, data: st.DataObject) -> None:
    answers, _ = data.draw(filled(instrument, complete=True))
    before = score(instrument, answers)
    key = data.draw(st.sampled_from(sorted(answers)))
    item = instrument.item(key)
    assert item is not None
    higher = [option.value for option in item.options if option.value > answers[key]]
    if not higher or any(condition.item == key for other in instrument.items for condition in other.only_if):
        return
    after = score(instrument, answers | {key: higher[0]})
    assert before.total is not None
    assert after.total is not None
    assert after.total >= before.total
    ranks = [band.code for band in instrument.bands]
    if ranks:
        assert ranks.index(after.band or "") >= ranks.index(before.band or "")


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("instrument", SUMMED, ids=names(SUMMED))
def test_missing_answers_never_give_a_total(instrument: Instrument, data: st.DataObject) -> None:
    answers, declined = data.draw(filled(instrument))
    result = score(instrument, answers, declined)
    scored = {item.key for item in instrument.items if item.weight}
    if scored & set(result.missing) or not scored & set(answers):
        assert result.total is None
        assert result.band is None
        assert "positive" not in result.flags
    else:
        assert result.total == sum(answers[key] for key in scored & set(answers))
    assert result.prorated is False


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("instrument", ASKING, ids=names(ASKING))
def test_only_what_was_asked_may_be_answered(instrument: Instrument, data: st.DataObject) -> None:
    answers, declined = data.draw(filled(instrument))
    assert complaint(instrument, answers, declined) == ""
    called = {item.key for item in asked(instrument, answers, declined)}
    for item in instrument.items:
        if item.key not in called:
            assert complaint(instrument, answers | {item.key: item.options[0].value}, declined)
    assert complaint(instrument, {"q99": 0})
    first = instrument.items[0]
    assert complaint(instrument, {first.key: 999})
    assert complaint(instrument, {first.key: first.options[0].value}, [first.key])


SHORT = replace(
    GAD7,
    code="short",
    may_miss=1,
    items=tuple(Item(f"q{n}", "", tuple(Option(v, "") for v in range(4))) for n in range(1, 5)),
    bands=(),
)


@pytest.mark.parametrize(
    ("answers", "total", "prorated"),
    [((1, 1, 1, 1), 4, False), ((1, 1, 1), 4, True), ((1, 1, 2), 5, True), ((3, 3, 2), 11, True),
     ((0, 0, 1), 1, True), ((1, 1), None, False)],
)  # fmt: skip
def test_where_an_instrument_allows_it_the_mean_fills_one_gap(
    answers: tuple[int, ...], total: int | None, prorated: bool
) -> None:
    result = score(SHORT, {f"q{n}": value for n, value in enumerate(answers, 1)})
    assert (result.total, result.prorated) == (total, prorated)


def test_weights_count() -> None:
    heavy = replace(SHORT, items=tuple(replace(item, weight=4) for item in SHORT.items))
    assert score(heavy, {f"q{n}": 1 for n in range(1, 5)}).total == 16


@pytest.mark.parametrize(
    ("instrument", "totals", "said"),
    [
        (PHQ9, (14, 9), ("5 points better than the first time: a meaningful change (5 or more).",)),
        (PHQ9, (14, 10), ("4 points better than the first time: too little to say something (under 5).",)),
        (PHQ9, (9, 14), ("5 points worse than the first time: a meaningful change (5 or more).",)),
        (PHQ9, (8, 8), ("The same as the first time.",)),
        (PHQ9, (8, 4), (
            "4 points better than the first time: too little to say something (under 5).",
            "Down by 50 % or more since the first time: a response.", "Now under 5: remission.")),
        (PHQ9, (9, 5), ("4 points better than the first time: too little to say something (under 5).",)),
        (GAD7, (9, 5), ("4 points better than the first time: a meaningful change (4 or more).",)),
        (GAD7, (9, 6), ("3 points better than the first time: too little to say something (under 4).",)),
        (PCL5, (50, 46), ("4 points better than the first time: too little to say something (under 5).",)),
        (PCL5, (50, 45), (
            "5 points better than the first time: more than chance (5 or more), less than meaningful.",)),
        (PCL5, (50, 41), (
            "9 points better than the first time: more than chance (5 or more), less than meaningful.",)),
        (PCL5, (50, 40), ("10 points better than the first time: a meaningful change (10 or more).",)),
        (INSTRUMENTS["mood"], (3, 4), ("1 point better than the first time.",)),
        (INSTRUMENTS["mood"], (3, 5, 4), (
            "1 point better than the first time.", "1 point worse than last time.")),
        (PHQ9, (14,), ()),
        (ASQ, (1, 2), ()),
    ],
)  # fmt: skip
def test_change_is_said_in_words_only_where_it_says_something(
    instrument: Instrument, totals: tuple[int, ...], said: tuple[str, ...]
) -> None:
    assert change_words(instrument, totals) == said


def test_best_is_the_lowest_of_symptoms_and_the_highest_of_mood() -> None:
    assert course((14, 7, 9), PHQ9.change) is not None
    found = course((14, 7, 9), PHQ9.change)
    other = course((3, 8, 5), Change("higher"))
    assert found is not None
    assert other is not None
    assert (found.first, found.before, found.last, found.best) == (14, 7, 9, 7)
    assert other.best == 8
    assert course((), None) is None
