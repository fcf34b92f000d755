"""Who is in scope for a client (design.md 3); everything else authentic goes to quarantine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.placing import Home
from fieldapp.clinical.scope import ORG_KINDS, PROGRAM_KINDS, ScopeFacts, in_scope
from fieldapp.records.kinds import KINDS

HOME = Home("P1", "T1")
CLIENT_KINDS = sorted(kind.name for kind in KINDS.values() if kind.about_client)


def stranger(kind: str = "contact") -> ScopeFacts:
    return ScopeFacts(
        kind=kind,
        meaning="save",
        author_teams=frozenset({"T9"}),
        author_programs=frozenset({"P9"}),
        author_roles=frozenset({"clinician"}),
        author_clinical=True,
        home=HOME,
    )


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_a_stranger_is_out_of_scope_and_hears_who_decides(kind: str) -> None:
    verdict = in_scope(stranger(kind))
    assert not verdict
    assert "supervisor" in verdict.reason


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_team_assignment_cover_and_broken_glass_each_open_every_kind(kind: str) -> None:
    facts = stranger(kind)
    assert in_scope(replace(facts, author_teams=frozenset({"T1"})))
    assert in_scope(replace(facts, assigned=True))
    assert in_scope(replace(facts, covering=True))
    assert in_scope(replace(facts, broke_glass=True))
    assert in_scope(replace(facts, author_roles=frozenset({"records"}), author_clinical=False))


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_clinical_staff_of_the_program_may_write_what_cannot_wait(kind: str) -> None:
    facts = replace(stranger(kind), author_programs=frozenset({"P1"}))
    urgent = {
        "contact", "crisis", "note", "risk", "safety_plan", "crisis_plan", "treatment_plan", "alert", "task",
        "break_glass", "consent", "disclosure", "stay", "visit_checkin",
    }  # fmt: skip
    assert in_scope(facts).ok is (kind in urgent)
    assert not in_scope(replace(facts, author_clinical=False, author_roles=frozenset({"biller"})))
    assert in_scope(replace(facts, author_clinical=False, author_roles=frozenset({"manager"})))


def test_kinds_that_come_later_are_already_in_the_program_list() -> None:
    assert {
        "crisis", "contact", "note", "risk", "safety_plan", "crisis_plan", "treatment_plan", "alert", "task",
        "consent", "disclosure", "stay", "visit_checkin",
    } == PROGRAM_KINDS  # fmt: skip


def test_org_kinds_are_the_administrators_wherever_they_are() -> None:
    for kind in ORG_KINDS:
        facts = replace(stranger(kind), home=None, author_clinical=False)
        assert not in_scope(facts)
        assert in_scope(replace(facts, author_roles=frozenset({"sysadmin"})))
        assert in_scope(replace(facts, author_roles=frozenset({"authority"})))
    assert {kind.name for kind in KINDS.values() if "org" in kind.audience} == ORG_KINDS


def test_without_a_client_the_named_team_or_program_decides() -> None:
    decision = replace(stranger("quarantine_decision"), home=None)
    assert not in_scope(decision)
    assert not in_scope(replace(decision, named_team="T1"))
    assert in_scope(replace(decision, named_team="T9"))
    roster = replace(stranger("oncall"), home=None, named_program="P9")
    assert in_scope(roster)
    assert not in_scope(replace(roster, named_program="P1"))


def test_only_a_manager_acts_for_another_team_of_the_program() -> None:
    decision = replace(stranger("quarantine_decision"), home=None, named_team="T1", named_program="P9")
    assert not in_scope(replace(decision, author_roles=frozenset({"supervisor"})))
    assert in_scope(replace(decision, author_roles=frozenset({"manager"})))


def test_a_client_whose_home_is_unknown_is_nobodys() -> None:
    assert not in_scope(replace(stranger(), home=None))


_NAMES = st.sampled_from(["T1", "T2", "T9"])


@given(
    facts=st.builds(
        ScopeFacts,
        kind=st.sampled_from(sorted(KINDS)),
        meaning=st.just("save"),
        author_teams=st.frozensets(_NAMES),
        author_programs=st.frozensets(st.sampled_from(["P1", "P9"])),
        author_roles=st.frozensets(st.sampled_from(["clinician", "manager", "records", "sysadmin"])),
        author_clinical=st.booleans(),
        home=st.sampled_from([None, HOME]),
        assigned=st.booleans(),
        covering=st.booleans(),
        broke_glass=st.booleans(),
        named_team=st.sampled_from([None, "T1", "T2"]),
        named_program=st.sampled_from([None, "P1"]),
    ),
    team=_NAMES,
)
def test_more_standing_never_takes_scope_away(facts: ScopeFacts, team: str) -> None:
    if in_scope(facts):
        assert in_scope(replace(facts, author_teams=facts.author_teams | {team}))
        assert in_scope(replace(facts, author_programs=facts.author_programs | {"P1"}))
        assert in_scope(replace(facts, author_roles=facts.author_roles | {"manager"}))
        assert in_scope(replace(facts, author_clinical=True, assigned=True, covering=True, broke_glass=True))
