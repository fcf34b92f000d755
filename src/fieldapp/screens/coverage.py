"""Who pays for a client: the coverage of the open episode, each payer with its authorization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..laptop.failures import NotAllowed
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_time import FormDay
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

KIND = KINDS["episode"].name
MOST_UNITS = 100_000


class CoverageScreen(DraftScreen[None]):
    """The payers of one client, and one more."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Payers\n\nThe payer whose authorization holds on the day of a contact decides its codes and units. A payer that "
        "pays no more gets a last day; emptying its name takes it out. The last lines are for another payer. Contacts that "
        "were saved keep what they were counted by."
    )

    def __init__(self, client: str | None = None, draft: str | None = None) -> None:
        super().__init__()
        self._client, self._draft = client, draft
        self._line: ClientLine | None = None
        self._new = ""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            episode = await host.ask(host.laptop.open_episode, self._client or "")
            if not episode:
                raise NotAllowed("This client has no episode yet: payers are written once one was opened.")
            found = await host.ask(host.laptop.start, KIND, self._client, episode)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        known, written = _payers(found.base), _payers(found.values)
        self._new = next((item for item in written if item not in known), "") or uuid7(host.now_ms())
        return found

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        fields: list[FormField] = []
        items = [*_payers(draft.base), self._new]
        for item in items:
            at = f"coverage.{item}"
            new = item == self._new
            fields += [
                FormLine(
                    f"{at}.payer",
                    "Another payer" if new else "Payer",
                    placeholder="as your code table names it",
                ),
                FormLine(f"{at}.member_id", "Member number"),
                FormLine(f"{at}.auth_no", "Authorization", placeholder="its number"),
                FormPastDay(f"{at}.auth_from", "From", now=now, tz=tz, placeholder="today, 11/02"),
                FormDay(f"{at}.auth_to", "Until", now=now, tz=tz, placeholder="12/31, +90"),
                FormNumber(f"{at}.auth_units", "Units", most=MOST_UNITS, placeholder="that are authorized"),
            ]
        return fields

    async def shown(self) -> None:
        if self._line is not None:
            head = client_head("Payers of", self._line, self.app.size.width)
            self.query_one("#form-head", Static).update(head)

    def added(self, values: dict[str, Any]) -> None:
        if values.get("coverage") == {}:
            del values["coverage"]

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("The payers are kept.")
        self.dismiss()


def _payers(values: Mapping[str, Any]) -> Mapping[str, Any]:
    found = take(values, "coverage")
    return found if isinstance(found, Mapping) else {}
