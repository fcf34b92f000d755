"""Shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import quiet


@pytest.fixture(scope="session", autouse=True)
def pilots_wait_for_quiet() -> Iterator[None]:
    """Tests of screens wait until nothing is left to do, not for a time."""
    with pytest.MonkeyPatch.context() as patch:
        quiet.install(patch)
        yield
