"""Which medicines something is about: picked by key, kept with their words as they were."""

from __future__ import annotations

from collections.abc import Mapping

from ..records.canonical import Json
from .form_choice import FormChoice


class FormAbout(FormChoice):
    """Several lines of a medication list; none means all of them."""

    def __init__(self, field: str, label: str, offered: Mapping[str, str]) -> None:
        super().__init__(field, label, offered, several=True, none="all of them")
        self._offered = dict(offered)
        self._known: dict[str, str] = {}

    def values(self) -> Mapping[str, Json]:
        rows = [
            {"medicine": item, "name": self._known.get(item) or self._offered.get(item) or ""}
            for item in self.box.picked
        ]
        return {self.field: rows or None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        rows = values.get(self.field) or []
        self._known = {str(row.get("medicine") or ""): str(row.get("name") or "") for row in rows}
        left = [(item, words) for item, words in self._known.items() if item not in self._offered]
        if left:
            self.box.offer([*self._offered.items(), *left])
        self.box.show(list(self._known))
