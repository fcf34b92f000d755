"""What a record must hold, line by line: what is missing is said, and nothing is red before it is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.record_checklist import WORDS, Done, RecordFacts, missing_elements, rows, standing
from fieldapp.records.episode_tables import ELEMENTS, STATUSES

ALL = {code: Done("2026-08-04", "D. Reyes", "note") for code in ELEMENTS}
WHOLE = RecordFacts(
    today="2026-11-22", status="active", admitted="2026-08-03", disclosure_on="2026-08-03", rights_on="2026-08-03",
    privacy_on="2026-08-03", elements=ALL, sud=True, plans=1, plan_review="2026-12-20", consent_on="2026-08-03",
    last_note="2026-11-20", listed=True, verified_on="2026-11-01", releases=1, referred_by="ED",
    received_on="2026-07-20", decided_on="2026-08-01",
)  # fmt: skip


def states(facts: RecordFacts) -> dict[str, str]:
    """Return how each line stands."""
    return {row.code: row.state for row in rows(facts)}


def test_a_whole_record_is_in_order_and_its_discharge_is_not_expected_yet() -> None:
    found = states(WHOLE)
    assert found.pop("discharge") == "later"
    assert set(found.values()) == {"done"}
    assert standing(rows(WHOLE)) == "9 in order"


CASES: list[tuple[str, Mapping[str, Any], str, str]] = [
    ("disclosure", {"disclosure_on": ""}, "missing", "counselor disclosure"),
    ("disclosure", {"rights_on": ""}, "look", "rights"),
    ("disclosure", {"part2": True}, "look", "Part 2 notice"),
    ("identity", {"missing_identity": ("date of birth",)}, "missing", "date of birth"),
    ("identity", {"missing_identity": ("language",)}, "look", "language"),
    ("assessment", {"elements": {k: v for k, v in ALL.items() if k != "harm"}}, "missing", "risk of harm"),
    ("assessment", {"elements": {k: v for k, v in ALL.items() if k != "diagnosis"}}, "look", "diagnostic"),
    (
        "assessment",
        {"elements": {k: v for k, v in ALL.items() if k != "placement"}, "sud": False},
        "done",
        "last",
    ),
    ("plan", {"plans": 0, "plan_first_by": "2026-09-01"}, "missing", "no treatment plan"),
    ("plan", {"plans": 0, "plan_first_by": "2026-12-01"}, "look", "due by 2026-12-01"),
    ("plan", {"plans": 2}, "look", "two plans"),
    ("plan", {"plan_review": "2026-11-01"}, "look", "was due"),
    ("consent", {"consent_on": ""}, "missing", "no consent"),
    ("consent", {"consent_on": "", "consent_ended": True}, "missing", "has ended"),
    ("consent", {"consent_on": "", "order": "LRA"}, "look", "court order"),
    ("consent", {"consent_on": "", "order": "probation"}, "missing", "no consent"),
    ("notes", {"unsigned": 2}, "missing", "2 services"),
    ("notes", {"last_note": "2026-10-01"}, "look", "2026-10-01"),
    ("notes", {"last_note": ""}, "missing", "no signed note"),
    ("medicines", {"list_changed": True}, "look", "changed"),
    ("medicines", {"listed": False, "verified_on": ""}, "missing", "no list"),
    ("releases", {"hear_without": 1}, "look", "1 person"),
    ("referrals", {"referred_by": "", "received_on": ""}, "look", "nobody wrote down"),
    ("referrals", {"decided_on": ""}, "look", "decision"),
    ("discharge", {"status": "discharged", "discharged_on": "2026-11-10"}, "missing", "no summary"),
    (
        "discharge",
        {"status": "discharged", "discharged_on": "2026-11-10", "discharge_written": True},
        "done",
        "summary",
    ),
    ("discharge", {"status": "declined"}, "done", "declined 2026-08-01"),
]


@pytest.mark.parametrize(("code", "changed", "state", "words"), CASES)
def test_each_line_says_what_is_missing(
    code: str, changed: Mapping[str, Any], state: str, words: str
) -> None:
    row = next(row for row in rows(replace(WHOLE, **changed)) if row.code == code)
    assert row.state == state
    assert words in row.words


def test_before_admission_nothing_is_missing_that_comes_with_it() -> None:
    found = states(
        RecordFacts(today="2026-11-22", status="referred", referred_by="ED", received_on="2026-11-20")
    )
    assert {found[code] for code in ("plan", "notes", "medicines", "assessment", "consent", "discharge")} == {
        "later"
    }
    assert found["disclosure"] == "missing"


@given(
    st.sampled_from(tuple(STATUSES)), st.sets(st.sampled_from(tuple(ELEMENTS))), st.sampled_from((None, True, False)),
    st.integers(0, 3), st.booleans(),
)  # fmt: skip
def test_there_are_always_ten_lines_with_words_and_more_that_is_done_never_looks_worse(
    status: str, there: set[str], sud: bool | None, plans: int, listed: bool
) -> None:
    facts = replace(
        WHOLE,
        status=status,
        elements={code: ALL[code] for code in there},
        sud=sud,
        plans=plans,
        listed=listed,
    )
    found = rows(facts)
    assert len({row.code for row in found}) == 10
    assert all(row.words and row.jump and row.state in WORDS for row in found)
    order = ("missing", "look", "later", "done")
    before = next(row for row in found if row.code == "assessment")
    after = next(row for row in rows(replace(facts, elements=ALL)) if row.code == "assessment")
    assert order.index(after.state) >= order.index(before.state)
    assert set(missing_elements(facts)) | there | ({"placement"} if sud is False else set()) == set(ELEMENTS)
