"""A laptop that is being handed in gives what it has, once, and gets nothing."""

from __future__ import annotations

from fieldapp.server import admin
from tests.sync.sync_world import Agency


def test_a_laptop_that_is_handed_in_sends_each_entry_once(agency: Agency) -> None:
    mine, other = agency.laptop("Mira Holm"), agency.laptop("Sol Brandt")
    client = mine.client("Ada Quist")
    mine.sync()
    made = [mine.contact(client, f"visit {number}") for number in range(3)]
    # A colleague was quicker, so that these entries do not follow on where this laptop stands in the feed.
    other.sync()
    other.contact(client, "earlier")
    other.sync()
    agency.clock.move(ms=60_000)
    admin.drain(agency.server, mine.device)
    before = len(mine.line.requests)
    mine.sync()
    mine.sync()
    sent = [pair[0] for request in mine.line.requests[before:] for pair in request["entries"]]
    assert sorted(sent) == sorted(one.data.decode() for one in made)
    assert mine.states() == {"confirmed": 4}
    assert agency.stored() >= {one.hash for one in made}
