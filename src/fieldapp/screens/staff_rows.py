"""Lines about the people who work here: what they are, what they may sign and until when. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from ..widgets.flags import STYLES
from ..widgets.text import fit, join, lines, styled

if TYPE_CHECKING:
    from ..store.staff_models import StaffCredential, StaffMember, StaffRead

WIDE = 100
STANDING = {
    "holds": ("✓", "done"),
    "soon": ("◷", "warning"),
    "expired": ("✗", "error"),
    "coming": ("…", "note"),
    "unread": ("?", "error"),
}
"""A glyph and a key of STYLES for how a credential stands."""


def mark(member: StaffMember) -> tuple[str, str]:
    """Return the glyph and tone of a person's signing."""
    if not member.here:
        return "·", "note"
    if any(one.standing == "unread" for one in member.credentials):
        return STANDING["unread"]
    if member.warned is None:
        return (" ", "") if member.credentials else ("–", "note")
    return STANDING["soon" if member.warned else "expired"]


def signing_words(member: StaffMember) -> str:
    """Return in one phrase until when somebody signs: what stands against it comes first."""
    if not member.here:
        begins = min((place.since for place in member.places if place.standing == "coming"), default="")
        left = member.left_on or max((place.until for place in member.places), default="")
        return f"begins on {begins}" if begins else f"left on {left}"
    unread = [one.code for one in member.credentials if one.standing == "unread"]
    if unread:
        return f"{', '.join(unread)}: a date on file cannot be read"
    if member.expiry is not None and member.warned is not None:
        return member.expiry.words
    if member.expiry is not None:
        return f"until {member.expiry.on}"
    return "no last day on file" if member.credentials else "no credential on file"


def cosign_words(member: StaffMember) -> str:
    """Return what of somebody's waits for whom."""
    waits = ", ".join(member.waits)
    until = f" (until {member.cosign_until})" if member.cosign_until and waits else ""
    by_mhp = "" if member.is_mhp else "Safety plans and crisis records wait for a mental health professional."
    said = f"Waits for a supervisor's co-sign{until}: {waits}." if waits else "Signs without a co-sign."
    return f"{said} {by_mhp}".rstrip()


def draw_member(member: StaffMember, width: int) -> Content:
    """Return one person of the list: name, credentials, role, until when they sign."""
    name, shown, role = (19, 12, 16) if width < WIDE else (28, 20, 28)
    glyph, tone = mark(member)
    roles = ", ".join(dict.fromkeys(place.role for place in member.places if place.standing == "now"))
    room = max(8, width - name - shown - role - 2)
    return join(
        styled(f"{glyph} ", STYLES[tone]),
        styled(fit(member.name, name - 1) + " ", "bold" if member.here else "$text-muted"),
        fit(member.shown or "–", shown - 1) + " ",
        styled(fit(roles, role - 1) + " ", "$text-muted"),
        styled(fit(signing_words(member), room), STYLES[tone if member.here else "note"]),
    )


def credential_words(one: StaffCredential) -> str:
    """Return all of one credential: what it is, number and state, from when until when, what it is limited to."""
    span = " to ".join(filter(None, (one.issued, one.expires))) or "no dates on file"
    if one.expires and not one.issued:
        span = f"until {one.expires}"
    if one.issued and not one.expires:
        span = f"since {one.issued}, no last day on file"
    parts = (
        f"{one.code}, {one.label}" if one.label else one.code,
        span,
        {"expired": "expired", "coming": "to come", "unread": "a date cannot be read"}.get(one.standing, ""),
        f"no. {one.number}" if one.number else "",
        one.state,
        f"signs only: {', '.join(one.may_sign)}" if one.may_sign else "",
        f"good for codes: {', '.join(one.may_code)}" if one.may_code else "",
    )
    return " · ".join(part for part in parts if part)


def draw_credential(one: StaffCredential, width: int) -> Content:
    """Return one credential on one line."""
    glyph, tone = STANDING[one.standing]
    style = STYLES[tone]
    return join(
        styled(f"  {glyph} ", style),
        styled(fit(credential_words(one), max(8, width - 4)), style if tone != "done" else ""),
    )


def head(read: StaffRead, only: bool) -> Content:
    """Return how many work here, and for how many of them signing has ended or soon does."""
    here = [one for one in read.members if one.here]
    over = sum(one.warned == 0 for one in here)
    soon = sum(bool(one.warned) for one in here)
    some = "1 person" if len(here) == 1 else f"{len(here)} people"
    said = [some, f"{over} may not sign" if over else "", f"{soon} within 60 days" if soon else ""]
    return lines(
        styled(f"Staff · {' · '.join(part for part in said if part)}", "bold"),
        styled(
            "Only whose credential has ended or soon does."
            if only
            else "Who is in your teams, and until when they sign.",
            "$text-muted",
        ),
    )
