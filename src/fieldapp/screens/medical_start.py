"""Which draft of a medical form is filled in, and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .routes import make

if TYPE_CHECKING:
    from ..store.models import Draft
    from .base import FieldScreen, Host


async def draft_at_hand(host: Host, kind: str, record: str | None, draft: str | None) -> Draft | None:
    """Return the draft that was asked for, or a correction of a record; None for a new one."""
    if draft is not None:
        return await host.ask(host.laptop.draft, draft)
    if record is not None:
        return await host.ask(host.laptop.start, kind, None, record)
    return None


async def client_for(screen: FieldScreen[Any], client: str | None, question: str) -> str | None:
    """Return the client at hand, else one that is picked; None to leave."""
    if client is not None:
        return client
    found: str | None = await screen.app.push_screen_wait(make("pick", question=question))
    return found


async def begun(host: Host, kind: str, client: str) -> Draft | None:
    """Return a new record of a kind that was begun for a client: whoever was called away goes on there."""
    drafts = await host.ask(host.laptop.drafts)
    return next(
        (
            one
            for one in drafts
            if (one.kind, one.client, one.meaning) == (kind, client, "sign") and not one.prev
        ),
        None,
    )
