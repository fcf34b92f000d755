"""The server comes back from yesterday's backup: every laptop offers again what it holds, exactly once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from fieldapp.server import admin
from fieldapp.server.tables import entry, feed_row
from tests.sync.sync_world import Agency


def copies(agency: Agency) -> tuple[int, int]:
    """Return (entries, different entries) in all rows `add`."""
    with agency.server.database.reading() as rx:
        found = rx.execute(
            select(func.count(), func.count(func.distinct(feed_row.c.feed + feed_row.c.what))).where(
                feed_row.c.op == "add"
            )
        ).one()
    return int(found[0]), int(found[1])


@pytest.mark.parametrize("announce", [True, False])
def test_four_laptops_bring_everything_back_without_duplicates(agency: Agency, announce: bool) -> None:
    rigs = [agency.laptop(f"Person {n}") for n in range(4)]
    client = rigs[0].client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    agency.clock.move(days=3)
    lost = []
    for rig in rigs:
        lost += [rig.contact(client, "lost to the server"), rig.note(client, "A note after the backup.")]
        lost.append(rig.change(client, {"pharmacy": f"Pharmacy of {rig.author.name}"}))
    agency.settle()
    shown = [rig.shown() for rig in rigs]
    agency.restore(backup, announce=announce)
    assert not {one.hash for one in lost} & agency.stored()
    messages = [rig.sync().message for rig in rigs]
    for rig in rigs:
        rig.sync()
    assert {one.hash for one in lost} <= agency.stored()
    assert copies(agency)[0] == copies(agency)[1]
    assert [rig.shown() for rig in rigs] == shown
    for rig in rigs:
        assert set(rig.states()) == {"confirmed"}
        assert rig.meta("epoch") == ("2" if announce else "1")
    assert any(messages) is not announce
    common = set.intersection(*(set(rig.cursors()) for rig in rigs))
    assert len({tuple(sorted((f, rig.cursors()[f]) for f in common)) for rig in rigs}) == 1


def test_an_unannounced_restore_is_said_in_words_and_in_the_audit(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    ana.contact(client)
    agency.settle()
    agency.restore(backup, announce=False)
    status = ana.sync()
    assert "had lost something" in status.message
    assert status.pending == 0
    assert ana.audited("history_shorter") == 1
    assert ana.sync().message == ""


def test_others_entries_come_back_from_a_laptop_that_read_them(agency: Agency) -> None:
    """The author's laptop is gone; a colleague's brings the note back, under the author's signature."""
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    note = ana.note(client, "Only Ana could have written this.")
    agency.settle()
    agency.restore(backup, announce=True)
    ben.sync()
    ben.sync()
    assert note.hash in agency.stored()
    with agency.server.database.reading() as rx:
        assert rx.execute(select(entry.c.author).where(entry.c.hash == note.hash)).scalar_one() == ana.staff
    assert ben.state(note) == "confirmed"


@pytest.mark.parametrize("waiting", [False, True])
def test_what_was_confirmed_but_not_yet_seen_in_a_feed_is_offered_again(
    agency: Agency, waiting: bool
) -> None:
    """Accepted, the receipt stored, the round cut before the row came; then the server loses the entry.

    An older entry that waits for a decision, maybe for weeks, kept the laptop from looking (a simulated history).
    """
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    strange = None
    if waiting:
        mia = agency.laptop("Mia Moss", team=agency.other_team)
        theirs = mia.client("Moe, Max", team=agency.other_team)
        agency.settle()
        strange = ana.change(theirs, {"pharmacy": "Pharmacy on Hoyt"})
    backup = agency.backup()

    def receipts_then_cut(answer: dict[str, Any]) -> dict[str, Any]:
        answer["receipts"]["own"] = {}
        number, head = ana.cursors()["org"]
        answer["feeds"] = {"org": {"rows": [], "cursor": [answer["epoch"], number, head], "more": True}}
        ana.line.down = True
        return answer

    contact = ana.contact(client)
    ana.line.bend = receipts_then_cut
    ana.sync()
    assert ana.state(contact) == "confirmed"
    ana.line.down = False
    ana.line.bend = None
    agency.restore(backup, announce=False)
    assert contact.hash not in agency.stored()
    # The cursor agrees with the restored server, so nothing but this tells the laptop.
    ana.sync()
    assert contact.hash in agency.stored()
    if strange is not None:
        assert ana.state(strange) == "quarantined"
        ana.sync()
    before = len(ana.line.requests)
    ana.sync()
    assert len(ana.line.requests) - before == 1


def test_what_waited_on_the_server_is_sent_again(agency: Agency) -> None:
    ana, mia = agency.laptop("Ana Alvarez"), agency.laptop("Mia Moss", team=agency.other_team)
    client = ana.client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    change = mia.change(client, {"housing_status": "shelter"})
    mia.sync()
    assert mia.state(change) == "quarantined"
    agency.restore(backup, announce=True)
    before = len(mia.line.requests)
    mia.sync()
    sent = {text for request in mia.line.requests[before:] for text, _ in request["entries"]}
    assert change.data.decode() in sent
    assert mia.state(change) == "quarantined"


def test_unsent_work_goes_out_after_a_restore_like_any_other(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    for n in range(3):
        ana.contact(client, f"sent {n}")
    ana.sync()
    unsent = [ana.contact(client, f"unsent {n}") for n in range(3)]
    agency.restore(backup, announce=True)
    agency.settle(ana, ben)
    assert {one.hash for one in unsent} <= agency.stored()
    assert ana.shown() == ben.shown()


def test_a_server_emptied_to_the_start_gets_all_of_it_back(agency: Agency) -> None:
    """Cursor mismatch down to number 0: `org` was never lost, clients were."""
    ana = agency.laptop("Ana Alvarez")
    backup = agency.backup()
    client = ana.client("Lee, Kim")
    ana.plan(client, "not sleeping")
    agency.settle()
    agency.restore(backup, announce=False)
    ana.sync()
    assert set(ana.states()) == {"confirmed"}
    with ana.store.reading() as rx:
        own = {h for (h,) in rx.all("SELECT hash FROM entry WHERE own = 1")}
    assert own <= agency.stored()
    # Somebody enrolled now gets the plan like everybody else.
    assert agency.laptop("Ben Brook").shown() == ana.shown()


def test_a_backup_from_before_the_last_restore_put_back_in_silence_is_an_alarm_and_no_dead_end(
    agency: Agency,
) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    old = agency.backup()
    agency.restore(agency.backup(), announce=True)
    made = ana.contact(client)
    agency.settle()
    assert ana.meta("epoch") == "2"
    agency.restore(old, announce=False)
    later = ana.contact(client)
    assert "had lost something" in ana.sync().message
    ben.sync()
    agency.settle()
    assert {made.hash, later.hash} <= agency.stored()
    assert ana.meta("epoch") == "1"
    assert ana.shown() == ben.shown()


def test_a_laptop_that_was_withdrawn_brings_back_its_own_work(agency: Agency) -> None:
    """It hears of no feed any more, so its confirmed work stayed off the restored server (a simulated history).

    What a withdrawn laptop brings is for the supervisor to decide; nothing of it is lost.
    """
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    backup = agency.backup()
    note = ana.note(client, "Written down before the laptop was lost.")
    agency.settle()
    assert ana.state(note) == "confirmed"
    agency.restore(backup, announce=True)
    admin.revoke(agency.server, ana.device)
    status = ana.sync()
    assert "withdrawn" in status.message
    ana.sync()
    assert ana.state(note) == "quarantined"
