"""A client's risk on screen: raised by itself, lowered by a signature, shown wherever the client is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import TextArea

from fieldapp.records.ids import one_per
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.review import ReviewScreen
from fieldapp.screens.risk import RiskScreen
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.form_time import FormDay
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NAIR,
    NOW,
    TOM,
    Desk,
    field_of,
    form,
    keys,
    make_app,
    opened_at,
    settled,
    shown,
    top,
    unlocked,
)

Make = Callable[..., Desk]
RISK = one_per(ADA, "risk")


def signal(
    desk: Desk, level: str = "high", detail: str = "Said she has a plan", key: str = "s1", **more: Any
) -> str:
    """Store a signal that a note raised; returns its hash."""
    item = {"level": level, "source_kind": "note", "detail": detail}
    body = {"items": {"signals": {key: item}}}
    more = {"author": TOM, "at_ms": NOW - 20 * HOUR} | more
    return desk.add("risk", RISK, body, client=ADA, **more).hash


def signed(desk: Desk, level: str, author: str, ago: int, reason: str, prev: list[str] | None = None) -> str:
    """Store a level that somebody signed."""
    body = {"set": {"level": level, "reason": reason}}
    return desk.add(
        "risk", RISK, body, client=ADA, author=author, meaning="sign", prev=prev or [], at_ms=NOW - ago
    ).hash


async def test_one_key_in_the_chart_opens_the_risk_and_a_signature_lowers_it(desk_of: Make) -> None:
    """The signals are ticked, the basis is written, the supervisor is told."""
    desk = desk_of()
    first = signal(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        assert top(app) is ChartScreen
        await keys(pilot, "R")
        assert top(app) is RiskScreen
        assert "In force: ▲ high risk" in shown(app)
        assert "Said she has a plan" in shown(app)
        await keys(pilot, "ctrl+s")
        assert "Choose the level of risk." in shown(app)
        await keys(pilot, "3")
        assert "still high" in shown(app), "what is not ticked stays in force"
        day = field_of(app, "next-review")
        assert isinstance(day, FormDay)
        assert day.values() == {"next_review": "2026-12-22"}
        field_of(app, "considered").land()
        await keys(pilot, "1")
        assert "low instead of high. The supervisor is told." in shown(app)
        field_of(app, "reason").land()
        await settled(pilot)
        assert isinstance(app.focused, TextArea)
        app.focused.insert("Slept at her sister's; tablets are with Ngozi.")
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        assert "goes to your supervisor" in shown(app)
        await keys(pilot, "enter")
        await settled(pilot)
        assert top(app) is ChartScreen
        read = laptop.risk(ADA)
        assert (read.level, read.signals) == ("low", ())
        assert read.signed[0].reason == "Slept at her sister's; tablets are with Ngozi."
        assert laptop.record(RISK).versions[-1].body["considered"] == [first]


async def test_a_lower_level_says_what_was_weighed(desk_of: Make) -> None:
    """Also where no signal is left to tick: a level that somebody signed is lowered the same way."""
    desk = desk_of()
    signed(desk, "high", TOM, 30 * HOUR, "Found on the bridge.")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "risk", client=ADA)
        await keys(pilot, "4")
        field_of(app, "reason").land()
        await settled(pilot)
        assert isinstance(app.focused, TextArea)
        app.focused.insert("Asked today.")
        await keys(pilot, "ctrl+s")
        assert top(app) is RiskScreen
        assert "say what you weighed" in shown(app)
        await keys(pilot, "1", "5", "ctrl+s", "enter")
        await settled(pilot)
        read = laptop.risk(ADA)
        assert (read.level, read.signed[0].weighed) == ("moderate", ("talk", "people"))


async def test_two_signed_levels_are_settled_on_screen(desk_of: Make) -> None:
    """From the chart: the side that is picked opens the form, its signature follows both."""
    desk = desk_of()
    base = signal(desk)
    signed(desk, "moderate", TOM, 3 * HOUR, "Seen by Tom.", [base])
    signed(desk, "high", NAIR, 2 * HOUR, "Seen by Priya.", [base])
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "chart", client=ADA)
        await keys(pilot, "s")
        assert top(app) is SettleScreen
        assert "▲ high risk" in shown(app)
        await keys(pilot, "2", "enter")
        assert top(app) is RiskScreen
        assert "Two people signed side by side" in shown(app)
        draft = form(app).draft
        assert draft is not None
        assert len(draft.prev) == 2
        assert draft.values["level"] == "moderate"
        field_of(app, "considered").land()
        await keys(pilot, "1")
        field_of(app, "reason").land()
        await settled(pilot)
        assert isinstance(app.focused, TextArea)
        app.focused.insert("Talked over by both.")
        await keys(pilot, "ctrl+s", "enter")
        await settled(pilot)
        assert laptop.conflicts() == ()
        assert laptop.client_line(ADA).risk == "moderate"


async def test_an_old_draft_follows_what_was_signed_meanwhile(desk_of: Make) -> None:
    """Its words stay; what it is signed on top of is what the screen shows."""
    desk = desk_of()
    laptop = desk.opened()
    laptop.unlock("seven purple herons wade slowly")
    old = laptop.start("risk", ADA)
    laptop.save_draft(old.id, dict(old.values) | {"reason": "Begun yesterday"})
    newer = laptop.sign_risk(ADA, "moderate", "Signed on the other screen.", [])
    laptop.close()
    again = desk.laptop()
    app = make_app(again)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "risk", client=ADA)
        draft = form(app).draft
        assert draft is not None
        assert draft.prev == (newer,)
        assert draft.values["reason"] == "Begun yesterday"
        assert "Begun yesterday" in shown(app)


async def test_the_supervisor_sees_what_was_lowered_and_says_so_by_a_cosign(desk_of: Make) -> None:
    """From Review, by enter and c."""
    desk = desk_of(NAIR)
    base = signal(desk)
    body = {
        "set": {"level": "low", "reason": "Slept well."},
        "considered": [base],
        "cosign_required": "supervisor",
    }
    desk.add("risk", RISK, body, client=ADA, author=DANA, meaning="sign", prev=[base], at_ms=NOW - HOUR)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        assert top(app) is ReviewScreen
        assert "risk lower" in shown(app)
        assert "From high to low · Slept well." in shown(app)
        await keys(pilot, "enter")
        assert top(app) is ReadingScreen
        assert "Rests on: Slept well." in shown(app)
        await keys(pilot, "c", "enter")
        await settled(pilot)
        assert laptop.review() == ()


async def test_every_line_and_head_that_names_a_client_shows_the_risk(desk_of: Make) -> None:
    """Lists, heads, dialogs, palette; never by colour alone."""
    desk = desk_of(NAIR)
    signal(desk)
    desk.note(ADA, author=TOM, ago=30 * HOUR, cosign="supervisor")
    contact = desk.contact(ADA, author=NAIR)
    desk.plan(ADA, ago=30 * DAY)
    base = desk.add("client", ADA, {"set": {"pcp": "Clinic A"}}, client=ADA)
    for author, text in ((TOM, "Clinic B"), (DANA, "Clinic C")):
        desk.add("client", ADA, {"set": {"pcp": text}}, client=ADA, author=author, prev=[base.hash])
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)

        def lines_with_ada() -> list[str]:
            return [line for line in shown(app).splitlines() if "Okafor" in line]

        def marked(where: str) -> None:
            screen = shown(app)
            assert "▲ high" in screen, where
            if "Okafor" in screen.splitlines()[1]:
                assert "▲ high" in "".join(screen.splitlines()[1:4]), where

        assert all("▲ high" in line for line in lines_with_ada())
        assert lines_with_ada(), "Today: the unsigned contact"
        for area in ("2", "3"):
            await keys(pilot, area)
            assert lines_with_ada(), area
            assert all("▲ high" in line for line in lines_with_ada()[:1]), area
        for name, arguments in (
            ("chart", {"client": ADA}),
            ("plan", {"client": ADA}),
            ("risk", {"client": ADA}),
            ("note", {"contact": contact}),
            ("contact", {"client": ADA}),
            ("record", {"record": RISK}),
            ("settle", {"record": ADA, "path": "pcp"}),
        ):
            app.open(name, **arguments)
            await settled(pilot)
            marked(name)
            await keys(pilot, "escape")
        app.open("plan", client=ADA)
        await settled(pilot)
        await keys(pilot, "w", "1", "ctrl+s")
        assert top(app) is SignDialog
        marked("sign dialog")
        await keys(pilot, "escape", "escape", "escape")
        app.open("pick", question="Whose?")
        await settled(pilot)
        marked("pick")
        await keys(pilot, "escape")
        await keys(pilot, "4")
        laptop.sign_risk(ADA, "high", "Seen again.", [])
        await keys(pilot, "r")
        assert all("▲ high" in line for line in lines_with_ada()), "Sync: not sent yet"
        assert lines_with_ada()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("scene", ["open", "two"])
def test_the_risk_form_looks_as_it_was_accepted(
    desk_of: Make, snap_compare: Any, scene: str, size: tuple[int, int]
) -> None:
    """Change a picture only after looking at it."""
    desk = desk_of()
    base = signal(desk)
    if scene == "two":
        signed(desk, "moderate", TOM, 3 * HOUR, "Calm on the phone, her sister stays until Friday.", [base])
        signed(desk, "high", NAIR, 2 * HOUR, "Would not say where the tablets are.", [base])
    else:
        signal(
            desk, "moderate", "Two nights without sleep", "s2", author=NAIR, at_ms=NOW - 5 * HOUR, prev=[base]
        )
    app = make_app(desk.opened())

    async def before(pilot: Any) -> None:
        await opened_at(pilot, "risk", client=ADA, level="low")
        await keys(pilot, "1")
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
