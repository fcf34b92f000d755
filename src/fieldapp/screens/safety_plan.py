"""A client's safety plan or crisis plan: the standing version first, older ones and the difference by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.screen import Screen

from ..clinical.plan_spoken import spoken
from ..prints.words import numbers
from ..records.kinds import PLANS
from ..widgets.text import styled
from .keys import key
from .plan_reading import LAST_KEYS, PlanReading
from .safety_plan_edit import SafetyPlanEdit
from .safety_plan_turned import TurnedPlan

if TYPE_CHECKING:
    from ..store.models import PlanRead, PlanVersion


class SafetyPlanScreen(PlanReading):
    """Reads the plan at once; writes a new version."""

    CSS_PATH = ["form.tcss", "safety_plan.tcss"]
    HELP = (
        "# Safety plan\n\nThe version that stands. W writes a new version that starts from it. Left and right show "
        "older versions, d what changed; v lists all versions and compares any two. T turns the plan to the client, x shows "
        "the other plan. Two versions that stand side by side are settled with s. P prints."
    )
    BINDINGS = [
        key("t", "turn", "For client", "Turn the plan to the client: one step at a time, nothing of staff."),
        key("x", "other", "Other plan", "Show the crisis plan instead of the safety plan, or back."),
        *LAST_KEYS,
    ]
    statuses = {**PlanReading.statuses, "pending": "◷ awaiting a mental health professional"}

    def __init__(self, client: str, draft: str | None = None, kind: str = "safety_plan") -> None:
        super().__init__(client, draft)
        self._form = PLANS[kind]

    @property
    def kind(self) -> str:
        return self._form.kind

    @property
    def label(self) -> str:
        return self._form.label

    @property
    def print_at_hand(self) -> str:
        return "plan"

    def edit_screen(self, draft: str | None) -> Screen[bool]:
        return SafetyPlanEdit(self._client, draft, self.kind)

    def state_words(self, version: PlanVersion) -> str:
        state = super().state_words(version)
        return f"declined, {state}" if version.doc.get("declined") else state

    def above(self, plan: PlanRead) -> list[Content]:
        found: list[Content] = []
        line = self._line
        if self.kind == "safety_plan" and line is not None and line.plan_why and plan.active:
            text = f"◷ Look at this plan again now, after: {line.plan_why.lower()}."
            found.append(styled(text, "bold $text-error"))
        return [*found, *self.overdue(plan), styled("☎ " + "  ·  ".join(self._phones()), "bold")]

    def _phones(self) -> list[str]:
        phone = self.host.me.phone_24_7
        calls = [f"Team, day and night: {phone}" if phone else "", "988: call or text"]
        line = self._line
        local = f"{line.local_county} {line.local_line}".strip() if line is not None else ""
        return [call for call in (*calls, local or self.host.me.local_crisis_line) if call]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim turning a plan that there is not."""
        if action == "turn":
            return self.version is not None
        return super().check_action(action, parameters)

    def action_turn(self) -> None:
        """Turn the plan to the client."""
        version = self.version
        if version is not None:
            me, doc = self.host.me, version.doc
            line = self._line
            local = line.local_line if line is not None else me.local_crisis_line
            county = line.local_county if line is not None else ""
            found = numbers(spoken(doc.get("language")), me.phone_24_7, local, county)
            phones = [f"{label}: {number}" for label, number in found.rows if number]
            self.app.push_screen(TurnedPlan(self._form, doc, phones))

    def action_other(self) -> None:
        """Show the other plan."""
        self._form = next(form for form in PLANS.values() if form is not self._form)
        self.show_first()
        self.reread()
