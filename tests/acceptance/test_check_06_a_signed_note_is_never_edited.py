"""Check 6: a signed note cannot be edited; others add to it in their own name, and the original comes first."""

from __future__ import annotations

import pytest

from fieldapp.laptop.failures import NotAllowed
from fieldapp.records.kind import DOC
from fieldapp.screens.reading_words import record_text
from tests.acceptance.field import Field
from tests.acceptance.notes import WORDS, signed
from tests.sync.sync_world import PASSPHRASE


def test_check_06_editing_is_impossible_an_addendum_is_not(field: Field) -> None:
    ana_rig, ben_rig = field.enrolled("Ana Alvarez"), field.enrolled("Ben Brook")
    client = ana_rig.client("Okafor, Ada")
    field.agency.settle()
    ana, ben = field.laptop(ana_rig), field.laptop(ben_rig)
    record = signed(ana, client)
    field.exchange(ana, ben)
    (original,) = ben.record(record).versions
    with pytest.raises(NotAllowed, match="write an addendum"):
        ben.start("note", client, record)
    ben.addendum(original.entry, "The letter came on Friday.")
    # The author may correct, which is a version of its own with a reason: what was signed stays word by word.
    draft = ana.start("note", client, record)
    assert draft.meaning == "amend"
    ana.save_draft(draft.id, {**draft.values, "sections": {"narrative": f"{WORDS} It rained all day."}})
    ana.reauthenticate(PASSPHRASE)
    ana.submit(draft.id, reason="The weather was left out")
    field.exchange(ben, ana)
    for laptop in (ana, ben):
        read = laptop.record(record)
        assert [version.meaning for version in read.versions] == ["sign", "amend"]
        first = read.versions[0]
        assert first.entry == original.entry
        assert first.body[DOC]["sections"] == {"narrative": WORDS}
        text = str(record_text(read, first, laptop.me.tz))
        assert (
            text.index(WORDS) < text.index("Addendum by Ben Brook") < text.index("The letter came on Friday.")
        )
