"""How a version of a record differs from the one before, in words that a reviewer reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from ..clinical.goal_words import changed_rows
from ..clinical.plan_words import step_lines
from ..records.kind import DOC
from ..records.kinds import KINDS, PLANS
from ..store.read.words import named, row_words, value_words
from .reading_text import Part, parts

if TYPE_CHECKING:
    from ..store.models import RecordRead, VersionRead

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_QUIET = frozenset({"template", "tz"})
"""What says nothing to a reader."""


def _sentences(text: str) -> list[str]:
    """Return a text as its lines and sentences, so that one changed word does not show a whole page as new."""
    return [part for line in text.split("\n") for part in _SENTENCE_END.split(line) if part]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference between two versions."""

    label: str
    mark: str
    """`+` new, `-` gone, ` ` as before."""
    text: str


def difference(
    old: Mapping[str, Any], new: Mapping[str, Any], tz: str, kind: str = "safety_plan"
) -> list[Change]:
    """Return how a version differs from another, step by step; headings without a change are left out."""
    found: list[Change] = []
    for label, before, after in _pairs(old, new, tz, kind):
        if before == after:
            continue
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for what, i1, i2, j1, j2 in matcher.get_opcodes():
            if what == "equal":
                found += [Change(label, " ", line) for line in before[i1:i2]]
            else:
                found += [Change(label, "-", line) for line in before[i1:i2]]
                found += [Change(label, "+", line) for line in after[j1:j2]]
    return found


def _pairs(
    old: Mapping[str, Any], new: Mapping[str, Any], tz: str, kind: str
) -> Sequence[tuple[str, list[str], list[str]]]:
    if kind == "treatment_plan":
        return changed_rows(old, new)
    form = PLANS.get(kind)
    steps = [
        (f"{number} {title}", step_lines(old, step), step_lines(new, step))
        for number, (step, title) in enumerate(form.steps.items() if form is not None else (), 1)
    ]
    titles = {label for label, _, _ in steps}

    def rest(doc: Mapping[str, Any]) -> dict[str, list[str]]:
        others: list[Part] = [part for part in parts(kind, doc, tz) if part.label not in titles]
        found: dict[str, list[str]] = {}
        for part in others:
            found.setdefault(part.label, []).extend(_sentences(part.text))
        return found

    before, after = rest(old), rest(new)
    labels = list(dict.fromkeys([*after, *before]))
    return [*steps, *((label, before.get(label, []), after.get(label, [])) for label in labels)]


def of_version(
    read: RecordRead, version: VersionRead, tz: str, against: VersionRead | None = None
) -> list[Change]:
    """Return what a version changed: of a document against the version before it, or one that is named; of a working
    record the fields and items that it wrote, each with what stood there before.
    """
    at = read.versions.index(version)
    if DOC not in version.body:
        return list(_written(read, at))
    earlier = against or before(read, version)
    if earlier is None:
        return []
    return difference(earlier.body.get(DOC) or {}, version.body[DOC], tz, read.kind)


def before(read: RecordRead, version: VersionRead) -> VersionRead | None:
    """Return the version that stands before another one in the history; None for the first."""
    at = read.versions.index(version)
    return read.versions[at - 1] if at else None


def _written(read: RecordRead, at: int) -> list[Change]:
    kind, body, people = KINDS[read.kind], read.versions[at].body, read.people
    earlier = [one.body for one in read.versions[:at]]
    found: list[Change] = []

    def both(name: str, old: str, new: str) -> None:
        label = kind.labels.get(name, name.replace("_", " ").capitalize())
        if old != new:
            found.extend(Change(label, mark, text) for mark, text in (("-", old), ("+", new)) if text)

    def item_before(name: str, item: str) -> dict[str, Any]:
        stood: dict[str, Any] = {}
        for one in earlier:
            stood |= (one.get("items") or {}).get(name, {}).get(item, {})
        return stood

    def row(name: str, values: Mapping[str, Any]) -> str:
        return row_words(read.kind, name, named(values, people)) if values else ""

    for name, value in (body.get("set") or {}).items():
        olds = [one["set"][name] for one in earlier if name in (one.get("set") or {})]
        if name not in _QUIET:
            old, new = (
                value_words(read.kind, name, named(one, people))
                for one in (olds[-1] if olds else None, value)
            )
            both(name, old, new)
    for name, rows in (body.get("items") or {}).items():
        for item, values in rows.items():
            stood = item_before(name, item)
            both(name, row(name, stood), row(name, stood | values))
    for name, items in (body.get("drop") or {}).items():
        for item in items:
            both(name, row(name, item_before(name, item)) or "(a line)", "")
    return found
