"""Versions that wait for a co-signature or were sent back, from rows that hold all that a list says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import orjson

from fieldapp.clinical import due
from fieldapp.clinical.policy import Actor, allow
from fieldapp.records.kinds import risk

from ..models import ReviewLine
from ..projection import WAITS
from .lines import Asking
from .titles import title_by
from .words import one_line, value_words

EVERY_VERSION = frozenset({"episode"})
"""Kinds of which a version still waits when more was written since: a changed level of care."""


@dataclass(frozen=True, slots=True)
class _Waits:
    """One row of `projection.waits_of`."""

    record: str
    client: str | None
    at_ms: int
    author: str
    entry: str
    kind: str
    label: str
    status: str
    leaf: bool
    name: str
    cosigner: str
    answers: bool
    why: str


def actor_of(asking: Asking) -> Actor:
    """Return the person as the policy sees them."""
    return Actor(asking.me.staff, frozenset(asking.me.roles), asking.me.is_mhp)


def is_for(asking: Asking, client: str | None) -> bool:
    """Tell whether a client's record is the business of this person's teams; one without client is everybody's."""
    if client is None:
        return True
    facts = asking.known.clients.get(client)
    # A client whose own record has not arrived yet must not hide work that waits.
    return facts is None or facts.team in asking.teams


def _rows(asking: Asking, which: str) -> Iterator[_Waits]:
    # The name stands in the question itself: only then the index of these rows answers it.
    rows = asking.rx.all(
        f"SELECT record, client, at_ms, staff, value, extra FROM fact WHERE name = '{WAITS}' AND {which}"  # noqa: S608
    )
    for record, client, at_ms, staff, entry, extra in rows:
        yield _Waits(record, client, at_ms, staff, entry, *orjson.loads(extra))


_OF_RISK = "extra LIKE '[\"risk\",%'"


def _line(asking: Asking, what: str, row: _Waits, due_ms: int | None = None, reason: str = "") -> ReviewLine:
    client = row.client or ""
    return ReviewLine(
        what=what,
        record=row.record,
        entry=row.entry,
        kind=row.kind,
        client=client,
        name=asking.known.name_of(client),
        title=title_by(row.kind, row.label),
        author=row.name,
        at_ms=row.at_ms,
        due_ms=due_ms,
        late=due_ms is not None and asking.now_ms > due_ms,
        reason=reason,
        risk=asking.known.risk_of(client),
    )


def _due(asking: Asking, row: _Waits) -> int:
    return due.cosign_due_ms(row.at_ms, row.kind, asking.me.tz, asking.known.settings_of(row.client))


def waiting(asking: Asking) -> Iterator[ReviewLine]:
    """Yield versions that wait for a co-sign which this person may give, and those that were sent back."""
    me, actor = asking.me, actor_of(asking)
    reviewer = me.reviews
    for row in _rows(asking, f"NOT ({_OF_RISK})"):
        if not (row.leaf or row.kind in EVERY_VERSION):
            continue
        ours = is_for(asking, row.client)
        if not ours and not (me.is_mhp and row.cosigner == "mhp" and _in_programs(asking, row.client)):
            continue
        own = row.author == me.staff
        if row.status == "pending":
            may = allow(actor, "cosign", row.kind, own_target=own, cosign_required=row.cosigner)
            if may and (reviewer or row.cosigner == "mhp"):
                line = _line(asking, "answered" if row.answers else "cosign", row, _due(asking, row))
                yield _care_line(line, asking) if row.kind == "episode" else line
        elif row.leaf and reviewer and not own:
            yield _line(asking, "returned", row, reason=row.why)


def _in_programs(asking: Asking, client: str | None) -> bool:
    facts = asking.known.clients.get(client or "")
    return facts is not None and facts.program in asking.me.programs


def _care_line(line: ReviewLine, asking: Asking) -> ReviewLine:
    """Return the line of a changed level of care or program with what it became and why."""
    entry = asking.rx.entry(line.entry)
    said = (entry.envelope.body.get("set") or {}) if entry is not None else {}
    program = asking.known.programs.get(str(said.get("program") or ""))
    became = [
        value_words("episode", "level_of_care", said.get("level_of_care")),
        program.name if program else "",
    ]
    words = ", ".join(part for part in became if part)
    return replace(line, title=f"Level of care: {words}", reason=one_line(str(said.get("care_reason") or "")))


def lowered(asking: Asking) -> Iterator[ReviewLine]:
    """Yield risks that somebody lowered and no supervisor has seen, also when more was written since."""
    actor = actor_of(asking)
    for row in _rows(asking, _OF_RISK):
        if row.status != "pending" or not is_for(asking, row.client):
            continue
        own = row.author == asking.me.staff
        if allow(actor, "cosign", row.kind, own_target=own, cosign_required=row.cosigner):
            entries = asking.rx.entries(row.record)
            before, after = (risk.LEVELS[level].lower() for level in risk.around(entries, row.entry))
            body = next((entry.envelope.body for entry in entries if entry.hash == row.entry), {})
            reason = one_line(str((body.get("set") or {}).get("reason") or ""))
            line = _line(asking, "lowered", row, _due(asking, row), reason)
            yield replace(line, title=f"From {before} to {after}")
