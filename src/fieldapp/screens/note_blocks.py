"""The blocks of a note beside its story: most by one key each, out of the way until they are wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..records.kinds.note import LINES
from ..records.note_tables import INTERVENTIONS, MSE, SAW_NOTE
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine

HINTS: Mapping[str, str] = {
    "function": "sleep, self-care, work, money, people: what changed",
    "substance_use": "what, how much, when last",
    "meds_line": "taken, missed, side effects in short",
    "interpreter": "who, which language",
    "telehealth_line": "platform, where the client is, who else is in the room",
    "next_contact": "when, where, with whom",
    "life_event": "a loss, a birth, a job or school: asks to look at how often you meet",
}
BLOCKS = frozenset({"interventions", "mse_quick", *LINES, "client_saw_note"})
"""Values of the fields that one key shows; one that holds something is always shown."""


def block_fields(values: Mapping[str, Any]) -> list[FormField]:
    """Return the fields of the common blocks in the order in which they are read (clinical.md 2.11)."""
    lines = [FormLine(name, label, placeholder=HINTS[name]) for name, label in LINES.items()]
    return [
        FormChoice(
            "interventions", "Interventions", offered(INTERVENTIONS, values.get("interventions")),
            several=True, none="what you did",
        ),
        FormChoice(
            "mse_quick", "Mental status", offered(MSE, values.get("mse_quick")), several=True, none="what you saw"
        ),
        *lines,
        FormChoice("client_saw_note", "Saw the note", SAW_NOTE),
    ]  # fmt: skip


def offered(table: Mapping[str, str], picked: Collection[str] | None) -> Sequence[tuple[str, str]]:
    """Return the answers of a table, and codes of a later version that are picked already."""
    return [*table.items(), *((code, code) for code in picked or () if code not in table)]
