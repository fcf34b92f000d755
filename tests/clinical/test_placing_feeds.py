"""Which feed an entry goes to and who reads it (design.md 3), for every kind and every role."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.memberships import Membership
from fieldapp.clinical.placing import Home, Unplaceable, feeds_of, feeds_read, need_order, needs_own_copy
from fieldapp.records.kinds import KINDS

HOME = Home("P1", "T1")
ONCALL = ("oncall:P1", "team:T1")
# From design.md 3: oncall:P holds client, related person, alert, consent, episode, assignment, diagnosis,
# medication list, risk, plans, crisis, directive; team:T everything but narrative; notes:T notes and groups.
WHERE = {
    "organisation": ("org",),
    "program": ("org",),
    "team": ("org",),
    "staff": ("org",),
    "certificate": ("org",),
    "pack_part": ("org",),
    "client": ONCALL,
    "episode": ONCALL,
    "related_person": ONCALL,
    "alert": ONCALL,
    "consent": ONCALL,
    "disclosure": ("team:T1",),
    "assignment": ONCALL,
    "contact_plan": ONCALL,
    "risk": ONCALL,
    "crisis_plan": ONCALL,
    "crisis": ONCALL,
    "safety_plan": ONCALL,
    "treatment_plan": ONCALL,
    "move": ONCALL,
    "stay": ONCALL,
    "visit_checkin": ONCALL,
    "shift_report": ("oncall:P1",),
    "discharge": ONCALL,
    "break_glass": ("oncall:P1",),
    "oncall": ("oncall:P1",),
    "contact": ("oncall-contacts:P1", "team:T1"),
    "planned_visit": ("team:T1",),
    "measure": ("team:T1",),
    "medication_list": ONCALL,
    "adherence": ("team:T1",),
    "vitals": ("team:T1",),
    "injection": ("team:T1",),
    "task": ("team:T1",),
    "quarantine_decision": ("team:T1",),
    "note": ("notes:T1",),
    "group_session": ("notes:T1",),
    "psychotherapy_note": ("staff:S1",),
    "snippet": ("staff:S1",),
}


def placed(kind: str, sensitivity: str = "normal") -> tuple[str, ...]:
    about_client = KINDS[kind].about_client
    return feeds_of(
        KINDS[kind],
        sensitivity=sensitivity,
        home=HOME if about_client else None,
        named_program=None if about_client else "P1",
        named_team=None if about_client else "T1",
        author="S1",
    )


def test_every_kind_goes_where_the_design_says() -> None:
    assert {kind: placed(kind) for kind in KINDS} == WHERE


def test_narrative_never_reaches_the_on_call_or_team_feeds() -> None:
    assert not any(feed.startswith(("oncall", "team")) for feed in placed("note"))


def test_a_psychotherapy_note_goes_to_its_author_alone() -> None:
    assert placed("note", "psychotherapy") == ("staff:S1",)


@pytest.mark.parametrize("sensitivity", ["sud_part2", "restricted_staff"])
def test_other_sensitivities_never_hide_a_record_from_the_treating_team(sensitivity: str) -> None:
    for kind in KINDS:
        assert placed(kind, sensitivity) == WHERE[kind]


@pytest.mark.parametrize("kind", sorted(k for k in KINDS if WHERE[k] not in (("org",), ("staff:S1",))))
def test_an_entry_without_a_known_place_is_an_error_and_never_placed_nowhere(kind: str) -> None:
    with pytest.raises(Unplaceable):
        feeds_of(KINDS[kind], sensitivity="normal", home=None, author="S1")


TEAMS = {"T1": "P1", "T2": "P1", "T3": "P2", "IN": "P1"}


def reads(role: str, program: str = "P1", team: str = "T1") -> tuple[str, ...]:
    return feeds_read("S1", [Membership(role, program, team)], TEAMS)


@pytest.mark.parametrize(
    "role", ["tech", "peer", "casemgr", "clinician", "prescriber", "medasst", "supervisor"]
)
def test_clinical_roles_read_their_program_and_their_teams(role: str) -> None:
    assert reads(role) == ("org", "oncall:P1", "oncall-contacts:P1", "team:T1", "staff:S1", "notes:T1")


def test_a_manager_reads_every_team_of_the_program() -> None:
    assert reads("manager", team="") == (
        "org", "oncall:P1", "oncall-contacts:P1", "team:IN", "team:T1", "team:T2", "staff:S1",
        "notes:IN", "notes:T1", "notes:T2",
    )  # fmt: skip


def test_records_read_all_teams_and_notes_only_on_request() -> None:
    assert reads("records", "", "") == ("org", "team:IN", "team:T1", "team:T2", "team:T3", "staff:S1")
    asked = feeds_read("S1", [Membership("records", "", "")], TEAMS, notes_requested=["T3", "T99"])
    assert [feed for feed in asked if feed.startswith("notes:")] == ["notes:T3"]


@pytest.mark.parametrize("role", ["biller", "sysadmin", "authority", "director", ""])
def test_biller_administrator_and_unknown_roles_read_no_client(role: str) -> None:
    assert reads(role) == ("org", "staff:S1")


def test_without_membership_one_reads_the_organisation_and_ones_own() -> None:
    assert feeds_read("S1", []) == ("org", "staff:S1")


def test_memberships_in_two_programs_add_up() -> None:
    both = feeds_read("S1", [Membership("tech", "P1", "T1"), Membership("peer", "P2", "T3")], TEAMS)
    assert both == (
        "org", "oncall:P1", "oncall:P2", "oncall-contacts:P1", "oncall-contacts:P2", "team:T1", "team:T3",
        "staff:S1", "notes:T1", "notes:T3",
    )  # fmt: skip


def test_a_team_without_a_named_program_is_looked_up() -> None:
    assert "oncall:P2" in reads("tech", "", "T3")


def test_need_order_puts_keys_and_plans_before_notes() -> None:
    mixed = ["notes:A", "staff:S", "team:B", "oncall-contacts:P", "oncall:P", "org", "team:A", "zzz:later"]
    assert need_order(mixed) == (
        "org", "oncall:P", "oncall-contacts:P", "team:A", "team:B", "staff:S", "notes:A", "zzz:later",
    )  # fmt: skip


def test_an_author_who_reads_none_of_the_feeds_gets_an_own_copy() -> None:
    assert needs_own_copy(["oncall:P1", "team:T1"], ["org", "staff:S1", "team:T9"])
    assert not needs_own_copy(["oncall:P1", "team:T1"], ["org", "oncall:P1"])


_MEMBERS = st.builds(
    Membership,
    st.sampled_from(["tech", "manager", "records", "biller", "supervisor"]),
    st.sampled_from(["P1", "P2"]),
    st.sampled_from(["", "T1", "T2", "T3"]),
)


@given(st.lists(_MEMBERS, max_size=4), _MEMBERS)
def test_losing_a_membership_never_opens_a_feed(kept: list[Membership], lost: Membership) -> None:
    assert set(feeds_read("S", kept, TEAMS)) <= set(feeds_read("S", [*kept, lost], TEAMS))
