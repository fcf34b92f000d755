"""A medication list inside another form: one row for each line that is taken, changed where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..records.canonical import Json
from ..records.kinds.medication_list import is_current
from .form_row import Column
from .form_rows import FormRows

_ITEM, _STOP = "_item", "_stop"
_COLUMNS = (
    Column("name", "Medicine"),
    Column("dose", "Dose", 15),
    Column("schedule", "How often", 18),
    Column(_STOP, "", 9, (("stop", "stop"),)),
)


class FormMedicines(FormRows):
    """The lines of a list by their item id; fields that a row does not show stay as they are."""

    HELP = (
        "Change a dose where it stands; a new line goes below the others. Stop is the last cell: 1 stops the medicine "
        "today, backspace takes that back."
    )

    def __init__(
        self, field: str, label: str, *, today: Callable[[], str], new_item: Callable[[], str]
    ) -> None:
        super().__init__(field, label, _COLUMNS, most=40)
        self._today, self._new_item = today, new_item
        self._rest: dict[str, Any] = {}
        self._was: dict[str, Mapping[str, Any]] = {}

    def values(self) -> Mapping[str, Json]:
        found = dict(self._rest)
        for row in self.rows:
            if row.blank and _ITEM not in row.kept:
                continue
            if _ITEM not in row.kept:
                row.kept = {**row.kept, _ITEM: self._new_item()}
            data = row.data()
            item = str(data.pop(_ITEM))
            stops = data.pop(_STOP, None) == "stop"
            was = self._was.get(item, {})
            # An emptied cell is said to be empty, or the old value would stay.
            data |= {name: None for name in was if name not in data}
            if stops and not data.get("stop"):
                data["stop"] = self._today()
            elif not stops and data.get("stop") == self._today():
                data["stop"] = None
            found[item] = data
        return {self.field: found}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        stored: Mapping[str, Mapping[str, Any]] = values.get(self.field) or {}
        day = self._today()
        shown, self._rest, self._was = [], {}, {}
        for item, row in sorted(
            stored.items(), key=lambda one: (str(one[1].get("name") or "").lower(), one[0])
        ):
            stop = str(row.get("stop") or "")
            if not row.get("name") or not (is_current(row, day) or stop == day):
                self._rest[item] = dict(row)
                continue
            self._was[item] = dict(row)
            shown.append({**row, _ITEM: item, **({_STOP: "stop"} if stop == day else {})})
        self._show(shown)

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        nameless = any(_ITEM in row.kept and not row.data().get("name") for row in self.rows)
        return "Each line names its medicine. To end one, choose stop in its last cell." if nameless else ""

    def action_shift(self, step: int) -> None:
        """Lines have no order of their own."""
