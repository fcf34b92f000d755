"""Memberships are judged on the day of service: first and last day included."""

from __future__ import annotations

from fieldapp.clinical.memberships import Membership, is_clinical, memberships_on

STAFF = {
    "name": "Rosa Imani",
    "memberships": {
        "b": {"role": "tech", "program": "P1", "team": "T1", "since": "2026-02-01", "until": "2026-06-30"},
        "a": {"role": "casemgr", "program": "P1", "team": "T2", "since": "2026-07-01"},
        "c": {"role": None, "team": "T3"},
        "d": {"role": "biller"},
    },
}


def test_first_and_last_day_count_and_the_days_beside_them_do_not() -> None:
    tech = Membership("tech", "P1", "T1")
    assert tech not in memberships_on(STAFF, "2026-01-31")
    assert tech in memberships_on(STAFF, "2026-02-01")
    assert tech in memberships_on(STAFF, "2026-06-30")
    assert tech not in memberships_on(STAFF, "2026-07-01")
    assert Membership("casemgr", "P1", "T2") in memberships_on(STAFF, "2026-07-01")


def test_an_open_membership_always_holds_and_one_without_a_role_never() -> None:
    assert memberships_on(STAFF, "2026-08-01") == (
        Membership("biller", "", ""),
        Membership("casemgr", "P1", "T2"),
    )


def test_nobody_is_a_member_after_the_day_they_left() -> None:
    gone = {**STAFF, "left_on": "2026-08-15"}
    assert memberships_on(gone, "2026-08-15")
    assert memberships_on(gone, "2026-08-16") == ()


def test_an_empty_staff_record_is_a_member_of_nothing() -> None:
    assert memberships_on({}, "2026-08-16") == ()


def test_clinical_standing() -> None:
    members = memberships_on(STAFF, "2026-03-01")
    assert is_clinical(members)
    assert not is_clinical([Membership("manager", "P1", ""), Membership("records", "", "")])
