"""A treatment plan on screen: each goal with what was done for it, then the rest, loose notes and the review log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.goal_words import GOAL, goal_lines, plan_rows
from ..records.kinds.treatment_plan import is_open, ordered
from ..records.note_tables import PROGRESS
from ..widgets.flags import STYLES
from ..widgets.text import join, lines, plain, styled
from .reading_text import Part, said, when

if TYPE_CHECKING:
    from ..store.goal_models import GoalsRead, GoalThread, LooseNote
    from ..store.models import PlanVersion

BARS = {-2: "▁", -1: "▂", 0: "▄", 1: "▆", 2: "█"}
"""Progress as a line of blocks; the last one is said in words too."""
BARS_MAX = 12
KINDS = {"note": "note", "contact": "contact", "group_session": "group"}


def body_text(read: GoalsRead, version: PlanVersion, tz: str) -> Content:
    """Return one version; what was done for its goals only on a version that stands."""
    shown: list[Content | str] = []
    rows = [(label, text) for label, text in plan_rows(version.doc) if text.strip()]
    before = [row for row in rows if row[0] in ("The client", "Needs", "Strengths")]
    after = [row for row in rows if row not in before and not row[0].startswith(GOAL)]
    shown.append(said([Part(*row) for row in before]))
    for number, (goal_id, goal) in enumerate(ordered(version.doc), 1):
        shown += ["", styled(f"{number} {goal.get('words') or ''}", "bold $text-primary")]
        if version.active:
            shown += thread_lines(read.threads.get(goal_id), tz, open_goal=is_open(goal))
        shown += [plain(f"   {line}") for line in goal_lines(goal)]
    shown += ["", said([Part(*row) for row in after])]
    if version.active and read.loose:
        shown += ["", *loose_lines(read.loose, tz)]
    log = [one for one in read.reviews if one.about == version.entry]
    if log:
        shown += ["", styled("Reviewed, stays", "bold $text-primary")]
        for one in log:
            who = ", ".join(filter(None, (one.name, one.credential)))
            shown.append(plain(f"   {when(one.at_ms, tz)} · {who}: {one.text} · again by {one.next_due}"))
    return lines(*shown)


def thread_lines(thread: GoalThread | None, tz: str, *, open_goal: bool) -> list[Content]:
    """Return what was done for a goal: the last note or contact, how often, and how it moved."""
    if thread is None:
        return []
    found = []
    if thread.last_ms is not None:
        last = (
            f"{KINDS.get(thread.last_kind, thread.last_kind)} {when(thread.last_ms, tz)}, {thread.last_who}"
        )
        counts = f"{_count(thread.notes, 'note')}, {_count(thread.contacts, 'contact')} here"
        found.append(styled(f"   ↳ {last} · {counts}", "$text-muted"))
    else:
        found.append(styled("   ↳ no contact and no note names it yet", "$text-muted"))
    if thread.steps:
        found.append(join("     Progress ", progress_bars(thread.steps)))
    if open_goal and thread.is_quiet:
        found.append(styled(f"   ◷ no note for {thread.quiet_days} days", STYLES["warning"]))
    return found


def progress_bars(steps: Sequence[tuple[int, int]]) -> Content:
    """Return how a goal moved over time, oldest first, and the last step in words."""
    last = steps[-1][1]
    bars = "".join(BARS.get(step, "?") for _, step in steps[-BARS_MAX:])
    words = PROGRESS.get(str(last), "")
    return join(styled(bars, "$text-primary"), f" now {words}")


def loose_lines(loose: Sequence[LooseNote], tz: str) -> list[Content]:
    """Return the notes that name no goal of the plan."""
    found = [styled(f"Notes without a goal of this plan · {len(loose)}", "bold $text-warning")]
    for note in loose:
        why = f": {note.said}" if note.said else ": no goal, and no reason for it"
        found.append(plain(f"   {when(note.at_ms, tz)} · {note.who}{why}"))
    return found


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
