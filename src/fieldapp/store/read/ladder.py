"""What to try next with a client whom nobody finds, from what is known of them (clinical.md 2.8)."""

from __future__ import annotations

from fieldapp.records.defaults import setting
from fieldapp.records.kinds.related_person import LISTEN_ONLY

from ..models import Ladder
from .chart import address, phones
from .lines import Asking
from .seen import tries

WELFARE = "a welfare check as your agency has it"


def ladder(asking: Asking, client: str) -> Ladder:
    """Return the tries since a client was last seen, and further steps in the order in which they are taken."""
    view = asking.rx.view(client)
    steps: list[str] = []
    if view is not None:
        numbers = [f"{number} ({remark})" if remark else number for number, remark in phones(view) if number]
        if numbers:
            steps.append(f"phone {', '.join(numbers)}")
    steps += [
        f"{person.get('name')} {person.get('phone')}"
        for person in asking.rx.views("related_person", client)
        if not (person.in_error or person.get("former"))
        and person.get("name")
        and person.get("phone")
        and person.get("knows_about_treatment") == "yes"
        and person.get("kind") not in LISTEN_ONLY
    ]
    if view is not None:
        places = view.get("best_places_to_find") or address(view)
        if places:
            steps.append(f"go by: {places}")
    most = setting(asking.known.settings_of(client), "attempts_before_escalate")
    return Ladder(tuple(one.at_ms for one in tries(asking.rx, client)), most, (*steps, WELFARE))
