"""Three weeks of groups in the demo's day program: a morning of back-to-back sessions on three days of the week."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from fieldapp.clinical import group_entry
from fieldapp.commands.group_curriculum import read_curriculum
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import instant
from fieldapp.records.group_tables import GroupPlan, next_module, plans_of

from .acts import Act
from .clients import SEED, DemoClient
from .people import DAY, TZ
from .visits import Visit

WEEKS = 3
MOST = 10
"""People in a group; the program's limit is twelve for each facilitator."""
FACILITATORS = {"skills": ("n.castellan",), "process": ("n.castellan", "t.osei"), "mindful": ("t.osei",)}
_WAYS = ("present",) * 14 + ("late", "left_early", "no_show", "no_show", "excused")
_MINUTE = 60_000


@cache
def _file(name: str) -> str:
    return (resources.files("fieldapp.demo.stories") / "common" / name).read_text("utf-8")


def curriculum() -> dict[str, Json]:
    """Return the fields of the program that hold its groups."""
    return read_curriculum(_file("curriculum.toml"))


def sessions(today: date) -> Iterator[tuple[GroupPlan, date, int]]:
    """Yield (group, day, start) of every session until yesterday, in order."""
    for ago in range(7 * WEEKS, 0, -1):
        day = today - timedelta(days=ago)
        held = [
            plan for plan in plans_of(curriculum()["groups"]) if group_entry.is_held(plan, day.isoformat())
        ]
        for plan in sorted(held, key=lambda one: one.start or ""):
            start = group_entry.starts_ms(plan, day.isoformat(), TZ)
            if start is not None:
                yield plan, day, start


def members(clients: Sequence[DemoClient], day: date, today: date) -> list[DemoClient]:
    """Return who is in the groups of a day: people of the day program who had come in by then and have not left."""
    of_team = [c for c in clients if c.team == DAY]
    left = of_team[-1:] if len(of_team) > 1 else []
    return [c for c in of_team if c not in left and today - timedelta(days=c.admitted_before) < day][:MOST]


def beside(everything: tuple[Visit, ...], today: date) -> tuple[Visit, ...]:
    """Return the visits that fit beside the groups: whoever is in a group is nowhere else, nor is who leads it."""
    taken = [
        (start, start + (plan.minutes or 60) * _MINUTE, FACILITATORS[plan.code])
        for plan, _, start in sessions(today)
    ]
    since = min((start for start, *_ in taken), default=0)

    def fits(visit: Visit) -> bool:
        encounter = visit.encounter
        if encounter.client.team == DAY and encounter.scene.type == "group" and visit.start_ms >= since:
            return False
        return not any(
            visit.start_ms < stop
            and start < visit.stop_ms
            and (encounter.client.team == DAY or encounter.author in leading)
            for start, stop, leading in taken
        )

    return tuple(visit for visit in everything if fits(visit))


def acts(clients: tuple[DemoClient, ...], start: date, today: date) -> Iterator[Act]:
    """Yield every session as it was signed, half an hour after it ended."""
    rng = random.Random(SEED + 1)  # noqa: S311 - repeatable, not secret
    words: Mapping[str, list[str]] = tomllib.loads(_file("group_words.toml"))
    modules: dict[str, str] = {}
    homework: dict[str, str] = {}
    for number, (plan, day, at) in enumerate(sessions(today)):
        people = members(clients, day, today)
        if day <= start or not people:
            continue
        module = next_module(plan, modules.get(plan.code, ""))
        said = group_entry.of_module(module)
        values: dict[str, Any] = {
            "team": f"@team:{DAY}", "group": plan.code, "title": plan.title, "contact_type": plan.contact_type,
            "modality": plan.modality, "setting": plan.setting, "pos": "11", "start": instant(at),
            "stop": instant(at + (plan.minutes or 60) * _MINUTE), "tz": TZ,
            "facilitators": [f"@staff:{code}" for code in FACILITATORS[plan.code]],
            "summary": words["summaries"][number % len(words["summaries"])],
        } | said  # fmt: skip
        if plan.experiential:
            values["experiential"] = plan.experiential
        if homework.get(plan.code):
            values["homework_before"] = homework[plan.code]
        values["rows"] = _rows(people, plan, rng, words, asked=bool(homework.get(plan.code)))
        if module is not None:
            modules[plan.code] = module.code
        homework[plan.code] = str(said.get("homework") or "")
        signed = at + ((plan.minutes or 60) + 30) * _MINUTE
        yield Act(
            signed, FACILITATORS[plan.code][0], "sign", "group_session", f"group:{plan.code}:{day.isoformat()}", "",
            values, needs=tuple(client.key for client in people),
        )  # fmt: skip


def _rows(
    people: Sequence[DemoClient],
    plan: GroupPlan,
    rng: random.Random,
    words: Mapping[str, list[str]],
    *,
    asked: bool,
) -> dict[str, dict[str, Any]]:
    """Return the grid by the name of each client's record; no two people have the same words."""
    openings, middles, endings = (
        rng.sample(words[name] * (1 + len(people) // len(words[name])), len(people))
        for name in ("openings", "middles", "endings")
    )
    found: dict[str, dict[str, Any]] = {}
    for place, client in enumerate(people):
        there = rng.choice(_WAYS)
        row: dict[str, Any] = {"name": f"{client.last}, {client.name_to_use or client.first}", "place": place}
        row["attendance"] = there
        if there in ("late", "left_early"):
            row["minutes"] = (plan.minutes or 60) - rng.choice((10, 15, 20))
        if there in ("present", "late", "left_early"):
            row |= {
                "participation": rng.choice((1, 2, 2, 3, 3)),
                "risk": rng.choice(("none_observed", "none_observed", "asked_denied")),
                "goals": [client.story.goals[place % len(client.story.goals)]],
                "response": f"{openings[place]} {middles[place]} {endings[place]}",
            }
            if asked:
                row["homework_done"] = rng.choice(("done", "done", "partly", "not_done"))
        found[client.key] = row
    return found
