"""Importing a staff list where the administrator's key is: in the server's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fieldapp.laptop.imports.csvfile import read_file
from fieldapp.laptop.imports.known import organisation
from fieldapp.laptop.imports.plan import ImportPlan
from fieldapp.laptop.imports.staff import COLUMNS, NEEDED, Task, plan_staff
from fieldapp.records.fold import View, project
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.server.service import Server
from fieldapp.server.speaker import Statement, administrator, say

BATCH = 200


def plan_file(server: Server, path: Path) -> ImportPlan:
    """Return what a staff file comes to on this server; raises InputFailure."""
    table = read_file(path, COLUMNS, NEEDED)
    with server.database.reading() as rx:
        entries = server.roster(rx).entries
    views: dict[str, View] = {}
    for record, known in entries.items():
        kind = known[0].envelope.kind
        if kind in ("program", "team", "staff"):
            views[record] = project(KINDS[kind], known)
    today = datetime.fromtimestamp(server.now_ms() / 1000, UTC).date().isoformat()
    staff = {record: view for record, view in views.items() if view.kind == "staff"}
    task = Task(organisation(views.values(), today), staff, lambda: uuid7(server.now_ms()))
    return plan_staff(table, task)


def write(server: Server, plan: ImportPlan) -> None:
    """Say what a plan writes, in the administrator's name; raises ServerRefused."""
    said = [Statement(one.kind.name, one.record, one.body, prev=one.prev) for one in plan.writes]
    for start in range(0, len(said), BATCH):
        _say(server, said[start : start + BATCH])


def _say(server: Server, batch: list[Statement]) -> None:
    dk = server.seals.current()
    server.database.run(lambda tx: say(server, tx, administrator(server, server.roster(tx)), batch, dk))
