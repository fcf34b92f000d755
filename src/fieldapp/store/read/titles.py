"""What a record is called on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fieldapp.clinical.episode_words import raised
from fieldapp.records.fold import View
from fieldapp.records.kinds import (
    KINDS,
    PLANS,
    adherence,
    crisis,
    injection,
    measure,
    note,
    treatment_plan,
    vitals,
)
from fieldapp.records.kinds.plan import number_of

from ..projection import WALLED
from .words import one_line, value_words

_MEANINGS = {
    "amend": "correction",
    "addendum": "addendum",
    "cosign": "co-sign",
    "return": "return",
    "error": "entered in error",
}


_OBSERVED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "adherence": adherence.words,
    "vitals": vitals.words,
    "injection": injection.words,
}


def title_of(kind: str, meaning: str) -> str:
    """Return what an entry is called in lists of what is sent."""
    known = KINDS.get(kind)
    label = known.label if known else kind.replace("_", " ").capitalize()
    said = _MEANINGS.get(meaning)
    return f"{label}: {said}" if said else label


def _list_text(view: View) -> str:
    count = sum(1 for row in view.items("medicines").values() if row.get("name") and not row.get("stop"))
    verified = view.derived.get("verified_on")
    said = "not verified" if not verified else f"verified {verified}"
    since = ", changed since" if verified and view.derived.get("changed_since") else ""
    return f"{count} on the list · {said}{since}"


def _goals_text(view: View) -> str:
    if len(view.versions) != 1:
        return (
            f"{len(view.versions)} versions stand side by side"
            if view.versions
            else "Every version was entered in error"
        )
    goals = [str(goal.get("words") or "") for _, goal in treatment_plan.ordered(view.doc)]
    said = treatment_plan.TOOK_PART.get(str(view.doc.get("participation") or ""), "")
    first = [f"Version {number_of(view, view.versions[0].hash)}", said if said != "Agreed" else ""]
    return " · ".join(filter(None, [*first, "; ".join(goals)]))


def _stay_text(view: View) -> str:
    """Return until when, and where the client went; the line says since when."""
    until = str(view.get("until") or "")
    days = f"until {until}" if until else "still there"
    planned = str(view.get("planned_discharge") or "")
    said = [
        days,
        value_words("stay", "went_to", view.get("went_to")),
        f"planned discharge {planned}" if planned and not until else "",
        str(view.get("why") or ""),
    ]
    return " · ".join(part for part in said if part)


def title(view: View, label: str) -> str:
    """Return the first words of a record's line."""
    if view.sensitivity == WALLED:
        return "Psychotherapy note: only you read it"
    return title_by(view.kind, label)


def title_by(kind: str, label: str) -> str:
    """Return the first words of the line of a record of which only kind and label are at hand."""
    known = KINDS.get(kind)
    return (
        label
        if kind
        in ("contact", "note", "alert", "task", "measure", "consent", "group_session", "stay", "discharge")
        and label
        else known.label
        if known
        else kind
    )


def text(view: View) -> str:
    """Return the rest of a record's line."""
    kind, doc = view.kind, view.doc
    if view.sensitivity == WALLED:
        return ""
    if kind == "note":
        return one_line(note.text_of(doc))
    if kind == "measure":
        return one_line(measure.result_words(doc))
    if kind in _OBSERVED:
        return one_line(_OBSERVED[kind](doc))
    if kind == "medication_list":
        return _list_text(view)
    if kind == "contact":
        outcome = value_words(kind, "outcome", view.get("outcome"))
        group = ": ".join(filter(None, [view.get("group"), view.get("module")]))
        return one_line(" · ".join(filter(None, [outcome, group, view.get("remark")])))
    if kind == "crisis":
        level = value_words(kind, "risk.level", (doc.get("risk") or {}).get("level"))
        ended = value_words(kind, "dispositions", doc.get("dispositions"))
        first = [f"{level} risk" if level else "", ended, crisis.text_of(doc)]
        waits = "" if doc.get("closed_at") else "to be completed"
        return one_line(" · ".join(filter(None, [waits, *first])))
    if kind == "task":
        ended = "Done" if view.get("done") else "Cancelled" if view.get("cancelled") else "Open"
        return one_line(" · ".join(filter(None, [ended, view.get("outcome")])))
    if kind in PLANS:
        if not view.versions:
            return "Every version was entered in error"
        if len(view.versions) > 1:
            return f"{len(view.versions)} versions stand side by side"
        number = number_of(view, view.versions[0].hash)
        said = f"Declined: {doc.get('declined_reason') or ''}" if doc.get("declined") else "Active"
        return one_line(f"Version {number} · {said}")
    if kind == "treatment_plan":
        return one_line(_goals_text(view))
    if kind == "alert":
        cleared = "" if view.derived.get("active", True) else "Cleared"
        return one_line(" · ".join(filter(None, [cleared, view.get("detail")])))
    if kind == "risk":
        level = value_words(kind, "level", view.derived.get("level"))
        open_flags = [
            one
            for item in view.derived.get("undecided_flags", ())
            for one in raised(view.items("red_flags")[item].to_data())
        ]
        flag = f"Red flag: {'; '.join(dict.fromkeys(open_flags))}" if open_flags else ""
        return one_line(" · ".join(filter(None, [flag, level, view.get("reason")])))
    if kind == "consent":
        said = "REVOKED" if view.get("revoked") else ""
        until = view.get("expires") or view.get("expires_event")
        return one_line(
            " · ".join(filter(None, [said, view.get("purpose"), f"until {until}" if until else ""]))
        )
    if kind == "disclosure":
        basis = value_words(kind, "basis", view.get("basis"))
        return one_line(" · ".join(filter(None, [view.get("to"), basis, view.get("what")])))
    if kind == "episode":
        words = [value_words(kind, name, view.get(name)) for name in ("status", "track", "status_reason")]
        return one_line(" · ".join(filter(None, words)))
    if kind == "discharge":
        to = value_words(kind, "to", doc.get("to"))
        return one_line(
            " · ".join(filter(None, [to, str(doc.get("to_where") or ""), str(doc.get("summary") or "")]))
        )
    if kind == "stay":
        return one_line(_stay_text(view))
    if kind == "related_person":
        return one_line(
            " · ".join(filter(None, [view.get("name"), value_words(kind, "kind", view.get("kind"))]))
        )
    return one_line(str(view.get("reason") or ""))
