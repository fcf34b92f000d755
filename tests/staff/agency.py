"""People whose credentials stand in every way, put beside the usual three."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from tests.forms.desk import DANA, NAIR, PROGRAM, TEAM, TOM, Desk, ident

KIM, ANA, LEFT, NEW, ELSEWHERE = (ident(number) for number in (41, 42, 43, 44, 45))
HOSTILE = "AC-77 [/ [@click=app.quit]x[/]"


def _member(role: str, team: str = TEAM, **more: str) -> dict[str, str]:
    return {"role": role, "program": PROGRAM, "team": team, "since": "2025-03-01", **more}


def staffed(desk: Desk) -> None:
    """Enter them as an administrator would have (the day is 2026-11-22)."""
    changed = {
        DANA: {"number": "LW 6100 2233", "state": "WA", "expires": "2027-03-09"},
        TOM: {"number": HOSTILE, "state": "WA", "expires": "2026-11-01"},
    }
    for staff, values in changed.items():
        with desk.store.reading() as rx:
            view = rx.view(staff)
        assert view is not None
        more = {"field_phone": "425-555-0177", "npi": "1234567893"} if staff == DANA else {}
        desk.add("staff", staff, {"set": more, "items": {"credentials": {"c": values}}}, prev=view.heads)
    desk.add("staff", KIM, {
        "set": {"name": "Kim Haddad", "supervisor": NAIR, "cosign_rule": "until_date", "cosign_until": "2027-01-31",
                "fte_hundredths": 60, "languages": ["es", "en"]},
        "items": {
            "memberships": {"a": _member("clinician"), "b": _member("tech", until="2026-06-30")},
            "credentials": {
                "a": {"code": "LMHCA", "issued": "2025-01-01", "expires": "2026-12-12"},
                "b": {"code": "MHP", "issued": "2025-01-01"},
                "c": {"code": "LMHC", "issued": "2027-01-01", "may_sign": ["note"], "may_code": ["H0031"]},
            },
        },
    })  # fmt: skip
    desk.add("staff", ANA, {"set": {"name": "Ana Rivera"}, "items": {"memberships": {"a": _member("peer")}}})
    desk.add("staff", LEFT, {
        "set": {"name": "Lee Moss", "left_on": "2026-09-30"}, "items": {"memberships": {"a": _member("casemgr")}},
    })  # fmt: skip
    desk.add("staff", NEW, {
        "set": {"name": "Nia Cole"}, "items": {"memberships": {"a": _member("tech") | {"since": "2026-12-01"}}},
    })  # fmt: skip
    other = one_per(TEAM, "another team")
    desk.add("staff", ELSEWHERE, {
        "set": {"name": "Someone Else"}, "items": {"memberships": {"a": _member("clinician", other)}},
    })  # fmt: skip
