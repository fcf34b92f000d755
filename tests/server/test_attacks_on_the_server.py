"""Somebody with an enrolled laptop of their own and a program of their own talks to the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519
from sqlalchemy import func, select

from fieldapp.crypto.enrolment import Code, transcript_mac
from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import dumps
from fieldapp.records.ids import uuid7
from fieldapp.server import admin
from fieldapp.server import app as app_module
from fieldapp.server.exchange import NONCE_KEPT_MS
from fieldapp.server.refusals import Refusal
from fieldapp.server.tables import entry, nonce
from fieldapp.sync.wire import b64
from tests.server.http_face import App, idle, signed
from tests.server.server_world import Laptop, World

SENTINEL = "SENTINEL-4c1d"
METACHARACTERS = (
    "'", "''; DROP TABLE entry; --", '"', "\\", "%", "_", "$1", ":x", "%(x)s", "{0}", "; SELECT pg_sleep(9)",
    "' OR '1'='1", "*/ --", "é漢 '\"",
)  # fmt: skip


def answer_of(laptop: Laptop, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return status and body of what the server says, whether it refuses or not."""
    try:
        return 200, laptop.post(request)
    except Refusal as refusal:
        return refusal.status, refusal.body


def refused_or_nothing(laptop: Laptop, request: dict[str, Any]) -> bool:
    """Tell whether a request is refused, or answered without an entry and without a secret word."""
    status, body = answer_of(laptop, request)
    quiet = SENTINEL not in orjson.dumps(body).decode()
    return quiet and (status in (403, 409, 413, 422) or not (body.get("entries") or body.get("stubs")))


# ── 35, 38: walking what belongs to others ───────────────────────────────────────────────────────


def test_walked_hashes_feeds_cursors_drafts_and_records_of_others_give_nothing(world: World) -> None:
    mira, una = world.laptop("mira"), world.laptop("una")
    client = mira.client(SENTINEL)
    note = mira.note(client.envelope.id, SENTINEL)
    draft = {
        "id": uuid7(2), "device": mira.device, "revision": 1, "record": uuid7(3), "client": client.envelope.id,
        "kind": "note", "body": {"text": SENTINEL},
    }  # fmt: skip
    assert mira.push(client, note, drafts=[draft]) == ["accepted", "accepted"]
    mira.pull()
    una.pull()
    others = [name for name in mira.feed_list if name not in una.feed_list]
    assert f"notes:{world.team1}" in others
    tries = [una.request(want=[client.hash, note.hash, "0" * 64]), una.request(asks=[client.hash, note.hash])]
    for name in others:
        for cursor in (
            [1, 0, "0" * 64],
            [1, mira.numbers[name], mira.heads[name]],
            [1, 999, mira.heads[name]],
        ):
            tries.append({**una.request(), "feeds": {**una.request()["feeds"], name: cursor}})
        tries.append(una.request(older={name: 1}))
        tries.append(una.request(have={name: [draft["id"]]}))
    tries.append(una.request(drafts=[{"id": draft["id"], "closed": "discarded", "seen": {mira.device: 1}}]))
    for request in tries:
        assert refused_or_nothing(una, request), request


def test_what_waits_of_others_is_not_spoken_of_whoever_knows_its_hash(world: World) -> None:
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    assert mira.push(client) == ["accepted"]
    waiting = una.contact(client.envelope.id, SENTINEL)
    assert una.push(waiting) == ["quarantined"]
    assert waiting.hash in una.post(una.request(asks=[waiting.hash]))["asked"]
    tomas = world.laptop("tomas")
    for other in (tomas, mira):
        assert other.post(other.request(asks=[waiting.hash])).get("asked", {}) == {}
        assert refused_or_nothing(other, other.request(want=[waiting.hash])) or not other.has(waiting)
    assert sol.post(sol.request()).get("desk"), "whoever decides on it hears of it"


# ── 37: raising one's own role or team ───────────────────────────────────────────────────────────


