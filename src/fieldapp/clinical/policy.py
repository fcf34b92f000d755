"""Who may say what about which kind: the role table of clinical.md 1.3 as data, and one function.

Default deny. Several roles of one person add up, so taking a role away never adds a right. Whether an
author is in scope for a client is a second question (`clinical.scope`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from .roles import AUTHORITY, CLINICAL, FIELD, READERS, REVIEWERS

_PLANS = frozenset({"tech", "casemgr", "clinician", "prescriber", "supervisor"})
_ROSTER = frozenset({"casemgr", "clinician", "supervisor", "records"})
_TREATMENT = frozenset({"casemgr", "clinician"})
_PRESCRIBING = frozenset({"clinician", "prescriber"})
_MEDICAL = frozenset({"prescriber", "medasst"})
_RECORDS = frozenset({"records"})
_ADMIN = frozenset({"sysadmin"})
_ADMIN_FIRST = _ADMIN | {AUTHORITY}
_CORRECTORS = frozenset({"supervisor", "records"})
_NOBODY: frozenset[str] = frozenset()

WALLED = "psychotherapy"
"""The sensitivity that only the author reads (clinical.md 2.12)."""
ALWAYS_WALLED = frozenset({"psychotherapy_note"})
"""Kinds that are never anything else."""
WALLED_KINDS = frozenset({"note"}) | ALWAYS_WALLED
WALLED_WRITERS = _PRESCRIBING
LOOKED_AT = frozenset({"break_glass", "alert"})
"""Kinds that hold at once and that a supervisor co-signs afterwards, to say that they were looked at (clinical.md 1.3)."""
DONE_ANEW = {"move": "A move is not taken back as an error: move the client back."}
"""Kinds whose entries took effect on the server, which an error would not undo; what to do instead."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks, with all roles held at the effective time of what is said."""

    staff: str
    roles: frozenset[str]
    is_mhp: bool = False
    """Mental health professional: may co-sign safety plans and crisis records."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with a sentence for the person."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


class Row(NamedTuple):
    """One line of the table."""

    write: frozenset[str]
    """May save and sign it; amend needs the same role and that the target is their own."""
    add: frozenset[str]
    """May add an addendum, in their own name."""
    review: frozenset[str]
    """May co-sign and send back."""
    correct: frozenset[str]
    """May mark anybody's entry as entered in error; authors may always mark their own."""
    attest: frozenset[str] | None = None
    """May sign and correct it, where saving it is not enough for that."""


def _client(write: frozenset[str]) -> Row:
    return Row(write, READERS, REVIEWERS, _CORRECTORS)


def _office(write: frozenset[str]) -> Row:
    """Return the row of an `org` kind: only who writes it touches it."""
    return Row(write, write, _NOBODY, write)


TABLE: Mapping[str, Row] = MappingProxyType(
    {
        # organisation, teams, staff, packs
        "organisation": _office(_ADMIN_FIRST),
        "program": _office(_ADMIN_FIRST),
        "team": _office(_ADMIN_FIRST),
        "staff": _office(_ADMIN_FIRST),
        "pack_part": _office(_ADMIN),
        "certificate": _office(frozenset({AUTHORITY})),
        # roster, episode, contacts of client
        "client": _client(_ROSTER),
        "episode": _client(_ROSTER),
        "related_person": _client(_ROSTER),
        "contact_plan": _client(_ROSTER - {"records"}),
        # contact log, notes, groups
        "contact": _client(CLINICAL),
        "note": _client(CLINICAL),
        "group_session": _client(CLINICAL),
        "psychotherapy_note": Row(WALLED_WRITERS, WALLED_WRITERS, _NOBODY, _NOBODY),
        # what a person keeps ready for their own notes
        "snippet": Row(CLINICAL, _NOBODY, _NOBODY, _NOBODY),
        # crisis record, safety plan
        "crisis": _client(_PLANS),
        "safety_plan": _client(_PLANS),
        "crisis_plan": _client(_PLANS),
        # treatment plan, diagnosis, medication, discharge
        "treatment_plan": _client(_TREATMENT),
        "diagnosis": _client(_PRESCRIBING),
        # Whoever keeps the list writes it; only a prescriber verifies it.
        "medication_list": _client(_MEDICAL)._replace(attest=frozenset({"prescriber"})),
        "vitals": _client(_MEDICAL),
        "injection": _client(_MEDICAL),
        "adherence": _client(CLINICAL),
        "discharge": _client(_TREATMENT),
        # review actions, assignments, on-call roster, move, quarantine decision
        "assignment": _client(REVIEWERS),
        "oncall": _client(REVIEWERS),
        "move": _client(REVIEWERS),
        "quarantine_decision": _client(REVIEWERS),
        # task, planned visit, risk signal, measure, break-glass, disclosure, incident
        "task": _client(CLINICAL),
        "planned_visit": _client(CLINICAL),
        "visit_checkin": _client(CLINICAL),
        "shift_report": _client(CLINICAL),
        # Whoever hears at the door that a client is in hospital or jail writes it down.
        "stay": _client(CLINICAL),
        "risk": _client(CLINICAL),
        "measure": _client(CLINICAL),
        "break_glass": _client(CLINICAL),
        "disclosure": _client(CLINICAL),
        "incident": _client(CLINICAL),
        # consent, directive, alert, one person with two records
        "consent": _client(CLINICAL | _RECORDS),
        "directive": _client(CLINICAL | _RECORDS),
        "alert": _client(CLINICAL),
        "same_person": _client(_RECORDS),
    }
)
"""By kind. A kind that is not here is denied to everybody."""

