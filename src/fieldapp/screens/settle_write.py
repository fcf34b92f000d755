"""A new value instead of those side by side: a choice from the field's table, yes or no, or words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..store.read.words import CHOICES
from .reason_ask import AskReason, Choose

if TYPE_CHECKING:
    from ..store.models import Conflict
    from .base import FieldScreen

YES_NO = (("yes", "Yes"), ("no", "No"))


def field_of(path: str) -> str:
    """Return the field of a conflict's path as tables of choices name it: `phones.number`."""
    parts = path.split("/")
    return parts[0] if len(parts) == 1 else f"{parts[0]}.{parts[-1]}"


def way_to_write(conflict: Conflict) -> str:
    """Return how a new value is given: table, yes, number, text, or "" when it cannot be typed in one line."""
    parts = conflict.line.path.split("/")
    if len(parts) == 2 or conflict.line.path == "doc":
        return ""
    if (conflict.line.kind, field_of(conflict.line.path)) in CHOICES:
        return "table"
    values = [side.value for side in conflict.sides if side.value is not None]
    if values and all(isinstance(value, bool) for value in values):
        return "yes"
    if values and all(isinstance(value, int) for value in values):
        return "number"
    return "text" if values and all(isinstance(value, str) for value in values) else ""


async def new_value(screen: FieldScreen[Any], conflict: Conflict) -> tuple[bool, Any]:
    """Ask for a new value; returns whether there is one, and the value."""
    way = way_to_write(conflict)
    label = conflict.line.label
    if way in ("table", "yes"):
        table: Sequence[tuple[str, str]] = YES_NO
        if way == "table":
            table = tuple(CHOICES[conflict.line.kind, field_of(conflict.line.path)].items())
        picked = await screen.app.push_screen_wait(Choose(label, "", table))
        return picked is not None, (picked == "yes") if way == "yes" else picked
    if way not in ("text", "number"):
        return False, None
    answer = await screen.app.push_screen_wait(
        AskReason(label, "Type what is right; it is written in your name.", label="New value", need_text=True)
    )
    if answer is None:
        return False, None
    text = " ".join(answer.text.split()) if "\n" not in answer.text else answer.text
    if way == "number":
        if not (text.isascii() and text.isdigit()):
            screen.say("Type a whole number.")
            return False, None
        return True, int(text)
    return True, text
