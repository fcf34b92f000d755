"""The laptop's memory: one encrypted file, many readers, one writer at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.pool import QueuePool

from fieldapp.errors import KeyFailure

from . import newer, schema
from .connection import connected
from .engine import check_file, damaged, failures_told, make_file, make_pool
from .reserve import SIZE, Reserve
from .transaction import Rx, Tx


class StoreLocked(KeyFailure):
    """The vault was locked while somebody still asked for data."""

    def __init__(self) -> None:
        super().__init__("The vault is locked; unlock it with your passphrase.")


class Store:
    """One open encrypted file; safe to use from several threads."""

    def __init__(self, path: Path, pool: QueuePool, reserve_bytes: int) -> None:
        """Use `create` or `open` instead."""
        self.path = path
        self.reserve = Reserve(path.with_name("reserve"), reserve_bytes)
        self._pool: QueuePool | None = pool
        self._writer = threading.RLock()
        self._marks = threading.Lock()
        self._generation = 0
        self._changed: dict[str, int] = {}
        self._kinds: dict[str, int] = {}

    @classmethod
    def create(cls, path: Path, key: bytes, *, reserve_bytes: int = SIZE) -> Store:
        """Make the file, which must not exist, and its tables."""
        make_file(path, key)
        store = cls(path, make_pool(path, key), reserve_bytes)
        with store.writing() as tx:
            schema.create(tx.connection)
        store.reserve.fill()
        return store

    @classmethod
    def open(cls, path: Path, key: bytes, *, reserve_bytes: int = SIZE) -> Store:
        """Open an existing file and bring it up to date; never makes one, never overwrites one.

        Raises DataDamaged (after a copy was put aside), DiskFailure, UsageFailure (newer data).
        """
        check_file(path)
        store = cls(path, make_pool(path, key), reserve_bytes)
        try:
            with store.reading() as rx:
                waiting = schema.pending(rx.connection) if store._has_tables(rx) else None
            if waiting is None:
                raise damaged(path)
            for migration in waiting:
                with store.writing() as tx:
                    schema.apply(tx.connection, migration)
            with store.reading() as rx:
                learned = newer.known_now(rx)
            if learned:
                with store.writing() as tx:
                    tx.learn()
        except BaseException:
            store._dispose()
            raise
        store.reserve.fill()
        return store

    @staticmethod
    def _has_tables(rx: Rx) -> bool:
        return bool(rx.value("SELECT count(*) FROM sqlite_master WHERE name = 'migration'"))

    def _opened(self) -> QueuePool:
        if self._pool is None:
            raise StoreLocked
        return self._pool

    @property
    def is_open(self) -> bool:
        """Whether the file can be used."""
        return self._pool is not None

    @contextlib.contextmanager
    def reading(self) -> Iterator[Rx]:
        """Give one consistent snapshot."""
        with failures_told(self.path), connected(self._opened()) as connection:
            connection.run("BEGIN")
            try:
                yield Rx(connection)
            finally:
                with contextlib.suppress(Exception):
                    connection.rollback()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Tx]:
        """Give one writing transaction: committed at the end, rolled back by any exception."""
        with self._writer, failures_told(self.path, self.reserve.free):
            with connected(self._opened()) as connection:
                connection.run("BEGIN IMMEDIATE")
                tx = Tx(connection)
                try:
                    yield tx
                    connection.commit()
                except BaseException:
                    # SQLite has already rolled back after a full disk; a second failure says nothing new.
                    with contextlib.suppress(Exception):
                        connection.rollback()
                    raise
            self._mark(tx)

    def _mark(self, tx: Tx) -> None:
        with self._marks:
            self._generation += 1
            for client in tx.touched:
                self._changed[client] = self._generation
            for kind in tx.touched_kinds:
                self._kinds[kind] = self._generation

    @property
    def generation(self) -> int:
        """A number that grows with every commit; read it before a snapshot, never after."""
        with self._marks:
            return self._generation

    def changed_since(self, generation: int) -> tuple[set[str], set[str]]:
        """Return the clients and the kinds whose views changed after a generation."""
        with self._marks:
            return (
                {client for client, at in self._changed.items() if at > generation},
                {kind for kind, at in self._kinds.items() if at > generation},
            )

    def rebuild(self) -> None:
        """Make every view, fact and search row again from the entries."""
        with self.writing() as tx:
            tx.execute("DELETE FROM view")
            tx.execute("DELETE FROM fact")
            tx.execute("DELETE FROM search_doc")
            tx.execute("INSERT INTO search(search) VALUES ('delete-all')")
            records = [row[0] for row in tx.all("SELECT DISTINCT record FROM entry ORDER BY record")]
            for start in range(0, len(records), 500):
                tx.reproject(records[start : start + 500])

    def checkpoint(self) -> bool:
        """Move the journal into the file and empty it; says whether nothing was left."""
        with self._writer, failures_told(self.path), connected(self._opened()) as connection:
            row = connection.row("PRAGMA wal_checkpoint(TRUNCATE)")
            return row is not None and row[0] == 0

    def close(self) -> None:
        """Empty the journal, close every connection and forget the key."""
        with self._writer:
            if self._pool is None:
                return
            # A disk that is full or gone must not keep the vault open: the journal is read at next unlock.
            with contextlib.suppress(Exception):
                self.checkpoint()
            self._dispose()

    def _dispose(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.dispose()
