"""A client's risk: raised by signals, lowered only by a signed human entry (clinical.md 3.8).

Risk is the highest signal that no signed risk entry lists in `considered`: what its author had not
seen stays in force (design.md 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .. import graph
from ..canonical import Json
from ..envelope import ATTESTED, Entry
from ..fold import ItemView, View, project
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Choices, Code, Day, Hash, Line, Prose, Yes

LEVELS: Choices = {
    "none": "None",
    "screen_needed": "Screen needed",
    "low": "Low",
    "moderate": "Moderate",
    "high": "High",
    "imminent": "Imminent",
}
ORDER = tuple(LEVELS)
RAISED = frozenset({"moderate", "high", "imminent"})
"""Levels at which a plan, a contact soon and a note of it are asked for."""
WEIGHED: Choices = {
    "talk": "Asked the client",
    "screen": "A screen or measure",
    "means": "Access to means",
    "protects": "What protects",
    "people": "People around",
    "plan": "Plan in hand",
    "history": "What happened before",
    "team": "Talked over with a colleague",
}
"""What an author may have looked at before choosing a level."""
HAPPENED: Choices = {
    "attempt": "A suicide attempt",
    "self_harm": "Self-harm",
    "crisis": "A crisis",
    "discharge": "Discharge from hospital",
    "loss": "A loss",
}
"""What brought the decision about; some of it means that the plan is looked at again."""
RED_FLAGS: Choices = {
    "active_intent": "Means to act on thoughts of suicide or harm now",
    "medical": "Body not stable: needs medical care first",
    "self_care": "Cannot look after basic needs",
}
"""What asks for a higher level of care than an intensive outpatient program (clinical.md 2.23), in our own words."""
FLAGS_SEEN = "red_flags_seen"
"""In the values of a form: the red flags that its author ticks; they become an item of their own beside the level."""
STEP_UP: Choices = {
    "higher": "Higher level of care now",
    "assess": "Seen first for a decision",
    "stays": "Stays, with more contact",
    "not_so": "Does not hold",
}
"""What a supervisor decides after a red flag."""
COMPUTED = frozenset({"measure"})
"""Kinds of record whose signals are computed: `imminent` is only ever said by somebody (clinical.md 3.8)."""


class Signal(Item):
    """Something that raised the risk, written with the entry that it names."""

    level: Code | None = None
    source: Hash | None = None
    source_kind: Code | None = None
    detail: Line | None = None
    answered: Yes | None = None
    """Of `screen_needed` alone: the screen was done, or a signed measure says why not."""


class RedFlags(Item):
    """One time that somebody asked for red flags: yes or no each."""

    on: Day | None = None
    by: Line | None = None
    at: Code | None = None
    """`intake` or `risk`."""
    active_intent: Yes | None = None
    medical: Yes | None = None
    self_care: Yes | None = None
    remark: Line | None = None


class StepUp(Item):
    """What a supervisor decided about red flags; several decisions stand side by side."""

    about: Code | None = None
    """Item of `red_flags`."""
    decision: Code | None = None
    why: Line | None = None
    on: Day | None = None
    by: Line | None = None


class Risk(Fields):
    """One per client."""

    red_flags: dict[str, RedFlags] = {}
    step_ups: dict[str, StepUp] = {}

    signals: dict[str, Signal] = {}
    level: Code | None = None
    reason: Prose | None = None
    next_review: Day | None = None
    weighed: list[Code] = []
    happened: list[Code] = []


def rank(level: str | None) -> int:
    """Return the place of a level in the order; -1 for none given."""
    return ORDER.index(level) if level in ORDER else -1


def capped(level: str, source_kind: str) -> str:
    """Return the level that a signal may bring about: nothing that is computed says `imminent`."""
    return "high" if level == "imminent" and source_kind in COMPUTED else level


def _done(signal: ItemView, level: Json) -> bool:
    """Tell whether a signal only asked for a screen that has been seen to since; a level is never answered."""
    return level == "screen_needed" and bool(signal.get("answered"))


def _derive(view: View) -> dict[str, Json]:
    standing = [s for s in view.steps if s.status != "error" and s.meaning in ("sign", "amend")]
    considered = {entry for step in standing for entry in step.considered}
    open_signals = sorted(
        {
            (capped(write.value, str(signal.get("source_kind") or "")), write.hash)
            for signal in view.items("signals").values()
            for write in (signal.fields["level"].writes if "level" in signal.fields else ())
            if write.hash not in considered and write.value in ORDER and not _done(signal, write.value)
        }
    )
    human = view.fields.get("level")
    levels = [level for level, _ in open_signals] + ([w.value for w in human.writes] if human else [])
    level = max(levels, key=rank, default="none")
    return {
        "level": level or "none",
        "open_signals": [entry for _, entry in open_signals],
        "undecided_flags": undecided_flags(view),
    }


def flags_of(row: ItemView) -> list[str]:
    """Return which red flags were answered with yes."""
    return [code for code in RED_FLAGS if row.get(code) is True]


def undecided_flags(view: View) -> list[str]:
    """Return the items of red flags with a yes about which nobody decided yet."""
    decided = {row.get("about") for row in view.items("step_ups").values() if row.get("decision")}
    return [
        item for item, row in sorted(view.items("red_flags").items()) if flags_of(row) and item not in decided
    ]


def level_of(view: View | None) -> str:
    """Return the level in force; none where nothing is known."""
    return str(view.derived.get("level") or "none") if view is not None and not view.in_error else "none"


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against signing a risk level: lowering needs a reason (acceptance check 14)."""
    if doc.get("level") not in ORDER:
        return [Problem("level", "Choose the level of risk.", stops=True)]
    if not (doc.get("reason") or "").strip():
        return [Problem("reason", "Say what the level rests on.", stops=True)]
    return []


