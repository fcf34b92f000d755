"""The last gate before the terminal: no byte that a record brought along may command it.

Textual writes ESC, C1 and bidi characters of any label or value as they are; under tmux a client's
name could set the clipboard. Every widget's lines pass through the app's line filters just before they
become terminal sequences, so one filter there covers widgets that do not use `plain` (Input, TextArea).
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from .text import CONTROL, REPLACEMENT

# On a rendered line even a tab or a line end would move the cursor.
_NEVER = re.compile(CONTROL.pattern[:-1] + "\t\n]")


def _harmless(match: re.Match[str]) -> str:
    # Widths were computed before this filter; a replacement must take exactly the same cells.
    return REPLACEMENT * cell_len(match[0])


class ControlFilter(LineFilter):
    """Takes control characters and terminal hyperlinks (OSC 8) out of rendered lines."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without control characters and links."""
        cleaned: list[Segment] = []
        for segment in segments:
            text, style, _ = segment
            linked = style is not None and style.link is not None
            if not linked and _NEVER.search(text) is None:
                cleaned.append(segment)
                continue
            if style is not None and linked:
                style = style.update_link(None)
            cleaned.append(Segment(_NEVER.sub(_harmless, text), style))
        return cleaned
