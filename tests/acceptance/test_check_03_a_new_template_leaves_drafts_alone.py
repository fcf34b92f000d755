"""Check 3: the agency changes its note template while a draft is open; the draft opens in the old one."""

from __future__ import annotations

import asyncio

from fieldapp.commands.note_agreement import read_agreement
from fieldapp.records.kind import DOC
from fieldapp.server import admin
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import field_of, form, keys, settled, shown, typed

OLD = '[formats]\nother = "BIRP"\n[prompts.BIRP]\nbehavior = "Seen at the door"\nplan = "Agreed"\n'
NEW = '[formats]\nother = "BIRP"\n[prompts.BIRP]\nsituation = "Why we met"\nplan = "What comes next"\n'


def agreed(field: Field, text: str) -> None:
    """Have the administrator set the program's template."""
    admin.change_program(field.agency.server, field.agency.program, read_agreement(text))


def test_check_03_a_draft_opens_in_the_template_it_was_begun_in_and_is_signed_in_it(field: Field) -> None:
    rig = field.enrolled("Ana Alvarez")
    first, other = rig.client("Okafor, Ada"), rig.client("Bell, Minh")
    agreed(field, OLD)
    field.agency.settle()
    laptop = field.laptop(rig, unlock=False)

    async def day() -> None:
        app = app_of(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            app.open("note", client=first)
            await settled(pilot)
            assert "Seen at the door" in shown(app)
            field_of(app, "sections-behavior").land()
            await typed(pilot, "she smiled")
            await keys(pilot, "escape")
            agreed(field, NEW)
            await asyncio.to_thread(laptop.sync)
            app.open("note", client=other)
            await settled(pilot)
            assert "Why we met" in shown(app)
            await keys(pilot, "escape")
            (draft,) = [one for one in laptop.drafts() if one.client == first]
            app.open("note", draft=draft.id)
            await settled(pilot)
            text = shown(app)
            assert "Seen at the door" in text
            assert "she smiled" in text
            assert "Why we met" not in text
            # Chosen anew, the format comes in today's words; what was written stays.
            await keys(pilot, "f5", "2", "f5", "3")
            assert "Why we met" in shown(app)
            assert form(app).gather()["sections"] == {"behavior": "she smiled"}
            await keys(pilot, "f5", "escape", "escape", "ctrl+q")

    asyncio.run(day())


def test_check_03_what_was_signed_is_read_in_its_own_template(field: Field) -> None:
    rig = field.enrolled("Ana Alvarez")
    client = rig.client("Okafor, Ada")
    field.agency.settle()
    rows = [{"name": "behavior", "label": "Seen at the door"}]
    doc = {"format": "BIRP", "prompts": rows, "sections": {"behavior": "she smiled"}}
    made = rig.entry(
        "note", "01978aaa-0000-7000-8000-000000000001", {DOC: doc}, client=client, meaning="sign"
    )
    agreed(field, NEW)
    laptop = field.laptop(rig)
    field.exchange(laptop)
    from fieldapp.screens.reading_words import record_text

    read = laptop.record(made.envelope.id)
    assert "Seen at the door" in str(record_text(read, read.versions[0], laptop.me.tz))
