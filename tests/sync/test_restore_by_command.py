"""A server restored by `server restore` from a real backup: laptops bring everything back and agree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fieldapp.server import admin, backup, restore
from fieldapp.server.proof import verify
from fieldapp.server.tables import device
from tests.sync.sync_world import Agency


def restored(agency: Agency, made: backup.Made) -> restore.Restored:
    """Stop the server, restore, and serve again."""
    agency.server.close()
    done = restore.restore(agency.folder / "server", made.path, "test", now_ms=agency.clock.now_ms)
    agency.start()
    return done


def test_restore_and_laptops_lose_nothing_and_agree(agency: Agency) -> None:
    rigs = [agency.laptop(f"Person {n}") for n in range(3)]
    client = rigs[0].client("Lee, Kim")
    agency.settle()
    made = backup.make(agency.folder / "server", now_ms=agency.clock.now_ms)
    agency.clock.move(days=1)
    late = agency.laptop("Enrolled After")
    rigs.append(late)
    written = []
    for rig in rigs:
        rig.sync()
        written += [rig.contact(client, "after the backup"), rig.note(client, "A note after the backup.")]
        written.append(rig.change(client, {"pharmacy": f"Pharmacy of {rig.author.name}"}))
    agency.settle()
    before = agency.stored()
    shown = [rig.shown() for rig in rigs]
    unsent = rigs[1].contact(client, "never sent before the restore")
    agency.clock.move(hours=1)
    done = restored(agency, made)
    assert done.lack is not None
    assert done.lack.entries == len(before - agency.stored()) > len(written)
    # The administrator works before any laptop has come back.
    new = agency.person("Hired After The Restore")
    for _ in range(3):
        for rig in rigs:
            rig.sync()
    agency.settle()
    assert before | {unsent.hash} <= agency.stored()
    for rig, was in zip(rigs, shown, strict=True):
        assert set(rig.states()) == {"confirmed"}
        assert {record: rig.shown()[record] for record in was if record != unsent.envelope.id} == was
        assert rig.meta("epoch") == "2"
        assert rig.has(unsent)
    assert rigs[0].shown() == rigs[1].shown() == rigs[2].shown() == rigs[3].shown()
    with agency.server.database.reading() as rx:
        assert not rx.execute(select(device.c.id).where(device.c.forked)).all()
    assert verify(agency.folder / "server").problems == []
    assert agency.rig(new).shown() == rigs[0].shown()
    assert any(line.name == "Enrolled After" for line in admin.staff_list(agency.server))


def test_a_backup_in_the_middle_of_a_round_is_a_good_place_to_come_back_to(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    ana.contact(client, "one")
    ana.note(client, "two")
    made: list[backup.Made] = []

    def copy(_: dict[str, Any]) -> None:
        if len(made) < 2:
            made.append(backup.make(agency.folder / "server", now_ms=agency.clock.now_ms))
            agency.clock.move(minutes=1)

    ana.line.before = copy
    agency.settle()
    ana.line.before = None
    before = agency.stored()
    for one in made:
        agency.clock.move(minutes=1)
        restored(agency, one)
        for rig in (ana, ben):
            rig.sync()
        agency.settle()
        assert before <= agency.stored()
        assert ana.shown() == ben.shown()
        assert verify(agency.folder / "server").ok
