"""The line at the bottom: the keys that do something here and now.

One widget, where Textual's footer makes a widget for each key anew whenever one of them changes: that was a
third of the time that opening an area took.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from .text import styled

if TYPE_CHECKING:
    from textual.screen import Screen

NEVER_LEFT_OUT = frozenset({"crisis", "keys"})
"""Actions whose keys are shown however narrow the line is."""


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One key of the line."""

    key: str
    shown: str
    words: str
    action: str
    enabled: bool

    @property
    def cells(self) -> int:
        """Terminal cells that it takes."""
        return len(self.shown) + 1 + len(self.words)


class KeyLine(Widget):
    """The keys of the screen that are worth showing; a click presses one."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; width: 1fr; color: $footer-foreground; background: $footer-background; }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self.hints: tuple[KeyHint, ...] = ()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return 1."""
        return 1

    def on_mount(self) -> None:
        """Follow the screen's keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        if not (self.is_attached and screen is self.screen):
            return
        found: dict[str, KeyHint] = {}
        for _, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and binding.action not in found:
                shown = self.app.get_key_display(binding)
                found[binding.action] = KeyHint(
                    binding.key, shown, binding.description, binding.action, enabled
                )
        hints = tuple(found.values())
        if hints != self.hints:
            self.hints = hints
            self.refresh()

    def fitting(self, width: int) -> list[KeyHint]:
        """Return the keys that find room, the first ones first."""
        kept = [hint for hint in self.hints if hint.action in NEVER_LEFT_OUT]
        room = width - sum(hint.cells + 1 for hint in kept) + 1
        for hint in self.hints:
            if hint not in kept and hint.cells + 1 <= room:
                kept.append(hint)
                room -= hint.cells + 1
        return [hint for hint in self.hints if hint in kept]

    def render(self) -> Content:
        """Return the line."""
        parts = []
        for hint in self.fitting(self.size.width):
            tone = "" if hint.enabled else " dim"
            parts.append(
                styled(hint.shown, f"bold $footer-key-foreground{tone}")
                + styled(f" {hint.words}", f"$footer-description-foreground{tone}")
            )
        return Content(" ").join(parts)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        at = 0
        for hint in self.fitting(self.size.width):
            if at <= event.x < at + hint.cells:
                if hint.enabled:
                    self.app.simulate_key(hint.key)
                return
            at += hint.cells + 1
