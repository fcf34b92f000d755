"""What a telehealth contact has to say (clinical.md 4.7), and what it may take over from the last one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.contact_entry import from_last_call
from fieldapp.records.kind import Signing
from fieldapp.records.kinds.contact import (
    KIND,
    MODALITIES,
    OUTCOMES,
    TYPES,
    check,
    of_telehealth,
    telehealth_missing,
)

BASE: Mapping[str, Any] = {
    "start": "2026-11-22T18:00:00.000Z", "stop": "2026-11-22T18:45:00.000Z", "outcome": "completed",
    "contact_type": "case_management", "setting": "telehealth_home", "client_location": "Home",
}  # fmt: skip
WHOLE: Mapping[str, Any] = {
    "consent_on_file": True, "privacy_check": True, "platform": "Zoom", "audio_only_reason": "no_device",
    "emergency_number": "425-555-0100",
}  # fmt: skip
SIGNING = Signing(1_795_374_000_000, "America/Los_Angeles", "x", "tech")


def fields(doc: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return (field, whether it stops) of what stands against a contact."""
    return [(problem.field, problem.stops) for problem in check(doc, SIGNING)]


@pytest.mark.parametrize("modality", ["video", "audio_only"])
def test_a_whole_telehealth_contact_is_not_questioned(modality: str) -> None:
    assert fields({**BASE, **WHOLE, "modality": modality}) == []


@pytest.mark.parametrize(
    ("modality", "missing"),
    [
        ("video", ["consent_on_file", "privacy_check", "platform", "emergency_number"]),
        ("audio_only", ["consent_on_file", "privacy_check", "audio_only_reason", "emergency_number"]),
        ("in_person", []),
        ("text", []),
    ],
)
def test_what_is_missing_is_one_question_that_never_stops(modality: str, missing: list[str]) -> None:
    doc = {**BASE, "modality": modality}
    assert list(telehealth_missing(doc)) == missing
    assert fields(doc) == ([("consent_on_file", False)] if missing else [])


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "attempt_no_answer"},
        {"contact_type": "housing_landlord"},
        {"contact_type": "crisis_response"},
    ],
)
def test_attempts_talks_with_others_and_a_crisis_are_not_asked(changed: Mapping[str, Any]) -> None:
    assert fields({**BASE, "modality": "audio_only", **changed}) == []


@pytest.mark.parametrize("field", ["consent_on_file", "privacy_check"])
def test_a_no_is_asked_for_its_reason(field: str) -> None:
    assert fields({**BASE, **WHOLE, "modality": "video", field: False}) == [(field, False)]


calls = st.fixed_dictionaries(
    {
        "modality": st.sampled_from(sorted(MODALITIES)),
        "outcome": st.sampled_from(sorted(OUTCOMES)),
        "contact_type": st.sampled_from(sorted(TYPES)),
        "client_location": st.sampled_from(["", "Home", "home ", "At work"]),
    },
    optional={
        "consent_on_file": st.booleans(), "privacy_check": st.booleans(), "platform": st.just("Zoom"),
        "audio_only_reason": st.just("short"), "emergency_number": st.just("911"),
    },
)  # fmt: skip


@given(calls, calls)
def test_the_last_call_fills_only_what_is_open_and_still_true(
    now: dict[str, Any], last: dict[str, Any]
) -> None:
    """Where the client is and who listens are asked anew; a number of elsewhere and a missing consent never come along."""
    taken = from_last_call(now, last)
    assert not taken.keys() & {name for name, value in now.items() if value not in (None, "")}
    assert not taken.keys() & {"privacy_check", "client_location"}
    assert taken.get("consent_on_file") in (None, True)
    assert all(last[name] == value for name, value in taken.items())
    assert bool(taken) <= of_telehealth(now)
    if "emergency_number" in taken:
        assert now["client_location"].strip().casefold() == last["client_location"].strip().casefold() != ""


def test_every_field_of_telehealth_has_a_label() -> None:
    assert set(WHOLE) <= set(KIND.labels)
