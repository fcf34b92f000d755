"""One record of the face sheet: identity, episode, alert, person, consent, disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.due import add_days
from ..clinical.times import day_of
from ..records.defaults import setting
from ..records.envelope import instant
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..records.kinds.alert import CLASS_OF, DEFAULT_SEVERITY
from ..records.text import folded
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from .form_draft import DraftScreen
from .form_head import client_head
from .safety_plan_rules import people_by_name
from .sheet_fields import FIELDS, Around, hidden
from .sign import overrides_for

if TYPE_CHECKING:
    from ..clinical.disclosing import Person
    from ..store.models import ClientLine, Draft

_SAID = {
    "client": "Kept.",
    "alert": "The alert stands before every visit.",
    "related_person": "Kept. Who may hear what is a consent's business.",
    "consent": "The consent holds from now on.",
    "disclosure": "It is in the list of what was told.",
}


class SheetForm(DraftScreen[None]):
    """One record."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Face sheet\n\nOnly what you change is written, so that a colleague who changes another field at the same time is "
        "not overwritten. Escape leaves; what you typed stays a draft."
    )

    def __init__(
        self, kind: str, client: str | None = None, record: str | None = None, draft: str | None = None
    ) -> None:
        super().__init__()
        self._kind, self._client, self._record, self._draft = kind, client, record, draft
        self._line: ClientLine | None = None
        self._people: tuple[Person, ...] = ()

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            new = {} if self._record else self._defaults()
            found = await host.ask(host.laptop.start, self._kind, self._client, self._record, new)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        if self._kind in ("consent", "disclosure"):
            self._people = await host.ask(host.laptop.people_around, self._client or "")
        return found

    def _defaults(self) -> dict[str, Any]:
        today = day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()
        if self._kind == "alert":
            days = setting(self.host.me.settings, "alert_expiry_d")
            return {"first_seen": today, "review_by": add_days(today, days)}
        if self._kind == "consent":
            return {"since": today, "signed_on": today}
        if self._kind == "disclosure":
            return {"at": instant(self.host.corrected_ms())}
        return {}

    def fields(self, draft: Draft) -> Sequence[FormField]:
        host = self.host
        names = tuple(person.name for person in self._people)
        around = Around(host.corrected_ms, host.me.tz, self._new_item, names)
        return FIELDS[self._kind](around)

    def _new_item(self) -> str:
        return uuid7(self.host.now_ms())

    async def shown(self) -> None:
        if self._line is not None and self.draft is not None:
            what = KINDS[self._kind].label
            words = f"{what} of" if self.draft.prev else f"New {what.lower()} for"
            self.query_one("#form-head", Static).update(client_head(words, self._line, self.app.size.width))

    def refit(self) -> None:
        if self.draft is None:
            return
        away = hidden(self._kind, self.gather())
        for field in self.form_fields():
            filled = any(value not in (None, [], {}) for value in field.values().values()) or bool(
                field.typed()
            )
            field.display = filled or field.field not in away

    def react(self, field: FormField) -> None:
        """Propose how severe an alert is; a severity that was picked stays."""
        severity = self.field_at("severity")
        if (
            self._kind == "alert"
            and field.field == "code"
            and isinstance(field, FormChoice)
            and isinstance(severity, FormChoice)
            and not severity.value
        ):
            severity.restore({"severity": DEFAULT_SEVERITY.get(field.value, "caution")}, {})

    def added(self, values: dict[str, Any]) -> None:
        if self._kind == "alert" and values.get("code"):
            values["cls"] = CLASS_OF.get(values["code"], "home_safety")
        if self._kind in ("consent", "disclosure"):
            who = folded(values.get("recipient" if self._kind == "consent" else "to"))
            known = people_by_name((person.related, person.name) for person in self._people)
            related = known.get(who) or None
            if related or values.get("related"):
                values["related"] = related

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below(_SAID[self._kind])
        self.dismiss()
