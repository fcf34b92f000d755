"""Which code is proposed, for whom, with which modifiers, and why (clinical.md 2.10)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.coding import (
    NO_CODE,
    Coverage,
    code_line,
    payer_on,
    proposals,
    wrong_units,
)
from fieldapp.records.codes import BUILT_IN
from fieldapp.records.envelope import instant
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.contact import OUTCOMES, SEEN, TYPES
from tests.codes.tables import BANDS, MINUTE, START, coding, other, table, visit


def codes(values: dict[str, Any], known: Any) -> list[str]:
    return [one.code for one in proposals(values, known)]


def test_the_first_of_the_table_that_fits_type_and_credential_is_taken() -> None:
    line = code_line(visit(), coding())
    assert line.taken is not None
    assert (line.taken.code, line.taken.units, line.taken.modifiers) == ("H0004", 3, ("HO",))
    assert line.taken.because == ("Individual counseling", "LICSW")
    assert line.fields["code_table"] == BUILT_IN.hash
    assert (line.fields["units"], line.fields["units_rule"]) == (3, "per15/nearest")


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_no_code_is_proposed_for_a_type_that_its_row_does_not_name(kind: str) -> None:
    by_code = {row.code: row for row in BUILT_IN.rows}
    for code in codes(visit(contact_type=kind), coding()):
        assert kind in by_code[code].types
        assert by_code[code].offered


def test_peer_support_is_for_peers_and_assessment_not_for_physicians() -> None:
    assert codes(visit(contact_type="peer_support"), coding(credential="LICSW")) == []
    assert codes(visit(contact_type="peer_support"), coding(credential="CPC")) == ["H0038"]
    assert "H0031" in codes(visit(contact_type="intake_assessment"), coding(credential="LICSW"))
    assert "H0031" not in codes(visit(contact_type="intake_assessment"), coding(credential="MD"))


def test_a_credential_that_names_its_codes_allows_no_others() -> None:
    held = {"may_code": ["T1016", "H2014"]}
    assert codes(visit(contact_type="case_management"), coding(held=held)) == ["T1016"]
    assert codes(visit(), coding(held=held)) == []
    assert "no code here for Individual counseling" in code_line(visit(), coding(held=held)).why


def test_an_expired_credential_allows_nothing_that_is_kept_for_its_holders() -> None:
    values = visit(contact_type="peer_support")
    assert codes(values, coding(credential="CPC", held={"expires": "2026-11-22"})) == ["H0038"]
    assert codes(values, coding(credential="CPC", held={"expires": "2026-11-21"})) == []


@pytest.mark.parametrize(
    ("credential", "held", "modifiers"),
    [
        ("AAC", {}, ("HN",)), ("LMHCA", {}, ("HO",)), ("AAC-R", {}, ()), ("", {}, ()),
        ("AAC", {"education": "master"}, ("HO",)), ("LMHC", {"education": "bachelor"}, ("HN",)),
    ],
)  # fmt: skip
def test_hn_and_ho_come_from_the_credential_or_what_the_staff_record_says_better(
    credential: str, held: dict[str, str], modifiers: tuple[str, ...]
) -> None:
    found = proposals(visit(), coding(credential=credential, held=held))
    assert found[0].modifiers == modifiers


@pytest.mark.parametrize(
    ("values", "modifiers"),
    [
        ({"contact_type": "group"}, ("HO", "HQ")),
        ({"contact_type": "family_session"}, ("HO", "HR")),
        ({"contact_type": "family_session", "client_present_min": 0}, ("HO", "HS")),
    ],
)
def test_group_and_family_modifiers_come_from_who_was_there(
    values: dict[str, Any], modifiers: tuple[str, ...]
) -> None:
    by_code = {one.code: one for one in proposals(visit(**values), coding())}
    assert by_code["H0004"].modifiers == modifiers


def test_a_payer_says_which_modifiers_it_wants_and_which_always() -> None:
    row = {
        "code": "H0004",
        "types": ["individual_counseling"],
        "payer": "Medicaid",
        "modifiers": ["HE", "95", "93"],
    }
    for modality, wanted in (("in_person", ("HE",)), ("video", ("HE", "95")), ("audio_only", ("HE", "93"))):
        line = code_line(visit(modality=modality), coding(table(row)))
        assert line.taken is not None
        assert line.taken.modifiers == wanted
        assert "Medicaid" in line.taken.because


def test_a_payers_own_row_counts_before_the_general_one_and_only_for_that_payer() -> None:
    row = {"code": "H0004", "types": ["individual_counseling"], "payer": "MEDICAID ", "rounding": "floor"}
    mine = code_line(visit(44), coding(table(row)))
    theirs = code_line(visit(44), coding(table(row), payer="Somebody else"))
    assert mine.taken is not None
    assert theirs.taken is not None
    assert (mine.taken.units, theirs.taken.units) == (2, 3)
    assert mine.taken.why == "44 min, whole 15s only: 2 units"


def test_rows_hold_from_their_first_to_their_last_day_by_the_start_of_the_contact() -> None:
    old = {"code": "ZZ8", "types": ["group"], "since": "2026-01-01", "until": "2026-11-22"}
    new = {"code": "ZZ9", "types": ["group"], "since": "2026-11-23"}
    known = coding(table(old, new))
    late = START + 12 * 60 * MINUTE + 50 * MINUTE
    assert late % 86_400_000 != 0
    over = visit(contact_type="group", start=instant(late), stop=instant(late + 30 * MINUTE))
    assert codes(over, known)[0] == "ZZ8"
    after = visit(contact_type="group", start=instant(late + 15 * MINUTE), stop=instant(late + 30 * MINUTE))
    assert codes(after, known)[0] == "ZZ9"


def test_a_visit_over_midnight_is_one_contact_dated_by_its_start() -> None:
    began = START + (12 * 60 + 50) * MINUTE
    line = code_line(visit(start=instant(began), stop=instant(began + 30 * MINUTE)), coding())
    assert line.why == "30 min, nearest 15: 2 units; dated 2026-11-22, when it began"


def test_what_was_used_last_time_for_the_type_is_proposed_again() -> None:
    known = coding(others=(other("a", "H2019"), other("b", "T1016", contact_type="case_management")))
    line = code_line(visit(), known)
    assert line.taken is not None
    assert line.taken.code == "H2019"
    assert line.taken.because[-1] == "as last time"


def test_who_picks_a_code_keeps_it_while_it_may_be_used() -> None:
    chosen = code_line(visit(), coding(), chosen="H0036")
    assert chosen.taken is not None
    assert chosen.taken.code == "H0036"
    gone = code_line(visit(modality="audio_only"), coding(), chosen="H0036")
    assert gone.taken is not None
    assert gone.taken.code == "H0004"
    none = code_line(visit(), coding(), chosen=NO_CODE)
    assert (none.taken, none.fields["units"], none.fields["service_code"]) == (None, 0, None)


@pytest.mark.parametrize("outcome", sorted(set(OUTCOMES) - SEEN))
def test_whatever_did_not_take_place_has_0_units_and_no_code(outcome: str) -> None:
    line = code_line(visit(60, outcome=outcome), coding(), chosen="H0004")
    assert line.fields["units"] == 0
    assert line.fields["service_code"] is None
    assert line.why.endswith(": 0 units")
    assert KINDS["contact"].check_body("save", {"set": {"outcome": outcome, "units": 1}}) is not None


def test_minutes_with_the_client_count_where_they_are_said_and_not_in_collateral_work() -> None:
    line = code_line(visit(60, client_present_min=22), coding())
    assert line.why == "22 min of 60 with the client, nearest 15: 1 unit"
    work = code_line(visit(60, contact_type="collateral", client_present_min=0), coding(), chosen="T1016")
    assert work.fields["units"] == 4


def test_the_minutes_of_one_code_on_one_day_are_added_up_where_the_payer_does() -> None:
    row = {"code": "H0004", "types": ["individual_counseling"], "day_sum": True, "since": "2026-01-01"}
    earlier = (other("a", minutes=10), other("b", "H2019"), other("later", ago=-300),
               other("c", day="2026-11-21", ago=1_500))  # fmt: skip
    line = code_line(visit(12), coding(table(row), others=earlier), record="x", chosen="H0004")
    assert (line.fields["units"], line.fields["units_before"]) == (0, 10)
    assert "1 unit alone; with 10 min earlier that day 22 min make 1 unit" in line.why


@pytest.mark.parametrize(
    ("minutes", "code"), [(15, "H0004"), (16, "ZZ1"), (37, "ZZ1"), (38, "ZZ2"), (53, "ZZ3")]
)
def test_of_bands_the_one_that_the_minutes_lie_in_is_proposed_first(minutes: int, code: str) -> None:
    line = code_line(visit(minutes), coding(table(*BANDS)))
    assert line.taken is not None
    assert line.taken.code == code


def test_bands_alone_say_that_fifteen_minutes_are_not_reportable() -> None:
    held = {"may_code": [row["code"] for row in BANDS]}
    line = code_line(visit(15), coding(table(*BANDS), held=held))
    assert line.fields["units"] == 0
    assert line.why == "15 min, below the band 16 to 37 min: not reportable"


def test_day_rates_are_for_group_driven_programs_and_need_minutes_that_the_agency_set() -> None:
    values = visit(60, contact_type="group")
    assert "S9480" not in codes(values, coding())
    line = code_line(values, coding(archetype="structured"), chosen="S9480")
    assert line.fields["units"] == 0
    assert "has not set how many minutes" in line.why
    row = {
        "code": "S9480",
        "types": ["group"],
        "rule": "per_diem",
        "minimum": 180,
        "archetypes": ["structured"],
    }
    day = tuple(other(n, "S9480", m, ago=a) for n, m, a in (("a", 60, 300), ("b", 50, 200)))
    short = code_line(values, coding(table(row), archetype="structured", others=day), chosen="S9480")
    assert short.why.endswith("0 units, 10 min short")


def test_who_pays_is_the_coverage_whose_authorisation_holds_that_day() -> None:
    rows = (Coverage("Old", auth_to="2026-06-30"), Coverage("New", auth_from="2026-07-01"))
    assert [payer_on(rows, day).payer for day in ("2026-06-30", "2026-07-01")] == ["Old", "New"]  # type: ignore[union-attr]
    assert payer_on((), "2026-07-01") is None
    assert payer_on((Coverage("Old", auth_to="2026-06-30"),), "2026-07-01") is not None


@given(
    st.integers(1, 700), st.sampled_from(sorted(TYPES)), st.sampled_from(["in_person", "video", "audio_only"]),
    st.integers(0, 90), st.none() | st.integers(0, 700), st.sampled_from(["LICSW", "AAC", "CPC", "MD", ""]),
)  # fmt: skip
def test_every_line_is_a_body_that_laptop_and_server_take_and_is_found_right_again(
    minutes: int, kind: str, modality: str, travel: int, present: int | None, credential: str
) -> None:
    values = visit(
        minutes, contact_type=kind, modality=modality, travel_min=travel, client_present_min=present
    )
    known = coding(table(*BANDS), credential=credential)
    for offer in proposals(values, known):
        said = values | offer.fields()
        assert KINDS["contact"].check_body("save", {"set": said}) is None
        assert wrong_units(said, known) == ""
        if offer.units:
            assert wrong_units(said | {"units": offer.units + 1}, known) != ""
            assert KINDS["contact"].check_body("save", {"set": said | {"units": offer.units + 1}}) is not None


def test_a_table_that_is_not_here_is_taken_at_its_word_and_one_that_is_not() -> None:
    known = coding(table(*BANDS))
    line = code_line(visit(), known, chosen="ZZ2")
    stated = visit() | dict(line.fields)
    assert wrong_units(stated | {"code_table": "0" * 64, "units_rule": "per15/ceil"}, known) == ""
    assert "another rule" in wrong_units(stated | {"units_rule": "per15/ceil"}, known)
    assert "not in the table" in wrong_units(stated | {"service_code": "ZZ7"}, known)


def test_a_call_to_the_pharmacy_has_no_units_unless_the_agencys_own_row_names_it() -> None:
    """It is no service of its own (clinical.md 2.8, 2.10): a row for every type does not take it in."""
    every = table({"code": "ZZ9", "label": "Any", "since": "2026-01-01"})
    call = visit(contact_type="pharmacy_call", modality="audio_only", setting=None)
    assert "ZZ9" in codes(visit(), coding(every))
    line = code_line(call, coding(every, credential="MA-C"))
    assert (line.taken, line.why) == (None, "Pharmacy call: not billed, 0 units")
    assert line.fields["units"] == 0
    named = table({"code": "ZZ8", "label": "Refill", "types": ["pharmacy_call"], "since": "2026-01-01"})
    assert codes(call, coding(named, credential="MA-C")) == ["ZZ8"]
