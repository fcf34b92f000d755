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
    }
)
"""Key to the function; the n-th is number n."""
NOT_FOR_ONE = frozenset({"clients_per_clinician", "sync_health"})
"""What says nothing about a single person's own work."""


def count(data: Counted) -> tuple[Metric, ...]:
    """Return every metric of a scope and period."""
    return tuple(
        make(data) for key, make in METRICS.items() if data.scope.kind != "staff" or key not in NOT_FOR_ONE
    )
