"""Whether a text names somebody: names of one client in words that go into another's record (clinical.md 2.13). Pure.

A group's summary stands in the record of each who was there, so nobody's name may be in it: not the one on paper,
not the one that is used, not a part of either. It errs on the side of finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

from ..records.text import plain

_ORDINARY = """
abbey able amber angel april art ash august autumn banks barber basil bean bear bell berry best better bill
bird black blue bond brandy bright brook brown buck bud buddy burns bush butler candy care carpenter case
cash chambers chance charity chase cherry chip church clay cliff close clove coats coffee cole cook cooper
crane cross crow crystal daisy dawn day days destiny dolly dot drew drum duck duke eagle earl early east
easter english eve faith farmer fast february fern ferry field fields finch fine fish fisher flood floor
flowers ford forest fortune foster fox francs frank free friday friend friends frost full garden gates gay
gentry gift ginger glass glen glory gold golden good grace grant gray green grey gross guest guy hall hand
hands hardy harmony hatch haven hawk hay head heart heath heather hedge held high hill holiday holly home
honey hook hope horn house hunt hunter iris ivy jade january jasmine jewel journey joy judge june justice
key keys kind king kit kitchen kitty knight lake lamb lance land lane lark last law lead leaf leap lee
legend light lily little lock long lord loud love low luck man march mark marks marsh masters may mean
melody memory mercy merit miller mills miracle misty mock monday money monk moody moon morning moss mount
nail nation neat nice night noble noon norm north oak ocean olive page paige pain painter parent park parks
pass patience peace peak pearl peg pen penny pepper perfect person pick pike piper place plant plum point
pond pool poor pope poppy porter potter powder power powers prayer precious press price pride priest prince
prior prosper proud prudence queen quick rail rain raven read real reason reed rest rice rich ring river
rivers road roads rock rod room root rose round rows royal ruby rule rush rusty sage sailor sands sandy
saturday savage say sea seal season self senior serenity shade sharp shaw shepherd shields ship shoes shore
short shot sides sight silence silver simple singer six skill skip sky slack sleep slow small smart snow
soft son south sparks spear speed spice spirit sport spring squire stack stage stair stamp stand staple star
stark steel step steps sterling still stock stone stones storm stormy stout straight strand strange street
strong style summer summers sunday sunny swan sweet swift tall teal tear tell temple thorn thursday tide
till toll town trail train tree trip true trust tuesday turn turner twist unity vale van vest victory vine
violet wade wake walker wall walls want ward ware warm waters way ways weaver wednesday week weeks well
wells west wheat white whole wild will win wind window wine wing winter wise wish wolf wonder wood woods
wool word words work works worth wright yard yes young zen
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
    return plain(_APOSTROPHES.sub("", text))


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
