"""A screen that fills in a draft: opening where it was left, gathering what is typed, keeping it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..widgets.form_field import FormField
from .base import FormScreen, Unsaved
from .form_values import put, read_focus, take, write_focus

if TYPE_CHECKING:
    from ..store.models import Draft

ResultT = TypeVar("ResultT")


class FilledScreen(FormScreen[ResultT], Generic[ResultT]):
    """A form over one draft.

    A screen gives `find_draft` (which draft) and `fields` (the widgets in order).
    """

    CSS_PATH = ["form.tcss"]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self._kept: tuple[Mapping[str, Any], str] | None = None
        self._over = False
        self._touched = False
        self._fresh = False
        self._filling = False
        """Whether fields are being made anew: what they hold meanwhile is nobody's word and is not saved."""

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
        focus = read_focus(draft.focus)
        # One picture of the whole form instead of one for every step on the way there.
        self._filling = True
        try:
            with self.app.batch_update():
                await form.remove_children()
                await form.mount_all(self.fields(draft))
                for field in self.form_fields():
                    field.restore({path: take(draft.values, path) for path in field.paths()}, focus.typed)
                self._filling = False
                self.adopt(draft)
                await self.shown()
                self.refit()
        finally:
            self._filling = False
        landing = self.field_at(focus.field) or next(self.open_fields(), None)
        if landing is not None:
            landing.land(focus.place)

    def adopt(self, draft: Draft) -> None:
        """Take a draft as the one that is filled in."""
        self.draft = draft
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
        if self.draft is None or self._over or self._filling or not self.is_attached:
            return None
        values, focus = self.gather(), self._focus_text()
        return None if (values, focus) == self._kept else Unsaved(self.draft.id, values, focus)

    def _focus_text(self) -> str:
        typed: dict[str, str] = {}
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
