"""Somebody puts an older state of the local data back: one page of it, or all of it."""

from __future__ import annotations

from collections import Counter

from fieldapp.errors import DataDamaged
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import instant
from tests.laptop.laptop_world import ANA, HOUR_MS, NOON_MS, PASSPHRASE, World, opened
from tests.sync.sync_world import Agency

PAGE = 4096


def log(laptop: Laptop, client: str, number: int) -> None:
    start = instant(NOON_MS - number * HOUR_MS)
    said = {
        "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "start": start, "stop": start,
        "remark": f"try number {number}",
    }  # fmt: skip
    laptop.submit(laptop.start("contact", client, values=said).id, overrides={"start": "again"})


def read(laptop: Laptop) -> list[tuple[object, ...]]:
    """Return every entry as it is stored, and every view made of them."""
    with opened(laptop).store.reading() as rx:
        entries = [tuple(row) for row in rx.all("SELECT hash, data, signature FROM entry ORDER BY hash")]
        views = [tuple(row) for row in rx.all("SELECT record, data FROM view ORDER BY record")]
    return entries + views


def test_an_older_page_put_back_is_refused_or_told_or_changes_nothing(world: World) -> None:
    """The file's own check does not find an older page; what the laptop noted about its own work does."""
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    for number in range(1, 4):
        log(laptop, client, number)
    laptop.backup()
    place = opened(laptop).place
    laptop.lock()
    old = place.database.read_bytes()
    laptop.unlock(PASSPHRASE)
    for number in range(4, 10):
        log(laptop, client, number)
    expected = read(laptop)
    laptop.lock()
    new = place.database.read_bytes()
    outcomes: Counter[str] = Counter()
    silent = []
    for at in range(0, len(old), PAGE):
        if old[at : at + PAGE] == new[at : at + PAGE]:
            continue
        place.database.write_bytes(new[:at] + old[at : at + PAGE] + new[at + PAGE :])
        try:
            warnings = laptop.unlock(PASSPHRASE).warnings
            if warnings or not laptop.doctor().ok:
                outcomes["told"] += 1
            elif read(laptop) == expected:
                outcomes["nothing changed"] += 1
            else:
                silent.append(at // PAGE + 1)
        except DataDamaged:
            outcomes["refused"] += 1
        laptop.lock()
        for name in ("data.db-wal", "data.db-shm"):
            place.database.with_name(name).unlink(missing_ok=True)
    assert silent == []
    assert outcomes["refused"] + outcomes["told"] > 5


def test_an_older_database_put_back_gets_its_entries_again_and_is_an_alarm(agency: Agency) -> None:
    """It looks like a second copy of the laptop, and to the server it is one until somebody has looked."""
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    database = Vaults(ana.folder).listed()[0].database
    ana.store.close()
    old = database.read_bytes()
    ana.open()
    sent = ana.contact(client, "sent before")
    ana.sync()
    ana.store.close()
    database.write_bytes(old)
    ana.open()
    assert not ana.has(sent)
    ana.sync()
    assert ana.has(sent), "what the server had is here again"
    later = ana.contact(client, "written after")
    assert "in use in two places" in ana.sync().message
    assert ana.state(later) == "confirmed", "the work is taken, whatever it looks like"
    ben.sync()
    assert ben.has(sent)
    assert ben.has(later)


def test_a_cloned_laptop_is_found_when_the_second_copy_first_sends(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    client = ana.client("Lee, Kim")
    agency.settle()
    database = Vaults(ana.folder).listed()[0].database
    ana.store.close()
    clone = database.read_bytes()
    ana.open()
    first = ana.contact(client, "from the laptop")
    assert ana.sync().message == ""
    ana.store.close()
    kept = database.read_bytes()
    database.write_bytes(clone)
    ana.open()
    second = ana.contact(client, "from its copy")
    assert "in use in two places" in ana.sync().message
    ana.store.close()
    database.write_bytes(kept)
    ana.open()
    assert "in use in two places" in ana.sync().message, "both copies are told"
    assert {first.hash, second.hash} <= agency.stored()
