"""Nothing is lost: seeded histories of the real store, client and server, held against the laws of sync.md 3.

`uv run pytest -m simulation` also plants the bugs of `mutants`; `python -m tests.simulation --seeds 20000` runs more.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldapp.records.kinds import KINDS
from tests.simulation.many import outcome
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import ACTIONS, OFTEN, events_of, play, spell_of, trace_hash
from tests.simulation.world import clear, prepared
from tests.simulation.writers import BY_PEOPLE, BY_THE_SERVER


@pytest.fixture(scope="module", autouse=True)
def agency() -> Iterator[None]:
    """Make the agency that every run begins with once."""
    prepared()
    yield
    clear()


@pytest.mark.parametrize("seed", range(12))
def test_the_laws_hold_under_faults(seed: int) -> None:
    assert outcome(seed) == []


def test_the_same_seed_tells_the_same_history() -> None:
    first, again = play(5), play(5)
    assert first.trace == again.trace
    assert trace_hash(first) == trace_hash(again)
    assert trace_hash(play(6)) != trace_hash(first)


def test_every_event_comes_and_every_kind_is_written_by_somebody() -> None:
    assert set(ACTIONS) == set(OFTEN)
    assert {event.name for seed in range(40) for event in events_of(seed)} == set(OFTEN)
    assert set(BY_PEOPLE) | BY_THE_SERVER == set(KINDS)


def test_an_older_app_keeps_what_it_may_not_send_in_some_history() -> None:
    seeds = [seed for seed in range(40) if spell_of(seed) is not None]
    assert seeds
    assert any(rig.held_back for seed in seeds[:4] for rig in play(seed).rigs)


@pytest.mark.simulation
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_planted_bug_is_caught(name: str) -> None:
    """A checker that cannot fail is no checker."""
    assert any(outcome(seed, mutant=name) for seed in (MUTANTS[name].seed, *range(3)))
