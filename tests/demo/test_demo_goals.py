"""Treatment plans of the demo: what the notes name is in them, and each stage is there to be seen."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

from fieldapp.clinical.golden_thread import Work, threads, wordings
from fieldapp.demo import course, goals
from fieldapp.demo.acts import Act
from fieldapp.demo.course import Course
from fieldapp.records.kind import Signing
from fieldapp.records.kinds.treatment_plan import DOMAINS, check

TODAY = date(2026, 11, 22)


@cache
def made() -> Course:
    return course.plan(TODAY)


def of(kind: str) -> list[Act]:
    return [act for act in made().acts if act.kind == kind]


def test_every_plan_can_be_signed_as_it_is() -> None:
    for act in of("treatment_plan"):
        if act.deed == "sign":
            assert check(act.values, Signing(act.at_ms, "America/Los_Angeles", act.author, "clinician")) == []
            assert {goal["domain"] for goal in act.values["goals"].values()} <= set(DOMAINS)


def test_the_notes_of_a_client_with_a_plan_hang_on_its_goals_or_say_why_not() -> None:
    for client in made().clients:
        signed = [act for act in of("treatment_plan") if act.client == client.key and act.deed == "sign"]
        known = wordings((act.at_ms, act.values) for act in signed)
        works = [
            Work(act.record, "note", act.at_ms, act.author, tuple(act.values.get("goals") or ()),
                 reason=act.values.get("no_goal_reason") or "")
            for act in of("note") if act.client == client.key and act.deed == "sign"
        ]  # fmt: skip
        if signed and works:
            assert all(work.reason for work in threads(known, works).loose)


def test_plans_are_at_every_stage() -> None:
    signed: dict[str, list[Act]] = {}
    for act in of("treatment_plan"):
        if act.deed == "sign":
            signed.setdefault(act.client, []).append(act)
    parts = Counter(acts[-1].values["participation"] for acts in signed.values())
    assert parts["refused"] == parts["partly"] == 1
    assert parts["agreed"] > 30
    late = [key for key, acts in signed.items() if acts[-1].values["review_due"] < TODAY.isoformat()]
    reviewed = {act.client for act in of("treatment_plan") if act.deed == "stays"}
    assert len(set(late) - reviewed) >= 2
    assert len(reviewed) >= 5
    assert len([client for client in made().clients if client.key not in signed]) >= len(goals.WITHOUT) - 1
    worded = [acts for acts in signed.values() if len(acts) > 1]
    assert len(worded) == 1
    ids = [list(act.values["goals"]) for act in worded[0]]
    assert ids[0] == ids[1]


def test_progress_is_rated_of_goals_that_the_note_names() -> None:
    rated = [act for act in of("note") if act.values.get("progress")]
    assert len(rated) > 100
    for act in rated:
        assert {row["goal"] for row in act.values["progress"]} <= set(act.values["goals"])
        assert all(-2 <= row["step"] <= 2 for row in act.values["progress"])
