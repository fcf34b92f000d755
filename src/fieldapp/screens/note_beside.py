"""What stands beside the editor where there is room: the last note, risk, the safety plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.plan_words import step_lines
from ..records.kinds.risk import LEVELS
from ..records.kinds.safety_plan import STEPS
from ..widgets.text import lines, styled
from .reading_text import parts, said, when

if TYPE_CHECKING:
    from ..store.models import ClientLine, PlanRead
    from .base import Host


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


async def beside(host: Host, line: ClientLine, *, without: str = "") -> Content:
    """Return what is last known of the client."""
    tz = host.me.tz
    level = LEVELS.get(line.risk, line.risk) or "None"
    shown: list[Content | str] = [styled("Risk", "bold $text-primary"), level, ""]
    rows = await host.ask(host.laptop.timeline, line.client, 0, 5, ("note",))
    last = next((row for row in rows if row.status != "error" and row.record != without), None)
    shown.append(styled("Last note", "bold $text-primary"))
    if last is None:
        shown.append(styled("There is none yet.", "$text-muted"))
    else:
        read = await host.ask(host.laptop.record, last.record)
        shown.append(styled(f"{when(last.when_ms, tz)}, {last.author}", "$text-muted"))
        shown.append(
            said([part for part in parts("note", read.values, tz) if part.label not in ("Service", "Format")])
        )
    shown += ["", styled("Safety plan", "bold $text-primary")]
    shown.append(plan_short(await host.ask(host.laptop.plan, line.client)))
    return lines(*shown)
