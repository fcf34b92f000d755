"""A laptop below the version that may write keeps what is written on it, goes on reading, and sends after its update."""

from __future__ import annotations

from typing import Any

import pytest

import fieldapp
from fieldapp.server import writers
from fieldapp.sync.plan import Memory, Plan
from tests.sync.sync_world import Agency, Rig


def _updated(patch: pytest.MonkeyPatch, version: str) -> None:
    patch.setattr(fieldapp, "__version__", version)


def test_what_a_laptop_below_it_writes_stays_until_the_update_and_is_then_sent(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    writers.set_lowest(agency.server, "2.0")
    _updated(monkeypatch, "1.9.3")
    status = ana.sync()
    assert (status.app_too_old, status.message, status.reached) == ("2.0", "", True)
    contacts = [ana.contact(client) for _ in range(3)]
    for _ in range(2):
        status = ana.sync()
        assert (status.app_too_old, status.pending, status.message) == ("2.0", 3, "")
    assert not agency.stored() & {one.hash for one in contacts}
    assert not ana.line.requests[-1]["entries"], "nothing is sent that would not be taken"

    _updated(monkeypatch, "2.0.0")
    with ana.store.reading() as rx:
        from fieldapp.store.read.status import sync_status

        assert sync_status(rx).app_too_old == "", "an updated app says so before it reaches the server"
    heard = ben.contact(client)
    ben.sync()
    status = ana.sync()
    assert (status.app_too_old, status.pending) == ("", 0)
    assert {ana.state(one) for one in contacts} == {"confirmed"}
    agency.settle()
    assert ben.shown() == ana.shown()
    assert ana.has(heard)


def test_reading_goes_on_below_it(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    _updated(monkeypatch, "2.0")
    client = ben.client("Lee, Kim")
    writers.set_lowest(agency.server, "2.0")
    ben.sync()
    _updated(monkeypatch, "1.0")
    waits = ana.contact(ana.client("Moe, Al"))
    assert ana.sync().app_too_old == "2.0"
    assert ana.view(client).get("legal_name") == "Lee, Kim"
    assert ana.state(waits) == "unsent"


def test_a_laptop_that_has_not_heard_of_it_keeps_what_the_server_did_not_take(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = agency.laptop("Ana Alvarez")
    contact = ana.contact(ana.client("Lee, Kim"))
    writers.set_lowest(agency.server, "2.0")
    _updated(monkeypatch, "1.0")
    status = ana.sync()
    assert (status.pending, status.message, status.app_too_old) == (2, "", "2.0")
    assert len(ana.line.requests[-1]["entries"]) in (0, 2)
    assert contact.hash not in agency.stored()
    _updated(monkeypatch, "2.0")
    assert ana.sync().pending == 0
    assert contact.hash in agency.stored()


def test_an_app_that_knows_nothing_of_it_loses_nothing_either(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a laptop of before would: it sends again and again, and is given no receipt."""
    ana = agency.laptop("Ana Alvarez")
    contacts = [ana.contact(ana.client(f"Client {n}")) for n in range(3)]
    writers.set_lowest(agency.server, "2.0")
    ana.line.bend = lambda answer: {name: value for name, value in answer.items() if name != "lowest_app"}
    for _ in range(3):
        assert ana.sync().pending == 6
    assert not agency.stored() & {one.hash for one in contacts}
    writers.set_lowest(agency.server, None)
    assert ana.sync().pending == 0
    assert {ana.state(one) for one in contacts} == {"confirmed"}


def test_what_is_let_write_again_goes_in_the_same_round(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = agency.laptop("Ana Alvarez")
    writers.set_lowest(agency.server, "2.0")
    ana.contact(ana.client("Lee, Kim"))
    assert ana.sync().pending == 2
    writers.set_lowest(agency.server, None)
    status = ana.sync()
    assert (status.pending, status.app_too_old) == (0, "")


def test_drafts_and_audit_events_are_taken_from_every_version(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    writers.set_lowest(agency.server, "2.0")
    with ana.store.writing() as tx:
        tx.log("view", "record", None, "ok", ana.clock.now_ms())
    ana.sync()
    with ana.store.reading() as rx:
        assert rx.value("SELECT count(*) FROM audit WHERE sent = 0") == 0


def test_laptops_below_it_are_listed_with_what_they_last_said(agency: Agency) -> None:
    ana: Rig = agency.laptop("Ana Alvarez")
    ana.sync()
    assert writers.lowest(agency.server) == ""
    assert writers.below(agency.server, "") == []
    found = writers.below(agency.server, "9.0")
    assert [(one.label, one.version) for one in found] == [("field laptop", fieldapp.__version__)]
    assert found[0].seen
    assert writers.below(agency.server, fieldapp.__version__) == []


def test_a_request_says_nothing_of_what_may_not_be_sent(agency: Agency) -> None:
    from fieldapp.sync import plan

    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    with ana.store.reading() as rx:
        made: Plan = plan.make(rx, Memory(may_write=False), ana.identity, ana.clock.now_ms())
        assert made.batch == ()
        report: dict[str, Any] = dict(made.report)
        assert report["pending"] == 2, "the desk still sees that something waits there"


def test_a_record_of_a_kind_that_only_newer_versions_know_is_kept_and_shown_after_the_update(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldapp.records.kinds import KINDS
    from fieldapp.store import newer, outbox, projection
    from fieldapp.sync import taken, trust

    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    plan = ana.plan(client, "pacing")
    ana.sync()
    with monkeypatch.context() as older:
        for module in (newer, projection, outbox, taken, trust):
            older.setattr(
                module, "KINDS", {name: kind for name, kind in KINDS.items() if name != "safety_plan"}
            )
        status = ben.sync()
        assert (status.newer, status.message) == (1, "")
        assert ben.has(plan)
        assert plan.envelope.id not in ben.shown()
        ben.contact(client)
        assert ben.sync().pending == 0, "work goes on beside it"
        ben.close()
        ben.open()
        assert ben.sync().newer == 1
    ben.close()
    ben.open()
    assert ben.sync().newer == 0
    ana.sync()
    assert ben.shown() == ana.shown()
    assert plan.envelope.id in ben.shown()


def test_a_field_that_only_newer_versions_know_is_kept_as_it_was_signed(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    contact = ana.contact(ana.client("Lee, Kim"), "seen", field_of_later={"deep": ["x"]})
    agency.settle()
    assert ana.state(contact) == "confirmed"
    ben.change(contact.envelope.id, {"remark": "seen at home"})
    agency.settle()
    for rig in (ana, ben):
        assert rig.view(contact.envelope.id).get("field_of_later") == {"deep": ["x"]}
        assert rig.view(contact.envelope.id).get("remark") == "seen at home"
