"""One organisation, made once by commands on real processes; each test works on a copy of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.agency import Agency

REQUIRED = bool(os.environ.get("FIELDAPP_REQUIRE"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, keep them on one worker, and skip what needs tmux where it is missing and not required."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.xdist_group("e2e"))
        if item.get_closest_marker("tmux") and shutil.which("tmux") is None and not REQUIRED:
            item.add_marker(pytest.mark.skip(reason="tmux is not installed; FIELDAPP_REQUIRE=1 requires it"))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """Return an agency with a caseload and three laptops; its server is stopped."""
    agency = Agency(tmp_path_factory.mktemp("e2e") / "agency")
    try:
        agency.make()
    finally:
        agency.close()
    return agency


@pytest.fixture
def agency(prepared: Agency, tmp_path: Path) -> Iterator[Agency]:
    """Return a copy of the prepared agency; whatever runs in it ends with the test."""
    copied = prepared.copy(tmp_path / "agency")
    try:
        yield copied
    finally:
        copied.close()