def test_no_way_of_writing_raises_ones_own_role_team_or_designation(world: World) -> None:
    tomas, sol = world.laptop("tomas"), world.laptop("sol")
    before = {"feeds": set(tomas.pull()["feed_list"])}
    me = tomas.staff
    more = {"role": "manager", "program": world.program, "since": "2020-01-01"}
    claims = [
        tomas.say("staff", me, {"items": {"memberships": {uuid7(5): more}}}),
        tomas.say("staff", me, {"items": {"memberships": {uuid7(5): more}}}, role="sysadmin"),
        tomas.say("staff", me, {"set": {"is_mhp": True}}, role="supervisor"),
        tomas.say("staff", me, {"set": {"is_mhp": True}}, author=world.staff["ada"], role="sysadmin"),
        tomas.say("certificate", tomas.device, {"set": {"staff": world.staff["ada"]}}),
        tomas.say(
            "certificate", uuid7(6), {"set": {"staff": me, "public": Identity.generate().public.hex()}}
        ),
        tomas.say("team", world.team2, {"set": {"name": "Mine", "program": world.program}}),
    ]
    states = tomas.push(*claims)
    assert "accepted" not in states, states
    # A body and a header that name another person or device change nothing either.
    for changed in ({"device": sol.device}, {"staff": sol.staff}, {"role": "sysadmin"}):
        request = {**tomas.request(), **changed}
        if "device" in changed:
            with pytest.raises(Refusal):
                tomas.post(request)
        else:
            answer = tomas.post(request)
            assert "desk" not in answer
    assert set(tomas.post(tomas.request()).get("feed_list", before["feeds"])) == before["feeds"]


# ── 39: signed notes ─────────────────────────────────────────────────────────────────────────────


def test_a_signed_note_is_neither_edited_nor_removed_nor_signed_anew_by_anybody(world: World) -> None:
    mira, tomas, sol = world.laptop("mira"), world.laptop("tomas"), world.laptop("sol")
    client = mira.client()
    note = mira.note(client.envelope.id, "as it was signed")
    assert mira.push(client, note) == ["accepted", "accepted"]
    whose = client.envelope.id
    record = note.envelope.id
    doc = note.envelope.body["doc"]
    for laptop in (mira, tomas, sol):
        for body, meaning in (
            ({"set": {"remark": "over it"}}, "save"),
            ({"doc": {**doc, "sections": {"text": "signed anew"}}}, "sign"),
            ({"doc": None}, "sign"),
            ({"drop": True}, "save"),
        ):
            state = laptop.push(laptop.say("note", record, body, meaning=meaning, client=whose, prev=[note]))
            assert state != ["accepted"], (laptop.who, meaning, body)
    # Its very bytes under another's signature are not taken for theirs, and do not change whose it is.
    request = tomas.request()
    request["entries"] = [[note.data.decode(), b64(tomas.identity.sign("entry", note.data))]]
    tomas.post(request)
    sol.pull()
    assert sol.entries[note.hash].data == note.data
    with world.server.database.reading() as rx:
        kept = rx.execute(
            select(func.count()).select_from(entry).where(entry.c.record == record)
        ).scalar_one()
    assert kept >= 1


# ── 45: other spellings of one entry ─────────────────────────────────────────────────────────────

SPELLINGS: dict[str, Callable[[str], str]] = {
    "a blank": lambda t: t.replace('":', '": ', 1),
    "a blank at the end": lambda t: t + " ",
    "keys in another order": lambda t: "{" + ",".join([*reversed(['"a":1']), t[1:]]),
    "a doubled key": lambda t: t[:-1] + ',"tz":"UTC"}',
    "a doubled key inside": lambda t: t.replace('"remark":"seen"', '"remark":"seen","remark":"lies"'),
    "a float": lambda t: t.replace('"counter":', '"counter":1.0,"x":'),
    "an exponent": lambda t: t.replace('"offset_ms":0', '"offset_ms":0e0'),
    "minus nought": lambda t: t.replace('"offset_ms":0', '"offset_ms":-0'),
    "2^53": lambda t: t.replace('"offset_ms":0', '"offset_ms":9007199254740992'),
    "NaN": lambda t: t.replace('"offset_ms":0', '"offset_ms":NaN'),
    "Infinity": lambda t: t.replace('"offset_ms":0', '"offset_ms":Infinity'),
    "an escaped letter": lambda t: t.replace('"remark":"seen"', '"remark":"\\u0073een"'),
    "a lone surrogate": lambda t: t.replace('"remark":"seen"', '"remark":"\\ud800"'),
    "letters in parts": lambda t: t.replace('"remark":"seen"', '"remark":"e\u0301"'),
    "a byte order mark": lambda t: "\ufeff" + t,
    "capital escapes": lambda t: t.replace('"remark":"seen"', '"remark":"\\u001F"'),
}


