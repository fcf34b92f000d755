"""Note the number of an instrument that was filled in on its own form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..records.instruments import INSTRUMENTS
from ..records.kind import Problem
from ..records.kinds.measure import name_of, result_words
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_time import FormMoment
from ..widgets.text import plain
from .form_draft import DraftScreen
from .form_head import client_head
from .keys import key
from .measure_values import first_values
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import Draft


class MeasureNumber(DraftScreen[bool]):
    """One number and its date."""

    CSS_PATH = ["form.tcss", "measure.tcss"]
    HELP = "# Number\n\nThe result as it stands on the form, and when it was filled in. Ctrl+s signs it."
    BINDINGS = [key("ctrl+s", "send", "Sign", "Sign this number.", priority=True)]

    def __init__(
        self,
        client: str | None = None,
        instrument: str = "",
        record: str | None = None,
        draft: str | None = None,
    ) -> None:
        super().__init__()
        self._client, self._code, self._record, self._draft_id = client, instrument, record, draft

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield VerticalScroll(id="form", can_focus=False)
        yield Static("", id="measure-licence", markup=False)

    async def find_draft(self) -> Draft | None:
        host = self.host
        laptop = host.laptop
        if self._draft_id is not None:
            draft = await host.ask(laptop.draft, self._draft_id)
        else:
            known = INSTRUMENTS.get(self._code)
            values = first_values(known, host.me.staff, host.corrected_ms()) if known is not None else None
            draft = await host.ask(laptop.start, "measure", self._client, self._record, values)
        self._client = draft.client
        return draft

    def fields(self, draft: Draft) -> Sequence[FormField]:
        return (
            FormLine("score", "Number", placeholder="such as 4 or 4.35", most=8),
            FormMoment("at", "When", now=self.host.corrected_ms, tz=self.host.me.tz),
        )

    async def shown(self) -> None:
        if self.draft is None or self._client is None:
            return
        line = await self.host.ask(self.host.laptop.client_line, self._client)
        head = client_head(f"{name_of(self.draft.values)} of", line, self.app.size.width)
        self.query_one("#form-head", Static).update(head)
        self.query_one("#measure-licence", Static).update(plain(self.draft.values.get("licence") or ""))

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, f"Sign · {name_of(self.draft.values)}")

    async def finished(self, record: str) -> None:
        values = self.gather()
        self.say_below(f"{name_of(values)} signed: {result_words(values)}")
        self.dismiss(True)
