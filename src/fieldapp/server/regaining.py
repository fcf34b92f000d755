"""The first of the two people who undo a forgotten passphrase: who says, at the server, whose laptop it is (security.md 9)."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from fieldapp.crypto import regain
from fieldapp.crypto.regain import Approval, NotThisRecovery
from fieldapp.errors import UsageFailure

from . import admin, audit
from .tables import device

if TYPE_CHECKING:
    from .service import Server


def approve(server: Server, data: bytes, staff: str, laptop: str, code: str) -> Approval:
    """Return the approval of a request, kept in the audit trail; raises UsageFailure.

    Args:
        data: the request's file.
        staff: whose laptop it is, by id, short name or name.
        laptop: its id; "" where they have one.
        code: the sixteen digits that the person read out: proof that this is the request of whom one speaks with.
    """
    request = regain.read_request(data)
    if not hmac.compare_digest(re.sub(r"\D", "", code), request.code.replace(" ", "")):
        raise NotThisRecovery(
            "These are not the digits of this request: call the person back and have them read out once more."
        )
    known = admin.find(server, "staff", staff)
    chosen = _laptop(server, known, laptop)
    issued = admin.issue_code(server, known, replaces=chosen)
    found = regain.approve(request, server.keys.authority, known, chosen, issued.text, server.now_ms())
    dk = server.seals.current()

    def note(tx: Connection) -> None:
        event = audit.event(
            audit.SERVER_CHAIN,
            server.now_ms(),
            "recovery_approved",
            request=request.hash,
            staff=known,
            device=chosen,
        )
        audit.append(server.database, tx, server.seals, dk, server.org, server.now_ms(), [event])

    server.database.run(note)
    return found


def _laptop(server: Server, staff: str, laptop: str) -> str:
    with server.database.reading() as rx:
        rows = rx.execute(select(device.c.id, device.c.state).where(device.c.staff == staff)).all()
    theirs = [row.id for row in rows if row.state in ("admitted", "drain")]
    if laptop:
        if laptop not in theirs:
            raise UsageFailure("This is not a laptop of theirs that may send; see `fieldapp org list`.")
        return laptop
    if len(theirs) != 1:
        raise UsageFailure(
            "They have not exactly one laptop: name it with --laptop (its id from `fieldapp org list`)."
        )
    return str(theirs[0])
