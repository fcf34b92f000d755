"""Nothing is lost while a server's parts are killed; `python -m tests.faults.server` kills as often as you like."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.postgres import binaries
from tests.faults.server_kinds import KINDS
from tests.faults.server_run import run
from tests.simulation.scene import Violations

SEED = 1
KILLS = {"proxy": 8}
SHORT = [name for name in KINDS if name != "server-postgres"]
"""What that kind tries is part of `two-servers`."""
REQUIRED = "postgres" in os.environ.get("FIELDAPP_REQUIRE", "")
needs_postgres = pytest.mark.skipif(binaries() is None and not REQUIRED, reason="PostgreSQL is not installed")


@pytest.mark.parametrize(
    "kind",
    [pytest.param(name, marks=[needs_postgres] if KINDS[name].postgres else []) for name in SHORT],
)
def test_the_laws_hold_while_parts_of_the_server_die(kind: str, tmp_path: Path) -> None:
    kills = KILLS.get(kind, 4)
    report = run(kind, kills, SEED, tmp_path)
    assert report.violations == []
    assert report.kills == kills
    assert report.in_flight > 0, "no kill met a request"
    assert report.confirmed > 0
    assert report.lost == 0


@needs_postgres
def test_a_database_that_answers_before_it_has_stored_is_caught(tmp_path: Path) -> None:
    """A check that cannot fail is no check."""
    report = run("postgres-hasty", 3, SEED, tmp_path)
    assert "1 acknowledged" in Violations(report.violations).laws
