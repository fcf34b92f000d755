"""Making the Laptop of a folder for commands, with the clock and the network of this computer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from fieldapp.errors import UsageFailure
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.sync.transport import HttpTransport

from .secrets import ask


def laptop_in(folder: Path) -> Laptop:
    """Return the Laptop of a data folder, locked."""
    return Laptop(folder, clock=SystemClock(), connect=HttpTransport)


@contextlib.contextmanager
def unlocked(folder: Path, descriptor: int | None) -> Iterator[Laptop]:
    """Give an unlocked Laptop and lock it at the end; asks for the passphrase."""
    laptop = laptop_in(folder)
    if not laptop.enrolled:
        raise UsageFailure("Nobody is set up in this folder; run `fieldapp enrol`, or give another --folder.")
    laptop.unlock(ask("Passphrase", descriptor))
    try:
        yield laptop
    finally:
        laptop.lock()
