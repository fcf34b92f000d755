"""Any record's values as headed text: the same words for reading, for signing and for reviewing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from ..clinical.discharge_words import discharge_rows
from ..clinical.episode_words import decision_words, flag_words, listed
from ..clinical.goal_words import plan_rows
from ..clinical.note_words import note_rows
from ..clinical.plan_words import step_lines
from ..clinical.policy import ALWAYS_WALLED
from ..clinical.time_words import span as span
from ..clinical.time_words import when as when
from ..clinical.times import BadTime
from ..records.envelope import instant_ms
from ..records.kinds import KINDS, PLANS
from ..records.kinds.crisis_plan import ABOUT
from ..records.kinds.medication_list import LABS
from ..records.kinds.plan import COPIES, SHARING, TRIGGERS, PlanForm
from ..records.kinds.risk import FLAGS_SEEN, HAPPENED, LEVELS, RED_FLAGS, WEIGHED
from ..records.kinds.vitals import NUMBERS, bmi_10, number
from ..store.read.words import medicine_words, named, row_words, value_words
from ..widgets.text import lines, plain, styled
from .crisis_text import crisis_rows
from .group_text import session_rows
from .reading_measure import measure_texts

_HIDDEN = frozenset({
    "tz", "note_required", "planned_visit", "contact", "template", "moved_from", "units_minutes", "units_before",
    "units_staff", "units_rule", "code_table", "session", "plan_goals",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One heading and what stands under it."""

    label: str
    text: str


def _moment(value: Any, tz: str) -> str:
    try:
        return when(instant_ms(value), tz)
    except (ValueError, TypeError, BadTime):
        return ""


def shared_words(row: Mapping[str, Any]) -> str:
    """Return somebody who has the plan, and by which consent."""
    basis = str(row.get("basis") or "")
    return ", ".join(filter(None, [str(row.get("who") or ""), SHARING.get(basis, basis)]))


def _plan(form: PlanForm, doc: Mapping[str, Any], tz: str) -> list[Part]:
    found: list[Part] = []
    if doc.get("declined"):
        found.append(Part("No plan now, in the client's words", str(doc.get("declined_reason") or "")))
    # Also of a declined version: what is signed is never hidden.
    found.append(Part("For a crisis of", ABOUT.get(str(doc.get("about") or ""), str(doc.get("about") or ""))))
    found += [
        Part(f"{number} {title}", "\n".join(step_lines(doc, step)))
        for number, (step, title) in enumerate(form.steps.items(), 1)
    ]
    likely = doc.get("likely_to_use")
    given = COPIES.get(str(doc.get("copy_given") or ""), str(doc.get("copy_given") or ""))
    found += [
        Part("Made with", str(doc.get("made_with") or "")),
        Part("Likely to use it", f"{likely} of 10" if likely is not None else ""),
        Part("What might get in the way", str(doc.get("barriers") or "")),
        Part("Where it is kept", str(doc.get("where_kept") or "")),
        Part("Copy given", " ".join(filter(None, [given, _moment(doc.get("copy_at"), tz)]))),
        Part("Who else has it", "\n".join(shared_words(row) for row in doc.get("shared_with") or ())),
        Part("Client agreed", {True: "Yes", False: "No"}.get(doc.get("client_agreed"), "")),  # type: ignore[arg-type]
        Part("Look at it again by", str(doc.get("review_due") or "")),
        Part("Also look again after", _codes(doc.get("trigger_for_review"), TRIGGERS)),
    ]
    return found


def _risk(values: Mapping[str, Any], tz: str) -> list[Part]:
    level = str(values.get("level") or "")
    count = len(values.get("considered") or ())
    signals = {} if "considered" in values else values.get("signals") or {}
    return [
        Part("Level", LEVELS.get(level, level)),
        Part("Rests on", str(values.get("reason") or "")),
        Part("Signals weighed", str(count) if count else ""),
        Part("Weighed", _codes(values.get("weighed"), WEIGHED)),
        Part("What happened", _codes(values.get("happened"), HAPPENED)),
        Part("Look again by", str(values.get("next_review") or "")),
        Part("Signals", "\n".join(_signal(row) for row in signals.values())),
        Part("Red flags", "\n".join(flag_words(row) for row in (values.get("red_flags") or {}).values())),
        Part("Red flags", _codes(values.get(FLAGS_SEEN), RED_FLAGS)),
        Part("Decided", "\n".join(decision_words(row) for row in (values.get("step_ups") or {}).values())),
    ]


def _codes(codes: Any, table: Mapping[str, str]) -> str:
    return ", ".join(table.get(str(code), str(code)) for code in codes or ())


