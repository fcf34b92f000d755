"""Loading an agency's table of codes where the administrator's key is: in the server's folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fieldapp.laptop.imports.codes import Plan, plan_codes, read_codes
from fieldapp.records.canonical import digest, dumps
from fieldapp.records.packs import FORMAT, code_tables
from fieldapp.server import packs
from fieldapp.server.service import Server
from fieldapp.server.speaker import administrator

PACK = "agency-codes"
"""The pack that holds the agency's own table."""


def plan_file(server: Server, path: Path) -> Plan:
    """Return what a file of codes comes to on this server; raises InputFailure."""
    table = read_codes(path)
    now = packs.in_force(server, PACK)
    own = now.content.codes if now is not None and now.content is not None else ()
    return plan_codes(table, own, code_tables(packs.parts(server)))


def write(server: Server, plan: Plan) -> str:
    """Load the whole table as a new version of the agency's pack; returns the version; raises ServerRefused."""
    today = datetime.fromtimestamp(server.now_ms() / 1000, UTC).date().isoformat()
    rows = [row.plain() for row in plan.rows]
    with server.database.reading() as rx:
        speaker = administrator(server, server.roster(rx))
    # Two loads of one day differ in what they came from, so a table that is loaded back is a version of its own.
    number = sum(one.pack == PACK for one in packs.loaded(server)) + 1
    version = f"{today}-{number}-{digest(dumps(rows))[:8]}"
    content = {
        "format": FORMAT,
        "pack": PACK,
        "version": version,
        "language": "en",
        "licence": "The agency's own table of codes.",
        "permission_reference": "The agency's own table; codes of others need their own pack.",
        "attested": {"by": speaker.author.name, "on": today},
        "codes": rows,
    }
    packs.load_pack(server, dumps(content).decode())
    return version
