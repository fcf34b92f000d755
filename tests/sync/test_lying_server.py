"""A server that shortens, swaps, forges or floods: the laptop says so, takes nothing new, and keeps offering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from fieldapp.crypto.keys import Identity
from fieldapp.records.canonical import dumps
from fieldapp.records.envelope import Author, Entry
from fieldapp.records.ids import uuid7
from fieldapp.server.push import Push
from fieldapp.sync.wire import b64, next_head, row_hash
from tests.sync.sync_world import Agency, Rig

Answer = dict[str, Any]


@pytest.fixture
def pair(agency: Agency) -> tuple[Rig, Rig, str]:
    """Return a laptop to be lied to, one that made news for it, and their client."""
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    ben.contact(client, "news")
    ben.sync()
    return ana, ben, client


def lied_to(rig: Rig, bend: Callable[[Answer], Answer | None], words: str) -> None:
    """Sync once against a lie and once against the truth; nothing may be believed or lost in between."""
    client = next(iter(rig.shown()))
    mine = rig.contact(client, "mine")
    shown, cursors = rig.shown(), rig.cursors()
    rig.line.bend = bend
    status = rig.sync()
    assert words in status.message, status.message
    assert rig.shown() == shown
    assert rig.cursors() == cursors
    assert rig.state(mine) == "unsent"
    # It goes on offering, in the next round too.
    before = len(rig.line.requests)
    rig.sync()
    offered = {text for r in rig.line.requests[before:] for text, _ in r["entries"]}
    assert mine.data.decode() in offered
    rig.line.bend = None
    assert rig.sync().message == ""
    assert rig.state(mine) == "confirmed"


def resigned(answer: Answer, by: Identity, change: Callable[[dict[str, Any]], None]) -> Answer:
    """Return an answer whose checkpoint was changed and signed anew."""
    value = orjson.loads(answer["checkpoint"][0])
    change(value)
    text = dumps(value)
    answer["checkpoint"] = [text.decode(), b64(by.sign("checkpoint", text))]
    return answer


def test_a_shorter_log_under_a_good_signature(agency: Agency, pair: tuple[Rig, Rig, str]) -> None:
    authority = agency.server.keys.authority

    def shorten(answer: Answer) -> Answer:
        def change(value: dict[str, Any]) -> None:
            value["heads"]["org"] = [1, "0" * 64]

        answer["feeds"], answer["entries"] = {}, []
        answer["receipts"]["own"] = {}
        return resigned(answer, authority, change)

    lied_to(pair[0], shorten, "is shorter than")
    assert pair[0].audited("history_differs") >= 1


def test_another_head_at_the_same_number(agency: Agency, pair: tuple[Rig, Rig, str]) -> None:
    authority = agency.server.keys.authority
    number = pair[0].cursors()["org"][0]

    def fork(answer: Answer) -> Answer:
        answer["feeds"], answer["entries"] = {}, []
        answer["receipts"]["own"] = {}
        return resigned(answer, authority, lambda value: value["heads"].update(org=[number, "ab" * 32]))

    lied_to(pair[0], fork, "does not agree with")


def test_an_epoch_that_goes_back(agency: Agency, pair: tuple[Rig, Rig, str]) -> None:
    def back(answer: Answer) -> Answer:
        answer["epoch"] = 0
        return resigned(answer, agency.server.keys.authority, lambda value: value.update(epoch=0))

    lied_to(pair[0], back, "is older than")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(org="00" * 32),
        lambda value: value.update(device="01999999-0000-7000-8000-000000000000"),
    ],
    ids=["organisation", "laptop"],
)
def test_a_checkpoint_for_somebody_else(
    agency: Agency, pair: tuple[Rig, Rig, str], change: Callable[[dict[str, Any]], None]
) -> None:
    lied_to(
        pair[0],
        lambda answer: resigned(answer, agency.server.keys.authority, change),
        "could not show that it belongs to your organisation",
    )


@pytest.mark.parametrize(
    "bend",
    [
        lambda answer: resigned(answer, Identity.generate(), lambda value: None),
        lambda answer: answer | {"checkpoint": None},
        lambda answer: answer | {"checkpoint": [answer["checkpoint"][0], "AAAA"]},
        lambda answer: {k: v for k, v in answer.items() if k != "checkpoint"},
    ],
    ids=["other key", "none", "short signature", "left out"],
)
def test_a_checkpoint_that_the_authority_did_not_sign(
    pair: tuple[Rig, Rig, str], bend: Callable[[Answer], Answer]
) -> None:
    lied_to(pair[0], bend, "could not show that it belongs to your organisation")


def _page(answer: Answer) -> tuple[str, dict[str, Any]]:
    return next((name, page) for name, page in answer["feeds"].items() if page["rows"])


def drop_a_row(answer: Answer) -> Answer:
    _, page = _page(answer)
    page["rows"].pop()
    return answer


def swap_hash(answer: Answer) -> Answer:
    _, page = _page(answer)
    page["rows"][0][1] = "cd" * 32
    return answer


def swap_head(answer: Answer) -> Answer:
    _, page = _page(answer)
    page["cursor"][2] = "cd" * 32
    return answer


def hide_behind_a_right_chain(answer: Answer) -> Answer:
    """Replace a row and chain on correctly: only the signed checkpoint tells."""
    name, page = _page(answer)
    first = page["cursor"][1] - len(page["rows"]) + 1
    head = _HEADS[name]
    page["rows"][0][1] = "cd" * 32
    for at, (op, what) in enumerate(page["rows"], first):
        head = next_head(head, row_hash(name, at, op, what))
    page["cursor"][2] = head
    return answer


_HEADS: dict[str, str] = {}


@pytest.mark.parametrize(
    ("bend", "words"),
    [
        (drop_a_row, "leaves a gap in"),
        (swap_hash, "does not agree with"),
        (swap_head, "does not agree with"),
        (hide_behind_a_right_chain, "does not agree with"),
    ],
)
def test_rows_that_do_not_chain(
    pair: tuple[Rig, Rig, str], bend: Callable[[Answer], Answer], words: str
) -> None:
    _HEADS.update({name: head for name, (_, head) in pair[0].cursors().items()})
    lied_to(pair[0], bend, words)


@pytest.mark.parametrize(
    "bend",
    [
        lambda answer: {"now": answer["now"]},
        lambda answer: answer | {"feeds": {"team:x": 5}},
        lambda answer: answer | {"feeds": {"team:x": {"rows": [["add"]], "cursor": [1, 1, "aa" * 32]}}},
        lambda answer: answer | {"receipts": {"accepted": [[0, 99]], "exceptions": [], "own": {}, "audit": 0,
                                              "drafts": []}, "feeds": {}},
        lambda answer: answer | {"receipts": {"accepted": [], "exceptions": [[0, "blessed", ""]], "own": {},
                                              "audit": 0, "drafts": []}, "feeds": {}},
        lambda answer: answer | {"now": "yesterday"},
    ],
    ids=["bare", "page", "row", "position", "state", "now"],
)  # fmt: skip
def test_an_answer_that_is_none(pair: tuple[Rig, Rig, str], bend: Callable[[Answer], Answer]) -> None:
    rig = pair[0]
    mine = rig.contact(pair[2], "mine")
    cursors = rig.cursors()
    rig.line.bend = bend
    status = rig.sync()
    assert status.message
    assert rig.state(mine) == "unsent"
    assert rig.cursors() == cursors
    rig.line.bend = None
    assert rig.sync().message == ""


def forged(real: Entry, signer: Identity, **changes: Any) -> Entry:
    """Return an entry like a real one, changed and signed by somebody else."""
    bare = Entry.made(replace(real.envelope, **changes))
    return Entry(bare.hash, bare.data, signer.sign("entry", bare.data), bare.envelope)


def smuggle(entry: Entry) -> Callable[[Answer], Answer]:
    """Put an entry among those that an answer brings."""

    def bend(answer: Answer) -> Answer:
        answer["entries"] = [[entry.data.decode(), b64(entry.signature), 1], *answer["entries"]]
        return answer

    return bend


def test_an_entry_signed_by_nobody_is_not_taken_and_said(pair: tuple[Rig, Rig, str]) -> None:
    ana, ben, client = pair
    real = ben.contact(client)
    bad = forged(real, Identity.generate(), id=uuid7(7))
    ana.line.bend = smuggle(bad)
    status = ana.sync()
    assert not ana.has(bad)
    assert "could not be verified" in status.message
    assert ana.audited("unverified") == 1
    ana.line.bend = None
    assert ana.sync().message == ""


def test_an_entry_in_a_colleagues_name_under_ones_own_key_is_not_taken(pair: tuple[Rig, Rig, str]) -> None:
    ana, ben, client = pair
    real = ben.contact(client)
    author = Author(ana.staff, "Ana Alvarez", "", "clinician")
    bad = forged(real, ben.identity, id=uuid7(7), author=author)
    ana.line.bend = smuggle(bad)
    ana.sync()
    assert not ana.has(bad)


def test_a_certificate_that_the_authority_did_not_sign_admits_nobody(pair: tuple[Rig, Rig, str]) -> None:
    ana, ben, client = pair
    thief = Identity.generate()
    with ana.store.reading() as rx:
        row = rx.one("SELECT record FROM entry WHERE kind = 'certificate' ORDER BY seq DESC LIMIT 1")
        assert row is not None
        real = rx.entries(row[0])[0]
    device = uuid7(9)
    body = {"set": {"staff": ben.staff, "public": thief.public.hex(), "label": "false laptop"}}
    certificate = forged(real, thief, id=device, body=body)
    said = forged(ben.contact(client), thief, id=uuid7(8), device=device)

    def bend(answer: Answer) -> Answer:
        return smuggle(certificate)(smuggle(said)(answer))

    ana.line.bend = bend
    assert "2 entries" in ana.sync().message
    assert not ana.has(certificate)
    assert not ana.has(said)


def test_an_entry_of_another_organisation_is_not_taken(pair: tuple[Rig, Rig, str]) -> None:
    ana, ben, client = pair
    bad = forged(ben.contact(client), ben.identity, id=uuid7(7), org="00" * 32)
    ana.line.bend = smuggle(bad)
    ana.sync()
    assert not ana.has(bad)


def test_a_signed_body_that_would_break_the_fold_does_not_stop_the_rest(pair: tuple[Rig, Rig, str]) -> None:
    ana, ben, client = pair
    bad = forged(ben.contact(client), ben.identity, id=uuid7(7), body={"set": [1, 2]})
    ana.line.bend = smuggle(bad)
    ana.sync()
    assert not ana.has(bad)
    assert ana.cursors()[f"team:{ana.agency.team}"][0] == 2


def test_an_altered_entry_is_fetched_again_and_shown_only_when_it_is_right(
    pair: tuple[Rig, Rig, str],
) -> None:
    ana = pair[0]

    def alter(answer: Answer) -> Answer:
        for one in answer["entries"]:
            one[0] = one[0].replace('"news"', '"lies"')
        return answer

    ana.line.bend = alter
    status = ana.sync()
    assert "could not be verified" in status.message
    assert len(ana.shown()) == 1
    ana.line.bend = None
    assert ana.sync().message == ""
    assert len(ana.shown()) == 2
    before = len(ana.line.requests)
    ana.sync()
    assert all(not r["want"] for r in ana.line.requests[before:])


def test_a_server_that_always_promises_more_is_left_alone(agency: Agency, pair: tuple[Rig, Rig, str]) -> None:
    ana = pair[0]
    agency.settle(ana)

    def promise(answer: Answer) -> Answer:
        if not answer.get("unchanged"):
            number, head = ana.cursors()["org"]
            answer["feeds"] = {"org": {"rows": [], "cursor": [answer["epoch"], number, head], "more": True}}
        return answer

    ana.contact(pair[2])
    before = len(ana.line.requests)
    ana.line.bend = promise
    ana.sync()
    assert len(ana.line.requests) - before < 10


def test_409_without_end_stops(pair: tuple[Rig, Rig, str]) -> None:
    ana = pair[0]
    mine = ana.contact(pair[2])
    body = orjson.dumps({"feed": "org", "epoch": 1, "number": 0, "head": "ab" * 32})
    ana.line.instead = lambda *_: (409, {}, body)
    status = ana.sync()
    assert "does not settle" in status.message
    assert ana.state(mine) == "unsent"
    ana.line.instead = None
    assert ana.sync().pending == 0
    assert ana.sync().message == ""


def test_a_server_that_forgets_what_it_lets_wait_is_not_asked_for_ever(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a planted bug found: one round went on offering the same entry without end."""
    monkeypatch.setattr(Push, "_keep_waiting", lambda self, offer, verdict: None)
    ana = agency.laptop("Ana Alvarez")
    fay = agency.laptop("Fay Far", team=agency.other_team)
    client = ana.client("Lee, Kim")
    agency.settle()
    change = fay.change(client, {"housing_status": "shelter"})
    before = len(fay.line.requests)
    status = fay.sync()
    assert len(fay.line.requests) - before < 12
    assert "could not be sent" in status.message
    assert fay.state(change) == "unsent"
    monkeypatch.undo()
    fay.sync()
    assert fay.state(change) == "quarantined"
