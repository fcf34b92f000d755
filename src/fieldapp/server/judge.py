"""The verdict on one authentic entry: accepted, held, quarantined or rejected, with a reason for its author.

Authorisation never depends on the order of arrival: what is missing holds, it does not refuse.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Row

from fieldapp.clinical.placing import Home, Unplaceable, feeds_of
from fieldapp.clinical.policy import DONE_ANEW, allow
from fieldapp.clinical.scope import ORG_KINDS, ScopeFacts, in_scope
from fieldapp.clinical.told import entries as told
from fieldapp.records.envelope import SENSITIVITIES, Envelope, instant_ms
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from fieldapp.records.kinds import KINDS

from .facts import Facts
from .offers import Offer
from .roster import Standing

_RANK = ("normal", "sud_part2", "restricted_staff", "psychotherapy")
assert set(_RANK) == SENSITIVITIES  # noqa: S101 - a new sensitivity must be ranked here
_REASON_CHARS = 600
ROOTED = frozenset({"organisation", "certificate"})
"""Kinds that laptops believe only under the authority's key."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an entry."""

    state: str
    reason: str = ""
    needs: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    home: Home | None = None
    """For a client's first entry: the home that it makes."""
    lasting: bool = True
    """For a rejection: whether the hash is remembered."""


def rejected(reason: str, *, lasting: bool = True) -> Verdict:
    """Return a rejection."""
    return Verdict("rejected", reason[:_REASON_CHARS], lasting=lasting)


def judge(facts: Facts, offer: Offer, caller_feeds: Collection[str]) -> Verdict:
    """Return what becomes of an offer that passed every check before the transaction."""
    if offer.refusal:
        return rejected(offer.refusal, lasting=offer.lasting)
    e = offer.envelope
    certificate = facts.devices.get(e.device)
    if certificate is None:
        return Verdict("held", told.HELD.sentence, needs=(f"device:{e.device}",))
    if certificate.staff != e.author.id:
        return rejected(told.OTHER_OWNER.sentence, lasting=False)
    waits = _dependencies(facts, e)
    if waits is not None:
        return waits
    wrong = _structure(facts, e)
    if wrong:
        return rejected(told.UNFIT.said(wrong))
    if e.kind == "move" and not e.is_annotation and not facts.last_move(e.client or "") <= set(e.prev):
        return rejected(told.MOVED_MEANWHILE.sentence)
    verdict = _rights(facts, offer, certificate)
    if verdict.state == "accepted" and offer.via != e.device and not set(verdict.feeds) & set(caller_feeds):
        return rejected(told.NOT_READ_HERE.sentence, lasting=False)
    return verdict


def _dependencies(facts: Facts, e: Envelope) -> Verdict | None:
    """Return the verdict that an unseen, quarantined or rejected dependency brings; None when all are there."""
    missing: list[str] = []
    quarantined: list[str] = []
    named = [*e.prev, *([e.about] if e.about else [])]
    for entry_hash in named:
        if entry_hash in facts.entries:
            continue
        known = facts.waiting.get(entry_hash)
        if known is None or known.state == "held":
            missing.append(entry_hash)
        elif known.state == "rejected":
            return rejected(told.FOLLOWS_REJECTED.sentence)
        else:
            quarantined.append(entry_hash)
    if e.meaning == "sign" and KINDS[e.kind].cls == "single" and e.prev:
        missing += [h for h in e.body.get("answers", ()) if h not in facts.entries]
    if e.client is not None and e.client not in facts.homes and not _makes_home(e):
        state = facts.client_waiting(e.client)
        # A client that was rejected has no home; its other entries wait for a supervisor, not for ever.
        (quarantined if state in ("quarantined", "refused", "rejected") else missing).append(
            f"client:{e.client}"
        )
    if quarantined:
        return Verdict(
            "quarantined",
            told.FOLLOWS_QUARANTINED.sentence,
            needs=tuple(quarantined + missing),
            teams=_teams(facts, e),
        )
    if missing:
        return Verdict("held", told.HELD.sentence, needs=tuple(missing))
    return None


def _makes_home(e: Envelope) -> bool:
    return e.kind == "client" and not e.prev and not e.is_annotation


