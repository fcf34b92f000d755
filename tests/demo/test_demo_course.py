"""The demo's content: the same every time, plausible, and such that every act could really be signed."""

from __future__ import annotations

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from fieldapp.clinical.naming import named_in
from fieldapp.demo import course, people
from fieldapp.demo.acts import Act, local_ms
from fieldapp.demo.course import Course
from fieldapp.records.changes import body_of
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.contact import OUTCOMES, TYPES
from fieldapp.records.kinds.note import text_of
from fieldapp.records.note_tables import INTERVENTIONS, SECTIONS

SUNDAY, AFTER_DST, LEAP = date(2026, 11, 22), date(2027, 3, 16), date(2028, 2, 29)


@cache
def made(day: date = SUNDAY) -> Course:
    return course.plan(day)


def resolved(value: Any) -> Any:
    if isinstance(value, str):
        return str(uuid.uuid5(uuid.NAMESPACE_OID, value)) if value.startswith("@") else value
    if isinstance(value, Mapping):
        return {key: resolved(inner) for key, inner in value.items()}
    return [resolved(inner) for inner in value] if isinstance(value, list | tuple) else value


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in texts(inner)]
    return [text for inner in value for text in texts(inner)] if isinstance(value, list | tuple) else []


def first_writes(plan: Course) -> list[Act]:
    seen: set[str] = set()
    found = []
    for act in plan.acts:
        if act.record not in seen and act.deed in ("save", "sign", "attest"):
            found.append(act)
        seen.add(act.record)
    return found


def test_the_same_day_gives_the_same_demo() -> None:
    assert course.plan(SUNDAY).acts == made().acts


def test_another_day_moves_the_work_along_and_keeps_the_people() -> None:
    assert [(c.last, c.first, c.primary) for c in made(LEAP).clients] == [
        (c.last, c.first, c.primary) for c in made().clients
    ]


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST, LEAP])
def test_nothing_happened_before_the_first_day_or_after_last_night(day: date) -> None:
    plan = made(day)
    assert all(local_ms(plan.start, 0) <= act.at_ms < local_ms(day, 0) for act in plan.acts)
    assert [act.at_ms for act in plan.acts] == sorted(act.at_ms for act in plan.acts)


def test_size_and_mix_are_those_of_two_teams_in_eight_weeks() -> None:
    plan = made()
    assert Counter(c.story.archetype for c in plan.clients) == {"community": 31, "structured": 14}
    contacts = [act.values for act in plan.acts if act.kind == "contact"]
    crises = sum(act.kind == "crisis" for act in plan.acts)
    groups = [act for act in plan.acts if act.kind == "group_session"]
    in_groups = sum(len(act.values["rows"]) for act in groups)
    # The contact of a crisis is logged by its record, those of a group by its session.
    assert len(contacts) + crises + in_groups > 450
    types = Counter(values["contact_type"] for values in contacts)
    assert types["crisis_response"] == 0
    assert crises == 2
    assert sum(act.kind == "task" for act in plan.acts) == 3
    assert types["housing_landlord"] >= 3
    assert types["group"] + in_groups > 60
    attempts = sum(values["outcome"].startswith("attempt") for values in contacts)
    assert 0.05 < attempts / len(contacts) < 0.3
    deeds = Counter(act.deed for act in plan.acts)
    assert deeds["return"] >= 2
    assert deeds["answer"] >= 1
    assert deeds["draft"] == 1
    assert deeds["risk"] >= 5
    assert any(act.values.get("late_reason") for act in plan.acts if act.deed == "sign")


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST, LEAP])
def test_the_day_program_held_three_weeks_of_groups_and_nobody_was_in_two_places(day: date) -> None:
    plan = made(day)
    groups = [act for act in plan.acts if act.kind == "group_session"]
    assert len(groups) == 18
    assert {act.values["title"] for act in groups} == {"Skills group", "Process group", "Quiet hour"}
    modules = [act.values["module_title"] for act in groups if act.values["group"] == "skills"]
    assert modules == [*modules[:6], *modules[:3]]
    people = Counter(row["attendance"] for act in groups for row in act.values["rows"].values())
    assert people["present"] > people["no_show"] > 0
    assert all(people[there] for there in ("late", "left_early", "excused"))
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for act in plan.acts:
        for client in act.values.get("rows", {}) if act.kind == "group_session" else [act.client]:
            if act.kind in ("group_session", "contact") and "start" in act.values:
                spans[client].append((act.values["start"], act.values["stop"]))
    for client in {client for act in groups for client in act.values["rows"]}:
        held = sorted(spans[client])
        assert all(first[1] <= second[0] for first, second in pairwise(held)), client


def test_no_words_on_a_group_name_anybody_and_no_two_lines_of_it_are_alike() -> None:
    everyone = [f"{c.last}, {c.first}, {c.name_to_use}" for c in made().clients]
    for act in made().acts:
        if act.kind != "group_session":
            continue
        said = [row["response"] for row in act.values["rows"].values() if row.get("response")]
        assert len(set(said)) == len(said)
        shared = [
            str(act.values.get(name) or "") for name in ("summary", "topic", "homework", "module_title")
        ]
        assert named_in(" ".join([*said, *shared]), everyone) == ""


def test_plans_come_in_every_state_that_a_team_meets() -> None:
    plans = [act for act in made().acts if act.kind == "safety_plan"]
    versions = Counter(act.client for act in plans)
    assert 2 in versions.values()
    assert len(versions) < len(made().clients)
    assert any(act.values.get("declined") for act in plans)
    assert any(act.values["review_due"] < SUNDAY.isoformat() for act in plans)
    assert any(people.BY_CODE[act.author].role == "tech" for act in plans)
    assert any(act.values.get("language") == "es" for act in plans)


