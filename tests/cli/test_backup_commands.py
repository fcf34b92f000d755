"""Backup, drill and restore by command: what is said, which exit code, and never a client's data."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.server.serve import Running
from fieldapp.server.service import Server
from tests.cli.test_by_hand import PASSPHRASE, SAMPLE, STAFF, Agency


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agency")


@pytest.fixture
def agency(folder: Path, capsys: pytest.CaptureFixture[str]) -> Agency:
    return Agency(folder, capsys)


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    with Server(folder / "server") as server, Running(server) as running:
        yield running.url


def newest(folder: Path) -> Path:
    """Return the newest backup in a folder."""
    return sorted(folder.glob("fieldapp-server-*.db"))[-1]


def laptop(agency: Agency, command: str, *more: object, code: int = 0) -> str:
    """Run a command of the laptop with its passphrase."""
    return agency.run(
        command, "--folder", agency.laptop, "--passphrase-fd", "@fd", *more, secrets=(PASSPHRASE,), code=code
    )


@pytest.mark.xdist_group("backup-commands")
class TestBackupCommands:
    """In this order; each step stands on the one before."""

    def test_1_an_agency_has_a_server_and_a_laptop(self, agency: Agency) -> None:
        agency.run("org", "--folder", agency.server, "init", "Harbor Agency", "--team-code", "north",
                   "--supervisor", "Pat Larsen", "--supervisor-code", "p.larsen")  # fmt: skip
        agency.run("org", "--folder", agency.server, "add-team", "South", "--program", "community-iop",
                   "--code", "south")  # fmt: skip
        staff = agency.folder / "staff.csv"
        staff.write_text(STAFF)
        agency.run("import", "staff", staff, "--folder", agency.server, "--apply")
        code = agency.run("org", "--folder", agency.server, "code", "p.larsen").splitlines()[0]
        with Server(agency.server) as server, Running(server) as running:
            agency.run("enrol", "--folder", agency.laptop, "--server", running.url, "--code-fd", "@fd",
                       "--passphrase-fd", "@fd", secrets=(code, PASSPHRASE))  # fmt: skip
            laptop(agency, "backup")
            agency.roster(SAMPLE, "--apply")

    def test_2_a_backup_is_made_while_the_server_runs_and_says_what_belongs_together(
        self, agency: Agency, url: str
    ) -> None:
        to = agency.folder / "copies"
        said = agency.run("server", "backup", "--folder", agency.server, "--to", to)
        assert str(newest(to)) in said
        assert "and verifies" in said
        assert "apart from the folder `keys`" in said
        helped = " ".join(agency.run("server", "backup", "--help").split())
        assert "master.key, authority.key and administrator.key" in helped
        assert "holds the database and no key" in helped

    def test_3_the_drill_prints_counts_and_no_clients_data(self, agency: Agency, url: str) -> None:
        made = newest(agency.folder / "copies")
        said = agency.run("server", "drill", made, "--folder", agency.server)
        assert "1 laptops." in said
        assert "The newest entry came at 2" in said
        assert "0 entries of the live database are not in the backup." in said
        assert "everything fits" in said
        with SAMPLE.open(encoding="utf-8", newline="") as file:
            names = {row["last"] for row in csv.DictReader(file)} | {"Larsen"}
        assert len(names) > 20
        assert not [name for name in names if name and name in said]

    def test_4_a_bad_backup_is_one_sentence_and_its_exit_code(self, agency: Agency) -> None:
        made = newest(agency.folder / "copies")
        bad = agency.folder / "bad.db"
        bad.write_bytes(made.read_bytes()[:20_000])
        for command in (("drill",), ("restore", "--reason", "test")):
            said = agency.run("server", "--folder", agency.server, *command, bad, code=4)
            assert said.count("\n") == 1
            assert "nothing was touched" in said
        agency.run("server", "--folder", agency.server, "drill", agency.folder / "none.db", code=2)

    def test_5_a_restore_needs_the_server_to_be_stopped(self, agency: Agency, url: str) -> None:
        made = newest(agency.folder / "copies")
        said = agency.run("server", "restore", made, "--folder", agency.server, "--reason", "test", code=9)
        assert "stop it first" in said

    def test_6_a_restore_says_in_words_what_happened(self, agency: Agency) -> None:
        made = newest(agency.folder / "copies")
        said = agency.run("server", "restore", made, "--folder", agency.server, "--reason", "test")
        assert "is in place and verifies" in said
        assert "Epoch 2 has begun: laptops offer again" in said
        assert "server.db.replaced-2" in said
        assert "issue new ones" in said
        assert "Everything fits." in agency.run("server", "verify", "--folder", agency.server)

    def test_7_a_laptop_goes_back_to_an_older_backup_only_when_told_so(self, agency: Agency) -> None:
        first = next((agency.laptop / "vaults").glob("*/backups/*.db"))
        kept = agency.folder / "first.db"
        shutil.copyfile(first, kept)
        file = agency.folder / "one.csv"
        file.write_text("mrn,last,first,dob,program\nNEW1,Sund,Ida,1990-01-01,community-iop\n")
        agency.roster(file, "--offline", "--apply")
        said = laptop(agency, "restore", "--from", kept, code=2)
        assert "were never sent and are not in this backup" in said
        assert "--yes" in said
        assert "Sund" not in said
        said = laptop(agency, "restore", "--from", kept, "--yes")
        assert "first.db is in place" in said
        assert "data.db.replaced-2" in said
        assert "PROBLEM" not in laptop(agency, "doctor")
