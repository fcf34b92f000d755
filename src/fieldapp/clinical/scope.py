"""Whether an author is in scope for what an entry is about (design.md 3); what is not, is quarantined."""

from __future__ import annotations

from dataclasses import dataclass

from .placing import Home
from .policy import Verdict
from .roles import AUTHORITY
from .told import entries as told

PROGRAM_KINDS = frozenset(
    {
        "crisis", "contact", "note", "risk", "safety_plan", "crisis_plan", "treatment_plan", "alert", "task",
        "consent", "disclosure", "stay", "visit_checkin",
    }
)  # fmt: skip
"""What any clinical staff of the client's program may write: it must never wait for an assignment, nor must the
follow-up that it asks for. A consent that a client takes back at night is taken back, and who gave no sign
from a visit is missed by everybody, also on a visit for another team."""
ORG_KINDS = frozenset({"organisation", "program", "team", "staff", "certificate", "pack_part"})
OWN_KINDS = frozenset({"snippet"})
"""What people keep for themselves: about no client, read by nobody else."""
_OFFICE = frozenset({"sysadmin", AUTHORITY})


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What is known of an entry and its author at service time."""

    kind: str
    meaning: str
    author_teams: frozenset[str]
    author_programs: frozenset[str]
    author_roles: frozenset[str]
    author_clinical: bool
    home: Home | None = None
    """The client's home now; for a client's first entry the home that it names."""
    assigned: bool = False
    covering: bool = False
    """The author is on call for the client's program at that time."""
    broke_glass: bool = False
    """The author wrote a `break_glass` entry on this client that was good at that time."""
    named_team: str | None = None
    named_program: str | None = None


_IN = Verdict(True)
_OUT = Verdict(
    False,
    told.OUT_OF_SCOPE.sentence,
)


def in_scope(facts: ScopeFacts) -> Verdict:
    """Return whether the author was in scope."""
    if facts.kind in ORG_KINDS:
        return _IN if facts.author_roles & _OFFICE else Verdict(False, told.OFFICE_ONLY.sentence)
    if facts.kind in OWN_KINDS:
        return _IN
    if facts.home is None:
        return _without_client(facts)
    home = facts.home
    if home.team in facts.author_teams or "records" in facts.author_roles:
        return _IN
    if facts.assigned or facts.covering or facts.broke_glass:
        return _IN
    if home.program in facts.author_programs:
        if "manager" in facts.author_roles:
            return _IN
        if facts.author_clinical and (facts.kind in PROGRAM_KINDS or facts.kind == "break_glass"):
            return _IN
    return _OUT


def _without_client(facts: ScopeFacts) -> Verdict:
    """Judge an entry that names its team or program in its body: a roster, a group, a decision."""
    if facts.named_team is not None and facts.named_team in facts.author_teams:
        return _IN
    if facts.named_program is not None and facts.named_program in facts.author_programs:
        # A team that the author is not on is a manager's business; a program's roster is its reviewers'.
        if facts.named_team is None or "manager" in facts.author_roles:
            return _IN
    return Verdict(False, told.OTHER_TEAM.sentence)
