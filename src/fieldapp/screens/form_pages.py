"""A form of several pages, one on screen at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Generic, NamedTuple, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ..clinical.plan_spoken import private_words
from ..widgets.form_field import FormField
from ..widgets.text import plain, styled
from .form_draft import DraftScreen
from .keys import key

ResultT = TypeVar("ResultT")


class Spoken(NamedTuple):
    """What a step says in one language."""

    title: Content
    prompt: str


class Page(VerticalScroll, can_focus=False):
    """One page of the form; large and plain, so that the screen can be turned to the client."""

    def __init__(
        self,
        number: int,
        title: Content,
        spoken: Callable[[str], Spoken] | None,
        fields: list[FormField],
        note: str = "",
        *,
        private: bool = False,
    ) -> None:
        super().__init__(id=f"page-{number}", classes="page -private" if private else "page")
        self.private = private
        self.number = number
        self._title, self._spoken, self._fields, self._note = title, spoken, fields, note

    def compose(self) -> ComposeResult:
        yield Static(self._title, classes="page-title")
        if self._spoken is not None:
            yield Static(plain(self._spoken("en").prompt), classes="page-prompt")
        yield from self._fields
        if self.private:
            yield Static(plain(private_words()), classes="page-private")
        if self._note:
            yield Static(styled(self._note, "$text-muted"), classes="page-note")

    def speak(self, language: str, *, turned: bool) -> None:
        """Ask in the client's language; what stands above is in it too while the screen is turned to them."""
        if self._spoken is not None:
            said = self._spoken(language)
            self.query_one(".page-prompt", Static).update(plain(said.prompt))
            self.query_one(".page-title", Static).update(said.title if turned else self._title)
            for hidden in self.query(".page-private").results(Static):
                hidden.update(plain(private_words(language)))

    @property
    def fields(self) -> list[FormField]:
        """The fields of this page."""
        return self._fields


def page_of(field: Widget) -> int:
    """Return the number of the page that a field stands on; 0, the first one, for anything else."""
    found = next((parent for parent in field.ancestors if isinstance(parent, Page)), None)
    return found.number if found is not None else 0


class PagedForm(DraftScreen[ResultT], Generic[ResultT]):
    """A form over one draft whose fields stand on pages numbered from 0."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("pagedown,ctrl+n", "turn(1)", "Next step", "Go to the next step.", priority=True),
        key("pageup,ctrl+b", "turn(-1)", "Step before", "Go to the step before.", priority=True),
    ]
    last_page = 0
    """The number of the last page."""

    def __init__(self) -> None:
        super().__init__()
        self._page = 0

    def is_page_open(self, number: int) -> bool:
        """Tell whether a page is gone to by turning pages."""
        return 0 <= number <= self.last_page

    @property
    def page(self) -> Page:
        """The page on screen."""
        return self.query_one(f"#page-{self._page}", Page)

    def form_fields(self) -> Iterator[FormField]:
        return (field for page in self.query(Page) for field in page.query(FormField))

    def open_fields(self) -> Iterator[FormField]:
        return (field for field in self.page.query(FormField) if field.display)

    def turn_to(self, number: int) -> None:
        """Show one page."""
        self._page = max(0, min(self.last_page, number))
        for page in self.query(Page):
            page.display = page.number == self._page
        self.refit()

    def action_turn(self, step: int) -> None:
        """Go to the next page or the one before."""
        if self.draft is None:
            return
        target = self._page + step
        while 0 <= target <= self.last_page and not self.is_page_open(target):
            target += step
        if 0 <= target <= self.last_page:
            self.turn_to(target)
            self.land_on_page()

    @on(FormField.Done)
    def _page_done(self, event: FormField.Done) -> None:
        """Go on to the next field of the page, after the last one to the next page."""
        event.prevent_default()
        fields = list(self.open_fields())
        at = fields.index(event.field) if event.field in fields else -1
        later = fields[at + 1 :]
        if later:
            later[0].land()
        elif self._page < self.last_page:
            self.action_turn(1)

    def land_on_page(self) -> None:
        """Put the cursor on the first field of the page at hand."""
        first = next(self.open_fields(), None)
        if first is not None:
            first.land()

    def reveal(self, field: FormField) -> None:
        self.turn_to(page_of(field))
