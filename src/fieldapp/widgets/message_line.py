"""The line above the footer where a screen says what went wrong or what was done."""

from __future__ import annotations

from textual.widgets import Static

from .text import plain

GLYPHS = {"error": "✗", "warning": "!", "done": "✓", "note": "·"}


class MessageLine(Static):
    """One sentence that stays until the next one; hidden while there is none."""

    DEFAULT_CSS = """
    MessageLine { height: auto; max-height: 3; padding: 0 1; display: none; }
    MessageLine.-shown { display: block; }
    MessageLine.-error { color: $text-error; text-style: bold; }
    MessageLine.-warning { color: $text-warning; }
    MessageLine.-done { color: $text-success; }
    MessageLine.-note { color: $foreground; }
    """

    sentence = ""
    """What is shown, without its sign."""

    def say(self, sentence: str, tone: str = "error") -> None:
        """Show a sentence in a tone (error, warning, done, note); an empty one hides the line."""
        self.sentence = sentence
        for name in GLYPHS:
            self.set_class(name == tone, f"-{name}")
        self.set_class(bool(sentence), "-shown")
        self.update(plain(f"{GLYPHS[tone]} {sentence}"))
