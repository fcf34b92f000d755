"""The next agreement of a contact plan: it begins with what holds now, and what held before stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.times import day_of
from ..records.defaults import setting
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..records.kinds.contact import MODALITIES, TYPES
from ..records.kinds.contact_plan import AGREED, DAYS, MOST, MOST_DAYS, PER, REASONS, in_order
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber
from ..widgets.form_time import FormDay
from .contact_rules import SETTINGS
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

KIND = KINDS["contact_plan"].name
_NOT_CARRIED = frozenset({"reasons", "client_agreed", "start", "review_by"})
"""What is asked anew each time: why, whether the client agrees, from when, until when."""


class FormStart(FormDay):
    """The day from which an agreement holds: none before one that was agreed already, or it would never hold."""

    earliest = ""

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        wrong = super().check()
        value = self.values().get(self.field)
        if not wrong and value and str(value) < self.earliest:
            return f"The last agreement began on {self.earliest}: this one begins on that day or later."
        return wrong


class FormAnswer(FormChoice):
    """Whether the client agreed: whoever writes it down was there and knows."""

    def check(self) -> str:
        """Return what is wrong with what is picked; "" if nothing."""
        return super().check() or ("" if self.value else "Say whether the client agreed.")


class AgreementScreen(DraftScreen[None]):
    """One agreement."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Agree anew\n\nHow often, how, where and why. It begins with what holds now; whoever changes how often says for "
        "what reason. If everything stays, say by when it is looked at again and whether the client agrees. The agreement "
        "before stays in the history. New contacts with this client start with the way, place and type agreed here."
    )

    def __init__(self, client: str | None = None, draft: str | None = None) -> None:
        super().__init__()
        self._client, self._draft = client, draft
        self._line: ClientLine | None = None
        self._item = ""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def _path(self, name: str) -> str:
        return f"periods.{self._item}.{name}"

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            read = await host.ask(host.laptop.contact_plan, self._client or "")
            listed = (*read.coming, *((read.now,) if read.now else ()), *read.earlier)
            agreed = {one.item: dict(one.values) for one in listed}
            self._item = uuid7(host.now_ms())
            first = {"periods": {**agreed, self._item: self._begins_with(agreed)}}
            found = await host.ask(host.laptop.start, KIND, self._client, None, first)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        known, written = _periods(found.base), _periods(found.values)
        begun = [item for item in in_order(written) if item not in known]
        if begun:
            self._item = begun[-1]
            return found
        # A draft that was joined with another laptop's may hold none.
        self._item = uuid7(host.now_ms())
        values = dict(found.values) | {"periods": {**written, self._item: self._begins_with(known)}}
        return await host.ask(host.laptop.save_draft, found.id, values, found.focus)

    def _begins_with(self, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return what holds now, from today on, to be looked at again within the program's time."""
        today = day_of(self.host.corrected_ms(), self.host.me.tz)
        order = in_order(known)
        last = dict(known[order[-1]]) if order else {"per": "week"}
        days = setting(self.host.me.settings, "contact_plan_review_d")
        kept = {name: value for name, value in last.items() if name not in _NOT_CARRIED and value is not None}
        start = max(today.isoformat(), str(last.get("start") or ""))
        review = (date.fromisoformat(start) + timedelta(days=days)).isoformat()
        return kept | {"start": start, "review_by": review}

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz, at = self.host.corrected_ms, self.host.me.tz, self._path
        known = _periods(draft.base)
        start = FormStart(at("start"), "Holds from", now=now, tz=tz, placeholder="today, tue, 11/30")
        start.earliest = max((str(row.get("start") or "") for row in known.values()), default="")
        return [
            FormNumber(at("target_n"), "Contacts", most=MOST, placeholder="how many"),
            FormChoice(at("per"), "In", tuple(PER.items())),
            FormNumber(at("min_face_to_face"), "Face to face", most=MOST, placeholder="at least"),
            FormChoice(at("reasons"), "Reason", REASONS, several=True, none="why as often as that"),
            FormChoice(at("contact_types"), "Type", TYPES, several=True, none="any"),
            FormChoice(at("modalities_ok"), "How", MODALITIES, several=True, none="any"),
            FormChoice(at("settings"), "Where", SETTINGS, several=True, none="anywhere"),
            FormLine(at("locations"), "Where, in words", placeholder="the bench behind the library"),
            FormChoice(at("days"), "Days", DAYS, several=True, none="any day"),
            FormLine(at("time_windows"), "Times", placeholder="mornings, not before ten"),
            FormNumber(
                at("no_contact_alert_days"),
                "Flag after",
                most=MOST_DAYS,
                placeholder="days without contact",
            ),
            start,
            FormDay(at("review_by"), "Look again by", now=now, tz=tz, placeholder="+30, 12/20"),
            FormAnswer(at("client_agreed"), "Client", AGREED),
        ]

    async def shown(self) -> None:
        if self._line is not None and self.draft is not None:
            what = "Agree anew with" if _periods(self.draft.base) else "First agreement with"
            self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))

    def added(self, values: dict[str, Any]) -> None:
        if values.get("periods") == {}:
            del values["periods"]

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("The agreement is kept; the one before stays in the history.")
        self.dismiss()


def _periods(values: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = take(values, "periods")
    return found if isinstance(found, Mapping) else {}
