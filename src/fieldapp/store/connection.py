"""One connection of the encrypted file: statements in, plain tuples out.

The pool is SQLAlchemy's; its layer over cursors costs five times what SQLite does for one row, and every screen
and every round asks for many single rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeAlias

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.pool import Pool, PoolProxiedConnection

Row: TypeAlias = tuple[Any, ...]

BUSY, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = 5, 8, 10, 11, 13, 14, 26
_BY_WORDS = {
    "disk I/O error": IOERR,
    "database disk image is malformed": CORRUPT,
    "database or disk is full": FULL,
    "file is not a database": NOTADB,
}
"""The driver's copying of a database tells how it failed in SQLite's words only."""


def code_of(problem: BaseException | None) -> int:
    """Return the primary SQLite error code of a driver error; 0 if it has none."""
    code = getattr(problem, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else _BY_WORDS.get(str(problem), 0)


_VALUES_AT_ONCE = 1_500
"""Of one statement, far below SQLite's limit of 32,766; more at once was not faster."""


class Connection:
    """A connection in use by one thread; everything raises the driver's errors."""

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._pooled = pooled

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement with positional parameters; returns how many rows it wrote."""
        try:
            return int(self._pooled.cursor().execute(sql, params).rowcount)
        except sqlcipher.Error as problem:
            self._distrust(problem)
            raise

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        try:
            self._pooled.cursor().executemany(sql, rows)
        except sqlcipher.Error as problem:
            self._distrust(problem)
            raise

    def add_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows; `sql` ends with VALUES, and what follows it is made for as many rows as one statement takes.

        The driver gives up the interpreter at each step of a statement and has to win it back afterwards: a step for a
        hundred rows leaves it alone, where a step for each row fights for it with whoever types.
        """
        if not rows:
            return
        width = len(rows[0])
        most = max(1, _VALUES_AT_ONCE // width)
        for at in range(0, len(rows), most):
            some = rows[at : at + most]
            self.run(_for_rows(sql, width, len(some)), [value for row in some for value in row])

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """Return every row of a query."""
        return list(self.each(sql, params))

    def row(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query."""
        return next(self.each(sql, params), None)

    def each(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Row]:
        """Give the rows of a query one by one, for a query of any size."""
        try:
            yield from self._pooled.cursor().execute(sql, params)
        except sqlcipher.Error as problem:
            self._distrust(problem)
            raise

    def _distrust(self, problem: sqlcipher.Error) -> None:
        """Give up a connection that met a damaged page, because one page error poisons it for good."""
        if code_of(problem) in (CORRUPT, NOTADB):
            self._pooled.invalidate(problem)

    def commit(self) -> None:
        """End the transaction; what was written is on the disk."""
        self._pooled.commit()

    def rollback(self) -> None:
        """Undo the transaction."""
        self._pooled.rollback()


@lru_cache(maxsize=256)
def _for_rows(sql: str, width: int, count: int) -> str:
    one = f"({','.join('?' * width)})"
    return f"{sql} {','.join([one] * count)}"


@contextmanager
def connected(pool: Pool) -> Iterator[Connection]:
    """Give a connection of the pool for a while."""
    pooled = pool.connect()
    try:
        yield Connection(pooled)
    finally:
        pooled.close()
