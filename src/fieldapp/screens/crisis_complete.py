"""The question whether a crisis record is complete; the answer is the moment at which it was given."""

from __future__ import annotations

from collections.abc import Mapping

from ..records.canonical import Json
from ..records.envelope import instant
from ..widgets.form_choice import FormChoice
from ..widgets.form_time import Now


class FormComplete(FormChoice):
    """Yes keeps when it was said; not yet leaves the record open."""

    def __init__(self, field: str, label: str, *, now: Now) -> None:
        super().__init__(field, label, (("yes", "Yes"), ("no", "Not yet")), none="not yet")
        self._now = now
        self._since: Json = None

    def values(self) -> Mapping[str, Json]:
        if self.value != "yes":
            self._since = None
        elif self._since is None:
            self._since = instant(self._now())
        return {self.field: self._since}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        self._since = values.get(self.field)
        self.box.show(["yes"] if self._since else [])
