"""What a stay and a discharge say by themselves: index, facts, and values that no calendar has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.envelope import instant_ms
from fieldapp.records.fold import FieldView, View, Write
from fieldapp.records.kind import DOC, Signing
from fieldapp.records.kinds import KINDS, discharge, stay
from fieldapp.records.kinds.plan import TRIGGER_FACT

TZ = "America/Los_Angeles"
AT = instant_ms("2026-11-22T19:00:00.000Z")


def view(kind: str, values: dict[str, Any], at_ms: int = AT) -> View:
    """Return a view with the values as one write each."""
    fields = {
        name: FieldView((Write(value, "a" * 64, "s", "Dana", at_ms),)) for name, value in values.items()
    }
    return View("r", kind, "c", fields, {}, (), (), {})


def triggers(values: dict[str, Any], at_ms: int = AT) -> list[int]:
    return [
        fact.at_ms
        for fact in stay.KIND.facts(view("stay", {"tz": TZ, **values}, at_ms))
        if fact.name == TRIGGER_FACT
    ]


def test_a_stay_that_ended_asks_for_the_safety_plan_from_the_hour_of_leaving() -> None:
    left = {"what": "inpatient", "since": "2026-11-10", "until": "2026-11-20"}
    assert triggers({**left, "until_time": "10:00"}) == [instant_ms("2026-11-20T18:00:00.000Z")]
    # Without an hour: when it was written down, at the latest when the day was over.
    assert triggers(left, instant_ms("2026-11-20T22:00:00.000Z")) == [instant_ms("2026-11-20T22:00:00.000Z")]
    assert triggers(left) == [instant_ms("2026-11-21T07:59:00.000Z")]


@pytest.mark.parametrize(
    "values",
    [
        {"what": "inpatient", "since": "2026-11-10"},
        {"what": "jail", "since": "2026-11-10", "until": "2026-11-20"},
        {"what": "medical", "since": "2026-11-10", "until": "2026-11-20", "went_to": "died"},
        {"what": "inpatient", "since": "2026-02-30", "until": "2026-11-20"},
    ],
)
def test_no_plan_is_asked_for_while_it_lasts_nor_after_jail_or_a_death(values: dict[str, Any]) -> None:
    assert triggers(values) == []


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "what": st.text(max_size=12), "since": st.sampled_from(["2026-11-10", "2026-02-30", "x"]),
            "until": st.sampled_from(["2026-11-20", "2026-13-01"]), "until_time": st.sampled_from(["10:00", "99:99"]),
            "tz": st.sampled_from([TZ, "Nowhere/Else", ""]), "place": st.text(max_size=20),
        },
    )
)  # fmt: skip
def test_no_value_that_a_later_version_may_write_keeps_a_list_from_opening(values: dict[str, Any]) -> None:
    shown = view("stay", values)
    assert KINDS["stay"].index(shown).label
    assert all(fact.at_ms for fact in KINDS["stay"].facts(shown))


def test_the_first_wait_is_that_of_the_first_appointment_with_a_day_after_the_discharge() -> None:
    doc: dict[str, Any] = {
        "date": "2026-11-20",
        "appointments": [{"who": "later"}, {"when": "2026-12-02"}, {"when": "2026-11-25"}],
    }
    assert discharge.first_wait(doc) == 5
    assert [row.get("when") for row in discharge.appointments(doc)] == ["2026-11-25", "2026-12-02", None]
    assert discharge.first_wait({**doc, "appointments": [{"when": "2026-11-01"}]}) is None
    assert discharge.first_wait({**doc, "date": "someday"}) is None


@given(st.dictionaries(st.sampled_from(list(discharge.Discharge.model_fields)), st.none()))
def test_an_empty_discharge_never_passes_whatever_is_left_empty_in_it(doc: dict[str, Any]) -> None:
    found = discharge.check(doc, Signing(AT, TZ, "s", "clinician"))
    assert {"reason", "summary", "plan_disposition", "date"} <= {
        problem.field for problem in found if problem.stops
    }


def test_the_body_of_a_discharge_is_one_document() -> None:
    assert discharge.KIND.check_body("sign", {DOC: {"reason": "moved"}}) is None
    assert discharge.KIND.check_body("save", {DOC: {"reason": "moved"}}) is not None
    assert discharge.KIND.check_body("sign", {DOC: {"summary": 5}}) is not None
