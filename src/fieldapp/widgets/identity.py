"""Who a client is wherever one is named: name to use, pronouns, language and whether an interpreter is needed.

Names come from the read models, which show the name to use with the family name (clinical.md 2.1).
"""

from __future__ import annotations

from typing import Protocol

from textual.content import Content

from ..records.kinds.client import LANGUAGES
from .text import join, one_line, styled

INTERPRETER = "⇄ interpreter"
ENGLISH = ("", "en")


class Identified(Protocol):
    """What every line about a client knows of who they are."""

    @property
    def name(self) -> str: ...
    @property
    def pronouns(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def interpreter(self) -> bool: ...


def language_words(language: str, *, interpreter: bool) -> str:
    """Return in which language one speaks with a client: `Spanish`, `⇄ interpreter Spanish`; "" for plain English."""
    spoken = "" if language in ENGLISH else one_line(LANGUAGES.get(language, language))
    if interpreter:
        return f"{INTERPRETER} {spoken}".rstrip()
    return spoken


def named(name: str, pronouns: str) -> str:
    """Return a name with the pronouns: `Okafor, Ada (she/her)`."""
    return f"{one_line(name)} ({one_line(pronouns)})" if name and pronouns else one_line(name)


def called(who: Identified) -> str:
    """Return who a client is in one line: `Okafor, Ada (she/her) · ⇄ interpreter Spanish`."""
    spoken = language_words(who.language, interpreter=who.interpreter)
    return " · ".join(part for part in (named(who.name, who.pronouns), spoken) if part)


def short(who: Identified) -> str:
    """Return the same for a narrow column: `Okafor, Ada (she/her) ⇄es`."""
    spoken = "" if who.language in ENGLISH else one_line(who.language)
    mark = f" ⇄{spoken}" if who.interpreter else f" {spoken}" if spoken else ""
    return f"{named(who.name, who.pronouns)}{mark}"


def head_name(who: Identified) -> Content:
    """Return the name of a head or title: bold, with pronouns; language and interpreter beside it."""
    spoken = language_words(who.language, interpreter=who.interpreter)
    return join(
        styled(named(who.name, who.pronouns), "bold"), styled(f" · {spoken}", "bold") if spoken else ""
    )
