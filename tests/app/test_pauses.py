"""Garbage is collected in pauses, and what stayed is left out of later collections."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from fieldapp.screens.pauses import AGAIN_MS, PAUSE_MS, Pauses


class Ring:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    gc.disable()
    yield
    gc.enable()
    gc.set_threshold(*before)
    if frozen:
        gc.collect()
        gc.freeze()


def test_garbage_goes_in_a_pause_and_not_while_somebody_types() -> None:
    pauses, ring = Pauses(), Ring()
    gone = weakref.ref(ring)
    del ring
    assert not pauses.tick(0, PAUSE_MS - 1)
    assert gone() is not None
    assert pauses.tick(0, PAUSE_MS)
    assert gone() is None


def test_a_long_pause_is_one_collection_a_minute() -> None:
    pauses = Pauses()
    ticks = range(0, 10 * AGAIN_MS, 1_000)
    assert sum(pauses.tick(now, PAUSE_MS + now) for now in ticks) == 10


def test_a_clock_set_back_does_not_end_collecting() -> None:
    pauses = Pauses()
    assert pauses.tick(10 * AGAIN_MS, PAUSE_MS)
    assert pauses.tick(0, PAUSE_MS)


def test_garbage_that_was_left_out_is_found_in_the_next_pause() -> None:
    pauses, ring = Pauses(), Ring()
    gone = weakref.ref(ring)
    pauses.begin()
    assert gc.get_freeze_count() > 0
    del ring
    gc.collect()
    assert gone() is not None
    assert pauses.tick(AGAIN_MS, PAUSE_MS)
    assert gone() is None