@pytest.mark.parametrize("how", sorted(SPELLINGS))
def test_an_entry_has_one_spelling_and_every_other_is_rejected_though_it_is_signed(
    world: World, how: str
) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    assert mira.push(client) == ["accepted"]
    good = mira.contact(client.envelope.id).data.decode()
    assert '"offset_ms":0' in good
    bad = SPELLINGS[how](good)
    assert bad != good
    request = mira.request()
    data = bad.encode()
    request["entries"] = [[bad, b64(mira.identity.sign("entry", data))]]
    answer = mira.post(request)
    assert mira.states(answer, 1) == ["rejected"]
    request = mira.request()
    request["entries"] = [[good, b64(mira.identity.sign("entry", good.encode()))]]
    assert mira.states(mira.post(request), 1) == ["accepted"]


# ── 57: bodies ───────────────────────────────────────────────────────────────────────────────────


def test_a_body_that_comes_too_slowly_is_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "BODY_SECONDS", 0.05)
    mira = world.laptop("mira")
    wire, fields = signed(mira, idle(mira))

    async def drop_by_drop() -> AsyncIterator[bytes]:
        yield wire[:1]
        await asyncio.sleep(30)
        yield wire[1:]

    assert App(world.server).post("/v1/sync", content=drop_by_drop(), headers=fields).status_code == 408


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"entries": [["{}", ""]] * 10_000}, 413),
        ({"asks": ["0" * 64] * 10_001}, 413),
        ({"entries": {"a": 1}}, 422),
        ({"feeds": {"x" * 100: [1]}}, 422),
    ],
    ids=["entries", "asks", "map", "feeds"],
)
def test_ten_thousand_of_anything_is_refused_whole(
    world: World, changed: dict[str, Any], status: int
) -> None:
    mira = world.laptop("mira")
    wire, fields = signed(mira, orjson.dumps(mira.request() | changed))
    assert App(world.server).post("/v1/sync", content=wire, headers=fields).status_code == status


# ── 58: SQL metacharacters in every field ────────────────────────────────────────────────────────


