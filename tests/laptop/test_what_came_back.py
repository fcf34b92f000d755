"""Words that the server did not take, and forms written on two laptops: they open, and they leave the list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.clinical.told import entries
from fieldapp.clinical.told import laptop as told
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.joining import join
from fieldapp.records.kinds import KINDS
from fieldapp.screens.contact import ContactScreen
from fieldapp.screens.draft_choice import DraftChoice
from fieldapp.screens.note import NoteScreen
from fieldapp.screens.own_entry import OwnEntryScreen
from fieldapp.screens.reading_words import record_text
from fieldapp.screens.sync import SyncScreen
from fieldapp.screens.sync_rows import standing
from fieldapp.screens.today import TodayScreen
from fieldapp.server import admin
from fieldapp.server.org import NewOrg
from tests.acceptance.field import Field, app_of, come_in
from tests.forms.desk import keys, shown, top
from tests.sync.sync_world import Agency, Rig, make_template


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def field(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Field]:
    made = Field(Agency(tmp_path, organisation))
    yield made
    made.close()
    made.agency.close()


def with_rejected(field: Field, kind: str) -> tuple[Rig, str]:
    """Return a laptop on which one entry of a kind came back, and the client."""
    ana = field.enrolled("Ana Alvarez")
    client = ana.client("Okafor, Ada")
    good = ana.contact(client)
    field.agency.settle()
    if kind == "contact":
        ana.contact(client, remark="came back", planned_visit="no such visit")
    elif kind == "assignment":
        ana.entry(kind, uuid7(ana.clock.now_ms()), {"set": {"since": "2026-11-01"}}, client=client)
    elif kind == "addendum":
        ana.entry(
            "contact",
            good.envelope.id,
            {"text": "", "x": "y"},
            client=client,
            meaning="addendum",
            about=good.hash,
        )
    ana.sync()
    assert ana.states()["rejected"] == 1
    return ana, client


def test_a_time_that_cannot_be_read_never_keeps_what_came_back_from_opening(field: Field) -> None:
    ana = field.enrolled("Ana Alvarez")
    client = ana.client("Okafor, Ada")
    field.agency.settle()
    ana.contact(client, remark="came back", start="not a time")
    ana.sync()
    laptop = field.laptop(ana, unlock=False)

    async def look() -> None:
        app = app_of(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, "4", "home", "enter")
            assert top(app) is ContactScreen
            assert "came back" in shown(app)
            await keys(pilot, "ctrl+q")

    asyncio.run(look())


@pytest.mark.parametrize("area", ["1", "4"], ids=["from the day", "from the Sync area"])
@pytest.mark.parametrize(
    ("kind", "screen"),
    [("contact", ContactScreen), ("assignment", OwnEntryScreen), ("addendum", OwnEntryScreen)],
)
def test_what_came_back_opens_where_it_can_be_dealt_with(
    field: Field, kind: str, screen: type[Any], area: str
) -> None:
    """A form for what has one; else the words in full, never the form of another kind, never `not here`."""
    ana, _ = with_rejected(field, kind)
    laptop = field.laptop(ana, unlock=False)

    async def look() -> None:
        app = app_of(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, area, "home", "enter")
            assert top(app) is screen
            await keys(pilot, "ctrl+q")

    asyncio.run(look())


def test_what_has_no_form_is_laid_aside_and_stays_on_the_laptop(field: Field) -> None:
    ana, _ = with_rejected(field, "addendum")
    laptop = field.laptop(ana, unlock=False)

    async def look() -> None:
        app = app_of(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            await keys(pilot, "4", "home", "enter")
            assert "not taken by the server" in shown(app)
            await keys(pilot, "l", "y")
            assert top(app) is SyncScreen
            assert "Laid aside." in shown(app)
            assert laptop.sync_status().needs_you == 0
            assert laptop.pending() == ()
            await keys(pilot, "ctrl+q")

    asyncio.run(look())
    ana.open()
    assert ana.states()["rejected"] == 1


def on_two_laptops(field: Field) -> tuple[Rig, Rig, str]:
    """Return two laptops of one person who wrote on one note on both, and the client."""
    one = field.enrolled("Ana Alvarez")
    other = field.agency.rig(one.staff)
    client = one.client("Okafor, Ada")
    field.agency.settle()
    first = field.laptop(one)
    draft = first.start("note", client, None, {"format": "narrative"})
    first.sync()
    second = field.laptop(other)
    second.sync()
    first.save_draft(
        draft.id, {"format": "narrative", "sections": {"narrative": "Slept badly."}, "goals": ["1"]}, ""
    )
    second.save_draft(draft.id, {"format": "narrative", "sections": {"narrative": "Walked far."}}, "")
    for rig in (one, other, one):
        field.agency.clock.move(minutes=3)
        rig.clock.at_ms = field.agency.clock.at_ms
        (first if rig is one else second).sync()
    return one, other, client


@pytest.mark.parametrize(
    ("pressed", "words", "goals"),
    [("1", "Slept badly.", ["1"]), ("2", "Walked far.", None), ("b", "Slept badly.\nWalked far.", ["1"])],
)
def test_a_form_written_on_two_laptops_is_chosen_or_joined_and_one_draft_is_left_everywhere(
    field: Field, pressed: str, words: str, goals: list[str] | None
) -> None:
    one, other, _ = on_two_laptops(field)
    laptop = field.opened[0]
    laptop.lock()

    async def look() -> None:
        app = app_of(laptop)
        async with app.run_test(size=(80, 24)) as pilot:
            await come_in(pilot)
            assert "choose or join" in shown(app)
            await keys(pilot, "enter") if top(app) is TodayScreen else None
            assert top(app) is DraftChoice
            assert "Slept badly." in shown(app)
            assert "Walked far." in shown(app)
            await keys(pilot, pressed)
            assert top(app) is NoteScreen
            await keys(pilot, "escape", "ctrl+q")

    asyncio.run(look())
    laptop = field.laptop(one)
    for rig, opened in ((one, laptop), (other, field.opened[1])) * 2:
        field.agency.clock.move(minutes=3)
        rig.clock.at_ms = field.agency.clock.at_ms
        opened.sync()
    for opened in (laptop, field.opened[1]):
        (draft,) = opened.drafts()
        assert draft.values["sections"]["narrative"] == words
        assert draft.values.get("goals") == goals
        assert opened.drafts_side_by_side() == ()


def test_joining_drops_no_word_and_says_what_cannot_hold_both() -> None:
    base = {"format": "DAP", "sections": {"data": "Met."}}
    mine = {
        "format": "DAP",
        "sections": {"data": "Met. Spoke.", "plan": "Call."},
        "goals": ["1"],
        "service_start": "2026-11-23T19:00:00.000Z",
    }
    other = {"format": "SOAP", "sections": {"data": "Met. Walked.", "plan": "Call."}, "goals": ["2"], "service_start": "2026-11-23T20:00:00.000Z", "participation": "sister"}  # fmt: skip
    joined = join(KINDS["note"], base, mine, other)
    assert joined.values["sections"] == {"data": "Met. Spoke.\nMet. Walked.", "plan": "Call."}
    assert joined.values["goals"] == ["1", "2"]
    assert joined.values["participation"] == "sister"
    assert joined.values["format"] == "SOAP"
    assert joined.values["service_start"] == mine["service_start"]
    assert joined.kept == ("service_start",)


def test_a_laptop_is_told_why_it_gets_nothing_new(field: Field) -> None:
    """Copied, withdrawn or closing: each has its own words."""
    ana = field.enrolled("Ana Alvarez")
    client = ana.client("Okafor, Ada")
    field.agency.settle()
    with ana.store.reading() as rx:
        series, counter = rx.meta_text("series"), rx.meta_int("counter")
    ana.contact(client, "first")
    ana.sync()
    with ana.store.writing() as tx:
        tx.set_meta("series", series)
        tx.set_meta("counter", counter or 0)
    ana.contact(client, "the same number again")
    assert ana.sync().message == told.COPIED.sentence
    ben = field.enrolled("Ben Brook")
    admin.leave(field.agency.server, ben.staff, "2026-11-22")
    assert ben.sync().message == told.CLOSING.sentence


def test_an_app_of_another_version_is_told_which_side_is_older(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = field.enrolled("Ana Alvarez")
    client = ana.client("Okafor, Ada")
    for spoken, reason in ((2, told.APP_OLD), (0, told.SERVER_OLD)):
        with monkeypatch.context() as patch:
            patch.setattr("fieldapp.server.exchange.PROTOCOL", spoken)
            patch.setattr("fieldapp.server.refusals.PROTOCOL", spoken)
            assert ana.sync().message == reason.sentence
            assert ana.states() == {"unsent": 1}
    assert ana.sync().message == ""
    assert ana.view(client).client == client


def test_news_of_the_past_stands_in_the_sync_area_for_two_weeks(field: Field) -> None:
    """A server put back, a team that was left, a laptop put back."""
    ana = field.enrolled("Ana Alvarez")
    ana.client("Okafor, Ada")
    field.agency.settle()
    copied = field.agency.backup()
    ana.contact(ana.client("Lindqvist, Sam"))
    field.agency.settle()
    field.agency.restore(copied, announce=True)
    ana.sync()
    admin.change_staff(
        field.agency.server, ana.staff,
        {"memberships": {"m9": {"role": "clinician", "program": field.agency.program, "team": field.agency.other_team}}},
    )  # fmt: skip
    ana.sync()
    laptop = field.laptop(ana)
    status = laptop.sync_status()
    now = laptop.corrected_ms()
    codes = {one.code.partition(":")[0] for one in standing(status, now, None)}
    assert {"put_back", "ended"} <= codes
    assert any(name for name, _ in status.ended_teams)
    later = {one.code.partition(":")[0] for one in standing(status, now + 15 * 86_400_000, None)}
    assert not {"put_back", "ended"} & later


def test_each_reason_of_an_entry_is_explained_on_the_record_itself(field: Field) -> None:
    ana = field.enrolled("Ana Alvarez")
    far = field.agency.laptop("Fay Far", "clinician", field.agency.other_team)
    client = far.client("Okafor, Ada", field.agency.other_team)
    field.agency.settle()
    made = ana.entry("assignment", one_per(client, "assignment"), {"items": {}, "set": {}}, client=client)
    ana.sync()
    laptop = field.laptop(ana)
    (line,) = laptop.pending()
    assert line.state == "quarantined"
    told_of = entries.advice(line.state, line.reason)
    said = record_text(
        laptop.record(made.envelope.id), laptop.record(made.envelope.id).versions[0], "UTC"
    ).plain
    for words in (told_of.happened, told_of.safe, f"Next: {told_of.todo}"):
        assert words in said
