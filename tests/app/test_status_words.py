"""The status line says who, when it locks and what is sent, in words, at every width."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from textual.app import App, ComposeResult

from fieldapp.store.models import SyncStatus
from fieldapp.widgets.status_line import StatusFacts, StatusLine, ago, clock_words, lock_words, sync_words
from tests.app.app_support import DAY, HOUR, MINUTE, NOW, STATUS

SEATTLE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["✓ all sent 2 min ago"]),
        ({"last_confirmed_ms": None}, ["○ nothing sent yet"]),
        ({"pending": 5}, ["↑ 5 to send"]),
        ({"needs_you": 1}, ["! 1 needs you"]),
        ({"offline_since_ms": NOW - 2 * HOUR}, ["○ offline since 09:00"]),
        ({"pending": 5, "needs_you": 1, "offline_since_ms": NOW - 26 * HOUR},
         ["! 1 needs you", "↑ 5 to send", "○ offline since Nov 21 09:00"]),
        ({"running": True, "pending": 3, "progress": (1, 3)}, ["↑ sending 1 of 3"]),
        ({"running": True}, ["↑ asking the server"]),
        ({"app_too_old": "Update."}, ["! update the app"]),
        ({"quarantined": 2}, ["⚑ 2 with your supervisor"]),
        ({"held": 1}, ["↑ 1 waiting"]),
    ],
)  # fmt: skip
def test_sending_in_words(changes: dict[str, Any], words: list[str]) -> None:
    status: SyncStatus = replace(STATUS, **changes)
    assert [said for said, _ in sync_words(status, NOW, SEATTLE)] == words


@pytest.mark.parametrize(
    ("away", "words"),
    [(-5, "just now"), (59_999, "just now"), (MINUTE, "1 min ago"), (HOUR, "1 h ago"), (47 * HOUR, "47 h ago"),
     (3 * DAY, "3 days ago")],
)  # fmt: skip
def test_how_long_ago(away: int, words: str) -> None:
    assert ago(NOW - away, NOW) == words


def test_the_last_minute_before_the_lock_counts_seconds() -> None:
    assert lock_words(61_000) == ("locks in 2 min", "note")
    assert lock_words(60_000) == ("locks in 60 s", "warning")
    assert lock_words(-1) == ("locks in 0 s", "warning")


def test_times_of_other_days_name_the_day() -> None:
    assert clock_words(NOW, NOW, UTC) == "19:00"
    assert clock_words(NOW - DAY, NOW, UTC) == "Nov 21 19:00"


TABS = (("1", "Today", True), ("2", "Caseload", False), ("3", "Review", False), ("4", "Sync", False))
BUSY = replace(STATUS, pending=12, needs_you=3, offline_since_ms=NOW - 2 * HOUR)


class Bare(App[None]):
    """One status line."""

    def __init__(self, facts: StatusFacts) -> None:
        super().__init__()
        self._facts = facts

    def compose(self) -> ComposeResult:
        yield StatusLine()

    def on_mount(self) -> None:
        self.query_one(StatusLine).facts = self._facts


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("status", [STATUS, BUSY], ids=["quiet", "busy"])
async def test_who_lock_and_unsent_work_are_there_at_every_width(width: int, status: SyncStatus) -> None:
    facts = StatusFacts(
        NOW, "Dana Reyes, LICSW · Everett North", "D. Reyes", 4 * MINUTE, status, SEATTLE, TABS
    )
    async with Bare(facts).run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        said = pilot.app.screen.query_one(StatusLine).render().plain
    assert len(said) <= width - 2
    assert "Reyes" in said
    assert "4 min" in said
    wanted = ["✓ all sent 2 min ago"] if status is STATUS else ["! 3 needs you", "↑ 12", "○ offline", "09:00"]
    for words in wanted:
        assert words in said
