"""The ledger of what was shown finds what is missing: without that, no number of kills says anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from tests.faults.laptop_ledger import Ledger
from tests.laptop.laptop_world import ANA, HOUR_MS, NOON_MS, World, opened

GONE = "ab" * 32


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """Return a laptop with one unsent contact and one open draft."""
    world = World(tmp_path)
    client = world.client("Rossi, Rosa")
    made = world.laptop(ANA)
    start = instant(NOON_MS - HOUR_MS)
    values = {
        "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "start": start, "stop": start,
    }  # fmt: skip
    made.submit(made.start("contact", client, values=values).id)
    made.start("note", client, values={"sections": {"data": "Half a"}})
    yield made
    world.close()


def found(
    laptop: Laptop, *lines: dict[str, Any], numbers: dict[str, tuple[str, int]] | None = None
) -> list[str]:
    ledger = Ledger("x")
    for line in lines:
        ledger.take(line)
    with opened(laptop).store.reading() as rx:
        return ledger.held_against(rx, numbers or {}, laptop.me.device)


def test_a_laptop_that_keeps_its_word_is_found_whole(laptop: Laptop) -> None:
    (draft,) = laptop.drafts()
    (line,) = laptop.pending()
    said = {"saved": [line.entry], "draft": draft.id, "values": dict(draft.values)}
    assert found(laptop, said) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [({"saved": [GONE]}, "shown as saved and is nowhere"),
     ({"confirmed": [GONE]}, "shown as sent and is not on the server"),
     ({"draft": "d1", "values": {"remark": "Words"}}, "shown as kept and is gone")],
)  # fmt: skip
def test_what_is_gone_is_found(laptop: Laptop, line: dict[str, Any], words: str) -> None:
    (problem,) = found(laptop, line)
    assert words in problem


def test_older_words_of_a_draft_are_found_unless_the_newer_ones_were_never_shown(laptop: Laptop) -> None:
    (draft,) = laptop.drafts()
    newer = {"draft": draft.id, "values": {"sections": {"data": "Half a sentence."}}}
    assert "does not hold the words" in found(laptop, newer)[0]
    was = {"draft": draft.id, "values": dict(draft.values)}
    assert found(laptop, was, {"will": newer}) == []


def test_a_number_given_twice_and_an_entry_forgotten_are_found(laptop: Laptop) -> None:
    with opened(laptop).store.reading() as rx:
        series = rx.meta_text("series")
    twice, forgotten = found(laptop, numbers={GONE: (series, 1)})
    assert "given to two entries" in twice
    assert "its laptop has forgotten it" in forgotten
