"""Log a contact: outcome by one key, times as people say them, the rest from the plan or the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widgets import Static

from ..clinical import contact_entry
from ..clinical.times import floor_minute
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds.contact import AUDIO_REASONS, MODALITIES, SEEN, TYPES
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber
from ..widgets.form_span import FormSpan
from ..widgets.form_time import FormMoment
from ..widgets.identity import called
from . import contact_rules as rules
from .acknowledge import acknowledged, must_read
from .contact_after import after_contact
from .contact_code import FormCode
from .contact_others import FormOthers
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import put, read_focus
from .routes import make
from .sign import confirm_signing, overrides_for
from .stay_offer import of_contact

if TYPE_CHECKING:
    from ..clinical.coding import Coding
    from ..store.models import ClientLine, Draft


class ContactScreen(DraftScreen[None]):
    """One contact or attempt."""

    HELP = (
        "# Log a contact\n\nOne key picks the outcome. Type times as `930`, `9:30`, `now`, `now-45`, or `45m` for "
        "the 45 minutes up to now; the stop may also be how long it took. The service code and its units follow from what you fill in; on the "
        "line Code a key picks another. Ctrl+s saves at any time."
    )

    def __init__(
        self,
        client: str | None = None,
        record: str | None = None,
        draft: str | None = None,
        visit: str | None = None,
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft, self._visit = client, record, draft, visit
        self._line: ClientLine | None = None
        self._coding: Coding | None = None
        self._filled: Mapping[str, Any] = {}
        """The times that were filled in for an attempt, and not by the person."""
        self._staff: tuple[tuple[str, str], ...] = ()
        """Colleagues, who may come along."""
        self._called: Mapping[str, Any] = {}
        """The last video or phone contact with the client."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        found: Draft | None = None
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
            self._client = found.client
        elif self._record is not None:
            found = await host.ask(host.laptop.start, "contact", None, self._record)
            self._client = found.client
        if self._client is None:
            # A line of quick entry may hold a name that nobody has.
            typed = read_focus(found.focus).typed.get("client", "") if found is not None else ""
            picker = make("pick", question="Log a contact with", typed=typed)
            self._client = await self.app.push_screen_wait(picker)
            if self._client is None:
                return None
            if found is not None:
                found = await host.ask(host.laptop.name_draft, found.id, self._client)
        self._line = await host.ask(host.laptop.client_line, self._client)
        me = host.me.staff
        self._staff = tuple(row for row in await host.ask(host.laptop.staff) if row[0] != me)
        around = rules.start_of(found.values) if found is not None else None
        self._coding = await host.ask(host.laptop.coding, self._client, around)
        if found is not None:
            # A draft opens also where its client's chart would ask for a reason by now.
            if await host.ask(host.laptop.way_in, self._client) is not None:
                self._called = (await host.ask(host.laptop.contact_start, self._client)).called
            return found
        stops = must_read(self._line.alerts)
        # The day's list has asked already before it opened a planned visit.
        if self._visit is None:
            if not await acknowledged(self, self._client, called(self._line), self._line.risk, stops):
                return None
        start = await host.ask(host.laptop.contact_start, self._client, None, self._visit)
        self._called = start.called
        visit = next((visit for visit in start.visits if visit.record == self._visit), None)
        values = contact_entry.defaults(visit, start.last, start.agreed)
        return await host.ask(host.laptop.start, "contact", self._client, None, values)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        code = [FormCode(self._coding, draft.record, draft.base)] if self._coding is not None else []
        return [
            FormChoice("outcome", "Outcome", rules.OUTCOMES, optional=False),
            FormSpan("start", "stop", "When", now=now, tz=tz),
            FormChoice("modality", "How", MODALITIES),
            FormChoice("setting", "Where", rules.SETTINGS),
            FormChoice("contact_type", "Type", TYPES),
            FormLine("client_location", "Client was at", placeholder="where the client was during the call"),
            FormLine("callback", "Call back at", placeholder="number, if the call breaks off"),
            FormYes("consent_on_file", "Consent on file", yes="Yes, to telehealth", no="No"),
            FormLine("platform", "Platform", placeholder="what the video ran on; nothing is recorded"),
            FormChoice("audio_only_reason", "Why no video", AUDIO_REASONS),
            FormYes("privacy_check", "Private", yes="Nobody could listen in", no="Somebody could"),
            FormLine("emergency_number", "Emergency no.", placeholder="whom to call where the client is"),
            FormOthers("participants", "Others present", lambda: uuid7(now()), self._staff),
            FormNumber("client_present_min", "Client there min", most=720, placeholder="if not all the time"),
            FormNumber("travel_min", "Travel minutes", most=600),
            FormNumber("miles", "Miles", most=2000),
            FormLine("pos", "Place code", placeholder="two digits, as the payer wants it", most=2),
            *code,
            FormLine("remark", "Remark", placeholder="one line; the story goes into the note"),
            FormMoment("next_contact_at", "Next contact", now=now, tz=tz, placeholder="tue 10:00, +7 14:30"),
        ]

    async def shown(self) -> None:
        if self._line is not None and self.draft is not None:
            what = "Log a contact with" if not self.draft.prev else "Change the contact with"
            head = client_head(what, self._line, self.app.size.width)
            self.query_one("#form-head", Static).update(head)
            if self.draft.meaning == "amend":
                self.say("These facts are frozen: a change is a correction and says why.", tone="note")

    def added(self, values: dict[str, Any]) -> None:
        rules.complete(values, self.host.me.tz)
        code = self.query_one_optional(FormCode)
        if code is not None and self.draft is not None:
            # Times that cannot be read are none, whatever an earlier letter of them came to.
            unread = {"start", "stop"} if self.query_one(FormSpan).check() else ()
            code.follow({name: value for name, value in values.items() if name not in unread})
            for name, value in code.entered().items():
                put(values, name, value, keep_empty=name in self.draft.base)

    @on(FormOthers.Named)
    @work(group="hearers", exclusive=True)
    async def _others_named(self, event: FormOthers.Named) -> None:
        """Say beside the names of others whether they may hear about the client."""
        if self.draft is not None and self.draft.client:
            event.field.tell(await self.host.ask(self.host.laptop.hearers, self.draft.client, event.names))

    def refit(self) -> None:
        for name, wanted in rules.asked(self.gather()).items():
            field = self.field_at(name)
            if field is not None:
                field.display = wanted

    def react(self, field: FormField) -> None:
        self._react(field)
        if field.field in ("modality", "contact_type", "outcome", "client_location"):
            for name, value in contact_entry.from_last_call(self.gather(), self._called).items():
                self.query_one(f"#field-{name.replace('_', '-')}", FormField).restore({name: value}, {})

    def _react(self, field: FormField) -> None:
        span = self.query_one(FormSpan)
        if isinstance(field, FormChoice) and field.field == "modality":
            where = self.query_one("#field-setting", FormChoice)
            if not contact_entry.fits(field.value, where.value):
                where.restore({}, {})
        elif isinstance(field, FormChoice) and field.field == "setting":
            # The number of the place before is none of this one.
            self.query_one("#field-pos", FormLine).restore({}, {})
        elif isinstance(field, FormChoice) and field.field == "outcome":
            kind = self.query_one("#field-contact-type", FormChoice)
            if field.value in contact_entry.ATTEMPTS and not kind.value:
                # Nothing happened that could have another type; it stays open to change.
                kind.restore({"contact_type": contact_entry.ATTEMPT_TYPE}, {})
            if field.value not in SEEN and span.empty:
                now = floor_minute(self.host.corrected_ms())
                span.fill(now, now)
                self._filled = dict(span.values())
            elif field.value in SEEN and self._filled and self._filled == span.values():
                span.restore({}, {})

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        if self.draft.meaning == "amend":
            return await confirm_signing(self, self.draft, problems, "Correct this contact")
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self._go_on(record, self.gather())

    @work(group="after")
    async def _go_on(self, record: str, values: Mapping[str, Any]) -> None:
        with self.saying():
            line, draft = self._line, self.draft
            opens = None
            if line is not None and draft is not None and not draft.prev:
                opens = await after_contact(self, line, values)
            self.dismiss()
            if opens == "note" and line is not None:
                self.host.open("note", client=line.client, contact=record)
            if opens == "stay" and line is not None:
                told = of_contact(record, values, self.host.me.tz)
                self.host.open("stay", client=line.client, values=told)
