"""Running the app in this process, and starting afresh after a hard lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldapp.app import FieldApp
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.crisis_help import read_help
from fieldapp.process import RELAUNCH, relaunch

if TYPE_CHECKING:
    from fieldapp.laptop.laptop import Laptop


def run_app(folder: Path, hint: str = "") -> None:
    """Run the app until its person leaves; a hard lock replaces this process and opens the lock screen.

    Args:
        folder: the data folder.
        hint: shown on the lock screen; the demo shows its passphrase there.
    """

    def open_laptop() -> Laptop:
        # 300 ms of database and cryptography, loaded in a thread while the passphrase is typed.
        from .laptops import Network, laptop_in

        return laptop_in(folder, Network())

    app = FieldApp(
        open_laptop,
        clock=SystemClock(),
        crisis_help=lambda: read_help(folder).lines,
        lock_hint=hint,
    )
    app.run()
    if app.return_code == RELAUNCH:
        relaunch()
