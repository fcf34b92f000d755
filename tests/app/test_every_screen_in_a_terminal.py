"""Every screen of the app, with a hostile text in every field, byte by byte (attack tests 62 and 63)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from fieldapp.screens import routes
from tests.app.hostile import FORBIDDEN
from tests.forms.desk import PASSPHRASE

if sys.platform == "win32":
    pytest.skip("pseudo-terminals as Unix has them", allow_module_level=True)

from tests.app import hostile_everywhere
from tests.app.pty_support import Terminal

F12 = b"\x1b[24~"
TOUR_S = 300


@pytest.mark.e2e
def test_no_screen_lets_a_command_of_a_record_through_to_the_terminal(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    terminal = Terminal(
        f"import sys; from tests.app import hostile_everywhere as h; sys.exit(h.main({str(seen)!r}))",
        size=(140, 50),
    )
    terminal.until(b"Passphrase")
    terminal.press(PASSPHRASE.encode(), b"\r")
    terminal.until(b"Due")
    terminal.quiet()
    terminal.press(F12)
    terminal._deadline = time.monotonic() + TOUR_S
    assert terminal.end() == 0, terminal.bytes[-2000:]
    shown = dict(line.split() for line in seen.read_text().splitlines())
    left_out = hostile_everywhere.BEFORE_UNLOCK | set(hostile_everywhere.NOT_LED_TO)
    assert set(shown) == set(routes.ROUTES) - left_out
    assert {name for name, screen in shown.items() if screen != routes.load(name).__name__} == set()
    written = terminal.bytes.replace(b"\x1b]22;default\x07", b"")
    assert [bytes_ for bytes_ in FORBIDDEN if bytes_ in written] == []
    literal = written.count(b"[@click=app.quit]QUIT[/]")
    assert literal > len(shown), (
        f"markup stands as it was written on every screen, and {literal} times in all"
    )
