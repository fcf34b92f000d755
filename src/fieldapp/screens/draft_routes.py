"""Which screen a draft opens in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records.kinds import PLANS, VERSIONED
from .form_values import read_focus
from .housing import only_housing
from .measure_values import measure_route
from .sheet_fields import FIELDS

if TYPE_CHECKING:
    from ..store.models import Draft

QUICK = "quick"
"""Where a draft was left that is one line of quick entry."""
FORMS = {
    "contact": "contact",
    "note": "note",
    "risk": "risk",
    "crisis": "crisis",
    "task": "task",
    "planned_visit": "visit",
    "snippet": "snippet",
    "measure": "measure",
    "medication_list": "medicine",
    "contact_plan": "agreement",
    "adherence": "adherence",
    "vitals": "medical",
    "injection": "medical",
    "group_session": "group_session",
    "oncall": "oncall_shift",
    "shift_report": "shift_form",
    "stay": "stay",
    "discharge": "discharge",
    **dict.fromkeys(PLANS, "plan"),
    "treatment_plan": "goals",
    **dict.fromkeys(FIELDS, "sheet_form"),
    "episode": "episode_form",
}
"""The route of each kind that has a form."""


def form_of(draft: Draft) -> tuple[str, dict[str, Any]] | None:
    """Return the route and arguments of a draft's form; None for a kind that no form writes by itself."""
    if read_focus(draft.focus).field == QUICK:
        return "quick", {"draft": draft.id}
    if draft.kind == "client" and not draft.prev:
        return "new_client", {"draft": draft.id}
    route = FORMS.get(draft.kind)
    if route is None:
        return None
    if draft.kind == "episode" and _only_payers(draft):
        route = "coverage"
    if draft.kind == "client" and only_housing(draft):
        return "housing", {"draft": draft.id}
    if route == "measure":
        route = measure_route(draft.values)
    more: dict[str, Any] = {"client": draft.client} if draft.kind in (*VERSIONED, "risk", "measure") else {}
    if route == "plan":
        more["kind"] = draft.kind
    if route in ("medical", "sheet_form"):
        more["kind"] = draft.kind
    return route, {"draft": draft.id, **more}


def _only_payers(draft: Draft) -> bool:
    """Tell whether nothing but the payers of an episode was changed: they have a form of their own."""
    names = {*draft.base, *draft.values}
    changed = {name for name in names if draft.base.get(name) != draft.values.get(name)}
    return bool(draft.prev) and changed == {"coverage"}
