"""Passphrases: six words from the EFF large list (77 bits), and one-sentence problems of one's own choice."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

SHORTEST, LONGEST = 15, 256

_COMMON = (
    "password", "passwort", "passphrase", "letmein", "iloveyou", "welcome", "monkey", "dragon", "sunshine",
    "princess", "football", "baseball", "superman", "trustno1", "changeme", "admin", "master", "secret",
    "login", "qwerty", "azerty", "qwertz", "asdfgh", "zxcvbn", "1q2w3e4r", "abc123", "123456", "654321",
    "111111", "000000", "correcthorsebatterystaple", "correct horse battery staple", "fieldapp",
)  # fmt: skip
_RUNS = ("abcdefghijklmnopqrstuvwxyz" * 2, "0123456789" * 26, "qwertyuiopasdfghjklzxcvbnm" * 2)
_LEFT_OVER = 8


@cache
def words() -> tuple[str, ...]:
    """Return the 7,776 words of the EFF large list (CC BY 3.0 US), as shipped by the package xkcdpass."""
    text = resources.files("xkcdpass").joinpath("static/eff-long").read_text("utf-8")
    return tuple(text.split())


def generate(words_wanted: int = 6, *, choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return random words joined by spaces: 12.9 bits each, 77 for six."""
    listed = words()
    return " ".join(choose(listed) for _ in range(words_wanted))


def check(passphrase: str) -> list[str]:
    """Return what is wrong with a chosen passphrase, one sentence each; none means it may be used."""
    normal = unicodedata.normalize("NFKC", passphrase)
    if len(normal) < SHORTEST:
        return [f"Use at least {SHORTEST} characters; five or six unrelated words are easy to remember."]
    if len(normal) > LONGEST:
        return [f"Use at most {LONGEST} characters."]
    plain = normal.casefold()
    if len(set(plain)) == 1:
        return ["Use more than one character."]
    problems = []
    if plain in (plain + plain)[1:-1]:
        problems.append("Do not repeat one piece; add words that have nothing to do with each other.")
    if any(plain in run or plain[::-1] in run for run in _RUNS):
        problems.append("Do not follow the alphabet, the digits or the keyboard; use unrelated words.")
    rest = plain
    for common in _COMMON:
        rest = rest.replace(common, "")
    if rest != plain and len("".join(rest.split())) < _LEFT_OVER:
        problems.append("This is made of common passwords; use unrelated words instead.")
    return problems
