"""Paper without unlocking, and the numbers that stand on all paper."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fieldapp import cli
from fieldapp.crypto.vault import KdfParams, Policy
from fieldapp.laptop.crisis_help import CrisisHelp, write_help
from fieldapp.server.org import init_org
from fieldapp.server.service import Server

CHEAP = KdfParams(m_kib=1024, t=1, p=1)


def test_a_blank_plan_needs_no_vault_and_never_replaces_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "blank.txt"
    order = [
        "print",
        "blank-plan",
        "--language",
        "es",
        "--form",
        "text",
        "--folder",
        str(tmp_path / "none"),
        "--to",
        str(file),
    ]
    assert cli.outcome(order) == 0
    assert "lines to write on" in capsys.readouterr().err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Señales de que puede empezar una crisis" in file.read_text()
    assert cli.outcome(order) == 2
    assert "already" in capsys.readouterr().err


def test_a_blank_plan_has_the_numbers_that_the_laptop_knows_before_unlock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_help(tmp_path, CrisisHelp("Community IOP", "206-555-0100", "866-555-0199"))
    for form, start in (("page", b"%PDF"), ("fold", b"%PDF"), ("text", b"My safety plan")):
        file = tmp_path / form
        assert (
            cli.outcome(["print", "blank-plan", "--form", form, "--folder", str(tmp_path), "--to", str(file)])
            == 0
        )
        assert file.read_bytes().startswith(start)
    assert "206-555-0100" in (tmp_path / "text").read_text()
    assert capsys.readouterr().err == ""


def test_an_administrator_sets_and_takes_away_the_numbers_of_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "server"
    init_org(folder, "Harbor Agency", kdf=CHEAP, policy=Policy(min_m_kib=1024, min_t=1, wanted=CHEAP))

    def run(*options: str) -> int:
        return cli.outcome(["org", "--folder", str(folder), "set-program", "community-iop", *options])

    def program() -> dict[str, object]:
        with Server(folder) as server, server.database.reading() as rx:
            (values,) = server.roster(rx).values["program"].values()
            return dict(values)

    assert run("--phone", "206-555-0100", "--local-crisis-line", "866-555-0199", "--name-on-prints") == 0
    found = program()
    assert (found["phone"], found["local_crisis_line"]) == ("206-555-0100", "866-555-0199")
    assert found["show_agency_on_prints"] is True
    assert run("--phone", "", "--no-name-on-prints") == 0
    found = program()
    assert not found.get("phone")
    assert found["local_crisis_line"] == "866-555-0199"
    assert found["show_agency_on_prints"] is False
    assert run() == 2
    assert cli.outcome(["org", "--folder", str(folder), "set-program", "nowhere", "--phone", "1"]) == 2
