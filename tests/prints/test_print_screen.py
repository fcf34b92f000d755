"""Printing from the app: what stands on the screen before, and what lies in the file or at the printer after."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from pypdf import PdfReader

from fieldapp.app import FieldApp
from fieldapp.laptop import outlets
from fieldapp.screens.print_out import PrintScreen
from fieldapp.widgets.form_field import FormField
from fieldapp.widgets.form_line import FormLine
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    LUCIA,
    PROGRAM,
    SAM,
    Desk,
    keys,
    make_app,
    opened_at,
    settled,
    shown,
    top,
    unlocked,
)

Make = Callable[..., Desk]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own, always shown under the same name, and no printer."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(Path, "home", lambda: folder)
    monkeypatch.setattr(outlets, "printer", lambda: None)
    monkeypatch.setenv("HOME", str(folder))
    return folder


async def made(pilot: Any) -> None:
    """Wait until the paper is made."""
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def changed(desk: Desk, kind: str, record: str, values: dict[str, Any], client: str | None = None) -> None:
    """Store a change on top of what stands."""
    with desk.store.writing() as tx:
        view = tx.view(record)
        assert view is not None
        desk.put(tx, kind, record, {"set": values}, prev=view.heads, client=client)


def furnished(desk: Desk) -> None:
    desk.alert(ADA, "stop")
    desk.plan(ADA)
    desk.contact(ADA, author=DANA, ago=20 * 3_600_000)


@SIZES
@pytest.mark.parametrize("scene", ["plan", "crisis-card", "none"])
def test_the_print_screen_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    app: FieldApp = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        document = {"plan": "plan", "crisis-card": "crisis_card", "none": "plan"}[scene]
        pilot.app.open("print", client=SAM if scene == "none" else ADA, document=document)
        await made(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_p_on_a_note_prints_that_note_and_no_other_paper_offers_it(desk_of: Make, home: Path) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    note = desk.note(ADA, author=DANA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "record", record=note.envelope.id)
        await keys(pilot, "P")
        await made(pilot)
        assert "Ready: Progress note, 1 page" in shown(app)
        await keys(pilot, "ctrl+s")
        await made(pilot)
        assert "Saved as progress-note.pdf. It is not encrypted" in shown(app)
        await keys(pilot, "escape", "escape")
        app.open("print", client=ADA)
        await made(pilot)
        assert "This note" not in shown(app)
    text = PdfReader(io.BytesIO((home / "progress-note.pdf").read_bytes())).pages[0].extract_text()
    assert "Electronically signed by the author: Dana Reyes, LICSW" in " ".join(text.split())


async def test_p_on_the_plan_writes_the_clients_page_into_a_private_file_and_leaves_a_line_of_ids(
    desk_of: Make, home: Path
) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "plan", client=ADA)
        await keys(pilot, "P")
        await made(pilot)
        assert top(app) is PrintScreen
        assert "Ready: My safety plan, 1 page" in shown(app)
        assert "A file is not encrypted" in shown(app)
        await keys(pilot, "ctrl+s")
        await made(pilot)
        assert "Saved as safety-plan.pdf. It is not encrypted" in shown(app)
        assert "~/safety-plan-2.pdf" in shown(app)
        events = audit_of(laptop)
    file = home / "safety-plan.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = PdfReader(io.BytesIO(file.read_bytes())).pages[0].extract_text()
    assert "I stop answering my sister" in text
    assert "Old tablets" not in text
    assert files(home) == ["safety-plan.pdf"]
    (event,) = [event for event in events if event["action"] == "print"]
    assert (event["object"], event["client"], event["outcome"]) == ("plan/page/en", ADA, "file team")
    assert not [word for word in ("Okafor", "Ada", "sister") if word in str(event)]


def audit_of(laptop: Any) -> list[dict[str, Any]]:
    with laptop._open().store.reading() as rx:
        return [orjson.loads(row[0]) for row in rx.all("SELECT data FROM audit ORDER BY seq")]


async def test_a_file_that_exists_is_never_overwritten_and_the_failure_is_in_the_trail(
    desk_of: Make, home: Path
) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    (home / "mine.pdf").write_text("kept")
    (home / "link.pdf").symlink_to(home / "elsewhere.pdf")
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("print", client=ADA, document="plan")
        await made(pilot)
        for name in ("~/mine.pdf", "~/link.pdf"):
            app.screen.query_one("#field-path", FormLine).restore({"path": name}, {})
            await keys(pilot, "ctrl+s")
            await made(pilot)
            assert "There is a file of this name already" in shown(app)
        app.screen.query_one("#field-path", FormLine).restore({"path": "~/no/where.pdf"}, {})
        await keys(pilot, "ctrl+s")
        await made(pilot)
        assert "cannot be written there" in shown(app)
        outcomes = [event["outcome"] for event in audit_of(laptop) if event["action"] == "print"]
    assert outcomes == ["file team", "file failed"] * 3
    assert (home / "mine.pdf").read_text() == "kept"
    assert not (home / "elsewhere.pdf").exists()


async def test_the_printer_gets_it_through_stdin_under_a_title_of_ours(
    desk_of: Make, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = tmp_path / "got"
    program = tmp_path / "lp"
    program.write_text(f'#!/bin/sh\necho "$@" > {got}.args\ncat > {got}\n')
    program.chmod(0o700)
    monkeypatch.setattr(outlets, "printer", lambda: str(program))
    desk = desk_of(DANA)
    furnished(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("print", client=ADA, document="crisis_card")
        await made(pilot)
        await keys(pilot, "enter", "2", "2")
        await made(pilot)
        await keys(pilot, "ctrl+s")
        await made(pilot)
        assert "Sent to the printer." in shown(app)
        outcomes = [event["outcome"] for event in audit_of(laptop) if event["action"] == "print"]
        program.write_text("#!/bin/sh\ncat > /dev/null\nexit 1\n")
        await keys(pilot, "ctrl+s")
        await made(pilot)
        assert "The printer did not take it" in shown(app)
    assert outcomes == ["printer team"]
    assert (tmp_path / "got.args").read_text().split() == [
        "-t",
        "fieldapp",
        "-o",
        "document-format=text/plain",
    ]
    said = got.read_text()
    assert said.startswith("CONFIDENTIAL")
    assert "Crisis card: Okafor, Ada" in said
    assert files(home) == []


async def test_letters_without_a_glyph_and_a_second_page_are_said_before_printing(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.plan(ADA, signs=["名前を言えない " + "and then I walk and walk " * 10] * 6, alone=["long words " * 27] * 6,
              matters=["long words " * 27] * 6)  # fmt: skip
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.open("print", client=ADA, document="plan")
        await made(pilot)
        assert "Too long for one page: this prints 2 pages, with every word." in shown(app)
        assert "No font has these, they print as □:" in shown(app)
        assert "名" in shown(app)


async def test_what_the_agency_has_not_set_is_said_and_two_versions_too(desk_of: Make) -> None:
    desk = desk_of(DANA)
    first = desk.plan(ADA)
    desk.plan(ADA, prev=[first.hash], ago=2 * DAY, signs=["Newest words"])
    desk.plan(ADA, prev=[first.hash], ago=3 * DAY, signs=["Older words"], author=DANA)
    changed(desk, "program", PROGRAM, {"phone": None, "local_crisis_line": None})
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.open("print", client=ADA, document="plan")
        await made(pilot)
        assert "Two versions stand side by side: this is the newer one" in shown(app)
        assert "No day and night number of the team is set" in shown(app)
        assert "No local crisis line is set" in shown(app)


async def test_each_document_is_made_and_forms_and_languages_follow_it(desk_of: Make) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    app = make_app(desk.opened())
    ready = {"1": "My safety plan", "2": "My safety plan", "3": "My appointment", "4": "Crisis card",
             "5": "Visits: Sunday, November 22, 2026", "6": "Downtime caseload"}  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("print", client=ADA)
        await made(pilot)
        for pressed, title in ready.items():
            app.screen.query_one("#field-document", FormField).land()
            await keys(pilot, pressed)
            await made(pilot)
            assert f"Ready: {title}" in shown(app)
            assert ("Language" in shown(app)) is (pressed in "123")
            assert ("Page (PDF)" in shown(app)) is (pressed != "3")
            assert ("Card (PDF)" in shown(app)) is (pressed == "3")
            assert ("Today" in shown(app).split("Print", 1)[1]) is (pressed == "5")


async def test_without_a_client_only_papers_of_nobody_in_particular_are_offered(desk_of: Make) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "4", "P")
        await made(pilot)
        assert top(app) is PrintScreen
        assert "Blank safety plan" in shown(app)
        assert "Crisis card" not in shown(app)


async def test_the_day_is_offered_first_on_today_and_the_caseload_on_the_caseload(desk_of: Make) -> None:
    desk = desk_of(DANA)
    furnished(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "P")
        await made(pilot)
        assert "Ready: Visits: Sunday" in shown(app)
        await keys(pilot, "escape", "2", "P")
        await made(pilot)
        assert "Ready: Downtime caseload" in shown(app)


async def test_the_clients_language_is_taken_and_leaving_before_the_paper_is_made_prints_nothing(
    desk_of: Make, home: Path
) -> None:
    desk = desk_of(DANA)
    desk.plan(LUCIA)
    changed(desk, "client", LUCIA, {"language": "es"}, client=LUCIA)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("print", client=LUCIA, document="plan")
        await made(pilot)
        assert "Ready: Mi plan de seguridad" in shown(app)
        await pilot.press("escape")
        await made(pilot)
    assert files(home) == []
