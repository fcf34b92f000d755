"""How many clients one clinician carries, against what the program allows for a full-time position. Pure.

A client counts whose episode is active or on hold and whose primary worker the person is on that day: a client in
hospital comes back to the same worker, so the place is not free (clinical.md 5, metric 1: "active primary clients ÷
1.0 FTE"; programs.md 39). Covering somebody's clients for a leave is not counted, it is said beside the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.records.defaults import setting

COUNTED = frozenset({"active", "on_hold"})
"""States of an episode in which a client is somebody's."""
CLINICIANS = frozenset({"casemgr", "clinician"})
"""Roles that count unless the staff record says otherwise (clinical.md 2.6: technician, prescriber, assistant do not)."""
FULL_TIME = 100


@dataclass(frozen=True, slots=True)
class Load:
    """One person's clients against the limit."""

    clients: int
    fte_hundredths: int
    most_per_fte: int
    counts: bool

    @property
    def over(self) -> bool:
        """Whether it is more than the program allows for the position."""
        return self.counts and self.clients * FULL_TIME > self.most_per_fte * self.fte_hundredths

    @property
    def words(self) -> str:
        """`16 of 15 clients at 1.0 FTE`; without the limit for whom it does not hold."""
        some = "1 client" if self.clients == 1 else f"{self.clients} clients"
        if not self.counts:
            return f"{some}, not in the ratio"
        most = self.most_per_fte * self.fte_hundredths
        limit = f"{most // FULL_TIME}" if most % FULL_TIME == 0 else f"{most / FULL_TIME:.1f}"
        return f"{self.clients} of {limit} clients at {fte_words(self.fte_hundredths)} FTE"


def fte_words(hundredths: int) -> str:
    """Return a position in whole and parts: 100 is `1.0`, 75 is `0.75`."""
    whole, rest = divmod(hundredths, FULL_TIME)
    return f"{whole}.{f'{rest:02}'.rstrip('0') or '0'}"


def clinician_load(
    clients: int, staff_values: Mapping[str, Any], roles: Iterable[str], settings: Mapping[str, int]
) -> Load:
    """Return one clinician's load (clinical.md 2.6, 1.5 `clients_per_clinician_max`, acceptance check 20).

    Args:
        clients: how many count, see `COUNTED`.
        staff_values: of the staff record: `fte_hundredths` (100 where nobody said it) and `counts_in_ratio`.
        roles: those that the person holds that day.
        settings: of the program.
    """
    said = staff_values.get("counts_in_ratio")
    counts = bool(said) if said is not None else bool(CLINICIANS & set(roles))
    fte = staff_values.get("fte_hundredths")
    return Load(
        clients,
        FULL_TIME if fte is None else int(fte),
        setting(settings, "clients_per_clinician_max"),
        counts,
    )
