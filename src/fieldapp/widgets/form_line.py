"""Fields for one line and for any amount of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, TextArea

from ..clinical.paragraphs import taken_out
from ..records.canonical import Json
from ..records.text import clean
from .form_field import FormField
from .text import plain

LINE_CHARS = 300
PROSE_CHARS = 20_000


@dataclass
class TooLong(Message):
    """A paste did not fit and nothing of it was put in: a part of a text is no text."""

    letters: int
    room: int

    @property
    def sentence(self) -> str:
        """What to say."""
        return (
            f"What you pasted has {self.letters:,} letters and there is room for {max(0, self.room):,}: nothing was put in. "
            "Paste a shorter piece."
        )


class LineInput(Input):
    """An Input that pastes several lines as one and never lets a control character in."""

    DEFAULT_CSS = """
    LineInput { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface; }
    LineInput:focus { border: none; background: $panel; }
    """

    def __init__(
        self, *, placeholder: str = "", most: int = LINE_CHARS, part: str | None = None, classes: str = ""
    ) -> None:
        # Selecting all on focus would let the next key replace what was written.
        super().__init__(
            placeholder=placeholder, max_length=most, select_on_focus=False, compact=True, id=part,
            classes=classes,
        )  # fmt: skip

    def on_paste(self, event: events.Paste) -> None:
        """Take the whole text, line ends as spaces; Textual would take the first line only."""
        event.prevent_default()
        event.stop()
        text = " ".join(clean(event.text).split("\n"))
        room = (self.max_length or len(text)) - len(self.value) + len(self.selected_text)
        if len(text) > room:
            self.post_message(TooLong(len(text), room))
        else:
            self.replace(text, *self.selection)

    def show(self, text: str) -> None:
        """Show a stored text without saying that it changed."""
        with self.prevent(Input.Changed):
            self.value = clean(text).replace("\n", " ")
            self.cursor_position = len(self.value)


class ProseArea(TextArea):
    """A plain TextArea that grows with its text; tab leaves it, control characters never enter it."""

    DEFAULT_CSS = """
    ProseArea { width: 1fr; height: auto; min-height: 3; max-height: 12; border: none; padding: 0 1;
                background: $surface; }
    ProseArea:focus { border: none; background: $panel; }
    """

    def __init__(self, *, placeholder: str = "") -> None:
        super().__init__(
            soft_wrap=True, tab_behavior="focus", compact=True, highlight_cursor_line=False,
            placeholder=plain(placeholder),
        )  # fmt: skip

    async def on_paste(self, event: events.Paste) -> None:
        """Take clean text only; what a form has no room for is said and not put in."""
        event.prevent_default()
        event.stop()
        room = PROSE_CHARS - len(self.text) + len(self.selected_text)
        pasted = clean(event.text)
        if len(pasted) > room:
            self.post_message(TooLong(len(pasted), room))
            return
        result = self.replace(pasted, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def show(self, text: str) -> None:
        """Show a stored text without saying that it changed."""
        with self.prevent(TextArea.Changed, TextArea.SelectionChanged):
            self.load_text(clean(text))
            # Who opens a text that was begun goes on at its end.
            self.move_cursor(self.document.end)


class FormLine(FormField):
    """One line of text."""

    def __init__(
        self, field: str, label: str, *, placeholder: str = "", most: int = LINE_CHARS, classes: str = ""
    ) -> None:
        super().__init__(field, label, classes=classes)
        self._input = LineInput(placeholder=placeholder, most=most)

    def compose_control(self) -> ComposeResult:
        yield self._input

    @property
    def text(self) -> str:
        """What is typed."""
        return self._input.value

    def values(self) -> Mapping[str, Json]:
        return {self.field: clean(self._input.value).strip() or None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        value = typed.get(self.field, values.get(self.field))
        self._input.show("" if value is None else str(value))

    def place(self) -> str:
        return str(self._input.cursor_position)

    def land(self, place: str = "") -> None:
        self._input.focus()
        if place.isdigit():
            self._input.cursor_position = min(int(place), len(self._input.value))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.changed()

    @on(TooLong)
    def _too_long(self, event: TooLong) -> None:
        event.stop()
        self.complain(event.sentence)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


class FormNumber(FormLine):
    """A whole number in a range; anything else is kept as typed and complained about."""

    def __init__(self, field: str, label: str, *, most: int, placeholder: str = "") -> None:
        super().__init__(field, label, placeholder=placeholder, most=12)
        self.most = most

    @property
    def _number(self) -> int | None:
        said = self.text.strip()
        return int(said) if said.isascii() and said.isdigit() and int(said) <= self.most else None

    def values(self) -> Mapping[str, Json]:
        if not self.text.strip():
            return {self.field: None}
        return {} if self._number is None else {self.field: self._number}

    def typed(self) -> Mapping[str, str]:
        return {self.field: self.text} if self.text.strip() and self._number is None else {}

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        return f"Type a whole number from 0 to {self.most}." if self.typed() else ""


class FormText(FormField):
    """Any amount of text."""

    def __init__(self, field: str, label: str, *, placeholder: str = "", classes: str = "") -> None:
        super().__init__(field, label, classes=classes)
        self._area = ProseArea(placeholder=placeholder)

    def compose_control(self) -> ComposeResult:
        yield self._area

    @property
    def text(self) -> str:
        """What is typed."""
        return self._area.text

    def put_in(self, text: str) -> None:
        """Put text where the cursor stands, as if it had been typed there."""
        room = PROSE_CHARS - len(self._area.text)
        self._area.insert(clean(text)[: max(0, room)])
        self._area.focus()

    def add_below(self, text: str) -> None:
        """Put text on lines of its own below what is there."""
        self._area.move_cursor(self._area.document.end)
        self.put_in(f"\n{text}" if self._area.text.strip() else text)

    def take_paragraph(self) -> str:
        """Take out the paragraph that the cursor stands in and return it; undo brings it back."""
        said, rest = taken_out(self._area.text, self._area.cursor_location[0])
        if said:
            end = self._area.document.end
            self._area.replace(rest, (0, 0), end)
        return said

    def values(self) -> Mapping[str, Json]:
        text = clean(self._area.text)
        return {self.field: text if text.strip() else None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        value = typed.get(self.field, values.get(self.field))
        self._area.show("" if value is None else str(value))

    def place(self) -> str:
        row, column = self._area.cursor_location
        return f"{row}:{column}"

    def land(self, place: str = "") -> None:
        self._area.focus()
        row, _, column = place.partition(":")
        if row.isdigit() and column.isdigit():
            self._area.move_cursor((int(row), int(column)))

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.changed()

    @on(TooLong)
    def _too_long(self, event: TooLong) -> None:
        event.stop()
        self.complain(event.sentence)

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self.post_message(self.Moved(self))
