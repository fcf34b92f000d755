"""What every screen shares: status line, message line, footer, background work, drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, Protocol, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from ..errors import FieldappError
from ..widgets.key_line import KeyLine
from ..widgets.message_line import MessageLine
from ..widgets.status_line import StatusFacts, StatusLine

if TYPE_CHECKING:
    from textual.signal import Signal

    from ..laptop.laptop import Laptop
    from ..laptop.unlocking import Unlocked
    from ..store.models import Me, SyncStatus
    from ..widgets.form_line import TooLong

P = ParamSpec("P")
R = TypeVar("R")
ResultT = TypeVar("ResultT")

AUTOSAVE_S = 0.25
"""From the first unsaved key to the draft; saving itself must fit into the rest of the second."""


class Host(Protocol):
    """What screens may ask of the App; they never import it."""

    laptop: Laptop
    me: Me
    sync_status: Signal[SyncStatus]
    """Published whenever what is sent, owed or refused changes."""
    changed: Signal[frozenset[str]]
    """Published with the record ids that this person has just changed; empty: anything may have changed."""
    status: Signal[StatusFacts]
    """Published once a second for the status line."""
    crisis_help: Callable[[], tuple[str, ...]]
    lock_hint: str
    out_ms: int | None
    """Until when this person said they would be out of a visit, by this device's clock."""

    async def ask(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one blocking call of the Laptop, after those asked before it, and return its value."""
        ...

    async def browse(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Read a list of everybody from the Laptop, beside what was asked in order, and return it.

        For what is read again whenever anything changed: who opens a card, or types, never waits for it.
        """
        ...

    async def aside(self, call: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a small blocking call that has nothing to do with the Laptop at once, in a thread of its own."""
        ...

    def open(self, name: str, /, **arguments: Any) -> None:
        """Show another screen by its name in `routes` on top of this one."""
        ...

    @property
    def zone(self) -> tzinfo:
        """The time zone of this person's program; before unlock that of the computer."""
        ...

    def status_facts(self) -> StatusFacts:
        """Return what the status line says now."""
        ...

    async def loaded(self) -> Laptop:
        """Return the Laptop once its modules are loaded."""
        ...

    async def unlock(self, passphrase: str) -> Unlocked:
        """Open the vault; raises the failure that the lock screen shows."""
        ...

    def enter(self) -> None:
        """Show the day after unlocking, or the area where the screen was covered."""
        ...

    async def leave_locked(self) -> None:
        """Save every draft, close the vault and start afresh at the lock screen."""
        ...

    def now_ms(self) -> int:
        """Return the device's clock in milliseconds since 1970."""
        ...

    def corrected_ms(self) -> int:
        """Return the time by which the laptop judges: the device's clock and its known error."""
        ...

    def touched(self, *records: str) -> None:
        """Say that records were changed here: other screens refresh and a sync round is due soon."""
        ...

    def sync_now(self) -> None:
        """Start a sync round now, or after the one that runs."""
        ...

    def cancel_sync(self) -> None:
        """Stop the running round after the batch in hand."""
        ...

    def register(self, form: FormParts) -> None:
        """Remember a form, so that locking and closing save its draft."""
        ...

    def unregister(self, form: FormParts) -> None:
        """Forget a form that was closed."""
        ...


class ScreenParts:
    """The host and the message line, for screens and modal screens alike."""

    failed: tuple[str, str] = ("", "")
    """(what failed last, what was said about it)."""

    @property
    def host(self) -> Host:
        """The App as screens may use it."""
        return cast("Host", cast("Screen[Any]", self).app)

    def say(self, sentence: str, *, tone: str = "error") -> None:
        """Show a sentence in this screen's message line (tones: error, warning, done, note); "" clears it."""
        line = cast("Screen[Any]", self).query_one_optional(MessageLine)
        if line is not None:
            line.say(sentence, tone)

    def say_below(self, sentence: str, *, tone: str = "done") -> None:
        """Say on the screen that comes back when this one closes that something is done, or why not."""
        screen = cast("Screen[Any]", self)
        stack = screen.app.screen_stack
        below = cast("object", stack[-2]) if len(stack) > 1 and stack[-1] is screen else None
        if isinstance(below, ScreenParts):
            below.say(sentence, tone=tone)

    def on_too_long(self, event: TooLong) -> None:
        """Say that a paste did not fit, where no field says it itself."""
        self.say(event.sentence)

    def saying(self, about: str = "") -> Saying:
        """Show a known failure of the work inside in the message line instead of ending the app.

        Work that is repeated names itself: its failure is taken off the screen when it succeeds.
        """
        return Saying(self, about)


class Saying:
    """What `ScreenParts.saying` returns."""

    def __init__(self, parts: ScreenParts, about: str) -> None:
        self._parts, self._about = parts, about

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, _: TracebackType | None
    ) -> bool:
        parts = self._parts
        if isinstance(failure, FieldappError):
            parts.failed = (self._about, failure.sentence)
            parts.say(failure.sentence)
            return True
        if failure is None and self._about and parts.failed[0] == self._about:
            line = cast("Screen[Any]", parts).query_one_optional(MessageLine)
            if line is not None and line.sentence == parts.failed[1]:
                parts.say("")
            parts.failed = ("", "")
        return False


UNREAD = "Nothing could be read; the line below says why. r tries again."
"""In place of rows, when the first reading failed."""

TABBING: list[BindingType] = [
    # With priority: else the key waits in the queue of the field that has the focus, and what is typed right
    # after it lands in that field instead of the next.
    Binding("tab", "app.focus_next", "Next field", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", "Previous field", show=False, priority=True),
]
"""All that screens keep of Textual's own keys; its ctrl+c would copy selected text."""


class FieldScreen(ScreenParts, Screen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A full screen: status line, body, message line and footer.

    Background work is an async `@work` method that awaits `self.host.ask(laptop.method, …)` inside
    `with self.saying():`.
    """

    ALLOW_SELECT = False
    AUTO_FOCUS = "#body *"
    BINDINGS: ClassVar[list[BindingType]] = [*TABBING]

    @property
    def client_at_hand(self) -> str | None:
        """The client whom this screen shows or has picked out; actions are about them."""
        return None

    @property
    def visit_at_hand(self) -> str | None:
        """The planned visit that is picked out; logging a contact is about it."""
        return None

    @property
    def day_at_hand(self) -> str:
        """The day that this screen shows (`YYYY-MM-DD`), where it is one of several; a new visit starts with it."""
        return ""

    @property
    def print_at_hand(self) -> str:
        """The document that printing offers first, as in `prints.documents`; "" for the usual one."""
        return ""

    @property
    def print_about(self) -> Mapping[str, str]:
        """What the fields of printing begin with, by their names, where this screen has chosen already."""
        return {}

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield MessageLine()
        yield KeyLine()

    def compose_body(self) -> ComposeResult:
        """Yield the widgets between status line and message line."""
        yield from ()

    def on_mount(self) -> None:
        self.host.status.subscribe(self, self._show_status)
        self._show_status(self.host.status_facts())

    def on_screen_resume(self) -> None:
        self._show_status(self.host.status_facts())

    def _show_status(self, facts: StatusFacts) -> None:
        self.query_one(StatusLine).facts = facts

    def action_back(self) -> None:
        """Back to where one came from."""
        # A screen's bindings look for their actions on the screen alone, never on the App.
        self.dismiss()


class Dialog(ScreenParts, ModalScreen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A dialog: it collects and dismisses, the caller decides. Escape dismisses with None."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*TABBING]

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield from self.compose_body()
            yield MessageLine()
        yield KeyLine()

    def compose_body(self) -> ComposeResult:
        """Yield the widgets of the dialog."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a form holds that its draft does not."""

    draft: str
    values: Mapping[str, Any]
    focus: str


class FormParts(ScreenParts):
    """Autosave for a screen that edits a draft.

    A form overrides `unsaved` and calls `edited` after each change of a field; everything else (saving
    within a second, saving when the app locks, closes or fails) is done here.
    """

    _autosave: asyncio.TimerHandle | None = None

    def unsaved(self) -> Unsaved | None:
        """Return what the draft does not hold yet, or None; cheap and without I/O."""
        raise NotImplementedError

    def saved(self, draft: Any) -> None:
        """Take notice of the draft as it was stored; a form keeps its revision or shows `saved`."""

    def edited(self) -> None:
        """Have the draft saved within a second."""
        if self._autosave is None:
            # By the loop's clock: a timer of the screen would wait in its queue behind all the keys that a slow
            # laptop has not worked through yet, and they would all be lost together.
            self._autosave = asyncio.get_running_loop().call_later(AUTOSAVE_S, self._save_soon)

    async def flush(self) -> None:
        """Save the draft now; returns when it is on disk."""
        if self._autosave is not None:
            self._autosave.cancel()
            self._autosave = None
        unsaved = self.unsaved()
        if unsaved is not None:
            self.saved(
                await self.host.ask(self.host.laptop.save_draft, unsaved.draft, unsaved.values, unsaved.focus)
            )

    def _save_soon(self) -> None:
        self._autosave = None
        screen = cast("Screen[Any]", self)
        if not screen.is_attached or not screen.app.is_running:
            return
        # Owned by the App: a worker of a screen that closes meanwhile would be cancelled.
        screen.app.run_worker(self.flush_saying(), group="autosave", exit_on_error=True)

    async def flush_saying(self) -> None:
        """Save the draft now; what stands against it is said in the message line."""
        with self.saying("saving"):
            await self.flush()


class FormScreen(FormParts, FieldScreen[ResultT], Generic[ResultT]):
    """A full screen that edits a draft."""

    def on_mount(self) -> None:
        self.host.register(self)

    async def on_unmount(self) -> None:
        self.host.unregister(self)
