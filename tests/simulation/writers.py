"""What people write, for every kind of record: bodies are made from the kind's own model, so a new kind is in at once."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Union, get_args, get_origin

from fieldapp.clinical.policy import Actor, allow
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import DOC, Fields, Kind
from fieldapp.records.kinds import KINDS
from fieldapp.records.types import Code, Count, Day, Hash, Id, Instant, Line, Prose, Step, Yes
from tests.sync.sync_world import Rig

BY_THE_SERVER = frozenset(
    {"organisation", "program", "team", "staff", "certificate", "pack_part", "move", "quarantine_decision"}
)
"""Kinds that the administrator or an event of a run writes; all others are written by people in it."""
BY_PEOPLE = tuple(sorted(name for name in KINDS if name not in BY_THE_SERVER))
WORDS = ("kitchen", "sleeps late", "calls on Friday", "ferry", "rent", "café", "名前", "")
DAY_MS = 86_400_000
PLACED = frozenset({"home_program", "home_team", "program", "team"})
"""Fields that decide where an entry goes; events of their own change them."""


def value_of(annotation: Any, dice: Random, ids: Sequence[str]) -> Any:
    """Return a value of a field's type."""
    if annotation == Code:
        return dice.choice(("yes", "no", "other", "primary", "none", "low", "moderate", "high"))
    if annotation == Id:
        return dice.choice(ids)
    if annotation == Hash:
        return f"{dice.getrandbits(256):064x}"
    if annotation == Day:
        return f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    if annotation == Instant:
        return instant(1_795_464_000_000 - dice.randrange(30) * DAY_MS)
    if annotation in (Line, Prose):
        return f"{dice.choice(WORDS)} {dice.randrange(9)}"
    if annotation == Count:
        return dice.randrange(99)
    if annotation == Step:
        return dice.randrange(-2, 3)
    if annotation == Yes or annotation is bool:
        return dice.random() < 0.5
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return value_of(inner[0], dice, ids)
    if origin in (Union, types.UnionType):
        return value_of(next(one for one in inner if one is not type(None)), dice, ids)
    if origin in (list, tuple):
        return [value_of(inner[0], dice, ids) for _ in range(dice.randrange(3))]
    if origin in (dict, Mapping):
        return {f"k{n}": value_of(inner[1], dice, ids) for n in range(dice.randrange(3))}
    if isinstance(annotation, type) and issubclass(annotation, Fields):
        return fields_of(annotation, dice, ids)
    if annotation is str:
        return dice.choice(WORDS)
    if annotation is int:
        return dice.randrange(9)
    raise AssertionError(f"no generator for {annotation}")


def fields_of(model: type[Fields], dice: Random, ids: Sequence[str], most: int = 3) -> dict[str, Any]:
    """Return a few fields of a model."""
    names = sorted(name for name in model.model_fields if name not in PLACED)
    required = [name for name in names if model.model_fields[name].is_required()]
    chosen = {*required, *dice.sample(names, k=min(len(names), dice.randrange(1, most + 1)))}
    return {name: value_of(model.model_fields[name].annotation, dice, ids) for name in sorted(chosen)}


def attested_of(kind: Kind, dice: Random, view: View | None, ids: Sequence[str]) -> dict[str, Any]:
    """Return the body of a signed form: all its fields, and some of what its author has seen."""
    said = {name: value_of(kind.model.model_fields[name].annotation, dice, ids) for name in kind.attested}
    said |= {name: dice.choice(kind.highest[name]) for name in kind.attested if name in kind.highest}
    seen = [step.hash for step in view.steps] if view is not None else []
    body: dict[str, Any] = {"set": said}
    if seen and dice.random() < 0.7:
        body["considered"] = sorted(dice.sample(seen, k=dice.randrange(1, len(seen) + 1)))
    return body


def body_of(
    kind: Kind, dice: Random, view: View | None, ids: Sequence[str], meaning: str = "save"
) -> dict[str, Any]:
    """Return a body of a kind; of some kinds not every one is taken."""
    if kind.attested and meaning == "sign":
        return attested_of(kind, dice, view, ids)
    if kind.is_document:
        return {DOC: fields_of(kind.model, dice, ids, 5)}
    lists = kind.lists
    body: dict[str, Any] = {}
    plain = sorted(name for name in kind.model.model_fields if name not in lists and name not in PLACED)
    if plain and (not lists or dice.random() < 0.7):
        names = dice.sample(plain, k=min(len(plain), dice.randrange(1, 3)))
        body["set"] = {
            name: None
            if dice.random() < 0.1
            else value_of(kind.model.model_fields[name].annotation, dice, ids)
            for name in sorted(names)
        }
    if lists and (not body or dice.random() < 0.5):
        name = dice.choice(sorted(lists))
        here = sorted(view.items(name)) if view is not None else []
        if here and dice.random() < 0.35:
            body["drop"] = {name: [dice.choice(here)]}
        else:
            item = get_args(kind.model.model_fields[name].annotation)[1]
            at = dice.choice([*here, f"i{dice.randrange(4)}"])
            body["items"] = {name: {at: fields_of(item, dice, ids, 2)}}
    return body


