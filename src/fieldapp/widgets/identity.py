"""Who a client is, from a line that knows pronouns and language, as `clinical.identity` says it."""

from __future__ import annotations

from typing import Protocol

from textual.content import Content

from ..clinical import identity
from .text import one_line, styled


class Identified(Protocol):
    """What a line about a client knows of who they are."""

    @property
    def name(self) -> str: ...
    @property
    def pronouns(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def interpreter(self) -> bool: ...


def called(who: Identified) -> str:
    """Return who a client is, for a column or a title."""
    return one_line(identity.called(who.name, who.pronouns, who.language, interpreter=who.interpreter))


def in_full(who: Identified) -> str:
    """Return who a client is where there is room."""
    return one_line(identity.in_full(who.name, who.pronouns, who.language, interpreter=who.interpreter))


def head_name(who: Identified) -> Content:
    """Return the name of a head."""
    return styled(in_full(who), "bold")
