"""Versions of a plan on screen: the one that stands first, older ones and what changed by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ..clinical.due import is_overdue
from ..clinical.times import day_of
from ..records.kind import DOC
from ..widgets.text import lines, plain, styled
from .base import FieldScreen
from .differences import difference
from .form_head import client_head
from .keys import BACK, key
from .reading_text import parts, said, when
from .reading_words import CHANGE_STYLES
from .safety_plan_versions import PlanVersions

if TYPE_CHECKING:
    from ..store.models import ClientLine, PlanRead, PlanVersion

LAST_KEYS: tuple[Binding, ...] = (
    key("s", "settle", "Settle", "Settle two versions that stand side by side."),
    key("P", "app.print", "Print", "Print the plan for the client, or a blank one."),
    key("o", "read", "Record", "Read who signed it and when, co-signs and addenda."),
)
"""A screen puts its own keys before these."""


class PlanReading(FieldScreen[None]):
    """Reads a plan with its versions; a screen says which plan, what stands above it and how one is written."""

    AUTO_FOCUS = "#plan"
    BINDINGS: ClassVar[list[BindingType]] = [
        BACK,
        key("w", "write", "Write", "Write a new version with the client."),
        key("left", "older", "Older", "Show the version before."),
        key("right", "newer", "Newer", "Show the version after."),
        key("d", "compare", "Changes", "Show what changed against the version before."),
        key("v", "versions", "Versions", "List all versions; compare any two."),
    ]
    statuses: ClassVar[dict[str, str]] = {
        "returned": "↩ returned, still active until a new version is signed",
        "error": "✗ ENTERED IN ERROR",
    }

    def __init__(self, client: str, draft: str | None = None) -> None:
        super().__init__()
        self._client, self._draft = client, draft
        self._plan: PlanRead | None = None
        self._line: ClientLine | None = None
        self._at = 0
        self._changes = False
        self._against = ""
        """The version that the one on screen is compared with; empty for the one before it."""

    # What a screen says of its plan

    @property
    def kind(self) -> str:
        """Which kind of plan is shown."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What it is called."""
        raise NotImplementedError

    async def read_plan(self) -> PlanRead:
        """Read the plan from the laptop."""
        return await self.host.ask(self.host.laptop.plan, self._client, self.kind)

    def edit_screen(self, draft: str | None) -> Screen[bool]:
        """Return the form that writes a version."""
        raise NotImplementedError

    def state_words(self, version: PlanVersion) -> str:
        """Return how a version stands."""
        return "active" if version.active else "kept, no longer active"

    def due_of(self, version: PlanVersion) -> str:
        """Return by when a version is looked at again."""
        return str(version.doc.get("review_due") or "")

    def above(self, plan: PlanRead) -> list[Content]:
        """Return what stands in the banner beside what every plan has there."""
        return []

    def body(self, version: PlanVersion) -> Content:
        """Return what a version says."""
        return said(parts(self.kind, version.doc, self.host.me.tz))

    def below_none(self) -> list[Content]:
        """Return what is said below the words that there is no plan."""
        return []

    # Reading

    @property
    def client_at_hand(self) -> str | None:
        return self._client

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
            self._line = await self.host.ask(self.host.laptop.client_line, self._client)
            self._plan = await self.read_plan()
            self.show_plan()

    @property
    def version(self) -> PlanVersion | None:
        """The version on screen."""
        versions = self._plan.versions if self._plan is not None else ()
        return versions[self._at] if self._at < len(versions) else None

    @property
    def today(self) -> str:
        """The day."""
        return day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()

    def show_plan(self) -> None:
        """Put what was read on screen."""
        plan, line = self._plan, self._line
        if plan is None or line is None or not self.is_attached:
            return
        self.query_one("#form-head", Static).update(
            client_head(f"{self.label} of", line, self.app.size.width)
        )
        self._at = min(self._at, max(0, len(plan.versions) - 1))
        banner = self._banner(plan)
        self.query_one("#banner", Static).update(lines(*banner))
        self.query_one("#banner").display = bool(banner)
        self.query_one("#plan-text", Static).update(self._text())
        self.refresh_bindings()

    def _banner(self, plan: PlanRead) -> list[Content]:
        found: list[Content] = []
        if len(plan.active) > 1:
            found.append(
                styled(f"≠ {len(plan.active)} versions are active: people wrote side by side. Press s to settle.",
                       "bold $text-error")
            )  # fmt: skip
        return [*found, *self.above(plan)]

    def overdue(self, plan: PlanRead) -> list[Content]:
        """Return what is said of a review that is late."""
        due = self.due_of(plan.active[0]) if plan.active else ""
        if not is_overdue(due or None, self.today):
            return []
        return [styled(f"◷ This plan was to be looked at again by {due}.", "bold $text-warning")]

    def _text(self) -> Content:
        version = self.version
        if version is None:
            return lines(
                styled(f"There is no {self.label.lower()} yet.", "bold"),
                "",
                *self.below_none(),
                *(["Press w to write one with the client."] if self.check_action("write", ()) else []),
            )
        who = ", ".join(part for part in (version.author, version.credential) if part)
        state = self.state_words(version)
        heading = [
            styled(
                f"Version {version.number} · {state} · {who} · {when(version.at_ms, self.host.me.tz)}",
                "$text-muted",
            )
        ]
        if version.status in self.statuses:
            heading.append(styled(self.statuses[version.status], "bold $text-warning"))
        return lines(*heading, "", self._changed_text(version) if self._changes else self.body(version))

    def _changed_text(self, version: PlanVersion) -> Content:
        versions = self._plan.versions if self._plan is not None else ()
        before = next((v for v in versions if v.entry == self._against), None) or next(
            (v for v in versions if v.number == version.number - 1), None
        )
        if before is None:
            return plain("This is the first version.")
        tz = self.host.me.tz
        against = f"Against version {before.number} of {before.author}, {when(before.at_ms, tz)}"
        shown: list[Content] = [styled(against, "$text-muted")]
        label = ""
        for change in difference(before.doc, version.doc, tz, self.kind):
            if change.label != label:
                label = change.label
                shown.append(styled(label, "bold $text-primary"))
            shown.append(styled(f"  {change.mark} {change.text}", CHANGE_STYLES[change.mark]))
        return lines(*shown) if label else lines(*shown, "Nothing changed.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what does not apply to this plan."""
        versions = self._plan.versions if self._plan is not None else ()
        if action == "settle":
            return self._plan is not None and len(self._plan.active) > 1
        if action in ("compare", "read"):
            return bool(versions)
        if action == "versions":
            return len(versions) > 1
        if action == "older":
            return True if self._at + 1 < len(versions) else None if len(versions) > 1 else False
        if action == "newer":
            return True if self._at > 0 else None if len(versions) > 1 else False
        return super().check_action(action, parameters)

    def show_first(self) -> None:
        """Go to the version that stands."""
        self._at, self._changes, self._against = 0, False, ""

    def action_write(self) -> None:
        """Write a new version."""
        self._write(None)

    @work(group="write")
    async def _write(self, draft: str | None) -> None:
        if await self.app.push_screen_wait(self.edit_screen(draft)):
            self.show_first()
            self.reread()

    def action_older(self) -> None:
        """Show the version before."""
        self._at += 1
        self.show_plan()

    def action_newer(self) -> None:
        """Show the version after."""
        self._at = max(0, self._at - 1)
        self.show_plan()

    def action_compare(self) -> None:
        """Show the changes, or the whole version again."""
        self._changes, self._against = not self._changes, ""
        self.show_plan()

    @work(group="versions")
    async def action_versions(self) -> None:
        """List all versions."""
        plan, here = self._plan, self.version
        if plan is None or here is None:
            return
        picked = await self.app.push_screen_wait(
            PlanVersions(self.label, plan.versions, here.entry, self.host.me.tz)
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
        self.show_plan()

    def action_settle(self) -> None:
        """Settle the versions that stand."""
        if self._plan is not None:
            self.host.open("settle", record=self._plan.record, path=DOC)

    def action_read(self) -> None:
        """Read the record with its history."""
        version = self.version
        if self._plan is not None and version is not None:
            self.host.open("record", record=self._plan.record, entry=version.entry)
