"""The data folder: one vault per person, under names that say nothing, each held by one fieldapp at a time."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from fieldapp.crypto import disk
from fieldapp.errors import AlreadyRunning, DiskFailure

_NEW = "new-"
_UNSENT_MAX = 1024


@dataclass(frozen=True, slots=True)
class UnsentElsewhere:
    """Work of another vault on this laptop that only its owner can open and send."""

    count: int
    since_ms: int | None


class Claim:
    """Hold of one vault by this process; the operating system lets go of it when the process ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def release(self) -> None:
        """Let another fieldapp in."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class VaultPlace:
    """The files of one vault."""

    folder: Path

    @property
    def key_file(self) -> Path:
        """`vault.json`: the slots that wrap the vault key."""
        return self.folder / "vault.json"

    @property
    def database(self) -> Path:
        """The encrypted file."""
        return self.folder / "data.db"

    @property
    def backups(self) -> Path:
        """Where the rotated encrypted copies are."""
        return self.folder / "backups"

    @property
    def _unsent(self) -> Path:
        return self.folder / "unsent"

    def claim(self) -> Claim:
        """Take the vault for this process; raises AlreadyRunning, DiskFailure."""
        for path in (self.folder.parent, self.folder):
            _refuse_elsewhere(path)
        try:
            file = (self.folder / "lock").open("ab")
        except OSError as problem:
            raise DiskFailure("The data folder cannot be written: check space and permissions.") from problem
        try:
            _lock(file)
        except OSError:
            file.close()
            raise AlreadyRunning(
                "Another fieldapp has this vault open: use that window, or close it first."
            ) from None
        return Claim(file)

    def note_unsent(self, count: int, since_ms: int | None) -> None:
        """Leave outside the vault how much waits to be sent, and nothing else; a failure costs a hint."""
        with contextlib.suppress(OSError):
            disk.overwrite(self._unsent, orjson.dumps({"count": count, "since_ms": since_ms}))

    def unsent(self) -> UnsentElsewhere:
        """Return what was left by `note_unsent`; a damaged file counts as nothing known."""
        try:
            value = orjson.loads(disk.read_small(self._unsent, _UNSENT_MAX))
            count, since = value["count"], value["since_ms"]
            if type(count) is int and (since is None or type(since) is int):
                return UnsentElsewhere(max(0, count), since)
        except (OSError, ValueError, TypeError, KeyError):
            pass
        return UnsentElsewhere(0, None)

    @property
    def used_ns(self) -> int:
        """When this vault was last used, for the order in which a passphrase is tried."""
        for path in (self._unsent, self.key_file):
            with contextlib.suppress(OSError):
                return path.stat().st_mtime_ns
        return 0


class Vaults:
    """All vaults of a data folder."""

    ASIDE = "aside-"
    """Begins the name of a vault that another one has taken the place of, with work that waits for a decision."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._vaults = folder / "vaults"

    def listed(self) -> list[VaultPlace]:
        """Return the vaults, last used first."""
        try:
            names = [path for path in self._vaults.iterdir() if not path.name.startswith((_NEW, self.ASIDE))]
        except OSError:
            return []
        places = [VaultPlace(path) for path in names if path.is_dir()]
        found = [p for p in places if p.key_file.exists() or p.key_file.with_name("vault.json.prev").exists()]
        return sorted(found, key=lambda place: (place.used_ns, place.folder.name), reverse=True)

    def prepare(self) -> VaultPlace:
        """Make an empty folder for a vault that is not ready yet; raises DiskFailure."""
        try:
            for folder in (self.folder, self._vaults):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _refuse_elsewhere(folder)
            # It may be older than this app, and open to others.
            self._vaults.chmod(0o700)
            path = self._vaults / f"{_NEW}{secrets.token_hex(8)}"
            path.mkdir(mode=0o700)
        except OSError as problem:
            raise DiskFailure("The data folder cannot be made: check space and permissions.") from problem
        return VaultPlace(path)

    def adopt(self, place: VaultPlace) -> VaultPlace:
        """Make a prepared vault one of the folder's, in one step; its database must be closed."""
        final = place.folder.with_name(place.folder.name.removeprefix(_NEW))
        place.folder.rename(final)
        disk.sync_folder(self._vaults)
        return VaultPlace(final)

    def abandon(self, place: VaultPlace) -> None:
        """Remove a prepared vault that came to nothing; an adopted one is never removed."""
        if place.folder.name.startswith(_NEW):
            shutil.rmtree(place.folder, ignore_errors=True)


def _refuse_elsewhere(folder: Path) -> None:
    """Refuse a folder that leads somewhere else or is somebody else's: they could read or swap what is put there."""
    try:
        status = folder.lstat()
    except OSError as problem:
        raise DiskFailure("The data folder cannot be read: check space and permissions.") from problem
    if stat.S_ISLNK(status.st_mode):
        raise DiskFailure("The data folder is a link: name the folder itself with --folder.")
    if os.name != "nt" and os.geteuid() not in (0, status.st_uid):
        raise DiskFailure("The data folder belongs to somebody else: use one of your own with --folder.")


def _lock(file: IO[bytes]) -> None:
    """Take an advisory lock that dies with the process; raises OSError when somebody holds it."""
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
