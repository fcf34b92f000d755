"""Who works here: the list, one person, and what may be read of whom (clinical.md 1.3; issue of supervisors, item 3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.cosign import BY_RULE, cosign_required, waiting_kinds
from fieldapp.clinical.credentials import standing
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted
from fieldapp.records.kinds.staff import COSIGN_RULES, CREDENTIALS, ROLES
from fieldapp.screens.print_out import PrintScreen
from fieldapp.screens.staff import StaffScreen
from fieldapp.screens.staff_member import StaffMemberScreen
from fieldapp.widgets.row_list import RowList
from tests.forms.desk import (
    DANA,
    NAIR,
    PASSPHRASE,
    TEAM,
    TOM,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    top,
    unlocked,
)
from tests.staff.agency import ANA, HOSTILE, KIM, LEFT, NEW, staffed

Make = Callable[..., Desk]
DAY = "2026-11-22"


def test_everybody_of_ones_teams_is_read_with_how_their_signing_stands(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    staffed(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    read = laptop.team_staff()
    found = {one.staff: one for one in read.members}
    assert [one.name for one in read.members] == [
        "Ana Rivera", "Dana Reyes", "Kim Haddad", "Lee Moss", "Nia Cole", "Priya Nair", "Tom Berg",
    ]  # fmt: skip
    assert [(one.name, one.warned) for one in read.members if one.needs_eyes] == [
        ("Kim Haddad", 30),
        ("Tom Berg", 0),
    ]
    assert [one.name for one in read.members if not one.here] == ["Lee Moss", "Nia Cole"]
    assert found[DANA].shown == "LICSW"
    assert found[DANA].waits == ()
    kim = found[KIM]
    assert [(one.code, one.standing) for one in kim.credentials] == [
        ("LMHC", "coming"), ("LMHCA", "soon"), ("MHP", "holds"),
    ]  # fmt: skip
    assert kim.credentials[0].may_sign == ("Progress note",)
    assert kim.waits == ("Group session", "Progress note", "Treatment plan")
    assert kim.cosign_until == "2027-01-31"
    assert [(one.role, one.standing) for one in kim.places] == [
        ("Master clinician", "now"), ("Mental health technician", "over"),
    ]  # fmt: skip
    assert found[ANA].credentials == ()
    assert found[LEFT].places[0].until == "2026-09-30"
    assert found[NEW].places[0].standing == "coming"
    assert found[NAIR].supervises == ("Dana Reyes", "Kim Haddad", "Priya Nair", "Tom Berg")


def test_a_date_that_nobody_can_read_is_shown_and_hides_nobody(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.add("staff", KIM, {
        "set": {"name": "Kim Haddad"},
        "items": {
            "memberships": {"a": {"role": "clinician", "team": TEAM, "since": "2025-01-01"}},
            "credentials": {"a": {"code": "LMHC", "expires": "next spring"}},
        },
    })  # fmt: skip
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    [kim] = [one for one in laptop.team_staff().members if one.staff == KIM]
    assert [(one.standing, one.expires) for one in kim.credentials] == [("unread", "next spring")]
    assert kim.needs_eyes


CODES = sorted(CREDENTIALS)


@given(
    rule=st.sampled_from([None, *COSIGN_RULES]),
    kinds=st.lists(st.sampled_from([*sorted(BY_RULE), "measure"]), max_size=3),
    until=st.sampled_from([None, "2026-11-21", "2026-11-22", "2027-01-01"]),
    codes=st.lists(st.sampled_from(CODES), max_size=3),
    role=st.sampled_from(sorted(ROLES)),
)
def test_what_is_said_to_wait_is_exactly_what_signing_would_make_wait(
    rule: str | None, kinds: list[str], until: str | None, codes: list[str], role: str
) -> None:
    values: dict[str, Any] = {"credentials": {str(n): {"code": code} for n, code in enumerate(codes)}}
    values |= {"cosign_rule": rule, "cosign_kinds": kinds, "cosign_until": until}
    said = waiting_kinds(values, role, DAY)
    for kind in {*BY_RULE, "measure"}:
        assert (kind in said) == (cosign_required(kind, {}, values, role, DAY) == "supervisor")


@pytest.mark.parametrize(
    ("issued", "expires", "stands"),
    [
        ("2020-01-01", None, "holds"),
        ("2020-01-01", "2027-01-22", "holds"),
        ("2020-01-01", "2027-01-21", "soon"),
        ("2020-01-01", "2026-11-22", "soon"),
        ("2020-01-01", "2026-11-21", "expired"),
        ("2026-11-23", "2028-01-01", "coming"),
        (None, None, "holds"),
    ],
)
def test_a_credential_warns_for_sixty_days_and_holds_through_its_last_day(
    issued: str | None, expires: str | None, stands: str
) -> None:
    assert standing({"issued": issued, "expires": expires}, DAY) == stands


async def test_the_list_and_one_person_are_two_keys_from_caseloads_and_x_leaves_who_may_soon_not_sign(
    desk_of: Make,
) -> None:
    desk = desk_of(NAIR)
    staffed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "L", "s")
        assert top(app) is StaffScreen
        assert "5 people · 1 may not sign · 1 within 60 days" in shown(app)
        assert "Not in these teams today · 2" in shown(app)
        await keys(pilot, "x")
        text = shown(app)
        assert "Tom Berg" in text
        assert "Kim Haddad" in text
        assert "Dana Reyes" not in text
        await keys(pilot, "end", "enter")
        assert top(app) is StaffMemberScreen
        text = shown(app)
        assert "Signing: AAC expired on 2026-11-01" in text
        assert HOSTILE in text
        await keys(pilot, "escape", "P")
        assert top(app) is PrintScreen
        assert "Credentials of the staff" in shown(app)


async def test_the_red_list_leads_to_whose_credential_ran_out(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    staffed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "U", "end", "enter")
        assert top(app) is StaffMemberScreen
        assert "Signing:" in shown(app)


async def test_a_technician_reads_who_works_here_and_their_own_line_of_today_leads_to_it(
    desk_of: Make,
) -> None:
    desk = desk_of(TOM)
    staffed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "enter", "L", "s")
        assert "Dana Reyes" in shown(app)
        await keys(pilot, "P")
        assert "Credentials of the staff" not in shown(app)
        await keys(pilot, "escape", "escape", "escape")
        lines = app.screen.query(RowList).first()
        while "Credential AAC expired" not in shown(app) or not lines.key.startswith("due:"):
            before = lines.key
            await keys(pilot, "down")
            assert lines.key != before
        await keys(pilot, "enter")
        assert top(app) is StaffMemberScreen


def test_the_page_of_credentials_is_the_same_list(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    staffed(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    said = text.make(laptop.print_sheet(Wanted("credentials")).sheet)
    for words in ("Ana Rivera", "none on file", "expired", "LMHCA"):
        assert words in said
    assert "Lee Moss" not in said
    assert "Someone Else" not in said


# Pictures


async def _list(pilot: Any) -> None:
    await keys(pilot, "L", "s", "down", "down")


async def _only(pilot: Any) -> None:
    await keys(pilot, "L", "s", "x")


async def _one(pilot: Any) -> None:
    pilot.app.open("staff_member", staff=KIM)
    await settled(pilot)


async def _expired(pilot: Any) -> None:
    pilot.app.open("staff_member", staff=TOM)
    await settled(pilot)


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {
    "list": _list,
    "only": _only,
    "one": _one,
    "expired": _expired,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_picture(desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]) -> None:
    desk = desk_of(NAIR)
    staffed(desk)
    laptop = desk.opened()

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(laptop), terminal_size=size, run_before=before)
