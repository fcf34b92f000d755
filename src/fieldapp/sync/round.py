"""The laptop's side of sync: rounds until nothing is owed either way (sync.md 1).

Every request pushes before it pulls. Nothing here waits for a lock while the network is slow, and
nothing is lost by stopping anywhere: whatever is not stored is asked for or sent again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fieldapp.clinical.told import laptop as told
from fieldapp.crypto.keys import Identity
from fieldapp.errors import AlreadyRunning, KeyFailure, NotReached, ServerRefused, UsageFailure
from fieldapp.store import ageing, feeds, outbox
from fieldapp.store.models import SyncStatus
from fieldapp.store.read.status import sync_status
from fieldapp.store.store import Store
from fieldapp.store.transaction import Rx, Tx

from . import conflicts, plan, storing
from .link import BatchRefused, Busy, Link, Reply
from .lock import only_one
from .pages import Diverged
from .plan import Memory, Plan
from .taken import Pinned, expected_cursors, says_more, take
from .transport import Transport, hang_up
from .trust import Trust

Progress = Callable[[SyncStatus], None]
TURN_S = 0.001
"""How long a thread keeps the interpreter from another one that wants it, while a run lasts."""
_IDLE_TURNS = 3
"""A server that promises more this often without giving any is left alone until the next run."""


class Syncer:
    """Runs rounds for one unlocked vault; one at a time, in whatever thread asks."""

    def __init__(
        self,
        store: Store,
        lock: Path,
        connect: Callable[[str], Transport],
        now_ms: Callable[[], int],
    ) -> None:
        """Use an open store.

        Args:
            lock: a file beside it that only one running sync holds.
            connect: makes the transport for a server's address; kept and used again.
            now_ms: the device's clock.
        """
        self._store = store
        self._lock = lock
        self._connect = connect
        self._now_ms = now_ms
        self._transport: Transport | None = None
        self._told: set[str] = set()
        """Entries that could not be verified and stand in the audit already."""
        self.retry_after_ms: int | None = None
        """What the server asked for last, for the schedule."""

    def run(
        self,
        on_progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> SyncStatus:
        """Send and receive until nothing is owed, or say in the status why not; raises only for this disk."""
        self.retry_after_ms = None
        try:
            with only_one(self._lock):
                message, run = self._try(on_progress or _nobody, cancelled or _never)
        except AlreadyRunning as problem:
            message, run = problem.sentence, None
        with self._store.reading() as rx:
            status = replace(sync_status(rx), message=message)
        if run is None:
            return status
        progress = run.progress if run.progress[1] else None
        done, wait_ms = run.finished and run.reached, self.retry_after_ms
        return replace(status, progress=progress, pulled=run.pulled, reached=done, retry_after_ms=wait_ms)

    def _try(self, on_progress: Progress, cancelled: Callable[[], bool]) -> tuple[str, _Run | None]:
        """Return the sentence that a run ends with, and the run if it could begin."""
        run = None
        message = ""
        try:
            run = _Run(self, on_progress, cancelled)
            run.go()
            run.finished = True
            message = run.remark()
        except Busy as problem:
            self.retry_after_ms = problem.wait_ms
            message = problem.sentence
        except (NotReached, UsageFailure) as problem:
            message = problem.sentence
        except (ServerRefused, KeyFailure) as problem:
            message = problem.sentence
            if run is not None:
                run.note_refusal(problem)
        if run is not None:
            run.note_end()
        return message, run

    def close(self) -> None:
        """Close the connections to the server."""
        transport, self._transport = self._transport, None
        if transport is not None:
            hang_up(transport)

    def transport(self, url: str) -> Transport:
        """Return the transport, made at its first use."""
        if self._transport is None:
            self._transport = self._connect(url)
        return self._transport


class _Run:
    """One run: requests until nothing is owed, one of them under way while the last is stored."""

    def __init__(self, syncer: Syncer, on_progress: Progress, cancelled: Callable[[], bool]) -> None:
        self._s = syncer
        self._store = syncer._store
        self._now_ms = syncer._now_ms
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._memory = Memory()
        self._restored = False
        self._unverified: set[str] = set()
        self._unreadable = 0
        self._idle = 0
        self._conflicts = 0
        self._suspended = ""
        self._more = False
        self._answered: Reply | None = None
        """An answer that said nothing but that the server was reached, still to be noted."""
        self.pulled = 0
        self.confirmed = 0
        self.reached = self.finished = False
        """Whether it came to its own end: nothing is owed, or the person stopped it."""
        with self._store.reading() as rx:
            self._pinned = Pinned(
                rx.meta_text("org"), rx.meta_text("device"), bytes.fromhex(rx.meta_text("org_public"))
            )
            self._trust = Trust(self._pinned.org, self._pinned.authority, rx.views("certificate"))
            self._owed = outbox.owed(rx)
            self._status = sync_status(rx)
            self._memory.may_write = not self._status.app_too_old
            self._lowest = self._status.app_too_old
            seed, url = rx.get_meta("identity"), rx.meta_text("server")
            offset = rx.meta_int("clock_offset_ms") or 0
        if seed is None:
            raise KeyFailure(told.NO_KEY.sentence)
        self._identity = Identity.from_bytes(seed)
        self._link = Link(
            syncer.transport(url), url, self._identity, self._pinned.device, self._now_ms, offset
        )

    @property
    def progress(self) -> tuple[int, int]:
        """Entries confirmed, of entries owed."""
        return self.confirmed, max(self.confirmed, self._owed)

    def go(self) -> None:
        """Exchange until nothing is owed; raises NotReached, ServerRefused, KeyFailure."""
        with _short_turns(), ThreadPoolExecutor(1, thread_name_prefix="sync") as pool:
            flying: Future[Reply] | None = None
            request = self._plan()
            while not self._cancelled():
                try:
                    reply = flying.result() if flying is not None else self._fetch(request)
                except BatchRefused:
                    flying = None
                    self._smaller(request)
                    request = self._plan()
                    continue
                flying = None
                self.reached = True
                if reply.conflict:
                    self._fall_back(reply)
                    request = self._plan()
                    continue
                self._hear_lowest(reply)
                following = self._ahead(request, reply)
                if following is not None:
                    flying = pool.submit(self._fetch, following)
                self._take_in(request, reply)
                if following is None:
                    following = self._next()
                    if following is None:
                        return
                request = following

    def _fetch(self, request: Plan) -> Reply:
        """Send a request, and read and verify what came: all that can be done while the answer before is stored."""
        reply = self._link.send(request.body())
        if reply.conflict or reply.body.get("unchanged"):
            return reply
        return replace(reply, reading=self._trust.read(reply.body.get("entries")))

    def _plan(self) -> Plan:
        with self._store.reading() as rx:
            return plan.make(rx, self._memory, self._identity, self._now_ms())

    def _ahead(self, request: Plan, reply: Reply) -> Plan | None:
        """Return a request worth sending before the answer is stored; None when it needs what is in it."""
        if reply.body.get("unchanged") or self._cancelled():
            return None
        expected = expected_cursors(request, reply.body)
        with self._store.reading() as rx:
            following = plan.ahead(rx, self._memory, request, expected, self._now_ms())
        return following if following.batch or says_more(reply.body) else None

    def _next(self) -> Plan | None:
        """Return the next request when nothing is under way; None when nothing is owed any more."""
        request = self._plan()
        if not (request.carries or self._more):
            with self._store.writing() as tx:
                # A laptop that is given nothing sees no row of its own work either: that says nothing about it.
                lost = 0 if self._suspended else feeds.owe_unplaced(tx)
                feeds.let_go(tx, self._corrected_ms(tx))
            if not lost:
                self._age()
                return None
            request = self._plan()
        return request if self._idle < _IDLE_TURNS else None

    def _corrected_ms(self, rx: Rx) -> int:
        """Return the time by the server's clock: a laptop set to another year must not take all for old."""
        return self._now_ms() + (rx.meta_int("clock_offset_ms") or 0)

    def _age(self) -> None:
        """Let go of what is too old, once a day, in pieces that nobody who types waits for."""
        with self._store.reading() as rx:
            now_ms = self._corrected_ms(rx)
            old = ageing.too_old(rx, now_ms) if ageing.is_due(rx, now_ms) else None
        if old is None:
            return
        for at in range(0, len(old), storing.PIECE):
            if self._cancelled():
                return
            with self._store.writing() as tx:
                ageing.age_out(tx, old[at : at + storing.PIECE], now_ms)
        with self._store.writing() as tx:
            ageing.looked(tx, now_ms)

    def _hear_lowest(self, reply: Reply) -> None:
        """Hold to what the answer says of the versions that may write; it is stored when it changes."""
        lowest = storing.lowest_writer(reply.body)
        if lowest != self._lowest:
            with self._store.writing() as tx:
                storing.store_lowest(tx, lowest)
        self._lowest, self._memory.may_write = lowest, not lowest

    def _take_in(self, request: Plan, reply: Reply) -> None:
        """Judge and store one answer; raises FalseServer, Diverged, BadAnswer."""
        self._more = False
        self._memory.wanted |= set(request.want)
        if request.asks:
            self._memory.ask_after, self._memory.asks_left = request.asks_next, bool(request.asks_next)
        if reply.body.get("unchanged"):
            with self._store.reading() as rx:
                clock_moves = storing.moves_clock(rx, reply)
            if clock_moves:
                # What is done next asks how old things are.
                with self._store.writing() as tx:
                    storing.store_reached(tx, reply)
            # Else noted at the end with the rest: a commit is most of what a round with nothing to do costs.
            self._answered = None if clock_moves else reply
            self._idle += 1
            return
        self._answered = None
        with self._store.reading() as rx:
            here = {feed.name: feed for feed in rx.feeds() if not feed.ended}
            epoch = rx.meta_int("epoch") or 0
        taken = take(self._pinned, request, reply.body, reply.reading, here, epoch)
        with self._store.writing() as tx:
            storing.store_reached(tx, reply)
            outcome = storing.store_receipts(tx, taken, request, reply, self._memory, self._now_ms())
        if self._memory.may_write:
            self._memory.set_aside |= set(outcome.unsettled)
        self._note_confirmed(outcome.confirmed)
        stored = storing.store_pages(
            self._store, taken, self._trust, request, self._cancelled, self._note_pulled
        )
        with self._store.writing() as tx:
            storing.store_checkpoint(tx, taken)
            self._tell_unverified(tx, stored.unverified)
        self._unverified |= set(stored.unverified)
        self._unreadable = max(self._unreadable, taken.unreadable)
        self._suspended = taken.suspended
        self._more = taken.more or any(page.skipped for page in taken.pages)
        moved = outcome.moved or stored.moved
        self._idle = 0 if moved else self._idle + 1
        if outcome.settled and not self._memory.asks_left:
            # What was just sent may have released what waited.
            with self._store.reading() as rx:
                self._memory.asks_left = bool(outbox.asks(rx, after=0, limit=1)[0])

    def _note_confirmed(self, count: int) -> None:
        self.confirmed += count
        with self._store.reading() as rx:
            waiting = outbox.owed(rx)
        self._owed = self.confirmed + waiting
        self._show(waiting)

    def _note_pulled(self, count: int) -> None:
        self.pulled += count
        self._show(max(0, self._owed - self.confirmed))

    def _show(self, waiting: int) -> None:
        """Tell how far it is, from what this run counts itself: a status read afresh costs a scan."""
        self._on_progress(
            replace(
                self._status,
                running=True,
                pending=waiting,
                confirmed_total=self._status.confirmed_total + self.confirmed,
                progress=self.progress if self._owed else None,
                pulled=self.pulled,
            )
        )

    def _tell_unverified(self, tx: Tx, hashes: list[str]) -> None:
        for entry_hash in hashes:
            if entry_hash not in self._s._told:
                self._s._told.add(entry_hash)
                tx.log("sync", entry_hash, None, "unverified", self._now_ms())

    def _fall_back(self, reply: Reply) -> None:
        """Go on from the last number on which both sides agree; raises ServerRefused when that does not end."""
        self._conflicts += 1
        with self._store.writing() as tx:
            announced = conflicts.fall_back(tx, self._pinned.org, reply.body)
            if not announced:
                tx.log("sync", self._pinned.org, None, "history_shorter", self._now_ms())
            tx.set_meta("put_back_ms" if announced else "lost_some_ms", self._now_ms())
            limit = 3 + 2 * len(tx.feeds())
        self._restored = self._restored or not announced
        if self._conflicts > limit:
            raise ServerRefused(told.UNSETTLED.sentence)

    def _smaller(self, request: Plan) -> None:
        """Find what the server will not take: halve the batch, and set a single entry aside for this run."""
        if not request.batch:
            raise BatchRefused
        if len(request.batch) > 1:
            self._memory.limit = max(1, len(request.batch) // 2)
            return
        self._memory.set_aside.add(request.batch[0].hash)
        self._memory.unsendable += 1

    def remark(self) -> str:
        """Return what a person should know of a run that went through; empty for nothing."""
        if self._suspended:
            return self._suspended
        if self._restored:
            return told.LOST_SOME.sentence
        if self._unverified or self._unreadable:
            count = len(self._unverified) + self._unreadable
            what = "One entry" if count == 1 else f"{count} entries"
            hides = "stays" if count == 1 else "stay"
            return told.UNVERIFIED.sentence.replace("{}", what, 1).replace("{}", hides, 1)
        if self._memory.unsendable or self._memory.set_aside:
            return told.UNSENDABLE.sentence
        return ""

    def note_refusal(self, problem: ServerRefused | KeyFailure) -> None:
        """Put a server that cannot be right into the audit."""
        if isinstance(problem, Diverged):
            with self._store.writing() as tx:
                tx.log("sync", problem.feed, None, "history_differs", self._now_ms())

    def note_end(self) -> None:
        """Note how long nothing was reached, and when everything was last confirmed."""
        now_ms = self._now_ms()
        with self._store.writing() as tx:
            if self._answered is not None:
                storing.store_reached(tx, self._answered)
            if not self.reached and tx.meta_int("offline_since_ms") is None:
                tx.set_meta("offline_since_ms", now_ms)
            if self.reached and not outbox.owed(tx):
                tx.set_meta("last_confirmed_ms", now_ms)


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let threads hand over the interpreter sooner: to who verifies between two signatures, and to who types."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, TURN_S))
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _nobody(_: SyncStatus) -> None:
    return None


def _never() -> bool:
    return False
