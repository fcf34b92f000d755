"""Groups: those of the day, those that were held, and who was in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from fieldapp.clinical import due, group_entry, service_time
from fieldapp.records.fold import View
from fieldapp.records.group_tables import GroupPlan, next_module
from fieldapp.records.kinds import group_session

from ..draft_exchange import side_by_side
from ..group_models import GroupLine, GroupSeat, GroupsRead
from ..tables import DraftRow
from . import lenient
from .freezing import note_of
from .lines import Asking

_LOOKED, _RECENT = 80, 20


def plans(asking: Asking) -> Iterator[tuple[str, GroupPlan]]:
    """Yield (team, plan) of the groups of this person's programs; the team is theirs in that program."""
    for program in asking.me.programs:
        facts = asking.known.programs.get(program)
        team = next((t for t in asking.me.teams if program_of(asking, t) == program), "")
        if facts is not None and team:
            for plan in facts.groups:
                yield team, plan


def program_of(asking: Asking, team: str) -> str:
    """Return the program of a team."""
    known = asking.known.teams.get(team)
    return known.program if known else ""


def plan_of(asking: Asking, team: str, group: str) -> GroupPlan | None:
    """Return the plan of a group in the program of a team."""
    facts = asking.known.programs.get(program_of(asking, team))
    return next((plan for plan in facts.groups if plan.code == group), None) if facts and group else None


def sessions(asking: Asking, group: str = "", team: str = "") -> list[View]:
    """Return signed sessions that stand, newest first: of one group of a program, or all."""
    rows = asking.rx.all(
        "SELECT data FROM view WHERE kind = 'group_session' AND in_error = 0"
        " ORDER BY when_ms DESC, record DESC LIMIT ?",
        _LOOKED,
    )
    found = [View.from_data(orjson.loads(data)) for (data,) in rows]
    program = program_of(asking, team)
    return [
        view
        for view in found
        if (not group or view.doc.get("group") == group)
        and (not program or program_of(asking, str(view.doc.get("team") or "")) == program)
    ]


def attendance_of(asking: Asking, session: str) -> dict[str, str]:
    """Return client to attendance, of the contacts of a session that are here, in no order that means anything."""
    rows = asking.rx.all(
        "SELECT client, extra FROM fact WHERE name = 'session_of' AND value = ? ORDER BY client", session
    )
    return {client: attendance for client, attendance in rows if client}


def clients_of(asking: Asking, session: str) -> list[str]:
    """Return whose contacts name a session, whether they came or not."""
    return list(attendance_of(asking, session))


def seats(asking: Asking, session: str) -> tuple[GroupSeat, ...]:
    """Return who was in a session, by name, as their own contacts and notes that are here say."""
    rows = asking.rx.all("SELECT record FROM fact WHERE name = 'session_of' AND value = ?", session)
    found = []
    for (record,) in rows:
        view = asking.rx.view(record)
        if view is None or view.client is None or view.client not in asking.known.clients:
            continue
        facts = asking.known.clients[view.client]
        noted = note_of(asking.rx, record)
        note = asking.rx.view(noted[0]) if noted else None
        spent = service_time.present_span({name: known.value for name, known in view.fields.items()})
        found.append(
            GroupSeat(
                view.client, facts.called, facts.risk, record, str(view.get("attendance") or ""),
                (spent[1] - spent[0]) // 60_000 if spent else 0, note.id if note else "",
                note.status if note else "",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda seat: (seat.name.casefold(), seat.client)))


def groups(asking: Asking) -> GroupsRead:
    """Return today's groups, the others of one's programs, and the sessions that were signed."""
    held = sessions(asking)
    lines = [_line(asking, team, plan, held) for team, plan in plans(asking)]
    today = sorted((line for line in lines if line.state != "listed"), key=lambda line: line.start_ms)
    listed = sorted((line for line in lines if line.state == "listed"), key=lambda line: line.title)
    open_ones = {line.draft for line in today if line.draft}
    loose = [_of_draft(row) for row in _drafts(asking) if row.id not in open_ones and not _is_correction(row)]
    return GroupsRead((*today, *loose), tuple(listed), tuple(_signed(view) for view in held[:_RECENT]))


def today_lines(asking: Asking) -> tuple[GroupLine, ...]:
    """Return the groups that are held today."""
    if not any(program.groups for program in asking.known.programs.values()):
        return ()
    return tuple(line for line in groups(asking).today if line.group)


def _drafts(asking: Asking) -> list[DraftRow]:
    copies = side_by_side(asking.rx)
    return [row for row in asking.rx.drafts() if row.kind == "group_session" and row.id not in copies]


def _is_correction(row: DraftRow) -> bool:
    return bool(orjson.loads(row.prev))


def _line(asking: Asking, team: str, plan: GroupPlan, held: Sequence[View]) -> GroupLine:
    program, tz, day = program_of(asking, team), asking.me.tz, asking.day
    own = [v for v in held if v.doc.get("group") == plan.code
           and program_of(asking, str(v.doc.get("team") or "")) == program]  # fmt: skip
    of_today = next((v for v in own if _day_of(v, tz) == day), None)
    if of_today is not None:
        return _signed(of_today, group_entry.days_words(plan))
    draft = next(
        (row for row in _drafts(asking) if _about(row) == (team, plan.code) and not _is_correction(row)), None
    )
    last = own[0] if own else None
    module = next_module(plan, str(last.doc.get("module") or "") if last else "")
    on = group_entry.is_held(plan, day)
    state = "draft" if draft else "planned" if on else "listed"
    start = group_entry.starts_ms(plan, day, tz) if on else None
    if draft is not None:
        start = lenient.moment(orjson.loads(draft.body).get("start")) or start
    return GroupLine(
        team, plan.code, plan.title, module.title if module else "", start or 0, plan.minutes or 0, state,
        draft=draft.id if draft else "", days=group_entry.days_words(plan),
    )  # fmt: skip


def _about(row: DraftRow) -> tuple[str, str]:
    body = orjson.loads(row.body)
    return str(body.get("team") or ""), str(body.get("group") or "")


def _of_draft(row: DraftRow) -> GroupLine:
    doc = orjson.loads(row.body)
    return GroupLine(
        str(doc.get("team") or ""), str(doc.get("group") or ""), str(doc.get("title") or "Group"),
        str(doc.get("module_title") or ""), lenient.moment(doc.get("start")) or 0, group_session.minutes(doc), "draft",
        draft=row.id,
    )  # fmt: skip


def _signed(view: View, days: str = "") -> GroupLine:
    doc = view.doc
    return GroupLine(
        str(doc.get("team") or ""), str(doc.get("group") or ""), str(doc.get("title") or "Group"),
        str(doc.get("module_title") or ""), lenient.moment(doc.get("start")) or view.first_ms,
        group_session.minutes(doc), "signed", record=view.id, who=view.steps[0].name if view.steps else "",
        attended=_count(doc.get("attended")), expected=_count(doc.get("expected")), status=view.status, days=days,
    )  # fmt: skip


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _day_of(view: View, tz: str) -> str:
    start = lenient.moment(view.doc.get("start"))
    return due.day_of(start, tz) if start is not None else ""