def _structure(facts: Facts, e: Envelope) -> str:
    """Return what in an entry contradicts the record it speaks of; empty if nothing does."""
    kind = KINDS[e.kind]
    fixed = facts.records.get(e.id)
    if fixed is not None and (fixed.kind != e.kind or fixed.client != e.client):
        return "This record is of another kind or another client."
    for entry_hash in e.prev:
        known = facts.entries[entry_hash]
        if known.record != e.id:
            return "The entry follows an entry of another record."
        if known.meaning in ("addendum", "cosign", "return", "error"):
            return "An entry follows versions, never remarks about them."
    if e.about and facts.entries[e.about].record != e.id:
        return "The entry speaks about an entry of another record."
    if e.meaning == "error" and e.kind in DONE_ANEW:
        return DONE_ANEW[e.kind]
    if kind.cls == "single" and not e.is_annotation and fixed is not None and fixed.author != e.author.id:
        return "Only its author may correct this; write an addendum in your own name."
    if e.meaning == "sign" and kind.cls == "single" and e.prev:
        for answer in e.body.get("answers", ()):
            if facts.entries[answer].meaning != "return" or facts.entries[answer].record != e.id:
                return "A signed entry is signed again only after a return, and names it."
    if _makes_home(e) and e.client not in facts.homes:
        fields = e.body.get("set", {})
        if not fields.get("home_team") or not fields.get("home_program"):
            return "A new client's first entry names its team and program."
    if e.kind in ROOTED and e.author.id != facts.roster.authority:
        return "Only the organisation's authority signs this."
    if kind.placed_by and fixed is None and not e.is_annotation and not _named(e, kind.placed_by):
        return f"A new {kind.label.lower()} names its {kind.placed_by}."
    if (
        kind.one_per == "program"
        and fixed is None
        and e.id != one_per(_named(e, "program") or e.id, kind.name)
    ):
        return "A program has one record of this kind, and its id is not this one."
    return ""


def _named(e: Envelope, field: str) -> str:
    part = e.body.get(DOC) if KINDS[e.kind].is_document else e.body.get("set")
    return str((part or {}).get(field) or "")


def placed_by(facts: Facts, e: Envelope) -> tuple[str | None, str | None]:
    """Return (program, team) that a record without a client is placed by: as its first entry named them."""
    fixed = facts.records.get(e.id)
    if fixed is not None:
        return fixed.program, fixed.team
    field = KINDS[e.kind].placed_by
    if field is None:
        return None, None
    value = _named(e, field)
    return (facts.roster.teams.get(value), value) if field == "team" else (value, None)


def _rights(facts: Facts, offer: Offer, certificate: Row[Any]) -> Verdict:
    """Return accepted with feeds, or quarantined: device, role, scope, place, decisions."""
    e = offer.envelope
    home = facts.homes.get(e.client) if e.client else None
    new_home = None
    if home is None and e.client:
        fields = e.body.get("set", {})
        home = new_home = Home(str(fields["home_program"]), str(fields["home_team"]))
    if _names_nowhere(facts, e, new_home):
        # Not even a supervisor can admit it: nobody would read the feed that it went to.
        return Verdict("quarantined", told.NOWHERE.sentence, teams=_teams(facts, e))
    problem = _device_problem(offer, certificate) or _role_problem(facts, e) or _scope_problem(facts, e, home)
    admitted = _decided(facts, offer.hash, e)
    if problem and admitted is not True:
        state = "refused" if admitted is False else "quarantined"
        return Verdict(state, problem[:_REASON_CHARS], teams=_teams(facts, e))
    if e.about:
        return Verdict("accepted", feeds=tuple(sorted(facts.feeds_holding(e.about))))
    program, team = placed_by(facts, e)
    try:
        feeds = feeds_of(
            KINDS[e.kind], sensitivity=e.sensitivity, home=home, named_program=program, named_team=team,
            author=e.author.id,
        )  # fmt: skip
    except Unplaceable:
        return Verdict("quarantined", told.NOWHERE.sentence, teams=_teams(facts, e))
    return Verdict("accepted", feeds=feeds, home=new_home)


def _names_nowhere(facts: Facts, e: Envelope, new_home: Home | None) -> bool:
    """Tell whether an entry names a team or program that is not known, or that do not belong together."""
    roster = facts.roster
    if new_home is not None and roster.teams.get(new_home.team) != new_home.program:
        return True
    if e.kind == "move" and not e.is_annotation:
        fields = e.body.get("set", {})
        return not fields.get("to_team") or roster.teams.get(fields["to_team"]) != fields.get("to_program")
    program, team = placed_by(facts, e)
    return (team is not None and team not in roster.teams) or (
        program is not None and program not in roster.programs
    )


