"""Rows that are items of a record, such as phones: each keeps its id and what its row does not show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..records.canonical import Json
from .form_row import Column
from .form_rows import FormRows

_ITEM = "_item"


class FormItems(FormRows):
    """Items by their id, in the order of their first column; an emptied row takes its item away."""

    def __init__(
        self, field: str, label: str, columns: Sequence[Column], *, most: int, new_item: Callable[[], str]
    ) -> None:
        super().__init__(field, label, columns, most=most)
        self._new_item = new_item
        self._was: dict[str, Mapping[str, Any]] = {}

    def values(self) -> Mapping[str, Json]:
        found: dict[str, Json] = {}
        for row in self.rows:
            if row.blank:
                continue
            if _ITEM not in row.kept:
                row.kept = {**row.kept, _ITEM: self._new_item()}
            data = row.data()
            item = str(data.pop(_ITEM))
            # An emptied cell is said to be empty, or the old value would stay.
            found[item] = data | {name: None for name in self._was.get(item, {}) if name not in data}
        return {self.field: found}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        stored: Mapping[str, Mapping[str, Any]] = values.get(self.field) or {}
        self._was = {item: dict(row) for item, row in stored.items()}
        first = self.columns[0].name
        ordered = sorted(stored.items(), key=lambda one: (str(one[1].get(first) or ""), one[0]))
        self._show([{**row, _ITEM: item} for item, row in ordered])

    def action_shift(self, step: int) -> None:
        """Items have no order of their own."""
