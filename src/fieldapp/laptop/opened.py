"""An unlocked vault: the store, the identity, and who is asking."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from fieldapp.crypto.keys import Identity
from fieldapp.crypto.secret import VaultKey
from fieldapp.errors import KeyFailure
from fieldapp.store.models import ReviewLine
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.roster import Roster
from fieldapp.store.store import Store
from fieldapp.store.transaction import Rx, Tx

from .clock import Clock
from .late_log import LateLog
from .people import me_of
from .vaults import Claim, VaultPlace


def unsent_of(rx: Rx) -> tuple[int, int | None]:
    """Return how many own entries wait to be sent, and when the oldest was written."""
    row = rx.one("SELECT count(*), min(at_ms) FROM entry WHERE own = 1 AND state IN ('unsent', 'sent')")
    return (int(row[0]), row[1]) if row is not None else (0, None)


@dataclass(frozen=True, slots=True)
class Writing(Asking):
    """What a writing service has in hand: everything that a reader has, and one transaction."""

    tx: Tx
    device_ms: int
    """The device's own clock; entries carry it beside the known offset."""


@dataclass(slots=True)
class Opened:
    """Everything that exists only while the vault is unlocked."""

    place: VaultPlace
    claim: Claim
    vault_key: VaultKey = field(repr=False)
    store: Store
    roster: Roster
    clock: Clock
    offset_ms: int | None = None
    """The known offset to server time as it was last read, so that screens may ask for it without the file."""
    looked_at: set[str] = field(default_factory=set)
    """Versions that this person had on screen in order to review them, since the vault was opened."""
    queue: tuple[tuple[int, int], tuple[ReviewLine, ...]] = ((-1, -1), ())
    """((generation of the store, minute), Review as it was then): list and count of it are asked for together."""
    late_log: LateLog = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.late_log = LateLog(self.store)

    def now_ms(self, rx: Rx) -> int:
        """Return device time corrected by the known offset to server time."""
        self.offset_ms = rx.meta_int("clock_offset_ms") or 0
        return self.clock.now_ms() + self.offset_ms

    def corrected_ms(self) -> int:
        """Return the same without reading the file, except the first time; any thread may ask."""
        if self.offset_ms is None:
            with self.store.reading() as rx:
                return self.now_ms(rx)
        return self.clock.now_ms() + self.offset_ms

    @contextlib.contextmanager
    def reading(self, client: str | None = None) -> Iterator[Asking]:
        """Give a snapshot with everything a read model asks for.

        With a client only that client is brought up to date: a first pull touches hundreds, and who opens one
        at night waits for none of the others.
        """
        generation = self.store.generation
        with self.store.reading() as rx:
            if client is None:
                known = self.roster.refreshed(rx, generation)
            else:
                known = self.roster.refreshed_for(rx, generation, client)
            now_ms = self.now_ms(rx)
            yield Asking(rx, known, me_of(rx, known, now_ms), now_ms)

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writing]:
        """Give one transaction with everything a writing service asks for."""
        with self.store.writing() as tx:
            # Before the first change, so that nothing uncommitted gets into the shared memory.
            known = self.roster.refreshed(tx, self.store.generation)
            now_ms = self.now_ms(tx)
            yield Writing(tx, known, me_of(tx, known, now_ms), now_ms, tx, self.clock.now_ms())

    def identity(self, rx: Rx) -> Identity:
        """Return the key that signs entries and requests; raises KeyFailure."""
        seed = rx.get_meta("identity")
        if seed is None:
            raise KeyFailure("This laptop has no signing key: ask your administrator for a new code.")
        return Identity.from_bytes(seed)

    def note_unsent(self) -> None:
        """Leave the count of unsent work where a colleague's lock screen can read it."""
        with self.store.reading() as rx:
            count, since = unsent_of(rx)
        self.place.note_unsent(count, since)

    def close(self) -> None:
        """Empty the journal, close the file, forget the key, let another fieldapp in."""
        self.late_log.close()
        with contextlib.suppress(Exception):
            with self.store.reading() as rx:
                count = rx.value("SELECT count(*) FROM entry WHERE own = 1 AND state IN ('unsent', 'sent')")
                since = rx.value("SELECT min(at_ms) FROM entry WHERE own = 1 AND state IN ('unsent', 'sent')")
            self.place.note_unsent(int(count), since)
        self.store.close()
        self.vault_key.wipe()
        self.claim.release()