_YES = Verdict(True)


def allow(
    actor: Actor,
    meaning: str,
    kind: str,
    *,
    own_target: bool = False,
    cosign_required: str = "",
    sensitivity: str = "normal",
) -> Verdict:
    """Return whether an actor may say `meaning` about a record of a kind.

    Args:
        own_target: the entry that is amended or named in `about` is the actor's own.
        cosign_required: as frozen in that entry; `mhp` asks for a mental health professional.
        sensitivity: of the entry or its target; a psychotherapy note is its author's alone.
    """
    row = TABLE.get(kind)
    if row is None:
        return Verdict(False, "This version of the app does not know this kind of record.")
    if sensitivity == WALLED:
        refusal = _walled(actor, meaning, kind, own_target)
        if refusal is not None:
            return refusal
    elif kind in ALWAYS_WALLED:
        return Verdict(False, "A psychotherapy note is never without its label.")
    if meaning in ("sign", "amend") and row.attest is not None and not actor.roles & row.attest:
        return Verdict(False, "Your role may not sign this kind of record.")
    if meaning in ("save", "sign"):
        return _need(actor, row.write, "Your role may not write this kind of record.")
    if meaning == "amend":
        if not own_target:
            return Verdict(False, "Only its author may correct an entry; write an addendum instead.")
        return _need(actor, row.write, "Your role may not write this kind of record.")
    if meaning == "addendum":
        return _need(actor, row.add, "Your role may not add to this kind of record.")
    if meaning in ("cosign", "return"):
        return _review(actor, meaning, row, own_target, cosign_required)
    if meaning == "error":
        if kind in DONE_ANEW:
            return Verdict(False, DONE_ANEW[kind])
        if own_target and actor.roles & (row.add | row.write):
            return _YES
        return _need(
            actor, row.correct, "Only its author, a supervisor or the records role may mark it as an error."
        )
    return Verdict(False, "This version of the app does not know what this entry says.")


def writing_role(roles: Sequence[str], kind: str) -> str:
    """Return in which of their roles a person writes a kind: the first one that may, else the first one.

    Args:
        roles: at least one; what is named first comes first.
    """
    row = TABLE.get(kind)
    return next((role for role in roles if row is not None and role in row.write), roles[0])


def _need(actor: Actor, roles: frozenset[str], refusal: str) -> Verdict:
    return _YES if actor.roles & roles else Verdict(False, refusal)


def _review(actor: Actor, meaning: str, row: Row, own_target: bool, cosign_required: str) -> Verdict:
    if own_target:
        return Verdict(False, "Nobody reviews their own entry; ask a colleague.")
    if cosign_required not in ("", "supervisor", "mhp"):
        return Verdict(False, "This version of the app does not know the co-sign that this entry asks for.")
    if cosign_required == "mhp" and row.review:
        if actor.is_mhp and actor.roles & (FIELD | row.review):
            return _YES
        if meaning == "cosign":
            return Verdict(False, "A mental health professional co-signs this.")
    return _need(actor, row.review, "A supervisor co-signs or sends this back.")


def _walled(actor: Actor, meaning: str, kind: str, own_target: bool) -> Verdict | None:
    """Return why a psychotherapy note may not be written or touched like this; None if it may."""
    if kind not in WALLED_KINDS:
        return Verdict(False, "Only a note can be a psychotherapy note.")
    if meaning in ("save", "sign") and not actor.roles & WALLED_WRITERS:
        return Verdict(False, "Only a clinician or prescriber writes psychotherapy notes.")
    if meaning not in ("save", "sign") and not own_target:
        return Verdict(False, "A psychotherapy note is its author's alone.")
    return None
