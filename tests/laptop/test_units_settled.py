"""Two people who count one contact differently are asked once, and one side is taken whole."""

from __future__ import annotations

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.records.codes import BUILT_IN
from fieldapp.records.envelope import instant
from tests.laptop.laptop_world import ANA, BEN, HOUR_MS, MINUTE_MS, NOON_MS, World, exchange

START = NOON_MS - 2 * HOUR_MS


def test_units_written_side_by_side_are_one_question_and_settled_as_one(world: World) -> None:
    client = world.client("Rossi, Rosa")
    ana, ben = world.laptop(ANA), world.laptop(BEN)
    values = {
        "start": instant(START), "stop": instant(START + 60 * MINUTE_MS), "outcome": "completed",
        "modality": "in_person", "setting": "home", "contact_type": "individual_counseling",
    }  # fmt: skip
    record = ana.start("contact", client, values=values).record
    ana.submit(next(draft.id for draft in ana.drafts() if draft.record == record))
    exchange(ana, ben)
    for laptop, minutes, units in ((ana, 60, 4), (ben, 45, 3)):
        draft = laptop.start("contact", record=record)
        said = {
            "client_present_min": minutes, "service_code": "H0004", "units": units, "units_minutes": minutes,
            "units_rule": "per15/nearest", "code_table": BUILT_IN.hash, "units_why": f"{minutes} min",
        }  # fmt: skip
        laptop.save_draft(draft.id, {**draft.values, **said})
        laptop.submit(draft.id)
    exchange(ana, ben)
    asked = {line.path for line in ana.conflicts() if line.record == record}
    assert asked == {"client_present_min", "units"}
    assert ana.timeline(client, 0, 1, ("contact",))[0].conflicts == 2
    with pytest.raises(NotReady, match="Choose one of the two sides"):
        ana.settle(record, "units", 7)
    side = next(side for side in ana.conflict(record, "units").sides if side.value == 3)
    ana.settle(record, "units", side.entry)
    exchange(ana, ben)
    read = ben.record(record)
    assert (read.values["units"], read.values["units_minutes"], read.values["units_why"]) == (3, 45, "45 min")
    assert read.conflicts == ("client_present_min",)
