"""Values of a form by path, and the place where a draft was left. Pure."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def take(values: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path such as `sections.data`; None if there is none."""
    value: Any = values
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def put(values: dict[str, Any], path: str, value: Any, *, keep_empty: bool = False) -> None:
    """Set a value at a path. None takes it away, or with `keep_empty` says that it is empty now."""
    *heads, last = path.split(".")
    inside = values
    for name in heads:
        known = inside.get(name)
        if not isinstance(known, dict):
            if value is None:
                return
            known = {}
        inside[name] = known
        inside = known
    if value is not None or keep_empty:
        inside[last] = value
    else:
        inside.pop(last, None)
        if not inside and heads:
            put(values, ".".join(heads), None)


@dataclass(frozen=True, slots=True)
class Focus:
    """Where a draft was left, and what was typed there that is no value yet."""

    field: str = ""
    place: str = ""
    typed: Mapping[str, str] = dataclasses.field(default_factory=dict)


def write_focus(at: str, place: str, typed: Mapping[str, str]) -> str:
    """Return the focus as a draft keeps it."""
    data: dict[str, Any] = {"at": at, "place": place}
    if typed:
        data["typed"] = dict(typed)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_focus(text: str) -> Focus:
    """Return the focus of a draft; an unknown form of it (another version wrote it) is no focus."""
    try:
        data = json.loads(text) if text else {}
    except ValueError:
        return Focus()
    if not isinstance(data, dict):
        return Focus()
    typed = data.get("typed")
    return Focus(
        str(data.get("at") or ""),
        str(data.get("place") or ""),
        {str(k): str(v) for k, v in typed.items()} if isinstance(typed, dict) else {},
    )
