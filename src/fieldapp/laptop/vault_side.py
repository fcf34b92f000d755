"""The vault side of the laptop: unlocking, locking, and proving who is there."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from fieldapp.crypto import vault
from fieldapp.crypto.vault import KdfParams, Policy
from fieldapp.errors import DiskFailure
from fieldapp.store.store import StoreLocked

from .clock import Clock
from .crisis_help import CrisisHelp, read_help
from .failures import ReauthNeeded
from .going_back import WentBack
from .opened import Opened
from .proof import Proof
from .unlocking import Attempts, Doorkeeper, Restored, Unlocked
from .vaults import UnsentElsewhere


class VaultSide:
    """One folder of vaults, of which at most one is open."""

    def __init__(self, folder: Path, *, clock: Clock, vault_policy: Policy, kdf: KdfParams) -> None:
        self.folder = folder
        self.clock = clock
        self.vault_policy = vault_policy
        self.kdf = kdf
        self._door = Doorkeeper(folder, clock, vault_policy)
        self._opened: Opened | None = None
        self._turning = threading.Lock()
        self._proof = Proof(clock)

    @property
    def enrolled(self) -> bool:
        """Whether anybody has a vault on this laptop."""
        return bool(self._door.vaults.listed())

    @property
    def unlocked(self) -> bool:
        """Whether a vault is open."""
        return self._opened is not None

    @property
    def attempts(self) -> Attempts:
        """Wrong passphrases so far, and how long the next try waits."""
        return self._door.attempts

    @property
    def unsent_elsewhere(self) -> tuple[UnsentElsewhere, ...]:
        """Unsent work in other people's vaults; before unlock in all but the one used last."""
        opened = self._opened
        places = self._door.vaults.listed()
        mine = opened.place if opened is not None else next(iter(places), None)
        return tuple(place.unsent() for place in places if place != mine)

    @property
    def crisis_help(self) -> CrisisHelp:
        """What may be shown before unlock: the agency's numbers, no client."""
        return read_help(self.folder)

    def unlock(self, passphrase: str) -> Unlocked:
        """Open the vault of this passphrase; a vault that is open is closed first."""
        with self._turning:
            self._close()
            self._opened, told = self._door.unlock(passphrase)
            self._proof.given()
            return told

    def lock(self) -> None:
        """Empty the journal, close the file and forget key, PIN and proof."""
        with self._turning:
            self._close()

    def close(self) -> None:
        """Lock; nothing else stays open."""
        self.lock()

    def _close(self) -> None:
        opened, self._opened = self._opened, None
        self._proof.forget()
        if opened is not None:
            opened.close()

    def _open(self) -> Opened:
        opened = self._opened
        if opened is None:
            raise StoreLocked
        return opened

    def reauthenticate(self, passphrase: str) -> None:
        """Prove once more who is there; raises WrongPassphrase, which counts as a failed try."""
        self._door.prove(self._open(), passphrase)
        self._proof.given()

    @property
    def needs_reauth(self) -> bool:
        """Whether signing asks for passphrase or PIN again."""
        return self._proof.is_old

    @property
    def has_pin(self) -> bool:
        """Whether a session PIN is set."""
        return self._proof.has_pin

    def set_pin(self, pin: str) -> None:
        """Keep a PIN for this session, in memory only."""
        self._open()
        self._proof.set_pin(pin)

    def check_pin(self, pin: str) -> int | None:
        """Return None for the right PIN, else how many tries are left; at 0 the PIN is gone: lock."""
        left = self._proof.check_pin(pin)
        if left is not None:
            opened = self._open()
            with opened.writing() as work:
                work.tx.log("pin", work.me.device, None, f"wrong, {left} left", work.device_ms)
        return left

    def change_passphrase(self, old: str, new: str) -> None:
        """Re-wrap the vault key under another passphrase; raises WrongPassphrase, DiskFailure."""
        opened = self._open()
        try:
            generation = vault.change_passphrase(opened.place.key_file, old, new, policy=self.vault_policy)
        except OSError as problem:
            raise DiskFailure(
                "The disk did not take the new passphrase: make room or check the disk, and try again. Should the "
                "old one no longer open, the new one does."
            ) from problem
        # The new one holds from here on, so a failure must not say otherwise: the next unlock notes it instead.
        with contextlib.suppress(DiskFailure), opened.writing() as work:
            work.tx.set_meta("vault_gen", generation)
            work.tx.log("passphrase", work.me.device, None, "changed", work.device_ms)

    def corrected_ms(self) -> int:
        """Return the time by which entries are judged: the device's clock and what is known of its error."""
        opened = self._opened
        return opened.corrected_ms() if opened is not None else self.clock.now_ms()

    def _need_proof(self) -> None:
        if self._proof.is_old:
            raise ReauthNeeded

    def restore_backup(self, passphrase: str) -> Restored:
        """Put the newest good backup in the place of damaged data, which is kept aside; locked afterwards."""
        with self._turning:
            self._close()
            return self._door.restore(passphrase)

    def go_back(self, passphrase: str, copy: Path | None = None, *, confirmed: bool = False) -> WentBack:
        """Put an older backup in the place of the data, which is kept aside; locked afterwards.

        Raises Unconfirmed while unsent work is not in the backup and `confirmed` is not given.
        """
        with self._turning:
            self._close()
            return self._door.go_back(passphrase, copy, confirmed=confirmed)
