"""What stands beside the editor where there is room: the last note, risk, the safety plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from ..clinical.plan_words import step_lines
from ..clinical.policy import WALLED
from ..records.kinds.risk import LEVELS
from ..records.kinds.safety_plan import STEPS
from ..records.note_tables import PROGRESS
from ..widgets.text import lines, styled
from .reading_text import parts, said, when

if TYPE_CHECKING:
    from ..store.models import ClientLine, PlanRead, RecordRead, TimelineRow
    from .base import Host


NOTES = 3
"""Notes that stand beside: also those that a new one must not repeat."""
LESS = frozenset(
    {"Service", "Format", "Goals", "Risk", "Interventions", "Client saw the note", "Next contact"}
)


def plan_short(plan: PlanRead) -> Content:
    """Return the standing safety plan with few lines; two versions are said to be two."""
    if not plan.active:
        return styled("No safety plan.", "$text-warning")
    shown: list[Content | str] = []
    if len(plan.active) > 1:
        shown.append(
            styled(
                f"≠ {len(plan.active)} versions stand side by side: the newest is shown.", "bold $text-error"
            )
        )
    version = plan.active[0]
    if version.doc.get("declined"):
        return lines(*shown, f"Declined: {version.doc.get('declined_reason') or ''}")
    for number, (step, title) in enumerate(STEPS.items(), 1):
        written = step_lines(version.doc, step)
        if written:
            shown.append(styled(f"{number} {title}", "bold"))
            shown += [f"  {line}" for line in written]
    return lines(*shown)


def last_progress(notes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the goals of the last notes, each with how far it moved when it was rated last."""
    rated: dict[str, str] = {}
    for values in notes:
        moved = {str(row.get("goal")): str(row.get("step")) for row in values.get("progress") or ()}
        for goal in values.get("goals") or ():
            if not rated.get(str(goal)):
                rated[str(goal)] = PROGRESS.get(moved.get(str(goal), ""), "")
    return [": ".join(filter(None, (goal, moved))) for goal, moved in rated.items()]


async def _last_notes(host: Host, client: str, without: str) -> list[tuple[TimelineRow, RecordRead]]:
    rows = await host.ask(host.laptop.timeline, client, 0, 8, ("note",))
    found: list[tuple[TimelineRow, RecordRead]] = []
    for row in rows:
        if row.status not in ("error", "older") and row.record != without and len(found) < NOTES:
            read = await host.ask(host.laptop.record, row.record)
            if read.sensitivity != WALLED:
                found.append((row, read))
    return found


async def beside(host: Host, line: ClientLine, *, without: str = "") -> Content:
    """Return what is last known of the client."""
    tz = host.me.tz
    level = LEVELS.get(line.risk, line.risk) or "None"
    shown: list[Content | str] = [styled("Risk", "bold $text-primary"), level, ""]
    last = await _last_notes(host, line.client, without)
    goals = last_progress([read.values for _, read in last])
    if goals:
        shown += [styled("Goals", "bold $text-primary"), *goals, ""]
    done = await host.ask(host.laptop.interventions, line.client)
    if done:
        said_so = " · ".join(f"{one.words} {one.quarter}" for one in done)
        shown += [styled("Done in 90 days", "bold $text-primary"), said_so, ""]
    shown.append(styled("Last notes" if len(last) > 1 else "Last note", "bold $text-primary"))
    if not last:
        shown.append(styled("There is none yet.", "$text-muted"))
    for number, (row, read) in enumerate(last):
        if number:
            shown.append("")
        shown.append(styled(f"{when(row.when_ms, tz)}, {row.author}", "$text-muted"))
        # Goals stand above; of earlier notes only the story and the plan are looked at.
        left_out = ("Service", "Format", "Goals") if number == 0 else LESS
        shown.append(said([part for part in parts("note", read.values, tz) if part.label not in left_out]))
    shown += ["", styled("Safety plan", "bold $text-primary")]
    shown.append(plan_short(await host.ask(host.laptop.plan, line.client)))
    return lines(*shown)
