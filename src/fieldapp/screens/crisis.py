"""Write a crisis record: the first four answers at once, the rest when the night is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from ..clinical.times import HOUR_MS, moment_words
from ..records.defaults import setting
from ..records.envelope import instant_ms
from ..records.kind import Problem
from ..records.kinds import crisis
from ..records.kinds.contact import SETTINGS
from ..records.kinds.safety_plan import STEPS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_rows import FormRows
from ..widgets.form_span import FormSpan
from ..widgets.form_time import FormMoment, FormPast
from ..widgets.text import styled
from . import crisis_rules as rules
from .crisis_complete import FormComplete
from .crisis_start import start_crisis
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import take
from .keys import key
from .note_beside import beside
from .sign import confirm_signing
from .stay_offer import of_crisis, wants_stay

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

BESIDE = 110
"""From this width on risk, last note and safety plan stand beside the form."""


class CrisisScreen(DraftScreen[None]):
    """One crisis of one client."""

    CSS_PATH = ["form.tcss", "crisis.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (BESIDE, "-wide")]
    BINDINGS = [
        key("ctrl+s", "send", "Sign", "Check what is there and sign it; the rest may follow.", priority=True)
    ]
    HELP = (
        "# Crisis record\n\nFour answers make the first record: who called, how high the risk is, what you did, when. "
        "Ctrl+s signs it. What is missing follows within 24 hours: Today lists it, and it opens where you left it.\n\n"
        "Signing raises the client's risk, logs the contact, and makes the task to follow up."
    )

    def __init__(
        self, client: str | None = None, record: str | None = None, draft: str | None = None
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft = client, record, draft
        self._line: ClientLine | None = None
        self._plan = ""
        self._steps: tuple[tuple[str, str], ...] = ()
        self._staff: tuple[tuple[str, str], ...] = ()
        self._first_ms: int | None = None
        """When the record was first signed; None for a new one."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with Horizontal(id="desk"):
            yield VerticalScroll(id="form", can_focus=False)
            with VerticalScroll(id="beside"):
                yield Static("", id="beside-text")

    async def find_draft(self) -> Draft | None:
        host = self.host
        draft = await start_crisis(self, self._client, self._record, self._draft)
        if draft is None:
            return None
        self._client = draft.client or ""
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._plan, self._steps = rules.steps_offered(await host.ask(host.laptop.plan, self._client))
        self._staff = await host.ask(host.laptop.colleagues, self._client)
        if draft.prev:
            read = await host.ask(host.laptop.record, draft.record)
            self._first_ms = min((version.signed_ms for version in read.versions), default=None)
        return draft

    # Fields

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        steps = {*dict(self._steps), *(draft.values.get("plan_steps") or ())}
        offered = [(code, words) for code, words in STEPS.items() if code in steps]
        self._steps = tuple(offered)

        def past(name: str, label: str, words: str = "") -> FormPast:
            return FormPast(
                name, label, now=now, tz=tz, placeholder="2315, now-20", since=self._began, since_words=words
            )

        return [
            FormChoice("caller", "Who called", crisis.CALLERS),
            FormChoice("risk.level", "Risk now", crisis.LEVELS),
            FormChoice("interventions", "What you did", crisis.INTERVENTIONS, several=True),
            FormSpan("initial_contact_at", "ended_at", "When", now=now, tz=tz),
            FormLine("caller_name", "Caller's name"),
            FormChoice("channel", "How", crisis.CHANNELS),
            FormLine("location", "Where exactly", placeholder="where the client is now"),
            FormChoice("setting", "Kind of place", SETTINGS),
            past("face_to_face_at", "Face to face", "after the call"),
            FormLine("not_in_person_why", "Why not", placeholder="why nobody saw the client in person"),
            FormLine("responders", "Who responded", placeholder="names, separated by commas"),
            FormChoice("second_person", "Second person", crisis.SECOND),
            FormLine("second_person_reason", "Why", placeholder="the risk that asked for a second person"),
            FormChoice("nature", "Brought on by", crisis.NATURES, several=True),
            FormText("presentation", "What you saw and heard", classes="-stacked"),
            FormChoice("intoxication", "Intoxication", crisis.INTOXICATION),
            FormChoice("risk.kinds", "Which risk", crisis.RISKS, several=True),
            FormText("risk.basis", "What the level of risk rests on", classes="-stacked"),
            FormLine("screen_result", "Screening", placeholder="which one, and what came out"),
            FormLine("means_access", "Within reach", placeholder="dangerous things, and where they are now"),
            FormLine("protective", "What protects"),
            FormChoice("plan_existed", "Had a plan", crisis.ASKED),
            FormChoice("plan_used", "The plan was", crisis.PLAN_USE),
            FormChoice("plan_steps", "Steps used", offered, several=True, none="none yet"),
            FormLine("interventions_text", "In words"),
            FormRows("consulted", "Consulted", rules.CONSULTED, most=4),
            FormRows("notified", "Told", rules.NOTIFIED, most=6),
            FormChoice("dispositions", "It ended with", crisis.DISPOSITIONS, several=True),
            FormLine("disposition_text", "In words"),
            FormLine("dcr.agency", "DCR agency"),
            FormLine("dcr.name", "DCR name"),
            past("dcr.called_at", "DCR called"),
            past("dcr.arrived_at", "DCR arrived", "after the call"),
            FormLine("dcr.outcome", "DCR outcome"),
            FormText("dcr.legal_basis", "Legal basis, as the DCR said it", classes="-stacked"),
            FormRows(
                "reports", self._line.reporting if self._line is not None else "", rules.REPORTS, most=4
            ),
            FormMoment("follow_up_due", "Follow up by", now=now, tz=tz, placeholder=self._follow_up_words()),
            FormChoice("follow_up_owner", "Who", self._staff, none="the client's primary worker"),
            FormText("late_reason", "Why it is late"),
            FormComplete("closed_at", "Complete?", now=now),
        ]

    def _began(self) -> int | None:
        values = self.query_one(FormSpan).values()
        began = values.get("initial_contact_at")
        return instant_ms(str(began)) if began else None

    def _follow_up_words(self) -> str:
        return f"within {setting(self.host.me.settings, 'crisis_follow_up_h')} h"

    async def shown(self) -> None:
        draft, line = self.draft, self._line
        if draft is None or line is None:
            return
        what = (
            "Crisis of"
            if not draft.prev
            else "Complete the crisis of"
            if self._open
            else "Correct the crisis of"
        )
        self.query_one("#form-head", Static).update(client_head(what, line, self.app.size.width))
        form = self.query_one("#form", VerticalScroll)
        for path, words in rules.HEADINGS.items():
            field = self.field_at(path)
            if field is not None:
                await form.mount(Static(styled(words, ""), classes="section"), before=field)
        if self.app.size.width >= BESIDE:
            self.query_one("#beside-text", Static).update(await beside(self.host, line))

    @property
    def _open(self) -> bool:
        """Whether the version that this one follows was still to be completed."""
        return self.draft is not None and bool(self.draft.prev) and not self.draft.base.get("closed_at")

    def refit(self) -> None:
        if self.draft is None:
            return
        values = self.gather()
        first_ms = self._first_ms or self.host.corrected_ms()
        late = crisis.is_late(values, first_ms, self.host.me.settings)
        away = rules.hidden(values, late=late, steps=self._steps)
        for field in self.form_fields():
            shown = field.field not in away or bool(take(self.draft.values, field.field))
            if field.field == "face_to_face_at":
                shown = not rules.met_at_once(values)
            if field.display != shown:
                field.display = shown

    def react(self, field: FormField) -> None:
        if isinstance(field, FormSpan):
            for moment in self.query(FormPast):
                moment.explain()

    def added(self, values: dict[str, Any]) -> None:
        rules.complete(values, self.host.me.tz, self._plan)

    # Signing

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        draft = self.draft
        if draft is None:
            return None
        # Completing what was begun is no correction: nobody asks why.
        reason = "Completed" if draft.meaning == "amend" and self._open else ""
        title = "Sign the crisis record" if not draft.prev or self._open else "Sign this correction"
        return await confirm_signing(self, draft, problems, title, reason=reason)

    async def finished(self, record: str) -> None:
        values, name = self.gather(), self._line.name if self._line is not None else ""
        said = f"Signed: crisis of {name}."
        if not values.get("closed_at"):
            hours = setting(self.host.me.settings, "crisis_note_h")
            by = (self._began() or self.host.corrected_ms()) + hours * HOUR_MS
            said += f" Complete it by {moment_words(by, self.host.corrected_ms(), self.host.me.tz)}: it waits on Today."
        self.say_below(said)
        self._go_on(values)

    @work(group="after")
    async def _go_on(self, values: Mapping[str, Any]) -> None:
        """Leave the form; a crisis that ended in hospital, ED or jail offers the stay first."""
        told, line = of_crisis(values, self.host.me.tz), self._line
        new = self.draft is not None and not self.draft.prev
        with self.saying():
            wanted = (
                told is not None
                and line is not None
                and new
                and await wants_stay(self, line, "The crisis is signed.")
            )
            self.dismiss()
            if wanted and line is not None:
                self.host.open("stay", client=line.client, values=told)
