"""Who else took part: names in one line, colleagues among them marked as staff, and on what basis the others may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static

from ..clinical.disclosing import STANDINGS
from ..clinical.participants import names_of, of_line, outside
from ..records.canonical import Json
from ..records.kinds.contact import PARTICIPANTS
from ..records.kinds.disclosure import BASES
from ..widgets.form_choice import ChoiceBox
from ..widgets.form_line import FormLine
from ..widgets.text import lines, plain, styled

if TYPE_CHECKING:
    from ..store.sheet_models import Hearer


class FormOthers(FormLine):
    """Names separated by commas; as soon as one is not of the team, the basis is asked."""

    DEFAULT_CSS = """
    FormOthers ChoiceBox, FormOthers .team, FormOthers .hear { margin-left: 16; display: none; }
    FormOthers .team, FormOthers .hear { height: auto; color: $text-muted; }
    FormOthers.-named ChoiceBox, FormOthers.-named .hear, FormOthers.-team .team { display: block; }
    """

    @dataclass
    class Named(Message):
        """Other people from outside of the team are named than before: may they hear about the client?"""

        field: FormOthers
        names: tuple[str, ...]

    def __init__(
        self, field: str, label: str, new_id: Callable[[], str], staff: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(field, label, placeholder="names, with commas; colleagues in full or as staff tom")
        self._new_id, self._staff = new_id, tuple(staff)
        self._known: Mapping[str, Mapping[str, Any]] = {}
        self._ids: dict[str, str] = {}
        self.box = ChoiceBox(tuple(BASES.items()), none="on what basis?")
        self._asked: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static("", classes="team")
        yield Static("", classes="hear")
        yield self.box

    def _rows(self) -> dict[str, dict[str, Any]]:
        basis = self.box.picked[0] if self.box.picked else ""
        return of_line(self.text, basis, self._known, self._staff, self._item_of)

    def values(self) -> Mapping[str, Json]:
        return {self.field: self._rows() or None}

    def _item_of(self, name: str) -> str:
        # An item keeps the id that it got first, however often the line is read.
        return self._ids.setdefault(name, self._new_id())

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        self._known = values.get(self.field) or {}
        super().restore({self.field: names_of(self._known)}, typed)
        bases = [row["disclosure_basis"] for row in self._known.values() if row.get("disclosure_basis")]
        self.box.show(bases[:1])
        self._mark()

    def _mark(self) -> None:
        rows = list(self._rows().values())
        team = [f"{row['who']}: {PARTICIPANTS[row['kind']].lower()}" for row in rows if not outside(row)]
        self.set_class(any(map(outside, rows)), "-named")
        self.set_class(bool(team), "-team")
        self.query_one(".team", Static).update(plain(" · ".join(team)))
        named = tuple(str(row["who"]) for row in rows if outside(row))
        if named != self._asked:
            self._asked = named
            self.query_one(".hear", Static).update("")
            if named:
                self.post_message(self.Named(self, named))

    def tell(self, hearers: Sequence[Hearer]) -> None:
        """Show beside the names whether they may hear about the client, and why."""
        if tuple(hearer.name for hearer in hearers) != self._asked:
            return
        shown = [
            styled(
                f"{hearer.name}: {STANDINGS[hearer.answer.standing]}: {hearer.answer.why}",
                "$text-success" if hearer.answer.standing == "allowed" else "bold $text-warning",
            )
            for hearer in hearers
        ]
        self.query_one(".hear", Static).update(lines(*shown))

    @on(Input.Changed)
    def _name_typed(self, _: Input.Changed) -> None:
        self._mark()

    @on(Input.Submitted)
    def _names_entered(self, event: Input.Submitted) -> None:
        if self.has_class("-named"):
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
