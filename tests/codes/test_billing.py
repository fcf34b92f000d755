"""What holds a contact back from being billed, each reason by itself (clinical.md 2.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.clinical.billing import NOTES, Billing, Documented, billing
from fieldapp.clinical.coding import Coding, Coverage, coded
from fieldapp.records.kinds.contact import OUTCOMES, SEEN
from tests.codes.tables import MINUTE, coding, other, table, visit
from tests.forms.desk import ADA, DANA, DAY, HOUR, NAIR, PASSPHRASE, Desk, ident

GOOD = Documented(note="final", goals=1)


def visited(known: Coding, minutes: int = 40, **values: Any) -> dict[str, Any]:
    """Return a visit with its code line written into it."""
    return coded(visit(minutes, **values), known)


def holds(found: Billing) -> list[str]:
    return [one.code for one in found.holds]


def asked(known: Coding, documented: Documented = GOOD, minutes: int = 40, **values: Any) -> Billing:
    return billing(visited(known, minutes, **values), documented, known, record="m", staff="me")


def test_a_locked_note_a_goal_a_code_a_credential_and_a_payer_make_it_billable() -> None:
    assert asked(coding()) == Billing(True)


@pytest.mark.parametrize("note", sorted(NOTES))
def test_it_is_held_until_its_note_is_locked(note: str) -> None:
    found = asked(coding(), Documented(note=note, goals=1))
    assert (found.billable, found.ever, holds(found)) == (False, True, ["note"])


def test_it_is_held_without_a_goal_but_not_in_crisis_intake_and_outreach() -> None:
    none = Documented(note="final")
    assert holds(asked(coding(), none)) == ["goal"]
    assert asked(coding(), none, goals=["Sleep six hours"]).billable
    for kind in ("crisis_response", "intake_assessment", "outreach_engagement"):
        assert asked(coding(), none, contact_type=kind).billable


def test_it_is_held_without_a_payer_and_outside_its_authorisation() -> None:
    assert holds(asked(coding(payer=""))) == ["payer"]
    known = coding(coverage=(Coverage("Medicaid", auth_to="2026-11-21"),))
    assert holds(asked(known)) == ["authorization"]


def test_it_is_held_without_a_credential_and_by_one_that_is_not_for_the_code() -> None:
    assert holds(asked(coding(credential=""))) == ["credential"]
    values = visited(coding(credential="CPC"), contact_type="peer_support")
    found = billing(values, GOOD, coding(credential="LICSW"), record="m", staff="me")
    assert [one.sentence for one in found.holds] == ["H0038 is not for LICSW."]


def test_it_is_held_over_the_most_that_the_payer_takes_a_day() -> None:
    row = {"code": "H0004", "types": ["individual_counseling"], "max_units": 4, "since": "2026-01-01"}
    assert asked(coding(table(row))).billable
    more = (other("a", minutes=30), other("b", minutes=60, day="2026-11-21", ago=1500))
    found = asked(coding(table(row), others=more))
    assert [one.sentence for one in found.holds] == ["5 units of H0004 that day; the payer takes 4."]


def test_only_the_contact_that_goes_over_the_most_of_a_day_is_held() -> None:
    row = {"code": "H0004", "types": ["individual_counseling"], "max_units": 4, "since": "2026-01-01"}
    assert asked(coding(table(row), others=(other("a", minutes=60, ago=-200),))).billable


def test_it_is_held_once_more_units_are_used_than_were_authorised() -> None:
    rows = (Coverage("Medicaid", "2026-11-01", "2026-11-30", 5),)
    before = (
        other("a", minutes=30),
        other("b", minutes=60, day="2026-10-31", ago=40_000),
        other("c", ago=-60),
    )
    assert asked(coding(coverage=rows, others=before)).billable
    more = (*before, other("d", minutes=15, day="2026-11-20", ago=3_000))
    found = asked(coding(coverage=rows, others=more))
    assert [one.sentence for one in found.holds] == ["6 units with this one; Medicaid authorized 5."]


@pytest.mark.parametrize(("ago", "held"), [(10, True), (-10, False), (41, False)])
def test_the_second_of_two_staff_is_held_unless_the_payer_counts_both(ago: int, held: bool) -> None:
    first = other("a", minutes=40, ago=ago)
    assert (holds(asked(coding(others=(first,)))) == ["second_staff"]) is held
    row = {"code": "H0004", "types": ["individual_counseling"], "second_staff": True}
    assert asked(coding(table(row), others=(first,))).billable


def test_an_adult_family_home_waits_for_the_place_that_the_payer_names() -> None:
    assert holds(asked(coding(), setting="adult_family_home")) == ["place"]
    assert asked(coding(), setting="adult_family_home", pos="99").billable


def test_no_units_no_code_and_open_conflicts_hold_it() -> None:
    assert holds(asked(coding(), minutes=7)) == ["units"]
    assert holds(billing(visit(), GOOD, coding())) == ["code"]
    side_by_side = Documented(note="final", goals=1, contested=("stop", "participants/x/who"))
    assert holds(asked(coding(), side_by_side)) == ["conflict"]
    remark = Documented(note="final", goals=1, contested=("remark",))
    assert asked(coding(), remark).billable


@pytest.mark.parametrize("outcome", sorted(set(OUTCOMES) - SEEN))
def test_what_did_not_take_place_is_never_billed(outcome: str) -> None:
    found = asked(coding(), outcome=outcome)
    assert (found.billable, found.ever) == (False, False)


def test_an_entry_in_error_is_never_billed() -> None:
    found = asked(coding(), Documented(note="final", goals=1, in_error=True))
    assert (found.billable, found.ever, holds(found)) == (False, False, ["in_error"])


def test_all_reasons_are_said_at_once() -> None:
    found = billing(visited(coding(payer="")), Documented(note="none"), coding(payer="", credential=""))
    assert holds(found) == ["note", "goal", "credential", "payer"]


# ── on a laptop ──────────────────────────────────────────────────────────────────────────────────


def test_the_reader_finds_the_note_its_goals_the_coverage_and_the_credential(
    desk_of: Callable[..., Desk],
) -> None:
    desk = desk_of()
    values = {name: value for name, value in visited(coding()).items() if name not in ("start", "stop")}
    contact = desk.contact(ADA, ago=2 * HOUR, **values | {"units": 4, "units_minutes": 60})
    bare = desk.contact(ADA, ago=3 * DAY)
    desk.add("episode", ident(400), {"items": {"coverage": {"c": {"payer": "Medicaid"}}}}, client=ADA)
    waiting = desk.note(ADA, author=DANA, contact=contact, cosign="supervisor")
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    found = laptop.record(contact).billing
    assert found is not None
    assert [one.sentence for one in found.holds] == [NOTES["pending"]]
    missing = laptop.record(bare).billing
    assert missing is not None
    assert holds(missing) == ["note", "goal", "code"]
    with laptop._open().store.writing() as tx:
        desk.put(
            tx, "note", waiting.envelope.id, {}, client=ADA, author=NAIR, meaning="cosign", about=waiting.hash
        )
    ready = laptop.record(contact).billing
    assert ready == Billing(True)
    assert laptop.record(waiting.envelope.id).billing is None


def test_a_colleagues_overlapping_visit_holds_the_second_and_not_the_first(
    desk_of: Callable[..., Desk],
) -> None:
    desk = desk_of()
    values = {name: value for name, value in visited(coding()).items() if name not in ("start", "stop")}
    said = values | {"units": 4, "units_minutes": 60}
    first = desk.contact(ADA, ago=2 * HOUR, author=NAIR, **said)
    second = desk.contact(ADA, ago=2 * HOUR - 10 * MINUTE, author=DANA, **said)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    codes = {record: holds(found) for record in (first, second) if (found := laptop.record(record).billing)}
    assert "second_staff" not in codes[first]
    assert "second_staff" in codes[second]


def test_a_call_to_the_pharmacy_is_never_billed_and_waits_for_nothing() -> None:
    found = asked(coding(credential="MA-C"), Documented(note="not_needed"), contact_type="pharmacy_call")
    assert (found.billable, found.ever, holds(found)) == (False, False, ["not_billed"])
