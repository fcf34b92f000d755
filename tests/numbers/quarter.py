"""A quarter of a team's work, small enough to count by hand: what each week holds stands in `WEEKS`."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from fieldapp.store.tables import FeedRow
from tests.forms.desk import ADA, CLIENTS, DANA, DAY, HOUR, LUCIA, MINH, SAM, TEAM, TOM, Desk
from tests.review.red import reddened

WEEKS = (1, 2, 2, 3, 2, 1, 3, 2, 2, 3)
"""Visits to each client in the weeks before this one, the last week first."""
AGREED = 2
"""Contacts a week, with everybody."""


def reads_everything(desk: Desk) -> None:
    """Say that this laptop receives what the team writes."""
    with desk.store.writing() as tx:
        for name in ("org", f"team:{TEAM}", f"notes:{TEAM}"):
            tx.set_feed(FeedRow(name=name, number=1, head="ab" * 32))


def worked(desk: Desk) -> None:
    """Fill ten weeks with visits, notes and attempts, and this week with a red list."""
    reads_everything(desk)
    for client in CLIENTS:
        plan = {
            "a": {
                "per": "week",
                "target_n": AGREED,
                "start": "2026-08-03",
                "review_by": "2027-01-10",
                "client_agreed": "yes",
            }
        }
        desk.add("contact_plan", one_per(client, "contact_plan"), {"items": {"periods": plan}}, client=client)
        for week, count in enumerate(WEEKS, 1):
            for visit in range(count):
                ago = week * 7 * DAY + visit * DAY
                place = ("home", "street", "office")[(week + visit) % 3]
                contact = desk.contact(client, author=DANA, ago=ago, setting=place)
                if week < 9:
                    desk.note(client, author=DANA, contact=contact, ago=ago - 2 * HOUR)
            desk.contact(
                client, author=TOM, ago=week * 7 * DAY + 5 * HOUR, outcome="no_show", note_required=False
            )
    desk.plan(ADA)
    desk.plan(SAM, ago=100 * DAY, review_due="2026-11-01")
    reddened(desk)
    for client in (MINH, LUCIA):
        desk.note(client, author=TOM, ago=30 * HOUR, cosign="supervisor", goals=[])
