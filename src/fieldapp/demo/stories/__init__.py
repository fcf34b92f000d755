"""The stories of the demo's clients: invented lives, told in notes (the TOML files beside this)."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

_CHOICE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Scene:
    """One contact with its note."""

    type: str
    setting: str
    minutes: int
    goal: int
    do: tuple[str, ...]
    risk: str
    data: str
    assessment: str
    plan: str
    modality: str = "in_person"
    level: str = ""
    detail: str = ""
    location: str = ""
    without_client: bool = False
    medasst: bool = False
    """Done by the medical assistant."""
    housed: bool = False
    """Only where the client has a home of their own."""
    family: bool = False
    """Only where the first support is family or a partner."""


@dataclass(frozen=True, slots=True)
class Story:
    """What a group of clients have in common."""

    name: str
    track: str
    step_down_from: str
    tier: str
    archetype: str
    housing: str
    supports: tuple[tuple[str, str], ...]
    alerts: tuple[tuple[str, str], ...]
    goals: tuple[str, ...]
    places: str
    occupation: str
    scenes: tuple[Scene, ...]
    plan_lines: Mapping[str, Any]
    plan_lines_es: Mapping[str, Any]
    sex: str = ""
    young: bool = False
    part2: bool = False
    legal_status: str = ""


def load() -> tuple[Story, ...]:
    """Return all stories, by name."""
    folder = resources.files(__name__)
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_read(file.name[:-5], tomllib.loads(file.read_text("utf-8"))) for file in files)


def common(archetype: str) -> tuple[Scene, ...]:
    """Return the scenes that happen with everybody in a kind of program."""
    file = resources.files(__name__) / "common" / f"{archetype}.toml"
    return _scenes(tomllib.loads(file.read_text("utf-8")))


def _scenes(data: dict[str, Any]) -> tuple[Scene, ...]:
    return tuple(Scene(**{**scene, "do": tuple(scene["do"])}) for scene in data["scene"])


def _read(name: str, data: dict[str, Any]) -> Story:
    scenes = _scenes(data)
    del data["scene"]
    for pairs in ("supports", "alerts"):
        data[pairs] = tuple((first, second) for first, second in data[pairs])
    data["goals"] = tuple(data["goals"])
    data.setdefault("plan_lines_es", {})
    return Story(name=name, scenes=scenes, **data)


def tell(text: str, names: Mapping[str, str], rng: random.Random) -> str:
    """Return a text with its `{one|other}` choices made and its `{names}` filled in."""

    def fill(match: re.Match[str]) -> str:
        inside = match[1]
        return rng.choice(inside.split("|")) if "|" in inside else names[inside]

    return _CHOICE.sub(fill, _CHOICE.sub(fill, text))
