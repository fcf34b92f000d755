"""A client's treatment plan: goals with what was done for each, versions, the review log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.screen import Screen

from ..widgets.text import plain, styled
from .goals_edit import GoalsEdit
from .goals_review import review
from .goals_text import body_text
from .keys import key
from .plan_reading import LAST_KEYS, PlanReading

if TYPE_CHECKING:
    from ..store.goal_models import GoalsRead
    from ..store.models import PlanRead, PlanVersion


class GoalsScreen(PlanReading):
    """Reads the treatment plan; writes a new version, or says that it stays."""

    CSS_PATH = ["form.tcss", "goals.tcss"]
    HELP = (
        "# Treatment plan\n\nThe version that stands, and under each goal the golden thread: the last contact or note that "
        "names it, how many there are on this laptop, and how it moved (from ▁ much worse to █ much better). Goals that no "
        "note names for long say so; notes that name no goal stand below.\n\nW writes a new version that starts from this "
        "one. R says that the plan was looked at and stays: an entry of the review log, no new version. Left and right show "
        "older versions, d what changed. P prints it for the client."
    )
    BINDINGS = [
        key("r", "review", "Reviewed", "Say that the plan was looked at and stays as it is."),
        *LAST_KEYS,
    ]
    statuses = {**PlanReading.statuses, "pending": "◷ active, waiting for approval"}

    def __init__(self, client: str, draft: str | None = None) -> None:
        super().__init__(client, draft)
        self._read: GoalsRead | None = None

    @property
    def kind(self) -> str:
        return "treatment_plan"

    @property
    def label(self) -> str:
        return "Treatment plan"

    @property
    def print_at_hand(self) -> str:
        return "treatment_plan"

    async def read_plan(self) -> PlanRead:
        self._read = read = await self.host.ask(self.host.laptop.goals, self._client)
        return read.plan

    def edit_screen(self, draft: str | None) -> Screen[bool]:
        return GoalsEdit(self._client, draft)

    def state_words(self, version: PlanVersion) -> str:
        state = super().state_words(version)
        part = version.doc.get("participation")
        return f"client refused, {state}" if part == "refused" else state

    def due_of(self, version: PlanVersion) -> str:
        return self._read.due.get(version.entry, "") if self._read is not None else ""

    def above(self, plan: PlanRead) -> list[Content]:
        found = self.overdue(plan)
        due = self.due_of(plan.active[0]) if plan.active else ""
        if due and not found:
            found.append(plain(f"Looked at again by {due}."))
        return found

    def below_none(self) -> list[Content]:
        due = self._read.first_due if self._read is not None else ""
        if not due:
            return []
        late = due < self.today
        words = f"◷ The first plan was due by {due}." if late else f"The first plan is due by {due}."
        return [styled(words, "bold $text-warning" if late else "$text-muted")]

    def body(self, version: PlanVersion) -> Content:
        if self._read is None:
            return plain("")
        return body_text(self._read, version, self.host.me.tz)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what one's role may not do; dim a review where no version stands on screen."""
        read = self._read
        if action == "write":
            return read is not None and read.may_write
        if action == "review":
            if read is None or not read.may_review:
                return False
            version = self.version
            return True if version is not None and version.active else None
        return super().check_action(action, parameters)

    @work(group="review")
    async def action_review(self) -> None:
        """Say that the plan was looked at and stays."""
        version, line, read = self.version, self._line, self._read
        if version is None or line is None or read is None:
            return
        with self.saying():
            if await review(self, version.entry, line, read.next_due):
                self.host.touched(read.plan.record)
                self.reread()
                self.say("The review is on the plan.", tone="done")
