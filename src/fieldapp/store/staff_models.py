"""What is known of the people who work here: their places, what they may sign, and who stands behind them."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.clinical.credentials import Expiry


@dataclass(frozen=True, slots=True)
class StaffPlace:
    """One role in one team, from when until when."""

    role: str
    team: str
    team_name: str
    program: str
    since: str
    until: str
    standing: str
    """`now`, `coming` or `over`."""


@dataclass(frozen=True, slots=True)
class StaffCredential:
    """One credential as it is on file."""

    code: str
    label: str
    number: str
    state: str
    issued: str
    expires: str
    standing: str
    """`holds`, `soon`, `expired`, `coming`, or `unread` where a date is none."""
    may_sign: tuple[str, ...]
    """Labels of the kinds of record it is limited to; empty: those of the role."""
    may_code: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person."""

    staff: str
    name: str
    shown: str
    """Credentials that hold today, as they stand under what is signed."""
    places: tuple[StaffPlace, ...]
    credentials: tuple[StaffCredential, ...]
    expiry: Expiry | None
    """When signing ends; None while a licence has no end, and where none is on file."""
    warned: int | None
    """Which warning is due: 60, 30 or 7 days before, 0 once it is over; None for none."""
    waits: tuple[str, ...]
    """Labels of the kinds of record that wait for a supervisor's co-sign."""
    cosign_until: str
    """Until when that is agreed, where it is by a date."""
    is_mhp: bool
    supervisor: str
    supervises: tuple[str, ...]
    fte_hundredths: int | None
    npi: str
    phone: str
    languages: tuple[str, ...]
    left_on: str

    @property
    def here(self) -> bool:
        """Whether they are a member of anything today."""
        return any(place.standing == "now" for place in self.places)

    @property
    def needs_eyes(self) -> bool:
        """Whether their signing has ended or soon does, or a credential cannot be read."""
        unread = any(one.standing == "unread" for one in self.credentials)
        return self.here and (self.warned is not None or unread)


@dataclass(frozen=True, slots=True)
class StaffRead:
    """Everybody of this person's teams, with those who were."""

    day: str
    teams: tuple[tuple[str, str], ...]
    """(id, name) of this person's teams, by name."""
    members: tuple[StaffMember, ...]
    """By name."""
    may_print: bool
