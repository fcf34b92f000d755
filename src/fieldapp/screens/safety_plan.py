"""A client's safety plan or crisis plan: the standing version first, older ones and the difference by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.due import is_overdue
from ..clinical.plan_spoken import spoken
from ..clinical.times import day_of
from ..prints.words import numbers
from ..records.kind import DOC
from ..records.kinds import PLANS
from ..widgets.text import lines, plain, styled
from .base import FieldScreen
from .form_head import client_head
from .keys import BACK, key
from .reading_text import parts, said, when
from .safety_plan_edit import SafetyPlanEdit
from .safety_plan_rules import difference
from .safety_plan_turned import TurnedPlan
from .safety_plan_versions import PlanVersions

if TYPE_CHECKING:
    from ..store.models import ClientLine, PlanRead, PlanVersion

STATUS = {
    "pending": "◷ awaiting a mental health professional",
    "returned": "↩ returned, still active until a new version is signed",
    "error": "✗ ENTERED IN ERROR",
}
MARKS = {"+": "bold $text-success", "-": "strike $text-error", " ": "$text-muted"}


class SafetyPlanScreen(FieldScreen[None]):
    """Reads the plan at once; writes a new version."""

    CSS_PATH = ["form.tcss", "safety_plan.tcss"]
    AUTO_FOCUS = "#plan"
    HELP = (
        "# Safety plan\n\nThe version that stands. W writes a new version that starts from it. Left and right show "
        "older versions, d what changed; v lists all versions and compares any two. T turns the plan to the client, x shows "
        "the other plan. Two versions that stand side by side are settled with s. P prints."
    )
    BINDINGS = [
        BACK,
        key("w", "write", "Write", "Write a new version with the client."),
        key("left", "older", "Older", "Show the version before."),
        key("right", "newer", "Newer", "Show the version after."),
        key("d", "compare", "Changes", "Show what changed against the version before."),
        key("v", "versions", "Versions", "List all versions; compare any two."),
        key("t", "turn", "For client", "Turn the plan to the client: one step at a time, nothing of staff."),
        key("x", "other", "Other plan", "Show the crisis plan instead of the safety plan, or back."),
        key("s", "settle", "Settle", "Settle two versions that stand side by side."),
        key("P", "app.print", "Print", "Print the plan for the client, or a blank one."),
        key("o", "read", "Record", "Read who signed it and when, co-signs and addenda."),
    ]

    def __init__(self, client: str, draft: str | None = None, kind: str = "safety_plan") -> None:
        super().__init__()
        self._client, self._draft, self._form = client, draft, PLANS[kind]
        self._plan: PlanRead | None = None
        self._line: ClientLine | None = None
        self._at = 0
        self._changes = False
        self._against = ""
        """The version that the one on screen is compared with; empty for the one before it."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    @property
    def print_at_hand(self) -> str:
        return "plan"

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="banner")
        with VerticalScroll(id="plan"):
            yield Static("", id="plan-text")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.reread())
        self.reread()
        if self._draft is not None:
            self._write(self._draft)

    @work(group="read", exclusive=True)
    async def reread(self) -> None:
        """Read the plan from the laptop."""
        with self.saying():
            laptop = self.host.laptop
            self._line = await self.host.ask(laptop.client_line, self._client)
            self._plan = await self.host.ask(laptop.plan, self._client, self._form.kind)
            self._show()

    def _version(self) -> PlanVersion | None:
        versions = self._plan.versions if self._plan is not None else ()
        return versions[self._at] if self._at < len(versions) else None

    def _show(self) -> None:
        plan, line = self._plan, self._line
        if plan is None or line is None or not self.is_attached:
            return
        self.query_one("#form-head", Static).update(
            client_head(f"{self._form.label} of", line, self.app.size.width)
        )
        self._at = min(self._at, max(0, len(plan.versions) - 1))
        banner = self._banner(plan)
        self.query_one("#banner", Static).update(lines(*banner))
        self.query_one("#banner").display = bool(banner)
        self.query_one("#plan-text", Static).update(self._text(plan))
        self.refresh_bindings()

    def _banner(self, plan: PlanRead) -> list[Content]:
        found: list[Content] = []
        if len(plan.active) > 1:
            found.append(
                styled(f"≠ {len(plan.active)} versions are active: people wrote side by side. Press s to settle.",
                       "bold $text-error")
            )  # fmt: skip
        line = self._line
        if self._form.kind == "safety_plan" and line is not None and line.plan_why and plan.active:
            text = f"◷ Look at this plan again now, after: {line.plan_why.lower()}."
            found.append(styled(text, "bold $text-error"))
        today = day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()
        if plan.active and is_overdue(plan.active[0].doc.get("review_due"), today):
            due = plan.active[0].doc.get("review_due")
            found.append(styled(f"◷ This plan was to be looked at again by {due}.", "bold $text-warning"))
        found.append(styled("☎ " + "  ·  ".join(self._phones()), "bold"))
        return found

    def _phones(self) -> list[str]:
        phone = self.host.me.phone_24_7
        calls = [f"Team, day and night: {phone}" if phone else "", "988: call or text"]
        return [call for call in (*calls, self.host.me.local_crisis_line) if call]

    def _text(self, plan: PlanRead) -> Content:
        version = self._version()
        if version is None:
            return lines(
                styled(f"There is no {self._form.label.lower()} yet.", "bold"),
                "",
                "Press w to write one with the client.",
            )
        tz = self.host.me.tz
        who = ", ".join(part for part in (version.author, version.credential) if part)
        state = "active" if version.active else "kept, no longer active"
        if version.doc.get("declined"):
            state = f"declined, {state}"
        heading = [
            styled(f"Version {version.number} · {state} · {who} · {when(version.at_ms, tz)}", "$text-muted")
        ]
        if version.status in STATUS:
            heading.append(styled(STATUS[version.status], "bold $text-warning"))
        if not self._changes:
            return lines(*heading, "", said(parts(self._form.kind, version.doc, tz)))
        return lines(*heading, "", self._changed_text(plan, version))

    def _changed_text(self, plan: PlanRead, version: PlanVersion) -> Content:
        before = next((v for v in plan.versions if v.entry == self._against), None) or next(
            (v for v in plan.versions if v.number == version.number - 1), None
        )
        if before is None:
            return plain("This is the first version.")
        tz = self.host.me.tz
        against = f"Against version {before.number} of {before.author}, {when(before.at_ms, tz)}"
        shown: list[Content] = [styled(against, "$text-muted")]
        label = ""
        for change in difference(before.doc, version.doc, tz, self._form.kind):
            if change.label != label:
                label = change.label
                shown.append(styled(label, "bold $text-primary"))
            shown.append(styled(f"  {change.mark} {change.text}", MARKS[change.mark]))
        return lines(*shown) if label else lines(*shown, "Nothing changed.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what does not apply to this plan."""
        versions = self._plan.versions if self._plan is not None else ()
        if action == "settle":
            return self._plan is not None and len(self._plan.active) > 1
        if action in ("compare", "read", "turn"):
            return bool(versions)
        if action == "versions":
            return len(versions) > 1
        if action == "older":
            return True if self._at + 1 < len(versions) else None if len(versions) > 1 else False
        if action == "newer":
            return True if self._at > 0 else None if len(versions) > 1 else False
        return super().check_action(action, parameters)

    def action_write(self) -> None:
        """Write a new version."""
        self._write(None)

    @work(group="write")
    async def _write(self, draft: str | None) -> None:
        if await self.app.push_screen_wait(SafetyPlanEdit(self._client, draft, self._form.kind)):
            self._at, self._changes, self._against = 0, False, ""
            self.reread()

    def action_older(self) -> None:
        """Show the version before."""
        self._at += 1
        self._show()

    def action_newer(self) -> None:
        """Show the version after."""
        self._at = max(0, self._at - 1)
        self._show()

    def action_compare(self) -> None:
        """Show the changes, or the whole version again."""
        self._changes, self._against = not self._changes, ""
        self._show()

    @work(group="versions")
    async def action_versions(self) -> None:
        """List all versions."""
        plan, here = self._plan, self._version()
        if plan is None or here is None:
            return
        picked = await self.app.push_screen_wait(
            PlanVersions(self._form.label, plan.versions, here.entry, self.host.me.tz)
        )
        if picked is None:
            return
        places = {version.entry: at for at, version in enumerate(plan.versions)}
        self._changes = picked[0] == "compare"
        if self._changes:
            # The newer of the two is read, whichever of them was on screen.
            pair = sorted((here.entry, picked[1]), key=lambda entry: plan.versions[places[entry]].at_ms)
            self._against, self._at = pair[0], places[pair[1]]
        else:
            self._against, self._at = "", places[picked[1]]
        self._show()

    def action_turn(self) -> None:
        """Turn the plan to the client."""
        version = self._version()
        if version is not None:
            me, doc = self.host.me, version.doc
            found = numbers(spoken(doc.get("language")), me.phone_24_7, me.local_crisis_line)
            phones = [f"{label}: {number}" for label, number in found.rows if number]
            self.app.push_screen(TurnedPlan(self._form, doc, phones))

    def action_other(self) -> None:
        """Show the other plan."""
        other = next(form for form in PLANS.values() if form is not self._form)
        self._form, self._at, self._changes, self._against = other, 0, False, ""
        self.reread()

    def action_settle(self) -> None:
        """Settle the versions that stand."""
        if self._plan is not None:
            self.host.open("settle", record=self._plan.record, path=DOC)

    def action_read(self) -> None:
        """Read the record with its history."""
        version = self._version()
        if self._plan is not None and version is not None:
            self.host.open("record", record=self._plan.record, entry=version.entry)
