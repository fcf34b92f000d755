"""Check 10: a clock that is two hours wrong is recorded and flagged, and the order of what happened stays."""

from __future__ import annotations

import asyncio

import pytest

from fieldapp.records.envelope import instant_ms
from fieldapp.screens.sync import SyncScreen
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import keys, settled, shown
from tests.sync.sync_world import HOUR_MS, MINUTE_MS, Rig

SIDES = pytest.mark.parametrize(("off_ms", "side"), [(-2 * HOUR_MS, "behind"), (2 * HOUR_MS, "ahead")])


def half_an_hour_on(field: Field, *rigs: Rig) -> None:
    """Let time pass for the server and some laptops."""
    field.agency.clock.move(minutes=30)
    for rig in rigs:
        rig.clock.move(minutes=30)


@SIDES
def test_check_10_the_clock_is_recorded_and_the_order_is_that_of_what_happened(
    field: Field, off_ms: int, side: str
) -> None:
    ana, ben, boss = (
        field.enrolled("Ana Alvarez"), field.enrolled("Ben Brook"), field.enrolled("Sam Super", "supervisor")
    )  # fmt: skip
    client = ana.client("Okafor, Ada")
    field.agency.settle()
    for rig in (ana, ben, boss):
        rig.clock.at_ms = field.agency.clock.at_ms
    ben.clock.at_ms += off_ms
    laptops = {rig: field.laptop(rig) for rig in (ana, ben, boss)}
    laptops[ben].sync()
    order: list[str] = []
    for rig in (ana, ben, ana, ben):
        half_an_hour_on(field, ana, ben, boss)
        laptop = laptops[rig]
        laptop.reauthenticate("seven purple herons")
        draft = laptop.start("note", client, None, {
            "format": "narrative", "sections": {"narrative": f"These are the words number {len(order)} of the day."},
            "goals": ["1"], "risk_block": {"answer": "none_observed"},
            "service_start": "2026-11-23T19:00:00.000Z", "service_stop": "2026-11-23T19:30:00.000Z",
        })  # fmt: skip
        laptop.submit(draft.id)
        order.append(draft.record)
    field.exchange(*laptops.values())
    signed = {}
    for laptop in laptops.values():
        versions = [laptop.record(record).versions[0] for record in order]
        assert [one.signed_ms for one in versions] == sorted(one.signed_ms for one in versions)
        assert [abs(one.clock_offset_ms) < MINUTE_MS for one in versions] == [True, False, True, False]
        assert versions[1].clock_offset_ms == -off_ms
        assert instant_ms(versions[1].entered) == versions[1].signed_ms + off_ms
        signed[laptop.me.staff] = [one.signed_ms for one in versions]
    assert len({tuple(times) for times in signed.values()}) == 1

    async def look() -> None:
        laptops[ben].lock()
        app = app_of(laptops[ben])
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            assert f"This laptop's clock is 120 min {side}" in " ".join(shown(app).split())
            await keys(pilot, "enter")
            assert f"clock is 2 h {side}" in shown(app).splitlines()[0]
            await keys(pilot, "4")
            assert isinstance(app.screen, SyncScreen)
            await keys(pilot, "home")
            assert f"This laptop's clock is 2 h {side}." in shown(app)
            assert "Set the clock in the settings of this computer." in shown(app)
            app.open("record", record=order[1])
            await settled(pilot)
            assert f"! The laptop's clock was 2 h {side}" in shown(app)
            await keys(pilot, "ctrl+q")

    asyncio.run(look())


def test_check_10_a_clock_that_ran_ahead_unnoticed_waits_in_review(field: Field) -> None:
    """The laptop did not know: the server sees a time that has not come yet."""
    ana, boss = field.enrolled("Ana Alvarez"), field.enrolled("Sam Super", "supervisor")
    client = ana.client("Okafor, Ada")
    field.agency.settle()
    ana.clock.at_ms = field.agency.clock.at_ms + 2 * HOUR_MS
    late = ana.contact(client, "from the future")
    field.agency.settle()
    over = field.laptop(boss)
    flagged = [line for line in over.review() if line.what == "flagged"]
    assert [(line.record, line.reason) for line in flagged] == [
        (late.envelope.id, "dated ahead of the server's clock")
    ]
    assert over.record(late.envelope.id).versions[0].received_ms == field.agency.clock.at_ms