def _signal(row: Mapping[str, Any]) -> str:
    level, source = str(row.get("level") or ""), str(row.get("source_kind") or "")
    what = KINDS[source].label.lower() if source in KINDS else source
    return ": ".join(filter(None, [LEVELS.get(level, level), what, str(row.get("detail") or "")]))


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
        if (
            kind == "episode"
            and name in ("assessment", "intake_checks", "extensions")
            and isinstance(value, Mapping)
        ):
            text = "\n".join(listed(name, value))
        elif name in lists and isinstance(value, Mapping):
            text = "\n".join(row_words(kind, name, row) for row in value.values())
        else:
            text = _moment(value, tz) or value_words(kind, name, value)
        found.append(Part(labels.get(name, name.replace("_", " ").capitalize()), text))
    return found


def _medications(values: Mapping[str, Any]) -> list[Part]:
    rows = sorted(
        (values.get("medicines") or {}).values(), key=lambda row: str(row.get("name") or "").lower()
    )
    labs = [
        " · ".join(
            filter(
                None,
                [
                    str(row.get("name") or LABS.get(str(row.get("what")), "")),
                    f"due {row['due']}" if row.get("due") else "",
                ],
            )
        )
        for row in (values.get("labs") or {}).values()
    ]
    signed = [str(row.get("on") or "") for row in (values.get("verified") or {}).values()]
    return [
        Part("Taken", "\n".join(medicine_words(row) for row in rows if not row.get("stop"))),
        Part("Stopped", "\n".join(medicine_words(row) for row in rows if row.get("stop"))),
        Part("Labs", "\n".join(labs)),
        Part("Verified", ", ".join(sorted(signed))),
    ]


def _observed(kind: str, values: Mapping[str, Any], tz: str) -> list[Part]:
    """Return what was measured, given or seen, in the order of its labels; numbers with their units."""
    found = []
    for name, label in KINDS[kind].labels.items():
        value = values.get(name)
        if kind == "vitals" and name in NUMBERS and isinstance(value, int):
            text = f"{number(name, value)} {NUMBERS[name][1]}"
        elif name == "about":
            text = ", ".join(str(row.get("name") or "") for row in value or ())
        else:
            text = _moment(value, tz) if name in ("at", "as_of") else value_words(kind, name, value)
        found.append(Part(label, text))
    if kind == "vitals":
        weight, height = values.get("weight_lb_10"), values.get("height_in_10")
        bmi = bmi_10(weight, height) if isinstance(weight, int) and isinstance(height, int) else None
        found.append(Part("BMI", f"{bmi // 10}.{bmi % 10}" if bmi is not None else ""))
    return found


def walled(values: Mapping[str, Any]) -> list[Part]:
    """Return what is shown instead of a psychotherapy note: what it is and who may read it (clinical.md 2.12).

    Whoever looks over the author's shoulder, or at a laptop left open, reads nothing of it.
    """
    return [
        Part(
            "What this is", "A psychotherapy note: a professional's own analysis, kept apart from the record."
        ),
        Part(
            "Who reads it",
            "Its author alone; it is not searched, counted, reviewed, printed or exported. The wall is policy, not "
            "cryptography: two-person recovery can open it.",
        ),
        Part("Session", str(values.get("on") or "")),
        Part(
            "Keep out of it",
            "Facts that others need: times, medicines, tests, plan, progress belong in the note.",
        ),
    ]


def parts(
    kind: str, values: Mapping[str, Any], tz: str, people: Mapping[str, str] | None = None
) -> list[Part]:
    """Return a record's values under their headings; empty ones are left out.

    Args:
        people: names of staff members by id, for records that name them so.
    """
    if kind in ALWAYS_WALLED:
        found = walled(values)
    elif kind == "note":
        found = [Part(label, text) for label, text in note_rows(values, tz)]
    elif kind in PLANS:
        found = _plan(PLANS[kind], values, tz)
    elif kind == "treatment_plan":
        found = [Part(label, text) for label, text in plan_rows(values)]
    elif kind == "discharge":
        found = [Part(label, text) for label, text in discharge_rows(values)]
    elif kind == "risk":
        found = _risk(values, tz)
    elif kind == "crisis":
        found = [Part(label, text) for label, text in crisis_rows(values, tz)]
    elif kind == "group_session":
        found = [Part("When", span(values.get("start"), values.get("stop"), tz))]
        found += [Part(label, text) for label, text in session_rows(values)]
    elif kind == "medication_list":
        found = _medications(values)
    elif kind in ("vitals", "injection", "adherence"):
        found = _observed(kind, values, tz)
    elif kind == "measure":
        found = [Part(label, text) for label, text in measure_texts(values)]
        found.insert(1, Part("When", _moment(values.get("at"), tz)))
    else:
        found = _fields(kind, named(values, people or {}), tz)
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
