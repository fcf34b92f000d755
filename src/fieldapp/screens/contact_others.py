"""Who else took part: names in one line, and on what basis they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from ..records.canonical import Json
from ..records.kinds.disclosure import BASES
from ..widgets.form_choice import ChoiceBox
from ..widgets.form_line import FormLine
from .contact_rules import names_of, participants_of


class FormOthers(FormLine):
    """Names separated by commas; once there is one, the basis is asked."""

    DEFAULT_CSS = """
    FormOthers ChoiceBox { margin-left: 16; display: none; }
    FormOthers.-named ChoiceBox { display: block; }
    """

    def __init__(self, field: str, label: str, new_id: Callable[[], str]) -> None:
        super().__init__(field, label, placeholder="names, separated by commas")
        self._new_id = new_id
        self._known: Mapping[str, Mapping[str, Any]] = {}
        self._ids: dict[str, str] = {}
        self.box = ChoiceBox(tuple(BASES.items()), none="on what basis?")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.box

    def values(self) -> Mapping[str, Json]:
        basis = self.box.picked[0] if self.box.picked else ""
        return {self.field: participants_of(self.text, basis, self._known, self._item_of) or None}

    def _item_of(self, name: str) -> str:
        # An item keeps the id that it got first, however often the line is read.
        return self._ids.setdefault(name, self._new_id())

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        self._known = values.get(self.field) or {}
        super().restore({self.field: names_of(self._known)}, typed)
        bases = [row["disclosure_basis"] for row in self._known.values() if row.get("disclosure_basis")]
        self.box.show(bases[:1])
        self.set_class(bool(self.text.strip()), "-named")

    @on(Input.Changed)
    def _name_typed(self, _: Input.Changed) -> None:
        self.set_class(bool(self.text.strip()), "-named")

    @on(Input.Submitted)
    def _names_entered(self, event: Input.Submitted) -> None:
        if self.text.strip():
            event.prevent_default()
            event.stop()
            self.box.focus()

    @on(ChoiceBox.Picked)
    def _basis_picked(self, event: ChoiceBox.Picked) -> None:
        event.stop()
        self.changed()
        if event.final:
            self.done()

    @on(ChoiceBox.Through)
    def _basis_through(self, event: ChoiceBox.Through) -> None:
        event.stop()
        self.done()
