"""`POST /v1/enrol`: a one-time code admits a laptop; every refusal looks the same (security.md 5.1, 5.2)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Row, select, update

from fieldapp.crypto.enrolment import transcript_mac, transcript_ok
from fieldapp.crypto.keys import BadKey, check_public_key, verify
from fieldapp.records.canonical import Json, dumps
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.records.text import is_clean
from fieldapp.sync.wire import b64, unb64

from . import audit, epochs, revoking
from .refusals import Refusal
from .speaker import authority, certificate, say
from .tables import code, meta

if TYPE_CHECKING:
    from .service import Server

TRIES = 5
AGAIN_MS = 10 * 60_000
"""A laptop whose answer was lost gets the same one again within this time."""
_KEY, _ANSWER = "code", "code-answer"
REPLACES = "replaces:"
"""Before a code's id, in `meta`: the laptop that the new one takes the place of."""
_NOBODY = bytes(32)


def refused(cause: str) -> Refusal:
    """Return the one refusal of an enrolment."""
    return Refusal(403, "The code was not accepted; ask your administrator for a new one.", cause)


def enrol(server: Server, request: Any) -> dict[str, Any]:
    """Admit a laptop; raises Refusal. Wrong tries count even though nothing else is written."""
    names = ("code_id", "public", "label", "proof", "mac")
    if not isinstance(request, dict) or not all(isinstance(request.get(name), str) for name in names):
        raise refused("shape")
    transcript = _transcript(request)
    dk = server.seals.current()
    answer = server.database.run(lambda tx: _enrol(server, tx, request, transcript, dk))
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _transcript(request: dict[str, Any]) -> bytes:
    try:
        return dumps({name: request[name] for name in ("code_id", "public", "label")})
    except ValueError:
        raise refused("shape") from None


def _enrol(
    server: Server, tx: Connection, request: dict[str, Any], transcript: bytes, dk: str
) -> dict[str, Any] | Refusal:
    now_ms = server.now_ms()
    row = tx.execute(
        select(code).where(code.c.code_id == request["code_id"][:32]).with_for_update()
    ).one_or_none()
    if row is not None and row.used_ms is not None:
        return _said_before(server, tx, row, transcript, now_ms)
    usable = row is not None and row.sealed is not None and row.tries < TRIES and now_ms < row.expires_ms
    key = (
        server.seals.open_blob(tx, row.dk, _KEY, row.code_id, row.sealed)
        if row is not None and usable
        else _NOBODY
    )
    # The MAC is computed for unknown codes too, so that their refusal takes as long.
    right = transcript_ok(key, "laptop", transcript, _hex(request["mac"], 32))
    if row is None or not usable:
        return refused("unknown, expired or used up")
    if not right:
        tries = row.tries + 1
        tx.execute(
            update(code).where(code.c.code_id == row.code_id)
            .values(tries=tries, sealed=row.sealed if tries < TRIES else None)
        )  # fmt: skip
        _note(server, tx, dk, "code_wrong", code=row.code_id, tries=tries)
        return refused("mac")
    problem = _key_problem(request, transcript)
    if problem:
        return refused(problem)
    return _admit(server, tx, request, row, key, transcript, dk, now_ms)


def _key_problem(request: dict[str, Any], transcript: bytes) -> str:
    public = _hex(request["public"], 32)
    try:
        check_public_key(public)
        proof = unb64(request["proof"])
    except (BadKey, ValueError):
        return "key"
    if not verify(public, "possession", transcript, proof):
        return "possession"
    if not 0 < len(request["label"]) <= 200 or not is_clean(request["label"]):
        return "label"
    return ""


def _admit(
    server: Server, tx: Connection, request: dict[str, Any], row: Row[Any], key: bytes, transcript: bytes, dk: str,
    now_ms: int,
) -> dict[str, Any] | Refusal:  # fmt: skip
    roster = server.roster(tx)
    if not roster.feeds_of_reader(row.staff, now_ms):
        return refused("not staff any more")
    device_id = uuid7(now_ms)
    statement = certificate(device_id, row.staff, bytes.fromhex(request["public"]), request["label"], now_ms)
    statements = [statement]
    replaced = tx.execute(
        select(meta.c.value).where(meta.c.name == f"{REPLACES}{row.code_id}")
    ).scalar_one_or_none()
    if replaced is not None:
        statements.append(revoking.changed(server, tx, replaced, revoking.revoked(server, tx, replaced)))
    entry = say(server, tx, authority(server, roster.org_name or server.meta["name"]), statements, dk)[0]
    answer: dict[str, Json] = {
        "org": server.org,
        "authority_public": server.authority_public.hex(),
        "recovery_public": server.meta["recovery_public"],
        "recovery_kid": server.meta["recovery_kid"],
        "device": device_id,
        "staff": row.staff,
        "epoch": epochs.current(tx),
        "certificate": [entry.data.decode(), b64(entry.signature)],
        "now": instant(now_ms),
        "help": _help(server, tx, row.staff, now_ms),
    }
    answer["mac"] = transcript_mac(key, "server", dumps(answer)).hex()
    sealed = server.seals.seal_blob(dk, _ANSWER, row.code_id, orjson.dumps(answer))
    tx.execute(
        update(code)
        .where(code.c.code_id == row.code_id)
        .values(used_ms=now_ms, device=device_id, transcript=hashlib.sha256(transcript).hexdigest(), dk=dk,
                sealed=sealed)
    )  # fmt: skip
    _note(server, tx, dk, "enrolled", code=row.code_id, device=device_id, staff=row.staff)
    if replaced is not None:
        _note(server, tx, dk, "certificate_changed", device=replaced, revoked=True)
    return answer


def _said_before(
    server: Server, tx: Connection, row: Row[Any], transcript: bytes, now_ms: int
) -> dict[str, Any] | Refusal:
    """Answer a laptop whose first answer was lost: the same words for the same key, for a short time."""
    same = row.transcript == hashlib.sha256(transcript).hexdigest()
    if same and row.sealed is not None and now_ms <= row.used_ms + AGAIN_MS:
        found: dict[str, Any] = orjson.loads(
            server.seals.open_blob(tx, row.dk, _ANSWER, row.code_id, row.sealed)
        )
        return found
    return refused("used")


def _help(server: Server, tx: Connection, staff: str, now_ms: int) -> dict[str, Json]:
    """Return the agency's phone numbers for the crisis screen: no client, no name of a person."""
    roster = server.roster(tx)
    for member in roster.memberships(staff, now_ms):
        values = roster.programs.get(member.program or roster.teams.get(member.team, ""), {})
        if values:
            return {
                "program": values.get("name") or "", "phone_24_7": values.get("phone") or "",
                "local_crisis_line": values.get("local_crisis_line") or "", "oncall_phone": "",
            }  # fmt: skip
    return {"program": roster.org_name, "phone_24_7": "", "local_crisis_line": "", "oncall_phone": ""}


def _note(server: Server, tx: Connection, dk: str, what: str, **facts: Json) -> None:
    now_ms = server.now_ms()
    audit.append(
        server.database, tx, server.seals, dk, server.org, now_ms,
        [audit.event(audit.SERVER_CHAIN, now_ms, what, **facts)],
    )  # fmt: skip


def _hex(text: str, length: int) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return b""
    return found if len(found) == length else b""
