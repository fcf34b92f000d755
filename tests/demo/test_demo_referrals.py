"""The demo's people on their way in: real steps, names of their own, one waiting, one declined, one flagged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fieldapp.clinical.intake import step_problems
from fieldapp.demo import course, referrals
from fieldapp.records.episode_tables import STATUSES

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("weeks", [1, 8])
def test_every_step_follows_the_one_before_whatever_part_of_the_weeks_is_made(weeks: int) -> None:
    at: dict[str, dict[str, object]] = {}
    for act in sorted(referrals.acts(TODAY - timedelta(weeks=weeks), TODAY), key=lambda act: act.at_ms):
        if act.kind == "episode":
            before = at.get(act.record, {})
            after = before | dict(act.values)
            assert not [one for one in step_problems(before, after, TODAY.isoformat()) if one.stops], (
                act.record
            )
            at[act.record] = after
    reached = {str(values["status"]) for values in at.values()}
    assert reached == {"requested", "referred", "assessed", "intake", "waitlist", "declined"}
    assert reached <= set(STATUSES)


def test_nobody_else_in_the_demo_has_their_names() -> None:
    names = {person.name.partition(",")[0] for person in referrals.PEOPLE}
    others = {client.last for client in course.plan(TODAY).clients}
    assert len(names) == len(referrals.PEOPLE)
    assert not names & others
