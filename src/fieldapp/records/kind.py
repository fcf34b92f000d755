"""What a kind of record is: its class, typed fields, labels, fold rules, sign checks and audience.

A new kind is one module under `records/kinds` that makes one `Kind`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from .canonical import Json

if TYPE_CHECKING:
    from .fold import View

Class: TypeAlias = Literal["working", "versioned", "single"]
Audience: TypeAlias = Literal["org", "oncall", "oncall-contacts", "team", "notes", "own"]
"""`own`: the author's feed alone."""

DOC = "doc"
"""The name of the one field of a document record: its whole body."""

_ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

COMMON = frozenset({"reason", "answers", "cosign_required", "considered", "packs", "overrides"})
"""Body keys that any writing entry may carry beside what it writes."""


class Fields(BaseModel):
    """Base of typed bodies: strict, immutable, and open to fields that a later schema adds."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class Item(Fields):
    """Base of list items; an item is named by an id inside its list."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a sign check."""

    field: str
    sentence: str
    stops: bool
    """True: identity, time or signature is wrong and signing waits. False: may be overridden with a reason."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row for lists and metrics, projected when the entry is stored; times in ms since 1970."""

    name: str
    at_ms: int
    staff: str = ""
    minutes: int = 0
    value: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What lists need of a record without reading its view."""

    when_ms: int
    label: str
    state: str = ""
    owner: str = ""
    due_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """What a sign check may know beside the values: never a clock, pack or staff record of its own."""

    at_ms: int
    """Effective time of the entry that is about to be signed."""
    tz: str
    author: str
    role: str
    settings: Mapping[str, int] = field(default_factory=dict)
    """The program's values that differ from `clinical.defaults` (clinical.md 1.5)."""
    earlier: Sequence[str] = ()
    """Text of the author's last notes on this client, newest first; empty on the server."""
    first_ms: int | None = None
    """When the record was first signed: a correction of a note in time is in time. None for a first signing, 0
    where the history is not at hand."""


SignCheck: TypeAlias = Callable[[Mapping[str, Json], Signing], Sequence[Problem]]
"""Values as they would stand after signing, and the signing itself, to what stands against it."""


def no_checks(_: Mapping[str, Json], __: Signing) -> Sequence[Problem]:
    """Return no problems: the kind has no rules at signing."""
    return ()


BodyRule: TypeAlias = Callable[[str, Mapping[str, Json]], str | None]
"""Meaning and body of a writing entry to why no laptop and no server takes it; None if they do."""


def no_rule(_: str, __: Mapping[str, Json]) -> None:
    """Return nothing: the kind has no rule for its bodies beyond their form."""
    return


def no_derived(_: View) -> dict[str, Json]:
    """Return nothing beyond the merged fields."""
    return {}


