"""Check 7: a technician's note waits for a co-sign; sent back, the first version stays and a new one is needed."""

from __future__ import annotations

import pytest

from fieldapp.laptop.failures import NotAllowed
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.kind import DOC
from tests.acceptance.field import Field
from tests.acceptance.notes import signed
from tests.sync.sync_world import HOUR_MS, PASSPHRASE


def waiting(laptop: Laptop) -> list[str]:
    """Return the records that wait for a co-sign."""
    return [line.record for line in laptop.review() if line.what == "cosign"]


def test_check_07_pending_then_returned_then_a_new_version_is_co_signed(field: Field) -> None:
    tech_rig = field.enrolled("Tom Tech", "tech")
    boss_rig = field.enrolled("Sam Super", "supervisor")
    client = boss_rig.client("Okafor, Ada")
    field.agency.settle()
    tech, boss = field.laptop(tech_rig), field.laptop(boss_rig)
    record = signed(tech, client, "First words of the visit, as far as I saw them.")
    field.exchange(tech, boss)
    # Not final, so nothing may be billed by it.
    assert {laptop.record(record).status for laptop in (tech, boss)} == {"pending"}
    assert waiting(boss) == [record]
    (first,) = boss.record(record).versions
    assert first.cosign_required == "supervisor"
    assert first.signature.startswith("signed by "), (
        "checked with the key of the laptop that it was written on"
    )
    boss.reauthenticate(PASSPHRASE)
    boss.send_back(first.entry, "Say what was agreed about the landlord")
    field.exchange(boss, tech)
    assert {laptop.record(record).status for laptop in (tech, boss)} == {"returned"}
    assert waiting(boss) == []
    assert [line.what for line in boss.review() if line.record == record] == ["returned"]
    with pytest.raises(NotAllowed, match="wait for its author"):
        boss.check_cosign([first.entry])
    # Who signed it writes a new version on top; the words that were sent back stay readable.
    draft = tech.start("note", client, record)
    text = {"narrative": "First words of the visit; he agreed to wait for the landlord."}
    tech.save_draft(draft.id, {**draft.values, "sections": text})
    tech.reauthenticate(PASSPHRASE)
    tech.submit(draft.id)
    field.exchange(tech, boss)
    read = boss.record(record)
    assert [version.body[DOC]["sections"]["narrative"][:11] for version in read.versions] == [
        "First words"
    ] * 2
    assert read.versions[0].body[DOC]["sections"] != read.versions[1].body[DOC]["sections"]
    assert read.status == "pending"
    assert read.versions[0].entry == first.entry
    (line,) = [line for line in boss.review() if line.record == record]
    assert (line.what, line.entry) == ("answered", read.heads[0])
    sent_back = [note.entry for note in read.annotations if note.meaning == "return"]
    assert list(read.versions[1].answers) == sent_back
    boss.reauthenticate(PASSPHRASE)
    boss.cosign(read.heads[0])
    field.exchange(boss, tech)
    assert tech.record(record).status == "final"


def test_check_07_the_visit_is_not_billable_before_its_note_is_co_signed(field: Field) -> None:
    tech_rig = field.enrolled("Tom Tech", "tech")
    boss_rig = field.enrolled("Sam Super", "supervisor")
    client = boss_rig.client("Okafor, Ada")
    field.agency.settle()
    tech, boss = field.laptop(tech_rig), field.laptop(boss_rig)
    stop_ms = tech.clock.now_ms() - HOUR_MS
    visit = tech.start("contact", client, None, {
        "start": instant(stop_ms - HOUR_MS), "stop": instant(stop_ms), "tz": "America/Los_Angeles", "modality": "in_person",
        "setting": "home", "contact_type": "individual_counseling", "outcome": "completed", "note_required": True,
    })  # fmt: skip
    tech.submit(visit.id)
    note = signed(tech, client, contact=visit.record)

    def held(laptop: Laptop) -> bool:
        billing = laptop.record(visit.record).billing
        assert billing is not None
        assert not (billing.billable and "note" in {hold.code for hold in billing.holds})
        return "note" in {hold.code for hold in billing.holds}

    field.exchange(tech, boss)
    assert (held(tech), held(boss)) == (True, True), "pending"
    (first,) = boss.record(note).versions
    boss.reauthenticate(PASSPHRASE)
    boss.send_back(first.entry, "Name the goal")
    field.exchange(boss, tech)
    assert (held(tech), held(boss)) == (True, True), "returned"
    draft = tech.start("note", client, note)
    tech.save_draft(
        draft.id,
        {**draft.values, "sections": {"narrative": "We walked to the river; he will call the landlord."}},
    )
    tech.reauthenticate(PASSPHRASE)
    tech.submit(draft.id)
    field.exchange(tech, boss)
    assert held(boss), "answered, and pending again"
    boss.reauthenticate(PASSPHRASE)
    boss.cosign(boss.record(note).heads[0])
    field.exchange(boss, tech)
    assert not held(tech)
    assert not held(boss)
