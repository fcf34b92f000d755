"""Check 1: network off from after enrolment to sign-out; everything of a day succeeds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.kinds import KINDS
from fieldapp.screens.sync import SyncScreen
from tests.acceptance.field import Field, app_of, come_in, no_network, over_https
from tests.forms.desk import NOTE_TEXT, keys, settled, shown, typed

Step = Callable[[Any, Laptop, str], Awaitable[None]]


async def words(pilot: Any, text: str) -> None:
    """Put words into what has the focus."""
    focused = pilot.app.focused
    if isinstance(focused, Input):
        focused.insert_text_at_cursor(text)
    else:
        focused.insert(text)
    await settled(pilot)


async def a_visit(pilot: Any, laptop: Laptop, client: str) -> None:
    """Log a visit of 45 minutes at home."""
    pilot.app.open("contact", client=client)
    await settled(pilot)
    await keys(pilot, "1")
    await typed(pilot, "45m")
    await keys(pilot, "enter", "1", "1", "1", "ctrl+s")
    assert "Write the note now" in shown(pilot.app)
    rows = laptop.timeline(client, 0, 9, ("contact",))
    assert [(row.state, row.sending) for row in rows] == [("completed", "not sent")]


async def a_note(pilot: Any, laptop: Laptop, client: str) -> None:
    """Go on from the visit to its note; write and sign it."""
    await keys(pilot, "1")
    for text in NOTE_TEXT.values():
        await words(pilot, text)
        await keys(pilot, "tab")
    await keys(pilot, "1")
    await words(pilot, "First visit")
    await keys(pilot, "ctrl+s")
    assert "Sign this note" in shown(pilot.app)
    await keys(pilot, "enter")
    rows = laptop.timeline(client, 0, 9, ("note",))
    assert [(row.status, row.sending) for row in rows] == [("final", "not sent")]
    assert laptop.record(rows[0].record).values["sections"] == NOTE_TEXT


async def a_safety_plan(pilot: Any, laptop: Laptop, client: str) -> None:
    """Write a first plan with one line in each needed step, and sign it."""
    pilot.app.open("plan", client=client)
    await settled(pilot)
    await keys(pilot, "w", "1")
    for line in (
        "I stay up past three",
        "Walk to the water",
        "Library",
        "Ruth",
        "Our team",
        "Old tablets",
        "My nephew",
    ):
        await words(pilot, line)
        await keys(pilot, "pagedown")
    await keys(pilot, "ctrl+s", "enter")
    plan = laptop.plan(client)
    assert [version.doc["matters"] for version in plan.active] == [["My nephew"]]


async def a_print(pilot: Any, laptop: Laptop, client: str) -> None:
    """Print the client's page of the plan into a file of their own folder."""
    pilot.app.open("print", client=client, document="plan")
    await settled(pilot)
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)
    assert "Ready: My safety plan, 1 page" in shown(pilot.app)
    await keys(pilot, "ctrl+s")
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)
    assert "Saved as safety-plan.pdf" in shown(pilot.app)
    assert (Path.home() / "safety-plan.pdf").read_bytes().startswith(b"%PDF")
    await keys(pilot, "escape")


async def a_crisis(pilot: Any, laptop: Laptop, client: str) -> None:
    """Write the first record of a crisis in four answers and sign it."""
    pilot.app.open("crisis", client=client)
    await settled(pilot)
    await keys(pilot, "1", "4", "1", "ctrl+s")
    assert "Sign the crisis record" in shown(pilot.app)
    await keys(pilot, "enter")
    assert len(laptop.timeline(client, 0, 9, ("crisis",))) == 1
    assert laptop.client_line(client).risk == "high"


async def a_phq9(pilot: Any, laptop: Laptop, client: str) -> None:
    """Ask the PHQ-9 read aloud, and sign it."""
    pilot.app.open("measure", client=client, instrument="phq9")
    await settled(pilot)
    await keys(pilot, *"112110210", "1")
    assert "Sign" in shown(pilot.app)
    await keys(pilot, "enter")
    assert [line.result for line in laptop.measures(client).lines] == ["9 · Mild"]


