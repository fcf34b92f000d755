"""Credentials at their boundaries: the expiry day, the day after, and 60, 30 and 7 days before."""

from __future__ import annotations

from typing import Any

import pytest

from fieldapp.clinical.credentials import (
    codes_on,
    credential_shown,
    expiry,
    kind_problem,
    signing_problem,
    warned_days,
)


def staff(*rows: tuple[str, str | None, str | None]) -> dict[str, Any]:
    return {
        "credentials": {
            str(at): {"code": code, "issued": issued, "expires": expires}
            for at, (code, issued, expires) in enumerate(rows)
        }
    }


ONE = staff(("LMHC", "2024-01-01", "2026-11-30"))


@pytest.mark.parametrize(
    ("day", "stops", "limit"),
    [
        ("2026-09-30", None, None),  # 61 days
        ("2026-10-01", False, 60),
        ("2026-10-31", False, 30),
        ("2026-11-22", False, 30),  # 8 days
        ("2026-11-23", False, 7),
        ("2026-11-29", False, 7),
        ("2026-11-30", False, 7),  # the expiry day itself
        ("2026-12-01", True, 0),  # the day after
        ("2027-12-01", True, 0),
    ],
)
def test_one_licence_over_its_last_days(day: str, stops: bool | None, limit: int | None) -> None:
    problem = signing_problem(ONE, day)
    assert (None if problem is None else problem.stops) == stops
    assert warned_days(ONE, day) == limit


def test_the_sentences_say_which_credential_and_when() -> None:
    def sentence(day: str) -> str:
        problem = signing_problem(ONE, day)
        assert problem is not None
        return problem.sentence

    assert sentence("2026-11-30") == "Your credential LMHC expires today (2026-11-30)."
    assert sentence("2026-11-29") == "Your credential LMHC expires tomorrow (2026-11-30)."
    assert sentence("2026-10-31") == "Your credential LMHC expires in 30 days (2026-11-30)."
    assert sentence("2026-12-01").startswith("Your credential LMHC expired on 2026-11-30")


def test_one_good_licence_is_enough() -> None:
    two = staff(("LMHCA", "2022-01-01", "2025-01-01"), ("LMHC", "2025-01-01", None))
    assert signing_problem(two, "2026-11-22") is None


def test_a_designation_does_not_stand_for_an_expired_licence() -> None:
    mixed = staff(("LMHC", None, "2025-01-01"), ("MHP", None, None))
    problem = signing_problem(mixed, "2026-11-22")
    assert problem is not None
    assert problem.stops


def test_nobody_is_stopped_for_having_none_on_file() -> None:
    assert signing_problem({}, "2026-11-22") is None
    assert signing_problem(staff(("MHP", None, None)), "2026-11-22") is None


def test_shown_are_the_credentials_of_the_day_licences_first() -> None:
    several = staff(
        ("MHP", "2020-01-01", None),
        ("LMHC", "2024-01-01", "2026-11-30"),
        ("SUDP", "2022-01-01", None),
        ("LMHCA", "2021-01-01", "2023-12-31"),
        ("RN", "2027-01-01", None),
    )
    assert credential_shown(several, "2026-11-30") == "SUDP, LMHC, MHP"
    assert credential_shown(several, "2026-12-01") == "SUDP, MHP"
    assert credential_shown(several, "2023-01-01") == "LMHCA, SUDP, MHP"
    assert credential_shown({}, "2026-12-01") == ""


def test_a_long_list_is_cut_between_codes_so_that_the_envelope_takes_it() -> None:
    many = staff(*((f"CODE-{n:03}", None, None) for n in range(30)))
    shown = credential_shown(many, "2026-11-22")
    assert 60 < len(shown) <= 80
    assert set(shown.split(", ")) <= set(codes_on(many, "2026-11-22"))


def test_expiry_is_told_in_the_same_words_to_everybody() -> None:
    found = expiry(ONE, "2026-11-23")
    assert found is not None
    assert (found.code, found.left, found.words) == ("LMHC", 7, "LMHC expires in 7 days (2026-11-30)")
    assert expiry(staff(("LMHC", None, None)), "2026-11-23") is None
    assert expiry({}, "2026-11-23") is None


@pytest.mark.parametrize(
    ("rows", "kind", "may"),
    [
        ([], "note", True),
        ([("LMHC", None)], "note", True),
        ([("LMHC", ["note"])], "note", True),
        ([("LMHC", ["note"])], "crisis", False),
        ([("AAC", ["contact"]), ("LMHC", ["note", "crisis"])], "crisis", True),
        ([("AAC", ["contact"]), ("SUDP", None)], "crisis", True),
        ([("AAC", ["contact"]), ("MHP", None)], "crisis", False),
        ([("MHP", ["contact"])], "crisis", True),
    ],
)
def test_a_credential_signs_the_kinds_that_are_entered_for_it(
    rows: list[tuple[str, list[str] | None]], kind: str, may: bool
) -> None:
    held = {
        str(at): {"code": code, **({"may_sign": kinds} if kinds else {})}
        for at, (code, kinds) in enumerate(rows)
    }
    problem = kind_problem({"credentials": held}, "2026-11-23", kind)
    assert (problem is None) == may
    assert problem is None or problem.stops


def test_an_expired_licence_lends_its_kinds_to_nobody() -> None:
    held = {"a": {"code": "LMHC", "may_sign": ["crisis"], "expires": "2026-11-22"},
            "b": {"code": "AAC", "may_sign": ["note"]}}  # fmt: skip
    assert kind_problem({"credentials": held}, "2026-11-22", "crisis") is None
    assert kind_problem({"credentials": held}, "2026-11-23", "crisis") is not None


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        # A renewal on file from the day after: nothing ends in between.
        ([("LMHCA", "2025-01-01", "2026-12-12"), ("LMHC", "2026-12-13", "2028-12-12")], "2028-12-12"),
        ([("LMHCA", "2025-01-01", "2026-12-12"), ("LMHC", "2026-12-13", None)], None),
        # A gap: signing ends on the last day before it.
        ([("LMHCA", "2025-01-01", "2026-12-12"), ("LMHC", "2027-01-01", None)], "2026-12-12"),
        ([("LMHCA", "2024-01-01", "2026-11-01"), ("LMHC", "2027-01-01", None)], "2026-11-01"),
        # What is only issued later is none on file yet, and that stops nobody.
        ([("LMHC", "2027-01-01", "2029-01-01")], None),
    ],
)
def test_a_licence_that_is_issued_later_counts_from_then_on(
    rows: list[tuple[str, str, str | None]], ends: str | None
) -> None:
    held = {
        str(n): {"code": code, "issued": since, "expires": until}
        for n, (code, since, until) in enumerate(rows)
    }
    found = expiry({"credentials": held}, "2026-11-22")
    assert (found.on if found is not None else None) == ends