@dataclass(frozen=True)
class Place:
    """Whom somebody writes about."""

    client: str
    program: str
    team: str
    ids: tuple[str, ...]


def write(rig: Rig, dice: Random, place: Place, kind_name: str) -> Entry | None:
    """Let somebody write an entry of a kind on what they see; None where their role may not."""
    kind = KINDS[kind_name]
    client = place.client if kind.about_client else None
    role = rig.author.role
    own_records = _records(rig, kind_name, client)
    if kind.one_per == "client":
        record = one_per(place.client, kind_name)
    elif kind.one_per == "program":
        record = one_per(place.program, kind_name)
    elif kind_name == "client":
        record = place.client
    elif own_records and dice.random() < 0.5:
        record = dice.choice(own_records)
    else:
        record = uuid7(rig.clock.now_ms())
    view = _view(rig, record)
    meaning = "sign" if kind.is_document else "save"
    mine = view is not None and bool(view.steps) and view.steps[0].author == rig.staff
    if view is not None and view.steps and dice.random() < (0.3 if kind.is_document else 0.08):
        return _annotate(rig, dice, view, kind_name, client, mine=mine)
    if view is not None and view.steps and kind.cls == "single":
        if not mine:
            return None
        meaning = "amend"
    actor = Actor(rig.staff, frozenset({role}), False)
    if not allow(actor, meaning, kind_name, own_target=mine, sensitivity=kind.sensitivity):
        return None
    seen = list(view.heads) if view is not None else []
    if len(seen) > 1 and dice.random() < 0.3:
        # Somebody who saw one of two leaves only.
        seen = [dice.choice(sorted(seen))]
    if kind.attested and dice.random() < 0.5:
        meaning = "sign"
    body = body_of(kind, dice, view, place.ids, meaning)
    if (
        meaning == "save"
        and kind.check_body("save", body) is not None
        and kind.check_body("sign", body) is None
    ):
        # What only a signature may say, such as that a list was verified.
        meaning = "sign"
    if kind.check_body(meaning, body) is not None or not allow(
        actor, meaning, kind_name, own_target=mine, sensitivity=kind.sensitivity
    ):
        # What no schema allows is an event of its own.
        return None
    if meaning == "amend":
        body["reason"] = "was wrong"
    if kind.placed_by:
        part = DOC if kind.is_document else "set"
        body.setdefault(part, {})[kind.placed_by] = place.team if kind.placed_by == "team" else place.program
    return rig.entry(
        kind_name, record, body, client=client, meaning=meaning, prev=seen, sensitivity=kind.sensitivity
    )


def _annotate(
    rig: Rig, dice: Random, view: View, kind_name: str, client: str | None, *, mine: bool
) -> Entry | None:
    about = dice.choice([step.hash for step in view.steps])
    meaning = dice.choice(("addendum", "error", "return", "cosign"))
    label = KINDS[kind_name].sensitivity
    if not allow(
        Actor(rig.staff, frozenset({rig.author.role}), False),
        meaning,
        kind_name,
        own_target=mine,
        sensitivity=label,
    ):
        return None
    body = {
        "addendum": {"text": "And cold."},
        "error": {"reason": "wrong client"},
        "return": {"reason": "say more"},
    }
    return rig.entry(
        kind_name,
        view.id,
        body.get(meaning, {}),
        client=client,
        meaning=meaning,
        about=about,
        sensitivity=label,
    )


def _records(rig: Rig, kind: str, client: str | None) -> list[str]:
    with rig.store.reading() as rx:
        if client is None:
            rows = rx.all("SELECT record FROM view WHERE kind = ? ORDER BY record", kind)
        else:
            rows = rx.all(
                "SELECT record FROM view WHERE kind = ? AND client = ? ORDER BY record", kind, client
            )
    return [row[0] for row in rows]


def _view(rig: Rig, record: str) -> View | None:
    with rig.store.reading() as rx:
        return rx.view(record)
