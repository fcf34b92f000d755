"""What comes after a group was signed: whoever is at risk first, then the next session of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..clinical.group_entry import follows
from ..clinical.times import moment_words
from ..records.envelope import instant_ms
from ..records.group_rows import attended, ordered
from ..records.kinds import group_session
from .group_rules import at_risk
from .reason_ask import Choose

if TYPE_CHECKING:
    from .base import FieldScreen

Opens = tuple[str, dict[str, Any]]
"""Route and arguments of the screen that comes next."""


async def after_group(screen: FieldScreen[None], record: str, values: Mapping[str, Any]) -> Opens | None:
    """Ask what comes next; None for nothing now."""
    opens = await _screen_for_risk(screen, values)
    return opens or await _next_group(screen, record, values)


async def _screen_for_risk(screen: FieldScreen[None], values: Mapping[str, Any]) -> Opens | None:
    people = at_risk(values)
    if not people:
        return None
    picked = await screen.app.push_screen_wait(
        Choose(
            "Risk was noted in this group.",
            "A task to see them alone is made. Ask a suicide screen now?",
            [*((client, f"Yes, with {name}") for client, name in people[:9]), ("later", "Not now")],
        )
    )
    return None if picked in (None, "later") else ("measures", {"client": picked})


async def _next_group(screen: FieldScreen[None], record: str, values: Mapping[str, Any]) -> Opens | None:
    host = screen.host
    found = await host.ask(host.laptop.groups)
    open_ones = [line for line in found.today if line.state == "planned" and line.team == values.get("team")]
    group = follows(
        [(line.group, line.start_ms) for line in open_ones],
        str(values.get("group") or ""),
        instant_ms(str(values["stop"])),
    )
    line = next((line for line in open_ones if line.group == group), None)
    people = sum(attended(row) for _, row in ordered(values))
    if line is None or not people:
        return None
    now, tz = host.corrected_ms(), host.me.tz
    picked = await screen.app.push_screen_wait(
        Choose(
            f"Signed: {group_session.label(values)}.",
            f"Next on the day: {line.title}, {moment_words(line.start_ms, now, tz)}.",
            [("next", f"Go on with the same {people} people"), ("later", "Not now")],
        )
    )
    if picked != "next":
        return None
    return "group_session", {"team": line.team, "group": line.group, "same_as": record}
