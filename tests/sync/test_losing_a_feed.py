"""Leaving a team, clients that move, ages: what goes from a laptop, what stays, and what comes back by hash."""

from __future__ import annotations

import orjson

from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin
from fieldapp.store import feeds
from fieldapp.store.tables import DraftRow
from tests.sync.sync_world import Agency, Rig


def days(agency: Agency, rig: Rig, count: int) -> None:
    """Let days pass with a round on each, so that checkpoints of different days cover what is there."""
    for _ in range(count):
        agency.clock.move(days=1)
        assert rig.sync().message == ""


def move_to(agency: Agency, rig: Rig, team: str) -> None:
    """Make somebody a member of another team only."""
    admin.change_staff(
        agency.server, rig.staff,
        {"memberships": {"m9": {"role": "clinician", "program": agency.program, "team": team},
                         "m1": {"role": "clinician", "program": agency.program, "team": agency.team,
                                "until": "2026-11-20"}}},
    )  # fmt: skip


def visible_day(rig: Rig) -> str:
    """Let something happen that makes the next round carry a checkpoint."""
    return rig.meta("covered_day")


def test_notes_of_a_team_that_one_left_go_once_two_checkpoints_cover_them(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    note, plan = ana.note(client, "The nights are long."), ana.plan(client, "not sleeping")
    agency.settle()
    for _ in range(2):
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
        ana.contact(client)
        agency.settle()
    assert ben.has(note)
    move_to(agency, ben, agency.other_team)
    ben.sync()
    assert not ben.has(note)
    assert ben.has(plan), "the program's cards stay: they are read through the on-call feed"
    with ben.store.reading() as rx:
        ended = {feed.name for feed in rx.feeds() if feed.ended}
        assert rx.value("SELECT count(*) FROM place WHERE hash = ?", note.hash) == 1, "the row stays"
        assert rx.search("nights") == []
    assert ended == {f"team:{agency.team}", f"notes:{agency.team}"}
    assert ben.sync().message == ""


def test_what_no_two_checkpoints_cover_stays(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    note = ana.note(ana.client("Lee, Kim"), "The nights are long.")
    agency.settle()
    move_to(agency, ben, agency.other_team)
    ben.sync()
    assert ben.has(note)


def test_ones_own_entries_unsent_work_and_drafts_stay(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    first, second, third = (ana.client(f"Client {n}") for n in range(3))
    notes = {client: ana.note(client, f"About {n}.") for n, client in enumerate((first, second, third))}
    agency.settle()
    own = ben.note(first, "Ben was there too.")
    for _ in range(2):
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
        ana.contact(first)
        agency.settle()
    unsent = ben.note(second, "Not sent yet.")
    with ben.store.writing() as tx:
        tx.put_draft(
            DraftRow(id=uuid7(1), record=uuid7(2), kind="note", client=third, device=ben.device, meaning="sign",
                     prev=b"[]", base=b"{}", body=orjson.dumps({"format": "DAP"}), created_ms=1, updated_ms=1)
        )  # fmt: skip
    move_to(agency, ben, agency.other_team)
    ben.line.bend = lambda answer: answer | {"receipts": answer["receipts"] | {"accepted": [], "exceptions": [],
                                                                              "own": {}}}  # fmt: skip
    ben.sync()
    assert ben.state(unsent) == "unsent"
    assert ben.has(own), "one's own stays for ninety days"
    assert ben.has(notes[second]), "unsent work hangs on this client"
    assert ben.has(notes[third]), "a draft hangs on this client"
    assert not ben.has(notes[first])
    ben.line.bend = None
    ben.sync()
    # Service before the end of the membership: it is the supervisor's to decide, never lost.
    assert ben.state(unsent) in ("confirmed", "quarantined")
    assert ben.has(unsent)


def test_coming_back_to_a_team_brings_back_what_went(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    for _ in range(2):
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
        ana.contact(client)
        agency.settle()
    move_to(agency, ben, agency.other_team)
    ben.sync()
    assert not ben.has(note)
    meanwhile = ana.note(client, "Written while Ben was away.")
    ana.sync()
    admin.change_staff(
        agency.server, ben.staff,
        {"memberships": {"m10": {"role": "clinician", "program": agency.program, "team": agency.team}}},
    )  # fmt: skip
    ben.sync()
    ben.sync()
    assert ben.has(note)
    assert ben.has(meanwhile)
    assert ben.view(client).get("legal_name") == "Lee, Kim"
    assert {r: d for r, d in ben.shown().items() if r in ana.shown()} == ana.shown()


def test_absence_from_the_list_of_feeds_means_nothing(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    note = ana.note(ana.client("Lee, Kim"), "The nights are long.")
    agency.settle()
    ben.contact(note.envelope.client or "")
    ben.line.bend = lambda answer: answer | {"feed_list": ["org"], "ended": []}
    ben.sync()
    with ben.store.reading() as rx:
        assert not any(feed.ended for feed in rx.feeds())
    assert ben.has(note)


def test_a_client_that_moves_leaves_the_old_team_and_reaches_the_new_one(agency: Agency) -> None:
    boss = agency.laptop("Sue Sato", role="supervisor")
    ana, mia = agency.laptop("Ana Alvarez"), agency.laptop("Mia Moss", team=agency.other_team)
    tim = agency.laptop("Tim Tran", role="tech")
    client = ana.client("Lee, Kim")
    note = ana.note(client, "The nights are long.")
    agency.settle()
    for _ in range(2):
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
        ana.contact(client)
        agency.settle()
    boss.entry(
        "move", one_per(client, "move"),
        {"set": {"to_program": agency.program, "to_team": agency.other_team, "reason": "moved house"}},
        client=client,
    )  # fmt: skip
    agency.settle()
    assert mia.has(note)
    assert not tim.has(note)
    assert ana.has(note), "her own work stays with its author"
    assert tim.sync().message == ""
    later = mia.note(client, "First visit by the new team.")
    agency.settle()
    assert not tim.has(later)
    with tim.store.reading() as rx:
        assert rx.value("SELECT count(*) FROM place WHERE op = 'leave'") >= 1


def test_a_new_reader_starts_at_the_floor_and_fetches_older_notes_by_hash(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    old = [ana.note(client, f"Old note {n}.") for n in range(5)]
    agency.settle()
    agency.clock.move(days=200)
    ana.clock.at_ms = agency.clock.at_ms
    recent = ana.note(client, "Recent note.")
    agency.settle()
    late = agency.laptop("Cara Late")
    assert late.enrolled.message == ""
    assert late.has(recent)
    assert not any(late.has(one) for one in old)
    with late.store.reading() as rx:
        stubs = {row[0] for row in rx.all("SELECT hash FROM stub")}
    assert stubs == {one.hash for one in old}
    # Every row below the floor is known, although no entry came.
    with late.store.reading() as rx:
        listed = rx.value("SELECT count(*) FROM place WHERE feed = ? AND number > 0", f"notes:{agency.team}")
    assert listed == 6
    with late.store.writing() as tx:
        feeds.want(tx, [old[2].hash], late.clock.now_ms())
    status = late.sync()
    assert (status.message, status.pulled) == ("", 1)
    assert late.has(old[2])
    assert not late.has(old[3])
    with late.store.reading() as rx:
        assert old[2].hash not in {row[0] for row in rx.all("SELECT hash FROM stub")}
    before = len(late.line.requests)
    late.sync()
    assert len(late.line.requests) - before == 1
    assert late.cursors()[f"notes:{agency.team}"] == ana.cursors()[f"notes:{agency.team}"]


def test_a_laptop_with_a_floor_survives_a_restored_server(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    for n in range(4):
        ana.note(client, f"Old note {n}.")
    agency.settle()
    agency.clock.move(days=200)
    ana.clock.at_ms = agency.clock.at_ms
    ana.note(client, "Recent note.")
    agency.settle()
    late = agency.laptop("Cara Late")
    backup = agency.backup()
    lost = late.note(client, "Lost to the server.")
    agency.settle()
    agency.restore(backup, announce=True)
    late.sync()
    late.sync()
    assert lost.hash in agency.stored()
    ana.sync()
    assert ana.has(lost)
    assert late.cursors()[f"notes:{agency.team}"] == ana.cursors()[f"notes:{agency.team}"]
