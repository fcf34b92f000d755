"""Opening what waits for somebody, from the day and from the sweep at its end alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .checkin import look_after
from .connection import ask_connection
from .draft_choice import draft_to_open
from .draft_routes import form_of
from .intensity_ask import ask_intensity
from .task_finish import finish_task

if TYPE_CHECKING:
    from ..store.models import DueLine
    from .base import FieldScreen

_OF_CLIENT = {
    "contact_plan": "contact_plan", "no_contact": "contact_plan", "plan_review": "plan", "measure": "measures",
    "lai": "medications", "missed": "medications", "risk": "risk", "alert_review": "face_sheet", "goals": "goals",
    "back": "stays", "stay": "stays", "length": "episode",
}  # fmt: skip
"""Lines that are done on a screen about their client."""


def open_due(screen: FieldScreen[Any], due: DueLine) -> None:
    """Open the screen on which a line is done; a task is closed at once."""
    host = screen.host
    if due.draft:
        screen.run_worker(open_draft(screen, due.draft, due), group="open")
    elif due.kind == "needs_you":
        _open_own(screen, due)
    elif due.kind == "connection":
        screen.run_worker(_connection(screen, due), group="done", exclusive=True)
    elif due.kind == "intensity":
        screen.run_worker(_intensity(screen, due), group="done", exclusive=True)
    elif due.kind == "task":
        screen.run_worker(close_task(screen, due), group="done", exclusive=True)
    elif due.kind == "handoff":
        if due.record:
            host.open("shift_report", record=due.record)
        else:
            host.open("shift_form")
    elif due.kind == "checkin":
        screen.run_worker(look_after(screen, due.record), group="done", exclusive=True)
    elif due.kind == "crisis":
        host.open("crisis", record=due.record)
    elif due.kind == "credential":
        host.open("staff_member", staff=due.record)
    elif due.kind == "unsigned":
        host.open("note", client=due.client, contact=due.record)
    elif due.kind == "same_visit":
        host.open("same_visit", record=due.record, other=due.other)
    elif due.kind in _OF_CLIENT:
        host.open(_OF_CLIENT[due.kind], client=due.client)
    elif due.kind == "conflict" or not due.record:
        host.open("chart", client=due.client)
    else:
        host.open("record", record=due.record, entry=due.entry)


async def _connection(screen: FieldScreen[Any], due: DueLine) -> None:
    with screen.saying():
        await ask_connection(screen, due.other, due.name, due.risk)


async def _intensity(screen: FieldScreen[Any], due: DueLine) -> None:
    with screen.saying():
        await ask_intensity(screen, due.record, due.what, due.client, due.name)


async def close_task(screen: FieldScreen[Any], due: DueLine) -> None:
    """Say what came of a task."""
    with screen.saying():
        await finish_task(screen, due.record, due.what, due.name)


async def open_draft(screen: FieldScreen[Any], name: str, due: DueLine | None = None) -> None:
    """Open a draft in its form; one that was written on two laptops is chosen or joined first."""
    with screen.saying():
        draft = await draft_to_open(screen, name)
        found = form_of(draft) if draft is not None else None
        if found is not None:
            route, arguments = found
            screen.host.open(route, **arguments)
        elif draft is not None and due is not None:
            _open_own(screen, due)


def _open_own(screen: FieldScreen[Any], due: DueLine) -> None:
    """Open what came back and has no form of its own."""
    if due.entry:
        screen.host.open("own", entry=due.entry)
