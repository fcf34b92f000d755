"""The line that says what a reading says: names in full, one phrase for each code. Pure."""

from __future__ import annotations

from itertools import islice, permutations

from ...records.text import plain
from ..times import MINUTE_MS, BadTime, clock_words, day_of, floor_minute, parse_span, parse_time
from .people import Fit, Whom
from .reading import Desk, Reading, read
from .words import phrases, written

_ORDERS = 24


def told(reading: Reading, desk: Desk, *, times: bool = True) -> str:
    """Return a line that reads as the same facts.

    A client whose name others share is told by name and number; without a number the name stands alone, and the
    choice has to be made again.

    Args:
        times: whether times are written; `same again` leaves them to be typed.
    """
    name = name_of(reading.client, desk) if reading.client else ""
    rest = ["+".join(f"g{number}" for number in reading.goals)]
    if reading.travel_min is not None:
        rest.append(f"travel {reading.travel_min}m")
    short = {"emergency_number": "em", "callback": "cb"}
    rest += [f"{short[name]} {number}" for name, number in reading.numbers.items()]
    if reading.location:
        rest.append(f"@ {reading.location}")
    first = [name, _times(reading, desk) if times else ""]
    # Two phrases side by side may make a third: `peer`, `support only`.
    orders = (
        " ".join(filter(None, [*first, *(written(field, code) for field, code in order), *rest]))
        for order in permutations(reading.said.items())
    )
    tried = list(islice(orders, _ORDERS))
    head = next((line for line in tried if dict(read(line, desk).said) == dict(reading.said)), tried[0])
    return f"{head}, {reading.remark}" if reading.remark and times else head


def name_of(client: str, desk: Desk) -> str:
    """Return words that name a client and nobody else, as short as they may be."""
    who = next((one for one in desk.people if one.client == client), None)
    if who is None:
        return ""
    last, _, first = who.name.partition(",")
    tries = (last, f"{last} {first}", f"{first} {last}", f"#{who.mrn}" if who.mrn else "")
    for words in tries:
        typed = " ".join(words.split())
        if typed and _means(typed, who, desk):
            return typed
    return " ".join(f"{last} {first}".split())


def _means(typed: str, who: Whom, desk: Desk) -> bool:
    """Tell whether a line that begins so names this client surely, each word of it as a name."""
    table = phrases()
    found = read(typed, Desk(desk.people, desk.now_ms, desk.tz))
    if any((word,) in table for word in plain(typed).split()):
        return False
    return found.client == who.client and found.fit == Fit.EXACT and found.text("client") == typed


def _times(reading: Reading, desk: Desk) -> str:
    start, stop, tz, now = reading.start_ms, reading.stop_ms, desk.tz, desk.now_ms
    if start is None:
        return ""
    day = day_of(start, tz)
    clock = clock_words(start, tz)[:5]
    for before in ("", f"{day.isoformat()} "):
        given = day if before else None
        try:
            if stop is None:
                if parse_time(clock, now_ms=now, tz=tz, day=given) == start:
                    return f"{before}{clock}"
                continue
            ends = clock_words(stop, tz)[:5]
            length = f"{(stop - start) // MINUTE_MS}m"
            for said, end in ((f"{clock}-{ends}", ends), (f"{clock} {length}", length)):
                if parse_span(clock, end, now_ms=now, tz=tz, day=given) == (start, stop):
                    return f"{before}{said}"
        except BadTime:
            continue
    if stop is None:
        return clock
    # An hour that the clock shows twice has no name of its own.
    return f"now-{(floor_minute(now) - start) // MINUTE_MS} {(stop - start) // MINUTE_MS}m"
