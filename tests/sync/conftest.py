"""Lets the test modules say `from tests.sync.sync_world import …`, and gives them a server with laptops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.server.org import NewOrg
from tests.sync.sync_world import Agency, make_template


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def agency(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Agency]:
    made = Agency(tmp_path, organisation)
    yield made
    made.close()
