"""The two roles of PostgreSQL: one owns the tables, upgrades and restores; one serves, and never edits what is signed."""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from fieldapp.errors import NotReached, UsageFailure

from . import schema
from .database import NOT_REACHED, Database
from .tables import APPEND_ONLY

RIGHTS: dict[str, str] = {
    "meta": "SELECT, INSERT, UPDATE (value)",
    "data_key": "SELECT, INSERT",
    "epoch": "SELECT",
    "epoch_head": "SELECT",
    "entry": "SELECT, INSERT",
    "record": "SELECT, INSERT",
    "home": "SELECT, INSERT, UPDATE",
    "feed": "SELECT, INSERT, UPDATE",
    "feed_row": "SELECT, INSERT",
    "device": "SELECT, INSERT, UPDATE",
    "series": "SELECT, INSERT, UPDATE",
    "counter": "SELECT, INSERT",
    "nonce": "SELECT, INSERT, DELETE",
    "reader": "SELECT, INSERT, UPDATE",
    "draft": "SELECT, INSERT, UPDATE",
    "waiting": "SELECT, INSERT, UPDATE, DELETE",
    "need": "SELECT, INSERT, DELETE",
    "waiting_team": "SELECT, INSERT, DELETE",
    "decision": "SELECT, INSERT",
    "audit": "SELECT, INSERT",
    "audit_chain": "SELECT, INSERT, UPDATE",
    "code": "SELECT, INSERT, UPDATE",
    "alembic_version": "SELECT",
}
"""What the serving role may do with each table: serving, the commands of `org`, backups and `server verify`.

Upgrades, restores and new epochs are the owner's."""

_EXISTS = text("SELECT rolsuper FROM pg_roles WHERE rolname = :role")
_SERVING = text(
    "SELECT DISTINCT rolname FROM pg_class, aclexplode(relacl) AS given JOIN pg_roles ON pg_roles.oid = given.grantee "
    "WHERE pg_class.oid = to_regclass('entry') AND privilege_type = 'INSERT' AND given.grantee <> relowner "
    "ORDER BY rolname"
)
_OWNS = text("SELECT pg_has_role(:role, relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass(:name)")
_MAY = text("SELECT has_table_privilege(:role, to_regclass(:name), :right)")
_MAY_COLUMN = text("SELECT has_any_column_privilege(:role, to_regclass(:name), :right)")
_MAY_CREATE = text("SELECT has_schema_privilege(:role, current_schema(), 'CREATE')")
_NO_RIGHT = frozenset({"42501", "0LP01"})
_COLUMN_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE"})

MORE = (
    "This database role may do more than serve ({}): make a role that only serves with `createuser` and `fieldapp "
    "server roles --serve ROLE`, and give its URL to `fieldapp serve`."
)
NOT_OWNER = "This database role may not give rights: give --database with the role that owns the tables."
LACKS = "This database role may not serve yet: run `fieldapp server roles --serve {}` with the role that owns the tables."


def give(tx: Connection, role: str) -> None:
    """Give a role exactly the rights to serve, on every table; raises UsageFailure.

    Args:
        tx: a write transaction of the role that owns the tables.
    """
    # PostgreSQL only warns whoever gives a right that is not theirs to give.
    if not tx.execute(_OWNS, {"role": _current(tx), "name": "entry"}).scalar_one():
        raise UsageFailure(NOT_OWNER)
    found = tx.execute(_EXISTS, {"role": role}).scalar_one_or_none()
    if found is None:
        raise UsageFailure(
            f"There is no role {role} in this PostgreSQL: make it with `createuser --pwprompt {role}`, then run this "
            "again."
        )
    if found or tx.execute(_OWNS, {"role": role, "name": "entry"}).scalar_one():
        raise UsageFailure(
            f"{role} owns the tables or is a superuser, and no right can be kept from it: give a role that only serves."
        )
    for statement in grants(tx, role):
        tx.exec_driver_sql(statement)
    if tx.execute(_MAY_CREATE, {"role": role}).scalar_one():
        # As PostgreSQL gave it to everybody before version 15.
        quoted = tx.dialect.identifier_preparer.quote_identifier
        schema_name = quoted(str(tx.execute(text("SELECT current_schema()")).scalar_one()))
        tx.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema_name} FROM PUBLIC, {quoted(role)}")


