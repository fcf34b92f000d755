"""Unlocking: the passphrase finds its vault; wrong ones are slowed and counted, never destructive."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from fieldapp.clinical.counties import crisis_lines
from fieldapp.clinical.due import day_of
from fieldapp.crypto import vault
from fieldapp.crypto.vault import AttemptLog, Policy, VaultDamaged, WrongPassphrase, wrong_delay
from fieldapp.errors import DataDamaged, FieldappError, KeyFailure
from fieldapp.records.defaults import setting
from fieldapp.store import backup
from fieldapp.store.read import lenient
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.roster import Roster
from fieldapp.store.store import Store

from .clock import Clock, moment
from .crisis_help import CrisisHelp, write_help
from .doctor import own_tail
from .going_back import WentBack, go_back
from .opened import Opened
from .people import credential_problem
from .vaults import VaultPlace, Vaults

_MINUTE_MS, _DAY_MS = 60_000, 86_400_000


class TooSoon(KeyFailure):
    """A try before the wait of the last wrong one is over."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Wait {wait_s} s before the next try; nothing is deleted by wrong passphrases.")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passphrases since somebody last came in."""

    count: int
    since_ms: int | None
    wait_s: int


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What a good unlock has to tell."""

    failed: int
    since_ms: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    backup: Path
    aside: Path | None
    """Where the damaged file is kept."""