def rule(meaning: str, body: Mapping[str, Json]) -> str | None:
    """Return why a body is refused wherever it comes from: what could lower a risk unsigned or without a reason."""
    if body.get("drop"):
        return "signals: a signal of risk is weighed, never taken away"
    said = body.get("set") or {}
    if meaning not in ATTESTED:
        return "level: a level of risk is signed, not saved" if said or body.get("considered") else None
    if "level" in said and said["level"] not in ORDER:
        return "level: not a level of risk"
    if ("level" in said or body.get("considered")) and not str(said.get("reason") or "").strip():
        return "reason: a signed level of risk says what it rests on"
    if body.get("considered") and "level" not in said:
        return "level: what was considered leads to a level"
    return None


# What happened to the level: for "since when", and for whom a lowering is news


def around(entries: Iterable[Entry], entry_hash: str) -> tuple[str, str]:
    """Return the level that an entry's author saw, and the one that it made of it."""
    tree = graph.build(entries)
    at = next((n for n, entry in enumerate(tree.order) if entry.hash == entry_hash), None)
    if at is None:
        return "none", "none"
    before = [entry for n, entry in enumerate(tree.order) if tree.ancestors[at] >> n & 1]
    return _level(before), _level([*before, tree.order[at]])


def turns(entries: Iterable[Entry], without: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return (when, level) of each change of the level in force, by the time of the entries; oldest first."""
    left = set(without)
    known = [entry for entry in entries if entry.hash not in left and not entry.envelope.is_annotation]
    known.sort(key=lambda entry: (entry.envelope.effective_ms, entry.hash))
    found: list[tuple[int, str]] = []
    for count, entry in enumerate(known, 1):
        level = _level(known[:count])
        if not found or found[-1][1] != level:
            found.append((entry.envelope.effective_ms, level))
    return found


def rose_ms(changes: Sequence[tuple[int, str]]) -> int | None:
    """Return since when the level is at least as high as it is now; None without one."""
    if not changes:
        return None
    now = rank(changes[-1][1])
    since = changes[-1][0]
    for at_ms, level in reversed(changes):
        if rank(level) < now:
            break
        since = at_ms
    return since


def _level(entries: Sequence[Entry]) -> str:
    return level_of(project(KIND, entries)) if entries else "none"


KIND = Kind(
    name="risk",
    label="Risk",
    cls="working",
    model=Risk,
    audience=("oncall", "team"),
    one_per="client",
    highest={"level": ORDER, "signals.level": ORDER},
    sticky=frozenset({"signals.answered"}),
    rising=frozenset({"signals.level"}),
    attested=("level", "reason", "next_review", "weighed", "happened"),
    body_rule=rule,
    labels={
        "level": "Level",
        "reason": "Basis",
        "weighed": "Weighed",
        "happened": "What happened",
        "next_review": "Next review",
        "signals": "Signals",
        "red_flags": "Red flags",
        "step_ups": "Decided about red flags",
    },
    derive=_derive,
    sign_checks=check,
    index=lambda view: IndexRow(view.last_ms, "Risk", state=str(view.derived.get("level", "none"))),
)
