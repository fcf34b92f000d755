"""Lets the test modules say `from tests.sync.sync_world import …`, and gives them a server with laptops."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

from fieldapp.server.org import NewOrg  # noqa: E402
from tests.sync.sync_world import Agency, make_template  # noqa: E402


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def agency(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Agency]:
    made = Agency(tmp_path, organisation)
    yield made
    made.close()
