"""Signing a client's level of risk: what it lists, whom it is news for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kind import COMMON, Problem, Signing
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import risk as kind
from fieldapp.records.text import clean

from . import effects
from .failures import NotReady
from .opened import Writing
from .pen import Pen
from .people import role_for

CONSIDERED = "considered"
"""In the values of a form: the signals that its author has ticked. In an entry it stands beside the fields."""
assert CONSIDERED in COMMON  # noqa: S101 - the fold reads it there


def problems(view: View | None, values: Mapping[str, Any]) -> list[Problem]:
    """Return what stands against a level below the one in force: it lists what it considered."""
    if not is_lowered(view, values.get("level")) or values.get(CONSIDERED) or values.get("weighed"):
        return []
    return [Problem("weighed", "The level goes down: say what you weighed.", stops=True)]


def is_lowered(view: View | None, level: Any) -> bool:
    """Tell whether a level is below the one in force."""
    return level in kind.ORDER and kind.rank(level) < kind.rank(kind.level_of(view))


def body_of(view: View | None, values: Mapping[str, Any], role: str) -> dict[str, Json]:
    """Return the body of a signed level: all that is attested, what was considered, whose co-sign it waits for."""
    said = {name: values[name] for name in kind.KIND.attested if values.get(name) not in (None, "", [])}
    if view is not None:
        # What an earlier author said of this day and of what happened is not said again unseen.
        said |= {name: None for name in kind.KIND.attested if name not in said and view.get(name) is not None}
    said["reason"] = clean(str(values.get("reason") or "")).strip()
    body: dict[str, Json] = {"set": said}
    known = {step.hash for step in view.steps} if view is not None else set()
    seen = sorted(known.intersection(values.get(CONSIDERED) or ()))
    if seen:
        body[CONSIDERED] = seen
    if is_lowered(view, values.get("level")) and role != "supervisor":
        body["cosign_required"] = "supervisor"
    return body


def sign_risk(
    work: Writing,
    identity: Identity,
    client: str,
    level: str,
    reason: str,
    considered: Sequence[str],
    next_review: str,
) -> str:
    """Sign a level of risk, naming the signals that its author has seen; others stay in force."""
    record = one_per(client, "risk")
    view = work.rx.view(record)
    role = role_for(work.me, "risk")
    values: dict[str, Any] = {
        "level": level, "reason": reason, "next_review": next_review, CONSIDERED: list(considered),
    }  # fmt: skip
    signing = Signing(work.now_ms, work.me.tz, work.me.staff, role)
    found = [*KINDS["risk"].sign_checks(values, signing), *problems(view, values)]
    if found:
        raise NotReady(found)
    pen = Pen(work, identity)
    entry: Entry = pen.write(
        "risk", record, client, "sign", view.heads if view is not None else [], body_of(view, values, role)
    )
    effects.of(pen, entry, {}, values)
    return entry.hash
