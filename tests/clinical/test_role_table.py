"""The role table of clinical.md 1.3, written out once more by hand: every role, meaning and kind."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.policy import TABLE, Actor, allow
from fieldapp.clinical.roles import ROLES
from fieldapp.records.envelope import MEANINGS
from fieldapp.records.kinds import KINDS

# One column per role: tech, peer, casemgr, clinician, prescriber, medasst, supervisor, manager, records,
# biller, sysadmin, authority. One line per thing said: y may, . may not.
COLUMNS = (
    "tech", "peer", "casemgr", "clinician", "prescriber", "medasst", "supervisor", "manager", "records",
    "biller", "sysadmin", "authority",
)  # fmt: skip

ADD = "yyyyyyyyy..."
REVIEW = "......yy...."
CORRECT = "......y.y..."
NOBODY = "............"

WRITE = {
    "contact note group_session adherence task planned_visit visit_checkin shift_report risk measure break_glass disclosure incident "
    "alert stay": "yyyyyyy.....",
    "consent directive": "yyyyyyy.y...",
    "client episode related_person": "..yy..y.y...",
    "contact_plan": "..yy..y.....",
    "crisis safety_plan crisis_plan": "y.yyy.y.....",
    "treatment_plan discharge": "..yy........",
    "diagnosis": "...yy.......",
    "medication_list vitals injection": "....yy......",
    "assignment oncall move quarantine_decision": "......yy....",
    "same_person": "........y...",
}
OFFICE = {
    "organisation program team staff": "..........yy",
    "pack_part": "..........y.",
    "certificate": "...........y",
}

# Where signing takes more than writing: a medical assistant keeps the list, a prescriber verifies it.
ATTEST = {("medication_list", line): "....y......." for line in ("sign", "amend own")}

# Nobody but its author touches it, and its author adds to it in their own name.
WALLED = {"psychotherapy_note": "...yy......."}
# What a person keeps ready for their own notes.
OWN = {"snippet": "yyyyyyy....."}

LINES = ("save", "sign", "amend own", "amend", "addendum", "cosign", "return", "cosign own", "return own",
         "error own", "error")  # fmt: skip


def _expected() -> dict[tuple[str, str, str], bool]:
    found: dict[tuple[str, str, str], bool] = {}
    for names, write in WRITE.items():
        own_error = "".join("y" if "y" in pair else "." for pair in zip(write, ADD, strict=True))
        by_line = {"save": write, "sign": write, "amend own": write, "amend": NOBODY, "addendum": ADD,
                   "cosign": REVIEW, "return": REVIEW, "cosign own": NOBODY, "return own": NOBODY,
                   "error own": own_error, "error": CORRECT}  # fmt: skip
        for kind, (line, marks) in itertools.product(names.split(), by_line.items()):
            marks = ATTEST.get((kind, line), marks)
            # A move took effect on the server: it is undone by another one.
            marks = NOBODY if (kind, line) in {("move", "error own"), ("move", "error")} else marks
            found |= {(kind, line, role): mark == "y" for role, mark in zip(COLUMNS, marks, strict=True)}
    for kind, write in (WALLED | OWN).items():
        mine = {"save", "sign", "amend own", "error own"}
        for line in LINES:
            marks = write if line in mine else NOBODY
            found |= {(kind, line, role): mark == "y" for role, mark in zip(COLUMNS, marks, strict=True)}
    for names, write in OFFICE.items():
        by_line = {"save": write, "sign": write, "amend own": write, "amend": NOBODY, "addendum": write,
                   "cosign": NOBODY, "return": NOBODY, "cosign own": NOBODY, "return own": NOBODY,
                   "error own": write, "error": write}  # fmt: skip
        for kind, (line, marks) in itertools.product(names.split(), by_line.items()):
            found |= {(kind, line, role): mark == "y" for role, mark in zip(COLUMNS, marks, strict=True)}
    return found


EXPECTED = _expected()


def test_the_written_table_names_every_role_kind_and_meaning() -> None:
    assert set(COLUMNS) == ROLES
    assert {kind for kind, _, _ in EXPECTED} == set(TABLE)
    assert set(KINDS) <= set(TABLE), "a kind without a row is denied to everybody"
    assert {line.removesuffix(" own") for line in LINES} == MEANINGS


def test_every_role_meaning_and_kind_is_judged_as_written() -> None:
    wrong = []
    for (kind, line, role), expected in EXPECTED.items():
        meaning, own = line.removesuffix(" own"), line.endswith(" own")
        label = KINDS[kind].sensitivity if kind in KINDS else "normal"
        verdict = allow(Actor("s", frozenset({role})), meaning, kind, own_target=own, sensitivity=label)
        if verdict.ok is not expected:
            wrong.append((kind, line, role, verdict))
        assert verdict.ok or verdict.reason.endswith(".")
    assert wrong == []
    assert len(EXPECTED) == len(TABLE) * len(LINES) * len(COLUMNS)


@pytest.mark.parametrize("line", LINES)
def test_a_psychotherapy_note_without_its_label_is_refused(line: str) -> None:
    meaning, own = line.removesuffix(" own"), line.endswith(" own")
    for role in COLUMNS:
        assert not allow(Actor("s", frozenset({role})), meaning, "psychotherapy_note", own_target=own)


@pytest.mark.parametrize("meaning", sorted(MEANINGS))
@pytest.mark.parametrize("kind", sorted(TABLE))
def test_unknown_roles_and_no_role_are_denied_everything(kind: str, meaning: str) -> None:
    for roles in (frozenset[str](), frozenset({"director"}), frozenset({"Supervisor"}), frozenset({""})):
        for own in (False, True):
            assert not allow(Actor("s", roles, is_mhp=True), meaning, kind, own_target=own)
            assert not allow(
                Actor("s", roles, is_mhp=True), meaning, kind, own_target=own, cosign_required="mhp"
            )


def test_unknown_kinds_and_meanings_are_denied_to_all_roles_together() -> None:
    everybody = Actor("s", ROLES, is_mhp=True)
    for kind, meaning in (
        ("letter", "save"),
        ("", "sign"),
        ("Note", "sign"),
        ("note", "delete"),
        ("note", ""),
    ):
        for own in (False, True):
            assert not allow(everybody, meaning, kind, own_target=own)


CLIENT_KINDS = sorted(kind for names in WRITE for kind in names.split())


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_what_waits_for_a_mental_health_professional_is_cosigned_by_one_and_by_no_other(kind: str) -> None:
    for role in COLUMNS:
        for is_mhp in (False, True):
            actor = Actor("s", frozenset({role}), is_mhp)
            clinical = role in COLUMNS[:8]
            assert allow(actor, "cosign", kind, cosign_required="mhp").ok is (is_mhp and clinical), role
            sends_back = (is_mhp and clinical) or role in ("supervisor", "manager")
            assert allow(actor, "return", kind, cosign_required="mhp").ok is sends_back, role


def test_nobody_reviews_their_own_entry_whatever_they_are() -> None:
    everybody = Actor("s", ROLES, is_mhp=True)
    for kind in TABLE:
        for required in ("", "supervisor", "mhp"):
            for meaning in ("cosign", "return"):
                assert not allow(everybody, meaning, kind, own_target=True, cosign_required=required)


def test_being_a_professional_does_not_make_a_supervisor() -> None:
    clinician = Actor("s", frozenset({"clinician"}), is_mhp=True)
    assert not allow(clinician, "cosign", "note", cosign_required="supervisor")
    assert not allow(clinician, "cosign", "note")


def test_a_cosign_that_this_version_does_not_know_is_denied() -> None:
    everybody = Actor("s", ROLES, is_mhp=True)
    assert not allow(everybody, "cosign", "note", cosign_required="medical_director")


def test_org_records_are_never_cosigned_even_by_a_professional() -> None:
    everybody = Actor("s", ROLES, is_mhp=True)
    for names in OFFICE:
        for kind in names.split():
            assert not allow(everybody, "cosign", kind, cosign_required="mhp")


def test_a_psychotherapy_note_is_its_authors_alone() -> None:
    def may(role: str, meaning: str, *, own: bool, kind: str = "note") -> bool:
        actor = Actor("s", frozenset({role}), is_mhp=True)
        return allow(actor, meaning, kind, own_target=own, sensitivity="psychotherapy").ok

    for role in COLUMNS:
        assert may(role, "sign", own=False) is (role in ("clinician", "prescriber"))
        for meaning in MEANINGS - {"save", "sign"}:
            assert not may(role, meaning, own=False), (role, meaning)
    assert may("clinician", "addendum", own=True)
    assert may("clinician", "amend", own=True)
    assert not may("clinician", "sign", own=False, kind="safety_plan")


_ACTORS = st.builds(
    Actor, st.just("s"), st.frozensets(st.sampled_from([*COLUMNS, "director"])), st.booleans()
)


@given(
    actor=_ACTORS,
    extra=st.frozensets(st.sampled_from(COLUMNS)),
    meaning=st.sampled_from(sorted(MEANINGS)),
    kind=st.sampled_from(sorted(TABLE)),
    own=st.booleans(),
    required=st.sampled_from(["", "supervisor", "mhp"]),
    sensitivity=st.sampled_from(["normal", "psychotherapy"]),
)
def test_taking_a_role_or_a_designation_away_never_adds_a_right(
    actor: Actor,
    extra: frozenset[str],
    meaning: str,
    kind: str,
    own: bool,
    required: str,
    sensitivity: str,
) -> None:
    def may(who: Actor) -> bool:
        return allow(who, meaning, kind, own_target=own, cosign_required=required, sensitivity=sensitivity).ok

    if may(actor):
        assert may(Actor("s", actor.roles | extra, actor.is_mhp))
        assert may(Actor("s", actor.roles, True))
