"""What is done with a planned visit from a list: cancelled with a reason, given to somebody, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .acknowledge import acknowledged, must_read
from .reason_ask import AskReason, Choose

if TYPE_CHECKING:
    from ..store.models import VisitLine
    from .base import FieldScreen

WHY_NOT = (
    ("client", "The client asked for another day"),
    ("staff", "Nobody of us can go"),
    ("away", "The client is away"),
    ("weather", "Weather or road"),
    ("not_needed", "Not needed any more"),
)
"""Why visits are cancelled; a visit that the client missed or cancelled at the door is logged as a contact instead."""


async def cancel_visit(screen: FieldScreen[Any], visit: VisitLine) -> None:
    """Ask why a visit does not take place and say it."""
    host = screen.host
    asked = await screen.app.push_screen_wait(
        AskReason(
            "Cancel this visit?",
            "It leaves everybody's list. Was somebody at the door or was it called off late: log it instead (c).",
            WHY_NOT,
        )
    )
    if asked is None:
        return
    with screen.saying():
        await host.ask(host.laptop.cancel_visit, visit.record, asked.text)
        host.touched(visit.record)
        screen.say("The visit is cancelled.", tone="done")


async def give_visit(screen: FieldScreen[Any], visit: VisitLine) -> None:
    """Ask who goes instead and say it."""
    host = screen.host
    with screen.saying():
        found = await host.ask(host.laptop.colleagues, visit.client)
        offered = [(staff, name) for staff, name in found if staff != visit.staff]
        picked = await screen.app.push_screen_wait(Choose("Who goes instead?", "", offered))
        if picked is not None:
            await take_visit(screen, visit, picked, dict(offered)[picked])


async def take_visit(screen: FieldScreen[Any], visit: VisitLine, staff: str, name: str) -> None:
    """Say that somebody goes."""
    host = screen.host
    with screen.saying():
        await host.ask(host.laptop.give_visit, visit.record, staff)
        host.touched(visit.record)
        screen.say("You go." if staff == host.me.staff else f"{name} goes.", tone="done")


async def start_visit(screen: FieldScreen[Any], visit: VisitLine) -> None:
    """Open the contact form of a visit; a `stop` is confirmed first."""
    if visit.state != "planned":
        screen.say(f"This visit is {visit.state} already: Enter opens the chart.", tone="note")
        return
    stops = must_read(visit.alerts, starting=True)
    if not await acknowledged(screen, visit.client, visit.name, visit.risk, stops):
        return
    screen.host.open("contact", client=visit.client, visit=visit.record)
