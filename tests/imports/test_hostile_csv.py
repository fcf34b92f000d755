"""Files as people really send them: each is read, or refused with one clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.errors import InputFailure
from fieldapp.laptop.imports.csvfile import read_bytes, read_file
from fieldapp.laptop.imports.plan import report
from fieldapp.laptop.imports.roster import COLUMNS, NEEDED
from tests.imports.import_world import line, plan, roster

GOOD = roster(line("A1", first="Zoë", address='12 "Old" Mill Rd, rear'))


def refused(data: bytes) -> str:
    with pytest.raises(InputFailure) as failure:
        read_bytes(data, COLUMNS, NEEDED)
    assert failure.value.exit_code == 8
    assert str(failure.value).count("\n") == 0
    return str(failure.value)


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(prefix: bytes, ending: bytes) -> None:
    made = plan(prefix + GOOD.replace(b"\n", ending))
    client = next(write for write in made.writes if write.kind.name == "client")
    assert client.values["legal_name"] == "Sund, Zoë"
    assert client.values["addresses"]["roster"]["street"] == '12 "Old" Mill Rd, rear'


def test_latin_1_is_refused_before_a_name_is_damaged() -> None:
    data = roster(line("A1"), line("A2", first="Zoë")).decode().encode("latin-1")
    assert "not UTF-8 (first seen on line 3)" in refused(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "spreadsheet file"),
        (GOOD.replace(b",", b";"), "not separated by commas"),
        (GOOD.replace(b",", b"\t"), "not separated by commas"),
        (GOOD.replace(b"Sund", b"S\0nd"), "zero bytes"),
        (GOOD.replace(b"mrn,", b"number,"), "missing: mrn"),
        (b"name;dob\n", "missing: mrn, last, first, dob, program"),
        (GOOD.replace(b"phone2", b"phone1"), "phone1 is there twice"),
        (GOOD + b'A2,"Sund\n', "quotes that begin on line 3"),
    ],
)
def test_a_file_that_is_not_a_roster_is_refused_in_one_sentence(data: bytes, said: str) -> None:
    assert said in refused(data) if said[0] != "m" or b";" not in data else "commas" in refused(data)


def test_missing_files_and_folders_are_refused_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputFailure, match="check the path"):
            read_file(path, COLUMNS, NEEDED)


def test_a_line_with_a_cell_too_few_or_too_many_is_named_and_the_rest_is_read() -> None:
    made = plan(roster(line("A1"), "A2,Berg", line("A3", first="Bo"), "x" + "," * 40))
    assert [(row.line, row.verb) for row in made.rows] == [(2, "add"), (3, "error"), (4, "add"), (5, "error")]
    assert "has 2 columns where the first line has 30" in str(made.rows[1].errors[0])


def test_line_numbers_are_those_of_an_editor_even_after_a_cell_over_two_lines() -> None:
    made = plan(roster(line("A1", address="1 Fir St\nrear door"), line("A2", dob="03/02/1980")))
    assert [row.line for row in made.rows] == [2, 4]
    assert "write it as YYYY-MM-DD" in str(made.rows[1].errors[0])


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x","y")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"])
def test_spreadsheet_formulas_are_errors_not_values(cell: str) -> None:
    made = plan(roster(line("A1", name_to_use=cell)))
    assert "looks like a spreadsheet formula" in str(made.rows[0].errors[0])


def test_an_international_phone_number_is_not_a_formula() -> None:
    assert plan(roster(line("A1", phone1="+1 425 555 0100"))).count("add") == 1


def test_a_cell_of_twenty_thousand_characters_is_an_error_of_its_line() -> None:
    made = plan(roster(line("A1", address="x" * 20_000), line("A2", first="Bo")))
    assert [row.verb for row in made.rows] == ["error", "add"]
    assert "has 20,000 characters" in str(made.rows[0].errors[0])


def test_the_same_number_on_two_lines_is_an_error_of_the_second() -> None:
    made = plan(roster(line("A1"), line("a 1", first="Bo")))
    assert str(made.rows[1].errors[0]) == "mrn: a 1 is already on line 2."


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"dob": "2030-01-01"}, "in the future"),
        ({"dob": "20260101"}, "not a day"),
        ({"dob": ""}, "dob: is empty"),
        ({"mrn": ""}, "mrn: is empty"),
        ({"program": "php"}, '"php" is not a program here'),
        ({"track": "space"}, '"space" is not known; use one of general, SMI'),
        ({"tier": "4"}, "use one of high, standard, step_down"),
        ({"primary_staff": "n.obody"}, '"n.obody" is not the short name of anybody'),
        ({"contact_target_per_week": "-1"}, "formula"),
        ({"contact_target_per_week": "3.5"}, "not a whole number"),
        ({"alert_codes": "dog_loose;bear"}, '"bear" is not known'),
        ({"part2": "perhaps"}, "neither yes nor no"),
        ({"phone1": "call mum"}, "not a phone number"),
        ({"auth_from": "2026-12-01", "auth_to": "2026-11-01"}, "is before auth_from"),
    ],
)
def test_each_bad_cell_has_its_own_sentence(cells: dict[str, str], said: str) -> None:
    made = plan(roster({**line("A1"), **cells}))
    assert made.writes == ()
    assert said in "; ".join(map(str, made.rows[0].errors))


def test_every_bad_cell_of_a_line_is_named_at_once() -> None:
    made = plan(roster(line("A1", dob="x", tier="y", part2="z")))
    assert [error.column for error in made.rows[0].errors] == ["dob", "tier", "part2"]


def test_nothing_in_a_cell_can_steer_the_terminal_that_shows_the_dry_run() -> None:
    hostile = "Sund\x1b]0;title\x07\u202e[/b]"
    made = plan(roster(line("A1", last=hostile, tier="\x1b[2J\u202e")))
    said = "\n".join(report(made, "client", all_lines=True))
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_columns_that_nobody_reads_are_said() -> None:
    data = GOOD.replace(b"mrn,", b"shoe_size,mrn,", 1).replace(b"\nA1", b"\n44,A1")
    made = plan(data)
    assert made.count("add") == 1
    assert next(report(made, "client")) == "Not used: the columns shoe_size."


def test_blank_lines_are_not_lines_of_the_roster() -> None:
    assert len(plan(GOOD + b"\n,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n\n").rows) == 1
