"""One pass over the words of a line: what each is taken for, until the remark begins. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...records.text import clean, plain
from .moments import LIKE_A_TIME, Said, Sort, time_at
from .people import Fit, Found, Whom, find, narrowed
from .words import FIELD_WORDS, Meaning, longest, phrases

MOST_WORDS = 40
"""So many words are looked at; whoever has not said the facts by then is telling a story."""
LONGEST_WORD = 40
_WORD = re.compile(r"\S+")
_GOALS = re.compile(r"g\d{1,2}(?:[+/&]g?\d{1,2})*")
_TRAVEL = frozenset({"travel", "drive", "drove"})
_NUMBERS = {"em": "emergency_number", "cb": "callback"}
_PHONE = re.compile(r"\+?[\d().\-]{3,24}")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the line and the field that it was taken for."""

    start: int
    stop: int
    field: str
    """A field of the contact, `client`, `time`, `again`, `unread`, `remark`; "" for what stands between."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What cannot be read or saved, where it stands, and one sentence that says what to do."""

    field: str
    sentence: str
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A client who was picked, and the piece of the line that stands for the choice."""

    client: str
    text: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a line is read against."""

    people: tuple[Whom, ...]
    now_ms: int
    """When the line was typed, by the corrected clock: `now-45` does not move on while it waits."""
    tz: str
    chosen: Chosen | None = None
    last: str = ""
    """The client of the contact that `again` repeats; "" when none was logged in this sitting."""
    next: str = ""
    """The client whom `next` means: the next one on the day's plan; "" when nobody is left."""


@dataclass(slots=True)
class _Word:
    start: int
    stop: int
    key: str


