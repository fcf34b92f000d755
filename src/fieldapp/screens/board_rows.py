"""How the lines of the team board look."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.planned_visits import TWO_PERSON
from ..records.kinds.contact import MODALITIES, TYPES
from ..records.kinds.staff import ROLES
from ..widgets.flags import STYLES, alert_marks, marks_in, name_cells
from ..widgets.text import fit, join, lines, plain, styled

if TYPE_CHECKING:
    from ..store.board_models import BoardClient, BoardDue, BoardPerson, BoardVisit, StaffLoad
    from ..store.models import AlertLine, Checkin, TaskLine

STANDING = {
    "done": ("done", "done"), "now": ("now", ""), "missed": ("missed", "error"), "open": ("not logged", "warning"),
    "coming": ("", ""), "cancelled": ("cancelled", "note"),
}  # fmt: skip
"""How a visit stands, in words."""
WIDE = 100


def heading(text: str, width: int) -> Content:
    """Return a line over a group."""
    return plain(fit(text, width).rstrip())


def short_date(day: str) -> str:
    """Return a day as lists say it: `Tue 24 Nov`; empty for none."""
    if not day:
        return ""
    known = date.fromisoformat(day)
    return f"{known:%a} {known.day} {known:%b}"


def off_words(person: BoardPerson | StaffLoad) -> str:
    """Return that somebody is off, until when and who covers, or with how many clients others cover; "" for neither."""
    by = ", ".join(person.covered_by)
    if person.off_until is not None:
        return f"off{f' until {short_date(person.off_until)}' if person.off_until else ''}, {by} covers"
    covered, clients = person.covered
    return f"covered for {covered} of {clients} clients by {by}" if covered else ""


def person_words(person: BoardPerson) -> str:
    """Return the line over somebody's day: name, role, how many visits, and whether they are off."""
    done = sum(one.standing == "done" for one in person.visits)
    some = "1 visit" if len(person.visits) == 1 else f"{len(person.visits)} visits"
    parts = [person.name, ROLES.get(person.role, "")]
    parts.append(off_words(person))
    if person.visits or person.off_until is None:
        parts.append((some if person.visits else "nothing planned") + (f", {done} done" if done else ""))
    if person.covers:
        parts.append(f"covers for {', '.join(person.covers)}")
    return " · ".join(filter(None, parts))


def draw_visit(one: BoardVisit, zone: tzinfo, dated: bool, width: int) -> Content:
    """Return one visit: when, how it stands, whom, where, what to know before the door.

    Args:
        dated: of another day, which is said; so is whose visit it was, in place of where.
    """
    visit = one.visit
    start = datetime.fromtimestamp(visit.start_ms / 1000, zone)
    words, tone = STANDING[one.standing]
    clock = f"{start:%a %H:%M}" if dated else f"{start:%H:%M}"
    name = 22 if width < WIDE else 30
    where = 14 if width < WIDE else 26
    parts: list[Content | str] = [
        f"{clock} {visit.minutes:>3}m ",
        styled(fit(words, 11), STYLES[tone]),
        name_cells(visit.name or "another team's client", visit.risk, name),
        " ",
        styled(fit(one.who if dated else visit.where, where), "$text-muted"),
        " ",
    ]
    alone = one.two_wanted and one.standing in ("coming", "now")
    told = alert_marks([alert for alert in visit.alerts if not (alone and _caution(alert))])
    # Whatever else must give way, what stops somebody at the door does not.
    marks = [mark for mark in told if mark[1] == "stop"]
    if alone and any(_caution(alert) for alert in visit.alerts):
        marks.append(("!! goes alone, two asked for" if width >= WIDE else "!! two asked for", "stop"))
    if one.away and one.standing in ("coming", "now"):
        marks.append(("! client away", "warning"))
    if one.at_once:
        marks.append((f"≠ at once: {one.at_once}", "warning"))
    if one.with_whom:
        marks.append((f"with {one.with_whom}", "note"))
    room = max(8, width - len(clock) - 6 - 11 - name - where - 3)
    return join(*parts, marks_in([*marks, *(mark for mark in told if mark[1] != "stop")], room))


def _caution(alert: AlertLine) -> bool:
    """Tell whether an alert asks for two people without saying stop, which is louder than any word of ours."""
    return alert.code == TWO_PERSON and alert.severity != "stop"


def visit_detail(one: BoardVisit) -> Content:
    """Return what a line has no room for: type, way, place, what it is for, and every alert."""
    visit = one.visit
    kind, how = TYPES.get(visit.contact_type, ""), MODALITIES.get(visit.modality, "")
    said = " · ".join(filter(None, (kind, how, visit.where, visit.note)))
    marks = [(f"≠ at the same time: {one.at_once}", "warning")] if one.at_once else []
    told = [styled(words, STYLES[tone]) for words, tone in [*marks, *alert_marks(visit.alerts)]]
    return lines(said, Content("  ").join(told)) if told else plain(said)


def draw_client(one: BoardClient, width: int) -> Content:
    """Return a client of whom something is to be known: why, and whose client it is."""
    name, primary = (28, 0) if width < WIDE else (34, 24)
    why = styled(fit(one.why, max(8, width - name - primary - 2)), STYLES["error" if one.late else ""])
    parts: list[Content | str] = [name_cells(one.name, one.risk, name), " ", why]
    if primary:
        parts.append(styled(f" {fit(one.primary, primary)}", "$text-muted"))
    return join(*parts)


def draw_out(one: Checkin, zone: tzinfo, width: int) -> Content:
    """Return who is checked in where, and by when they are out."""
    at = f"{datetime.fromtimestamp(one.until_ms / 1000, zone):%H:%M}"
    until = f"no sign, due {at}" if one.late else f"out by {at}"
    who, name = (18, 22) if width < WIDE else (26, 34)
    when = styled(fit(until, 18), STYLES["error" if one.late else ""])
    place = fit(one.place, max(8, width - who - name - 21))
    return join(
        styled(fit(one.staff_name, who), "bold"),
        " ",
        when,
        " ",
        name_cells(one.name, one.risk, name),
        " ",
        place,
    )


def draw_task(line: TaskLine, zone: tzinfo, who: str, width: int) -> Content:
    """Return one overdue task: since when, whom it is about, what, whose it is."""
    name, column = (22, 16) if width < WIDE else (30, 24)
    due = f"{datetime.fromtimestamp((line.due_ms or 0) / 1000, zone):%b %d}"
    room = max(8, width - name - column - 11)
    return join(
        styled(fit(f"late {due}", 12), STYLES["error"]), name_cells(line.name, line.risk, name), " ",
        fit(line.title, room - 3), " ", styled(fit(who, column), "$text-muted"),
    )  # fmt: skip


def draw_due(one: BoardDue, width: int) -> Content:
    """Return a day that comes up: which, whom it is about, what it is."""
    name = 28 if width < WIDE else 34
    when = styled(
        fit(short_date(one.day) + (" late" if one.late else ""), 16), STYLES["error" if one.late else ""]
    )
    return join(when, name_cells(one.name, one.risk, name), " ", fit(one.what, max(8, width - name - 17)))
