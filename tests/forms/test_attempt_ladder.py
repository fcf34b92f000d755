"""The ladder of attempts (clinical.md 2.8): across days and colleagues, with what else to try and a task for the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import uuid7
from fieldapp.screens.reason_ask import Choose
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    NAIR,
    NOW,
    PASSPHRASE,
    TOM,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    top,
    unlocked,
)

Make = Callable[..., Desk]


def tried(desk: Desk, ago: int, author: str = DANA, **more: Any) -> str:
    """Somebody called and nobody answered."""
    at = instant(NOW - ago)
    values = {"start": at, "stop": at, "outcome": "attempt_no_answer", "contact_type": "outreach_engagement",
              "modality": "audio_only", "note_required": False} | more  # fmt: skip
    return desk.contact(ADA, author=author, ago=ago, **values)


def log(laptop: Laptop, ago: int, **more: Any) -> None:
    """Log a contact of one's own."""
    at = instant(NOW - ago)
    values = {"start": at, "stop": at, "tz": "America/Los_Angeles", "outcome": "attempt_not_home",
              "contact_type": "outreach_engagement", "modality": "in_person"} | more  # fmt: skip
    draft = laptop.start("contact", ADA, None, values)
    laptop.submit(draft.id, overrides={problem.field: "so" for problem in laptop.problems(draft.id)})


def seen(ago: int) -> Mapping[str, str]:
    """A visit in which the client was met."""
    return {
        "outcome": "completed",
        "setting": "home",
        "start": instant(NOW - ago),
        "stop": instant(NOW - ago + HOUR),
    }


def open_tasks(laptop: Laptop) -> list[tuple[str, str]]:
    """Return (title, whose role it is) of the client's open tasks that came from attempts."""
    return [(task.title, task.role) for task in laptop.tasks(ADA) if task.what == "no_answer"]


def unlocked_laptop(desk: Desk) -> Laptop:
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def test_the_second_try_gives_the_supervisor_one_task_and_each_further_one_counts_on_in_it(
    desk_of: Make,
) -> None:
    """The first try was a colleague's, days ago, and a call with the landlord came in between."""
    desk = desk_of()
    desk.contact(ADA, author=TOM, ago=6 * DAY)
    tried(desk, 3 * DAY, TOM)
    desk.contact(ADA, author=TOM, ago=2 * DAY, contact_type="housing_landlord", modality="audio_only")
    laptop = unlocked_laptop(desk)
    log(laptop, HOUR)
    assert open_tasks(laptop) == [
        ("2 tries without seeing the client: decide how to reach them", "supervisor")
    ]
    log(laptop, 0)
    assert open_tasks(laptop) == [
        ("3 tries without seeing the client: decide how to reach them", "supervisor")
    ]
    laptop.lock()


def test_one_try_is_nobodys_task(desk_of: Make) -> None:
    laptop = unlocked_laptop(desk_of())
    log(laptop, HOUR)
    assert open_tasks(laptop) == []
    laptop.lock()


def test_the_task_is_over_when_the_client_was_seen_after_the_last_try(desk_of: Make) -> None:
    """A visit of before that is logged late ends nothing."""
    desk = desk_of()
    tried(desk, DAY)
    laptop = unlocked_laptop(desk)
    log(laptop, 4 * HOUR)
    assert len(open_tasks(laptop)) == 1
    log(laptop, 9 * HOUR, **seen(9 * HOUR))
    assert len(open_tasks(laptop)) == 1
    log(laptop, 2 * HOUR, **seen(2 * HOUR))
    assert open_tasks(laptop) == []
    laptop.lock()


def test_the_supervisor_finds_the_task_on_today(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    tried(desk, DAY, TOM)
    laptop = unlocked_laptop(desk)
    log(laptop, HOUR)
    assert [line.kind for line in laptop.today().due if "tries" in line.what] == ["task"]
    laptop.lock()


async def test_after_the_second_try_the_next_steps_of_this_client_are_named(desk_of: Make) -> None:
    """Only people who know of the treatment and may hear of it."""
    desk = desk_of()
    base = desk.add("client", ADA, {
        "set": {"best_places_to_find": "Library on Hoyt, mornings"},
        "items": {"phones": {"p1": {"number": "425-555-0110"}, "p2": {"number": "425-555-0111", "safe_times": "after noon"}}},
    }, client=ADA)  # fmt: skip
    assert base
    for number, (name, kind, knows) in enumerate(
        (("Ngozi", "family", "yes"), ("Mr Hall", "landlord", "yes"), ("Ben", "friend", "no"))
    ):
        values = {"name": name, "kind": kind, "knows_about_treatment": knows, "phone": f"425-555-012{number}"}
        desk.add("related_person", uuid7(NOW, bytes([number] * 10)), {"set": values}, client=ADA)
    tried(desk, 2 * DAY, TOM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("contact", client=ADA)
        await settled(pilot)
        await keys(pilot, "3", "ctrl+s")
        assert top(app) is Choose
        said = " ".join(shown(app).replace("│", " ").replace("┃", " ").split())
        assert "2 tries since Fri 20 Nov without seeing Okafor, Ada; your supervisor has" in said
        for words in (
            "425-555-0110",
            "425-555-0111 (after noon)",
            "Ngozi",
            "Library on Hoyt",
            "a welfare check as your",
        ):
            assert words in said
        assert "425-555-0120" in said
        assert "Hall" not in said
        assert "Ben" not in said
