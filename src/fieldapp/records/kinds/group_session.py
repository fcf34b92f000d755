"""A group session: what was held for several clients at once, and nothing about any of them (clinical.md 2.13).

Who was there stands in the contacts and notes that are signed with it: one of each for a client, which name the
session by its id. The session itself names no client, so that a team may read it and no chart leads to another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..note_tables import gap_in
from ..types import Code, Count, Id, Instant, Line, Prose


class GroupSession(Fields):
    """One session, by the facilitator who signs it."""

    team: Id | None = None
    """Whose readers it has."""
    group: Code | None = None
    """Of the program's list; none for one that is held once."""
    title: Line | None = None
    contact_type: Code | None = None
    experiential: Code | None = None
    module: Code | None = None
    module_title: Line | None = None
    topic: Line | None = None
    methods: list[Code] | None = None
    facilitators: list[Id] | None = None
    leaders: list[Line] | None = None
    """Their names with credentials, as they were."""
    start: Instant | None = None
    stop: Instant | None = None
    tz: Line | None = None
    modality: Code | None = None
    setting: Code | None = None
    pos: Code | None = None
    summary: Prose | None = None
    """What the group did, without names; it stands in every attendee's note as it was signed."""
    homework: Line | None = None
    homework_before: Line | None = None
    """What had been set the time before, and was asked about."""
    attended: Count | None = None
    expected: Count | None = None
    follows: Id | None = None
    """The session that this one was made after."""
    late_reason: Prose | None = None


def minutes(doc: Mapping[str, Json]) -> int:
    """Return how long a session was in whole minutes; 0 while a time is missing or cannot be read."""
    try:
        return max(0, (instant_ms(doc["stop"]) - instant_ms(doc["start"])) // 60_000)
    except (KeyError, ValueError, TypeError):
        return 0


def is_late(doc: Mapping[str, Json], at_ms: int, settings: Mapping[str, int]) -> bool:
    """Tell whether a session signed at a moment is a late entry, as its notes are (clinical.md 4.1)."""
    ended = doc.get("stop") or doc.get("start")
    return bool(ended) and at_ms - instant_ms(str(ended)) > setting(settings, "note_limit_h") * 3_600_000


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a session (clinical.md 2.13)."""
    found = [
        Problem(name, sentence, stops=True)
        for name, sentence in (
            ("title", "Say which group it was."),
            ("start", "Give start and stop of the session."),
            ("facilitators", "Name at least one facilitator."),
            ("contact_type", "Choose the type of group."),
            ("modality", "Choose how the group met."),
        )
        if not doc.get(name) or (name == "start" and not doc.get("stop"))
    ]
    if doc.get("modality") == "in_person" and not doc.get("setting"):
        found.append(Problem("setting", "Choose where the group met.", stops=True))
    found += _times(doc, signing)
    least = setting(signing.settings, "section_min_chars")
    if len((doc.get("summary") or "").strip()) < least and doc.get("attended") != 0:
        found.append(
            Problem("summary", f"The summary for all has fewer than {least} characters.", stops=False)
        )
    gap = gap_in(doc.get("summary") or "")
    if gap:
        found.append(Problem("summary", f"A placeholder is still in the text: {gap}", stops=False))
    most, leading = setting(signing.settings, "group_max"), len(doc.get("facilitators") or ())
    attended = doc.get("attended") or 0
    if leading and attended > most * leading:
        found.append(
            Problem(
                "facilitators",
                f"{attended} people with {leading} to lead: the limit is {most} for each facilitator.",
                stops=False,
            )
        )
    return found


def _times(doc: Mapping[str, Json], signing: Signing) -> list[Problem]:
    if not doc.get("start") or not doc.get("stop"):
        return []
    start, stop = instant_ms(doc["start"]), instant_ms(doc["stop"])
    longest = setting(signing.settings, "contact_max_h")
    if stop <= start:
        return [Problem("stop", "The stop time must be after the start time.", stops=True)]
    if stop - start > longest * 3_600_000:
        return [Problem("stop", f"A session lasts at most {longest} hours: check the times.", stops=True)]
    if stop > signing.at_ms + 5 * 60_000:
        return [Problem("stop", "The session ends in the future: check date and time.", stops=True)]
    first_ms = signing.at_ms if signing.first_ms is None else signing.first_ms
    if is_late(doc, first_ms, signing.settings) and not (doc.get("late_reason") or "").strip():
        hours = setting(signing.settings, "note_limit_h")
        return [Problem("late_reason", f"This is a late entry (over {hours} h): say why.", stops=True)]
    return []


def label(doc: Mapping[str, Json]) -> str:
    """Return a session in a few words: `DBT skills: Distress tolerance`."""
    return ": ".join(filter(None, [doc.get("title") or "Group", doc.get("module_title") or ""]))


def _index(view: View) -> IndexRow:
    start = view.doc.get("start")
    return IndexRow(
        instant_ms(start) if start else view.first_ms,
        label(view.doc),
        state="error" if view.in_error else view.status,
        owner=view.steps[0].author if view.steps else "",
    )


def _text(view: View) -> str:
    doc = view.doc
    return "\n".join(filter(None, [label(doc), doc.get("topic"), doc.get("summary"), doc.get("homework")]))


KIND = Kind(
    name="group_session",
    label="Group session",
    cls="single",
    model=GroupSession,
    audience=("notes",),
    about_client=False,
    placed_by="team",
    labels={
        "title": "Group",
        "module_title": "Module",
        "topic": "Topic",
        "summary": "What the group did",
        "methods": "Methods",
        "homework": "Homework given",
        "homework_before": "Homework from last time",
        "facilitators": "Facilitators",
        "leaders": "Led by",
        "attended": "Attended",
        "expected": "Expected",
        "contact_type": "Type",
        "experiential": "Experiential",
        "start": "Start",
        "stop": "Stop",
        "modality": "How",
        "setting": "Where",
        "pos": "Place of service",
        "late_reason": "Why late",
    },
    sign_checks=check,
    index=_index,
    search_text=_text,
)
