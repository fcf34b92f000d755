"""Write a plan with the client: one step at a time, in the client's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import day_of
from ..records.kind import Problem
from ..records.kinds import PLANS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormText
from ..widgets.text import styled
from . import safety_plan_rules as rules
from .form_head import client_head
from .form_pages import PagedForm, page_of
from .form_values import read_focus, take
from .keys import key
from .safety_plan_steps import END, START, pages
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft


class SafetyPlanEdit(PagedForm[bool]):
    """A new version of a client's safety plan or crisis plan."""

    CSS_PATH = ["form.tcss", "safety_plan.tcss"]
    HELP = (
        "# Safety plan\n\nOne step at a time; enter on an empty line goes to the next step, page down and page up too. "
        "Alt+up and alt+down move a line: the order of people is the order of the calls. Ctrl+t turns the screen to the "
        "client: large and plain, without alerts and without step 6. Ctrl+s shows the whole plan and has it signed."
    )
    BINDINGS = [
        key("ctrl+s", "send", "Sign", "Check the whole plan and sign it.", priority=True),
        key(
            "ctrl+t",
            "turn_round",
            "For client",
            "Turn the screen to the client, or back: nothing of staff on it.",
            priority=True,
        ),
    ]

    last_page = END

    def __init__(self, client: str, draft: str | None = None, kind: str = "safety_plan") -> None:
        super().__init__()
        self._client, self._draft_id, self._form = client, draft, PLANS[kind]
        self._people: dict[str, str] = {}
        self._line: ClientLine | None = None
        self._review = ""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="steps")
        yield Vertical(id="form")

    async def find_draft(self) -> Draft | None:
        host = self.host
        laptop, client = host.laptop, self._client
        self._line = await host.ask(laptop.client_line, client)
        plan = await host.ask(laptop.plan, client, self._form.kind)
        self._people = rules.people_by_name(plan.people)
        chart = await host.ask(laptop.chart, client)
        made_ms = plan.active[0].at_ms if plan.active else None
        today = day_of(host.corrected_ms(), host.me.tz).isoformat()
        self._review = rules.review_day(
            today, self._line.risk, chart.risk_since_ms, made_ms, host.me.settings
        )
        if self._draft_id is not None:
            return await host.ask(laptop.draft, self._draft_id)
        return await host.ask(laptop.start, self._form.kind, client)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        return ()

    async def show(self, draft: Draft) -> None:
        form = self.query_one("#form", Vertical)
        await form.remove_children()
        await form.mount_all(pages(self._form, self.host.corrected_ms, self.host.me.tz))
        focus = read_focus(draft.focus)
        fresh = draft.revision <= 1 and not draft.focus
        values = (
            rules.first_values(draft.values, self._line.language if self._line else "")
            if fresh
            else draft.values
        )
        shown = dict(values)
        if not shown.get("review_due"):
            shown["review_due"] = self._review
        for field in self.form_fields():
            field.restore({path: self._shown_value(shown, path) for path in field.paths()}, focus.typed)
        self.adopt(draft)
        if self._line is not None:
            self.query_one("#form-head", Static).update(
                client_head(f"{self._form.label} with", self._line, self.app.size.width)
            )
        landing = self.field_at(focus.field)
        self.turn_to(page_of(landing) if landing is not None else START)
        (landing or next(self.open_fields())).land(focus.place)

    @staticmethod
    def _shown_value(values: dict[str, Any], path: str) -> Any:
        value = take(values, path)
        # The question is asked with two answers; the record only says that a plan was declined.
        return {True: "yes", False: "no", None: None}[value] if path == "declined" else value

    def added(self, values: dict[str, Any]) -> None:
        values["declined"] = True if values.get("declined") == "yes" else None
        if values["declined"] is None:
            values.pop("declined")
        rules.complete(values, self.host.corrected_ms(), self._form.steps, self._people)

    def refit(self) -> None:
        declined = self.query_one("#field-declined", FormChoice).value == "yes"
        self.query_one("#field-declined-reason", FormText).display = declined
        values = self.gather()
        for step in self._form.steps:
            why = self.field_at(f"not_yet.{step}")
            if why is not None and why.field.startswith("not_yet"):
                why.display = not values.get(step)
        self.set_class(bool(values.get("print_means")), "-shows-means")
        self.page.speak(str(values.get("language") or ""), turned=self.has_class("-turned"))
        self._show_steps(values)

    def _show_steps(self, values: dict[str, Any]) -> None:
        marks = {"done": "✓", "later": "◷", "open": "·"}
        shown: list[Content] = []
        for number, step in enumerate(self._form.steps, 1):
            text = f" {number}{marks[rules.step_state(values, step)]} "
            shown.append(styled(text, "bold reverse" if number == self._page else ""))
        end = styled(" Agree ", "bold reverse" if self._page == END else "")
        self.query_one("#steps", Static).update(Content("").join([*shown, end]))

    def action_turn_round(self) -> None:
        """Turn the screen to the client, or back to staff."""
        if self.draft is None:
            return
        self.set_class(not self.has_class("-turned"), "-turned")
        self.refit()
        self.say("")
        self.land_on_page()

    def land_on_page(self) -> None:
        """Put the cursor on the page at hand; on what the client does not see it stands nowhere."""
        hidden = self.has_class("-turned") and self.page.private
        if hidden and not self.gather().get("print_means"):
            self.set_focus(None)
            return
        first = next(self.open_fields(), None)
        if first is not None:
            first.land()

    @on(FormField.Done)
    def _page_done(self, event: FormField.Done) -> None:
        event.prevent_default()
        fields = list(self.open_fields())
        field = event.field
        if field.field in ("declined", "about") and isinstance(field, FormChoice) and field.value != "yes":
            about = self.field_at("about")
            if field.field == "declined" and isinstance(about, FormChoice) and not about.value:
                about.land()
            else:
                self.action_turn(1)
            return
        at = fields.index(field) if field in fields else -1
        later = fields[at + 1 :]
        if later and not (field.field in self._form.steps and self.gather().get(field.field)):
            later[0].land()
        elif self._page < END:
            self.action_turn(1)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, f"Sign this {self._form.label.lower()}")

    async def finished(self, record: str) -> None:
        self.dismiss(True)
