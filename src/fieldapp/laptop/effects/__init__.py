"""What a signed form brings about in other records, in the same transaction: one module per kind of form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fieldapp.records.envelope import Entry
from fieldapp.records.kinds import PLANS

from ..pen import Pen
from .assignments import of_assignment
from .contacts import of_contact
from .crises import of_crisis
from .discharges import of_discharge
from .episodes import of_episode
from .intensity import of_client, of_contact_plan, of_medicines
from .measures import of_measure
from .medicines import of_adherence, of_injection
from .notes import of_note
from .plans import of_plan
from .risks import of_risk
from .stays import of_stay
from .values import Values


def of(pen: Pen, entry: Entry, base: Values, values: Values) -> list[Entry]:
    """Return the further entries that an entry brought about, already stored."""
    effect = _EFFECTS.get(entry.envelope.kind)
    return effect(pen, entry, base, values) if effect else []


_EFFECTS: Mapping[str, Callable[[Pen, Entry, Values, Values], list[Entry]]] = {
    "note": of_note,
    "contact": of_contact,
    "risk": of_risk,
    **dict.fromkeys(PLANS, of_plan),
    "crisis": of_crisis,
    "assignment": of_assignment,
    "episode": of_episode,
    "measure": of_measure,
    "adherence": of_adherence,
    "injection": of_injection,
    "stay": of_stay,
    "discharge": of_discharge,
    "medication_list": of_medicines,
    "client": of_client,
    "contact_plan": of_contact_plan,
}
