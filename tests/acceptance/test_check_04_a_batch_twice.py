"""Check 4: the same batch sent twice leaves one copy, on the laptop, on the server and with everybody else."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from fieldapp.server.tables import entry, feed_row
from fieldapp.store.read.status import sync_status
from tests.acceptance.field import Field
from tests.sync.sync_world import Agency, Rig


def placed(agency: Agency) -> Counter[tuple[str, str]]:
    """Return how often each entry stands in each feed of the server."""
    with agency.server.database.reading() as rx:
        rows = rx.execute(select(feed_row.c.feed, feed_row.c.what).where(feed_row.c.op == "add")).all()
    return Counter((row.feed, row.what) for row in rows)


def kept(rig: Rig) -> Counter[str]:
    """Return how often each entry stands on a laptop."""
    with rig.store.reading() as rx:
        return Counter(row[0] for row in rx.all("SELECT hash FROM entry"))


@pytest.mark.parametrize(
    "how", ["twice at once", "again after a lost answer", "again after everything was sent"]
)
def test_check_04_the_same_batch_sent_twice_is_one_copy(field: Field, how: str) -> None:
    ana, ben = field.enrolled("Ana Alvarez"), field.enrolled("Ben Brook")
    client = ana.client("Okafor, Ada")
    field.agency.settle()
    made = [ana.contact(client, f"visit {number}").hash for number in range(20)]
    made += [ana.note(client, f"note {number}").hash for number in range(5)]
    if how == "twice at once":
        ana.line.twice = True
    elif how == "again after a lost answer":
        ana.line.lose_replies = 2
        ana.sync()
        ana.sync()
        assert ana.states()["unsent"] == len(made)
    else:
        ana.sync()
        with ana.store.writing() as tx:
            tx.set_states((name, "unsent", "") for name in made)
    field.agency.settle()
    with field.agency.server.database.reading() as rx:
        assert rx.execute(select(entry.c.hash).where(entry.c.hash.in_(made))).all().__len__() == len(made)
    assert set(placed(field.agency).values()) == {1}
    for rig in (ana, ben):
        assert {kept(rig)[name] for name in made} == {1}
    with ana.store.reading() as reading:
        status = sync_status(reading)
    assert (status.pending, status.confirmed_total) == (0, len(made) + 1)
    assert ana.shown() == ben.shown()
