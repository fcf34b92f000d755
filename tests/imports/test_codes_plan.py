"""A file of codes: each line is an addition, a change, nothing or an error that says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.errors import InputFailure
from fieldapp.laptop.imports.codes import COLUMNS, NEEDED, Plan, differences, plan_codes, read_codes
from fieldapp.laptop.imports.csvfile import read_bytes
from fieldapp.laptop.imports.plan import report
from fieldapp.records.codes import BUILT_IN
from fieldapp.records.codes.table import CodeRow, Table, Tables
from fieldapp.records.packs import read

HEAD = "code,payer,since,rounding,rule,label,types,minimum,most,modifiers,until,offered"


def planned(*lines: str, own: tuple[CodeRow, ...] = (), head: str = HEAD) -> Plan:
    width = head.count(",")
    padded = [line + "," * (width - line.count(",")) for line in lines]
    table = read_bytes("\n".join([head, *padded, ""]).encode(), COLUMNS, NEEDED)
    mine = (Table.public("agency", "1", own),) if own else ()
    return plan_codes(table, own, Tables((BUILT_IN, *mine)))


def errors(plan: Plan) -> list[str]:
    return [f"{row.line} {error}" for row in plan.lines.rows for error in row.errors]


def test_a_new_row_of_a_known_code_takes_what_its_line_leaves_empty() -> None:
    plan = planned("h0004,Medicaid,2026-07-01,floor")
    row = plan.rows[0]
    assert (row.code, row.payer, row.since, row.rounding) == ("H0004", "Medicaid", "2026-07-01", "floor")
    assert (row.label, row.rule, row.types, row.modifiers) == (
        "Counseling", "per15", ("individual_counseling", "family_session", "group"), ("HN", "HO", "HQ", "HR", "HS"),
    )  # fmt: skip
    assert [one.verb for one in plan.lines.rows] == ["add"]


def test_the_same_file_again_changes_nothing_and_a_changed_cell_is_said() -> None:
    first = planned("H0004,Medicaid,2026-07-01,floor")
    again = planned("H0004,medicaid,2026-07-01,floor", own=first.rows)
    assert [one.verb for one in again.lines.rows] == ["same"]
    assert again.rows == first.rows
    changed = planned("H0004,Medicaid,2026-07-01,ceil,,,,,,none", own=first.rows)
    assert next(iter(report(changed.lines, "code"))) == (
        "line 2: change H0004 Counseling (Medicaid, from 2026-07-01): rounding floor → ceil; "
        "modifiers HN HO HQ HR HS → (none)"
    )
    assert changed.rows[0].modifiers == ()


def test_rows_that_the_file_does_not_name_stay() -> None:
    own = planned("H0004,Medicaid,2026-07-01,floor", "T1016,,2026-07-01,ceil").rows
    plan = planned("ZZ10,,2026-01-01,,event,Dummy visit", own=own)
    assert [row.code for row in plan.rows] == ["H0004", "T1016", "ZZ10"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",,2026-01-01", "code: is empty."),
        ("H0004,,", "since: is empty."),
        ("H0004,,1.7.2026", 'since: "1.7.2026" is not a day'),
        ("H0004,,2026-07-01,half", 'rounding: "half" is not known; use one of nearest, floor, ceil.'),
        ("ZZ10,,2026-07-01", "label: is empty, and no table has this code"),
        ("ZZ10,,2026-07-01,,band,Dummy", "band needs minimum."),
        ("ZZ10,,2026-07-01,,band,Dummy,,30,20", "most is less than minimum."),
        ("ZZ10,,2026-07-01,,event,Dummy,visit", 'types: "visit" is not known'),
        ("ZZ10,,2026-07-01,,event,Dummy,,many", "minimum:"),
        ("H0004,,2026-07-01,,,,,,,,2026-01-01", "until is before since."),
        ("9" + "9999,,2026-07-01", "looks like a CPT code"),
        ("H0004,=1+1,2026-07-01", "payer: looks like a spreadsheet formula"),
        ("H0004,,2026-07-01,,,,,,,,,perhaps", "offered:"),
        ("H 4,,2026-07-01", "is not a code"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_says_why_and_the_others_are(line: str, said: str) -> None:
    plan = planned(line, "T1016,,2026-07-01,ceil")
    assert len(errors(plan)) >= 1
    assert said in "\n".join(errors(plan))
    assert [row.code for row in plan.rows] == ["T1016"]


def test_one_row_twice_in_a_file_is_an_error_of_the_second() -> None:
    plan = planned("H0004,Medicaid,2026-07-01,floor", "H0004,MEDICAID,2026-07-01,ceil")
    assert errors(plan) == ["3 code: is in line 2 already, for the same payer and first day."]
    assert plan.rows[0].rounding == "floor"


def test_a_code_is_taken_out_of_use_by_a_row_that_is_not_offered() -> None:
    plan = planned("H0036,,2026-07-01,,,,,,,,,no")
    tables = Tables((BUILT_IN, Table.public("agency", "1", plan.rows)))
    placed = tables.find("H0036", "2026-11-22")
    assert placed is not None
    assert not placed.row.offered
    before = tables.find("H0036", "2026-06-30")
    assert before is not None
    assert before.row.offered


def test_json_and_csv_of_the_same_rows_come_to_the_same(tmp_path: Path) -> None:
    file = tmp_path / "codes.json"
    rows = [{"code": "H0004", "payer": "Medicaid", "since": "2026-07-01", "rounding": "floor", "modifiers": None,
             "types": ["group", "family_session"], "day_sum": True, "max_units": 8, "colour": "red"}]  # fmt: skip
    file.write_text(json.dumps({"codes": rows}))
    table = read_codes(file)
    assert table.unused == ("colour",)
    plan = plan_codes(table, (), Tables((BUILT_IN,)))
    line = "H0004,Medicaid,2026-07-01,floor,none,group;family_session,yes,8"
    same = planned(line, head="code,payer,since,rounding,modifiers,types,day_sum,max_units")
    assert plan.rows == same.rows
    assert (plan.rows[0].day_sum, plan.rows[0].max_units, plan.rows[0].modifiers) == (True, 8, ())


@pytest.mark.parametrize("text", ["", "{", "[1]", '"text"', '{"codes": 1}', "[" * 100_000])
def test_a_file_that_is_no_list_of_codes_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "codes.json"
    file.write_text(text)
    with pytest.raises(InputFailure):
        read_codes(file)
    with pytest.raises(InputFailure, match="no file"):
        read_codes(tmp_path / "missing.json")


@given(st.lists(st.tuples(*[st.text(max_size=12) for _ in COLUMNS]), max_size=4))
def test_whatever_stands_in_the_cells_a_line_is_planned_or_named(rows: list[tuple[str, ...]]) -> None:
    from fieldapp.laptop.imports.csvfile import Row
    from fieldapp.laptop.imports.csvfile import Table as Lines

    lines = Lines(tuple(Row(n, dict(zip(COLUMNS, cells, strict=True))) for n, cells in enumerate(rows, 2)))
    plan = plan_codes(lines, (), Tables((BUILT_IN,)))
    assert len(plan.lines.rows) == len(rows)
    for row in plan.lines.rows:
        assert row.verb in ("error", "add", "same")
    assert all("\x1b" not in said for said in report(plan.lines, "code", all_lines=True))


def test_what_a_new_version_of_a_pack_changes_is_said_code_by_code() -> None:
    before = planned("H0004,Medicaid,2026-07-01,floor", "T1016,,2026-07-01,ceil").rows
    after = planned("H0004,Medicaid,2026-07-01,ceil", "ZZ10,,2026-01-01,,event,Dummy visit").rows
    assert list(differences(before, after)) == [
        "change H0004 Counseling (Medicaid, from 2026-07-01): rounding floor → ceil",
        "add ZZ10 Dummy visit (every payer, from 2026-01-01)",
        "take out T1016 Case management (every payer, from 2026-07-01)",
    ]


def test_the_page_on_codes_shows_a_table_and_a_pack_that_load() -> None:
    page = (Path(__file__).parents[2] / "docs" / "codes.md").read_text("utf-8")
    lines = page.split("```csv\n", 1)[1].split("```", 1)[0]
    plan = plan_codes(read_bytes(lines.encode(), COLUMNS, NEEDED), (), Tables((BUILT_IN,)))
    assert errors(plan) == []
    assert [row.max_units for row in plan.rows] == [8, None]
    pack = page.split("```json\n", 1)[1].split("```", 1)[0]
    assert [row.code for row in read(pack).codes] == ["ZZ1", "ZZ2"]
    for column in COLUMNS:
        assert f"`{column}`" in page
