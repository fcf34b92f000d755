"""Check 2: the process is killed at any keystroke; at most what was typed in the last second is gone."""

from __future__ import annotations

import os
import shutil
import signal
import time
from random import Random

import pytest

from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from tests.e2e import acts
from tests.e2e.agency import PASSPHRASE, TECHNICIAN, Agency
from tests.e2e.driver import Terminal

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.tmux,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.skipif(
        shutil.which("tmux") is None and not os.environ.get("FIELDAPP_REQUIRE"),
        reason="tmux is not installed; FIELDAPP_REQUIRE=1 requires it",
    ),
]
CLIENT = "Koepp"
GUARANTEE_S = 1.0
WORD_S = 0.3
"""How long a person takes for a word: typed at once, all of it would be younger than the guarantee."""
WORDS = ("slept", "poorly", "walked", "ferry", "calendar", "kettle", "sister", "asked", "company", "Friday", "steady",
         "letter", "landlord", "garden", "evening", "calls")  # fmt: skip


def type_until_killed(at: Terminal, dice: Random) -> tuple[str, str]:
    """Type words into the second section and kill the process in the middle of one; returns what must be there, and all.

    What must be there is what stood on the screen a second before the kill, as this side saw it.
    """
    acts.start_note(at, "Begun")
    typed, seen = "Begun", [(time.monotonic(), "Begun")]
    for number in range(dice.randrange(4, 14)):
        word = f"{dice.choice(WORDS)}{number}"
        at.type(f" {word}")
        at.until(word)
        time.sleep(WORD_S)
        typed += f" {word}"
        seen.append((time.monotonic(), typed))
    last = dice.choice(WORDS)[: dice.randrange(1, 5)]
    at.type(f" {last}")
    killed = time.monotonic()
    at.kill(signal.SIGKILL)
    at.wait()
    kept = [text for moment, text in seen if moment <= killed - GUARANTEE_S]
    return (kept[-1] if kept else ""), f"{typed} {last}"


@pytest.mark.parametrize("seed", range(3))
def test_check_02_a_kill_at_any_keystroke_loses_at_most_the_last_second(agency: Agency, seed: int) -> None:
    at = agency.app(TECHNICIAN)
    acts.open_chart(at, CLIENT)
    must, everything = type_until_killed(at, Random(f"kill {seed}"))
    at.close()
    laptop = Laptop(agency.laptop(TECHNICIAN), clock=SystemClock())
    try:
        laptop.unlock(PASSPHRASE)
        (draft,) = laptop.drafts()
        found = str(draft.values.get("sections", {}).get("assessment") or "")
        assert found.startswith(must)
        assert everything.startswith(found)
    finally:
        laptop.close()
    assert must
