"""Treatment plans for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from tests.forms.desk import ADA, DANA, DAY, NOW, PROGRAM, Desk, ident

SLEEP, FLAT, WORK = ident(701), ident(702), ident(703)
"""Three goals."""
PLAN: Mapping[str, Any] = {
    "needs": [
        {"text": "Two hours of sleep most nights", "source": "client"},
        {"text": "Rent is three months behind", "source": "assessment"},
    ],
    "strengths": "Ada cooks for her nephew and never misses his games.",
    "goals": {
        SLEEP: {
            "words": "Sleep six hours", "domain": "stability", "need": "Two hours of sleep most nights", "place": 1,
            "target_date": "2027-01-31",
            "objectives": [{"text": "Six hours on five of seven nights", "measure": "Sleep diary", "baseline": "2 of 7",
                            "target": "5 of 7", "due": "2027-01-15"}],
            "help": [{"what": "Sleep habits, one at a time", "modality": "individual", "frequency": "weekly",
                      "who": "Dana Reyes", "code": "H0004"}],
        },
        FLAT: {
            "words": "Keep the flat", "domain": "independence", "place": 2,
            "objectives": [{"text": "Rent paid by the fifth, three months in a row"}],
            "help": [{"what": "Payment plan with the landlord", "modality": "case_management", "who": "case manager"}],
        },
        WORK: {"words": "Bake for the market again", "domain": "life_goals", "place": 3,
               "objectives": [{"text": "One stall day in spring"}], "help": [{"what": "Peer visits", "modality": "peer"}]},
    },
    "supports_role": "Ngozi drives on Fridays.",
    "step_down": "Three months without a night visit; then every two weeks.",
    "participation": "agreed",
    "signature": "verbal_witnessed", "signed_on": "2026-10-01", "witness": "Tom Berg", "copy_offered": "paper",
    "review_due": "2026-12-30",
}  # fmt: skip


def expect_plans(desk: Desk) -> None:
    """Let a first plan be due when it is by default."""
    desk.add("program", PROGRAM, {"set": {"settings": {}}}, prev=[desk.program.hash])


def treatment(
    desk: Desk, client: str = ADA, *, author: str = DANA, ago: int = 52 * DAY, prev: Sequence[str] = (),
    cosign: str = "", **doc: Any,
) -> Entry:  # fmt: skip
    """Store a signed treatment plan that came from the server."""
    body: dict[str, Any] = {DOC: dict(PLAN) | doc}
    if cosign:
        body["cosign_required"] = cosign
    return desk.add(
        "treatment_plan", one_per(client, "treatment_plan"), body, client=client, author=author, meaning="sign",
        prev=prev, at_ms=NOW - ago,
    )  # fmt: skip
