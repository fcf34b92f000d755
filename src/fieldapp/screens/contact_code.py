"""The code line of a contact: which service code, how many units and why, live as the form is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.widgets import Static

from ..clinical.coding import NO_CODE, Coding, Line, code_line
from ..records.canonical import Json
from ..records.codes.stated import TOGETHER
from ..records.codes.why import units_words
from ..widgets.form_choice import FormChoice
from ..widgets.text import plain

COUNTED_FROM = (
    "start", "stop", "outcome", "contact_type", "modality", "client_present_min", "travel_min", "participants",
)  # fmt: skip
"""Facts of a contact that its code and units follow from."""
_NONE = (NO_CODE, "No code")


class FormCode(FormChoice):
    """The likeliest code is taken by itself and follows the form; whoever picks one keeps it while it may be used."""

    DEFAULT_CSS = """
    FormCode .means { height: auto; padding-left: 17; color: $text-muted; }
    """
    FIELDS = TOGETHER
    """Fields of the contact that it writes."""

    def __init__(self, known: Coding, record: str, base: Mapping[str, Any]) -> None:
        super().__init__("service_code", "Code", (), none="no code yet")
        self.known, self.record, self.base = known, record, base
        self.chosen = ""
        self.line = Line((), None, "", {})
        self._shown = ""
        """What stood in the box by itself; anything else in it was picked."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static("", classes="means")

    def follow(self, values: Mapping[str, Any]) -> None:
        """Work out codes and units for the form as it stands, and show them."""
        self._notice_pick()
        try:
            self.line = code_line(values, self.known, record=self.record, chosen=self.chosen)
        except (ValueError, TypeError, KeyError):
            # A time that is being typed; the field at fault says so itself.
            self.line = Line((), None, "", {})
        if self._stands(values):
            self.line = kept(self.line, self.base)
        options: Sequence[tuple[str, str]] = [
            (one.code, " ".join([one.code, one.label])) for one in self.line.offers
        ]
        self.box.none = "no code" if self.line.why else "follows from time and type"
        self.box.offer([*options, _NONE] if options else ())
        taken = self.line.taken
        declined = self.chosen == NO_CODE and bool(options)
        self.box.show([NO_CODE] if declined else [taken.code] if taken is not None else [])
        self._shown = self.value
        words = said(self.line)
        means = self.query_one(".means", Static)
        means.update(plain(words))
        means.display = bool(words)

    def _stands(self, values: Mapping[str, Any]) -> bool:
        """Tell whether nothing changed that the units of a saved contact were counted from."""
        if self.base.get("units") is None or self.chosen != str(self.base.get("service_code") or ""):
            return False
        # A record says an empty list of people where a form says nothing.
        said, was = (
            [None if at.get(n) == {} else at.get(n) for n in COUNTED_FROM] for at in (values, self.base)
        )
        return said == was

    def _notice_pick(self) -> None:
        """Remember what was picked: another field's change may be worked out before the box has said so."""
        if self.value != self._shown:
            self.chosen = self._shown = self.value

    def changed(self) -> None:
        """Remember what was picked before saying so."""
        self._notice_pick()
        super().changed()

    def values(self) -> Mapping[str, Json]:
        return {}

    def entered(self) -> Mapping[str, Json]:
        """Return the fields of the contact that follow from the line."""
        return self.line.fields

    def typed(self) -> Mapping[str, str]:
        return {self.field: self.chosen} if self.chosen else {}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        # A contact that was saved with a code keeps it while it may be used.
        self.chosen = typed.get(self.field) or str(self.base.get(self.field) or "")


def kept(line: Line, base: Mapping[str, Any]) -> Line:
    """Return the line of a contact whose units stay as they were signed, whatever the tables say by now."""
    fields = {name: base.get(name) for name in TOGETHER}
    taken = line.taken
    if taken is not None:
        modifiers = tuple(base.get("modifiers") or ())
        taken = replace(taken, units=base.get("units") or 0, modifiers=modifiers)
    return Line(line.offers, taken, str(base.get("units_why") or ""), fields)


def said(line: Line) -> str:
    """Return the line below the code: modifiers, units and how they came about."""
    taken = line.taken
    if taken is None:
        return line.why
    if not line.why:
        return " · ".join(filter(None, [" ".join(taken.modifiers), "units follow from the times"]))
    added = f"{taken.add_on_code} {units_words(taken.add_on_units)}" if taken.add_on_units else ""
    return " · ".join(filter(None, [" ".join(taken.modifiers), line.why, added]))
