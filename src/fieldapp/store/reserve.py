"""A reserve file that can be deleted when the disk is full, so that the last words still find room."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

SIZE = 4 * 1024 * 1024
_CHUNK = 64 * 1024


class Reserve:
    """The ballast beside one database."""

    def __init__(self, path: Path, size: int = SIZE) -> None:
        self.path = path
        self.size = size

    def fill(self) -> bool:
        """Take the room again if the disk has plenty; says whether the reserve is whole.

        A reserve of no size leaves the one of another store in the same folder alone.
        """
        if not self.size:
            return True
        try:
            if self.path.exists() and self.path.stat().st_size == self.size:
                return True
            status = os.statvfs(self.path.parent) if hasattr(os, "statvfs") else None
            if status is not None and status.f_bavail * status.f_frsize < 4 * self.size:
                return False
            with self.path.open("wb") as file:
                os.chmod(self.path, 0o600)
                # Random bytes, because a file system may not store zeros.
                for _ in range(self.size // _CHUNK):
                    file.write(os.urandom(_CHUNK))
        except OSError:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
            return False
        return True

    def free(self) -> bool:
        """Give the room back; says whether there was any."""
        try:
            self.path.unlink()
        except OSError:
            return False
        return True
