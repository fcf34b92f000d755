"""Check 18: a psychotherapy note is its author's alone: absent from search, counts, Review and every other laptop."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.server import admin
from fieldapp.server.tables import entry, feed_row
from fieldapp.store.read.record import NotHere
from tests.acceptance.field import Field
from tests.sync.sync_world import PASSPHRASE, Rig

KIND = "psychotherapy_note"
WORDS = "What the xylophone dream may mean for the transference."


def kept(field: Field) -> None:
    """Have the program keep such notes; it does not by itself."""
    admin.change_program(field.agency.server, field.agency.program, {"settings": {"psychotherapy_notes": 1}})


def written(laptop: Laptop, client: str) -> str:
    """Sign a psychotherapy note; returns its record."""
    laptop.reauthenticate(PASSPHRASE)
    draft = laptop.start(KIND, client, None, {"on": "2026-11-22", "text": WORDS})
    laptop.submit(draft.id)
    return draft.record


def facts(laptop: Laptop, record: str) -> int:
    """Return how many rows of lists and metrics a record has."""
    with laptop._open().reading() as asking:
        return int(asking.rx.value("SELECT count(*) FROM fact WHERE record = ?", record))


def people(field: Field) -> tuple[Rig, Rig, Rig, str]:
    """Return the author's laptop, another one of theirs, the supervisor's, and a client whom all know."""
    ana = field.enrolled("Ana Alvarez")
    again, boss = field.agency.rig(ana.staff), field.enrolled("Sam Super", "supervisor")
    client = ana.client("Okafor, Ada")
    kept(field)
    field.agency.settle()
    return ana, again, boss, client


def test_check_18_only_the_author_has_it_and_nothing_finds_or_counts_it(field: Field) -> None:
    ana_rig, again_rig, boss_rig, client = people(field)
    ben_rig = field.enrolled("Ben Brook")
    field.agency.settle()
    ana, again, boss, ben = (field.laptop(rig) for rig in (ana_rig, again_rig, boss_rig, ben_rig))
    record = written(ana, client)
    field.exchange(ana, again, boss, ben)
    # The author has it, on each of their laptops.
    for mine in (ana, again):
        assert mine.record(record).values["text"] == WORDS
        (row,) = mine.timeline(client, 0, 9, (KIND,))
        assert "xylophone" not in row.title + row.text
        assert mine.search("xylophone") == ()
        assert facts(mine, record) == 0
    # Nobody else does, not even that there is one.
    for other in (boss, ben):
        assert other.timeline(client, 0, 9, (KIND,)) == ()
        assert other.search("xylophone") == ()
        with pytest.raises(NotHere):
            other.record(record)
        assert [line for line in other.review() if record in (line.record, line.other)] == []
        assert other.quarantine() == ()
    with field.agency.server.database.reading() as rx:
        hashes = set(rx.execute(select(entry.c.hash).where(entry.c.record == record)).scalars())
        feeds = set(rx.execute(select(feed_row.c.feed).where(feed_row.c.what.in_(hashes))).scalars())
    assert feeds == {f"staff:{ana.me.staff}"}


def test_check_18_its_draft_is_nobodys_business_either(field: Field) -> None:
    ana_rig, _, boss_rig, client = people(field)
    ana, boss = field.laptop(ana_rig), field.laptop(boss_rig)
    ana.start(KIND, client, None, {"text": WORDS})
    for rig in (ana_rig, boss_rig):
        rig.clock.move(minutes=60 * 24 * 9)
    field.agency.clock.move(minutes=60 * 24 * 9)
    field.exchange(ana, boss)
    assert [line for line in boss.review() if line.kind == KIND] == []


def test_check_18_a_program_that_keeps_none_and_roles_without_the_right_write_none(field: Field) -> None:
    ana_rig = field.enrolled("Ana Alvarez")
    tech_rig = field.enrolled("Tom Tech", "tech")
    client = ana_rig.client("Okafor, Ada")
    field.agency.settle()
    ana = field.laptop(ana_rig)
    with pytest.raises(NotReady, match="does not keep psychotherapy notes"):
        written(ana, client)
    kept(field)
    tech = field.laptop(tech_rig)
    field.exchange(tech)
    with pytest.raises((NotAllowed, NotReady)):
        written(tech, client)


def test_check_18_nobody_reviews_it_and_it_waits_for_no_supervisor(field: Field) -> None:
    ana_rig, _, _, client = people(field)
    ana = field.laptop(ana_rig)
    record = written(ana, client)
    assert ana.record(record).status == "final"
    with pytest.raises(NotAllowed):
        ana.cosign(ana.record(record).heads[0])
