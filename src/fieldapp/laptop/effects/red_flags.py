"""Red flags: written on the client's risk wherever they were noticed, and a supervisor is asked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldapp.records.canonical import Json
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kinds import risk as risks

from ..pen import Pen
from .tasks import ask_once, open_tasks

TASK = "step_up"
_REMARK_MAX = 300


def note_flags(pen: Pen, client: str, answers: Mapping[str, bool], remark: str, at: str) -> list[Entry]:
    """Write the answers of one time (clinical.md 2.23); any yes asks a supervisor for a decision now.

    Args:
        answers: code of `risk.RED_FLAGS` to yes or no; what is left out was not asked.
        at: `intake` or `risk`.
    """
    said: dict[str, Json] = {code: bool(answers[code]) for code in risks.RED_FLAGS if code in answers}
    if not said:
        return []
    work = pen.work
    row = said | {"on": work.day, "by": work.me.name[:_REMARK_MAX], "at": at}
    if remark.strip():
        row["remark"] = " ".join(remark.split())[:_REMARK_MAX]
    record = one_per(client, "risk")
    view = work.rx.view(record)
    body = {"items": {"red_flags": {uuid7(work.device_ms): row}}}
    entry = pen.write("risk", record, client, "save", view.heads if view is not None else [], body)
    raised = [code for code in said if said[code]]
    if not raised:
        return [entry]
    title = (
        f"Red flag: {risks.RED_FLAGS[raised[0]]}{f' and {len(raised) - 1} more' if len(raised) > 1 else ''}"
    )
    return [entry, *ask_once(pen, entry, TASK, work.now_ms, title, role="supervisor")]


def noticed(pen: Pen, client: str, codes: Iterable[str], remark: str) -> list[Entry]:
    """Write red flags that somebody ticked while they wrote about the client's risk."""
    known = [code for code in codes if code in risks.RED_FLAGS]
    return note_flags(pen, client, dict.fromkeys(known, True), remark, "risk")


def waits(view: View | None) -> bool:
    """Tell whether a red flag on a client's risk is still to be decided about."""
    return view is not None and not view.in_error and bool(risks.undecided_flags(view))


def decided(pen: Pen, view: View, outcome: str) -> list[Entry]:
    """Close the task once nothing is left to decide about."""
    if waits(view):
        return []
    done: dict[str, Json] = {"set": {"done": True, "outcome": outcome}}
    return [
        pen.write("task", task.id, task.client, "save", task.heads, done)
        for task in open_tasks(pen, view.client or "")
        if task.get("what") == TASK
    ]
