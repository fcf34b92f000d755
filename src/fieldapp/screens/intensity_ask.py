"""Answering a look at how often client and team meet: agree anew, or say why it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..clinical.policy import allow
from .reading_rights import actor_of
from .reason_ask import Choose
from .task_finish import finish_task

if TYPE_CHECKING:
    from .base import FieldScreen

AGREE, STAYS = "agree", "stays"


async def ask_intensity(screen: FieldScreen[Any], record: str, title: str, client: str, name: str) -> None:
    """Ask what comes of it; whoever may not write contact plans says what they found."""
    host = screen.host
    if allow(actor_of(host.me), "save", "contact_plan"):
        picked = await screen.app.push_screen_wait(
            Choose(
                "How often do you meet?",
                f"{name}: {title}",
                ((AGREE, "Agree anew"), (STAYS, "It stays as agreed")),
            )
        )
        if picked is None:
            return
        if picked == AGREE:
            # The new agreement finishes the task.
            host.open("agreement", client=client)
            return
    await finish_task(screen, record, title, name)
