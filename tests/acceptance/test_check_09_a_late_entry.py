"""Check 9: a service of four days ago, signed today, is a LATE ENTRY that says why and shows three dates."""

from __future__ import annotations

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.screens.reading_words import record_text
from tests.acceptance.field import Field
from tests.acceptance.notes import begun, signed
from tests.sync.sync_world import HOUR_MS, PASSPHRASE

DAYS_MS = 24 * HOUR_MS


def test_check_09_it_wants_a_reason_and_is_read_with_three_dates_everywhere(field: Field) -> None:
    ana_rig, boss_rig = field.enrolled("Ana Alvarez"), field.enrolled("Sam Super", "supervisor")
    client = ana_rig.client("Okafor, Ada")
    field.agency.settle()
    ana, boss = field.laptop(ana_rig), field.laptop(boss_rig)
    draft = begun(ana, client, ago_ms=4 * DAYS_MS)
    ana.reauthenticate(PASSPHRASE)
    with pytest.raises(NotReady, match="late entry"):
        ana.submit(draft.id, overrides={"late_reason": "no reason stops this"})
    ana.save_draft(draft.id, {**draft.values, "late_reason": "The laptop was broken"})
    ana.submit(draft.id)
    in_time = signed(ana, client, ago_ms=2 * DAYS_MS)
    field.exchange(ana, boss)
    for laptop in (ana, boss):
        read = laptop.record(draft.record)
        assert read.late
        text = str(record_text(read, read.versions[0], laptop.me.tz))
        (line,) = [line for line in text.splitlines() if "LATE ENTRY" in line]
        assert "service Thu 19 Nov 2026" in line
        assert "entry Mon 23 Nov 2026" in line
        assert "signature Mon 23 Nov 2026" in line
        assert "The laptop was broken" in text
        assert {row.record: row.late for row in laptop.timeline(client, 0, 9, ("note",))} == {
            draft.record: True,
            in_time: False,
        }
