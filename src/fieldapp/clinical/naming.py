"""Whether a text names somebody: names of one client in words that go into another's record (clinical.md 2.13). Pure.

A group's summary stands in the record of each who was there, so nobody's name may be in it: not the one on paper,
not the one that is used, not a part of either. It errs on the side of finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

_ORDINARY = """
abbey able amber angel april art ash august autumn banks barber bean bear bell berry bill bird black blue
bond brook brown buck bud burns bush butler campos carol carpenter chance charity cherry christian church
clay cliff cole consuelo cook cooper cruz crystal daisy dale dawn dean destiny dick dolly dolores dot drew
duke earl early east estrella fisher flores flowers ford forest foster fox francs frank free frost fuentes
gay gene gentry glen glory grace grant gray green hall harmony hay heather hill holiday holly home honey
hope hunt hunter iris ivy jack jade jasmine jay jean jenny jewel joy june king knight lake lance land law
leaf lee lily long lord love luz major man mark marsh mason may melody mercedes mercy merit miles miller
misty moon morning moss nick night noble noel north oak olive page paige parent park parks patience paz
peace pearl penny piper pope poppy powers precious price prince prudence queen rain ray read reed reyes rich
rios river rivers robin rock rod rosa rose ruby rush rusty sage sailor sandy santos savage season self
serenity shade sharp shaw short silver singer sky small smart snow sol sparks spring star stark stone storm
stormy strange street strong summer summers sunny swift tanner taylor temple terry trinity true tucker
turner unity van victory violet wade walker wall walls ward waters weaver webb wells west white wild will
winter wise wolf wood woods worth wright yes young
"""
ORDINARY = frozenset(_ORDINARY.split())
"""Names that are also words, in small letters: they count where they are written as a name."""
_PARTICLES = "bin da das de del della den der di dos du el la las le los mac mc o st van von y"
PARTICLES = frozenset(_PARTICLES.split())
"""Parts of names that say nothing by themselves."""
_INSIDE = "'’‘ʼ.-"
"""What may stand between the letters of one word."""
_APOSTROPHES = re.compile(r"['’‘ʼ]")
_POSSESSIVE = re.compile(r"['’‘ʼ][sS]$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]")
"""Scripts that put no space between words, or endings right behind a name."""
_PLURAL_FROM = 4
"""Shorter names have no plural that is looked for: an `s` more is mostly another word."""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand there: letters with their marks, and what joins them."""
    whole = unicodedata.normalize("NFC", text)
    runs = groupby(whole, lambda c: c.isalpha() or c in _INSIDE or unicodedata.category(c).startswith("M"))
    found = ("".join(run).strip(_INSIDE) for is_word, run in runs if is_word)
    return [word for word in found if word]


def bare(text: str) -> str:
    """Return a word without accents, apostrophes and case."""
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).casefold()


def parts_of(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of somebody's names that tell who it is, each bare: `Ana María de la Cruz-O'Neil` has five."""
    found: set[str] = set()
    for one in (part for name in names for part in name.split(",")):
        split = [piece for word in words_of(one) for piece in (word, *re.split(r"[-.]", word))]
        pieces = {bare(piece) for piece in split} - {""}
        told = {piece for piece in pieces if piece not in PARTICLES and len(piece) > 1}
        # Whose family is called nothing but `Le`, or who is called `Y`, is still somebody.
        found |= told or pieces
    return frozenset(found)


def _is_capital(word: str) -> bool:
    return word[:1] != word[:1].lower()


def _reads_as_name(word: str, part: str) -> bool:
    if part in ORDINARY or part in PARTICLES:
        return _is_capital(word)
    if len(part) <= 2:
        # `ED` is a department and `ed` half a word; `Ed` is a man.
        return _is_capital(word) and (len(word) == 1 or word[1:] == word[1:].lower())
    return True


def named_in(text: str, names: Iterable[str], *, but: Iterable[str] = ()) -> str:
    """Return the first word of a text that is a part of somebody's name, as it stands there; "" for none.

    Args:
        names: of the people who must not be named.
        but: of the one whose text it is: what both are called stays.
    """
    wanted = parts_of(names) - parts_of(but)
    if not wanted:
        return ""
    whole = bare(unicodedata.normalize("NFC", text))
    for part in sorted(wanted):
        if _UNSPACED.search(part) and part in whole:
            return unicodedata.normalize("NFC", part)
    plurals = {f"{part}s": part for part in wanted if len(part) >= _PLURAL_FROM}
    for word in words_of(text):
        for piece in dict.fromkeys((word, _POSSESSIVE.sub("", word), *re.split(r"[-.'’‘ʼ]", word))):
            part = bare(piece)
            part = plurals.get(part, part) if part not in wanted else part
            if part in wanted and _reads_as_name(piece, part):
                return _POSSESSIVE.sub("", word)
    return ""
