"""Packs and codes by command: loaded on the server, carried to a laptop, there for whoever logs a contact."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.commands.laptops import Network, laptop_in
from fieldapp.laptop.laptop import Laptop
from fieldapp.server.serve import Running
from fieldapp.server.service import Server
from tests.cli.test_by_hand import PASSPHRASE, STAFF, Agency
from tests.codes.tables import BANDS, pack_text
from tests.measures.packs import text as wording

CODES = "code,payer,since,rounding,max_units\nH0004,WA Medicaid,2026-01-01,floor,8\nX,,2026-01-01,,\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


@pytest.fixture
def agency(folder: Path, capsys: pytest.CaptureFixture[str]) -> Agency:
    return Agency(folder, capsys)


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with Server(folder / "server") as server, Running(server) as running:
        yield running.url


def org(agency: Agency, *words: object, code: int = 0) -> str:
    return agency.run("org", "--folder", agency.server, *words, code=code)


@contextlib.contextmanager
def laptop_of(agency: Agency) -> Iterator[Laptop]:
    """The enrolled laptop, unlocked."""
    with Network() as network:
        laptop = laptop_in(agency.laptop, network)
        laptop.unlock(PASSPHRASE)
        try:
            yield laptop
        finally:
            laptop.close()


def put(agency: Agency, name: str, text: str) -> Path:
    file = agency.folder / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.xdist_group("org-packs")
class TestPacksByCommand:
    """In this order; each step stands on the one before."""

    def test_1_an_organisation_has_no_pack(self, agency: Agency) -> None:
        org(agency, "init", "Harbor", "--team", "North", "--team-code", "north", "--supervisor", "Pat Larsen",
            "--supervisor-code", "p.larsen", "--supervisor-credential", "LMHC")  # fmt: skip
        agency.run("import", "staff", put(agency, "staff.csv", STAFF.replace("south", "north")), "--folder", agency.server, "--apply")  # fmt: skip
        assert "No pack is loaded" in org(agency, "packs")

    def test_2_codes_are_shown_first_and_loaded_without_the_bad_line_and_again_change_nothing(
        self, agency: Agency
    ) -> None:
        file = put(agency, "codes.csv", CODES)
        said = org(agency, "codes", file)
        assert "line 3: not imported: code:" in said
        assert "2 lines: 1 code to add, 0 to change, 0 unchanged, 1 with errors." in said
        assert "Nothing was written" in said
        assert "No pack is loaded" in org(agency, "packs")
        assert "is loaded" in org(agency, "codes", file, "--apply")
        again = org(agency, "codes", file, "--apply")
        assert "0 codes to add, 0 to change, 1 unchanged" in again
        assert "is loaded" not in again
        assert org(agency, "packs").count("agency-codes") == 1

    def test_3_a_changed_cell_is_a_change_and_the_table_before_stays_at_hand(self, agency: Agency) -> None:
        file = put(agency, "codes.csv", CODES.replace("floor", "ceil"))
        said = org(agency, "codes", file, "--apply")
        assert "change H0004 Counseling (WA Medicaid, from 2026-01-01): rounding floor → ceil" in said
        assert [line.split()[2] for line in org(agency, "packs").splitlines()] == ["replaced,", "in"]

    def test_4_a_file_without_one_good_line_ends_with_an_error(self, agency: Agency) -> None:
        file = put(agency, "bad.csv", "code,since\nH0004,soon\n")
        assert "No line could be loaded" in org(agency, "codes", file, code=8)
        assert "not JSON" in org(agency, "codes", put(agency, "bad.json", "{"), code=8)

    def test_5_a_pack_is_shown_without_its_words_and_loaded_once(self, agency: Agency) -> None:
        file = put(agency, "words.json", wording().replace("\n", "\r\n"))
        said = org(agency, "pack", file)
        assert "words for cssrs_recent: 7 questions" in said
        assert "Placeholder" not in said
        assert "Nothing was written" in said
        assert "dummy 2026-1 is loaded (1 part)" in org(agency, "pack", file, "--apply")
        assert "loaded already (in force)" in org(agency, "pack", file, "--apply")
        changed = put(agency, "changed.json", wording(licence="Other dummy words."))
        assert "give the correction a new version" in org(agency, "pack", changed, "--apply", code=2)
        odd = put(agency, "odd.json", wording(format=7))
        assert "The pack is not loaded" in org(agency, "pack", odd, code=8)

    def test_6_a_long_pack_of_codes_in_another_script_comes_in_parts_that_fit(self, agency: Agency) -> None:
        many = [
            {"code": f"ZY{n}", "label": "値" * 60, "rule": "event", "payer": "保険" * 40} for n in range(300)
        ]
        text = pack_text(*BANDS, *many, pack="long")
        assert len(json.loads(text)["codes"]) == 303
        said = org(agency, "pack", put(agency, "long.json", text), "--apply")
        assert "add ZZ1 Dummy band 1 (every payer, from 2026-01-01)" in said
        parts = int(said.rsplit("(", 1)[1].split()[0])
        assert parts > len(json.loads(text)["codes"][3]["label"]) * 300 * 3 // (64 * 1024)

    def test_7_a_laptop_has_them_after_its_sync_and_counts_by_them(self, agency: Agency, url: str) -> None:
        code = org(agency, "code", "p.larsen").splitlines()[0]
        agency.run("enrol", "--folder", agency.laptop, "--server", url, "--code-fd", "@fd",
                   "--passphrase-fd", "@fd", secrets=(code, PASSPHRASE))  # fmt: skip
        with laptop_of(agency) as laptop:
            assert laptop.sync().message == ""
            known = laptop.coding("")
            row = known.tables.find("H0004", "2026-11-22", "wa medicaid")
            assert row is not None
            assert (row.row.rounding, row.row.max_units) == ("ceil", 8)
            assert known.tables.find("ZZ2", "2026-11-22") is not None
            assert len(known.tables.earlier) == 1
            assert "cssrs_recent" in {offer.instrument.code for offer in laptop.instruments()}

    def test_8_a_withdrawn_pack_is_out_of_use_on_laptops(self, agency: Agency) -> None:
        assert "is withdrawn" in org(agency, "withdraw-pack", "dummy", "2026-1")
        assert "was withdrawn before" in org(agency, "withdraw-pack", "dummy", "2026-1", code=2)
        assert "There is no dummy 2027" in org(agency, "withdraw-pack", "dummy", "2027", code=2)
        assert "withdrawn" in org(agency, "packs")
        with laptop_of(agency) as laptop:
            assert laptop.sync().message == ""
            assert "cssrs_recent" not in {offer.instrument.code for offer in laptop.instruments()}
            assert laptop.coding("").tables.find("ZZ2", "2026-11-22") is not None
