"""The network cuts, doubles and loses; the server refuses single entries: nothing signed here is ever lost."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from fieldapp.clinical.told import laptop as told
from fieldapp.records.ids import uuid7
from fieldapp.server.offers import Offer
from fieldapp.server.push import Push
from fieldapp.server.tables import feed_row
from tests.sync.sync_world import Agency, Rig, asgi


def rows_of(agency: Agency, entry_hash: str) -> int:
    with agency.server.database.reading() as rx:
        return int(
            rx.execute(
                select(func.count()).select_from(feed_row).where(feed_row.c.what == entry_hash)
            ).scalar_one()
        )


def test_a_reply_lost_after_commit_is_made_good_by_the_next_round(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    contact = ana.contact(ana.client("Lee, Kim"))
    ana.line.lose_replies = 1
    status = ana.sync()
    assert status.message
    assert status.pending == 2
    assert status.offline_since_ms is not None
    assert contact.hash in agency.stored()
    status = ana.sync()
    assert (status.message, status.pending, status.offline_since_ms) == ("", 0, None)
    assert ana.state(contact) == "confirmed"
    assert rows_of(agency, contact.hash) == 2


def test_doubled_requests_change_nothing(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    # The server answers the copy of a request as a replay, and the laptop sees the first answer.
    ana.line.twice = ben.line.twice = True
    contact = ana.contact(ana.client("Lee, Kim"))
    agency.settle()
    assert rows_of(agency, contact.hash) == 2
    assert ana.shown() == ben.shown()


def test_five_parallel_identical_sends_make_one_copy(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    contacts = [ana.contact(ana.client(f"Client {n}")) for n in range(10)]
    kept: list[tuple[str, bytes, dict[str, str]]] = []

    def keep(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        kept.append((path, body, headers))
        return 503, {}, b"{}"

    ana.line.instead = keep
    for _ in range(5):
        # The same entries five times, each request with a nonce of its own.
        assert ana.sync().pending == 20
    ana.line.instead = None
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda request: asgi(agency.app, *request), kept))
    assert [status for status, _, _ in answers] == [200] * 5
    assert {rows_of(agency, contact.hash) for contact in contacts} == {2}
    agency.settle()
    assert ana.states() == {"confirmed": 20}
    assert ana.shown() == ben.shown()


def test_a_line_that_is_down_is_said_and_nothing_is_lost(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    ana.line.down = True
    status = ana.sync()
    assert "not reached" in status.message
    assert (status.pending, status.progress) == (2, (0, 2))
    first = status.offline_since_ms
    ana.clock.move(hours=3)
    assert ana.sync().offline_since_ms == first
    ana.line.down = False
    assert ana.sync().offline_since_ms is None


def test_one_poison_entry_among_a_thousand_comes_back_as_a_draft_and_the_others_arrive(
    agency: Agency,
) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    good = [ana.contact(client, f"visit {n}") for n in range(500)]
    # An id that only one client's plan may have, under another name: the schema is broken for good.
    poison = ana.entry("safety_plan", uuid7(ana.clock.now_ms()), {"doc": {"signs": ["x"]}}, client=client,
                       meaning="sign")  # fmt: skip
    good += [ana.contact(client, f"visit {n}") for n in range(500, 999)]
    status = ana.sync()
    assert {ana.state(one) for one in good} == {"confirmed"}
    assert ana.state(poison) == "rejected"
    assert (status.pending, status.needs_you) == (0, 1)
    with ana.store.reading() as rx:
        (draft,) = rx.drafts()
        assert rx.value("SELECT reason FROM entry WHERE hash = ?", poison.hash)
        assert rx.view(poison.envelope.id) is None
    assert orjson.loads(draft.body) == {"signs": ["x"]}
    assert draft.record == poison.envelope.id
    before = len(ana.line.requests)
    ana.sync()
    # Not sent again: only the new draft travels.
    assert all(not request["entries"] for request in ana.line.requests[before:])


def test_what_follows_a_rejected_entry_comes_back_with_it_in_one_draft(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    record = uuid7(ana.clock.now_ms())  # a contact plan may only have the one id of its client
    first = ana.entry(
        "contact_plan", record, {"items": {"periods": {"p": {"per": "week", "target_n": 2}}}}, client=client
    )
    second = ana.entry(
        "contact_plan", record,
        {"items": {"periods": {"p": {"target_n": 3}, "q": {"per": "day"}}}}, client=client, prev=[first.hash],
    )  # fmt: skip
    third = ana.entry("contact_plan", record, {"drop": {"periods": ["q"]}}, client=client, prev=[second.hash])
    status = ana.sync()
    assert [ana.state(one) for one in (first, second, third)] == ["rejected"] * 3
    with ana.store.reading() as rx:
        (draft,) = rx.drafts()
        reasons = [
            rx.value("SELECT reason FROM entry WHERE hash = ?", h.hash) for h in (first, second, third)
        ]
        assert rx.view(record) is None
    assert orjson.loads(draft.body) == {"periods": {"p": {"per": "week", "target_n": 3}}}
    assert orjson.loads(draft.prev) == []
    assert draft.record == record
    assert all(reasons)
    assert status.pending == 0


def test_an_entry_written_on_a_rejected_one_never_leaves_this_laptop(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    record = uuid7(ana.clock.now_ms())
    first = ana.entry("contact_plan", record, {"items": {"periods": {"p": {"per": "week"}}}}, client=client)
    second: list[Any] = []

    def write_more(_: dict[str, Any]) -> None:
        # While the request with the first one is under way, its author goes on writing.
        if not second:
            second.append(
                ana.entry(
                    "contact_plan",
                    record,
                    {"items": {"periods": {"p": {"target_n": 1}}}},
                    client=client,
                    prev=[first.hash],
                )  # fmt: skip
            )

    ana.line.before = write_more
    ana.sync()
    assert (ana.state(first), ana.state(second[0])) == ("rejected", "rejected")
    assert second[0].hash not in {sent[0] for request in ana.line.requests for sent in request["entries"]}
    with ana.store.reading() as rx:
        (draft,) = rx.drafts()
        reason = rx.value("SELECT reason FROM entry WHERE hash = ?", second[0].hash)
    assert orjson.loads(draft.body) == {"periods": {"p": {"per": "week", "target_n": 1}}}
    assert reason.startswith("It follows an entry that was not accepted.")


def test_a_draft_of_a_rejected_change_stands_on_what_is_accepted(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    change = ana.change(client, {"pcp": "Dr. Olsen"})
    ana.line.bend = lambda answer: refuse_all(answer, "Not as it should be.")
    ana.sync()
    assert ana.state(change) == "rejected"
    assert ana.view(client).get("pcp") is None
    with ana.store.reading() as rx:
        (draft,) = rx.drafts()
    assert orjson.loads(draft.body) == orjson.loads(draft.base) | {"pcp": "Dr. Olsen"}
    assert orjson.loads(draft.prev) == ana.view(client).heads


def refuse_all(answer: dict[str, Any], reason: str) -> dict[str, Any]:
    """Turn every acceptance of an answer into a rejection."""
    receipts = answer["receipts"]
    receipts["exceptions"] = [
        [at, "rejected", reason] for first, last in receipts["accepted"] for at in range(first, last + 1)
    ]
    receipts["accepted"], receipts["own"] = [], {}
    answer["feeds"] = {}
    return answer


def test_a_later_row_in_a_feed_overrules_a_rejection(agency: Agency) -> None:
    """A receipt that lied: the entry stands in the feed, so it is accepted, whatever was said."""
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    change = ana.change(client, {"pcp": "Dr. Olsen"})
    ana.line.bend = lambda answer: refuse_all(answer, "Not as it should be.")
    ana.sync()
    ana.line.bend = None
    ana.sync()
    assert ana.state(change) == "confirmed"
    assert ana.view(client).get("pcp") == "Dr. Olsen"


def test_out_of_scope_goes_to_the_supervisor_and_its_state_is_asked_until_decided(agency: Agency) -> None:
    boss = agency.laptop("Sue Sato", role="supervisor")
    ana = agency.laptop("Ana Alvarez")
    mia = agency.laptop("Mia Moss", team=agency.other_team)
    client = ana.client("Lee, Kim")
    agency.settle()
    change = mia.change(client, {"housing_status": "shelter"})  # not her client, and no emergency kind
    status = mia.sync()
    assert mia.state(change) == "quarantined"
    assert (status.pending, status.quarantined) == (0, 1)
    boss.sync()
    with boss.store.reading() as rx:
        desk = orjson.loads(rx.value("SELECT data FROM desk WHERE name = 'quarantine'"))
    assert [row["hash"] for row in desk] == [change.hash]
    boss.entry(
        "quarantine_decision", uuid7(boss.clock.now_ms()),
        {"set": {"hash": change.hash, "decision": "admit", "team": agency.team, "reason": "She was there."}},
    )  # fmt: skip
    boss.sync()
    mia.sync()
    ana.sync()
    assert mia.state(change) == "confirmed"
    assert ana.view(client).get("housing_status") == "shelter"


def test_a_client_in_quarantine_and_its_change_are_not_judged_for_ever(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a simulated history found: the change waits for the client that it names, and freed itself without end."""
    judged: list[int] = []
    real = Push.rejudge

    def counted(push: Push, hashes: Collection[str]) -> list[Offer]:
        judged.append(len(hashes))
        assert len(judged) < 50, "judged without end"
        return real(push, hashes)

    monkeypatch.setattr(Push, "rejudge", counted)
    mia = agency.laptop("Mia Moss", team=agency.other_team)
    client = mia.client("Lee, Kim", agency.team)
    mia.change(client, {"pcp": "Dr. Olsen"})
    mia.contact(client)
    mia.sync()
    assert mia.states() == {"quarantined": 3}


