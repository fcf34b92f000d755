"""Reading waits for nothing, and each opening is in the audit trail all the same."""

from __future__ import annotations

import threading

import pytest

from fieldapp.errors import DiskFailure
from fieldapp.laptop.failures import GateClosed
from fieldapp.laptop.laptop import Laptop
from tests.laptop.laptop_world import MIA, PASSPHRASE, World, opened

PATIENCE_S = 60


def openings(laptop: Laptop, action: str = "card") -> int:
    """Return how many openings of some kind the audit trail holds."""
    with opened(laptop).store.reading() as rx:
        return sum(
            f'"action":"{action}"'.encode() in bytes(row[0]) for row in rx.all("SELECT data FROM audit")
        )


def test_the_card_opens_while_a_pull_is_storing_and_is_written_down_after_it(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop()
    storing, done = threading.Event(), threading.Event()

    def pull() -> None:
        with opened(laptop).store.writing():
            storing.set()
            done.wait(PATIENCE_S)

    other = threading.Thread(target=pull)
    other.start()
    try:
        assert storing.wait(PATIENCE_S)
        assert laptop.card(client).line.name == "Rossi, Rosa"
        assert openings(laptop) == 0
    finally:
        done.set()
        other.join(PATIENCE_S)
    opened(laptop).late_log.close()
    assert openings(laptop) == 1


@pytest.mark.parametrize("what", ["card", "chart", "plan"])
def test_a_full_disk_keeps_nothing_shut_and_the_opening_is_written_when_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop()
    store = opened(laptop).store
    read = getattr(laptop, what)
    action = "card" if what == "card" else "view"

    def full() -> None:
        raise DiskFailure("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "writing", full)
        read(client)
        opened(laptop).late_log.close()
    assert openings(laptop, action) == 0
    read(client)
    opened(laptop).late_log.close()
    assert openings(laptop, action) == 2


def test_locking_writes_down_what_was_opened_last(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop()
    laptop.card(client)
    laptop.lock()
    laptop.unlock(PASSPHRASE)
    assert openings(laptop) == 1


def test_a_closed_gate_shows_nothing_of_the_card(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(MIA)
    with pytest.raises(GateClosed):
        laptop.card(client)
    laptop.break_glass(client, "crisis_call")
    assert laptop.card(client).way == "break_glass"


def test_the_card_shows_what_came_in_since_lists_were_read(world: World) -> None:
    client, other = world.client("Rossi, Rosa"), world.client("Oduya, Obi")
    laptop = world.laptop()
    assert len(laptop.caseload()) == 2
    draft = laptop.start("crisis", client, None, {
        "caller": "client", "initial_contact_at": "2026-11-23T20:00:00.000Z", "interventions": ["family"],
        "risk": {"level": "high"},
    })  # fmt: skip
    laptop.submit(draft.id)
    card = laptop.card(client)
    assert card.line.risk == "high"
    assert [row.title for row in card.contacts] == ["Crisis response"]
    assert [task.title for task in card.tasks] == [
        "Follow up after the crisis",
        "Make a safety plan after the crisis",
    ]
    assert laptop.card(other).line.risk == "none"
