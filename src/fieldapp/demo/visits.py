"""Eight weeks of contacts and notes: who saw whom when, what was tried, and what was written about it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from fieldapp.records.envelope import instant

from .acts import Act, local_ms
from .clients import DemoClient
from .notes import written
from .people import TZ
from .stories import Scene, common, tell

PER_WEEK = {"high": 2.3, "standard": 1.4, "step_down": 0.8}
TECH_TYPES = frozenset(
    {"med_support_observation", "transport_with_service", "outreach_engagement", "skills_training"}
)
FIRST_MINUTE, LAST_MINUTE = 8 * 60 + 30, 17 * 60 + 30
ATTEMPTS = (
    ("attempt_not_home", "in_person", "Curtains closed, nobody answered. Card left as agreed."),
    ("attempt_no_answer", "audio_only", "Rang eight times, no answer."),
    ("attempt_left_message", "audio_only", "Short message, first name only, number given twice."),
    ("client_cancel", "audio_only", "Client called in the morning: not today, next week yes."),
    ("no_show", "in_person", "Waited twenty minutes at the agreed place."),
)
_OPENINGS = (
    "Arrived on time.", "Quiet start, warmer after coffee.", "Client had a list ready.",
    "First thing client said was \"good, you came\".", "Cold hands, big coat, good eye contact.",
    "Client asked to keep it short and then did not.", "Client had forgotten and was glad anyway.", "",
)  # fmt: skip
_HOME_OPENINGS = (
    "Client was waiting at the door.", "Started ten minutes late because of the bridge.",
    "Rain all morning; client had put towels at the door.", "Client opened before I knocked.",
    "Neighbor's radio through the wall the whole time.",
)  # fmt: skip
_STEPS = (0, -1, 0, 1, 0, 1, 1)
"""How a goal moved, from visit to visit: slowly upwards, and back now and then."""
_TALK = 7
_CALL_OPENINGS = ("Answered on the second ring.", "Good line.", "Called back after five minutes.", "")


@dataclass(frozen=True, slots=True)
class Encounter:
    """One planned piece of work, before it has a time."""

    client: DemoClient
    author: str
    scene: Scene
    attempt: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One contact with its times."""

    number: int
    encounter: Encounter
    start_ms: int
    stop_ms: int

    @property
    def tag(self) -> str:
        """The end of its record names."""
        return f"{self.encounter.client.number:02}:{self.number:03}"


def scenes_of(client: DemoClient, rng: random.Random) -> list[Scene]:
    """Return every scene that fits a client, the story's own spread among those of everybody."""
    own = list(client.story.scenes)
    housed = client.story.housing in ("housed", "doubled_up", "residential")
    family = client.supports[0].kind in ("family", "partner")
    shared = [
        scene
        for scene in common(client.story.archetype)
        if (housed or not scene.housed) and (family or not scene.family)
    ]
    elsewhere = "shelter" if client.story.housing == "shelter" else "park_library_store_car"
    if not housed:
        shared = [replace(s, setting=elsewhere) if s.setting == "home" else s for s in shared]
    rng.shuffle(own)
    rng.shuffle(shared)
    mixed: list[Scene] = []
    while own or shared:
        mixed += own[:2] + shared[:1]
        own, shared = own[2:], shared[1:]
    return mixed


def author_of(client: DemoClient, scene: Scene) -> str:
    """Return who does a scene."""
    if scene.medasst:
        return "l.moana"
    if scene.type == "med_management":
        return "h.varga"
    if scene.type in TECH_TYPES or (scene.type == "case_management" and client.number % 2):
        return client.technician
    return client.primary


def schedule(
    clients: tuple[DemoClient, ...], start: date, today: date, rng: random.Random
) -> tuple[Visit, ...]:
    """Return all visits from the first day until yesterday, no two of one person at the same time."""
    by_day: dict[date, list[Encounter]] = {}
    for client in clients:
        for day, encounter in _days(client, start, today, rng):
            by_day.setdefault(day, []).append(encounter)
    found: list[Visit] = []
    counts: dict[int, int] = {}
    for day in sorted(by_day):
        free: dict[str, int] = {}
        for encounter in by_day[day]:
            length = 6 if encounter.attempt else encounter.scene.minutes
            begin = free.get(encounter.author, FIRST_MINUTE + rng.randrange(0, 30, 5))
            if begin + length > LAST_MINUTE:
                continue
            free[encounter.author] = begin + length + rng.randrange(15, 45, 5)
            number = counts[encounter.client.number] = counts.get(encounter.client.number, 0) + 1
            at = local_ms(day, begin)
            found.append(Visit(number, encounter, at, at + length * 60_000))
    return tuple(found)


