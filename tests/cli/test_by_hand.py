"""The way of an agency by hand, command by command: organisation, server, code, laptop, staff, caseload."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp import cli
from fieldapp.server.serve import Running
from fieldapp.server.service import Server

PASSPHRASE = "three green boats at anchor"
SAMPLE = Path(__file__).parents[1] / "data" / "roster-small.csv"
STAFF = """id,name,credential,role,team,program,fte,npi,supervisor,licence,expiry
p.larsen,Pat Larsen,LMHC;MHP,supervisor;records,north,community-iop,1.0,,,LH001,2999-12-31
m.lindqvist,Maja Lindqvist,LMHC,clinician,north,community-iop,1.0,,p.larsen,,
a.rivera,Ana Rivera,LICSW,clinician,north,community-iop,1.0,,p.larsen,,
t.nguyen,Thi Nguyen,AAC,tech,north,community-iop,1.0,,p.larsen,,
d.petrov,Dana Petrov,LMFT,clinician,south,community-iop,0.8,,p.larsen,,
s.yazzie,Sam Yazzie,AAC,casemgr,south,community-iop,1.0,,p.larsen,,
j.okafor,Jo Okafor,AAC,casemgr,south,community-iop,1.0,,p.larsen,,
k.haddad,Kim Haddad,PMHNP,prescriber,north,community-iop,0.6,1234567893,,,
x.bad,No Role,,boss,north,community-iop,,,,,
"""


class Agency:
    """A server and a laptop in a folder, spoken to by commands only."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.server, self.laptop, self.folder = folder / "server", folder / "laptop", folder
        self.capsys = capsys

    def run(self, *arguments: object, secrets: tuple[str, ...] = (), code: int = 0) -> str:
        """Run one command and return what it said; secrets go through a pipe."""
        words = [str(word) for word in arguments]
        reading, writing = os.pipe()
        try:
            os.write(writing, "".join(f"{secret}\n" for secret in secrets).encode())
            got = cli.outcome([word.replace("@fd", str(reading)) for word in words])
        finally:
            os.close(reading)
            os.close(writing)
        shown = self.capsys.readouterr()
        assert got == code, shown.err + shown.out
        return shown.out + shown.err

    def roster(self, file: Path, *more: object, code: int = 0) -> str:
        return self.run(
            "import", "roster", file, "--folder", self.laptop, "--passphrase-fd", "@fd", *more,
            secrets=(PASSPHRASE,), code=code,
        )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agency")


@pytest.fixture
def agency(folder: Path, capsys: pytest.CaptureFixture[str]) -> Agency:
    return Agency(folder, capsys)


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with Server(folder / "server") as server, Running(server) as running:
        yield running.url


@pytest.mark.xdist_group("by-hand")
class TestByHand:
    """In this order; each step stands on the one before."""

    def test_1_the_administrator_makes_an_organisation_and_is_shown_the_recovery_passphrase_once(
        self, agency: Agency
    ) -> None:
        said = agency.run(
            "org", "--folder", agency.server, "init", "Harbor Agency", "--team", "North team", "--team-code",
            "north", "--supervisor", "Pat Larsen", "--supervisor-code", "p.larsen",
        )  # fmt: skip
        assert "Recovery passphrase, shown only now:" in said
        assert "fieldapp org code p.larsen" in said
        agency.run("org", "--folder", agency.server, "init", "Again", code=2)
        agency.run(
            "org",
            "--folder",
            agency.server,
            "add-team",
            "South team",
            "--program",
            "community-iop",
            "--code",
            "south",
        )

    def test_2_the_staff_list_is_shown_first_and_imported_without_its_bad_line(self, agency: Agency) -> None:
        file = agency.folder / "staff.csv"
        file.write_text(STAFF)
        command = ("import", "staff", file, "--folder", agency.server)
        said = agency.run(*command)
        assert "line 10: not imported: role" in said
        assert "7 staff members to add, 1 to change" in said
        assert "Nothing was written" in said
        assert "8 entries written" in agency.run(*command, "--apply")
        assert "0 staff members to add, 0 to change, 8 unchanged" in agency.run(*command)
        listed = agency.run("org", "--folder", agency.server, "list")
        assert "Pat Larsen (records, supervisor)" in listed

    def test_3_the_supervisor_enrols_with_a_code_that_works_once(self, agency: Agency, url: str) -> None:
        code = agency.run("org", "--folder", agency.server, "code", "p.larsen").splitlines()[0]
        enrol = (
            "enrol",
            "--folder",
            agency.laptop,
            "--server",
            url,
            "--code-fd",
            "@fd",
            "--passphrase-fd",
            "@fd",
        )
        wrong = code[:-1] + ("1" if code.endswith("0") else "0")
        assert "mistyped" in agency.run(*enrol, secrets=(wrong, PASSPHRASE), code=3)
        assert "set up" in agency.run(*enrol, secrets=(code, PASSPHRASE))
        again = ("enrol", "--folder", agency.folder / "second", *enrol[3:])
        assert "did not accept this code" in agency.run(*again, secrets=(code, PASSPHRASE), code=3)
        assert not list((agency.folder / "second").rglob("vault.json"))

    def test_4_the_caseload_is_shown_first_imported_once_and_then_changes_nothing(
        self, agency: Agency, url: str
    ) -> None:
        said = agency.roster(SAMPLE)
        assert "26 clients to add" in said
        assert "home South team, the team of Dana Petrov" in said
        assert "0 still to send" in agency.roster(SAMPLE, "--apply")
        assert "0 clients to add, 0 to change, 26 unchanged" in agency.roster(SAMPLE)

    def test_5_a_broken_file_is_one_sentence_and_its_exit_code(self, agency: Agency, url: str) -> None:
        broken = agency.folder / "latin.csv"
        broken.write_bytes(SAMPLE.read_text("utf-8").encode("latin-1", "replace").replace(b"?", b"\xe9"))
        assert "not UTF-8" in agency.roster(broken, code=8)
        all_bad = agency.folder / "bad.csv"
        all_bad.write_text("mrn,last,first,dob,program\nA,B,C,1990-01-01,nowhere\n")
        assert "No line could be imported" in agency.roster(all_bad, code=8)

    def test_6_laptop_and_server_are_whole(self, agency: Agency, url: str) -> None:
        assert "holds" in agency.run(
            "backup", "--folder", agency.laptop, "--passphrase-fd", "@fd", secrets=(PASSPHRASE,)
        )
        said = agency.run(
            "doctor", "--folder", agency.laptop, "--passphrase-fd", "@fd", secrets=(PASSPHRASE,)
        )
        assert "PROBLEM" not in said
        assert "Everything fits." in agency.run("server", "--folder", agency.server, "verify")

    def test_7_offline_a_new_client_without_a_team_goes_to_intake(self, agency: Agency) -> None:
        file = agency.folder / "one.csv"
        file.write_text("mrn,last,first,dob,program\nNEW1,Sund,Ida,1990-01-01,community-iop\n")
        assert "home Intake" in agency.roster(file, "--offline")
        assert "entries written" in agency.roster(file, "--offline", "--apply")
        assert "1 unchanged" in agency.roster(file, "--offline")

    def test_8_a_wrong_passphrase_and_an_empty_folder_say_what_to_do(self, agency: Agency) -> None:
        said = agency.run(
            "doctor", "--folder", agency.laptop, "--passphrase-fd", "@fd", secrets=("wrong",), code=3
        )
        assert "does not open" in said
        assert "fieldapp enrol" in agency.run("--folder", agency.folder / "empty", code=2)
        assert "org init" in agency.run("org", "--folder", agency.folder / "empty", "list", code=2)
