"""One labelled field of a form: what it holds, where the cursor stands, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from ..records.canonical import Json
from .text import plain


class FormField(Vertical):
    """A label, a control and, below them, one sentence when something is wrong.

    A field holds one value or several; `values` names them by their path in the form. What is typed
    but cannot be read yet stays in `typed`, so that the draft keeps it too.
    """

    DEFAULT_CSS = """
    FormField { height: auto; }
    FormField .row { height: auto; }
    FormField .label { width: 16; height: auto; padding-right: 1; color: $text-muted; }
    FormField.-here .label { color: $foreground; text-style: bold reverse; }
    FormField .hint { height: auto; padding-left: 17; color: $text-muted; display: none; }
    FormField .problem { height: auto; padding-left: 17; color: $text-error; text-style: bold; display: none; }
    FormField.-warns .problem { color: $text-warning; }
    FormField.-problem .problem { display: block; }
    FormField.-stacked .row { layout: vertical; }
    FormField.-stacked .label { width: 1fr; }
    FormField.-stacked .problem, FormField.-stacked .hint { padding-left: 0; }
    """

    @dataclass
    class Changed(Message):
        """The field holds something else now."""

        field: FormField

        @property
        def control(self) -> FormField:
            """The field."""
            return self.field

        def can_replace(self, message: Message) -> bool:
            """Only the newest state of a field counts."""
            return isinstance(message, FormField.Changed) and message.field is self.field

    @dataclass
    class Moved(Message):
        """The cursor stands elsewhere in the field."""

        field: FormField

        def can_replace(self, message: Message) -> bool:
            """Only the latest place counts."""
            return isinstance(message, FormField.Moved)

    @dataclass
    class Done(Message):
        """The person is through with this field: the next one may take over."""

        field: FormField

    def __init__(self, field: str, label: str, *, classes: str = "") -> None:
        super().__init__(id=field_id(field), classes=classes)
        self.field = field
        """Path of the value in the form: `remark`, `sections.data`."""
        self.label_text = label

    def compose(self) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Static(plain(self.label_text), classes="label")
            yield from self.compose_control()
        yield Static("", classes="problem")

    def compose_control(self) -> ComposeResult:
        """Yield what the person types into."""
        yield from ()

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """Mark the field that the cursor is in."""
        self.add_class("-here")

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Take the mark away."""
        self.remove_class("-here")

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the values that this field holds."""
        return (self.field,)

    def values(self) -> Mapping[str, Json]:
        """Return the values by path; None for an empty one, nothing for one that cannot be read."""
        raise NotImplementedError

    def typed(self) -> Mapping[str, str]:
        """Return what is typed and cannot be read as a value, by path."""
        return {}

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        return ""

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        """Show values, and over them what was typed and not readable, without saying it changed."""
        raise NotImplementedError

    def place(self) -> str:
        """Return where in this field the cursor stands; "" when there is nothing to tell."""
        return ""

    def land(self, place: str = "") -> None:
        """Take the focus, at a place that `place` returned."""
        inner = next((inner for inner in self.query("*") if inner.focusable), None)
        if inner is not None:
            inner.focus()

    def complain(self, sentence: str, *, warns: bool = False) -> None:
        """Show one sentence at the field; "" takes it away."""
        shown = self.query_one(".problem", Static)
        glyph = "! " if warns else "✗ "
        shown.update(plain(glyph + sentence if sentence else ""))
        self.set_class(bool(sentence), "-problem")
        self.set_class(warns, "-warns")

    @property
    def complains(self) -> bool:
        """Whether a sentence is shown at the field."""
        return self.has_class("-problem")

    def changed(self) -> None:
        """Say that the field holds something else."""
        self.post_message(self.Changed(self))

    def done(self) -> None:
        """Say that the next field may take over."""
        self.post_message(self.Done(self))


def field_id(path: str) -> str:
    """Return the widget id of a field by its path."""
    return "field-" + path.replace(".", "-").replace("_", "-")
