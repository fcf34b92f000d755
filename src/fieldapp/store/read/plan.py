"""A client's safety plan or crisis plan with all its versions."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from fieldapp.records.kinds.plan import number_of

from ..models import PlanRead, PlanVersion
from .lines import Asking
from .releases import people_of


def plan_read(asking: Asking, client: str, kind: str = "safety_plan") -> PlanRead:
    """Return a plan: standing versions, newest signed first, then the older ones; empty if there is none."""
    record = one_per(client, kind)
    name = asking.known.name_of(client)
    people = tuple((one.related, one.name) for one in people_of(asking, client) if one.name)
    view = asking.rx.view(record)
    if view is None:
        return PlanRead(record, client, name, (), (), people)
    bodies = {entry.hash: entry.envelope.body.get(DOC) or {} for entry in asking.rx.entries(record)}
    standing = {write.hash for write in view.versions}
    versions = [
        PlanVersion(
            entry=step.hash,
            number=number_of(view, step.hash),
            at_ms=step.at_ms,
            author=step.name,
            credential=step.credential,
            status=step.status,
            active=step.hash in standing,
            doc=bodies.get(step.hash, {}),
        )
        for step in view.steps
    ]
    versions.sort(key=lambda version: (version.active, version.at_ms, version.entry), reverse=True)
    return PlanRead(record, client, name, tuple(versions), tuple(view.heads), people)
