"""The golden thread: need, goal, contact and note, progress (clinical.md 2.16). Pure.

A goal is its id. Notes and contacts name goals by the words that were offered, so a thread is found by the id that was
frozen beside the words, and else by the words: any version of the plan that ever said them says which goal they mean.
So a goal keeps its thread when it is worded anew, and notes from before there was a plan join as soon as a goal is
worded like theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..records.kinds.treatment_plan import is_open, ordered
from ..records.text import folded

OFFERED_MAX = 9
"""Goals that a digit can take."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Wording:
    """A goal in the words of one version."""

    at_ms: int
    goal: str
    words: str


@dataclass(frozen=True, slots=True)
class Work:
    """One contact, note or group session, and the goals that it names."""

    record: str
    kind: str
    at_ms: int
    who: str
    goals: tuple[str, ...]
    ids: Mapping[str, str] = field(default_factory=dict)
    """Goal id to the words under which it was named."""
    steps: Mapping[str, int] = field(default_factory=dict)
    """Words of a goal to how far it moved, -2 to 2."""
    reason: str = ""
    """Why it names none."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What was done for one goal, in the order of time."""

    works: tuple[Work, ...] = ()
    steps: tuple[tuple[int, int], ...] = ()
    """(moment, progress)."""

    @property
    def notes(self) -> int:
        """How many notes name it."""
        return sum(work.kind != "contact" for work in self.works)

    @property
    def contacts(self) -> int:
        """How many contacts name it."""
        return sum(work.kind == "contact" for work in self.works)

    @property
    def last(self) -> Work | None:
        """The last contact or note; of a contact and its note the note."""
        return self.works[-1] if self.works else None

    @property
    def last_note_ms(self) -> int | None:
        """When the last note was that names it."""
        return max((work.at_ms for work in self.works if work.kind != "contact"), default=None)


@dataclass(frozen=True, slots=True)
class Threads:
    """All threads of a client."""

    by_goal: Mapping[str, Thread]
    loose: tuple[Work, ...]
    """Notes that name no goal of any version, newest first."""


def wordings(versions: Iterable[tuple[int, Mapping[str, Any]]]) -> list[Wording]:
    """Return every wording that versions (moment, document) gave their goals."""
    return [
        Wording(at_ms, goal_id, str(goal["words"]))
        for at_ms, doc in versions
        for goal_id, goal in ordered(doc)
        if goal.get("words")
    ]


def goal_of(words: str, at_ms: int, known: Iterable[Wording]) -> str:
    """Return which goal some words meant at a moment; empty for none.

    Where two goals had the same words in turn it is the one of the last version before, else of the first one after.
    """
    key = folded(words)
    said = [one for one in known if folded(one.words) == key]
    before = [one for one in said if one.at_ms <= at_ms]
    if before:
        return max(before, key=lambda one: (one.at_ms, one.goal)).goal
    return min(said, key=lambda one: (one.at_ms, one.goal)).goal if said else ""


def named_by(work: Work, known: Sequence[Wording]) -> dict[str, str]:
    """Return the words of a piece of work to the goals that they mean."""
    frozen = {folded(words): goal for goal, words in work.ids.items()}
    found = {}
    for words in (*work.goals, *work.steps):
        goal = frozen.get(folded(words)) or goal_of(words, work.at_ms, known)
        if goal:
            found[words] = goal
    return found


def threads(known: Sequence[Wording], works: Iterable[Work]) -> Threads:
    """Return the thread of each goal; the same for any order of the work."""
    by_goal: dict[str, list[Work]] = {}
    steps: dict[str, list[tuple[int, str, int]]] = {}
    loose = []
    for work in sorted(works, key=lambda one: (one.at_ms, one.kind != "contact", one.record)):
        named = named_by(work, known)
        for goal in dict.fromkeys(named[words] for words in work.goals if words in named):
            by_goal.setdefault(goal, []).append(work)
        for words, step in sorted(work.steps.items()):
            if words in named:
                steps.setdefault(named[words], []).append((work.at_ms, work.record, step))
        if work.kind != "contact" and not any(words in named for words in work.goals):
            loose.append(work)
    goals = {one.goal for one in known} | set(by_goal)
    found = {
        goal: Thread(
            tuple(by_goal.get(goal, ())),
            tuple((at_ms, step) for at_ms, _, step in sorted(steps.get(goal, ()))),
        )
        for goal in sorted(goals)
    }
    return Threads(found, tuple(reversed(loose)))


def quiet_days(goal: str, thread: Thread, known: Sequence[Wording], now_ms: int) -> int:
    """Return for how many days no note names a goal: since the last one, else since the goal is in the plan."""
    since = thread.last_note_ms
    if since is None:
        since = min((one.at_ms for one in known if one.goal == goal), default=now_ms)
    return max(0, (now_ms - since) // DAY_MS)


def links(goals: Iterable[str], docs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return goal id to words for the goals that standing versions have, to be frozen beside the words."""
    known = {
        folded(goal["words"]): goal_id
        for doc in docs
        for goal_id, goal in reversed(ordered(doc))
        if goal.get("words")
    }
    return {known[folded(words)]: words for words in reversed(list(goals)) if folded(words) in known}


def offered(
    docs: Iterable[Mapping[str, Any]],
    known: Sequence[Wording],
    earlier: Iterable[str],
    own: Iterable[str] = (),
) -> list[str]:
    """Return the goals that digits take: those of the plan, then what the work at hand and earlier work names.

    An earlier goal of the plan is not offered beside its present words, nor one that is reached or let go.
    """
    found = dict.fromkeys(str(goal["words"]) for doc in docs for _, goal in ordered(doc) if is_open(goal))
    keys = {folded(words) for words in found}
    mine = list(own)
    for words in (*mine, *earlier):
        planned = any(folded(one.words) == folded(words) for one in known)
        if folded(words) not in keys and (words in mine or not planned):
            found[words] = None
            keys.add(folded(words))
    return list(found)[:OFFERED_MAX]
