"""The on-call roster of a program: who answers at night, from when until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..canonical import Json
from ..envelope import instant_ms
from ..fold import ItemView, View
from ..kind import Fields, IndexRow, Item, Kind, Problem, Signing
from ..types import Id, Instant, Line


class Shift(Item):
    """One shift."""

    since: Instant | None = None
    until: Instant | None = None
    primary: Id | None = None
    backup: Id | None = None
    supervisor: Id | None = None
    phone: Line | None = None


class OnCall(Fields):
    """The roster; one per program."""

    program: Id | None = None
    shifts: dict[str, Shift] = {}


def check(doc: Mapping[str, Json], _: Signing) -> Sequence[Problem]:
    """Return what stands against a roster: each shift ends after it begins."""
    return [
        Problem(f"shifts.{item}.until", "The shift ends before it begins.", stops=True)
        for item, row in (doc.get("shifts") or {}).items()
        if row.get("since") and row.get("until") and row["until"] <= row["since"]
    ]


def at(view: View, now_ms: int) -> list[ItemView]:
    """Return the shifts that cover a moment, in ms since 1970."""
    return [
        shift
        for shift in view.items("shifts").values()
        if shift.get("since") and instant_ms(shift["since"]) <= now_ms
        and shift.get("until") and now_ms < instant_ms(shift["until"])
    ]  # fmt: skip


def _derive(view: View) -> dict[str, Json]:
    spans = sorted(
        (shift["since"], shift["until"], key)
        for key, shift in view.items("shifts").items()
        if shift.get("since") and shift.get("until")
    )
    overlaps = [[a[2], b[2]] for i, a in enumerate(spans) for b in spans[i + 1 :] if b[0] < a[1]]
    return {"overlaps": overlaps}


KIND = Kind(
    name="oncall",
    label="On-call roster",
    cls="working",
    model=OnCall,
    audience=("oncall",),
    one_per="program",
    about_client=False,
    placed_by="program",
    labels={"shifts": "Shifts", "program": "Program"},
    sign_checks=check,
    derive=_derive,
    index=lambda view: IndexRow(view.last_ms, "On-call roster", owner=view.get("program") or ""),
)
