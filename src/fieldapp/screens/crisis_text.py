"""A crisis record as headed text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..clinical.time_words import span, when
from ..clinical.times import length_words
from ..records.envelope import instant_ms
from ..records.kinds.crisis import elapsed_min
from ..store.read.words import value_words

Row = tuple[str, str]
ORDER = {
    "consulted": ("who", "at", "advice"), "notified": ("whom", "name", "basis", "at"), "reports": ("to", "at", "ref"),
}  # fmt: skip


def crisis_rows(doc: Mapping[str, Any], tz: str) -> list[Row]:
    """Return (heading, text) of everything that a crisis record says, in the order of its form."""

    def words(name: str) -> str:
        value: Any = doc
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value_words("crisis", name, value)

    def together(*names: str, between: str = ", ") -> str:
        return between.join(filter(None, (words(name) for name in names)))

    dcr = doc.get("dcr") or {}
    return [
        ("Service", span(doc.get("initial_contact_at"), doc.get("ended_at"), tz)),
        ("Who called", together("caller", "caller_name")),
        ("How", words("channel")),
        ("Risk now", _risk(doc)),
        ("What was done", together("interventions", "interventions_text", between="\n")),
        ("Face to face", _face_to_face(doc, tz)),
        ("Where", together("location", "setting")),
        ("Who responded", words("responders")),
        ("Second person", together("second_person", "second_person_reason")),
        ("What brought it on", words("nature")),
        ("What was seen and heard", words("presentation")),
        ("Intoxication", words("intoxication")),
        ("Screening", words("screen_result")),
        ("Dangerous things", words("means_access")),
        ("What protects", words("protective")),
        ("Had a crisis or safety plan", together("plan_existed", "plan_used")),
        ("Steps of the plan used", words("plan_steps")),
        ("Consulted", _lines("consulted", doc)),
        ("Told", _lines("notified", doc)),
        ("How it ended", together("dispositions", "disposition_text", between="\n")),
        ("DCR", ", ".join(str(dcr[name]) for name in ("agency", "name", "outcome") if dcr.get(name))),
        ("DCR called", _moment(dcr.get("called_at"), tz)),
        ("DCR arrived", _moment(dcr.get("arrived_at"), tz)),
        ("Legal basis", words("dcr.legal_basis")),
        ("Reports the law asks for", _lines("reports", doc)),
        ("Follow up by", _moment(doc.get("follow_up_due"), tz)),
        ("Complete", _moment(doc.get("closed_at"), tz) or "Still to be completed"),
        ("Why late", words("late_reason")),
    ]


def _risk(doc: Mapping[str, Any]) -> str:
    risk = doc.get("risk") or {}
    level = value_words("crisis", "risk.level", risk.get("level"))
    kinds = value_words("crisis", "risk.kinds", risk.get("kinds"))
    first = ": ".join(filter(None, [level, kinds]))
    return "\n".join(filter(None, [first, str(risk.get("basis") or "")]))


def _face_to_face(doc: Mapping[str, Any], tz: str) -> str:
    met = doc.get("face_to_face_at")
    if not met:
        why = str(doc.get("not_in_person_why") or "")
        return f"No: {why}" if why else ""
    try:
        waited = elapsed_min(doc)
    except ValueError:
        waited = None
    after = f", {length_words(waited)} after the first contact" if waited else ""
    return f"{_moment(met, tz)}{after}"


def _moment(value: Any, tz: str) -> str:
    try:
        return when(instant_ms(value), tz) if isinstance(value, str) else ""
    except ValueError:
        return ""


def _lines(name: str, doc: Mapping[str, Any]) -> str:
    return "\n".join(
        ", ".join(
            filter(None, (value_words("crisis", f"{name}.{part}", row.get(part)) for part in ORDER[name]))
        )
        for row in doc.get(name) or ()
    )
