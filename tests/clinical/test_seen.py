"""What counts as seeing a client (clinical.md 5 metric 3, 2.8; programs: family sessions with and without the client)."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.clinical.seen import is_seen, of_fact, said_by
from fieldapp.records.kinds import KINDS
from tests.records.support import Maker

START = "2026-11-22T17:00:00.000Z"
VISIT = {
    "start": START, "stop": "2026-11-22T18:00:00.000Z", "outcome": "completed", "contact_type": "family", "modality": "in_person",
    "setting": "home",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({}, True),
        ({"client_present_min": 20}, True),
        ({"client_present_min": 0}, False),
        ({"contact_type": "housing_landlord"}, False),
        ({"outcome": "attempt_no_answer"}, False),
        ({"modality": "letter"}, False),
    ],
)
def test_a_session_with_the_family_alone_is_no_contact_with_the_client_by_its_form_and_by_its_fact(
    more: dict[str, Any], seen: bool
) -> None:
    values = VISIT | more
    assert is_seen(said_by(values, 0)) is seen
    maker = Maker(KINDS["contact"])
    maker.write(fields=values)
    (fact,) = [one for one in KINDS["contact"].facts(maker.view()) if one.name == "contact"]
    assert is_seen(of_fact(fact.at_ms, fact.value, fact.extra)) is seen
