"""After a hard lock nothing of the session is anywhere in the memory of the process."""

from __future__ import annotations

import os
import sys

import pytest

from tests.e2e import acts, leaks, memory
from tests.e2e.agency import NAMES, PASSPHRASE, TECHNICIAN, Agency, unlock
from tests.e2e.driver import is_alive

CLIENT = "Koepp"
WORDS = {
    "passphrase": PASSPHRASE,
    "draft": "periwinkle lighthouse under marigold",
    "client": "Runolfsson",
    "street": "Lockman Row",
    "person": NAMES[TECHNICIAN],
}


def may_look(pid: int) -> bool:
    """Tell whether the kernel lets this test read the memory of a process that forbids it to its peers."""
    try:
        next(memory.pieces_of(pid))
    except PermissionError:
        return False
    return True


@pytest.mark.tmux
@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process as Linux shows it")
def test_no_passphrase_key_or_word_is_in_memory_after_a_hard_lock(agency: Agency) -> None:
    keys = leaks.keys_of(agency, TECHNICIAN)
    at = agency.app(TECHNICIAN)
    if not may_look(at.pid):
        assert os.geteuid() != 0, "root reads it"
        pytest.skip("only root reads the memory of a process that forbids it")
    acts.open_chart(at, CLIENT)
    acts.start_note(at, WORDS["draft"])
    before = memory.found_in(at.pid, WORDS, keys)
    assert {"draft", "client", f"{TECHNICIAN} db key"} <= before, "the search finds what is there"
    at.keys("C-l")
    shown = at.until("fieldapp · locked", "Passphrase")
    assert WORDS["draft"] not in shown
    assert is_alive(at.pid)
    assert memory.found_in(at.pid, WORDS, keys) == set()
    # The same process opens again, and the words are where they were.
    unlock(at)
    at.until("Due · ", CLIENT)
    assert "client" in memory.found_in(at.pid, WORDS, keys)
