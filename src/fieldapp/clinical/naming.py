"""Whether a text names somebody: names of one client in words that go into another's record (clinical.md 2.13). Pure.

A group's summary stands in the record of each who was there, so nobody's name may be in it: not the one on paper,
not the one that is used, not a part of either. It errs on the side of finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ORDINARY = frozenset(
    [
        "abbey",
        "able",
        "amber",
        "angel",
        "april",
        "art",
        "ash",
        "august",
        "autumn",
        "banks",
        "barber",
        "bean",
        "bear",
        "bell",
        "berry",
        "bill",
        "bird",
        "black",
        "blue",
        "bond",
        "brook",
        "brown",
        "buck",
        "bud",
        "burns",
        "bush",
        "butler",
        "carol",
        "carpenter",
        "chance",
        "charity",
        "cherry",
        "christian",
        "church",
        "clay",
        "cliff",
        "cole",
        "cook",
        "cooper",
        "crystal",
        "daisy",
        "dale",
        "dawn",
        "dean",
        "destiny",
        "dick",
        "dolly",
        "dot",
        "drew",
        "duke",
        "earl",
        "early",
        "east",
        "fisher",
        "flowers",
        "ford",
        "forest",
        "foster",
        "fox",
        "francs",
        "frank",
        "free",
        "frost",
        "gene",
        "gentry",
        "gay",
        "glen",
        "glory",
        "grace",
        "grant",
        "gray",
        "green",
        "hall",
        "harmony",
        "hay",
        "heather",
        "hill",
        "holiday",
        "holly",
        "home",
        "honey",
        "hope",
        "hunt",
        "hunter",
        "iris",
        "ivy",
        "jack",
        "jade",
        "jasmine",
        "jay",
        "jean",
        "jenny",
        "jewel",
        "joy",
        "june",
        "king",
        "knight",
        "lake",
        "lance",
        "land",
        "law",
        "leaf",
        "lee",
        "lily",
        "long",
        "lord",
        "love",
        "major",
        "man",
        "mark",
        "marsh",
        "mason",
        "may",
        "mercy",
        "melody",
        "merit",
        "miles",
        "miller",
        "misty",
        "moon",
        "morning",
        "moss",
        "nick",
        "night",
        "noble",
        "noel",
        "north",
        "oak",
        "olive",
        "page",
        "paige",
        "park",
        "parks",
        "parent",
        "patience",
        "peace",
        "pearl",
        "penny",
        "piper",
        "poppy",
        "pope",
        "powers",
        "precious",
        "price",
        "prince",
        "prudence",
        "queen",
        "rain",
        "ray",
        "read",
        "reed",
        "rich",
        "river",
        "rivers",
        "robin",
        "rock",
        "rod",
        "rose",
        "ruby",
        "rush",
        "rusty",
        "sage",
        "sailor",
        "sandy",
        "savage",
        "season",
        "self",
        "serenity",
        "shade",
        "sharp",
        "shaw",
        "short",
        "silver",
        "singer",
        "sky",
        "small",
        "smart",
        "snow",
        "sparks",
        "spring",
        "star",
        "stark",
        "stone",
        "storm",
        "strange",
        "street",
        "strong",
        "stormy",
        "summer",
        "summers",
        "sunny",
        "swift",
        "tanner",
        "taylor",
        "temple",
        "terry",
        "trinity",
        "true",
        "tucker",
        "turner",
        "unity",
        "van",
        "victory",
        "violet",
        "wade",
        "walker",
        "wall",
        "walls",
        "ward",
        "waters",
        "weaver",
        "webb",
        "wells",
        "west",
        "white",
        "wild",
        "will",
        "winter",
        "wise",
        "wolf",
        "wood",
        "woods",
        "worth",
        "wright",
        "yes",
        "young",
        "cruz",
        "flores",
        "luz",
        "paz",
        "rios",
        "sol",
        "estrella",
        "mercedes",
        "dolores",
        "consuelo",
        "rosa",
        "reyes",
        "santos",
        "campos",
        "fuentes",
    ]
)
"""Names that are also words, in small letters: they count where they are written as a name."""
PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "las",
        "le",
        "los",
        "mac",
        "mc",
        "o",
        "st",
        "van",
        "von",
        "y",
    ]
)
"""Parts of names that say nothing by themselves."""
_WORD = re.compile(r"[^\W\d_]+(?:['’‘ʼ.-][^\W\d_]+)*")
_APOSTROPHES = re.compile(r"['’‘ʼ]")
_POSSESSIVE = re.compile(r"['’‘ʼ][sS]$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]")
"""Scripts that put no space between words, or endings right behind a name."""
_PLURAL_FROM = 4
"""Shorter names have no plural that is looked for: an `s` more is mostly another word."""


def bare(text: str) -> str:
    """Return a word without accents, apostrophes and case."""
    spread = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).casefold()


def parts_of(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of somebody's names that tell who it is, each bare: `Ana María de la Cruz-O'Neil` has five."""
    whole = [word for name in names for word in _WORD.findall(unicodedata.normalize("NFC", name))]
    split = [piece for word in whole for piece in (word, *re.split(r"[-.]", word))]
    found = {bare(piece) for piece in split}
    told = {piece for piece in found if piece not in PARTICLES and len(piece) > 1}
    # Somebody who is called nothing but `Al` or `Y` is still somebody.
    return frozenset(told or {piece for piece in found if piece})


def _is_capital(word: str) -> bool:
    return word[:1] != word[:1].lower()


def _reads_as_name(word: str, part: str) -> bool:
    if part in ORDINARY:
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
    for found in _WORD.finditer(unicodedata.normalize("NFC", text)):
        word = found.group()
        for piece in dict.fromkeys((word, _POSSESSIVE.sub("", word), *re.split(r"[-.'’‘ʼ]", word))):
            part = bare(piece)
            part = plurals.get(part, part) if part not in wanted else part
            if part in wanted and _reads_as_name(piece, part):
                return _POSSESSIVE.sub("", word)
    return ""
