"""A group session, and its part in a person's contact or note, as headed text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..clinical.note_words import of_group as of_group
from ..records.codes.why import units_words
from ..records.group_rows import attended, ordered, present_min
from ..records.group_tables import ATTENDANCE, HOMEWORK
from ..records.kinds.note import RISK_ANSWERS
from ..records.kinds.risk import LEVELS
from ..store.read.words import value_words

if TYPE_CHECKING:
    from ..store.group_models import GroupSeat

_CODED = ("contact_type", "experiential", "modality", "setting", "methods")


def session_rows(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield heading and text of a session; of a draft also each person of its grid."""
    yield "Group", str(values.get("title") or "")
    yield "Module", str(values.get("module_title") or "")
    yield "Topic", str(values.get("topic") or "")
    yield "For all", str(values.get("summary") or "")
    yield "Homework given", str(values.get("homework") or "")
    yield "Homework from last time", str(values.get("homework_before") or "")
    for name, label in zip(_CODED, ("Type", "Experiential", "How", "Where", "Methods"), strict=True):
        yield label, value_words("group_session", name, values.get(name))
    yield "Led by", "; ".join(str(name) for name in values.get("leaders") or ())
    expected, came = values.get("expected"), values.get("attended")
    yield "Attended", f"{came} of {expected}" if expected is not None else ""
    yield "Why late", str(values.get("late_reason") or "")
    for _, row in ordered(values):
        yield str(row.get("name") or "Somebody"), "\n".join(_person(values, row))


def seat_words(seat: GroupSeat) -> str:
    """Return one person of a signed session, as their own contact and note say."""
    there = ATTENDANCE.get(seat.attendance, seat.attendance)
    noted = {"": "", "pending": "note to co-sign", "returned": "note sent back", "error": "note in error"}
    words = [
        there,
        f"{seat.minutes} min" if seat.minutes else "",
        noted.get(seat.status, "note signed" if seat.note else ""),
    ]
    return f"{seat.name}: {' · '.join(filter(None, words))}"


def _person(values: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    there = str(row.get("attendance") or "")
    first = [ATTENDANCE.get(there, there or "not said")]
    if attended(row):
        done = str(row.get("homework_done") or "")
        first += [
            f"{present_min(values, row)} min",
            f"participation {row['participation']}" if row.get("participation") is not None else "",
            f"homework {HOMEWORK.get(done, done).lower()}" if done else "",
        ]
    code = row.get("code") or {}
    if code.get("service_code"):
        first.append(f"{code['service_code']} {units_words(code.get('units') or 0)}")
    yield " · ".join(filter(None, first))
    if not attended(row):
        return
    answer, level = str(row.get("risk") or ""), str(row.get("level") or "")
    risk = ": ".join(filter(None, [RISK_ANSWERS.get(answer, answer), LEVELS.get(level, level)]))
    yield " · ".join(filter(None, [f"Risk {risk.lower()}" if risk else "", str(row.get("detail") or "")]))
    if row.get("goals"):
        yield f"Goals: {'; '.join(str(goal) for goal in row['goals'])}"
    yield str(row.get("response") or "")
