"""Shared by all tests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests import quiet


@pytest.fixture(scope="session", autouse=True)
def pilots_wait_for_quiet() -> Iterator[None]:
    """Tests of screens wait until nothing is left to do, not for a time."""
    with pytest.MonkeyPatch.context() as patch:
        quiet.install(patch)
        yield


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later garbage collection: it is most of the heap and stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
