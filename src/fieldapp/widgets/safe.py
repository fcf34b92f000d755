"""The base of the App: nothing that people wrote styles, crashes, commands or leaks out of the terminal.

It covers what a plain Textual app does not (security.md §1): control characters in widgets, tracebacks
with local variables, the clipboard escape sequence, screenshots, the terminal's title.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from rich.text import Text
from textual.app import SystemCommand
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from ..errors import FieldappError
from .crash import CrashReport, report
from .kept_stylesheet import KeptStylesheet
from .key_order import KeyOrder
from .line_filter import ControlFilter
from .themes import THEMES

ReturnT = TypeVar("ReturnT")


class SafeApp(KeyOrder[ReturnT]):
    """An App with one output filter, its own failure report, no clipboard escape and no screenshots."""

    TITLE = "fieldapp"
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = True

    def __init__(self) -> None:
        super().__init__()
        self._control_filter = ControlFilter()
        self._kept_text = ""
        self.crash: CrashReport | None = None
        """What is shown and written to the log after an unexpected failure."""
        self.animation_level = "none"
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, on a Unix terminal the one that guards pasted text."""
        found = super().get_driver_class()
        if sys.platform != "win32":
            from textual.drivers.linux_driver import LinuxDriver

            if found is LinuxDriver:
                from .terminal_input import GuardedDriver

                return GuardedDriver
        return found

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters and, last of all, ours."""
        return [*super().get_line_filters(), self._control_filter]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer none of Textual's commands: one of them writes the screen to a file."""
        yield from ()

    def copy_to_clipboard(self, text: str) -> None:
        """Keep cut text inside the app; Textual would hand it to the terminal and so to every program."""
        self._kept_text = text

    @property
    def clipboard(self) -> str:
        """Text cut or copied in this app, for pasting in this app."""
        return self._kept_text

    def deliver_screenshot(self, *args: Any, **kwargs: Any) -> str | None:
        """Write nothing: a picture of the screen would hold client data."""
        return None

    def save_screenshot(self, *args: Any, **kwargs: Any) -> str:
        """Write nothing: a picture of the screen would hold client data."""
        return ""

    def action_screenshot(self, *args: Any, **kwargs: Any) -> None:
        """Write nothing: a picture of the screen would hold client data."""

    def rescue(self) -> None:
        """Save what can be saved before an unexpected failure ends the app."""

    def known_failure(self, failure: FieldappError) -> None:
        """Show a failure that a person can act on and that no screen caught."""

    def _handle_exception(self, error: Exception) -> None:
        # A known failure in a worker harms nobody: say it and go on. In a message handler the widget's
        # own loop has already ended, so that even a known failure must end the app.
        inner = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(error, WorkerFailed) and isinstance(inner, FieldappError):
            self.known_failure(inner)
            return
        if self.crash is None:
            self.crash = report(inner)
            self.rescue()
        super()._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """End the app; what Textual would print is replaced by our own report."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        # Textual prints a traceback with local variables here: notes and passphrases in scrollback.
        text = self.crash.text if self.crash is not None else "fieldapp stopped because of a fault.\n"
        self._exit_renderables[:] = [Text(text)]
        self._close_messages_no_wait()
