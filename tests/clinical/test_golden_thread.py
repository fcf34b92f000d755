"""The golden thread: which goal some words mean, what is offered, what hangs on a goal."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.golden_thread import (
    DAY_MS,
    Thread,
    Wording,
    Work,
    goal_of,
    links,
    offered,
    quiet_days,
    threads,
    wordings,
)

A, B = "goal-a", "goal-b"


def doc(**goals: Any) -> dict[str, Any]:
    """Return a version with goals by id (`_` for `-`), each words or a whole goal."""
    found = {}
    for place, (name, goal) in enumerate(goals.items(), 1):
        row = goal if isinstance(goal, dict) else {"words": goal}
        found[name.replace("_", "-")] = {"place": place, **row}
    return {"goals": found}


def note(
    at_ms: int, *goals: str, kind: str = "note", ids: dict[str, str] | None = None, **steps: int
) -> Work:
    return Work(
        f"{kind}-{at_ms}",
        kind,
        at_ms,
        "Dana",
        goals,
        ids or {},
        {k.replace("_", " "): v for k, v in steps.items()},
    )


REUSED = [Wording(10, A, "Sleep more"), Wording(20, A, "Sleep six hours"), Wording(30, B, "Sleep more")]


@pytest.mark.parametrize(
    ("words", "at_ms", "meant"),
    [
        ("Sleep more", 15, A),
        ("  sleep   MORE ", 15, A),
        ("Sleep more", 5, A),
        ("Sleep more", 29, A),
        ("Sleep more", 30, B),
        ("Sleep six hours", 40, A),
        ("Something else", 40, ""),
    ],
)
def test_words_mean_the_goal_that_had_them_last(words: str, at_ms: int, meant: str) -> None:
    assert goal_of(words, at_ms, REUSED) == meant


def test_an_id_beside_the_words_decides_before_the_words_do() -> None:
    work = note(40, "Sleep more", ids={A: "Sleep more"})
    found = threads(REUSED, [work])
    assert found.by_goal[A].works == (work,)
    assert found.by_goal[B].works == ()


def test_a_goal_worded_anew_keeps_contacts_notes_and_progress() -> None:
    known = wordings([(10, doc(goal_a="Sleep more")), (50, doc(goal_a="Sleep six hours"))])
    works = [
        note(20, "Sleep more", kind="contact"),
        note(21, "Sleep more", Sleep_more=-1),
        note(60, "Sleep six hours", Sleep_six_hours=2),
    ]
    thread = threads(known, works).by_goal[A]
    assert (thread.contacts, thread.notes) == (1, 2)
    assert thread.steps == ((21, -1), (60, 2))
    assert thread.last == works[-1]


def test_notes_without_a_goal_of_the_plan_are_loose_and_contacts_never_are() -> None:
    known = [Wording(0, A, "Sleep more")]
    works = [
        note(5),
        note(6, "Win the lottery"),
        note(7, kind="contact"),
        note(8, "Sleep more", "Win the lottery"),
    ]
    assert [work.at_ms for work in threads(known, works).loose] == [6, 5]


def test_a_goal_is_quiet_since_its_last_note_else_since_it_is_in_the_plan() -> None:
    known = [Wording(2 * DAY_MS, A, "Sleep more"), Wording(9 * DAY_MS, A, "Sleep six hours")]
    now = 40 * DAY_MS
    assert quiet_days(A, Thread(), known, now) == 38
    worked = threads(
        known, [note(30 * DAY_MS, "Sleep more"), note(35 * DAY_MS, "Sleep more", kind="contact")]
    )
    assert quiet_days(A, worked.by_goal[A], known, now) == 10


def test_digits_take_open_goals_of_the_plan_first_then_words_that_are_in_no_plan() -> None:
    old, new = (
        doc(goal_a="Sleep more", goal_b="Keep the flat"),
        doc(
            goal_a="Sleep six hours", goal_b={"words": "Keep the flat", "status": "met"}, goal_c="Bake again"
        ),
    )
    known = wordings([(1, old), (2, new)])
    earlier = ["Sleep more", "Keep the flat", "Ride the bus", "bake AGAIN"]
    assert offered([new], known, earlier) == ["Sleep six hours", "Bake again", "Ride the bus"]
    # What the note at hand names already stays, also in words of an older version.
    assert offered([new], known, earlier, own=["Sleep more"])[:3] == [
        "Sleep six hours",
        "Bake again",
        "Sleep more",
    ]
    assert offered([], [], earlier) == earlier
    assert len(offered([], [], [f"goal {n}" for n in range(20)])) == 9


def test_only_goals_of_standing_versions_are_frozen_by_id() -> None:
    assert links(["sleep  more", "Ride the bus"], [doc(goal_a="Sleep more")]) == {A: "sleep  more"}
    assert links([], [doc(goal_a="Sleep more")]) == {}


WORDS = st.sampled_from(["sleep", "flat", "bake", "bus"])
GOALS = st.sampled_from([A, B, "goal-c"])


@given(
    st.lists(st.tuples(st.integers(0, 50), GOALS, WORDS), max_size=8),
    st.lists(st.tuples(st.integers(0, 50), st.lists(WORDS, max_size=3), st.integers(-2, 2)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_threads_are_the_same_for_any_order_of_versions_and_work(
    said: list[tuple[int, str, str]], done: list[tuple[int, list[str], int]], dice: Random
) -> None:
    known = [Wording(*row) for row in said]
    works = [
        Work(
            f"note-{n}",
            "contact" if n % 3 == 0 else "note",
            at_ms,
            "x",
            tuple(goals),
            {},
            dict.fromkeys(goals, step),
        )
        for n, (at_ms, goals, step) in enumerate(done)
    ]
    first = threads(known, works)
    dice.shuffle(known)
    dice.shuffle(works)
    assert threads(known, works) == first


@given(
    st.lists(st.text("abc xyz", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=6),
    st.lists(st.integers(0, 5), max_size=12),
)
def test_no_rewording_takes_work_from_a_goal(rewordings: list[str], at: list[int]) -> None:
    """One goal through any number of wordings: every note that used one of them hangs on it."""
    known = [Wording(number * 10, A, words) for number, words in enumerate(rewordings)]
    works = [
        Work(f"note-{n}", "note", 5 + place * 10, "x", (rewordings[place % len(rewordings)],))
        for n, place in enumerate(at)
    ]
    found = threads(known, works)
    assert found.by_goal[A].notes == len(works)
    assert found.loose == ()
