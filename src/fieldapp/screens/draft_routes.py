"""Which screen a draft opens in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records.kinds import PLANS

if TYPE_CHECKING:
    from ..store.models import Draft

FORMS = {
    "contact": "contact",
    "note": "note",
    "risk": "risk",
    "crisis": "crisis",
    "task": "task",
    **dict.fromkeys(PLANS, "plan"),
}
"""The route of each kind that has a form."""


def form_of(draft: Draft) -> tuple[str, dict[str, Any]] | None:
    """Return the route and arguments of a draft's form; None for a kind that no form writes by itself."""
    route = FORMS.get(draft.kind)
    if route is None:
        return None
    more = {"client": draft.client} if route in ("plan", "risk") else {}
    if route == "plan":
        more["kind"] = draft.kind
    return route, {"draft": draft.id, **more}
