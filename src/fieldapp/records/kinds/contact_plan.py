"""The contact plan: how often the client and the team agreed to meet (clinical.md 2.7)."""

from __future__ import annotations

from ..canonical import Json
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind
from ..types import Choices, Code, Count, Day, Line

REASONS: Choices = {
    "severe_symptoms": "Severe symptoms",
    "new_medication": "New medication",
    "health_problem": "Health problem",
    "life_event": "Life event",
    "school_or_job_start": "School or job start",
    "housing_change": "Housing change",
    "employment_change": "Employment change",
    "daily_living": "Daily living",
    "step_down": "Step-down",
    "other": "Other",
}


class PlanPeriod(Item):
    """What was agreed from a day on."""

    per: Code | None = None
    target_n: Count | None = None
    min_face_to_face: Count | None = None
    days: list[Code] | None = None
    time_windows: Line | None = None
    locations: Line | None = None
    modalities_ok: list[Code] | None = None
    reasons: list[Code] | None = None
    no_contact_alert_days: Count | None = None
    start: Day | None = None
    review_by: Day | None = None
    client_agreed: Code | None = None


class ContactPlan(Fields):
    """All agreements of one client; history is kept."""

    periods: dict[str, PlanPeriod] = {}


def current(view: View, day: str) -> dict[str, Json]:
    """Return the agreement that holds on a day: the one that started last; empty if none."""
    started = [
        (period.get("start") or "", key, period)
        for key, period in view.items("periods").items()
        if (period.get("start") or "") <= day
    ]
    return max(started, key=lambda row: row[:2])[2].to_data() if started else {}


KIND = Kind(
    name="contact_plan",
    label="Contact plan",
    cls="working",
    model=ContactPlan,
    audience=("oncall", "team"),
    one_per="client",
    labels={"periods": "Agreements"},
    index=lambda view: IndexRow(view.last_ms, "Contact plan"),
)
