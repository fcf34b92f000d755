"""One line about a check-in that runs, for screens that show nothing else: no name and no place."""

from __future__ import annotations

from datetime import tzinfo

from textual.content import Content
from textual.widgets import Static

from ..clinical.checkin import is_overdue, words
from .status_line import TONES, clock_words
from .text import lines, styled


def check_in_words(out_ms: int | None, now_ms: int, tz: tzinfo | None) -> tuple[str, str]:
    """Return (words, tone) for the status line; the words are empty for somebody who is checked in nowhere."""
    return words(out_ms, now_ms, clock_words(out_ms, now_ms, tz)) if out_ms is not None else ("", "")


class CheckInLine(Static):
    """What a covered or locked screen says to somebody who is checked in somewhere."""

    DEFAULT_CSS = (
        "CheckInLine { height: auto; margin-top: 1; display: none; } CheckInLine.-shown { display: block; }"
    )

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def tell(self, out_ms: int | None, now_ms: int, tz: tzinfo | None) -> None:
        """Show it, or nothing."""
        said, tone = check_in_words(out_ms, now_ms, tz)
        self.set_class(bool(said), "-shown")
        if said:
            todo = "Unlock and press C: are you safe?" if is_overdue(out_ms, now_ms) else ""
            self.update(lines(styled(said, TONES[tone]), *([todo] if todo else [])))
        else:
            self.update(Content(""))
