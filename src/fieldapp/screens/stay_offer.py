"""Offering the stay that a contact or a crisis tells of, filled in with what is known, so that nothing is typed twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..clinical.times import BadTime, day_of
from ..records.envelope import instant_ms
from .reason_ask import Choose

if TYPE_CHECKING:
    from ..store.models import ClientLine
    from .base import FieldScreen

OF_OUTCOME: Mapping[str, Mapping[str, str]] = {"hospitalised": {}, "incarcerated": {"what": "jail"}}
"""Outcomes of a contact that tell of a stay; a hospital may be one of several kinds."""
OF_DISPOSITION: Mapping[str, Mapping[str, str]] = {
    "DCR_detained": {"what": "inpatient", "legal": "involuntary"},
    "hospital_voluntary": {"what": "inpatient", "legal": "voluntary"},
    "ED_voluntary": {"what": "ed", "legal": "voluntary"},
    "arrest": {"what": "jail"},
}
"""Ends of a crisis that tell of one, the longest stay first."""


def of_contact(record: str, values: Mapping[str, Any], tz: str) -> dict[str, Any] | None:
    """Return what a contact that found the client away says of their stay; None where it says nothing of one."""
    known = OF_OUTCOME.get(str(values.get("outcome") or ""))
    if known is None:
        return None
    learned = "visit" if values.get("modality") == "in_person" else None
    said = {
        "since": _day(values.get("start"), tz),
        "learned": learned,
        "why": values.get("remark"),
        "contact": record,
    }
    return {name: value for name, value in ({**known, **said}).items() if value}


def of_crisis(values: Mapping[str, Any], tz: str) -> dict[str, Any] | None:
    """Return what a crisis record says of the stay that it ended in; None where it says nothing of one."""
    ended = set(values.get("dispositions") or ())
    known = next((stay for code, stay in OF_DISPOSITION.items() if code in ended), None)
    if known is None:
        return None
    said = {"since": _day(values.get("initial_contact_at"), tz), "learned": "crisis_system"}
    return {name: value for name, value in ({**known, **said}).items() if value}


def _day(moment: object, tz: str) -> str | None:
    try:
        return day_of(instant_ms(str(moment)), tz).isoformat() if moment else None
    except (ValueError, BadTime):
        return None


async def wants_stay(screen: FieldScreen[None], line: ClientLine, said: str) -> bool:
    """Ask whether the stay is written down now; nobody is asked of a client of whom a stay is open."""
    if line.away:
        return False
    sentence = f"{said} No stay of {line.name} is written down: until then the contact plan and the days without contact go on."
    options = (("stay", "Write down where they are"), ("later", "Not now"))
    return await screen.app.push_screen_wait(Choose("Saved.", sentence, options)) == "stay"
