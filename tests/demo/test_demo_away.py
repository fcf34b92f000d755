"""Who is away or has left in the demo: each state is there, and it fits what else is logged."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

from fieldapp.clinical import stays
from fieldapp.demo import course
from fieldapp.demo.acts import day_at
from fieldapp.demo.course import Course
from fieldapp.records.kind import Signing
from fieldapp.records.kinds.discharge import check

SUNDAY, AFTER_DST = date(2026, 11, 22), date(2027, 3, 16)


@cache
def made(day: date) -> Course:
    return course.plan(day)


def known(day: date) -> dict[str, tuple[str, stays.Stay]]:
    """Return (client, stay) by name."""
    found: dict[str, tuple[str, stays.Stay]] = {}
    values: dict[str, dict[str, object]] = {}
    for act in made(day).acts:
        if act.kind == "stay":
            values[act.record] = {**values.get(act.record, {}), **act.values}
            one = stays.read(act.record, values[act.record])
            assert one is not None
            found[act.record.removeprefix("stay:")] = (act.client, one)
    return found


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST])
def test_one_is_in_hospital_one_came_back_one_is_in_jail_and_one_was_in_the_ed(day: date) -> None:
    found = known(day)
    assert set(found) == {"hospital", "back", "jail", "ed"}
    assert len({client for client, _ in found.values()}) == 4
    assert found["hospital"][1].is_away
    assert found["jail"][1].is_away
    assert found["back"][1].until == (day - timedelta(days=3)).isoformat()


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST])
def test_nobody_was_seen_while_they_were_away_and_who_came_back_was_not_seen_yet(day: date) -> None:
    seen: dict[str, list[str]] = {}
    for visit in made(day).visits:
        if visit.encounter.attempt is None:
            seen.setdefault(visit.encounter.client.key, []).append(day_at(visit.start_ms).isoformat())
    for name in ("hospital", "back", "jail"):
        client, stay = known(day)[name]
        assert max(seen[client]) <= stay.since
    client, stay = known(day)["back"]
    waiting = stays.open_follow_up([stay], max(seen[client]), {}, day.isoformat())
    assert waiting is not None
    assert waiting[1].within == 7


@pytest.mark.parametrize("day", [SUNDAY, AFTER_DST])
def test_one_was_discharged_with_a_whole_record_that_was_co_signed(day: date) -> None:
    (signed, cosigned) = [act for act in made(day).acts if act.kind == "discharge"]
    assert (signed.deed, cosigned.deed) == ("sign", "cosign")
    assert signed.author != cosigned.author
    signing = Signing(signed.at_ms, "America/Los_Angeles", signed.author, "clinician")
    assert list(check(signed.values, signing)) == []
    for name in ("summary", "appointments", "ready", "handoff_to", "return_instructions", "to_where"):
        assert signed.values[name]
