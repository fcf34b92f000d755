"""Shared by all tests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import quiet

# No test is judged by the clock of a busy machine, not even by how long its examples take to make.
# The examples of a run are the same each time; `--hypothesis-profile=long` looks for new ones.
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("calm", _CALM, derandomize=True, database=None)
settings.register_profile("long", _CALM, max_examples=2000)
settings.load_profile("calm")


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