async def a_group(pilot: Any, laptop: Laptop, client: str) -> None:
    """Hold a group of eight that is on no list: seven were there, one was not; sign it once."""
    pilot.app.open("groups")
    await settled(pilot)
    await keys(pilot, "w")
    await words(pilot, "Friday skills circle")
    await keys(pilot, *["tab"] * 5)
    await words(pilot, "Everybody named one thing that had gone well, and one skill for the weekend.")
    await keys(pilot, "f6")
    people = [line.client for line in laptop.caseload()]
    for name in (line.name for line in laptop.caseload()):
        await keys(pilot, "a")
        await words(pilot, name)
        await keys(pilot, "enter")
    await keys(pilot, *["up"] * 7)
    for number in range(7):
        await keys(pilot, "1", "2", "1", "enter")
        await words(pilot, f"Chose skill number {number} and told what had made it hard last time.")
        await keys(pilot, "enter")
    await keys(pilot, "4", "ctrl+s")
    assert "Sign this group" in shown(pilot.app)
    assert "Name a goal" in shown(pilot.app)
    await words(pilot, "First time; goals are made in the plan meetings")
    # Ada's visit was logged for the same hour.
    assert "Ada Alvarez" not in shown(pilot.app)
    await keys(pilot, "enter")
    if isinstance(pilot.app.focused, Input) and not pilot.app.focused.password:
        await words(pilot, "The visit came first; both took place")
        await keys(pilot, "enter")
    await keys(pilot, "enter")
    rows = [row for one in people for row in laptop.timeline(one, 0, 30, ("contact",))]
    assert sorted(row.state for row in rows if row.title == "Group") == ["completed"] * 7 + ["no_show"]
    assert sum(len(laptop.timeline(one, 0, 30, ("note",))) for one in people) == 1 + 7
    await keys(pilot, "escape")


STEPS: dict[str, tuple[str, Step]] = {
    "a visit": ("contact", a_visit),
    "a note": ("note", a_note),
    "a safety plan": ("safety_plan", a_safety_plan),
    "its print": ("safety_plan", a_print),
    "a crisis record": ("crisis", a_crisis),
    "a PHQ-9": ("measure", a_phq9),
    "a group of 8": ("group_session", a_group),
}
"""What of the check can be done today, with the kind that it writes; in the order of a day."""
OF_THE_CHECK = {"contact", "note", "crisis", "safety_plan", "measure", "group_session"}
"""Every kind that the check names; each must have its step here as soon as it can be written."""


def test_check_01_every_kind_of_the_check_that_can_be_written_has_its_step() -> None:
    assert {kind for kind, _ in STEPS.values()} == OF_THE_CHECK & set(KINDS)


async def the_day(laptop: Laptop, client: str) -> int:
    """Work through every step in the App and sign out; returns how much is unsent."""
    app = app_of(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await come_in(pilot)
        for _, step in STEPS.values():
            await step(pilot, laptop, client)
            await settled(pilot)
        app.sync_now()
        await keys(pilot, "4")
        assert isinstance(app.screen, SyncScreen)
        assert "○ offline since" in shown(app)
        assert laptop.drafts() == ()
        pending = laptop.sync_status().pending
        await keys(pilot, "ctrl+q")
    return pending


def test_check_01_with_the_network_off_from_enrolment_to_sign_out_everything_succeeds(
    field: Field, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ana = field.enrolled("Ana Alvarez", is_mhp=True)
    client = ana.client("Okafor, Ada")
    for name in (
        "Brandt, Otto",
        "Chen, Wei",
        "Dube, Thandi",
        "Eriksen, Liv",
        "Farrow, Jude",
        "Gupta, Anil",
        "Ito, Kenji",
    ):
        ana.client(name)
    field.agency.settle(ana)
    laptop = field.laptop(ana, connect=over_https, unlock=False)
    with asyncio.Runner() as runner:
        runner.get_loop()
        with no_network(monkeypatch) as tried:
            pending = runner.run(the_day(laptop, client))
    assert pending >= len(STEPS)
    assert tried
    again = field.laptop(ana)
    assert again.sync_status().pending == pending
    assert again.sync().pending == 0
    assert {row.sending for row in again.timeline(client, 0, 50)} == {"sent"}
