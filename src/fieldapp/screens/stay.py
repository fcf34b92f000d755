"""Write a stay down, or its end: where the client is, since when, who can be asked there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.stays import AWAY
from ..clinical.times import day_of
from ..records.kind import Problem
from ..records.kinds.stay import HAS_LEGAL, LEARNED, LEGAL, WENT_TO, WHATS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_time import FormClock, FormDay
from .form_draft import DraftScreen
from .form_head import client_head
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

KIND = "stay"
_OF_END = ("until_time", "went_to")


class StayScreen(DraftScreen[None]):
    """One stay."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Hospital, ED or jail\n\nThe digit picks where the client is; the rest may follow when you know it. While a stay is "
        "open the episode is on hold: nobody is reminded of the contact plan. A visit to an emergency department changes "
        "nothing. When you give the day they left, the follow-ups begin: seen within 7 and 30 days, or as your program sets it."
    )

    def __init__(
        self,
        client: str | None = None,
        record: str | None = None,
        draft: str | None = None,
        values: Mapping[str, Any] | None = None,
        ending: bool = False,
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft = client, record, draft
        self._given, self._ending = dict(values or {}), ending
        self._line: ClientLine | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def _today(self) -> str:
        return day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            first = {"until": self._today()} if self._ending else {}
            if self._record is None:
                first = {"since": self._today(), "tz": host.me.tz} | self._given
            found = await host.ask(host.laptop.start, KIND, self._client, self._record, first)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        return found

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        return [
            FormChoice("what", "Where", WHATS, optional=False),
            FormLine("place", "Which place", placeholder="name, unit or floor"),
            FormPastDay("since", "Since", now=now, tz=tz, placeholder="today, tue, -3, 11/12"),
            FormClock("since_time", "At", now=now, tz=tz, placeholder="if known: 14:30"),
            FormChoice("legal", "By own will", LEGAL),
            FormLine("why", "Why", placeholder="in few words"),
            FormChoice("learned", "Known from", LEARNED),
            FormLine("contact_name", "Ask there for", placeholder="social worker, nurse, release counselor"),
            FormLine("contact_phone", "Phone there"),
            FormDay("planned_discharge", "Planned out", now=now, tz=tz, placeholder="fri, +5, 12/01"),
            FormPastDay("until", "Left on", now=now, tz=tz, placeholder="once over: today"),
            FormClock("until_time", "At", now=now, tz=tz, placeholder="if known: 9:30"),
            FormChoice("went_to", "Went to", WENT_TO),
            FormLine("remark", "Remark"),
        ]

    async def shown(self) -> None:
        if self._line is None or self.draft is None:
            return
        known = bool(self.draft.prev)
        what = "Back from hospital, ED or jail:" if self._ending else "Where they are:" if known else "Away:"
        self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))
        if self._ending:
            self._after_end()

    def _after_end(self) -> None:
        """Put the cursor where the end is said, whatever was filled in before."""
        until, went_to = self.field_at("until"), self.field_at("went_to")
        if until is not None and went_to is not None:
            if not until.values().get("until") and not until.typed():
                until.restore({"until": self._today()}, {})
                self.refit()
            self.call_after_refresh(went_to.land)

    def refit(self) -> None:
        if self.draft is None:
            return
        values = self.gather()
        what, over = str(values.get("what") or ""), bool(values.get("until"))
        wanted = {
            "legal": what in HAS_LEGAL,
            "contact_name": what != "missing",
            "contact_phone": what != "missing",
            "planned_discharge": what != "missing" and not over,
            **dict.fromkeys(_OF_END, over),
        }
        for field in self.form_fields():
            filled = any(value is not None for value in field.values().values()) or bool(field.typed())
            field.display = filled or wanted.get(field.field, True)

    def added(self, values: dict[str, Any]) -> None:
        if not values.get("tz"):
            values["tz"] = self.host.me.tz

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        values = self.gather()
        if values.get("until"):
            said = "Kept. Who came back is to be seen soon: it stands on Today."
        elif values.get("what") in AWAY:
            said = "Kept. The episode is on hold until you say that they left."
        else:
            said = "Kept. Say how the visit ended when you know."
        self.say_below(said)
        self.dismiss()