def texts_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every text inside a request."""
    if isinstance(value, str):
        return [path]
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in rows for found in texts_in(inner, (*path, key))]


def with_text(value: Any, path: tuple[Any, ...], text: str) -> Any:
    """Return a copy with one text replaced."""
    if not path:
        return text
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = with_text(value[path[0]], path[1:], text)
    return copied


def test_no_text_of_a_request_reaches_a_statement_as_sql(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client, mira.contact(client.envelope.id))
    mira.pull()
    full = mira.request(
        want=["0" * 64], asks=["0" * 64], older={f"team:{world.team1}": 1}, have={f"team:{world.team1}": ["x"]},
        drafts=[{"id": uuid7(1), "device": mira.device, "revision": 1, "record": uuid7(2), "client": None,
                 "kind": "note", "body": {"text": "words"}}],
        audit=[['{"what":"read"}', "c2ln"]],
    )  # fmt: skip
    full["entries"] = [["{}", "c2ln"]]
    paths = texts_in(full)
    assert len(paths) > 12
    with world.server.database.reading() as rx:
        before = rx.execute(select(func.count()).select_from(entry)).scalar_one()
    for number, path in enumerate(paths):
        for text in (METACHARACTERS[number % len(METACHARACTERS)], "'; DROP TABLE entry; --"):
            assert answer_of(mira, with_text(full, path, text))[0] < 500, path
    for name in full["feeds"]:
        changed = {**full, "feeds": {f"{name}' OR 1=1 --": full["feeds"][name]}}
        assert answer_of(mira, changed)[0] < 500
    with world.server.database.reading() as rx:
        assert rx.execute(select(func.count()).select_from(entry)).scalar_one() == before


@pytest.mark.parametrize("text", METACHARACTERS)
def test_metacharacters_come_back_letter_for_letter(world: World, text: str) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client(text)
    contact = mira.contact(client.envelope.id, text)
    goals = mira.say("alert", uuid7(9), {"set": {"code": "other", "severity": "caution", "detail": text}},
                     client=client.envelope.id)  # fmt: skip
    assert mira.push(client, contact, goals)[:2] == ["accepted", "accepted"]
    tomas.pull()
    assert tomas.entries[client.hash].envelope.body["set"]["legal_name"] == text
    assert tomas.entries[contact.hash].envelope.body["set"]["remark"] == text


# ── 70: the table of nonces ──────────────────────────────────────────────────────────────────────


def test_the_table_of_nonces_holds_what_may_still_be_replayed_and_no_more(world: World) -> None:
    mira = world.laptop("mira")
    for _ in range(60):
        mira.post(mira.request())
        world.clock.ms += NONCE_KEPT_MS // 20
    with world.server.database.reading() as rx:
        kept = rx.execute(select(func.count()).select_from(nonce)).scalar_one()
    assert 0 < kept <= 21 + 1
    assert NONCE_KEPT_MS >= 2 * 300_000, "longer than a request is believed, early or late"


# ── 71: what an answer tells by how it is made ───────────────────────────────────────────────────


def test_an_unknown_device_costs_the_same_verification_as_a_bad_signature(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same work is done and the same words are said; a clock is not needed to hold that."""
    mira = world.laptop("mira")
    face = App(world.server)
    work: list[str] = []
    real = ED25519.verify

    def verify(self: Any, signature: bytes, message: bytes) -> None:
        work.append("verify")
        real(self, signature, message)

    monkeypatch.setattr(ED25519, "verify", verify)
    costs, answers = [], set()
    for more in (
        {"device": "00000000-0000-4000-8000-000000000000"},
        {"identity": Identity.generate()},
        {"device": world.server.meta["authority_device"], "identity": world.server.keys.authority},
    ):
        wire, fields = signed(mira, idle(mira), **more)
        work.clear()
        answer = face.post("/v1/sync", content=wire, headers=fields)
        costs.append(len(work))
        answers.add((answer.status_code, answer.content))
    assert costs == [1, 1, 1]
    assert len(answers) == 1


# ── 22: a weak key with the one signature that fits anything under it ────────────────────────────


def test_a_weak_key_is_refused_even_with_a_proof_of_possession_that_verifies(world: World) -> None:
    """Under this key the library takes one fixed signature for any text, so the proof alone proves nothing."""
    code = Code.parse(admin.issue_code(world.server, "mira").text)
    neutral = (1).to_bytes(32, "little")
    asked = {"code_id": code.code_id, "public": neutral.hex(), "label": "laptop"}
    transcript = dumps(asked)
    forged = neutral + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(forged, transcript)
    request = {**asked, "proof": b64(forged), "mac": transcript_mac(code.mac_key, "laptop", transcript).hex()}
    with pytest.raises(Refusal) as refused:
        world.server.enrol(orjson.dumps(request))
    assert refused.value.status == 403


def test_what_is_forbidden_is_answered_like_what_was_never_there(world: World) -> None:
    mira, una = world.laptop("mira"), world.laptop("una")
    client = mira.client()
    note = mira.note(client.envelope.id, SENTINEL)
    assert mira.push(client, note) == ["accepted", "accepted"]
    una.pull()

    def said(**more: Any) -> list[tuple[int, dict[str, Any]]]:
        answers = [answer_of(una, {**una.request(), **more}) for _ in range(2)]
        # The checkpoint names the moment and is signed anew each time.
        return [(status, {k: v for k, v in body.items() if k != "checkpoint"}) for status, body in answers]

    assert said(want=[note.hash]) == said(want=["0" * 64])
    missing = f"team:{uuid7(3)}"
    for name in (f"notes:{world.team1}", f"team:{world.team1}", f"staff:{mira.staff}"):
        there = said(feeds={**una.request()["feeds"], name: [1, 0, "0" * 64]})
        nowhere = said(feeds={**una.request()["feeds"], missing: [1, 0, "0" * 64]})
        assert [str(one).replace(name, "feed") for one in there] == [
            str(one).replace(missing, "feed") for one in nowhere
        ]
