"""Any record's values as headed text: the same words for reading, for signing and for reviewing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from ..clinical.times import BadTime, clock_words, day_of, local
from ..records.envelope import instant_ms
from ..records.kinds import KINDS
from ..records.kinds.note import FORMATS, RISK_ANSWERS, SECTIONS
from ..records.kinds.risk import LEVELS
from ..records.kinds.safety_plan import COPIES, MEANS, MEANS_ACTIONS, STEPS
from ..store.read.words import value_words
from ..widgets.text import lines, plain, styled
from .reading_measure import measure_texts

ACCESS = {"yes": "can reach it", "no": "cannot reach it", "unknown": "not known"}
_HIDDEN = frozenset({"tz", "pos", "note_required", "planned_visit", "contact", "template", "moved_from"})


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and what stands under it."""

    label: str
    text: str


def when(ms: int, tz: str) -> str:
    """Return an instant in full: `Sun 22 Nov 2026 14:00`."""
    shown = local(ms, tz)
    return f"{shown:%a} {shown.day} {shown:%b} {shown.year} {clock_words(ms, tz)}"


def span(start: str | None, stop: str | None, tz: str) -> str:
    """Return the time of a service in full: `Sun 22 Nov 2026 14:00-14:45 (45 min)`."""
    if not start:
        return ""
    begin = instant_ms(start)
    if not stop:
        return when(begin, tz)
    end = instant_ms(stop)
    last = clock_words(end, tz) if day_of(begin, tz) == day_of(end, tz) else when(end, tz)
    return f"{when(begin, tz)}-{last} ({max(0, end - begin) // 60_000} min)"


def _moment(value: Any, tz: str) -> str:
    try:
        return when(instant_ms(value), tz)
    except (ValueError, TypeError, BadTime):
        return ""


def person_words(row: Mapping[str, Any]) -> str:
    """Return somebody to call as one line: name, relation, phone."""
    knows = {True: "knows about the plan", False: "does not know about the plan"}.get(row.get("knows"), "")  # type: ignore[arg-type]
    return ", ".join(
        str(part) for part in (row.get("name"), row.get("relation"), row.get("phone"), knows) if part
    )


def means_words(row: Mapping[str, Any]) -> str:
    """Return one danger and what was agreed as one line."""
    means = MEANS.get(str(row.get("means") or ""), str(row.get("means") or ""))
    action = MEANS_ACTIONS.get(str(row.get("action") or ""), str(row.get("action") or ""))
    access = ACCESS.get(str(row.get("access") or ""), str(row.get("access") or ""))
    who = f"by {row['who']}" if row.get("who") else ""
    parts = (row.get("text"), means, access, action, who, row.get("done_at"))
    return ", ".join(str(part) for part in parts if part)


def line_words(line: Any) -> str:
    """Return one line of a plan's step."""
    if isinstance(line, Mapping):
        return person_words(line) if "name" in line else means_words(line)
    return str(line)


def step_lines(doc: Mapping[str, Any], step: str) -> list[str]:
    """Return the lines of a plan's step, or why there are none yet."""
    written = [line_words(line) for line in doc.get(step) or []]
    reason = (doc.get("not_yet") or {}).get(step)
    return written or ([f"Not yet: {reason}"] if reason else [])


def _plan(doc: Mapping[str, Any], tz: str) -> list[Part]:
    found: list[Part] = []
    if doc.get("declined"):
        found.append(Part("No plan now, in the client's words", str(doc.get("declined_reason") or "")))
    # Also of a declined version: what is signed is never hidden.
    found += [
        Part(f"{number} {title}", "\n".join(step_lines(doc, step)))
        for number, (step, title) in enumerate(STEPS.items(), 1)
    ]
    likely = doc.get("likely_to_use")
    given = COPIES.get(str(doc.get("copy_given") or ""), str(doc.get("copy_given") or ""))
    found += [
        Part("Made with", str(doc.get("made_with") or "")),
        Part("Likely to use it", f"{likely} of 10" if likely is not None else ""),
        Part("What might get in the way", str(doc.get("barriers") or "")),
        Part("Where it is kept", str(doc.get("where_kept") or "")),
        Part("Copy given", " ".join(filter(None, [given, _moment(doc.get("copy_at"), tz)]))),
        Part("Client agreed", {True: "Yes", False: "No"}.get(doc.get("client_agreed"), "")),  # type: ignore[arg-type]
        Part("Look at it again by", str(doc.get("review_due") or "")),
    ]
    return found


def _note(doc: Mapping[str, Any], tz: str) -> list[Part]:
    order = SECTIONS.get(str(doc.get("format") or ""), {})
    sections = doc.get("sections") or {}
    risk = doc.get("risk_block") or {}
    answer = RISK_ANSWERS.get(str(risk.get("answer") or ""), str(risk.get("answer") or ""))
    level = LEVELS.get(str(risk.get("level") or ""), str(risk.get("level") or ""))
    found = [Part("Service", span(doc.get("service_start"), doc.get("service_stop"), tz))]
    found += [Part(order.get(n, n.replace("_", " ").capitalize()), str(sections.get(n) or ""))
              for n in (*order, *sorted(set(sections) - set(order)))]  # fmt: skip
    found += [
        Part(
            "Risk",
            ": ".join(filter(None, [answer, level])) + (f"\n{risk['detail']}" if risk.get("detail") else ""),
        ),
        Part("Goals", "\n".join(str(goal) for goal in doc.get("goals") or [])),
        Part("Why no goal", str(doc.get("no_goal_reason") or "")),
        Part("Who took part, and how", str(doc.get("participation") or "")),
        Part("Why late", str(doc.get("late_reason") or "")),
        Part("Format", FORMATS.get(str(doc.get("format") or ""), str(doc.get("format") or ""))),
    ]
    return found


def _fields(kind: str, values: Mapping[str, Any], tz: str) -> list[Part]:
    known = KINDS.get(kind)
    labels = known.labels if known is not None else {}
    lists = set(known.lists) if known is not None else set()
    order = [*(name for name in labels if name in values), *(n for n in values if n not in labels)]
    found = []
    for name in order:
        value = values[name]
        if name in _HIDDEN:
            continue
        if name in lists and isinstance(value, Mapping):
            text = "\n".join(value_words(kind, name, row) for row in value.values())
        else:
            text = _moment(value, tz) or value_words(kind, name, value)
        found.append(Part(labels.get(name, name.replace("_", " ").capitalize()), text))
    return found


def parts(kind: str, values: Mapping[str, Any], tz: str) -> list[Part]:
    """Return a record's values under their headings; empty ones are left out."""
    if kind == "note":
        found = _note(values, tz)
    elif kind == "safety_plan":
        found = _plan(values, tz)
    elif kind == "measure":
        found = [Part(label, text) for label, text in measure_texts(values)]
        found.insert(1, Part("When", _moment(values.get("at"), tz)))
    else:
        found = _fields(kind, values, tz)
    return [part for part in found if part.text.strip()]


def said(found: Sequence[Part], style: str = "") -> Content:
    """Return headed text as content."""
    shown: list[Content | str] = []
    for part in found:
        short = "\n" not in part.text and len(part.label) + len(part.text) < 60
        label = styled(f"{part.label}: " if short else part.label, "bold $text-primary")
        text = styled(part.text, style) if style else plain(part.text)
        shown.append(label + text if short else lines(label, text))
    return lines(*shown)
