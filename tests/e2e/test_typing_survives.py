"""Whatever ends the app, what was typed up to one second before is there again, at the same field."""

from __future__ import annotations

import signal
import time

import pytest

from tests.e2e import acts
from tests.e2e.agency import TECHNICIAN, Agency, unlock
from tests.e2e.driver import Terminal, is_alive, wait_until_gone

CLIENT = "Koepp"
KEPT = "These words were typed more than a second ago."
LAST = " And these just now"
GUARANTEE_S = 1.0


def draft_opens_where_it_was(at: Terminal, *words: str) -> None:
    """Open the draft from the day's list and go on typing where the cursor was left."""
    at.until("Due · ", CLIENT)
    acts.open_row(at, "✎", CLIENT)
    at.until("Note on", *words)
    at.until("Assessment: meaning and progress")
    at.type("@@")
    flat = " ".join(at.until("@@").split())
    section = flat.partition("Assessment: meaning and progress")[2].partition("Plan: next steps")[0]
    assert KEPT in section
    assert section.rstrip().endswith("@@")


@pytest.mark.tmux
def test_kill_9_while_typing_a_note_loses_at_most_one_second(agency: Agency) -> None:
    at = agency.app(TECHNICIAN)
    acts.open_chart(at, CLIENT)
    acts.start_note(at, KEPT)
    typed = time.monotonic()
    while time.monotonic() < typed + GUARANTEE_S:
        assert KEPT in " ".join(at.screen().split())
    at.type(LAST)
    at.kill(signal.SIGKILL)
    at.wait()
    draft_opens_where_it_was(agency.app(TECHNICIAN), KEPT)
    assert "PROBLEM" not in _closed_and_examined(agency)


@pytest.mark.tmux
def test_closing_the_window_saves_every_letter_and_ends_the_process(agency: Agency) -> None:
    at = agency.app(TECHNICIAN)
    acts.open_chart(at, CLIENT)
    acts.start_note(at, KEPT)
    at.type(LAST)
    at.until(LAST.strip())
    at.hang_up()
    wait_until_gone(at.pid, within=10)
    draft_opens_where_it_was(agency.app(TECHNICIAN), KEPT, LAST.strip())


@pytest.mark.tmux
def test_a_hard_lock_starts_a_fresh_image_of_the_same_process_and_the_draft_waits(agency: Agency) -> None:
    at = agency.app(TECHNICIAN)
    acts.open_chart(at, CLIENT)
    acts.start_note(at, KEPT)
    at.keys("C-l")
    shown = at.until("fieldapp · locked", "Passphrase")
    assert KEPT not in shown
    assert is_alive(at.pid)
    unlock(at)
    draft_opens_where_it_was(at, KEPT)


def _closed_and_examined(agency: Agency) -> str:
    for terminal in agency.terminals:
        terminal.close()
    return agency.doctor(TECHNICIAN)
