"""Discharge a client: how it ends, what was reached, what they go on with, who takes over; one signature ends the episode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..clinical.policy import allow
from ..clinical.times import day_of
from ..records.kind import Problem
from ..records.kinds.discharge import HANDED, LEVEL_OF
from ..widgets.flags import STYLES
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.text import lines, plain, styled
from . import discharge_rules as rules
from .discharge_pages import END, GOES_ON, HANDOFF, REACHED, TITLES, pages
from .form_head import client_head
from .form_pages import PagedForm, page_of
from .form_values import read_focus, take
from .keys import key
from .reading_rights import actor_of
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.discharge_models import DischargeStart
    from ..store.models import ClientLine, Draft
    from ..store.sheet_models import Hearer

KIND = "discharge"
NO_EPISODE = "This client has no episode that could end: it was discharged already, or never begun."
OTHERS = "A case manager or clinician writes a discharge, and there is none to read yet."


class DischargeScreen(PagedForm[None]):
    """One discharge."""

    CSS_PATH = ["form.tcss", "discharge.tcss"]
    HELP = (
        "# Discharge\n\nFour pages: how it ends, what was reached, what the client goes on with, who takes over. Goals, "
        "measures, medicines and the safety plan are filled in from the record. A summary and what became of the safety plan "
        "are needed; after a death, lost contact or a move nobody is asked for appointments. Beside each name under *Sent to* "
        "stands whether they may have it. Ctrl+s shows it all and has it signed: the episode ends, a supervisor co-signs, and "
        "after 30 days somebody asks whether the client is connected to care."
    )
    BINDINGS = [key("ctrl+s", "send", "Sign", "Check the discharge and sign it.", priority=True)]
    last_page = HANDOFF

    def __init__(
        self, client: str | None = None, record: str | None = None, draft: str | None = None
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft_id = client, record, draft
        self._line: ClientLine | None = None
        self._begun: DischargeStart | None = None
        self._hearers: tuple[Hearer, ...] = ()
        self._asked: tuple[str, ...] = ()
        self._to_read = ""
        """The discharge that stands already: it is opened once this form is gone."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="steps")
        yield Vertical(id="form")
        yield Static("", id="hint")

    @property
    def print_at_hand(self) -> str:
        return "aftercare"

    async def find_draft(self) -> Draft | None:
        host, laptop = self.host, self.host.laptop
        found: Draft | None = None
        if self._draft_id is not None:
            found = await host.ask(laptop.draft, self._draft_id)
        elif self._record is not None:
            found = await host.ask(laptop.start, KIND, None, self._record)
        if found is not None:
            self._client = found.client
        begun = await host.ask(laptop.discharge_start, self._client or "")
        self._begun, self._line = begun, await host.ask(laptop.client_line, self._client or "")
        if found is None and begun.draft:
            found = await host.ask(laptop.draft, begun.draft)
        if found is None and begun.record:
            # What stands is read; its author corrects it from there.
            self._to_read = begun.record
            return None
        if found is None and not allow(actor_of(host.me), "sign", KIND):
            self.say_below(OTHERS, tone="note")
            return None
        if found is None and begun.no_episode:
            self.say_below(NO_EPISODE, tone="note")
            return None
        return found or await host.ask(laptop.start, KIND, self._client, None, begun.values)

    async def on_unmount(self) -> None:
        await super().on_unmount()
        if self._to_read:
            self.host.open("record", record=self._to_read)

    async def show(self, draft: Draft) -> None:
        focus = read_focus(draft.focus)
        people = self._begun.people if self._begun is not None else ()
        form = self.query_one("#form", Vertical)
        self._filling = True
        try:
            await form.remove_children()
            await form.mount_all(pages(self.host.corrected_ms, self.host.me.tz, people))
            for field in self.form_fields():
                field.restore({path: take(draft.values, path) for path in field.paths()}, focus.typed)
        finally:
            self._filling = False
        self.adopt(draft)
        if self._line is not None:
            what = "Correct the discharge of" if draft.prev else "Discharge"
            self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))
        landing = self.field_at(focus.field)
        self.turn_to(page_of(landing) if landing is not None else END)
        (landing or next(self.open_fields())).land(focus.place)
        self._ask_hearers()

    def added(self, values: dict[str, Any]) -> None:
        today = day_of(self.host.corrected_ms(), self.host.me.tz)
        known = {one.name: one for one in self._hearers}
        rules.complete(values, today, self._facts(), known)

    def _facts(self) -> Mapping[str, Any]:
        """Return what the record keeps as it is now; a correction keeps what stood on its day."""
        if self._begun is None or self.draft is None or self.draft.prev:
            return {}
        return self._begun.facts

    def refit(self) -> None:
        if not self.query("#page-0"):
            return
        values = self.gather()
        died = values.get("reason") == rules.DIED
        plan = str(values.get("plan_disposition") or "")
        hidden = rules.OF_AFTERCARE | {"plan_disposition", "supports"} if died else frozenset()
        for field in self.form_fields():
            field.display = field.field not in hidden
        reason = self.field_at("plan_reason")
        if reason is not None:
            reason.display = bool(plan) and plan not in HANDED and not died
        self._show_steps(values)
        self._show_hint(values)

    def _show_steps(self, values: Mapping[str, Any]) -> None:
        done = {
            END: bool(values.get("reason") and values.get("summary")),
            REACHED: all(row.get("status") for row in values.get("goals") or ()),
            GOES_ON: bool(values.get("plan_disposition")),
            HANDOFF: bool(values.get("handoff")),
        }
        shown = [
            styled(f" {words}{'✓' if done[number] else ' '} ", "bold reverse" if number == self._page else "")
            for number, words in enumerate(TITLES)
        ]
        self.query_one("#steps", Static).update(Content("").join(shown))

    def _show_hint(self, values: Mapping[str, Any]) -> None:
        said: list[Content] = []
        if self._page == END and self._begun is not None:
            left = rules.left_hint(self._begun)
            said += [styled(left, STYLES["warning"])] if left else []
        if self._page == REACHED:
            for heading, rows in rules.facts_text(values):
                said += [styled(heading, "bold $text-primary"), *(plain(f"  {row}") for row in rows)]
        if self._page == GOES_ON:
            wait = rules.wait_hint(values)
            said += [styled(wait, STYLES["warning"])] if wait else []
        if self._page == HANDOFF:
            for words, allowed in rules.hearer_lines(self._hearers):
                said.append(styled(words, STYLES["done"] if allowed else "bold $text-warning"))
        hint = self.query_one("#hint", Static)
        hint.update(lines(*said))
        hint.display = bool(said)

    def react(self, field: FormField) -> None:
        """Propose the level that a reason leads to, and ask who may have the summary."""
        # What stood against the last try to sign may be mended by now; the next try says what is left.
        self.say("")
        level = self.field_at("to")
        if field.field == "reason" and isinstance(field, FormChoice) and isinstance(level, FormChoice):
            if not level.value or level.value in LEVEL_OF.values():
                level.restore({"to": LEVEL_OF.get(field.value)}, {})
        if field.field == "sent_to":
            self._ask_hearers()

    def _ask_hearers(self) -> None:
        names = rules.names_of(self.gather())
        if names != self._asked and self.draft is not None:
            self._asked = names
            self._hear(names)

    @work(group="hearers", exclusive=True)
    async def _hear(self, names: tuple[str, ...]) -> None:
        """Say below the names whether they may have the summary."""
        with self.saying():
            if self.draft is None or self.draft.client is None:
                return
            self._hearers = await self.host.ask(self.host.laptop.hearers, self.draft.client, names)
            self.refit()
            self.edited()

    async def _send_checked(self) -> None:
        # Who was typed last must be judged before it is signed.
        names = rules.names_of(self.gather())
        if names != tuple(one.name for one in self._hearers) and self.draft is not None and self.draft.client:
            self._asked = names
            self._hearers = await self.host.ask(self.host.laptop.hearers, self.draft.client, names)
        await super()._send_checked()

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        what = (
            "Correct this discharge"
            if self.draft.meaning == "amend"
            else "Sign this discharge: the episode ends"
        )
        return await confirm_signing(self, self.draft, problems, what)

    async def finished(self, record: str) -> None:
        self.say_below(
            "The discharge is signed and the episode has ended. P prints the aftercare sheet for the client."
        )
        self.dismiss()
