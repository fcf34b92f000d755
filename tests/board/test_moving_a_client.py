"""A client goes to another team: the move, whose time ends, who takes over, and when it holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import GateClosed, NotAllowed, NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.screens.assignment import AssignmentScreen
from fieldapp.store import outbox
from fieldapp.store.outbox import Outgoing
from tests.board.town import assigned, heads_of, visit
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    NAIR,
    PASSPHRASE,
    PROGRAM,
    SAM,
    TEAM,
    TOM,
    TZ,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.laptop.laptop_world import opened

Make = Callable[..., Desk]
TODAY = "2026-11-22"
SOUTH, BLOCKS, OTHER_PROGRAM = ident(601), ident(602), ident(603)
ROSA, PIO = ident(611), ident(612)
"""A clinician of the other team, and a prescriber of both teams."""


def two_teams(desk: Desk) -> Desk:
    """Add a second team of the program, a third in another program, and people of theirs."""
    desk.add("team", SOUTH, {"set": {"name": "Everett South", "program": PROGRAM}})
    desk.add("program", OTHER_PROGRAM, {"set": {"name": "Day IOP", "archetype": "structured", "tz": TZ}})
    desk.add("team", BLOCKS, {"set": {"name": "Blocks", "program": OTHER_PROGRAM}})
    for staff, name, role, teams in (
        (ROSA, "Rosa Lim", "clinician", (SOUTH,)), (PIO, "Pio Ramos", "prescriber", (SOUTH, TEAM)),
    ):  # fmt: skip
        rows = {str(n): {"role": role, "program": PROGRAM, "team": team} for n, team in enumerate(teams)}
        desk.add("staff", staff, {"set": {"name": name}, "items": {"memberships": rows}})
    return desk


def at_work(desk: Desk) -> Laptop:
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def of(laptop: Laptop, client: str) -> list[tuple[str, str, str, str]]:
    return sorted((p.name, p.role, p.since, p.until) for p in laptop.assignment(client).periods)


def sent(laptop: Laptop) -> None:
    """Have the server take in all that is owed."""
    with opened(laptop).store.writing() as tx:
        batch: list[Outgoing] = outbox.batch(tx, max_bytes=10**7, max_count=500)
        receipts = {"accepted": [[0, len(batch) - 1]], "exceptions": []}
        outbox.apply_receipts(tx, batch, receipts, now_ms=1, server_ms=1)


def test_a_move_holds_once_it_is_sent_and_not_before(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    laptop = at_work(desk)
    laptop.move_client(SAM, SOUTH, "moved_home", "", ROSA)
    assert laptop.client_line(SAM).team == "Everett North", "until then only this laptop knows of it"
    assert laptop.assignment(SAM).moving_to == "Everett South"
    with pytest.raises(NotAllowed, match="waits to be sent"):
        laptop.move_client(SAM, BLOCKS, "wish")
    sent(laptop)
    assert laptop.client_line(SAM).team == "Everett South"
    with pytest.raises(GateClosed, match="with another team"):
        laptop.assignment(SAM)
    laptop.break_glass(SAM, "cover")
    laptop.move_client(SAM, TEAM, "wish", "", DANA)
    assert laptop.client_line(SAM).team == "Everett South", "the second one waits as the first did"
    sent(laptop)
    assert laptop.client_line(SAM).team == "Everett North"


def test_a_move_that_the_server_gives_back_changes_nothing(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    laptop = at_work(desk)
    entry = laptop.move_client(SAM, SOUTH, "wish", "", ROSA)
    with opened(laptop).store.writing() as tx:
        outbox.send_back(tx, [(entry, "The client was moved to another team meanwhile.")], now_ms=1)
    assert laptop.client_line(SAM).team == "Everett North"
    assert laptop.assignment(SAM).moving_to == ""


def test_who_does_not_work_there_ends_today_and_the_new_worker_begins(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    assigned(desk, SAM, "t", staff=TOM, role="tech", since="2026-09-01")
    assigned(desk, SAM, "later", staff=TOM, role="cover", since="2026-12-01", until="2026-12-04", covers=DANA)
    assigned(desk, SAM, "rx", staff=PIO, role="prescriber", since="2026-09-01")
    laptop = at_work(desk)
    laptop.move_client(SAM, SOUTH, "needs", "", ROSA)
    assert of(laptop, SAM) == [
        ("Dana Reyes", "primary", "2026-08-03", "2026-11-21"),
        ("Pio Ramos", "prescriber", "2026-09-01", ""),
        ("Rosa Lim", "primary", TODAY, ""),
        ("Tom Berg", "tech", "2026-09-01", TODAY),
    ]
    [task] = laptop.tasks(SAM)
    assert (task.title, task.owner) == ("Take the client over from Dana Reyes, Everett North", ROSA)


def test_visits_to_come_and_tasks_go_along(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    coming = visit(desk, SAM, DAY, staff=DANA, second=TOM)
    beside = visit(desk, SAM, 2 * DAY, staff=PIO, second=TOM)
    past = visit(desk, SAM, -DAY, staff=DANA)
    task = {"what": "other", "title": "Call about the key", "due": instant(desk.clock.now_ms()), "owner": TOM}
    desk.add("task", ident(801), {"set": task}, client=SAM, author=NAIR)
    laptop = at_work(desk)
    with pytest.raises(NotReady, match="1 visit is planned: choose who takes over"):
        laptop.move_client(SAM, SOUTH, "wish")
    assert laptop.assignment(SAM).moving_to == "", "nothing was written"
    laptop.move_client(SAM, SOUTH, "wish", "", ROSA)
    values = {record: laptop.record(record).values for record in (coming, beside, past)}
    assert (values[coming]["staff"], values[coming].get("second")) == (ROSA, None)
    assert (values[beside]["staff"], values[beside].get("second")) == (PIO, None)
    assert values[past]["staff"] == DANA
    assert laptop.record(ident(801)).values["owner"] == ROSA


def test_with_nobody_named_the_new_supervisor_is_asked(desk_of: Make) -> None:
    laptop = at_work(two_teams(desk_of(NAIR)))
    laptop.move_client(SAM, SOUTH, "caseload")
    assert ("Dana Reyes", "primary", "2026-08-03", "2026-11-21") in of(laptop, SAM)
    [task] = laptop.tasks(SAM)
    assert (task.title, task.role) == ("Name who works with the client, from Everett North", "supervisor")


def test_into_another_program_the_open_episode_goes_along(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    laptop = at_work(desk)
    laptop.move_client(SAM, BLOCKS, "level_of_care")
    values = laptop.episode(SAM).values
    assert (values["program"], values["archetype"], values["status"]) == (
        OTHER_PROGRAM,
        "structured",
        "active",
    )
    laptop.move_client(ADA, SOUTH, "wish")
    assert laptop.episode(ADA).values["program"] == PROGRAM


@pytest.mark.parametrize(
    ("team", "why", "reason", "primary", "said"),
    [
        ("", "wish", "", "", "Choose the team"),
        (TEAM, "wish", "", "", "with Everett North already"),
        (SOUTH, "", "", "", "Choose why"),
        (SOUTH, "other", " ", "", "in a few words why"),
        (SOUTH, "wish", "", DANA, "Choose who works in Everett South"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    desk_of: Make, team: str, why: str, reason: str, primary: str, said: str
) -> None:
    laptop = at_work(two_teams(desk_of(NAIR)))
    with pytest.raises(NotReady, match=said):
        laptop.move_client(SAM, team, why, reason, primary)
    assert laptop.pending() == ()


def test_only_reviewers_move_and_nobody_takes_a_move_back_as_an_error(desk_of: Make) -> None:
    clinician = at_work(two_teams(desk_of(DANA)))
    with pytest.raises(NotAllowed, match="Your role may not write"):
        clinician.move_client(SAM, SOUTH, "wish")
    assert clinician.pending() == ()
    boss = at_work(two_teams(desk_of(NAIR)))
    entry = boss.move_client(SAM, SOUTH, "wish")
    with pytest.raises(NotAllowed, match="move the client back"):
        boss.mark_error(entry, "wrong client")


async def test_a_client_is_moved_from_the_chart_and_the_screen_says_when_it_holds(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    visit(desk, SAM, DAY, staff=DANA)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("assignment", client=SAM)
        await settled(pilot)
        await keys(pilot, "m", "ctrl+s")
        assert "Choose the team." in shown(app)
        await keys(pilot, "1", "8")
        assert "The time of Dana Reyes with the client ends." in shown(app)
        await keys(pilot, "ctrl+s")
        assert "Say in a few words why." in shown(app)
        await typed(pilot, "near the [b]sister[/b]")
        await keys(pilot, "ctrl+s")
        assert "choose who takes over" in shown(app)
        await keys(pilot, "2")
        assert "Rosa Lim is primary worker from today and gets 1 planned visit." in shown(app)
        await keys(pilot, "ctrl+s")
        assert top(app) is AssignmentScreen
        assert "Moves to Everett South as soon as this laptop has sent it" in shown(app)
        sent(laptop)
        app.touched()
        await settled(pilot)
        assert top(app) is not AssignmentScreen
        assert "Moved: the client is with Everett South now" in shown(app)
    with opened(laptop).store.reading() as rx:
        view: Any = rx.view(one_per(SAM, "move"))
    assert view.get("reason") == "near the [b]sister[/b]"


async def test_who_reads_both_teams_sees_that_the_move_holds(desk_of: Make) -> None:
    desk = two_teams(desk_of(NAIR))
    rows = {
        str(n): {"role": "supervisor", "program": PROGRAM, "team": team}
        for n, team in enumerate((TEAM, SOUTH))
    }
    desk.add("staff", NAIR, {"items": {"memberships": rows}}, prev=heads_of(desk, NAIR))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("assignment", client=SAM)
        await settled(pilot)
        await keys(pilot, "m", "1", "1", "tab", "2", "ctrl+s")
        assert "Written. The move holds as soon as it is sent." in shown(app)
        sent(laptop)
        app.touched()
        await settled(pilot)
        assert top(app) is AssignmentScreen
        assert "Moved: the client is with Everett South now" in shown(app)


async def _asked(pilot: Any) -> None:
    await keys(pilot, "m")


async def _filled(pilot: Any) -> None:
    await keys(pilot, "m", "2", "1")
    await typed(pilot, "needs groups three days a week")
    await keys(pilot, "tab")


async def _waits(pilot: Any) -> None:
    await keys(pilot, "m", "1", "3", "tab", "2", "ctrl+s")


SHOTS: dict[str, Callable[[Any], Awaitable[None]]] = {"asked": _asked, "filled": _filled, "waits": _waits}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("shot", list(SHOTS))
def test_moving_a_client_looks_as_it_should(
    desk_of: Make, snap_compare: Any, shot: str, size: tuple[int, int]
) -> None:
    desk = two_teams(desk_of(NAIR))
    visit(desk, SAM, DAY, staff=DANA)
    assigned(desk, SAM, "t", staff=TOM, role="tech", since="2026-09-01")

    async def before(pilot: Any) -> None:
        await unlocked(pilot)
        pilot.app.open("assignment", client=SAM)
        await settled(pilot)
        await SHOTS[shot](pilot)

    assert snap_compare(make_app(desk.opened()), terminal_size=size, run_before=before)
