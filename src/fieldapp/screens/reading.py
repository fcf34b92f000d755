"""Read any record, and do with it what one's role allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from ..clinical.policy import WALLED
from ..records.kinds import PLANS
from ..widgets.flags import with_risk
from ..widgets.text import join, styled
from . import reading_actions as do
from .base import FieldScreen
from .group_text import seat_words
from .keys import BACK, key
from .measure_values import measure_route
from .reading_rights import actions, declared, may_decide
from .reading_words import changes_text, label_of, record_text, title_of
from .reason_ask import Choose
from .review_beside import context

if TYPE_CHECKING:
    from ..store.models import AnnotationRead, RecordRead, VersionRead


Left = Literal["done", "next"]
"""How a record was left that was opened from Review: decided, or skipped for the next one."""


class ReadingScreen(FieldScreen[Left]):
    """One record. Dismissed with how it was left when it was opened from Review, None with Escape."""

    CSS_PATH = ["form.tcss", "reading.tcss"]
    AUTO_FOCUS = "#text"
    HELP = (
        "# Record\n\nThe whole text, who signed it and when, and what was added. Left and right show other versions. "
        "The footer shows what you may do with it. "
        "`d` shows what a version changed. In Review the client, goals, the last three notes and the safety plan stand beside the text, "
        "or behind `w` where there is no room; `]` leaves it as it is and opens the next that waits."
    )
    BINDINGS = [
        BACK,
        key("c", "cosign", "Co-sign", "Co-sign this version, now that you have read it."),
        key("r", "send_back", "Return", "Send it back to its author with a reason."),
        key(
            "right_square_bracket",
            "next",
            "Next",
            "Leave it as it is and open the next that waits in Review.",
            shown_key="]",
        ),
        key(
            "w", "context", "Client", "Who the client is: risk, goals, the last three notes, the safety plan."
        ),
        key(
            "d",
            "changes",
            "Changes",
            "What this version changed against the one before, or the whole text again.",
        ),
        key("e", "correct", "Correct", "Correct it, or write the next version."),
        key("a", "addendum", "Addendum", "Add words in your own name; the original stays."),
        key("x", "mark_error", "Error", "Mark this version as entered in error, with a reason."),
        key("u", "take_back", "Take back", "Take back a co-sign, return, error or addendum."),
        key("s", "settle", "Settle", "Settle what people wrote side by side."),
        key("P", "print_note", "Print", "Print this note with its signatures and all that was added."),
        key("o", "person", "Open person", "Open the note or contact of somebody who was in this group."),
        key("left", "turn(-1)", "Earlier", "Show the version before.", show=False),
        key("right", "turn(1)", "Later", "Show the version after.", show=False),
    ]

    def __init__(self, record: str, entry: str = "", review: bool = False) -> None:
        super().__init__()
        self._record, self._entry, self._review = record, entry, review
        self.read: RecordRead | None = None
        self._at = 0
        self._changes = False
        """Whether what changed is on screen, instead of the whole text."""

    @property
    def client_at_hand(self) -> str | None:
        return self.read.client or None if self.read is not None else None

    @property
    def print_at_hand(self) -> str:
        return "discharge" if self.read is not None and self.read.kind == "discharge" else ""

    @property
    def version(self) -> VersionRead | None:
        """The version on screen."""
        versions = self.read.versions if self.read is not None else ()
        return versions[self._at] if 0 <= self._at < len(versions) else None

    @property
    def error_declared(self) -> AnnotationRead | None:
        """The error whose approval the screen was opened for, while it is undecided."""
        return declared(self.read, self._entry) if self.read is not None and self._review else None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with Horizontal(id="columns"):
            with VerticalScroll(id="text"):
                yield Static("", id="record-text")
            with VerticalScroll(id="beside"):
                yield Static("", id="beside-text")

    def on_mount(self) -> None:
        self.set_class(self._review, "-review")
        self.host.changed.subscribe(self, self._changed_elsewhere)
        self.reread(first=True)

    def _changed_elsewhere(self, records: frozenset[str]) -> None:
        if not records or self._record in records:
            self.reread()

    @work(group="read", exclusive=True)
    async def reread(self, first: bool = False) -> None:
        """Read the record from the laptop."""
        with self.saying():
            was_newest = self.version is not None and self.version.leaf
            self.read = await self.host.ask(self.host.laptop.record, self._record)
            if first:
                self._at = self._opening()
            elif was_newest and self.version is not None and not self.version.leaf:
                # A correction was signed meanwhile: whoever read the newest version goes on with the newest.
                self._at = self._newest()
            self._show()
            if self._review and first and self.read.client:
                # Beside the text, so that whoever reads does not wait for it.
                said = await context(self.host, self.read.client, self._record)
                self.query_one("#beside-text", Static).update(said)

    def _opening(self) -> int:
        """Return the place of the version to show first: the one asked for, else the newest leaf."""
        read = self.read
        if read is None:
            return 0
        about = {note.entry: note.about for note in read.annotations}
        wanted = about.get(self._entry, self._entry)
        places = {version.entry: at for at, version in enumerate(read.versions)}
        return places.get(wanted, self._newest())

    def _newest(self) -> int:
        versions = self.read.versions if self.read is not None else ()
        leaves = [(version.signed_ms, at) for at, version in enumerate(versions) if version.leaf]
        return max(leaves)[1] if leaves else max(0, len(versions) - 1)

    def _show(self) -> None:
        read = self.read
        if read is None or not self.is_attached:
            return
        self._at = max(0, min(self._at, len(read.versions) - 1))
        about = with_risk(read.name, read.risk) if read.name else styled(label_of(read), "bold")
        head = join(f"{title_of(read)} · ", about)
        self.query_one("#form-head", Static).update(head)
        version, tz = self.version, self.host.me.tz
        compares = self._changes and version is not None and read.sensitivity != WALLED
        said = (
            changes_text(read, version, tz)
            if compares and version is not None
            else record_text(read, version, tz)
        )
        self.query_one("#record-text", Static).update(said)
        self.refresh_bindings()
        if self._review and self.version is not None:
            self._looked_at(self.version.entry)

    @work(group="looked-at")
    async def _looked_at(self, entry: str) -> None:
        await self.host.ask(self.host.laptop.look_at, entry)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what this person may not do with this version."""
        names = {"cosign": "cosign", "send_back": "return", "correct": "correct", "addendum": "addendum",
                 "mark_error": "error", "take_back": "take_back"}  # fmt: skip
        read = self.read
        if action in names:
            if read is None:
                return False
            error = self.error_declared
            if error is not None and action in ("cosign", "send_back"):
                return may_decide(read, error, self.host.me)
            return names[action] in actions(read, self.version, self.host.me)
        if action == "settle":
            return read is not None and bool(read.conflicts)
        if action == "print_note":
            # What a professional keeps apart is never printed.
            return read is not None and read.kind == "note" and read.sensitivity != WALLED
        if action == "person":
            return read is not None and bool(read.seats)
        if action in ("turn", "changes"):
            return read is not None and len(read.versions) > 1
        if action == "next":
            return self._review
        if action == "context":
            # With room it stands beside the text anyway.
            return self._review and read is not None and bool(read.client) and not self.has_class("-wide")
        return super().check_action(action, parameters)

    def action_turn(self, step: int) -> None:
        """Show another version."""
        if self.read is not None:
            self._at = max(0, min(self._at + step, len(self.read.versions) - 1))
            self._show()

    def action_changes(self) -> None:
        """Show what changed, or the whole text again."""
        self._changes = not self._changes
        self._show()
        self.query_one("#text", VerticalScroll).scroll_home(animate=False)

    def action_context(self) -> None:
        """Show who the client is, or the record again."""
        self.toggle_class("-context")
        self.query_one("#beside" if self.has_class("-context") else "#text").focus()

    def _target(self) -> str:
        error = self.error_declared
        return error.entry if error is not None else self.version.entry if self.version is not None else ""

    @work(group="act")
    async def action_cosign(self) -> None:
        """Co-sign, or approve an error."""
        if self.read is not None:
            with self.saying():
                await self._after(await do.cosign(self, self.read, self.version, self._target()))

    @work(group="act")
    async def action_send_back(self) -> None:
        """Send back, or lift an error."""
        if self.read is not None:
            with self.saying():
                await self._after(await do.send_back(self, self.read, self._target()))

    @work(group="act")
    async def action_addendum(self) -> None:
        """Add words."""
        if self.read is not None and self.version is not None:
            with self.saying():
                await self._after(await do.addendum(self, self.read, self.version.entry), stay=True)

    @work(group="act")
    async def action_mark_error(self) -> None:
        """Mark as entered in error."""
        if self.read is not None and self.version is not None:
            with self.saying():
                await self._after(await do.mark_error(self, self.read, self.version), stay=True)

    @work(group="act")
    async def action_take_back(self) -> None:
        """Take back an annotation."""
        if self.read is not None:
            with self.saying():
                await self._after(await do.take_back(self, self.read), stay=True)

    async def _after(self, done: str, *, stay: bool = False) -> None:
        """Say what was done; back to the queue when the screen was opened from it."""
        if not done:
            return
        self.host.touched(self._record)
        if self._review and not stay:
            self.dismiss("done")
            return
        self.reread()
        self.say(done, tone="done")

    def action_next(self) -> None:
        """Go on with the next that waits; what was read counts as opened."""
        self.dismiss("next")

    def action_correct(self) -> None:
        """Open the form of this record."""
        if self.read is None:
            return
        if self.read.kind in PLANS:
            self.host.open("plan", client=self.read.client, kind=self.read.kind)
        elif self.read.kind == "treatment_plan":
            self.host.open("goals", client=self.read.client)
        elif self.read.kind == "risk":
            self.host.open("risk", client=self.read.client)
        elif self.read.kind == "measure":
            route = measure_route(self.read.values)
            self.host.open(route, client=self.read.client, record=self._record)
        elif self.read.kind == "medication_list":
            self.host.open("medications", client=self.read.client)
        elif self.read.kind in ("vitals", "injection"):
            self.host.open("medical", record=self._record, kind=self.read.kind)
        else:
            self.host.open(self.read.kind, record=self._record)

    def action_print_note(self) -> None:
        """Put the note on paper."""
        if self.read is not None:
            self.host.open("print", client=self.read.client, document="note", record=self._record)

    @work(group="act")
    async def action_person(self) -> None:
        """Open what was written of one person of a group: their note, else their contact."""
        seats = self.read.seats if self.read is not None else ()
        if not seats:
            return
        options = [(seat.note or seat.contact, seat_words(seat)) for seat in seats[:28]]
        picked = await self.app.push_screen_wait(Choose("Whose record?", "", options))
        if picked is not None:
            self.host.open("record", record=picked)

    def action_settle(self) -> None:
        """Settle the first conflict."""
        if self.read is not None and self.read.conflicts:
            self.host.open("settle", record=self._record, path=self.read.conflicts[0])