def _days(
    client: DemoClient, start: date, today: date, rng: random.Random
) -> Iterator[tuple[date, Encounter]]:
    admitted = today - timedelta(days=client.admitted_before)
    day = max(start, admitted) + timedelta(days=1)
    scenes = scenes_of(client, rng)
    gap = 7 / PER_WEEK[client.story.tier]
    at = rng.uniform(0, gap)
    quiet = 9 if client.number in (5, 17) else 0
    while day + timedelta(days=int(at)) < today:
        # Whoever is seen often goes round again, in other words; risk is told once.
        scenes = scenes or [scene for scene in scenes_of(client, rng) if scene.risk != "present"]
        when = day + timedelta(days=int(at))
        at += gap * rng.uniform(0.7, 1.3)
        weekend = when.weekday() >= 5
        if weekend and (client.story.archetype == "structured" or rng.random() < 0.7):
            continue
        scene = scenes[0]
        author = author_of(client, scene)
        lost = (today - when).days <= quiet
        if (lost or rng.random() < 0.16) and not scene.without_client and scene.type != "group":
            yield when, Encounter(client, author, scene, rng.choice(ATTEMPTS[:3] if lost else ATTEMPTS))
            continue
        if not lost:
            scenes.pop(0)
            yield when, Encounter(client, author, scene)


def contact_act(visit: Visit) -> Act:
    """Return the contact as it is logged, minutes after it ended."""
    encounter, scene, client = visit.encounter, visit.encounter.scene, visit.encounter.client
    values: dict[str, object] = {
        "start": instant(visit.start_ms),
        "stop": instant(visit.stop_ms),
        "tz": TZ,
        "contact_type": scene.type,
        "modality": scene.modality,
        "outcome": "completed",
        "goals": [client.story.goals[scene.goal]],
        "note_required": True,
    }
    if encounter.attempt:
        outcome, modality, remark = encounter.attempt
        values |= {"outcome": outcome, "modality": modality, "remark": remark, "note_required": False}
        values["contact_type"] = "outreach_engagement" if modality == "in_person" else scene.type
        values.pop("goals")
    if values["modality"] == "in_person" and outcome_seen(values):
        values["setting"] = scene.setting
        values["travel_min"] = 5 + visit.start_ms // 60_000 % 4 * 5
    if values["modality"] in ("video", "audio_only") and outcome_seen(values) and not scene.without_client:
        values |= {
            "client_location": scene.location or "At home, alone in the room",
            "consent_on_file": True,
            "privacy_check": True,
            "emergency_number": "911 by way of the county",
        }
        by_video = values["modality"] == "video"
        values |= {"platform": "Agency video"} if by_video else {"audio_only_reason": "client_choice"}
    return Act(
        visit.stop_ms + 120_000,
        encounter.author,
        "save",
        "contact",
        f"contact:{visit.tag}",
        client.key,
        values,
    )


def outcome_seen(values: dict[str, object]) -> bool:
    """Tell whether the client was met."""
    return values["outcome"] == "completed"


def note_act(visit: Visit, at_ms: int, rng: random.Random, *, late_reason: str = "") -> Act:
    """Return the note of a completed contact."""
    scene, client = visit.encounter.scene, visit.encounter.client
    names = client.names
    pool: tuple[str, ...] = _CALL_OPENINGS if scene.modality != "in_person" else _OPENINGS
    if scene.setting == "home":
        pool += _HOME_OPENINGS
    opening = "" if scene.without_client or scene.type == "group" else rng.choice(pool)
    data = tell(scene.data, names, rng)
    risk: dict[str, object] = {"answer": scene.risk}
    if scene.risk == "present":
        risk |= {"level": scene.level, "detail": scene.detail}
    goal = client.story.goals[scene.goal]
    said = (f"{opening} {data}".strip(), tell(scene.assessment, names, rng), tell(scene.plan, names, rng))
    values: dict[str, object] = {
        **written(visit.encounter.author, scene, goal, *said),
        "contact": f"@record:contact:{visit.tag}",
        "service_start": instant(visit.start_ms),
        "service_stop": instant(visit.stop_ms),
        "tz": TZ,
        "risk_block": risk,
        "goals": [goal],
    }
    if visit.number % 23 == _TALK:
        del values["goals"]
        values["no_goal_reason"] = "The day itself was the matter; goals next time"
    elif visit.number % 3:
        step = _STEPS[visit.number % len(_STEPS)]
        values["progress"] = [{"goal": client.story.goals[scene.goal], "step": step}]
    if late_reason:
        values["late_reason"] = late_reason
    return Act(at_ms, visit.encounter.author, "sign", "note", f"note:{visit.tag}", client.key, values)
