"""Every group of states of sync as people see it, at 80×24."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldapp.clinical.told import entries
from fieldapp.clinical.told import laptop as told
from fieldapp.store.models import PendingLine, ReviewLine, SyncStatus
from tests.app.app_support import DAY, HOUR, ME, NOW, STATUS, FakeLaptop, make_app, settled, shown, unlocked

Compare = Callable[..., bool]
SUPERVISOR = replace(ME, is_supervisor=True)


def pending(number: int, state: str, reason: str = "") -> PendingLine:
    """Return one unconfirmed note."""
    return PendingLine(
        f"e-{number}", f"r-{number}", "note", "Okafor, Ada", "Progress note", NOW - number * HOUR, state,
        entries.STATES[state].short, reason,
    )  # fmt: skip


CAME_BACK = (
    pending(1, "rejected", entries.REFUSED.said("Ben was there, not you; ask him to write it.")),
    pending(2, "rejected", entries.TOO_LARGE.sentence),
    pending(3, "rejected", entries.FOLLOWS_HERE.said(entries.TOO_LARGE.sentence)),
)
SET_ASIDE = (
    pending(1, "quarantined", entries.OUT_OF_SCOPE.sentence),
    pending(2, "quarantined", entries.REVOKED.sentence),
    pending(3, "quarantined", entries.FOLLOWS_QUARANTINED.sentence),
    pending(4, "held", entries.HELD.sentence),
)
GROUPS: dict[str, tuple[SyncStatus, tuple[PendingLine, ...]]] = {
    "came back": (replace(STATUS, needs_you=3), CAME_BACK),
    "set aside": (replace(STATUS, quarantined=3, held=1), SET_ASIDE),
    "not let in": (
        replace(STATUS, pending=2, offline_since_ms=NOW - HOUR, message=told.NOT_ACCEPTED.sentence),
        (pending(1, "unsent"), pending(2, "sent")),
    ),
    "laptop copied": (replace(STATUS, message=told.COPIED.sentence), ()),
    "news": (
        replace(
            STATUS, put_back_ms=NOW - 2 * HOUR, lost_some_ms=NOW - DAY, went_back_ms=NOW - DAY,
            ended_teams=(("Everett South", NOW - 2 * DAY),), coming=3,
        ),
        (),
    ),
    "look to it": (
        replace(STATUS, clock_offset_ms=2 * HOUR, side_by_side=1, last_confirmed_ms=NOW - 20 * DAY,
                offline_since_ms=NOW - 19 * DAY, app_too_old="2.1.0"),
        (),
    ),
    "newer elsewhere": (replace(STATUS, newer=2), ()),
    "disk full": (replace(STATUS, message=told.DISK_FULL.said(" Make room.")), ()),
}  # fmt: skip
QUEUE = tuple(
    ReviewLine(
        what=what, record=f"r-{number}", entry="", kind="contact", client="", name=name, title=title,
        author=author, at_ms=NOW - number * DAY, due_ms=None, late=False, reason=reason,
    )
    for number, (what, title, name, author, reason) in enumerate(
        (
            ("quarantine", "Progress note", "Okafor, Ada", "Ben Brook", entries.OUT_OF_SCOPE.sentence),
            ("forked", "Laptop", "", "Ben Brook", "two laptops send as this one"),
            ("missing", "Laptop", "", "Ana Alvarez", "3 entries are missing from this laptop"),
            ("silent", "Laptop", "", "Fay Far", "2 entries on it were not sent"),
            ("same_visit", "Individual counseling", "Tran, Minh", "Ben Brook", "by Ana Alvarez and Ben Brook"),
            ("flagged", "Contact", "Tran, Minh", "Ben Brook", "dated ahead of the server's clock"),
            ("draft", "Progress note", "Morales, Lucía", "Ana Alvarez", "begun and not finished"),
        )
    )
)  # fmt: skip


class Reviewing(FakeLaptop):
    """A supervisor's laptop with a queue."""

    def review(self) -> tuple[ReviewLine, ...]:
        return QUEUE


def keys(*pressed: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Unlock, then press keys."""

    async def run(pilot: Pilot[Any]) -> None:
        await unlocked(pilot)
        for key in pressed:
            await pilot.press(key)
            await settled(pilot)

    return run


@pytest.mark.parametrize("group", list(GROUPS))
def test_the_sync_area_shows(snap_compare: Compare, group: str) -> None:
    status, lines = GROUPS[group]
    app = make_app(FakeLaptop(status=status, waiting=lines))
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("4", "home"))


@pytest.mark.parametrize("line", ["forked", "same_visit"])
def test_review_shows(snap_compare: Compare, line: str) -> None:
    down = next(number for number, one in enumerate(QUEUE) if one.what == line)
    app = make_app(Reviewing(me=SUPERVISOR))
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys("3", "home", *["down"] * down))


@pytest.mark.parametrize("group", list(GROUPS))
async def test_every_line_of_the_sync_area_says_whether_work_is_safe_and_what_comes_next(group: str) -> None:
    status, lines = GROUPS[group]
    app = make_app(FakeLaptop(status=status, waiting=lines))
    async with app.run_test(size=(80, 24)) as pilot:
        await keys("4", "home")(pilot)
        rows = app.screen.query_one("#pending")
        seen = set()
        while rows.key not in seen:  # type: ignore[attr-defined]
            seen.add(rows.key)  # type: ignore[attr-defined]
            told_of = str(app.screen.query_one("#detail").content)  # type: ignore[attr-defined]
            assert "Next  " in told_of
            assert len(told_of.splitlines()) in (3, 4)
            assert "Next" in shown(pilot)
            await pilot.press("down")
            await settled(pilot)
        assert len(seen) >= max(1, len(lines))
