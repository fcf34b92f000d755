"""Counting wrong passphrases: slow for colleagues, shown at the next unlock, never a lock-out."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from fieldapp.crypto import disk
from fieldapp.records import canonical

_LONGEST_S = 30
_MOST = 10**9
_MAX_BYTES = 256


def wrong_delay(count: int) -> int:
    """Return the seconds to wait before the next try after `count` failures: 0 0 0 0 1 2 4 8 16 30 30 …"""
    if count < 4:
        return 0
    return _LONGEST_S if count >= 9 else int(2 ** (count - 4))


class AttemptLog:
    """The count of failed unlocks and the time of the first, in a file beside the vault that names nobody.

    A missing or damaged file counts as none, and a full disk keeps the count in memory: it is a
    notice, never a gate.
    """

    def __init__(self, vault_path: Path) -> None:
        """Read the count that belongs to the vault at this path (`vault.json` → `vault.attempts`)."""
        self.path = vault_path.with_suffix(".attempts")
        self.count, self.since = self._read()

    def failed(self, now: datetime) -> int:
        """Count one failure at the aware time `now` and return the new count."""
        self.count = min(self.count + 1, _MOST)
        if self.since is None:
            self.since = now.astimezone(UTC).replace(microsecond=0)
        data = canonical.dumps({"count": self.count, "since": int(self.since.timestamp())})
        with contextlib.suppress(OSError):
            disk.replace(self.path, data)
        return self.count

    def cleared(self) -> tuple[int, datetime | None]:
        """Forget all failures after a good unlock; returns how many there were and since when (UTC)."""
        found = self.count, self.since
        self.count, self.since = 0, None
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        return found

    def _read(self) -> tuple[int, datetime | None]:
        try:
            value = canonical.loads(disk.read_small(self.path, _MAX_BYTES))
            count, since = value["count"], value["since"]
            if type(count) is int and type(since) is int and 1 <= count <= _MOST:
                return count, datetime.fromtimestamp(since, UTC)
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            pass
        return 0, None
