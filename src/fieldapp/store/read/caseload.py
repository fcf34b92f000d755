"""Clients of a person's teams, and finding any client by a few letters."""

from __future__ import annotations

from fieldapp.clinical.finding import score
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.kinds.risk import rank

from ..models import ClientLine
from ..search import plain
from .known import ClientFacts
from .lines import Asking, client_line, is_ours
from .today import is_on_call

COUNTY = "county:"
"""What begins a word that picks a county."""


def caseload(asking: Asking, query: str = "", *, mine: bool = False) -> tuple[ClientLine, ...]:
    """Return the clients of the person's teams by name; with a query any client that is kept, best first.

    Discharged clients are found but not listed. A word such as `county:skagit` leaves those who live there.
    """
    words, counties = _parted(query)
    everyone = [
        facts for facts in asking.known.clients.values()
        if all(plain(facts.county).startswith(county) for county in counties)
    ]  # fmt: skip
    if mine:
        everyone = [f for f in everyone if asking.me.staff in f.staff_on(asking.day)]
    if not words:
        listed = [f for f in everyone if (mine or is_ours(asking, f)) and f.status not in CLOSED]
        listed.sort(key=lambda facts: (plain(facts.name), facts.client))
        return tuple(client_line(asking, facts) for facts in listed)
    found = [(score(words, facts.keys), facts) for facts in everyone]
    found = [pair for pair in found if pair[0] > 0]
    found.sort(key=lambda pair: (-pair[0], not is_ours(asking, pair[1]), plain(pair[1].name), pair[1].client))
    return tuple(client_line(asking, facts) for _, facts in found)


def _parted(query: str) -> tuple[list[str], list[str]]:
    """Return the words that are searched for, and the beginnings of a county: `county:skag`."""
    words = query.split()
    named = [word.partition(":")[2] for word in words if word.lower().startswith(COUNTY)]
    rest = " ".join(word for word in words if not word.lower().startswith(COUNTY))
    return plain(rest).split(), [plain(county) for county in named if county]


def cards(asking: Asking, query: str = "") -> tuple[ClientLine, ...]:
    """Return clients for the crisis card, the highest risk first; on call all of the program are listed."""
    words = plain(query).split()
    everyone = asking.known.clients.values()
    if words:
        scored = [(score(words, facts.keys), facts) for facts in everyone]
        # Whether a word begins or only stands inside a name matters more than the risk.
        found = [(round(points), facts) for points, facts in scored if points > 0]
    else:
        programs = {p for p in asking.me.programs if is_on_call(asking.rx, asking.me, p, asking.now_ms)}
        found = [
            (0, facts)
            for facts in everyone
            if facts.status not in CLOSED and (is_ours(asking, facts) or facts.program in programs)
        ]

    def place(pair: tuple[int, ClientFacts]) -> tuple[int, bool, int, str, str]:
        points, facts = pair
        return (
            -points,
            not is_ours(asking, facts) and bool(words),
            -rank(facts.risk),
            plain(facts.name),
            facts.client,
        )

    return tuple(client_line(asking, facts) for _, facts in sorted(found, key=place))
