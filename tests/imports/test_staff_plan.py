"""The staff list: roles, credentials and supervisors, and that importing twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fieldapp.laptop.imports.csvfile import read_bytes
from fieldapp.laptop.imports.known import organisation
from fieldapp.laptop.imports.plan import ImportPlan, report
from fieldapp.laptop.imports.staff import COLUMNS, NEEDED, Task, plan_staff
from fieldapp.records.changes import values_of
from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS
from tests.imports.import_world import NORTH, ORG, PROGRAM, TODAY, Ids, Store, roster


def row(short: str = "m.berg", **cells: str) -> dict[str, str]:
    return {
        "id": short,
        "name": f"Person {short}",
        "role": "clinician",
        "team": "north",
        "program": "community-iop",
        **cells,
    }


def plan(*rows: Mapping[str, str], store: Store | None = None) -> ImportPlan:
    views: dict[str, View] = {view.id: view for view in store.of("staff")} if store else {}
    staff = organisation(views.values(), TODAY).staff if views else {}
    org = type(ORG)(ORG.programs, ORG.teams, staff)
    data = roster(*rows, header=COLUMNS)
    return plan_staff(read_bytes(data, COLUMNS, NEEDED), Task(org, views, Ids(5000 if views else 1000)))


def written(*rows: dict[str, str]) -> tuple[Store, dict[str, Any]]:
    store = Store()
    store.apply(plan(*rows).writes)
    view = store.of("staff")[0]
    return store, values_of(KINDS["staff"], view)


def test_a_line_makes_a_staff_member_with_role_credential_and_supervisor() -> None:
    rows = (
        row(credential="lmhc;MHP", fte="0.8", npi="1234567893", supervisor="a.boss", licence="LH1",
            expiry="2027-01-31"),
        row("a.boss", role="supervisor"),
    )  # fmt: skip
    store, values = written(*rows)
    assert values["code"] == "m.berg"
    assert list(values["memberships"].values()) == [{"role": "clinician", "program": PROGRAM, "team": NORTH}]
    assert list(values["credentials"].values()) == [
        {"code": "LMHC", "number": "LH1", "expires": "2027-01-31"},
        {"code": "MHP"},
    ]
    assert (values["is_mhp"], values["fte_hundredths"], values["npi"]) == (True, 80, "1234567893")
    assert values["supervisor"] == store.of("staff")[1].id
    assert plan(*rows, store=store).writes == ()


def test_several_roles_in_one_cell_or_on_several_lines_add_up() -> None:
    _, values = written(row(role="supervisor;records"), row(role="clinician", team="south"))
    assert {(m["role"], m.get("team")) for m in values["memberships"].values()} == {
        ("supervisor", NORTH),
        ("records", None),
        ("clinician", ORG.teams["south"].id),
    }


def test_a_role_that_the_list_forgets_is_kept() -> None:
    store, _ = written(row(role="supervisor;records"))
    again = plan(row(role="supervisor"), store=store)
    assert (again.count("same"), again.writes) == (1, ())


def test_a_renewed_credential_is_one_small_change() -> None:
    store, _ = written(row(credential="LMHC", expiry="2026-12-01"))
    again = plan(row(credential="LMHC", expiry="2028-12-01"), store=store)
    items = again.writes[0].body["items"]
    assert list(items["credentials"].values()) == [{"expires": "2028-12-01"}]  # type: ignore[index]
    assert "credential LMHC 2028-12-01" in "\n".join(report(again, "staff member"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"npi": "1234567890"}, "not an NPI"),
        ({"fte": "8"}, "share of full time"),
        ({"fte": "NaN"}, "share of full time"),
        ({"role": "boss"}, "use one of tech, peer"),
        ({"team": "west"}, '"west" is not a team here (known: intake, north, south)'),
        ({"program": "php"}, "not a program here"),
        ({"team": ""}, "needs a team"),
        ({"team": "", "program": ""}, "needs a program"),
        ({"supervisor": "n.obody"}, "neither in this file nor here"),
        ({"expiry": "2027-01-31"}, "belong to nothing"),
        ({"id": "m berg"}, "not a short name"),
        ({"name": ""}, "name: is empty"),
    ],
)
def test_each_bad_cell_has_its_own_sentence(cells: dict[str, str], said: str) -> None:
    made = plan({**row(), **cells})
    assert made.writes == ()
    assert said in "; ".join(map(str, made.rows[0].errors))


def test_one_short_name_for_two_people_stops_the_second() -> None:
    made = plan(row(), row(name="Somebody Else"))
    assert [error.column for error in made.rows[1].errors] == ["name"]
    assert len(made.writes) == 1


def test_a_credential_may_name_its_degree_and_the_only_codes_that_it_is_good_for() -> None:
    line = row(credential="AAC", education="Master", may_code="t1016; h2014;T1016")
    store, values = written(line)
    held = next(iter(values["credentials"].values()))
    assert (held["education"], held["may_code"]) == ("master", ["T1016", "H2014"])
    assert plan(line, store=store).writes == ()
    changed = plan(row(credential="AAC", may_code="H2014"), store=store)
    assert "credential AAC H2014" in "\n".join(report(changed, "staff member"))
    wrong = plan(row(may_code="T1016"), row("b.other", credential="AAC", education="doctor"))
    said = "\n".join(report(wrong, "staff member"))
    assert "belong to nothing" in said
    assert 'education: "doctor" is not known' in said
