"""What a person keeps ready for their own notes follows to their other laptop, and nobody else reads it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from fieldapp.server.tables import entry, feed_row
from fieldapp.store.read.record import NotHere
from tests.acceptance.field import Field


def test_a_snippet_is_on_each_laptop_of_its_author_and_on_no_other(field: Field) -> None:
    ana_rig, boss_rig, ben_rig = (
        field.enrolled("Ana Alvarez"), field.enrolled("Sam Super", "supervisor"), field.enrolled("Ben Brook"),
    )  # fmt: skip
    again_rig = field.agency.rig(ana_rig.staff)
    field.agency.settle()
    ana, again, boss, ben = (field.laptop(rig) for rig in (ana_rig, again_rig, boss_rig, ben_rig))
    draft = ana.start("snippet", None, None, {"name": "Grounding", "text": "Five things seen."})
    (written,) = ana.submit(draft.id)
    field.exchange(ana, again, boss, ben)
    assert [(line.name, line.text) for line in again.snippets()] == [("Grounding", "Five things seen.")]
    for other in (boss, ben):
        assert other.snippets() == ()
        with pytest.raises(NotHere):
            other.record(draft.record)
        assert other.review() == ()
        assert other.quarantine() == ()
    with field.agency.server.database.reading() as rx:
        hashes = set(rx.execute(select(entry.c.hash).where(entry.c.record == draft.record)).scalars())
        feeds = set(rx.execute(select(feed_row.c.feed).where(feed_row.c.what.in_(hashes))).scalars())
    assert (hashes, feeds) == ({written}, {f"staff:{ana.me.staff}"})
    again.drop_snippet(draft.record)
    field.exchange(again, ana)
    assert ana.snippets() == ()
