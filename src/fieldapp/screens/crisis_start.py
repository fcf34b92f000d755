"""Which crisis record is written: the draft at hand, one that is still to be completed, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..clinical.times import moment_words
from .crisis_rules import first_values
from .reason_ask import Choose
from .routes import make

if TYPE_CHECKING:
    from ..store.models import Draft, TimelineRow
    from .base import FieldScreen, Host

NEW = "new"
LOOK_BACK = 6
"""Rows of history that are looked through for records still to be completed."""


async def start_crisis(
    screen: FieldScreen[Any], client: str | None, record: str | None, draft: str | None
) -> Draft | None:
    """Return the draft to write in; None when the person wants none."""
    host = screen.host
    if draft is not None:
        return await host.ask(host.laptop.draft, draft)
    if record is not None:
        return await host.ask(host.laptop.start, "crisis", None, record)
    if client is None:
        client = await screen.app.push_screen_wait(
            make("pick", question="Crisis: who is it about?", crisis=True)
        )
        if client is None:
            return None
    # Whoever was called away in the middle goes on there, without being asked.
    begun = next(
        (one for one in await host.ask(host.laptop.drafts) if (one.kind, one.client) == ("crisis", client)),
        None,
    )
    if begun is not None:
        return begun
    waiting = await _to_complete(host, client)
    if waiting is not None:
        words = moment_words(waiting.when_ms, host.corrected_ms(), host.me.tz)
        picked = await screen.app.push_screen_wait(
            Choose(
                "A crisis record is still to be completed.",
                "",
                ((waiting.record, f"Go on with the crisis of {words}"), (NEW, "This is a new crisis")),
            )
        )
        if picked is None:
            return None
        if picked != NEW:
            return await host.ask(host.laptop.start, "crisis", None, picked)
    values = first_values(host.corrected_ms(), host.me.tz)
    return await host.ask(host.laptop.start, "crisis", client, None, values)


async def _to_complete(host: Host, client: str) -> TimelineRow | None:
    rows = await host.ask(host.laptop.timeline, client, 0, LOOK_BACK, ("crisis",))
    mine = (row for row in rows if row.author == host.me.name and row.status != "error")
    return next((row for row in mine if row.state.startswith("open")), None)
