"""All metrics of clinical.md 5, in its order: each a pure function of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .contact import clients_per_clinician, contact_vs_plan, days_since_contact, no_show, place_mix
from .dose import engagement, service_hours, treatment_days
from .laptops import sync_health
from .model import Metric
from .notes import cosign_queue, golden_thread, late_rate, unsigned_notes
from .outcome import after_discharge, authorisations, outcomes
from .reach import reach
from .rows import Counted
from .safety import crises, follow_up, higher_level, safety_plans, staff_safety

METRICS: Mapping[str, Callable[[Counted], Metric]] = MappingProxyType(
    {
        "clients_per_clinician": clients_per_clinician,
        "contact_vs_plan": contact_vs_plan,
        "days_since_contact": days_since_contact,
        "service_hours": service_hours,
        "treatment_days": treatment_days,
        "engagement": engagement,
        "unsigned_notes": unsigned_notes,
        "late_rate": late_rate,
        "cosign_queue": cosign_queue,
        "safety_plans": safety_plans,
        "no_show": no_show,
        "crises": crises,
        "higher_level": higher_level,
        "follow_up": follow_up,
        "place_mix": place_mix,
        "golden_thread": golden_thread,
        "outcomes": outcomes,
        "after_discharge": after_discharge,
        "authorisations": authorisations,
        "sync_health": sync_health,
        "staff_safety": staff_safety,
        "reach": reach,
    }
)
"""Key to the function; the n-th is number n."""
_DAYS = frozenset({"contacts", "clients"})
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "clients_per_clinician": frozenset({"clients", "workers"}),
        "contact_vs_plan": _DAYS,
        "days_since_contact": _DAYS,
        "service_hours": _DAYS,
        "treatment_days": _DAYS,
        "engagement": _DAYS,
        "unsigned_notes": frozenset({"contacts", "notes"}),
        "late_rate": frozenset({"contacts", "notes", "crises"}),
        "cosign_queue": frozenset({"waiting"}),
        "safety_plans": frozenset({"clients"}),
        "no_show": frozenset({"contacts"}),
        "crises": frozenset({"clients", "crises"}),
        "higher_level": frozenset({"clients", "crises"}),
        "follow_up": frozenset({"clients", "contacts", "crises"}),
        "place_mix": frozenset({"contacts"}),
        "golden_thread": frozenset({"clients", "notes", "quiet_goals"}),
        "outcomes": frozenset({"clients", "measures"}),
        "after_discharge": frozenset({"clients"}),
        "authorisations": frozenset({"clients", "authorisations"}),
        "sync_health": frozenset({"laptops"}),
        "staff_safety": frozenset({"unread"}),
        "reach": _DAYS,
    }
)
"""Which parts of the rows each metric is counted from, so that one metric reads no more; a law of the tests holds it to that."""
PARTS = frozenset().union(*NEEDS.values())
"""All of them: rows by the name that `Counted` gives them; of clients, quiet goals and authorisations apart."""
NOT_FOR_ONE = frozenset({"clients_per_clinician", "sync_health"})
"""What says nothing about a single person's own work."""


def count(data: Counted) -> tuple[Metric, ...]:
    """Return every metric of a scope and period."""
    return tuple(
        make(data) for key, make in METRICS.items() if data.scope.kind != "staff" or key not in NOT_FOR_ONE
    )
