"""The large organisation, small: every entry accepted, each laptop with what its person reads, nothing odd in Review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from fieldapp.commands.demo import command
from fieldapp.demo import large
from fieldapp.demo.acts import local_ms
from fieldapp.demo.making import PASSPHRASE, laptop_of, read_manifest
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.laptop import Laptop

TODAY = date(2026, 3, 20)
SIZE = large.Size(teams=2, clients=3, days=60, notes_d=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("large")
    large.make(where, TODAY, lambda what, done, of: None, SIZE)
    return where


@pytest.fixture
def opened(folder: Path) -> Iterator[dict[str, Laptop]]:
    clock = HeldClock(local_ms(TODAY, 8 * 60))
    laptops = {user: Laptop(laptop_of(folder, user), clock=clock) for user in large.USERS}
    for laptop in laptops.values():
        laptop.unlock(PASSPHRASE)
    yield laptops
    for laptop in laptops.values():
        laptop.lock()


def test_a_supervisor_has_their_team_and_the_manager_has_all(folder: Path, opened: dict[str, Laptop]) -> None:
    assert read_manifest(folder) is not None
    whose = {user: Counter(line.team for line in laptop.caseload()) for user, laptop in opened.items()}
    assert whose["supervisor"].total() == SIZE.clients
    assert sorted(whose["manager"].values()) == [SIZE.clients] * SIZE.teams


def test_a_year_of_work_leaves_nothing_in_review_but_what_supervisors_wait_for(
    opened: dict[str, Laptop],
) -> None:
    waits = {line.what for line in opened["manager"].review()}
    assert waits <= {"cosign", "late", "returned", "same_visit", "no_goal"}


def test_contacts_come_as_often_as_was_asked_for(opened: dict[str, Laptop]) -> None:
    count = sum(
        row.kind == "contact"
        for line in opened["manager"].caseload()
        for row in opened["manager"].timeline(line.client, 0, 500)
    )
    whole = SIZE.teams * SIZE.clients * SIZE.days / 7 * SIZE.a_week
    assert 0.3 * whole < count < 1.1 * whole


def test_a_laptop_that_the_large_organisation_does_not_have_is_named(tmp_path: Path) -> None:
    said = CliRunner().invoke(command, ["--large", "--as", "technician", "--folder", str(tmp_path)])
    assert said.exit_code == 2
    assert "supervisor, manager" in said.output
