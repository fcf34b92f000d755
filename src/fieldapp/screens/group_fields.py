"""The fields of a group session's form in order: what all did, the grid, and what seldom changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..records.group_tables import EXPERIENTIAL, GROUP_TYPES
from ..records.kinds.contact import MODALITIES, TYPES
from ..records.note_tables import INTERVENTIONS
from ..widgets.form_choice import KEYS, FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_span import FormSpan
from ..widgets.group_grid import FormGrid
from .contact_rules import SETTINGS

if TYPE_CHECKING:
    from ..store.group_models import GroupDesk
    from ..store.models import Draft


def group_fields(
    draft: Draft, desk: GroupDesk | None, now: Callable[[], int], tz: str
) -> Sequence[FormField]:
    """Return the fields; a group on the program's list has its title, a correction has no grid."""
    modules = [(one.code, one.title) for one in desk.modules] if desk is not None else []
    staff = desk.staff[: len(KEYS)] if desk is not None else ()
    named = (
        []
        if draft.values.get("group")
        else [FormLine("title", "Group", placeholder="its name, not people's")]
    )
    module = [FormChoice("module", "Module", modules)] if modules else []
    grid = [] if draft.prev else [FormGrid()]
    return [
        *named,
        FormSpan("start", "stop", "When", now=now, tz=tz),
        *module,
        FormLine("topic", "Topic"),
        FormText(
            "summary", "For all", placeholder="what the group did, without names; it stands in every note"
        ),
        FormLine("homework", "Homework", placeholder="what everybody was given; none if empty"),
        *grid,
        FormText("late_reason", "Why it is late"),
        FormChoice("facilitators", "Facilitators", staff, several=True),
        FormChoice("contact_type", "Type", [(code, TYPES[code]) for code in GROUP_TYPES], optional=False),
        FormChoice("experiential", "Experiential", EXPERIENTIAL, none="no"),
        FormChoice("modality", "How", MODALITIES, optional=False),
        FormChoice("setting", "Where", SETTINGS),
        FormChoice("methods", "Methods", INTERVENTIONS, several=True, none="none named"),
    ]
