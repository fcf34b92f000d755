"""One row of the table, and finding it again by the sentence that came over the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person is told of one state."""

    happened: str
    safe: str
    """Whether the work is safe, and where it is."""
    todo: str
    short: str = ""
    """In a list or the status line."""
    tone: str = "warning"
    """error (it needs this person), warning (it needs somebody, or time), note."""

    def about(self, words: str) -> Advice:
        """Return the advice with the words that differ, where it has `{}`."""
        happened, short = (text.replace("{}", words) for text in (self.happened, self.short))
        return replace(self, happened=happened, short=short)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with its advice; `{}` in it stands for what differs from case to case."""

    sentence: str
    advice: Advice

    def said(self, words: str) -> str:
        """Return the sentence with the words that differ."""
        return self.sentence.replace("{}", words)

    def matches(self, sentence: str) -> bool:
        """Tell whether a sentence is this one."""
        pattern = ".*".join(re.escape(part) for part in self.sentence.split("{}"))
        return re.fullmatch(pattern, sentence, re.DOTALL) is not None


def find(reasons: Iterable[Reason], sentence: str) -> Reason | None:
    """Return the row of a sentence; None for one of another version of the app."""
    return next((reason for reason in reasons if reason.matches(sentence)), None)
