"""Who a client is wherever one is named: name to use, pronouns, language, interpreter (clinical.md 2.1). Pure.

The one place that says how; screens, lists and paper for staff take their words from here.
"""

from __future__ import annotations

from fieldapp.records.languages import LANGUAGES

INTERPRETER = "⇄"
ENGLISH = ("", "en")


def language_words(language: str, *, interpreter: bool) -> str:
    """Return in which language one speaks with a client: `Spanish`, `⇄ interpreter Spanish`; "" for plain English."""
    spoken = "" if language in ENGLISH else LANGUAGES.get(language, language)
    return f"{INTERPRETER} interpreter {spoken}".rstrip() if interpreter else spoken


def called(name: str, pronouns: str, language: str, *, interpreter: bool) -> str:
    """Return who a client is as lists and titles name them: `Okafor, Ada ⇄es (she/her)`.

    What must be known before one speaks stands before the pronouns: a narrow column cuts the end.
    """
    spoken = "" if language in ENGLISH else language
    mark = f"{INTERPRETER}{spoken}" if interpreter else spoken
    return " ".join(
        part for part in (name, mark if name else "", f"({pronouns})" if pronouns and name else "") if part
    )


def without_pronouns(called: str) -> str:
    """Return the words of `called` without their end, for a column that has no room for it: half a pronoun says nothing."""
    head, opened, tail = called.rpartition(" (")
    return head if opened and tail.endswith(")") else called


def on_paper(name: str, pronouns: str, language: str, *, interpreter: bool) -> str:
    """Return the same for paper of staff, whose font has no glyph for it: `Okafor, Ada (she/her), interpreter: Spanish`."""
    spoken = "" if language in ENGLISH else LANGUAGES.get(language, language)
    said = f"interpreter: {spoken or 'yes'}" if interpreter else spoken
    return ", ".join(part for part in (f"{name} ({pronouns})" if pronouns else name, said) if part)


def in_full(name: str, pronouns: str, language: str, *, interpreter: bool) -> str:
    """Return the same where there is room: `Okafor, Ada (she/her) · ⇄ interpreter Spanish`."""
    spoken = language_words(language, interpreter=interpreter)
    return " · ".join(part for part in (f"{name} ({pronouns})" if pronouns else name, spoken) if part)
