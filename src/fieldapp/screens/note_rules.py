"""What a note's form offers, starts from and adds by itself. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..clinical.time_words import when
from ..records.envelope import instant_ms
from ..records.kinds.contact import MODALITIES
from ..records.kinds.risk import LEVELS
from ..records.note_tables import BRIEF, FORMATS, GROUP, MED_VISIT, Agreed, label_of, prompts_of
from ..records.together import TOGETHER
from .medical_rules import list_lines

if TYPE_CHECKING:
    from ..store.models import AnnotationRead, RecordRead

RISK_LEVELS = {code: words for code, words in LEVELS.items() if code not in ("none", "screen_needed")}
"""What an author may say when risk is present."""
PRESCRIBER = "prescriber"
LIST = "medication_list"
NOTHING_AGREED = Agreed()
CARRIED = "Carried forward from"
SERVICE = ("service_start", "service_stop", "tz")


def from_contact(contact: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the header of a note that its contact gives."""
    found = {
        "contact": contact,
        "service_start": values.get("start"),
        "service_stop": values.get("stop"),
        "tz": values.get("tz"),
        "goals": values.get("goals"),
        "interpreter": _interpreter(values),
        "telehealth_line": _call(values),
        "next_contact": _next(values),
    }
    return {name: value for name, value in found.items() if value}


def _interpreter(contact: Mapping[str, Any]) -> str:
    rows = (contact.get("participants") or {}).values()
    return ", ".join(str(row.get("who") or "Interpreter") for row in rows if row.get("kind") == "interpreter")


def _call(contact: Mapping[str, Any]) -> str:
    how = str(contact.get("modality") or "")
    if how not in ("video", "audio_only"):
        return ""
    at = str(contact.get("client_location") or "").strip()
    return ", ".join(filter(None, [MODALITIES[how], f"client at {at}" if at else ""]))


def _next(contact: Mapping[str, Any]) -> str:
    at = contact.get("next_contact_at")
    return when(instant_ms(str(at)), str(contact.get("tz") or "UTC")) if at else ""


def first_values(
    contact: Mapping[str, Any],
    earlier: Mapping[str, Any],
    tz: str,
    roles: Collection[str] = (),
    *,
    contact_type: str = "",
    agreed: Agreed = NOTHING_AGREED,
) -> dict[str, Any]:
    """Return what a new note starts with: the contact's header and a format with its prompts, never earlier text.

    A prescriber's is a medical visit, which works on the medicines unless a goal is named.
    """
    if PRESCRIBER in roles:
        found = {"format": MED_VISIT, "tz": tz, "no_goal_reason": "Medication management"}
    else:
        found = {"format": agreed.format_for(contact_type, str(earlier.get("format") or "")), "tz": tz}
        if found["format"] not in formats(roles):
            found["format"] = agreed.format_for("")
    return found | {"prompts": agreed.prompts_for(found["format"])} | dict(contact)


def formats(roles: Collection[str], used: str = "") -> dict[str, str]:
    """Return the formats that a person writes; the one of a note at hand stays. A group's come from its grid."""
    return {
        code: words
        for code, words in FORMATS.items()
        if code == used or (code != GROUP and (code != MED_VISIT or PRESCRIBER in roles))
    }


def goals_of(earlier: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the goals that earlier notes name, newest first, each once."""
    found: dict[str, None] = {}
    for values in earlier:
        found |= dict.fromkeys(values.get("goals") or ())
    return list(found)


def section_labels(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the sections that are shown: those of the format, then others that hold text.

    Nothing is signed unseen: text of another format stays on screen when the format changes.
    """
    order = prompts_of(values)
    for name, text in (values.get("sections") or {}).items():
        if name not in order and text:
            order[name] = f"{label_of(name)} (of another format)"
    return order


def carried(last: Mapping[str, Any], day: str) -> str:
    """Return the plan lines of the note before, marked as such; "" where it has none (clinical.md 2.11).

    Only plan lines: a story is never carried on, because what happened last time did not happen today.
    """
    plan = str((last.get("sections") or {}).get("plan") or "")
    kept = [line.strip() for line in plan.splitlines() if line.strip()]
    fresh = [line for line in kept if not line.startswith(CARRIED)]
    return "\n".join([f"{CARRIED} {day}:", *fresh]) if fresh else ""


def words_hint(count: int, used: str, least: int, most: int) -> tuple[str, bool]:
    """Return how long a note is in words, and whether that is as long as notes should be (clinical.md 2.11)."""
    if used in (BRIEF, MED_VISIT):
        return f"{count} words", True
    return f"{count} words of {least}-{most}", least <= count <= most


def returns_answered(read: RecordRead, answers: Sequence[str]) -> list[AnnotationRead]:
    """Return the returns that a correction answers; without a list, those of the newest versions."""
    leaves = {version.entry for version in read.versions if version.leaf}
    return [
        note
        for note in read.annotations
        if note.meaning == "return"
        and not note.lifted
        and (note.entry in answers or (not answers and note.about in leaves))
    ]


def is_medical(values: Mapping[str, Any]) -> bool:
    """Tell whether a note is a medical visit."""
    return values.get("format") == MED_VISIT


def has_list(values: Mapping[str, Any]) -> bool:
    """Tell whether the medication list stands beside a note and is signed with it.

    It stays there when the format changes: what was typed into it is neither lost nor signed unseen.
    """
    return bool((values.get(TOGETHER) or {}).get(LIST))


def complete_list(values: dict[str, Any], today: str) -> None:
    """Say in the note of a medical visit how the list stands with it."""
    if not has_list(values):
        return
    part = values[TOGETHER][LIST]
    part["values"] = {name: rows for name, rows in part["values"].items() if rows}
    if not part.get("verify"):
        part.pop("verify", None)
    found = list_lines(part["values"], today) if is_medical(values) else []
    if found:
        values["medications"] = found
    else:
        values.pop("medications", None)
