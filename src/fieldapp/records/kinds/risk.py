"""A client's risk: raised by signals, lowered only by a signed human entry (clinical.md 3.8).

Risk is the highest signal that no signed risk entry lists in `considered`: what its author had not
seen stays in force (design.md 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..fold import ItemView, View
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


class Signal(Item):
    """Something that raised the risk, written with the entry that it names."""

    level: Code | None = None
    source: Hash | None = None
    source_kind: Code | None = None
    detail: Line | None = None
    answered: Yes | None = None
    """Of `screen_needed` alone: the screen was done, or a signed measure says why not."""


class Risk(Fields):
    """One per client."""

    signals: dict[str, Signal] = {}
    level: Code | None = None
    reason: Prose | None = None
    next_review: Day | None = None


def rank(level: str | None) -> int:
    """Return the place of a level in the order; -1 for none given."""
    return ORDER.index(level) if level in ORDER else -1


def _done(signal: ItemView, level: Json) -> bool:
    """Tell whether a signal only asked for a screen that has been seen to since; a level is never answered."""
    return level == "screen_needed" and bool(signal.get("answered"))


def _derive(view: View) -> dict[str, Json]:
    standing = [s for s in view.steps if s.status != "error" and s.meaning in ("sign", "amend")]
    considered = {entry for step in standing for entry in step.considered}
    open_signals = sorted(
        {
            (write.value, write.hash)
            for signal in view.items("signals").values()
            for write in (signal.fields["level"].writes if "level" in signal.fields else ())
            if write.hash not in considered and write.value in ORDER and not _done(signal, write.value)
        }
    )
    human = view.fields.get("level")
    levels = [level for level, _ in open_signals] + ([w.value for w in human.writes] if human else [])
    level = max(levels, key=rank, default="none")
    return {"level": level or "none", "open_signals": [entry for _, entry in open_signals]}


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against signing a risk level: lowering needs a reason (acceptance check 14)."""
    if doc.get("level") not in ORDER:
        return [Problem("level", "Choose the level of risk.", stops=True)]
    if not (doc.get("reason") or "").strip():
        return [Problem("reason", "Say what the level rests on.", stops=True)]
    return []


KIND = Kind(
    name="risk",
    label="Risk",
    cls="working",
    model=Risk,
    audience=("oncall", "team"),
    one_per="client",
    highest={"level": ORDER},
    sticky=frozenset({"signals.answered"}),
    labels={"level": "Level", "reason": "Basis", "next_review": "Next review", "signals": "Signals"},
    derive=_derive,
    sign_checks=check,
    index=lambda view: IndexRow(view.last_ms, "Risk", state=str(view.derived.get("level", "none"))),
)
