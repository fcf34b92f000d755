"""What only the server holds stands in a client's history and is asked for when it is opened."""

from __future__ import annotations

from fieldapp.laptop.laptop import Laptop
from fieldapp.store import feeds
from fieldapp.store.tables import StubRow
from tests.laptop.laptop_world import ANA, BEN, DAY_MS, NOON_MS, World, give, opened, uid


def _with_stubs(world: World) -> tuple[Laptop, str]:
    """Return a laptop that holds three contacts and short forms of two older notes, one between them."""
    client = world.client("Rossi, Rosa")
    for days in (1, 40, 200):
        world.contact(client, f"contact {days}", start_ms=NOON_MS - days * DAY_MS)
    laptop = world.laptop(ANA)
    with opened(laptop).store.writing() as tx:
        tx.add_stubs(
            [
                StubRow(
                    hash=sign * 64, record=uid(name), kind="note", client=client, author=BEN,
                    at_ms=NOON_MS - days * DAY_MS,
                )
                for sign, name, days in (("a", "n1", 100), ("b", "n1", 99), ("c", "n2", 300))
            ]
        )  # fmt: skip
    return laptop, client


def test_older_records_stand_at_their_time_one_line_each(world: World) -> None:
    laptop, client = _with_stubs(world)
    rows = laptop.timeline(client, 0, 20)
    # The notes lie on either side of the oldest contact; the episode and the contacts are here.
    assert [row.record for row in rows if row.kind in ("contact", "note")] == [
        uid("contact 1"), uid("contact 40"), uid("n1"), uid("contact 200"), uid("n2"),
    ]  # fmt: skip
    older = next(row for row in rows if row.record == uid("n1"))
    assert (older.status, older.author, older.fetch) == ("older", "Ben Brook", ("a" * 64, "b" * 64))
    assert laptop.timeline_count(client) == laptop.chart(client).timeline_count == len(rows)
    assert laptop.timeline(client, 0, 5, ["note"]) == (), "forms look only for what can be read here"


def test_pages_of_any_size_give_the_same_history(world: World) -> None:
    laptop, client = _with_stubs(world)
    whole = laptop.timeline(client, 0, 20)
    for size in (1, 2, 3, 4):
        pages = [laptop.timeline(client, at, size) for at in range(0, len(whole), size)]
        assert tuple(row for page in pages for row in page) == whole


def test_what_is_asked_for_is_wanted_until_it_is_here(world: World) -> None:
    laptop, client = _with_stubs(world)
    assert laptop.fetch(["a" * 64, "b" * 64])
    with opened(laptop).store.reading() as rx:
        assert feeds.wanted(rx) == ["a" * 64, "b" * 64]
    came = world.scribe.entry("note", uid("n3"), {"doc": {"format": "free"}}, client=client, meaning="sign")
    with opened(laptop).store.writing() as tx:
        tx.add_stubs(
            [StubRow(hash=came.hash, record=uid("n3"), kind="note", client=client, author=ANA, at_ms=NOON_MS)]
        )
    assert laptop.fetch([came.hash])
    give(laptop, [came])
    assert not laptop.fetch([came.hash])
    assert next(row for row in laptop.timeline(client, 0, 20) if row.record == uid("n3")).fetch == ()