class Doorkeeper:
    """Tries passphrases against the vaults of a folder."""

    def __init__(self, folder: Path, clock: Clock, policy: Policy) -> None:
        self.vaults = Vaults(folder)
        self._folder = folder
        self._clock = clock
        self._policy = policy
        # A new start of the app gives no new tries for free.
        self._last_failed_ms = clock.now_ms()

    @property
    def attempts(self) -> Attempts:
        """Return how many tries failed, since when, and how long the next one waits."""
        logs = [AttemptLog(place.key_file) for place in self.vaults.listed()]
        worst = max(logs, key=lambda log: log.count, default=None)
        if worst is None or not worst.count:
            return Attempts(0, None, 0)
        delay_ms = wrong_delay(worst.count) * 1000
        # A clock that was set back must not make anybody wait longer than the delay itself.
        passed = max(0, self._clock.now_ms() - self._last_failed_ms)
        wait_s = -(-max(0, delay_ms - passed) // 1000)
        since = round(worst.since.timestamp() * 1000) if worst.since else None
        return Attempts(worst.count, since, wait_s)

    def unlock(self, passphrase: str) -> tuple[Opened, Unlocked]:
        """Open the vault of a passphrase, last used first.

        Raises TooSoon, WrongPassphrase, AlreadyRunning, DataDamaged, DiskFailure.
        """
        place, found = self._find(passphrase)
        return self._open(place, found, passphrase)

    def restore(self, passphrase: str) -> Restored:
        """Put the newest backup that opens in the place of the data; raises DataDamaged if none does."""
        place, found = self._find(passphrase)
        claim = None
        try:
            claim = place.claim()
            key = found.vault_key.derive("db")
            for copy in backup.listed(place.backups):
                with contextlib.suppress(DataDamaged):
                    return Restored(copy, backup.restore(place.database, key, copy, self._clock.now_ms()))
            raise DataDamaged(
                "There is no backup that opens. What was sent is safe: enrol this laptop again, and keep this "
                "folder for your administrator."
            )
        finally:
            if claim is not None:
                claim.release()
            found.vault_key.wipe()

    def go_back(self, passphrase: str, copy: Path | None, *, confirmed: bool) -> WentBack:
        """Put an older backup in the place of the data; see `going_back.go_back`."""
        place, found = self._find(passphrase)
        claim = None
        try:
            claim = place.claim()
            key = found.vault_key.derive("db")
            return go_back(place, key, copy, self._clock.now_ms(), confirmed=confirmed)
        finally:
            if claim is not None:
                claim.release()
            found.vault_key.wipe()

    def _find(self, passphrase: str) -> tuple[VaultPlace, vault.Unlocked]:
        wait_s = self.attempts.wait_s
        if wait_s:
            raise TooSoon(wait_s)
        places = self.vaults.listed()
        if not places:
            raise KeyFailure("There is no account on this laptop yet: run `fieldapp enrol` with your code.")
        damage: VaultDamaged | None = None
        tried: list[VaultPlace] = []
        for place in places:
            try:
                return place, vault.unlock(place.key_file, passphrase, self._policy)
            except WrongPassphrase:
                tried.append(place)
            except VaultDamaged as problem:
                damage = problem
        if not tried and damage is not None:
            raise damage
        self._last_failed_ms = self._clock.now_ms()
        for place in tried:
            # Each was tried, so each owner is told.
            AttemptLog(place.key_file).failed(moment(self._last_failed_ms))
        raise WrongPassphrase

    def prove(self, opened: Opened, passphrase: str) -> None:
        """Check the passphrase of an open vault; raises TooSoon, WrongPassphrase."""
        wait_s = self.attempts.wait_s
        if wait_s:
            raise TooSoon(wait_s)
        log = AttemptLog(opened.place.key_file)
        try:
            found = vault.unlock(opened.place.key_file, passphrase, self._policy)
        except WrongPassphrase:
            self._last_failed_ms = self._clock.now_ms()
            count = log.failed(moment(self._last_failed_ms))
            with opened.writing() as work:
                work.tx.log("reauth", work.me.device, None, f"failed {count}", work.device_ms)
            raise
        found.vault_key.wipe()
        log.cleared()

    def _open(self, place: VaultPlace, found: vault.Unlocked, passphrase: str) -> tuple[Opened, Unlocked]:
        claim = None
        try:
            claim = place.claim()
            store = Store.open(place.database, found.vault_key.derive("db"))
        except BaseException:
            if claim is not None:
                claim.release()
            found.vault_key.wipe()
            raise
        opened = Opened(place, claim, found.vault_key, store, Roster(store), self._clock)
        try:
            failed, since = AttemptLog(place.key_file).cleared()
            warnings = [*self._key_file(opened, found, passphrase), *self._settle(opened, failed)]
        except BaseException:
            opened.close()
            raise
        since_ms = round(since.timestamp() * 1000) if since else None
        return opened, Unlocked(failed, since_ms, tuple(warnings))

    def _key_file(self, opened: Opened, found: vault.Unlocked, passphrase: str) -> list[str]:
        """Repair or strengthen the key file while the passphrase is at hand; what fails can wait."""
        with opened.store.reading() as rx:
            known_gen = rx.meta_int("vault_gen") or 0
            recovery = rx.get_meta("recovery_public")
            kid = rx.meta_text("recovery_kid") or None
        path, gen, warnings = opened.place.key_file, found.gen, list[str]()
        try:
            if not found.mac_ok or found.restored or gen < known_gen:
                warnings.append(
                    "The vault's key file was changed or put back outside the app. It was repaired; if you do "
                    "not know why, tell your administrator."
                )
                gen = vault.heal(
                    path, found, recovery_public=recovery, recovery_kid=kid, above_gen=known_gen,
                    policy=self._policy,
                )  # fmt: skip
            if found.kdf_below_policy:
                gen = vault.upgrade(path, passphrase, policy=self._policy)
        except (FieldappError, OSError):
            warnings.append("The vault's key file could not be brought up to date: make room on the disk.")
        if gen != known_gen:
            with opened.store.writing() as tx:
                tx.set_meta("vault_gen", gen)
                if 0 < known_gen < found.gen:
                    # Whoever changed the passphrase could not note it: the process or the disk gave way.
                    tx.log("passphrase", tx.meta_text("device"), None, "changed before", self._clock.now_ms())
        return warnings

    def _settle(self, opened: Opened, failed: int) -> list[str]:
        with opened.writing() as work:
            device = work.me.device
            work.tx.log("unlock", device, None, f"failed {failed}" if failed else "ok", work.device_ms)
        with opened.reading() as asking:
            warnings = [*own_tail(asking.rx), *_clock(asking), *_credential(asking)]
            if asking.rx.meta_text("renewal"):
                warnings.append(
                    "This laptop was opened by a recovery and still has its old keys: with a connection, run "
                    "`fieldapp recovery renew` once."
                )
            help_shown = help_of(asking)
        opened.note_unsent()
        if help_shown is not None:
            write_help(self._folder, help_shown)
        if not opened.store.reserve.path.exists():
            warnings.append("The disk is nearly full: make room before you write long notes.")
        return warnings


def help_of(asking: Asking) -> CrisisHelp | None:
    """Return the crisis help of this person's program; None before the program is known."""
    if not asking.me.program_name:
        return None
    me, program = asking.me, asking.known.programs.get(asking.me.program)
    counties = crisis_lines(program.values) if program is not None else ()
    return CrisisHelp(me.program_name, me.phone_24_7, me.local_crisis_line, counties=counties)


def _clock(asking: Asking) -> list[str]:
    found = []
    offset = asking.rx.meta_int("clock_offset_ms") or 0
    if abs(offset) > setting(asking.me.settings, "clock_skew_warn_min") * _MINUTE_MS:
        minutes = abs(offset) // _MINUTE_MS
        way = "behind" if offset > 0 else "ahead"
        found.append(f"This laptop's clock is {minutes} min {way}; times are corrected, but set the clock.")
    reached = lenient.moment(asking.rx.meta_text("last_reached"))
    if reached is not None:
        days = (asking.now_ms - reached) // _DAY_MS
        if days >= setting(asking.me.settings, "no_sync_warn_d"):
            since = day_of(reached, asking.me.tz)
            found.append(f"Nothing was sent or received since {since}: go online soon.")
    return found


def _credential(asking: Asking) -> list[str]:
    problem = credential_problem(asking.known, asking.me, asking.day)
    return [problem.sentence] if problem else []
