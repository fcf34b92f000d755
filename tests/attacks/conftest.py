"""What the attacks are made on: an agency with laptops, and an agency with a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.server.org import NewOrg
from tests.laptop.laptop_world import World
from tests.sync.sync_world import Agency, make_template


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An agency of laptops that exchange entries by hand."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    """What every agency of these tests is a copy of."""
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def agency(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Agency]:
    """An agency with a real server in this process."""
    made = Agency(tmp_path, organisation)
    yield made
    made.close()
