"""Who uses a server's SQLite database: many at once, or one restore alone; the hold dies with the process."""

from __future__ import annotations

import os
from pathlib import Path

from fieldapp.errors import AlreadyRunning, DiskFailure

from . import keyfiles

FILE = "server.lock"


class Hold:
    """A hold of a server's folder."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; again does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


NONE = Hold(None)
"""Of who needs none: PostgreSQL itself says who is connected."""


def share(folder: Path) -> Hold:
    """Use the database beside others; raises AlreadyRunning while it is being restored, DiskFailure."""
    return _taken(
        folder,
        "A backup or an upgrade is being put in place in this folder: wait until that is done.",
        alone=False,
    )


def alone(folder: Path, then: str = "restore") -> Hold:
    """Keep everybody else out; raises AlreadyRunning while a server or command uses the folder, DiskFailure.

    Args:
        then: what is to be done alone, as a verb.
    """
    return _taken(
        folder, f"A server or another command uses this folder: stop it first, then {then}.", alone=True
    )


def _taken(folder: Path, sentence: str, *, alone: bool) -> Hold:
    if os.name == "nt":
        # Windows knows no shared lock here, and does not let a file that is open be replaced.
        return Hold(None)
    import fcntl

    try:
        descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        keyfiles.same_owner(folder / FILE, folder)
    except OSError as problem:
        raise DiskFailure("The server's folder cannot be written: check space and permissions.") from problem
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise AlreadyRunning(sentence) from None
    return Hold(descriptor)