class Scan:
    """One pass over the words before the first comma."""

    def __init__(self, line: str, desk: Desk, client_at: int = -1) -> None:
        self.line, self.desk = line, desk
        comma = line.find(",")
        self.head = line if comma < 0 else line[:comma]
        found = _WORD.finditer(self.head)
        self.words = [
            _Word(match.start(), match.end(), plain(match[0][: LONGEST_WORD + 1]))
            for match, _ in zip(found, range(MOST_WORDS + 1), strict=False)
        ]
        self.keys = [word.key for word in self.words]
        self.client_at = client_at
        """Where a word that also has another meaning is the client's name; -1 for nowhere."""
        self.parts: list[Part] = []
        self.troubles: list[Trouble] = []
        self.said: dict[str, str] = {}
        self.times: list[tuple[Said, Part]] = []
        self.goals: list[int] = []
        self.travel: int | None = None
        self.location = ""
        self.numbers: dict[str, str] = {}
        self.found: Found | None = None
        self.named: Part | None = None
        self.unknown = -1
        self.again = self.next = False
        self.meant: list[int] = []
        """Single words of the tables: where no other name stands, one of them may be it."""
        self.remark_from: int | None = None

    # Pieces

    def _take(self, at: int, count: int, name: str) -> Part:
        part = Part(self.words[at].start, self.words[at + count - 1].stop, name)
        self.parts.append(part)
        return part

    def _trouble(self, name: str, part: Part, sentence: str) -> None:
        self.troubles.append(Trouble(name, sentence, part.start, part.stop))

    def quoted(self, part: Part) -> str:
        """Return a piece as a sentence may name it."""
        text = " ".join(clean(self.line[part.start : part.stop]).split())
        return f"“{text[:24]}…”" if len(text) > 25 else f"“{text}”"

    @property
    def client_known(self) -> bool:
        """Whether the words after this one may begin the remark."""
        return self.named is not None or self.unknown >= 0 or self.next

    @property
    def _time_said(self) -> bool:
        sorts = [said.sort for said, _ in self.times]
        return "span" in sorts or "length" in sorts or sorts.count("clock") > 1

    # Scanning

    def run(self) -> None:
        """Read word after word until the remark begins."""
        at = 0
        while at < len(self.words):
            if at >= MOST_WORDS:
                self.remark_from = at
                break
            taken = self._read(at)
            if not taken:
                self.remark_from = at
                break
            at += taken

    def _read(self, at: int) -> int:
        """Read what begins at a word; returns how many words it takes, 0 where the remark begins."""
        picked = self._picked(at)
        if picked:
            self.named = self._take(at, picked, "client")
            return picked
        if at == self.client_at:
            return self._client(at)
        key = self.keys[at]
        if key.startswith("@"):
            return self._place(at)
        if _GOALS.fullmatch(key):
            self.goals += [int(number) for number in re.findall(r"\d+", key)]
            self._take(at, 1, "goals")
            return 1
        if key in _TRAVEL and at + 1 < len(self.keys):
            taken = self._travel(at)
            if taken:
                return taken
        if key in _NUMBERS and at + 1 < len(self.keys) and _PHONE.fullmatch(self.keys[at + 1]):
            return self._number(at)
        meaning, count = self._phrase(at)
        if meaning is not None and (taken := self._meaning(at, meaning, count)):
            return taken
        timed = time_at(self.keys[:MOST_WORDS], at)
        if timed is not None and (taken := self._time(at, *timed)):
            return taken
        if key.startswith("#") and not self.client_known:
            return self._client(at)
        if LIKE_A_TIME.fullmatch(key) and not (self.client_known and self._time_said):
            part = self._take(at, 1, "unread")
            self._trouble(
                "time", part,
                f"{self.quoted(part)} cannot be read: type 45m for minutes, 9:45 for a time, or a comma before the remark.",
            )  # fmt: skip
            return 1
        if self.client_known or self.client_at > at:
            return 0
        return self._client(at)

    def _picked(self, at: int) -> int:
        chosen = self.desk.chosen
        if chosen is None or self.named is not None or not chosen.text.strip():
            return 0
        wanted = plain(chosen.text).split()
        return len(wanted) if self.keys[at : at + len(wanted)] == wanted else 0

    def _client(self, at: int) -> int:
        found = find(self.keys[at], self.desk.people) if self.keys[at] else Found(Fit.NONE, ())
        if not found.who:
            part = self._take(at, 1, "client")
            self.unknown = at
            self._trouble(
                "client", part,
                f"Nobody on your list is called {self.quoted(part)}: check the spelling, or tab opens the form, which finds "
                "anybody.",
            )  # fmt: skip
            return 1
        count = 1
        while at + count < len(self.keys) and count < 4:
            meaning, _ = self._phrase(at + count)
            if meaning is not None and len(found.who) == 1:
                break
            left = narrowed(self.keys[at + count], found)
            if left is None:
                break
            found, count = left, count + 1
        self.found = found
        self.named = self._take(at, count, "client")
        return count

    def _phrase(self, at: int) -> tuple[Meaning | None, int]:
        table = phrases()
        for count in range(min(longest(), len(self.keys) - at), 0, -1):
            meaning = table.get(tuple(self.keys[at : at + count]))
            if meaning is not None:
                return meaning, count
        return None, 0

    def _meaning(self, at: int, meaning: Meaning, count: int) -> int:
        name, code = meaning
        if name in ("again", "next"):
            if at:
                return 0
            self.again, self.next = name == "again", name == "next"
            self._take(at, count, name)
            return count
        if name == "day":
            self.times.append((Said("day", code), self._take(at, count, "time")))
            return count
        if count == 1:
            self.meant.append(at)
        part = self._take(at, count, name)
        before = self.said.get(name)
        if before is not None and before != code:
            first = next(known for known in self.parts if known.field == name)
            self._trouble(
                name, part,
                f"{self.quoted(first)} and {self.quoted(part)} are two {FIELD_WORDS[name]}: keep one, or put a comma "
                "before the remark.",
            )  # fmt: skip
        else:
            self.said[name] = code
        return count

    def _time(self, at: int, said: Said, count: int) -> int:
        after = at + count
        if said.sort in ("number", "weekday"):
            follows = time_at(self.keys[:MOST_WORDS], after) if after < len(self.keys) else None
            near: set[Sort] = {follows[0].sort} if follows else set()
            if said.sort == "number":
                if "length" not in near or self._time_said:
                    return 0
                said = Said("clock", said.text)
            else:
                # Else "sat outside" and "sun was out" would be days.
                if not (near & {"clock", "span", "number"} or self._clock_before(at)) or self._day_said:
                    return 0
        self.times.append((said, self._take(at, count, "time")))
        return count

    def _clock_before(self, at: int) -> bool:
        said, part = self.times[-1] if self.times else (None, None)
        return (
            said is not None
            and part is not None
            and said.sort in ("clock", "span")
            and (part.stop == self.words[at - 1].stop)
        )

    @property
    def _day_said(self) -> bool:
        return any(said.sort in ("day", "weekday") for said, _ in self.times)

    def _travel(self, at: int) -> int:
        timed = time_at(self.keys[:MOST_WORDS], at + 1)
        if timed is None or timed[0].sort not in ("length", "number"):
            return 0
        said, count = timed
        digits = re.findall(r"\d+", said.text)
        minutes = int(digits[0])
        if "h" in said.text:
            minutes = minutes * 60 + (int(digits[1]) if len(digits) > 1 else 0)
        part = self._take(at, count + 1, "travel_min")
        if (self.travel is not None and self.travel != minutes) or minutes > 600:
            self._trouble("travel_min", part, "Give the travel once, in minutes up to 600: travel 25m.")
        else:
            self.travel = minutes
        return count + 1

    def _number(self, at: int) -> int:
        """Take a phone number of a call: `em 425-555-0100` whom to call where the client is, `cb` to call back."""
        name = _NUMBERS[self.keys[at]]
        part = self._take(at, 2, name)
        before = self.numbers.setdefault(name, self.keys[at + 1])
        if before != self.keys[at + 1]:
            self._trouble(name, part, "Give that number once, or put a comma before the remark.")
        return 2

    def _place(self, at: int) -> int:
        """Take everything from `@` to the comma as the place where the client was during a call."""
        part = Part(self.words[at].start, len(self.head.rstrip()), "client_location")
        self.parts.append(part)
        self.location = " ".join(clean(self.line[part.start + 1 : part.stop]).split())
        return len(self.words) - at
