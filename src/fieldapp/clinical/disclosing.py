"""Who may hear about a client: allowed, not allowed, or only listened to (clinical.md 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fieldapp.records.kinds.consent import ALONE, CONSENTS, METHODS, WHAT
from fieldapp.records.kinds.disclosure import BASES
from fieldapp.records.kinds.related_person import LISTEN_ONLY, TREATS
from fieldapp.records.text import folded

Standing = Literal["allowed", "not_allowed", "listen_only"]
STANDINGS = {"allowed": "ALLOWED", "not_allowed": "NOT ALLOWED", "listen_only": "LISTEN ONLY"}
DUTIES = ("emergency", "mandated_report", "court_order")
"""Bases that need nobody's consent; what was told is logged all the same."""
RELEASES = frozenset({"roi_hipaa", "part2_specific", "family_involvement"})
"""Consents by which somebody who is named in them may hear."""
PART_2 = frozenset({"part2_tpo", "part2_specific"})
PROTECTED = frozenset({"protected", "pending"})
"""Part 2 statuses under which a consent by that law is needed: one that is not known yet counts (clinical.md 2.2)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside of the team."""

    name: str
    kind: str = ""
    """As in `related_person.KINDS`; empty for one of whom no record is kept."""
    related: str = ""
    organisation: str = ""
    involved: bool | None = None
    """Whether the client wants them involved."""


@dataclass(frozen=True, slots=True)
class Release:
    """One consent, as it bears on who may hear."""

    record: str
    values: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its kind, as in `consent.CONSENTS`."""
        return str(self.values.get("kind") or "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be done, why, by which consent, and which bases may be named."""

    standing: Standing
    why: str
    bases: tuple[str, ...]
    consent: str = ""
    what: tuple[str, ...] = ()
    """What the consent covers, in words."""
    notice: bool = False
    """The notice of 42 CFR 2.32 and the consent, or its scope, go with it."""


def is_protected(part2_status: str) -> bool:
    """Tell whether a client's record is treated as one of 42 CFR Part 2."""
    return part2_status in PROTECTED


def stands(values: Mapping[str, Any], day: str) -> bool:
    """Tell whether a consent holds on a day (`YYYY-MM-DD`): its last day is still within."""
    if values.get("revoked") or values.get("signature") not in METHODS:
        return False
    since = str(values.get("since") or values.get("signed_on") or "")
    until = str(values.get("expires") or "")
    return bool(since) and since <= day and (not until or day <= until)


def may_hear(person: Person, releases: Iterable[Release], day: str, part2_status: str = "") -> Answer:
    """Return whether somebody may hear about a client on a day (`YYYY-MM-DD`); listening is always allowed."""
    meant = [release for release in releases if _names(release, person)]
    protected = is_protected(part2_status)
    good = [one for one in meant if stands(one.values, day) and _lets(one, person, protected=protected)]
    if good:
        best = max(
            good, key=lambda one: (one.kind in PART_2, str(one.values.get("signed_on") or ""), one.record)
        )
        bases = (*(("tpo",) if best.kind == "part2_tpo" else ("roi",)), *_always(alone=False))
        return Answer(
            "allowed", f"{CONSENTS[best.kind]}{_until(best.values)}", bases, best.record, _what(best.values),
            notice=protected,
        )  # fmt: skip
    if person.involved is False:
        return Answer("not_allowed", "The client does not want them involved.", _always(alone=True))
    if person.kind in TREATS and not protected:
        return Answer(
            "allowed", "They treat the client too: what they need for that.", ("tpo", *_always(alone=False))
        )
    why = _refusal(meant, day, protected=protected)
    if person.kind in LISTEN_ONLY:
        return Answer("listen_only", why, _always(alone=True))
    return Answer("not_allowed", why, _always(alone=False))


def _always(*, alone: bool) -> tuple[str, ...]:
    return ("listen_only", *(() if alone else ("client_present_agreed",)), *DUTIES)


def _names(release: Release, person: Person) -> bool:
    values = release.values
    if release.kind == "part2_tpo":
        return person.kind in TREATS or _same(values.get("recipient"), person.name)
    if values.get("related") and values["related"] == person.related:
        return True
    return _same(values.get("recipient"), person.name) or (
        not str(values.get("recipient") or "").strip()
        and _same(values.get("organisation"), person.organisation)
    )


def _lets(release: Release, person: Person, *, protected: bool) -> bool:
    if release.kind in ALONE:
        return False
    if protected:
        return release.kind in PART_2
    return release.kind in RELEASES or (release.kind == "part2_tpo" and person.kind in TREATS)


def _same(one: object, other: object) -> bool:
    return bool(folded(one)) and folded(one) == folded(other)


def _until(values: Mapping[str, Any]) -> str:
    if values.get("expires"):
        return f", until {values['expires']}"
    event = str(values.get("expires_event") or "").strip()
    return f", until {event}" if event else ""


def _what(values: Mapping[str, Any]) -> tuple[str, ...]:
    listed = [WHAT.get(code, code) for code in values.get("what") or ()]
    more = str(values.get("what_else") or "").strip()
    return (*listed, more) if more else tuple(listed)


def _refusal(meant: list[Release], day: str, *, protected: bool) -> str:
    revoked = [one for one in meant if one.values.get("revoked")]
    if revoked:
        on = max(str(one.values.get("revoked_on") or "") for one in revoked)
        return f"The release was revoked{f' on {on}' if on else ''}."
    over = [
        str(one.values.get("expires"))
        for one in meant
        if one.values.get("expires") and str(one.values["expires"]) < day
    ]
    if over and not any(stands(one.values, day) for one in meant):
        return f"The release ended on {max(over)}."
    if protected and any(stands(one.values, day) for one in meant):
        return "The record is under 42 CFR Part 2: a consent by that law is needed."
    return "No release names them."


def refused(basis: str, answer: Answer) -> str:
    """Return why a basis cannot be named for somebody; "" if it can."""
    if basis in answer.bases:
        return ""
    if basis not in BASES:
        return "Choose on what basis they hear it."
    offered = ", ".join(BASES[code] for code in answer.bases)
    return f"{STANDINGS[answer.standing]}: {answer.why} Choose one of: {offered}."
