"""Tasks: finished with one key and a line, made by hand, given to somebody by a supervisor."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.errors import FieldappError
from fieldapp.records.envelope import instant
from fieldapp.screens.task import TaskScreen
from fieldapp.screens.task_finish import FinishTask
from fieldapp.screens.tasks import TasksScreen
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NAIR,
    NOW,
    PASSPHRASE,
    SAM,
    TOM,
    Desk,
    ident,
    keys,
    make_app,
    opened_at,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]


def task(
    desk: Desk, number: int, client: str = ADA, *, owner: str = "", due: int = -2 * HOUR, title: str = "Call"
) -> str:
    """Store an open task and return its id."""
    values = {"what": "other", "title": title, "due": instant(NOW + due)} | (
        {"owner": owner} if owner else {}
    )
    desk.add("task", ident(700 + number), {"set": values}, client=client, author=NAIR)
    return ident(700 + number)


async def test_one_key_and_a_line_finish_a_task_from_today(desk_of: Make) -> None:
    desk = desk_of()
    record = task(desk, 1, title="Call about the key")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert "Call about the key" in shown(app)
        await keys(pilot, "d")
        assert top(app) is FinishTask
        await keys(pilot, "enter")
        assert "Say in a few words what came of it." in shown(app)
        await typed(pilot, "key returned")
        await keys(pilot, "enter")
        values = laptop.record(record).values
        assert (values["done"], values["outcome"]) == (True, "key returned")
        assert "Call about the key" not in shown(app).replace("Done: Call about the key.", "")


async def test_a_task_is_made_by_hand_for_a_day_and_a_colleague(desk_of: Make) -> None:
    """A day alone means its end."""
    desk = desk_of()
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("tasks", client=SAM)
        await keys(pilot, "w")
        assert top(app) is TaskScreen
        await typed(pilot, "bring form")
        await keys(pilot, "enter", "2")
        await typed(pilot, "tue")
        await keys(pilot, "ctrl+s")
        assert top(app) is TasksScreen
        [line] = laptop.tasks(SAM)
        assert (line.title, line.owner) == ("bring form", NAIR)
        assert line.due_ms is not None
        assert instant(line.due_ms) == "2026-11-25T07:59:00.000Z"


async def test_a_supervisor_finds_what_is_overdue_in_review_and_gives_it_to_somebody(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    late = task(desk, 1, owner=TOM, title="Fetch the tablets")
    task(desk, 2, owner=TOM, due=DAY, title="Not due yet")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert [(line.what, line.record, line.late) for line in laptop.review()] == [("task", late, True)]
        await keys(pilot, "3", "enter")
        assert top(app) is TasksScreen
        await keys(pilot, "e")
        assert "Change the task" in shown(app)
        await keys(pilot, "tab", "2", "ctrl+s")
        assert laptop.record(late).values["owner"] == DANA


def test_own_tasks_and_those_of_ones_clients_in_nobodys_name_are_on_today_overdue_first(
    desk_of: Make,
) -> None:
    desk = desk_of()
    task(desk, 1, due=5 * HOUR, owner=DANA, title="later")
    task(desk, 2, due=-DAY, title="nobody's, overdue")
    task(desk, 3, owner=TOM, title="a colleague's")
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    due = [line for line in laptop.today().due if line.kind == "task"]
    assert [(line.what, line.late) for line in due] == [("nobody's, overdue", True), ("later", False)]
    assert {line.title for line in laptop.tasks(ADA)} == {"later", "nobody's, overdue", "a colleague's"}


async def test_g_gives_a_task_to_a_colleague_and_back_to_the_primary_worker(desk_of: Make) -> None:
    desk = desk_of()
    record = task(desk, 1, title="Call the landlord")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "tasks", client=ADA)
        await keys(pilot, "g")
        assert "Give it to whom?" in shown(app)
        assert "Nobody by name" not in shown(app)
        number = (
            next(line for line in shown(app).splitlines() if "Tom Berg" in line)
            .split("Tom Berg")[0]
            .split()[-1]
        )
        await keys(pilot, number)
        assert laptop.record(record).values["owner"] == TOM
        assert "Given to Tom Berg." in shown(app)
        # It is a colleague's now, so only a supervisor takes it from him.
        await keys(pilot, "g", "1")
        assert laptop.record(record).values["owner"] == TOM
        assert "a colleague's" in shown(app)


async def test_a_supervisor_gives_a_task_back_to_nobody_by_name(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    record = task(desk, 1, owner=TOM, title="Call the landlord")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened_at(pilot, "tasks", client=ADA)
        await keys(pilot, "g")
        said = next(line for line in shown(app).splitlines() if "Nobody by name" in line)
        await keys(pilot, said.split("Nobody")[0].split()[-1])
        assert laptop.record(record).values.get("owner") is None
        assert "It is in nobody's name now." in shown(app)


def test_only_its_owner_or_a_supervisor_gives_a_task_away(desk_of: Make) -> None:
    desk = desk_of()
    toms, free = task(desk, 1, owner=TOM), task(desk, 2)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    with pytest.raises(FieldappError, match="a colleague's"):
        laptop.assign_task(toms, DANA)
    laptop.assign_task(free, DANA)
    assert laptop.record(free).values["owner"] == DANA
    draft = laptop.start("task", None, toms)
    laptop.save_draft(draft.id, dict(draft.values) | {"owner": DANA})
    with pytest.raises(FieldappError, match="a colleague's"):
        laptop.submit(draft.id)


def test_a_finished_task_is_not_finished_twice(desk_of: Make) -> None:
    desk = desk_of()
    record = task(desk, 1)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    laptop.finish_task(record, "done so")
    with pytest.raises(FieldappError, match="done already"):
        laptop.finish_task(record, "again")
    assert laptop.record(record).values["outcome"] == "done so"