def test_measures_make_courses_that_change_and_none_of_them_calls_for_a_screen() -> None:
    totals: dict[tuple[str, str], list[int]] = defaultdict(list)
    for act in made().acts:
        if act.kind == "measure":
            totals[act.client, act.values["instrument"]].append(act.values["total"])
            assert "self_harm_item" not in act.values.get("flags", [])
    assert {instrument for _, instrument in totals} == {"phq9", "gad7", "mood"}
    assert sum(len(found) >= 4 for found in totals.values()) >= 8
    assert any(found[0] - found[-1] >= 5 for found in totals.values())
    assert any(found[-1] > found[0] for found in totals.values())


def test_medicines_come_in_every_state_that_a_prescriber_meets() -> None:
    lists = [act for act in made().acts if act.kind == "medication_list"]
    assert {act.deed for act in lists} == {"save", "attest"}
    assert 0.6 < len(lists) / len(made().clients) < 1
    injections = [act for act in made().acts if act.kind == "injection"]
    last = {act.client: act.values["next_due"] for act in injections}
    assert any(due < SUNDAY.isoformat() for due in last.values()), "one did not come for the last"
    assert any(due > SUNDAY.isoformat() for due in last.values())
    seen = [act.values for act in made().acts if act.kind == "adherence"]
    assert any(values.get("side_effects") for values in seen)
    assert any((values.get("days_missed_7") or 0) >= 3 for values in seen)


def test_two_people_wrote_the_same_phone_number_without_seeing_each_other() -> None:
    edits = [act for act in made().acts if act.kind == "client" and "phones" in act.values]
    last = [act for act in edits if act.client == "client:01"][-2:]
    assert last[0].author != last[1].author
    assert last[1].blind
    assert last[0].values != last[1].values


def test_nobody_is_in_two_places_at_once() -> None:
    by_author = defaultdict(list)
    for visit in made().visits:
        by_author[visit.encounter.author].append((visit.start_ms, visit.stop_ms))
    for spans in by_author.values():
        spans.sort()
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_no_word_of_the_templates_is_left_unfilled() -> None:
    for act in made().acts:
        for text in texts(act.values):
            assert not re.search(r"[{}|]|\*\*\*|TODO", text), text


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST])
def test_every_first_entry_is_a_body_of_its_kind(day: date) -> None:
    for act in first_writes(made(day)):
        kind = KINDS[act.kind]
        body = body_of(kind, {}, resolved(act.values))
        meaning = "sign" if kind.is_document or act.deed == "attest" else "save"
        assert kind.check_body(meaning, body) is None, act


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST])
def test_nothing_stands_against_signing_what_was_signed(day: date) -> None:
    roles = people.BY_CODE
    for act in first_writes(made(day)):
        signing = Signing(act.at_ms, people.TZ, act.author, roles[act.author].role)
        found = KINDS[act.kind].sign_checks(resolved(act.values), signing)
        assert not list(found), (act.record, found)


def test_codes_of_contacts_are_those_that_the_form_offers() -> None:
    for act in made().acts:
        if act.kind == "contact":
            assert act.values["contact_type"] in TYPES
            assert act.values["outcome"] in OUTCOMES


def test_notes_of_one_author_on_one_client_do_not_read_like_copies() -> None:
    earlier: dict[tuple[str, str], list[str]] = defaultdict(list)
    alike = 0
    for act in made().acts:
        if act.kind == "note" and act.deed == "sign":
            text, key = text_of(act.values), (act.author, act.client)
            alike += any(
                SequenceMatcher(None, text, old, autojunk=False).ratio() >= 0.9 for old in earlier[key][-3:]
            )
            earlier[key].append(text)
    assert alike <= 3


def test_notes_name_nobody_but_their_own_client_and_supports() -> None:
    names = {c.key: {c.last} | {s.name.split()[-1] for s in c.supports} for c in made().clients}
    for act in made().acts:
        if act.kind == "note" and act.deed == "sign":
            words = set(re.findall(r"\w+", text_of(act.values)))
            strangers = {c.last for c in made().clients} & words - names[act.client]
            assert not strangers


def test_every_act_is_by_somebody_who_may_do_it() -> None:
    from fieldapp.clinical.policy import Actor, allow

    for act in made().acts:
        person = people.BY_CODE[act.author]
        actor = Actor(act.author, frozenset(role for role, _ in person.roles), "MHP" in person.credentials)
        meaning = {
            "answer": "sign",
            "risk": "sign",
            "draft": "sign",
            "attest": "sign",
            "stays": "addendum",
            "flags": "save",
        }.get(act.deed, act.deed)
        assert allow(actor, meaning, act.kind), (act.author, act.deed, act.kind)


def test_people_write_in_the_formats_of_their_work_and_say_what_they_did_in_codes_that_are_counted() -> None:
    notes = [act for act in made().acts if act.kind == "note" and act.deed == "sign"]
    by_author: dict[str, set[str]] = defaultdict(set)
    for act in notes:
        by_author[act.author].add(act.values["format"])
        assert set(act.values["interventions"]) <= set(INTERVENTIONS)
        assert [row["name"] for row in act.values["prompts"]] == list(SECTIONS[act.values["format"]])
        assert all(len(text) >= 20 for text in act.values["sections"].values()), act.record
    assert set().union(*by_author.values()) >= {"DAP", "SOAP", "BIRP", "SIRP", "GIRP", "med_visit"}
    assert all("med_visit" not in used for author, used in by_author.items() if author != people.PRESCRIBER)
