"""The public table is ours and holds no CPT; packs bring tables; entries are checked against what they name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from fieldapp.records.changes import body_of
from fieldapp.records.codes import BUILT_IN, KNOWN_TABLES
from fieldapp.records.codes.table import CodeRow
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.contact import BY_PAYER, MODALITIES, POS, SETTINGS, TYPES
from fieldapp.records.kinds.program import ARCHETYPES
from fieldapp.records.kinds.staff import CREDENTIALS
from fieldapp.records.packs import BadPack, code_tables, load, part_of, read, split
from fieldapp.screens.contact_rules import SETTINGS as SHORT
from tests.codes.tables import BANDS, coding, pack_text, visit

CONTACT = KINDS["contact"]
SPEC = (
    "H0004 H0034 H0036 H0038 H2011 H2014 H2015 H2017 H2019 H2027 T1016 T1017 H0023 H0031 H0032 H0033 H0046 T1023 "
    "H0015 S9480 S9484 S9485 H0039 H0040 G0560 G0544"
)
STATED: dict[str, Any] = {
    "service_code": "H0004", "units": 3, "units_minutes": 40, "units_rule": "per15/nearest",
    "units_why": "40 min, nearest 15: 3 units", "code_table": BUILT_IN.hash,
}  # fmt: skip


def test_the_public_table_has_the_codes_of_the_specification_and_no_cpt() -> None:
    assert sorted(row.code for row in BUILT_IN.rows) == sorted(SPEC.split())
    assert all(re.fullmatch(r"[GHST]\d{4}", row.code) for row in BUILT_IN.rows)


def test_its_labels_are_short_and_its_words_are_those_of_the_forms() -> None:
    for row in BUILT_IN.rows:
        assert len(row.label) <= 40
        assert row.label[0].isupper()
        assert set(row.types) <= set(TYPES)
        assert set(row.modalities) <= set(MODALITIES)
        assert set(row.archetypes) <= set(ARCHETYPES)
        assert {*row.credentials, *row.not_credentials} <= set(CREDENTIALS)


def test_its_hash_is_that_of_its_rows_so_a_change_is_a_new_version() -> None:
    """Whoever changes a row raises VERSION and keeps the old table in KNOWN_TABLES; then this hash is renewed."""
    assert BUILT_IN.version == "2026-1"
    assert BUILT_IN.hash == "fc1bbda3197a09e87d21e6a594341ff17958afafadc1e40a5c002132a07069bc"
    assert KNOWN_TABLES[BUILT_IN.hash] is BUILT_IN


def test_every_setting_has_its_place_of_service_but_where_the_payer_says_it() -> None:
    expected = {
        "home": "12", "telehealth_home": "10", "telehealth_other": "02", "office": "11", "cmhc": "53",
        "shelter": "04", "street": "27", "motel": "16", "assisted_living": "13", "group_home": "14",
        "workplace": "18", "school": "03", "jail": "09", "ED": "23", "inpatient": "21",
        "psychiatric_inpatient": "51", "PHP": "52", "residential_SUD": "55", "psychiatric_residential": "56",
        "non_residential_SUD": "57", "skilled_nursing": "31", "nursing": "32", "mobile_unit": "15",
        "park_library_store_car": "99", "other": "99",
    }  # fmt: skip
    assert dict(POS) == expected
    assert {"adult_family_home"} == BY_PAYER
    assert [code for code, _ in SHORT] == list(SETTINGS)


@pytest.mark.parametrize(
    "change",
    [
        {"units": 4}, {"units_minutes": 90}, {"units_rule": "per15/ceil", "units_minutes": 31},
        {"units_rule": None}, {"service_code": None}, {"code_table": None}, {"units_minutes": None},
        {"service_code": "H9999"}, {"outcome": "no_show"}, {"units_staff": 2, "units": 6},
        {"add_on_units": 1}, {"units_before": "ten"},
    ],
    ids=lambda change: " ".join(change),
)  # fmt: skip
def test_units_that_do_not_follow_are_refused_wherever_they_arrive(change: dict[str, Any]) -> None:
    times = {"start": "2026-11-22T18:00:00.000Z", "stop": "2026-11-22T18:40:00.000Z", "outcome": "completed"}
    assert CONTACT.check_body("save", {"set": times | STATED}) is None
    assert CONTACT.check_body("save", {"set": times | STATED | change}) is not None


def test_a_rule_or_table_of_a_later_version_is_taken_as_it_is() -> None:
    assert CONTACT.check_body("save", {"set": STATED | {"units_rule": "per7/odd", "units": 9}}) is None
    other_table = STATED | {
        "code_table": "0" * 64,
        "units_rule": "hour/ceil",
        "units": 1,
        "service_code": "ZZ1",
    }
    assert CONTACT.check_body("save", {"set": other_table}) is None


def test_a_correction_of_one_of_the_fields_says_all_that_belong_to_it() -> None:
    base = visit() | STATED
    longer = base | {
        "stop": "2026-11-22T19:41:00.000Z",
        "units_minutes": 41,
        "units_why": "41 min, nearest 15: 3 units",
    }
    body = body_of(CONTACT, base, longer)
    assert set(body["set"]) == {"stop", *STATED}
    assert CONTACT.check_body("save", body) is None
    assert body_of(CONTACT, base, base | {"remark": "Rain."}) == {"set": {"remark": "Rain."}}


# ── packs ────────────────────────────────────────────────────────────────────────────────────────


def test_a_pack_brings_a_table_under_its_own_hash_and_a_later_version_takes_its_place() -> None:
    first, second = pack_text(*BANDS), pack_text(*BANDS[:2], version="2026-2")
    parts = [part_of(values) for text in (first, second) for values in split(text)]
    tables = code_tables(parts)
    assert [table.version for table in tables.tables] == [BUILT_IN.version, "2026-2"]
    assert [table.version for table in tables.earlier] == ["2026-1"]
    assert tables.find("ZZ3", "2026-11-22") is None
    assert tables.named(parts[0].sha256) is tables.earlier[0]
    withdrawn = code_tables([parts[0], replace(parts[1], withdrawn=True)])
    assert withdrawn.find("ZZ3", "2026-11-22") is not None
    assert load(parts) == ({}, ())


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "half"}, {"minimum": None}, {"most": 10}, {"until": "2025-01-01"}, {"colour": "red"},
        {"label": ""}, {"since": "soon"}, {"day_sum": True}, {"add_on": "ZZ5"}, {"minimum": "16"}, {"code": "A B"},
    ],
    ids=lambda change: " ".join(change),
)  # fmt: skip
def test_a_pack_with_an_odd_row_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadPack, match=r"codes\.0"):
        read(pack_text({**BANDS[0], **change}))


def test_a_pack_that_brings_nothing_or_one_row_twice_is_refused() -> None:
    with pytest.raises(BadPack):
        read(pack_text())
    with pytest.raises(BadPack, match="one row for a code"):
        read(pack_text(BANDS[0], BANDS[0]))


def test_what_a_row_says_is_read_back_the_same() -> None:
    for row in BUILT_IN.rows:
        assert CodeRow.model_validate(row.plain()) == row


def test_a_pack_is_offered_beside_the_public_codes_and_by_its_own_hash() -> None:
    tables = code_tables([part_of(values) for values in split(pack_text(*BANDS))])
    known = replace(coding(), tables=tables)
    assert {placed.table for placed in known.tables.on("2026-11-22")} == {
        table.hash for table in tables.tables
    }