def test_what_is_held_is_released_by_what_it_waited_for(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    visit = ana.contact(client)
    with ana.store.writing() as tx:
        # The client's first entry stays behind for one round.
        tx.execute("UPDATE entry SET state = 'confirmed' WHERE kind = 'client'")
        tx.set_meta("placed_seq", 10**9)
    status = ana.sync()
    assert (ana.state(visit), status.held, status.pending) == ("held", 1, 0)
    with ana.store.writing() as tx:
        tx.execute("UPDATE entry SET state = 'unsent' WHERE kind = 'client'")
    status = ana.sync()
    assert (ana.state(visit), status.held) == ("confirmed", 0)
    ben.sync()
    assert ben.has(visit)


def test_an_entry_that_breaks_the_server_is_set_aside_and_the_others_arrive(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    made = [ana.contact(client, f"visit {n}") for n in range(12)]
    deadly = made[7].data.decode()

    def fall_over(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if any(text == deadly for text, _ in ana.line.requests[-1]["entries"]):
            return 500, {}, b'{"error":"The server has a fault."}'
        return asgi(agency.app, path, body, headers)

    ana.line.instead = fall_over
    status = ana.sync()
    assert [ana.state(one) for one in made if one is not made[7]] == ["confirmed"] * 11
    assert ana.state(made[7]) == "unsent"
    assert status.pending == 1
    assert "could not be sent" in status.message
    ana.line.instead = None
    assert ana.sync().pending == 0


def test_batches_stay_below_the_limits_and_many_entries_still_go_in_few_requests(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    ana.line.requests.clear()
    long = 'She said "no". ' * 1_200
    for _ in range(80):
        ana.note(client, long)
    seen: list[tuple[int, int] | None] = []
    status = ana.sync(on_progress=lambda s: seen.append(s.progress))
    assert (status.pending, status.progress) == (0, (80, 80))
    sizes = [sum(len(orjson.dumps(text)) for text, _ in r["entries"]) for r in ana.line.requests]
    assert max(sizes) <= 1024 * 1024
    assert 2 <= sum(size > 0 for size in sizes) <= 4
    counted = [pair for pair in seen if pair is not None]
    assert [done for done, _ in counted] == sorted(done for done, _ in counted)
    assert {owed for _, owed in counted} == {80}


def test_what_is_written_while_a_round_runs_is_owed_and_sent_too(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    late: list[Any] = []
    ana.line.before = lambda _: late.append(ana.contact(client)) if len(late) < 3 else None
    status = ana.sync()
    assert status.pending == 0
    assert status.progress == (4, 4)
    assert {ana.state(one) for one in late} == {"confirmed"}


def test_cancelling_stops_between_requests_and_the_next_round_goes_on(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    before = len(ana.line.requests)
    status = ana.sync(cancelled=lambda: True)
    assert len(ana.line.requests) == before
    assert (status.pending, status.message) == (2, "")
    assert ana.sync().pending == 0


@pytest.mark.parametrize("minutes", [-240, 20, 60 * 24 * 365 * 50])
def test_a_wrong_clock_costs_one_retry_and_is_known_from_then_on(agency: Agency, minutes: int) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    ana.clock.move(minutes=minutes)
    contact = ana.contact(client)
    before = len(ana.line.requests)
    status = ana.syncer.run()
    assert status.message == ""
    assert len(ana.line.requests) - before == 2
    assert int(ana.meta("clock_offset_ms")) == pytest.approx(-minutes * 60_000, abs=1_000)
    assert ana.state(contact) == "confirmed"
    # What was signed keeps the clock it was signed by; what comes now knows better.
    assert ana.contact(client).envelope.clock.offset_ms == int(ana.meta("clock_offset_ms"))
    before = len(ana.line.requests)
    ana.syncer.run()
    assert len(ana.line.requests) - before == 1


def test_a_small_difference_of_clocks_is_not_kept(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.clock.move(ms=-700)
    ana.syncer.run()
    assert ana.meta("clock_offset_ms") == "0"


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (503, {"retry-after": "30"}, "busy"),
        (429, {"retry-after": "7"}, "busy"),
        (502, {}, "not reached"),
        (401, {}, "did not accept this laptop"),
        (403, {}, "did not accept this laptop"),
        (302, {"location": "http://elsewhere"}, "points somewhere else"),
        (404, {}, "does not answer like a fieldapp server"),
        (200, {}, "could not be read"),
    ],
)
def test_every_refusal_is_one_sentence_and_keeps_the_work(
    agency: Agency, status: int, headers: dict[str, str], words: str
) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    ana.line.instead = lambda *_: (status, headers, b"<html>no</html>")
    said = ana.sync()
    assert words in said.message
    assert said.pending == 2
    assert ana.syncer.retry_after_ms == (
        int(headers["retry-after"]) * 1_000 if "retry-after" in headers else None
    )


def test_a_revoked_laptop_keeps_its_work_and_is_told(agency: Agency) -> None:
    from fieldapp.server import admin

    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    admin.revoke(agency.server, ana.device)
    status = ana.sync()
    assert status.message == told.WITHDRAWN.sentence
    assert ana.states().get("confirmed", 0) == 0
    assert sum(ana.states().values()) == 2


def test_audit_events_arrive_signed_and_once(agency: Agency) -> None:
    from sqlalchemy import select

    from fieldapp.server.tables import audit

    ana = agency.laptop("Ana Alvarez")
    with ana.store.writing() as tx:
        for n in range(3):
            tx.log("view", f"record-{n}", None, "ok", ana.clock.now_ms())
    ana.line.lose_replies = 1
    ana.sync()
    ana.sync()
    with ana.store.reading() as rx:
        assert rx.value("SELECT count(*) FROM audit WHERE sent = 0") == 0
        total = rx.value("SELECT count(*) FROM audit")
    with agency.server.database.reading() as rx2:
        signed = [
            bytes(s)
            for s in rx2.execute(
                select(audit.c.signature).where(audit.c.chain == f"device:{ana.device}")
            ).scalars()
            if s
        ]
    assert len(signed) == total


def test_only_one_sync_runs_at_a_time_and_the_other_says_so(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    second: list[str] = []
    ana.line.before = lambda _: second.append(_other(ana))
    assert ana.sync().pending == 0
    assert set(second) == {"Another fieldapp is sending right now; this one waits."}


def _other(rig: Rig) -> str:
    from fieldapp.sync.round import Syncer

    return Syncer(rig.store, rig.lock, rig.connect, rig.clock.now_ms).run().message


def test_a_version_that_is_too_old_is_named_and_still_sends(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    contact = ana.contact(ana.client("Lee, Kim"))
    ana.line.bend = lambda answer: answer | {"lowest_app": "999.1.0"}
    assert ana.sync().app_too_old == "999.1.0"
    assert ana.state(contact) == "confirmed"
    ana.line.bend = None
    ana.contact(contact.envelope.client or "")
    assert ana.sync().app_too_old == ""
