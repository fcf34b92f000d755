"""Write a treatment plan with the client: needs, a page for each goal, what is agreed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import day_of
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds.treatment_plan import GOALS_MAX
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.text import styled
from . import goals_rules as rules
from .form_head import client_head
from .form_pages import PagedForm, page_of
from .form_values import read_focus, take
from .goals_pages import AGREE, NEEDS, FormNeed, FormStarters, pages, path_of
from .keys import key
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

MARKS = {"done": "✓", "begun": "·", "empty": " "}
SIGNED = ("signature", "signed_name", "signed_on", "witness")


class GoalsEdit(PagedForm[bool]):
    """A new version of a client's treatment plan."""

    CSS_PATH = ["form.tcss", "goals.tcss"]
    HELP = (
        "# Treatment plan\n\nFirst what the plan answers to, then a page for each goal, then what is agreed. Page down and "
        "page up turn the pages. *About* chooses what a goal is about and offers ways to begin; the client's own words "
        "are the goal, and notes offer them by their digit. A goal that is worded anew stays the same goal. Ctrl+s shows "
        "the whole plan and has it signed."
    )
    BINDINGS = [key("ctrl+s", "send", "Sign", "Check the whole plan and sign it.", priority=True)]
    last_page = AGREE

    def __init__(self, client: str, draft: str | None = None) -> None:
        super().__init__()
        self._client, self._draft_id = client, draft
        self._line: ClientLine | None = None
        self._order: list[str] = []
        """The goal id of each page."""
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
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._review = (await host.ask(host.laptop.goals, self._client)).next_due
        if self._draft_id is not None:
            return await host.ask(host.laptop.draft, self._draft_id)
        return await host.ask(host.laptop.start, "treatment_plan", self._client)

    async def show(self, draft: Draft) -> None:
        focus = read_focus(draft.focus)
        fresh = draft.revision <= 1 and not draft.focus
        shown = rules.first_values(draft.values) if fresh else dict(draft.values)
        # A goal that was begun but has no word yet is found again by its id in the place of the cursor.
        here = focus.field.split(".")[1:2] if focus.field.startswith("goals.") else []
        new = [uuid7(self.host.now_ms()) for _ in range(GOALS_MAX)]
        self._order = rules.slots(shown, [*here, *new])
        form = self.query_one("#form", Vertical)
        await form.remove_children()
        await form.mount_all(pages(self._order, self.host.corrected_ms, self.host.me.tz))
        if not shown.get("review_due"):
            shown["review_due"] = self._review
        for field in self.form_fields():
            field.restore({path: take(shown, path) for path in field.paths()}, focus.typed)
        self.adopt(draft)
        if self._line is not None:
            self.query_one("#form-head", Static).update(
                client_head("Treatment plan with", self._line, self.app.size.width)
            )
        landing = self.field_at(focus.field)
        self.turn_to(page_of(landing) if landing is not None else NEEDS)
        (landing or next(self.open_fields())).land(focus.place)

    def added(self, values: dict[str, Any]) -> None:
        rules.complete(values, self._order, day_of(self.host.corrected_ms(), self.host.me.tz))

    def is_page_open(self, number: int) -> bool:
        """Goals that are there, and one more."""
        if number in (NEEDS, AGREE):
            return True
        goals = self.gather().get("goals") or {}
        there = [place for place, goal_id in enumerate(self._order, 1) if goal_id in goals]
        return number <= max(there, default=0) + 1

    def refit(self) -> None:
        if not self.query("#page-0"):
            return
        values = self.gather()
        self._refit_goal(values)
        part = str(values.get("participation") or "")
        self._show("participation_reason", part in ("partly", "refused"))
        how = str(values.get("signature") or "")
        for name in SIGNED:
            self._show(name, part in ("agreed", "partly"))
        self._show("signed_name", how == "typed_on_device")
        self._show("witness", how == "verbal_witnessed")
        self._show_steps(values)

    def _refit_goal(self, values: dict[str, Any]) -> None:
        if not NEEDS < self._page < AGREE:
            return
        goal = (values.get("goals") or {}).get(self._order[self._page - 1]) or {}
        begin = self.page.query_one(FormStarters)
        begin.offer(str(goal.get("domain") or ""), self._line.language if self._line else "en")
        begin.display = bool(begin.box.options) and (not goal.get("words") or bool(begin.value))
        need = self.page.query_one(FormNeed)
        need.offer([str(row["text"]) for row in values.get("needs") or () if row.get("text")])
        need.display = bool(need.box.options or need.value)

    def _show(self, name: str, wanted: bool) -> None:
        field = self.field_at(name)
        if field is not None:
            field.display = wanted

    def _show_steps(self, values: dict[str, Any]) -> None:
        goals = values.get("goals") or {}
        names = {NEEDS: f" Needs{'✓' if values.get('needs') else ' '} "}
        for number, goal_id in enumerate(self._order, 1):
            if self.is_page_open(number):
                mark = MARKS[rules.page_state(goals.get(goal_id) or {})]
                names[number] = f" {number}{mark} " if goal_id in goals else " + "
        names[AGREE] = " Agree "
        shown = [
            styled(text, "bold reverse" if number == self._page else "") for number, text in names.items()
        ]
        self.query_one("#steps", Static).update(Content("").join(shown))

    def react(self, field: FormField) -> None:
        """Put a way to begin into the line of the goal, as long as the client has said nothing else."""
        if not isinstance(field, FormStarters) or not field.value:
            return
        words = self.field_at(field.field.replace(".starter", ".words"))
        offered = {code for code, _ in field.box.options}
        if isinstance(words, FormLine) and (not words.text.strip() or words.text in offered):
            words.restore({words.field: field.value}, {})

    def action_turn(self, step: int) -> None:
        """Go to the next page or the one before; an empty page for one more goal is passed over once it was seen."""
        if step > 0 and NEEDS < self._page < AGREE and self.draft is not None:
            if self._order[self._page - 1] not in (self.gather().get("goals") or {}):
                self.turn_to(AGREE)
                self.land_on_page()
                return
        super().action_turn(step)

    def show_problems(self, problems: Sequence[Problem]) -> bool:
        """Lead from "no goal" to the first goal's page."""
        first = path_of(self._order[0], "words") if self._order else "goals"
        found = [
            Problem(first, problem.sentence, problem.stops) if problem.field == "goals" else problem
            for problem in problems
        ]
        return super().show_problems(found)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, "Sign this treatment plan")

    async def finished(self, record: str) -> None:
        self.dismiss(True)