def give_at(url: str, role: str) -> None:
    """Give a role the rights to serve the database of a URL; raises UsageFailure, NotReached."""
    with contextlib.closing(Database(url)) as database:
        if database.is_sqlite:
            raise UsageFailure("SQLite has no roles: give --database with the URL of a PostgreSQL.")
        try:
            with database.reading() as rx:
                schema.check(rx)
            database.run(lambda tx: give(tx, role))
        except DBAPIError as problem:
            if database.is_away(problem):
                raise NotReached(NOT_REACHED) from None
            if getattr(problem.orig, "sqlstate", None) in _NO_RIGHT:
                raise UsageFailure(NOT_OWNER) from None
            raise


def grants(tx: Connection, role: str) -> list[str]:
    """Return the statements that leave a role with the rights to serve and no other."""
    to = tx.dialect.identifier_preparer.quote_identifier(role)
    names = ", ".join(RIGHTS)
    return [
        f"REVOKE ALL ON {names} FROM {to}",
        *(f"GRANT {rights} ON {name} TO {to}" for name, rights in RIGHTS.items()),
    ]


def serving(rx: Connection) -> list[str]:
    """Return the roles that were given the rights to serve."""
    return list(rx.execute(_SERVING).scalars())


def renew(tx: Connection) -> None:
    """Give the roles that serve their rights on the tables as they are now; nothing on SQLite."""
    if tx.dialect.name == "sqlite":
        return
    for role in serving(tx):
        for statement in grants(tx, role):
            tx.exec_driver_sql(statement)


def excess(rx: Connection, role: str) -> list[str]:
    """Return what a role may do that no serving role may, in words."""
    found = []
    if rx.execute(_OWNS, {"role": role, "name": "entry"}).scalar_one():
        found.append("it owns the tables")
    for table in APPEND_ONLY:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            if _may(rx, role, table.name, right):
                found.append(f"it may {right} {table.name}")
    if rx.execute(_MAY_CREATE, {"role": role}).scalar_one():
        found.append("it may make tables")
    return found


def lacking(rx: Connection, role: str) -> list[str]:
    """Return the rights to serve that a role lacks on the tables that are there, each as a word and a table."""
    return [
        f"{right} {name}"
        for name, rights in RIGHTS.items()
        for right in (one.split(" (")[0] for one in rights.split(", "))
        if _may(rx, role, name, right) is False
    ]


def standing(url: str) -> str:
    """Return one sentence on what is wrong with the role of a URL for serving; empty when nothing is, or on SQLite.

    Raises UsageFailure when the role lacks rights to serve or the tables are of another age, NotReached.
    """
    with contextlib.closing(Database(url)) as database:
        if database.is_sqlite:
            return ""
        try:
            with database.reading() as rx:
                role = _current(rx)
                if not inspect(rx).has_table("meta"):
                    return ""  # Whoever opens it next says that it holds no organisation.
                if lacking(rx, role):
                    raise UsageFailure(LACKS.format(role))
                schema.check(rx)
                more = excess(rx, role)
                return MORE.format(more[0]) if more else ""
        except DBAPIError as problem:
            if database.is_away(problem):
                raise NotReached(NOT_REACHED) from None
            raise


def _current(rx: Connection) -> str:
    return str(rx.execute(text("SELECT current_user")).scalar_one())


def _may(rx: Connection, role: str, table: str, right: str) -> bool | None:
    """Tell whether a role has a right on a table; None for a table that is not there."""
    asked = _MAY_COLUMN if right in _COLUMN_RIGHTS else _MAY
    found: bool | None = rx.execute(asked, {"role": role, "name": table, "right": right}).scalar_one()
    return found
