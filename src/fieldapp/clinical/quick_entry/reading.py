"""How one line is read: each piece of it with what it was taken for, and what cannot be read. Pure.

`rivera 9:30 45m home skills g2 calm, took meds`: a client, then times, words of the tables and goals in any order.
The remark begins at the first comma, or at the first word after the client that is nothing else, and goes on to the
end. What looks like a time and is none, a name that nobody has, and two words for one field are never a remark:
they stay where they are, each with one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ...records.text import clean
from ..times import BadTime
from .moments import Said, together
from .people import Fit, Whom, find
from .scanning import Chosen as Chosen
from .scanning import Desk as Desk
from .scanning import Part as Part
from .scanning import Scan
from .scanning import Trouble as Trouble
from .slips import meant_by

REMARK_CHARS = 300
"""A contact's remark is one line; the story goes into the note."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One line, read."""

    line: str
    parts: tuple[Part, ...] = ()
    client: str = ""
    candidates: tuple[Whom, ...] = ()
    """Who may be meant, when it is not sure; best first."""
    fit: Fit = Fit.NONE
    said: Mapping[str, str] = field(default_factory=dict)
    """Field to code, of outcome, modality, setting and contact type."""
    start_ms: int | None = None
    stop_ms: int | None = None
    day: date | None = None
    times: tuple[Said, ...] = ()
    goals: tuple[int, ...] = ()
    """Numbers of goals, from 1."""
    travel_min: int | None = None
    location: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Phone numbers: `emergency_number`, `callback`."""
    remark: str = ""
    again: bool = False
    slip: Part | None = None
    """The first word of the remark, where it may be a mistyped word of the tables."""
    meant: str = ""
    """That word of the tables."""
    troubles: tuple[Trouble, ...] = ()

    def part(self, name: str) -> Part | None:
        """Return the first piece that was taken for a field."""
        return next((part for part in self.parts if part.field == name), None)

    def text(self, name: str) -> str:
        """Return what was typed for a field, pieces joined by a space."""
        return " ".join(self.line[part.start : part.stop] for part in self.parts if part.field == name)


def read(line: str, desk: Desk) -> Reading:
    """Return how a line is read; never raises, whatever the line holds."""
    scan = Scan(line, desk)
    scan.run()
    if scan.named is None and not scan.next and not scan.again:
        # A word of the tables is a name where nothing else is: `lm na` may be Lucía Morales.
        before = (at for at in scan.meant if scan.unknown < 0 or at < scan.unknown)
        at = next((at for at in before if find(scan.keys[at], desk.people).fit >= Fit.PART), -1)
        if at >= 0:
            scan = Scan(line, desk, at)
            scan.run()
    return _reading(scan)


def _reading(scan: Scan) -> Reading:
    client, candidates, fit = _client_of(scan)
    _second_client(scan, client)
    times = tuple(said for said, _ in scan.times)
    start = stop = day = None
    try:
        start, stop, day = _moments(scan, times)
    except BadTime as bad:
        first, last = scan.times[0][1], scan.times[-1][1]
        scan.troubles.append(Trouble("time", bad.sentence, first.start, last.stop))
    remark, parts = _parts(scan)
    if len(remark) > REMARK_CHARS:
        at = next(part for part in parts if part.field == "remark")
        scan.troubles.append(
            Trouble("remark", f"The remark is longer than {REMARK_CHARS} letters: keep one line here, the story goes into "
                    "the note.", at.start, at.stop)
        )  # fmt: skip
    if len(scan.location) > REMARK_CHARS:
        scan.troubles.append(
            Trouble("client_location", "Say in a few words where the client was.", *_span_of(scan))
        )
    slip, meant = _slip(scan)
    return Reading(
        slip=slip, meant=meant, line=scan.line, parts=parts, client=client, candidates=candidates, fit=fit, said=scan.said, start_ms=start,
        stop_ms=stop, day=day, times=times, goals=tuple(dict.fromkeys(scan.goals)), travel_min=scan.travel,
        location=scan.location, numbers=scan.numbers, remark=remark, again=scan.again,
        troubles=tuple(sorted(scan.troubles, key=lambda one: (one.start, one.stop))),
    )  # fmt: skip


def _slip(scan: Scan) -> tuple[Part | None, str]:
    """Return the word that begins the remark without a comma, and which word of the tables it may be."""
    if scan.remark_from is None:
        return None, ""
    word = scan.words[scan.remark_from]
    meant = meant_by(word.key, scan.said.keys())
    return (Part(word.start, word.stop, "remark"), meant) if meant else (None, "")


def _span_of(scan: Scan) -> tuple[int, int]:
    part = next(part for part in scan.parts if part.field == "client_location")
    return part.start, part.stop


def _moments(scan: Scan, times: Sequence[Said]) -> tuple[int | None, int | None, date | None]:
    if not times:
        return None, None, None
    try:
        when = together(times, scan.desk.now_ms, scan.desk.tz)
    except OverflowError as failure:
        raise BadTime("No calendar has that day: type it as 11/22 or 2026-11-22.") from failure
    return when.start_ms, when.stop_ms, when.day


def _client_of(scan: Scan) -> tuple[str, tuple[Whom, ...], Fit]:
    """Return who is meant, who may be meant, and how surely; a doubt adds its sentence."""
    chosen, found, part = scan.desk.chosen, scan.found, scan.named
    if part is None:
        known = scan.desk.last if scan.again else scan.desk.next if scan.next else ""
        if scan.next and not known:
            scan.troubles.append(
                Trouble("client", "Nobody is left on today's plan: type a name.", *_first_of(scan))
            )
        if scan.again and not scan.desk.last:
            scan.troubles.append(
                Trouble("again", "Nothing was logged here yet that could be repeated.", *_first_of(scan))
            )
        return known, (), Fit.EXACT if known else Fit.NONE
    if found is None:
        return (chosen.client if chosen else ""), (), Fit.EXACT
    if chosen is not None:
        # The name that stood for a choice was changed: the choice holds while it still fits, and another client
        # is never taken in its place without being picked.
        if any(one.client == chosen.client for one in found.who):
            return chosen.client, (), found.fit
    elif len(found.who) == 1 and found.fit > Fit.TYPO:
        return found.who[0].client, (), found.fit
    names = scan.quoted(part)
    if len(found.who) == 1 and found.fit == Fit.TYPO:
        sentence = f"Is {names} {found.who[0].name}? Enter takes the name, or correct it."
    elif len(found.who) == 1:
        sentence = (
            f"The name was changed after it was picked: is it {found.who[0].name} now? Enter takes the name."
        )
    else:
        sentence = f"{names} may be {len(found.who)} clients: ↓ and enter pick one, or type more."
    scan.troubles.append(Trouble("client", sentence, part.start, part.stop))
    return "", found.who, found.fit


def _second_client(scan: Scan, client: str) -> None:
    """Say so where the remark would begin with another client's name: the wrong chart is the worst mistake."""
    if scan.remark_from is None or not client:
        return
    word = scan.words[scan.remark_from]
    found = find(word.key, scan.desk.people)
    if found.fit == Fit.EXACT and all(one.client != client for one in found.who):
        part = Part(word.start, word.stop, "client")
        known = next((one.name for one in scan.desk.people if one.client == client), "one")
        scan.troubles.append(
            Trouble("client", f"The line names {known}, and {scan.quoted(part)} is a client too: take one out, or put a comma "
                    "before the remark.", part.start, part.stop)
        )  # fmt: skip


def _first_of(scan: Scan) -> tuple[int, int]:
    return (scan.parts[0].start, scan.parts[0].stop) if scan.parts else (0, 0)


def _parts(scan: Scan) -> tuple[str, tuple[Part, ...]]:
    """Return the remark, and all pieces of the line in order with what stands between them."""
    line, head = scan.line, len(scan.head)
    begins = scan.words[scan.remark_from].start if scan.remark_from is not None else min(head + 1, len(line))
    text = line[begins:]
    begins += len(text) - len(text.lstrip())
    ends = max(begins, len(line.rstrip()))
    pieces = sorted(scan.parts, key=lambda part: part.start)
    if begins < ends:
        pieces.append(Part(begins, ends, "remark"))
    whole: list[Part] = []
    at = 0
    for piece in pieces:
        if piece.start > at:
            whole.append(Part(at, piece.start, ""))
        whole.append(piece)
        at = piece.stop
    if at < len(line):
        whole.append(Part(at, len(line), ""))
    remark = " ".join(clean(line[begins:ends]).split())
    return remark, tuple(whole)
