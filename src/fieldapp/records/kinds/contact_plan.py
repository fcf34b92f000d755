"""The contact plan: how often the client and the team agreed to meet (clinical.md 2.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from ..canonical import Json
from ..defaults import setting
from ..fold import View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
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
PER: Choices = {"week": "a week", "day": "a day"}
DAYS: Choices = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
AGREED: Choices = {"yes": "Agreed", "partial": "Agreed in part", "no": "Not agreed"}
INTENSITY = ("per", "target_n", "min_face_to_face", "no_contact_alert_days")
"""What says how intense the work is: a change of it wants a reason (clinical.md 2.7)."""
MOST, MOST_DAYS = 50, 365


class PlanPeriod(Item):
    """What was agreed from a day on."""

    per: Code | None = None
    target_n: Count | None = None
    min_face_to_face: Count | None = None
    days: list[Code] | None = None
    time_windows: Line | None = None
    locations: Line | None = None
    """Where, in words."""
    settings: list[Code] | None = None
    """Where, as places of a contact."""
    modalities_ok: list[Code] | None = None
    contact_types: list[Code] | None = None
    reasons: list[Code] | None = None
    no_contact_alert_days: Count | None = None
    start: Day | None = None
    review_by: Day | None = None
    client_agreed: Code | None = None


class ContactPlan(Fields):
    """All agreements of one client; history is kept."""

    periods: dict[str, PlanPeriod] = {}


def in_order(periods: Mapping[str, Mapping[str, Json]]) -> list[str]:
    """Return the ids of agreements, the one that began last at the end."""
    return sorted(periods, key=lambda key: (str(periods[key].get("start") or ""), key))


def current(view: View, day: str) -> dict[str, Json]:
    """Return the agreement that holds on a day: the one that started last; empty if none."""
    known = {key: item.to_data() for key, item in view.items("periods").items()}
    started = [key for key in in_order(known) if str(known[key].get("start") or "") <= day]
    return known[started[-1]] if started else {}


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against the newest agreement (clinical.md 2.7); what was agreed before is not asked again."""
    periods = doc.get("periods") or {}
    order = in_order(periods)
    if not order:
        return [Problem("periods", "Say how often you meet.", stops=True)]
    newest, before = periods[order[-1]], periods[order[-2]] if len(order) > 1 else {}
    return [
        Problem(f"periods.{order[-1]}.{name}", sentence, stops=stops)
        for name, sentence, stops in _found(newest, before, signing)
    ]


def _found(
    row: Mapping[str, Json], before: Mapping[str, Json], signing: Signing
) -> Sequence[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    target, least, alert = (
        row.get(name) for name in ("target_n", "min_face_to_face", "no_contact_alert_days")
    )
    if not target and not alert:
        found.append(
            (
                "target_n",
                "Say how often you meet, or after how many days without contact it is flagged.",
                True,
            )
        )
    if target and not row.get("per"):
        found.append(("per", "Say whether that is a day or a week.", True))
    if target and least and least > target:
        found.append(("min_face_to_face", "There cannot be more visits face to face than contacts.", True))
    if not row.get("start"):
        found.append(("start", "Say from which day on it holds.", True))
        return found
    if before and any((row.get(name) or None) != (before.get(name) or None) for name in INTENSITY):
        if not row.get("reasons"):
            found.append(("reasons", "How often you meet changes: say for what reason.", False))
    start, review = str(row["start"]), str(row.get("review_by") or "")
    longest = setting(signing.settings, "contact_plan_review_d")
    # A zone may be a day ahead of UTC; an agreement of last month that is written now is looked at from now on.
    written = datetime.fromtimestamp(signing.at_ms / 1000, UTC).date() + timedelta(days=1)
    latest = (max(date.fromisoformat(start), written) + timedelta(days=longest)).isoformat()
    if not review:
        found.append(("review_by", "Say by when you look at it again.", True))
    elif review < start:
        found.append(("review_by", "It is looked at again after it begins, not before.", True))
    elif review > latest:
        found.append(("review_by", f"It is looked at again within {longest} days.", False))
    return found


KIND = Kind(
    name="contact_plan",
    label="Contact plan",
    cls="working",
    model=ContactPlan,
    audience=("oncall", "team"),
    one_per="client",
    labels={"periods": "Agreements"},
    sign_checks=check,
    index=lambda view: IndexRow(view.last_ms, "Contact plan"),
)