def _device_problem(offer: Offer, certificate: Row[Any]) -> str:
    e = offer.envelope
    if (
        certificate.state == "drain"
        and certificate.cut_ms is not None
        and e.effective_ms > certificate.cut_ms
    ):
        return told.DRAINED.sentence
    if certificate.state == "revoked":
        last = orjson.loads(certificate.last_counters)
        # Below the stated counter and relayed by a reader: the server had accepted it before a restore.
        if offer.via == e.device or e.counter > last.get(e.series, 0):
            return told.REVOKED.sentence
    return ""


def _role_problem(facts: Facts, e: Envelope) -> str:
    standing = facts.roster.standing(e.author.id, e.effective_ms)
    if e.author.role not in standing.actor.roles:
        return told.ROLE_THEN.sentence
    target = facts.entries.get(e.about) if e.about else None
    own = target.author == e.author.id if target else _amends_own(facts, e)
    sensitivity = target.sensitivity if target else e.sensitivity
    verdict = allow(
        standing.actor, e.meaning, e.kind, own_target=own,
        cosign_required=target.cosign if target else "", sensitivity=sensitivity,
    )  # fmt: skip
    if not verdict:
        return told.ROLE_TABLE.said(verdict.reason)
    if not e.about and any(
        _RANK.index(facts.entries[h].sensitivity) > _RANK.index(e.sensitivity) for h in e.prev
    ):
        return told.UNPROTECTED.sentence
    return ""


def _amends_own(facts: Facts, e: Envelope) -> bool:
    return any(facts.entries[h].author == e.author.id for h in e.prev)


def _scope_problem(facts: Facts, e: Envelope, home: Home | None) -> str:
    program, team = placed_by(facts, e)
    moments = [e.effective_ms]
    service = service_ms(e)
    if service is not None and service < e.effective_ms:
        moments.insert(0, service)
    reason = ""
    for at_ms in moments:
        standing = facts.roster.standing(e.author.id, at_ms)
        given = _scope_facts(e, standing, home, program, team)
        verdict = in_scope(given)
        if not verdict and home is not None and e.client:
            # What the old team did while the client was theirs is theirs to write, whenever it arrives.
            then = facts.home_at(e.client, at_ms)
            if then is not None and then != home:
                verdict = in_scope(replace(given, home=then))
        if not verdict and home is not None and e.client and e.kind not in ORG_KINDS:
            verdict = in_scope(
                ScopeFacts(
                    given.kind, given.meaning, given.author_teams, given.author_programs, given.author_roles,
                    given.author_clinical, home,
                    assigned=facts.assigned(e.client, e.author.id, at_ms),
                    covering=facts.covering(home.program, e.author.id, at_ms),
                    broke_glass=facts.broke_glass(e.client, e.author.id, at_ms),
                )
            )  # fmt: skip
        if verdict:
            return ""
        reason = verdict.reason
    return reason


def _scope_facts(
    e: Envelope, standing: Standing, home: Home | None, program: str | None, team: str | None
) -> ScopeFacts:
    return ScopeFacts(
        e.kind, e.meaning, standing.teams, standing.programs, standing.actor.roles, standing.is_clinical, home,
        named_team=team, named_program=program,
    )  # fmt: skip


def service_ms(e: Envelope) -> int | None:
    """Return when the service was that an entry is about, if it says so."""
    part = e.body.get(DOC) or e.body.get("set") or {}
    for name in ("service_start", "start"):
        value = part.get(name)
        if isinstance(value, str):
            try:
                return instant_ms(value)
            except ValueError:
                return None
    return None


def _decided(facts: Facts, entry_hash: str, e: Envelope) -> bool | None:
    """Return what a supervisor of one of the entry's teams decided; an admission stands over a refusal."""
    rows = [row for row in facts.decisions.get(entry_hash, ()) if row.team in _teams(facts, e)]
    if not rows:
        return None
    return any(row.admit for row in rows)


def _teams(facts: Facts, e: Envelope) -> tuple[str, ...]:
    """Return whose supervisors see a quarantined entry: the author's teams', and the client's if that differs."""
    roster = facts.roster
    found = set(roster.standing(e.author.id, e.effective_ms).teams)
    found |= roster.standing(e.author.id, facts.now_ms).teams
    home = facts.homes.get(e.client) if e.client else None
    if home is not None:
        found.add(home.team)
    elif _makes_home(e):
        found.add(str(e.body.get("set", {}).get("home_team") or ""))
    found &= roster.teams.keys()
    if not found:
        found = {
            str(row["intake_team"]) for row in roster.programs.values() if row.get("intake_team")
        } & roster.teams.keys()
    return tuple(sorted(found))
