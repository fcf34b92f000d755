"""A team of which a morning's red list has something in every group, and a queue with something of most kinds."""

from __future__ import annotations

from typing import Any

from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from tests.board.town import heads_of
from tests.forms.desk import ADA, DANA, DAY, HOUR, LUCIA, MINH, NAIR, NOW, SAM, TOM, Desk, ident

CRISIS, STAY, CHECKIN = ident(701), ident(702), ident(703)
CLIENTS_PHONE = "425-555-0144"


def risk(desk: Desk, client: str, level: str, ago: int) -> None:
    """Raise a client's risk."""
    signal = {"s": {"level": level, "source_kind": "crisis", "detail": "said so at the door"}}
    body = {"items": {"signals": signal}}
    desk.add("risk", one_per(client, "risk"), body, client=client, author=DANA, at_ms=NOW - ago)


def crisis(desk: Desk, client: str, ago: int, record: str = CRISIS, **more: Any) -> None:
    """Store a crisis record that nobody has completed yet."""
    doc = {"initial_contact_at": instant(NOW - ago), "tz": "America/Los_Angeles", "caller": "client", "channel": "phone",
           "risk": {"level": "high", "basis": "Spoke of pills"}, "presentation": "Called from the bridge"} | more  # fmt: skip
    desk.add("crisis", record, {DOC: doc}, client=client, author=DANA, meaning="sign", at_ms=NOW - ago)


def phone(desk: Desk, client: str) -> None:
    """Add a number to a client's record."""
    body = {"items": {"phones": {"p": {"number": CLIENTS_PHONE}}}}
    desk.add("client", client, body, client=client, prev=heads_of(desk, client))


def reddened(desk: Desk) -> None:
    """Fill every group of the red list."""
    risk(desk, ADA, "high", 14 * HOUR)
    crisis(desk, ADA, 14 * HOUR)
    phone(desk, ADA)
    risk(desk, MINH, "screen_needed", 2 * DAY)
    desk.contact(ADA, author=DANA, ago=DAY)
    desk.contact(SAM, author=DANA, ago=9 * DAY)
    for days in (2, 1):
        desk.contact(SAM, author=DANA, ago=days * DAY, outcome="attempt_not_home", note_required=False)
    desk.contact(MINH, author=DANA, ago=DAY)
    desk.contact(LUCIA, author=DANA, ago=5 * DAY)
    stay = {
        "what": "inpatient",
        "place": "Providence",
        "since": "2026-11-12",
        "until": "2026-11-20",
        "went_to": "home",
    }
    desk.add("stay", STAY, {"set": stay}, client=LUCIA, author=DANA, at_ms=NOW - 2 * DAY)
    out = {
        "staff": TOM,
        "place": "12 Hoyt Ave",
        "since": instant(NOW - 3 * HOUR),
        "until": instant(NOW - HOUR),
    }
    desk.add("visit_checkin", CHECKIN, {"set": out}, client=LUCIA, author=TOM, at_ms=NOW - 3 * HOUR)
    runs_out = {
        "items": {"credentials": {"c": {"code": "AAC", "issued": "2020-01-01", "expires": "2026-11-26"}}}
    }
    desk.add("staff", TOM, runs_out, prev=heads_of(desk, TOM))
    with desk.store.writing() as tx:
        tx.set_desk("devices", [
            {"device": ident(31), "staff": TOM, "state": "admitted", "last_seen": instant(NOW - 40 * HOUR), "pending": 3,
             "oldest": instant(NOW - 44 * HOUR)},
            {"device": ident(32), "staff": DANA, "state": "admitted", "last_seen": instant(NOW - HOUR), "pending": 1},
        ])  # fmt: skip
        tx.set_meta("last_reached", instant(NOW - 20 * 60_000))


def queue(desk: Desk) -> dict[str, str]:
    """Fill the queue of a supervisor; returns entries by name."""
    found = {
        "first": desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor").hash,
        "second": desk.note(SAM, author=TOM, ago=30 * HOUR, cosign="supervisor").hash,
        "old": desk.note(LUCIA, author=TOM, ago=8 * DAY, cosign="supervisor").hash,
    }
    sent_back = desk.note(MINH, author=TOM, ago=3 * DAY, cosign="supervisor")
    record = sent_back.envelope.id
    returned = desk.add("note", record, {"reason": "Goal or plan is missing: name the housing goal"}, client=MINH, author=NAIR,
                        meaning="return", about=sent_back.hash, at_ms=NOW - 2 * DAY)  # fmt: skip
    doc = dict(sent_back.envelope.body[DOC])
    sections = dict(doc["sections"]) | {
        "plan": "Call on Wednesday about the letter; bring the housing form on Monday."
    }
    doc |= {"sections": sections, "goals": [*doc["goals"], "Find a flat"]}
    body = {DOC: doc, "answers": [returned.hash], "cosign_required": "supervisor"}
    answered = desk.add("note", record, body, client=MINH, author=TOM, meaning="sign", prev=[sent_back.hash],
                        at_ms=NOW - 6 * HOUR)  # fmt: skip
    found |= {"sent_back": sent_back.hash, "answered": answered.hash}
    wrong = desk.note(LUCIA, author=TOM, ago=2 * DAY)
    desk.add("note", wrong.envelope.id, {"reason": "Wrong client"}, client=LUCIA, author=TOM, meaning="error",
             about=wrong.hash, at_ms=NOW - DAY)  # fmt: skip
    glass = {"reason": "Called at night", "category": "crisis"}
    desk.add("break_glass", ident(704), {"set": glass}, client=SAM, author=DANA, at_ms=NOW - 10 * HOUR)
    task = {"what": "other", "title": "Call about the key", "due": instant(NOW - DAY), "owner": TOM}
    desk.add("task", ident(705), {"set": task}, client=MINH, author=NAIR)
    return found
