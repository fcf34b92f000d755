"""Check 11: a note for the wrong client is entered in error: in no count, still readable, and the audit shows who."""

from __future__ import annotations

import orjson

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.kind import DOC
from tests.acceptance.field import Field
from tests.acceptance.notes import signed
from tests.sync.sync_world import PASSPHRASE


def counted(laptop: Laptop, record: str) -> int:
    """Return how many rows of lists and metrics a record has."""
    with laptop._open().reading() as asking:
        return int(asking.rx.value("SELECT count(*) FROM fact WHERE record = ?", record))


def audited(laptop: Laptop, meaning: str) -> list[tuple[str, str]]:
    """Return (client, outcome) of what a laptop's audit holds under a meaning."""
    with laptop._open().reading() as asking:
        events = [orjson.loads(data) for (data,) in asking.rx.all("SELECT data FROM audit")]
    return [(event["client"], event["outcome"]) for event in events if event["action"] == meaning]


def test_check_11_it_counts_nowhere_stays_readable_and_moves_to_the_right_client(field: Field) -> None:
    ana_rig, boss_rig = field.enrolled("Ana Alvarez"), field.enrolled("Sam Super", "supervisor")
    wrong, right = ana_rig.client("Okafor, Ada"), ana_rig.client("Bell, Minh")
    field.agency.settle()
    ana, boss = field.laptop(ana_rig), field.laptop(boss_rig)
    record = signed(ana, wrong, "He asked for help with the xylophone lessons of his son.")
    field.exchange(ana, boss)
    assert (counted(boss, record), len(boss.search("xylophone"))) == (1, 1)
    entry = ana.record(record).heads[0]
    ana.mark_error(entry, "Wrong client")
    assert ("" if not audited(ana, "error") else audited(ana, "error")[0][0]) == wrong
    values = {
        name: value for name, value in ana.record(record).versions[0].body[DOC].items() if name != "goals"
    }
    draft = ana.start("note", right, None, values | {"moved_from": entry, "no_goal_reason": "Moved"})
    ana.reauthenticate(PASSPHRASE)
    ana.submit(draft.id)
    field.exchange(ana, boss)
    for laptop in (ana, boss):
        read = laptop.record(record)
        assert read.in_error
        assert counted(laptop, record) == 0
        # Still there for whoever may read it, with who said so and why.
        assert "xylophone" in read.versions[0].body[DOC]["sections"]["narrative"]
        (note,) = read.annotations
        assert (note.meaning, note.author, note.reason) == ("error", "Ana Alvarez", "Wrong client")
        assert [hit.client for hit in laptop.search("xylophone")] == [right]
        (moved,) = laptop.timeline(right, 0, 9, ("note",))
        assert laptop.record(moved.record).values["moved_from"] == entry
        # The chart of one client never names the other.
        assert "Bell" not in repr(read)
        assert "Okafor" not in repr(laptop.record(moved.record))
    (line,) = [one for one in boss.review() if one.record == record]
    assert line.author == "Ana Alvarez"
    boss.reauthenticate(PASSPHRASE)
    boss.cosign(line.entry)
    field.exchange(boss, ana)
    assert [one for one in boss.review() if one.record == record] == []
