"""A choice by one key: closed it is one line, focused it shows every answer with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from ..records.canonical import Json
from .form_field import FormField
from .text import clip, fit, plain, styled

KEYS = "1234567890abcdefghijklmnopqrs"
"""The key of each answer, in the order of the table."""
_GAP = 1


class ChoiceBox(Widget, can_focus=True):
    """The answers of one question; digits pick, arrows move."""

    DEFAULT_CSS = """
    ChoiceBox { width: 1fr; height: auto; padding: 0 1; background: $surface; color: $foreground; }
    ChoiceBox:focus { background: $panel; }
    """
    BINDINGS = [
        *(
            Binding(key, f"pick({number})", "Pick", show=False, id=f"choice.{number + 1}")
            for number, key in enumerate(KEYS)
        ),
        Binding("down,right", "move(1)", "Next answer", show=False, id="choice.next"),
        Binding("up,left", "move(-1)", "Earlier answer", show=False, id="choice.earlier"),
        Binding("backspace,delete", "clear", "No answer", show=False, id="choice.clear"),
        Binding("enter", "done", "Next field", show=False, id="choice.done"),
    ]
    HELP = "Press the key in front of an answer. The arrows move, backspace takes the answer away."

    @dataclass
    class Picked(Message):
        """The answers changed; `final` when a single answer was picked by its key."""

        box: ChoiceBox
        final: bool

    @dataclass
    class Through(Message):
        """Enter: on to the next field."""

        box: ChoiceBox

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        several: bool = False,
        optional: bool = True,
        none: str = "choose",
    ) -> None:
        super().__init__()
        self.options = tuple(options)
        self.several = several
        self.optional = optional
        self.none = none
        self.picked: tuple[str, ...] = ()

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other answers; what is picked stays."""
        self.options = tuple(options)
        self.refresh(layout=True)

    def show(self, picked: Sequence[str]) -> None:
        """Show answers without saying that they changed."""
        self.picked = tuple(picked)
        self.refresh(layout=True)

    def words(self) -> str:
        """Return what is picked in words; a code that this version does not know as it is."""
        by_code = dict(self.options)
        return ", ".join(by_code.get(code, code) for code in self.picked)

    def _grid(self, width: int) -> tuple[int, int, int]:
        """Return columns, rows and the cells of a column."""
        widest = max((cell_len(words) for _, words in self.options), default=1) + 2
        cells = max(8, min(widest, width))
        columns = max(1, (width + _GAP) // (cells + _GAP))
        rows = -(-len(self.options) // columns) or 1
        return -(-len(self.options) // rows) or 1, rows, cells

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line when closed, the rows of the answers when open."""
        return self._grid(width)[1] if self.has_focus else 1

    def render(self) -> Content:
        """Return the answer, or all answers with their keys."""
        width = self.content_size.width or 60
        if not self.has_focus:
            return plain(clip(self.words(), width)) if self.picked else styled(self.none, "$text-muted")
        columns, rows, cells = self._grid(width)
        shown = []
        for row in range(rows):
            parts = []
            for column in range(columns):
                number = column * rows + row
                if number >= len(self.options):
                    continue
                code, words = self.options[number]
                key = KEYS[number] if number < len(KEYS) else " "
                on = code in self.picked
                mark = "●" if on else " "
                text = mark + fit(words, cells - 2)
                parts.append(styled(key, "bold $text-primary") + styled(text, "bold reverse" if on else ""))
            shown.append(Content(" " * _GAP).join(parts))
        return Content("\n").join(shown)

    def on_focus(self) -> None:
        """Open."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Close."""
        self.refresh(layout=True)

    def on_key(self, event: events.Key) -> None:
        """Keep letters that are no answer from acting as the app's own keys: a slip must not leave the form."""
        answers = f"{KEYS[: len(self.options)]}?"
        if event.is_printable and (event.character or " ") not in answers:
            event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the keys of the answers that there are."""
        if action == "pick":
            return isinstance(parameters[0], int) and parameters[0] < len(self.options)
        return True

    def action_pick(self, number: int) -> None:
        """Pick the answer of a key, or with several take it back."""
        code = self.options[number][0]
        if not self.several:
            self.picked = (code,)
        elif code in self.picked:
            self.picked = tuple(one for one in self.picked if one != code)
        else:
            chosen = {*self.picked, code}
            known = [one for one, _ in self.options if one in chosen]
            self.picked = (*known, *(one for one in self.picked if one not in known))
        self.refresh(layout=True)
        self.post_message(self.Picked(self, final=not self.several))

    def action_move(self, step: int) -> None:
        """Move the single answer up or down."""
        if self.several or not self.options:
            return
        codes = [code for code, _ in self.options]
        at = codes.index(self.picked[0]) + step if self.picked and self.picked[0] in codes else 0
        self.picked = (codes[max(0, min(at, len(codes) - 1))],)
        self.refresh()
        self.post_message(self.Picked(self, final=False))

    def action_clear(self) -> None:
        """Take the answer away."""
        if self.picked and self.optional:
            self.picked = ()
            self.refresh()
            self.post_message(self.Picked(self, final=False))

    def action_done(self) -> None:
        """Go on."""
        self.post_message(self.Through(self))


class FormChoice(FormField):
    """One question with answers from a table: a code, or with `several` a list of codes."""

    def __init__(
        self,
        field: str,
        label: str,
        options: Mapping[str, str] | Sequence[tuple[str, str]],
        *,
        several: bool = False,
        optional: bool = True,
        none: str = "choose",
        classes: str = "",
    ) -> None:
        super().__init__(field, label, classes=classes)
        rows = tuple(options.items()) if isinstance(options, Mapping) else tuple(options)
        self.box = ChoiceBox(rows, several=several, optional=optional, none=none)

    def compose_control(self) -> ComposeResult:
        yield self.box

    @property
    def value(self) -> str:
        """The code of the single answer; "" for none."""
        return self.box.picked[0] if self.box.picked else ""

    def values(self) -> Mapping[str, Json]:
        if self.box.several:
            return {self.field: list(self.box.picked) or None}
        return {self.field: self.value or None}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        value = values.get(self.field)
        if isinstance(value, list | tuple):
            self.box.show([str(code) for code in value])
        else:
            self.box.show([] if value is None else [str(value)])

    def land(self, place: str = "") -> None:
        self.box.focus()

    @on(ChoiceBox.Picked)
    def _picked(self, event: ChoiceBox.Picked) -> None:
        event.stop()
        self.changed()
        if event.final:
            self.done()

    @on(ChoiceBox.Through)
    def _through(self, event: ChoiceBox.Through) -> None:
        event.stop()
        self.done()


class FormYes(FormChoice):
    """A question with yes and no."""

    def __init__(self, field: str, label: str, *, yes: str = "Yes", no: str = "No") -> None:
        super().__init__(field, label, (("yes", yes), ("no", no)), none="not asked")

    def values(self) -> Mapping[str, Json]:
        return {self.field: {"yes": True, "no": False}.get(self.value)}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        value = values.get(self.field)
        self.box.show([] if value is None else ["yes" if value else "no"])
