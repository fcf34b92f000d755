"""A screen that fills in a draft: opening where it was left, gathering, checking, saving, leaving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..records.kind import Problem
from ..widgets.form_field import FormField
from .base import FormScreen, Unsaved
from .form_values import Focus, put, read_focus, take, write_focus
from .keys import key
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.models import Draft

ResultT = TypeVar("ResultT")


class DraftScreen(FormScreen[ResultT], Generic[ResultT]):
    """A form over one draft.

    A screen gives `find_draft` (which draft), `fields` (the widgets in order), and what happens when it is
    sent: `confirm` and `finished`.
    """

    CSS_PATH = ["form.tcss"]
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+s", "send", "Save", "Check the form and save it.", priority=True),
        key("escape", "leave", "Back", "Leave; the draft stays and opens again where you were."),
        key("f9", "discard", "Discard", "Throw this draft away, after asking."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.reason = ""
        """Why a correction is made; goes beside the values."""
        self._kept: tuple[Mapping[str, Any], str] | None = None
        self._over = False
        self._busy = False
        self._touched = False
        self._fresh = False

    # What a form says of itself

    async def find_draft(self) -> Draft | None:
        """Return the draft to fill in; None leaves the form."""
        raise NotImplementedError

    def fields(self, draft: Draft) -> Sequence[FormField]:
        """Return the widgets of the form in order."""
        raise NotImplementedError

    def added(self, values: dict[str, Any]) -> None:
        """Add to the gathered values what follows from them."""

    async def shown(self) -> None:
        """Do what is to be done once the draft is on screen."""

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        """Have warnings answered and signing confirmed; return the arguments of `submit`, or None."""
        return {}

    async def finished(self, record: str) -> None:
        """Go on after the entry is written."""
        self.dismiss()

    # Opening

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield VerticalScroll(id="form", can_focus=False)

    def on_mount(self) -> None:
        self._start()

    @work(group="open")
    async def _start(self) -> None:
        with self.saying():
            draft = await self.find_draft()
            if draft is None:
                self._over = True
                self.dismiss()
                return
            await self.show(draft)

    async def show(self, draft: Draft) -> None:
        """Put a draft on screen, with the cursor where it was."""
        form = self.query_one("#form", VerticalScroll)
        await form.remove_children()
        await form.mount_all(self.fields(draft))
        focus = read_focus(draft.focus)
        for field in self.form_fields():
            field.restore({path: take(draft.values, path) for path in field.paths()}, focus.typed)
        self.adopt(draft, focus)
        await self.shown()
        self.refit()
        landing = self.field_at(focus.field) or next(self.open_fields(), None)
        if landing is not None:
            landing.land(focus.place)

    def adopt(self, draft: Draft, focus: Focus) -> None:
        """Take a draft as the one that is filled in."""
        self.draft = draft
        self.reason = focus.typed.get("reason", "")
        self._fresh = draft.revision <= 1 and not draft.focus
        self._kept = (deepcopy(dict(draft.values)), draft.focus)

    def refit(self) -> None:
        """Show and hide fields by what is filled in so far."""

    # Fields

    def form_fields(self) -> Iterator[FormField]:
        """Return all fields in order."""
        return iter(self.query(FormField))

    def open_fields(self) -> Iterator[FormField]:
        """Return the fields that are shown."""
        return (field for field in self.form_fields() if field.display)

    def field_at(self, path: str) -> FormField | None:
        """Return the field of a path, or of the nearest path above or below it."""
        if not path:
            return None
        for field in self.form_fields():
            if path in field.paths():
                return field
        heads = (
            field for field in self.form_fields() if field.field.partition(".")[0] == path.partition(".")[0]
        )
        return next(heads, None)

    def gather(self) -> dict[str, Any]:
        """Return the values as they stand: what the form does not know stays as it was."""
        values: dict[str, Any] = deepcopy(dict(self.draft.values)) if self.draft else {}
        base: Mapping[str, Any] = self.draft.base if self.draft else {}
        for field in self.form_fields():
            for path, value in field.values().items():
                put(values, path, value, keep_empty=path in base)
        self.added(values)
        return values

    def unsaved(self) -> Unsaved | None:
        if self.draft is None or self._over or not self.is_attached:
            return None
        values, focus = self.gather(), self._focus_text()
        return None if (values, focus) == self._kept else Unsaved(self.draft.id, values, focus)

    def _focus_text(self) -> str:
        typed: dict[str, str] = {"reason": self.reason} if self.reason else {}
        at, place = "", ""
        for field in self.form_fields():
            typed |= field.typed()
            if field.has_focus_within:
                at, place = field.field, field.place()
        if not at and self._kept is not None:
            # A dialog has the focus: the form is where it was.
            kept = read_focus(self._kept[1])
            at, place = kept.field, kept.place
        return write_focus(at, place, typed)

    def saved(self, draft: Draft) -> None:
        """Take notice of what is stored now."""
        self.draft = draft
        self._kept = (deepcopy(dict(draft.values)), draft.focus)

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._touched = True
        if self.draft is not None:
            self.react(event.field)
            self.refit()
            self.edited()

    def react(self, field: FormField) -> None:
        """Follow a change of one field in others."""

    @on(FormField.Done)
    def _done(self, event: FormField.Done) -> None:
        fields = list(self.open_fields())
        later = fields[fields.index(event.field) + 1 :] if event.field in fields else []
        if later:
            later[0].land()

    @on(FormField.Moved)
    @on(events.DescendantFocus)
    def _moved(self) -> None:
        # Where the cursor is belongs to the draft too.
        if self.draft is not None and self._touched:
            self.edited()

    # Sending

    def action_send(self) -> None:
        """Check the form, have it confirmed, write the entry."""
        if not self._busy and self.draft is not None:
            self._send()

    @work(group="send")
    async def _send(self) -> None:
        self._busy = True
        try:
            with self.saying():
                await self._send_checked()
        finally:
            self._busy = False

    async def _send_checked(self) -> None:
        if self.draft is None:
            return
        self.say("")
        for field in self.form_fields():
            wrong = field.check()
            if wrong:
                self.reveal(field)
                field.complain(wrong)
                field.land()
                self.say(wrong)
                return
        await self.flush()
        problems = await self.host.ask(self.host.laptop.problems, self.draft.id)
        if self.show_problems(problems):
            return
        arguments = await self.confirm([problem for problem in problems if not problem.stops])
        if arguments is None:
            return
        await self.flush()
        draft = self.draft
        # From here on an autosave would write to a draft that is closed.
        self._over = True
        try:
            await self.host.ask(self.host.laptop.submit, draft.id, **arguments)
        except BaseException:
            self._over = False
            raise
        self.host.touched(draft.record)
        await self.finished(draft.record)

    def show_problems(self, problems: Sequence[Problem]) -> bool:
        """Show every finding at its field; returns whether one of them stops, and goes there."""
        for field in self.form_fields():
            field.complain("")
        first: FormField | None = None
        for problem in sorted(problems, key=lambda problem: not problem.stops):
            at = self.field_at(problem.field)
            if at is not None and not at.complains:
                at.complain(problem.sentence, warns=not problem.stops)
            if problem.stops and first is None:
                first = at
        stops = [problem for problem in problems if problem.stops]
        if stops:
            self.say(stops[0].sentence)
        if first is not None:
            self.reveal(first)
            first.land()
        return bool(stops)

    def reveal(self, field: FormField) -> None:
        """Make a field visible before the cursor goes there."""

    # Leaving

    def action_leave(self) -> None:
        """Save the draft and go back."""
        self._leave()

    @work(group="leave")
    async def _leave(self) -> None:
        with self.saying():
            if self.draft is not None and self._fresh and not self._touched:
                # Opened and left without a word: no draft to come back to.
                self._over = True
                await self.host.ask(self.host.laptop.discard_draft, self.draft.id)
            else:
                await self.flush()
            self._over = True
            self.dismiss()

    def action_discard(self) -> None:
        """Throw the draft away, after asking."""
        if self.draft is not None:
            self._discard(self.draft)

    @work(group="leave")
    async def _discard(self, draft: Draft) -> None:
        sure = await self.app.push_screen_wait(
            Sure("Throw this draft away?", "What you wrote here is lost. Nothing that was signed is touched.")
        )
        if not sure:
            return
        with self.saying():
            self._over = True
            await self.host.ask(self.host.laptop.discard_draft, draft.id)
            self.host.touched(draft.record)
            self.dismiss()
