"""One person, two laptops, one form: both texts are kept until the author chooses or joins."""

from __future__ import annotations

from typing import Any

import orjson

from fieldapp.records.ids import uuid7
from fieldapp.store.tables import DraftRow
from tests.sync.sync_world import MINUTE_MS, Agency, Rig


def typed(rig: Rig, text: str, draft_id: str = "", client: str | None = None) -> str:
    """Type into a draft as the form does: a new revision of the row."""
    with rig.store.writing() as tx:
        row = tx.draft(draft_id) if draft_id else None
        now_ms = rig.clock.now_ms()
        if row is None:
            row = DraftRow(
                id=uuid7(now_ms), record=uuid7(now_ms), kind="note", client=client, device=rig.device,
                meaning="sign", prev=b"[]", base=b"{}", body=b"{}", revision=0, created_ms=now_ms, updated_ms=now_ms,
            )  # fmt: skip
        row.body, row.revision, row.updated_ms = (
            orjson.dumps({"sections": {"narrative": text}}),
            row.revision + 1,
            now_ms,
        )
        tx.put_draft(row)
        return row.id


def texts(rig: Rig) -> list[str]:
    """Return what the open drafts say."""
    with rig.store.reading() as rx:
        return sorted(orjson.loads(row.body)["sections"]["narrative"] for row in rx.drafts())


def closed(rig: Rig, draft_id: str, by: str = "discarded") -> None:
    with rig.store.writing() as tx:
        tx.close_draft(draft_id, by)


def two(agency: Agency) -> tuple[Rig, Rig]:
    """Return two laptops of one person."""
    field = agency.laptop("Ana Alvarez")
    return field, agency.rig(field.staff)


def later(agency: Agency, *rigs: Rig) -> None:
    agency.clock.move(ms=2 * MINUTE_MS)
    for rig in rigs:
        rig.clock.at_ms = agency.clock.at_ms
        assert rig.sync().message == ""


def test_a_draft_goes_on_on_the_other_laptop(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "began in the car")
    later(agency, field, desk)
    assert texts(desk) == ["began in the car"]
    typed(desk, "began in the car, finished at the desk", draft)
    later(agency, desk, field)
    # The field laptop's own words are not replaced; the other text stands beside them.
    assert texts(field) == ["began in the car", "began in the car, finished at the desk"]
    later(agency, field, desk, field, desk)
    assert texts(desk) == ["began in the car, finished at the desk"]


def test_both_texts_stay_when_both_laptops_went_on(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "one")
    later(agency, field, desk)
    typed(field, "one, more in the field", draft)
    typed(desk, "one, more at the desk", draft)
    later(agency, field, desk, field, desk)
    both = ["one, more at the desk", "one, more in the field"]
    assert texts(field) == both
    assert texts(desk) == both


def test_a_newer_revision_replaces_a_copy_that_nobody_touched(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "one")
    later(agency, field, desk)
    typed(field, "one and two", draft)
    later(agency, field, desk)
    assert texts(desk) == ["one and two"]


def test_closing_removes_the_other_laptops_copy_and_only_that(agency: Agency) -> None:
    field, desk = two(agency)
    draft, other = typed(field, "to be signed"), typed(field, "to stay")
    later(agency, field, desk)
    assert texts(desk) == ["to be signed", "to stay"]
    closed(field, draft, "ab" * 32)
    later(agency, field, desk)
    assert texts(desk) == ["to stay"]
    closed(desk, other)
    later(agency, desk, field)
    assert texts(field) == []
    assert texts(desk) == []


def test_closing_leaves_a_newer_text_that_the_author_had_not_seen(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "one")
    later(agency, field, desk)
    typed(desk, "one, and what only the desk knows", draft)
    closed(field, draft, "ab" * 32)
    later(agency, field, desk, field, desk)
    assert texts(desk) == ["one, and what only the desk knows"]
    assert texts(field) == ["one, and what only the desk knows"]


def test_choosing_one_text_closes_the_other(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "one")
    later(agency, field, desk)
    typed(field, "one, more in the field", draft)
    typed(desk, "one, more at the desk", draft)
    later(agency, field, desk, field, desk)
    with field.store.reading() as rx:
        ids = {orjson.loads(row.body)["sections"]["narrative"]: row.id for row in rx.drafts()}
    # The author signs the desk's text on the field laptop and discards the other.
    closed(field, ids["one, more at the desk"], "ab" * 32)
    closed(field, ids["one, more in the field"])
    later(agency, field, desk, field, desk)
    assert texts(field) == []
    assert texts(desk) == []


def test_an_open_draft_travels_once_a_minute_and_its_last_words_are_not_lost(agency: Agency) -> None:
    field, desk = two(agency)
    draft = typed(field, "1")
    field.sync()
    for n in range(2, 8):
        field.clock.move(ms=5_000)
        typed(field, str(n), draft)
        field.syncer.run()
    assert sum(len(r["drafts"]) for r in field.line.requests) == 1
    later(agency, field, desk)
    assert sum(len(r["drafts"]) for r in field.line.requests) == 2
    assert texts(desk) == ["7"]


def test_an_idle_round_with_drafts_on_both_laptops_is_still_small(agency: Agency) -> None:
    field, desk = two(agency)
    typed(field, "x" * 5_000)
    typed(desk, "y" * 5_000)
    gone = typed(desk, "z" * 5_000)
    later(agency, field, desk)
    closed(desk, gone)
    later(agency, desk, field, desk, field)
    for rig in (field, desk):
        rig.line.requests.clear()
        rig.line.answers.clear()
        rig.line.sizes.clear()
        rig.sync()
        assert len(rig.line.requests) == 1
        assert rig.line.sizes[0] + rig.line.answers[0][1] <= 2_048


def test_a_lost_answer_makes_no_second_draft(agency: Agency) -> None:
    field, desk = two(agency)
    typed(field, "one")
    field.line.lose_replies = 1
    field.sync()
    later(agency, field, desk, field)
    assert texts(desk) == ["one"]
    assert texts(field) == ["one"]


def test_nobody_else_sees_a_draft(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    typed(ana, "mine alone")
    later(agency, ana, ben)
    assert texts(ben) == []


def test_what_is_no_draft_is_left_out(agency: Agency) -> None:
    field, desk = two(agency)
    typed(desk, "one")
    later(agency, desk)
    odd: list[Any] = [5, {}, {"id": "x"}, {"id": uuid7(1), "device": "y", "revision": "z", "kind": "note"}]
    field.line.bend = lambda answer: answer | {"drafts": [*odd, *answer.get("drafts", [])]}
    later(agency, field)
    assert texts(field) == ["one"]
