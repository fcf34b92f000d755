"""Fields for measurements: typed in short, read back with their unit beside."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from ..clinical.quantities import pressure, quantity
from ..records.canonical import Json
from ..records.kinds.vitals import NUMBERS, number
from .form_line import FormLine
from .text import plain


class FormMeasured(FormLine):
    """A line that is read while it is typed; its unit, or what it means, stands behind it."""

    DEFAULT_CSS = """
    FormMeasured LineInput { width: 14; }
    FormMeasured .means { width: 1fr; height: 1; padding-left: 1; color: $text-muted; }
    """
    wrong = "Type a number."

    def __init__(self, field: str, label: str, *, placeholder: str = "") -> None:
        super().__init__(field, label, placeholder=placeholder, most=16)

    def compose_control(self) -> ComposeResult:
        yield from super().compose_control()
        yield Static("", classes="means")

    def read(self, text: str) -> Mapping[str, int] | None:
        """Return the values of a text by path; None if it cannot be read."""
        raise NotImplementedError

    def write(self, values: Mapping[str, Json]) -> str:
        """Return the text that stands for values."""
        raise NotImplementedError

    def means(self, values: Mapping[str, Json]) -> str:
        """Return the values in words."""
        raise NotImplementedError

    def values(self) -> Mapping[str, Json]:
        text = self.text.strip()
        if not text:
            return dict.fromkeys(self.paths())
        return self.read(text) or {}

    def typed(self) -> Mapping[str, str]:
        text = self.text.strip()
        return {self.field: self.text} if text and self.read(text) is None else {}

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        return self.wrong if self.typed() else ""

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        super().restore({self.field: self.write(values)}, typed)
        self._explain()

    def _explain(self) -> None:
        values = self.values()
        said = self.means(values) if any(value is not None for value in values.values()) else ""
        self.query_one(".means", Static).update(plain(said))

    @on(Input.Changed)
    def _read_on(self, _: Input.Changed) -> None:
        self._explain()
        if self.complains and not self.check():
            self.complain("")

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Say at the field what cannot be read."""
        super().on_descendant_blur(_)
        self.complain(self.check())


class FormPressure(FormMeasured):
    """A blood pressure: `128/82`."""

    wrong = "Type a blood pressure as two numbers, such as 128/82."

    def __init__(self, upper: str, lower: str, label: str) -> None:
        super().__init__(upper, label, placeholder="128/82")
        self._lower = lower

    def paths(self) -> tuple[str, ...]:
        return (self.field, self._lower)

    def read(self, text: str) -> Mapping[str, int] | None:
        found = pressure(text)
        return None if found is None else {self.field: found[0], self._lower: found[1]}

    def write(self, values: Mapping[str, Json]) -> str:
        upper, lower = values.get(self.field), values.get(self._lower)
        return "" if upper is None and lower is None else f"{upper or 0}/{lower or 0}"

    def means(self, values: Mapping[str, Json]) -> str:
        return "mmHg"


class FormQuantity(FormMeasured):
    """One measurement; other units are taken and turned into the program's."""

    def __init__(self, field: str, name: str, label: str, *, placeholder: str = "") -> None:
        super().__init__(field, label, placeholder=placeholder)
        self._measured = name

    def read(self, text: str) -> Mapping[str, int] | None:
        found = quantity(self._measured, text)
        return None if found is None else {self.field: found}

    def write(self, values: Mapping[str, Json]) -> str:
        value = values.get(self.field)
        return number(self._measured, value) if isinstance(value, int) else ""

    def means(self, values: Mapping[str, Json]) -> str:
        return f"{self.write(values)} {NUMBERS[self._measured][1]}"
