"""What a new contact starts from and what follows from an answer, for the form and for quick entry alike. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..records.kinds.contact import OUTCOMES

ATTEMPTS = frozenset(code for code in OUTCOMES if code.startswith("attempt_")) | {"no_show"}
CALLS = frozenset({"video", "audio_only"})
ATTEMPT_TYPE = "outreach_engagement"
"""The type of an attempt that nobody gave another one: nothing happened that could have one."""
CARRIED = ("contact_type", "modality", "setting")
"""What a new contact takes over from the plan or the last contact; never times or words."""


class Planned(Protocol):
    """A planned visit, as far as a new contact takes after it."""

    @property
    def record(self) -> str:
        """Its id."""
        ...

    @property
    def contact_type(self) -> str:
        """What was planned to be done."""
        ...

    @property
    def modality(self) -> str:
        """How to meet."""
        ...

    @property
    def setting(self) -> str:
        """Where to meet."""
        ...


def defaults(visit: Planned | None, last: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new contact starts with: as planned, else as the last contact was; never times."""
    if visit is not None:
        planned = {name: getattr(visit, name) for name in CARRIED}
        found = {name: value or last.get(name) for name, value in planned.items()}
        return {"planned_visit": visit.record} | {name: value for name, value in found.items() if value}
    return {name: last[name] for name in CARRIED if last.get(name)}


def fits(modality: str, setting: str) -> bool:
    """Tell whether a setting can belong to a way of meeting: a call is billed as telehealth or not at all."""
    return not setting or not modality or (modality in CALLS) == setting.startswith("telehealth")
