"""Pulling: pages, floors and stubs, drafts, the desk, an idle round, and cursors after a restore."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from fieldapp.records.ids import uuid7
from fieldapp.server import pull
from fieldapp.server.refusals import Refusal
from fieldapp.server.restore import new_epoch
from fieldapp.server.service import Server
from fieldapp.server.tables import audit, draft
from fieldapp.sync.wire import b64, head_start, next_head, row_hash
from tests.server.server_world import DAY_MS, Laptop, World, made_world


def test_pages_follow_on_without_a_gap_whatever_their_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    contacts = [mira.contact(client.envelope.id, "x" * 250) for _ in range(40)]
    assert set(mira.push(client, *contacts)) == {"accepted"}
    monkeypatch.setattr(pull, "PAGE_ENTRIES", 7)
    pulling = world.laptop("tomas")
    rounds = 0
    while True:
        rounds += 1
        answer = pulling.post(pulling.request())
        pulling.take(answer)
        if not any(page["more"] for page in answer.get("feeds", {}).values()):
            break
    assert rounds > 10
    assert pulling.held("team:T1") == [client.hash, *(one.hash for one in contacts)]
    assert all(one.hash in pulling.entries for one in contacts)


def test_an_entry_that_came_through_one_feed_is_not_sent_again_through_another(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    mira.push(client)
    first = tomas.post(tomas.request())
    assert len([e for e in first["entries"] if client.data.decode() == e[0]]) == 1
    for name in list(first["feeds"]):
        if name.startswith("team:"):
            del first["feeds"][name]
    tomas.take(first)
    second = tomas.post(tomas.request())
    assert second["feeds"][f"team:{world.team1}"]["rows"] == [["add", client.hash]]
    assert second["entries"] == []


def test_own_entries_do_not_come_back_and_their_range_is_told_with_its_head(world: World) -> None:
    mira = world.laptop("mira")
    mira.pull()
    client = mira.client()
    batch = [client, mira.contact(client.envelope.id), mira.note(client.envelope.id)]
    mira.push(*batch)
    answer = mira.last
    assert answer["entries"] == []
    assert answer["feeds"] == {}, "nothing but its own rows, which it jumps over"
    (team,) = world.feeds("team:T1")
    own = answer["receipts"]["own"][team]
    assert (own["first"], own["last"]) == (1, 2)
    head = mira.heads[team]
    for number, one in enumerate(batch[:2], 1):
        head = next_head(head, row_hash(team, number, "add", one.hash))
    assert own["head"] == head
    mira.pull()
    assert mira.heads[team] == head


def test_rows_of_others_in_between_come_as_rows(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    mira.push(client)
    tomas.pull()
    between = mira.contact(client.envelope.id)
    mira.push(between)
    own = tomas.contact(client.envelope.id)
    tomas.push(own)
    assert tomas.last["feeds"][f"team:{world.team1}"]["rows"] == [["add", between.hash], ["add", own.hash]]
    assert [row[0] for row in tomas.last["entries"]] == [between.data.decode()]
    tomas.take(tomas.last)


def test_an_idle_round_says_so_in_a_few_bytes(world: World) -> None:
    mira = world.laptop("mira")
    mira.push(mira.client())
    mira.pull()
    mira.pull()
    request = mira.request()
    answer = mira.post(request)
    assert set(answer) == {"now", "unchanged"}
    assert len(orjson.dumps(request)) + len(orjson.dumps(answer)) < 2_000


def test_notes_begin_at_a_floor_with_older_ones_as_stubs(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    now = world.clock.ms
    old = [mira.note(client.envelope.id, f"old {n}", at_ms=now - (200 - n) * DAY_MS) for n in range(3)]
    followed = mira.note(client.envelope.id, "old, corrected lately", at_ms=now - 150 * DAY_MS)
    recent = [mira.note(client.envelope.id, f"new {n}", at_ms=now - n * DAY_MS) for n in range(2)]
    late = mira.note(client.envelope.id, "entered late", at_ms=now - 120 * DAY_MS)
    amended = mira.say(
        "note", followed.envelope.id, {"doc": followed.envelope.body["doc"], "reason": "typo"},
        client=client.envelope.id, meaning="amend", prev=[followed],
    )  # fmt: skip
    mira.push(client, *old, followed, *recent, late, amended)
    tomas = world.laptop("tomas")
    tomas.pull()
    (notes,) = world.feeds("notes:T1")
    assert tomas.rows[notes] == {
        5: ["add", recent[0].hash], 6: ["add", recent[1].hash], 7: ["stub", late.hash], 8: ["add", amended.hash],
    }  # fmt: skip
    assert followed.hash in tomas.entries, "what a recent entry follows comes along"
    assert not {one.hash for one in (*old, late)} & set(tomas.entries)
    assert tomas.stubs[late.hash]["at"] == late.envelope.at
    answer = tomas.post(tomas.request(older={notes: 4}))
    assert [row[0] for row in answer["older"][notes]["rows"]] == [4, 3, 2, 1]
    assert {stub["hash"] for stub in answer["stubs"]} == {one.hash for one in (*old, followed)}
    wanted = tomas.post(tomas.request(want=[old[0].hash]))
    assert [row[0] for row in wanted["entries"]] == [old[0].data.decode()]


def test_on_call_staff_get_thirty_days_and_each_client_s_last_three_contacts(world: World) -> None:
    mira = world.laptop("mira")
    client, quiet = mira.client(), mira.client("Roe, Al")
    now = world.clock.ms
    old = [mira.contact(quiet.envelope.id, f"{n}", at_ms=now - (100 - n) * DAY_MS) for n in range(5)]
    recent = mira.contact(client.envelope.id, at_ms=now - DAY_MS)
    mira.push(client, quiet, *old, recent)
    bo = world.laptop("bo")
    bo.pull()
    (feed,) = world.feeds("oncall-contacts:P")
    assert bo.rows[feed] == {6: ["add", recent.hash]}
    assert {one.hash for one in old if one.hash in bo.entries} == {one.hash for one in old[-3:]}
    tomas = world.laptop("tomas")
    tomas.pull()
    assert {one.hash for one in (*old, recent)} <= set(tomas.entries), "the team has them all"


def test_a_feed_of_old_rows_alone_begins_at_its_end(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client, mira.note(client.envelope.id, at_ms=world.clock.ms - 200 * DAY_MS))
    tomas = world.laptop("tomas")
    tomas.pull()
    (notes,) = world.feeds("notes:T1")
    assert tomas.numbers[notes] == 1
    assert tomas.rows.get(notes) is None
    tomas.pull()
    assert tomas.post(tomas.request()) == {"now": tomas.post(tomas.request())["now"], "unchanged": True}


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────


def draft_of(laptop: Laptop, name: str, revision: int, text: str, **more: Any) -> dict[str, Any]:
    """Return a draft as it travels."""
    return {
        "id": name, "device": laptop.device, "revision": revision, "record": uuid7(1), "client": None,
        "kind": "note", "body": {"text": text}, **more,
    }  # fmt: skip


def test_drafts_reach_the_author_s_other_laptops_and_nobody_else(world: World) -> None:
    mira, second, sol, tomas = (
        world.laptop("mira"),
        world.laptop("mira"),
        world.laptop("sol"),
        world.laptop("tomas"),
    )
    name = uuid7(2)
    answer = mira.post(mira.request(drafts=[draft_of(mira, name, 1, "DRAFT-SENTINEL")]))
    assert answer["receipts"]["drafts"] == [name]
    got = second.post(second.request())
    assert [one["body"]["text"] for one in got["drafts"]] == ["DRAFT-SENTINEL"]
    for other in (sol, tomas):
        seen = other.post(other.request())
        assert "DRAFT-SENTINEL" not in orjson.dumps(seen).decode()
    desk = sol.post(sol.request())["desk"]["drafts"]
    assert [(row["id"], row["kind"]) for row in desk] == [(name, "note")]
    assert "drafts" not in second.post(second.request(have=got["tags"])) or not second.last.get("drafts")


def test_an_old_revision_never_replaces_a_newer_one(world: World) -> None:
    mira, second = world.laptop("mira"), world.laptop("mira")
    name = uuid7(2)
    mira.post(mira.request(drafts=[draft_of(mira, name, 5, "new")]))
    mira.post(mira.request(drafts=[draft_of(mira, name, 3, "old")]))
    assert second.post(second.request())["drafts"][0]["body"]["text"] == "new"


def test_closing_removes_only_the_revisions_that_were_seen(world: World) -> None:
    mira, second = world.laptop("mira"), world.laptop("mira")
    name = uuid7(2)
    mira.post(mira.request(drafts=[draft_of(mira, name, 1, "mine")]))
    second.post(second.request(drafts=[draft_of(second, name, 4, "typed on since")]))
    closing = draft_of(mira, name, 2, "", closed_by="discarded", seen={second.device: 3})
    closing.pop("body")
    mira.post(mira.request(drafts=[closing]))
    left = mira.post(mira.request())["drafts"]
    assert [one["body"]["text"] for one in left] == ["typed on since"]
    closing["seen"] = {second.device: 4}
    mira.post(mira.request(drafts=[closing]))
    told = second.post(second.request())["drafts"]
    assert [(one["closed_by"], one["seen"]) for one in told] == [("discarded", {second.device: 4})]
    with world.server.database.reading() as rx:
        rows = rx.execute(select(draft.c.sealed, draft.c.kind)).all()
    assert [(row.sealed, row.kind) for row in rows] == [(None, "note")] * 2
    late = mira.post(mira.request(drafts=[draft_of(mira, name, 1, "late")]))
    assert late["receipts"]["drafts"] == [name]
    assert all(one.get("closed_by") for one in second.post(second.request())["drafts"])


def test_nobody_closes_another_person_s_draft(world: World) -> None:
    mira, second, tomas = world.laptop("mira"), world.laptop("mira"), world.laptop("tomas")
    name = uuid7(2)
    mira.post(mira.request(drafts=[draft_of(mira, name, 1, "mine")]))
    tomas.post(
        tomas.request(drafts=[draft_of(tomas, name, 9, "", closed_by="discarded", seen={mira.device: 9})])
    )
    assert second.post(second.request())["drafts"][0]["body"]["text"] == "mine"


@pytest.mark.parametrize(
    "junk", [None, 5, {}, {"id": "x"}, {"id": uuid7(2), "device": "'", "record": 1, "revision": True}]
)
def test_junk_among_drafts_is_passed_over(world: World, junk: Any) -> None:
    mira = world.laptop("mira")
    good = draft_of(mira, uuid7(3), 1, "x")
    assert mira.post(mira.request(drafts=[junk, good]))["receipts"]["drafts"] == [good["id"]]


# ── audit, report ────────────────────────────────────────────────────────────────────────────────


def test_audit_events_are_stored_once_and_counted(world: World) -> None:
    mira = world.laptop("mira")
    texts = [orjson.dumps({"n": n, "what": "view"}).decode() for n in range(3)]
    batch = [[text, b64(mira.identity.sign("audit", text.encode()))] for text in texts]
    assert mira.post(mira.request(audit=batch))["receipts"]["audit"] == 3
    assert mira.post(mira.request(audit=batch))["receipts"]["audit"] == 3
    forged = [["{}", b64(bytes(64))], ["x"], None]
    assert mira.post(mira.request(audit=forged))["receipts"]["audit"] == 3
    with world.server.database.reading() as rx:
        own = rx.execute(select(audit.c.hash).where(audit.c.chain == f"device:{mira.device}")).scalars().all()
    assert {hashlib.sha256(text.encode()).hexdigest() for text in texts} <= set(own)
    assert len(own) >= 5


def test_the_desk_shows_how_long_a_laptop_has_been_silent_and_what_it_still_holds(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    report = {"app": "1", "pending": 7, "oldest": "2026-11-20T00:00:00.000Z", "at": "x" * 500, "offset_ms": 1}
    mira.post(mira.request(report=report))
    row = next(r for r in sol.post(sol.request())["desk"]["devices"] if r["device"] == mira.device)
    assert (row["pending"], row["oldest"], row["state"]) == (7, "2026-11-20T00:00:00.000Z", "admitted")
    assert row["last_seen"] == "2026-11-22T10:00:00.000Z"


def test_the_desk_comes_again_only_when_it_changed(world: World) -> None:
    sol, una, mira = world.laptop("sol"), world.laptop("una"), world.laptop("mira")
    client = mira.client()
    mira.push(client)
    sol.pull()
    answer = sol.post(sol.request())
    assert sol.post(sol.request(have=answer["tags"])).get("unchanged")
    una.push(una.contact(client.envelope.id))
    assert "desk" in sol.post(sol.request(have=answer["tags"]))


# ── epochs ───────────────────────────────────────────────────────────────────────────────────────


def restored(world: World, backup: Path) -> None:
    """Put a copy of the SQLite database back."""
    world.server.close()
    for name in ("server.db", "server.db-wal", "server.db-shm"):
        (world.server.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, world.server.folder / "server.db")


def copied(world: World, to: Path) -> Path:
    """Copy the SQLite database as a backup would."""
    with world.server.database.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(world.server.folder / "server.db", to)
    return to


def reopened(world: World) -> None:
    """Open the server again."""
    world.server = Server(world.server.folder, now_ms=world.clock, authorities=("server.test",))


@pytest.mark.parametrize("announced", [True, False])
def test_after_a_restore_laptops_are_told_where_to_go_on_and_nothing_is_lost(
    tmp_path: Path, announced: bool
) -> None:
    world = made_world(tmp_path / "server", None)
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    mira.push(client)
    mira.pull()
    backup = copied(world, tmp_path / "yesterday.db")
    (team,) = world.feeds("team:T1")
    at_backup = mira.numbers[team]
    lost = mira.contact(client.envelope.id)
    mira.push(lost)
    mira.pull()
    tomas.pull()
    restored(world, backup)
    if announced:
        assert new_epoch(world.server.folder, "backup of yesterday", now_ms=world.clock) == 2
    reopened(world)
    with pytest.raises(Refusal) as refused:
        mira.push(mira.contact(client.envelope.id))
    assert refused.value.status == 409
    body = refused.value.body
    if announced:
        assert body["feed"] == "org", "the organisation comes back before clinical entries are judged"
        assert body["epoch"] == 2
    epoch, number, head = body["feeds"][team]
    assert (number, epoch) == (at_backup, 2 if announced else 1)
    assert head == _head_of(mira, world, team, number)
    for laptop in (mira, tomas):
        for name, cursor in body["feeds"].items():
            laptop.numbers[name], laptop.heads[name] = cursor[1], cursor[2]
        laptop.epoch = epoch
    again = tomas.push(client, lost)
    assert again == ["accepted", "accepted"], "a reader offers it again"
    assert mira.push(lost) == ["accepted"]
    mira.pull()
    assert mira.held("team:T1")[-1] == lost.hash
    world.server.close()


def _head_of(laptop: Laptop, world: World, feed: str, number: int) -> str:
    head = head_start(world.server.org, feed)
    for at in range(1, number + 1):
        head = next_head(head, row_hash(feed, at, "add", laptop.rows[feed][at][1]))
    return head


@pytest.mark.parametrize(
    "cursor", [[1], "x", [1, -1, "0" * 64], [1, 1, "zz"], [1, True, "0" * 64], [2**40, 0, "0" * 64]]
)
def test_a_malformed_cursor_is_refused(world: World, cursor: Any) -> None:
    mira = world.laptop("mira")
    request = mira.request()
    request["feeds"]["org"] = cursor
    with pytest.raises(Refusal) as refused:
        mira.post(request)
    assert refused.value.status == 422


def test_a_cursor_beyond_the_end_is_409_and_the_batch_is_not_judged(world: World) -> None:
    mira = world.laptop("mira")
    mira.pull()
    client = mira.client()
    request = mira.request(client)
    request["feeds"]["org"] = [1, 10**9, "0" * 64]
    with pytest.raises(Refusal) as refused:
        mira.post(request)
    assert refused.value.status == 409
    assert mira.post(mira.request(asks=[client.hash]))["asked"] == {}


def test_only_newer_revisions_and_closings_of_what_is_held_come_to_a_laptop_that_says_what_it_has(
    world: World,
) -> None:
    mira, second = world.laptop("mira"), world.laptop("mira")
    name, other = uuid7(2), uuid7(3)
    mira.post(mira.request(drafts=[draft_of(mira, name, 2, "two"), draft_of(mira, other, 1, "other")]))
    held = {name: {mira.device: 2}}
    assert [one["id"] for one in second.post(second.request(copies=held))["drafts"]] == [other]
    closing = draft_of(mira, name, 2, "", closed_by="discarded", seen={mira.device: 2})
    mira.post(mira.request(drafts=[closing, draft_of(mira, other, 2, "", closed_by="discarded", seen={})]))
    told = second.post(second.request(copies=held))["drafts"]
    assert [(one["id"], one["closed_by"]) for one in told] == [(name, "discarded")]
    for junk in (5, {name: 7}, {name: {mira.device: "x"}}):
        assert second.post(second.request(copies=junk))["now"]