def no_facts(_: View) -> Sequence[Fact]:
    """Return no fact rows."""
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of record."""

    name: str
    label: str
    cls: Class
    model: type[Fields]
    audience: tuple[Audience, ...]
    labels: Mapping[str, str]
    index: Callable[[View], IndexRow]
    one_per: Literal["client", "program", None] = None
    about_client: bool = True
    """Whether its entries name a client."""
    placed_by: str | None = None
    """Field that names the program or team of a kind without a client."""
    sticky: frozenset[str] = frozenset()
    """Fields (or `list.field`) that are true once any entry says so: revoked, done."""
    highest: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Fields whose concurrent values show the highest of an order first."""
    rising: frozenset[str] = frozenset()
    """Fields (or `list.field`) of `highest` of which the highest value ever said stands."""
    sensitivity: str = "normal"
    """What every entry of the kind is labelled with; a walled kind goes to its author alone."""
    attested: tuple[str, ...] = ()
    """Fields that are signed together: a form for them says all of them, changed or not."""
    together: tuple[str, ...] = ()
    """Fields that mean something together only: an entry that writes one of them writes all that its form has."""
    body_rule: BodyRule = no_rule
    sign_checks: SignCheck = no_checks
    derive: Callable[[View], dict[str, Json]] = no_derived
    facts: Callable[[View], Sequence[Fact]] = no_facts
    search_text: Callable[[View], str] = lambda view: ""

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the fields that are lists of items."""
        return tuple(name for name in self.model.model_fields if _item_type(self.model, name) is not None)

    @property
    def is_document(self) -> bool:
        """Whether a version is one whole body, never merged by machine."""
        return self.cls != "working"

    def to_settle(self, conflicts: Sequence[str]) -> tuple[str, ...]:
        """Return the conflicts that somebody is asked about: fields that belong together are settled as one."""
        first = next((name for name in self.together if name in conflicts), "")
        return tuple(path for path in conflicts if path == first or path not in self.together)

    def check_body(self, meaning: str, body: Mapping[str, Json]) -> str | None:
        """Return why a body is not of this kind, naming the field but never a value; None if it is."""
        if meaning in ("addendum", "cosign", "return", "error"):
            return _check_annotation(meaning, body)
        unknown = set(body) - COMMON - ({DOC} if self.is_document else {"set", "items", "drop"})
        if unknown:
            return f"unknown part of the body: {min(unknown)}"
        problem = _check_common(body)
        if problem:
            return problem
        if self.is_document:
            if meaning == "save":
                return "a document is signed, not saved"
            return _complaint(_whole(self.model), body.get(DOC), DOC) or self.body_rule(meaning, body)
        if meaning == "amend" and not body.get("reason"):
            return "a correction says why"
        return self._check_working(body) or self.body_rule(meaning, body)

    def _check_working(self, body: Mapping[str, Json]) -> str | None:
        fields, items, drop = body.get("set", {}), body.get("items", {}), body.get("drop", {})
        if not (isinstance(fields, dict) and isinstance(items, dict) and isinstance(drop, dict)):
            return "set, items and drop are objects"
        lists = set(self.lists)
        for name, value in fields.items():
            if name in lists:
                return f"{name} is a list of items"
            adapter = _field(self.model, name)
            if value is not None and adapter is not None:
                problem = _complaint(adapter, value, name)
                if problem:
                    return problem
        for name, rows in items.items():
            item = _item_type(self.model, name)
            if item is None or not isinstance(rows, dict):
                return f"{name} is not a list of items"
            for item_id, values in rows.items():
                if not _ITEM_ID.fullmatch(item_id):
                    return f"{name}: an item id is letters, digits, - and _, at most 64"
                if not isinstance(values, dict):
                    return f"{name} holds something that is not an item"
                for inner, value in values.items():
                    adapter = _field(item, inner)
                    if value is not None and adapter is not None:
                        problem = _complaint(adapter, value, f"{name}.{inner}")
                        if problem:
                            return problem
        for name, gone in drop.items():
            if name not in lists or not isinstance(gone, list) or not all(isinstance(i, str) for i in gone):
                return f"drop.{name} is not a list of item ids"
            if set(gone) & set(items.get(name, {})):
                return f"{name}: an item is both written and dropped"
        return None


def _check_common(body: Mapping[str, Json]) -> str | None:
    for name in ("answers", "considered", "packs"):
        value = body.get(name, [])
        if not isinstance(value, list) or not all(
            isinstance(inner, str) and len(inner) == 64 for inner in value
        ):
            return f"{name} is not a list of hashes"
    if not isinstance(body.get("reason", ""), str):
        return "reason is not text"
    if body.get("cosign_required") not in (None, "supervisor", "mhp"):
        return "cosign_required is not known"
    overrides = body.get("overrides", {})
    if not isinstance(overrides, dict) or not all(isinstance(text, str) for text in overrides.values()):
        return "overrides is not an object of reasons"
    return None


def _check_annotation(meaning: str, body: Mapping[str, Json]) -> str | None:
    if set(body) - {"reason", "text", "category"}:
        return "an annotation has only reason, category and text"
    if not all(isinstance(value, str) for value in body.values()):
        return "an annotation holds text"
    if meaning in ("return", "error") and not body.get("reason", "").strip():
        return "a return or an error says why"
    if meaning == "addendum" and not body.get("text", "").strip():
        return "an addendum has text"
    return None


def _complaint(adapter: TypeAdapter[Any], value: Json, where: str) -> str | None:
    try:
        adapter.validate_python(value)
    except ValidationError as failure:
        first = failure.errors(include_url=False, include_input=False, include_context=False)[0]
        path = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        return f"{where}{'.' + path if path else ''}: not as this kind of record has it ({first['type']})"
    return None


@cache
def _whole(model: type[Fields]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


@cache
def _field(model: type[Fields], name: str) -> TypeAdapter[Any] | None:
    """Return the adapter of a field; None for a field that only a later schema knows."""
    info = model.model_fields.get(name)
    if info is None or info.annotation is None:
        return None
    return TypeAdapter(info.annotation, config=ConfigDict(strict=True))


@cache
def _item_type(model: type[Fields], name: str) -> type[Fields] | None:
    """Return the item model of a list field declared as `dict[str, SomeItem]`; else None."""
    info = model.model_fields.get(name)
    if info is None or get_origin(info.annotation) is not dict:
        return None
    inner = get_args(info.annotation)[1]
    return inner if isinstance(inner, type) and issubclass(inner, Item) else None
