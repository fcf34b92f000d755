"""One shift of the on-call roster: from when, until when, who."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_time import FormMoment
from ..widgets.text import lines, styled
from .form_draft import DraftScreen
from .form_values import read_focus, take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import Draft

KIND = KINDS["oncall"].name
_CARRIED = ("backup", "supervisor", "phone")
"""What a new shift takes over from the last one; who answers first is asked anew."""


class FormWho(FormChoice):
    """Who answers first: a shift without anybody is none."""

    def check(self) -> str:
        """Return what is wrong with what is picked; "" if nothing."""
        return super().check() or ("" if self.value else "Choose who answers.")


class FormNeededMoment(FormMoment):
    """A day and time that may not be empty."""

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        return super().check() or (
            "" if self.values().get(self.field) else "Type day and time, such as fri 17:00."
        )


class ShiftScreen(DraftScreen[None]):
    """One shift."""

    HELP = (
        "# Shift\n\nA new shift begins where the last one ends. Day and time: fri 17:00, +7 8:00, 11/30 12:00. The roster shows "
        "at once where nobody answers, or two do."
    )

    def __init__(self, item: str = "", draft: str | None = None) -> None:
        super().__init__()
        self._item, self._draft = item, draft
        self._staff: tuple[tuple[str, str], ...] = ()

    def _path(self, name: str) -> str:
        return f"shifts.{self._item}.{name}"

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            found = await host.ask(host.laptop.start, KIND, None, None, {"program": host.me.program})
        self._staff = await host.ask(host.laptop.on_call_staff)
        before, after = found.base.get("shifts") or {}, found.values.get("shifts") or {}
        changed = [item for item in after if after[item] != before.get(item)]
        parts = read_focus(found.focus).field.split(".")
        if changed and self._item not in changed:
            self._item = parts[1] if len(parts) == 3 and parts[1] in changed else changed[0]
            if self._draft is None:
                self.say("This change was begun: save or discard it first.", tone="note")
        elif not self._item:
            self._item = uuid7(host.now_ms())
            values = dict(found.values) | {"shifts": {**after, self._item: self._begins_with(before)}}
            found = await host.ask(host.laptop.save_draft, found.id, values, found.focus)
        return found

    def _begins_with(self, known: dict[str, Any]) -> dict[str, Any]:
        """Return a shift that begins where the last one ends."""
        rows = sorted((row for row in known.values() if row.get("until")), key=lambda row: str(row["until"]))
        if not rows:
            return {}
        kept = {name: rows[-1][name] for name in _CARRIED if rows[-1].get(name)}
        return kept | {"since": rows[-1]["until"]}

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz, at = self.host.corrected_ms, self.host.me.tz, self._path
        return [
            FormNeededMoment(at("since"), "From", now=now, tz=tz, placeholder="fri 17:00"),
            FormNeededMoment(at("until"), "Until", now=now, tz=tz, placeholder="mon 8:00"),
            FormWho(at("primary"), "Answers", self._staff),
            FormChoice(at("backup"), "Backup", self._staff),
            FormChoice(at("supervisor"), "Supervisor", self._staff),
            FormLine(at("phone"), "Phone", placeholder="what people dial"),
        ]

    async def shown(self) -> None:
        if self.draft is None:
            return
        known = take(self.draft.base, f"shifts.{self._item}")
        what = "Change a shift" if known else "A new shift"
        self.query_one("#form-head", Static).update(
            lines(styled(what, "bold"), styled(f"On call for {self.host.me.program_name}", "$text-muted"))
        )

    def added(self, values: dict[str, Any]) -> None:
        base = take(self.draft.base, f"shifts.{self._item}") if self.draft is not None else None
        row = take(values, f"shifts.{self._item}")
        if isinstance(base, dict) and isinstance(row, dict):
            # What was emptied is said to be empty, or the old value would stay.
            row |= {name: None for name in base if name not in row}

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("It is in the roster.")
        self.dismiss()
