"""Covering opens a chart on the covering person's laptop with the next sync, and what they write is accepted."""

from __future__ import annotations

import pytest

from fieldapp.clinical.due import day_of
from fieldapp.laptop.failures import GateClosed
from fieldapp.records.envelope import instant
from tests.acceptance.field import Field


def test_cover_gives_access_at_once_and_for_as_long_as_it_holds(field: Field) -> None:
    near = field.enrolled("Ana Alvarez")
    boss_rig = field.enrolled("Sam Super", "supervisor")
    far_rig = field.enrolled("Mia Moss", team=field.agency.other_team)
    client = near.client("Okafor, Ada")
    field.agency.settle()
    far, boss = field.laptop(far_rig), field.laptop(boss_rig)
    today = day_of(boss.corrected_ms(), boss.me.tz)
    with pytest.raises(GateClosed):
        far.chart(client)
    assert client not in {line.client for line in far.caseload()}
    boss.assign(client, far.me.staff, "cover", today, today, near.staff)
    field.exchange(boss, far)
    assert far.way_in(client) == "team"
    assert far.chart(client).line.name == "Okafor, Ada"
    assert client in {line.client for line in far.caseload()}
    now = far.corrected_ms()
    draft = far.start("contact", client, None, {
        "start": instant(now - 2_700_000), "stop": instant(now), "tz": far.me.tz, "contact_type": "outreach_engagement",
        "modality": "in_person", "setting": "home", "pos": "12", "outcome": "attempt_not_home",
    })  # fmt: skip
    far.submit(draft.id)
    visit = far.start(
        "planned_visit", client, None, {"staff": far.me.staff, "start": instant(now + 3_600_000)}
    )
    far.submit(visit.id)
    field.exchange(far, boss)
    assert boss.quarantine() == ()
    kinds = {row.kind for row in boss.timeline(client, 0, 20)}
    assert "contact" in kinds
    assert [one.visit.client for person in boss.board().people for one in person.visits] == [client]
    far_rig.clock.at_ms += 24 * 3_600_000
    with pytest.raises(GateClosed):
        far.chart(client)


def test_who_only_asked_to_cover_has_no_access_yet(field: Field) -> None:
    near = field.enrolled("Ana Alvarez")
    boss_rig = field.enrolled("Sam Super", "supervisor")
    tech_rig = field.enrolled("Tim Tran", "tech", team=field.agency.other_team)
    client = near.client("Okafor, Ada")
    field.agency.settle()
    tech, boss = field.laptop(tech_rig), field.laptop(boss_rig)
    assert tech.cover_myself(client) is False
    field.exchange(tech, boss)
    assert boss.quarantine() == ()
    assert tech.way_in(client) is None
    assert boss.assignment(client).asked == ("Tim Tran",)
    assert [line.title for line in boss.tasks()] == ["Tim Tran asks to cover today"]
    today = day_of(boss.corrected_ms(), boss.me.tz)
    boss.assign(client, tech.me.staff, "cover", today, today)
    field.exchange(boss, tech)
    assert tech.way_in(client) == "team"
    assert boss.tasks() == ()
