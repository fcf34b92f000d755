"""The tables of a laptop's encrypted file.

`entry` holds the bytes; every other table is an index or a working copy that can be rebuilt from
them, except `draft`, `audit`, `meta` and the feed rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class LaptopTable(SQLModel, registry=registry()):
    """Base of the laptop's tables; a registry of their own keeps the server's tables out of this file."""


class MetaRow(LaptopTable, table=True):
    """One named value: identity, organisation, counter, settings."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)


class EntryRow(LaptopTable, table=True):
    """One entry, as it was signed."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_record", "record"),
        Index("entry_client", "client"),
        Index("entry_unsent", "state", "seq"),
        Index("entry_about", "about"),
        Index("entry_own", "own", "state", "answered"),
        Index("entry_error", "record", sqlite_where=text("meaning = 'error'")),
    )
    seq: int | None = Field(default=None, primary_key=True)
    """Order of arrival on this laptop; orders nothing else."""
    hash: str = Field(unique=True)
    record: str
    kind: str
    client: str | None = None
    about: str | None = None
    author: str
    meaning: str
    at_ms: int
    own: bool
    state: str
    """unsent, sent, confirmed, held, quarantined or rejected."""
    reason: str = ""
    answered: bool = False
    """Of a rejected entry: its author has signed it anew or laid it aside."""
    received_ms: int | None = None
    data: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class ViewRow(LaptopTable, table=True):
    """The fold of one record, with what lists need beside it."""

    __tablename__ = "view"
    __table_args__ = (
        Index("view_client", "client", "kind", "when_ms"),
        Index("view_timeline", "client", "when_ms", "record", "kind"),
        Index("view_kind", "kind", "when_ms"),
        Index("view_owner", "owner", "kind", "when_ms"),
        Index("view_status", "status", "kind"),
        Index("view_conflicts", "client", sqlite_where=text("conflicts > 0")),
        # A record is some kB: what a list leaves out must not be read from the table first.
        Index("view_last", "kind", "last_ms", "when_ms", "in_error"),
        Index(
            "view_contact",
            "when_ms",
            "client",
            "record",
            sqlite_where=text("kind = 'contact' AND in_error = 0"),
        ),
    )
    record: str = Field(primary_key=True)
    kind: str
    client: str | None = None
    owner: str = ""
    when_ms: int
    due_ms: int | None = None
    last_ms: int
    label: str = ""
    state: str = ""
    status: str
    conflicts: int = 0
    in_error: bool = False
    data: bytes = Field(sa_type=LargeBinary)


class SearchRow(LaptopTable, table=True):
    """Which record a row of the full-text index speaks of; `id` is the rowid there."""

    __tablename__ = "search_doc"
    id: int | None = Field(default=None, primary_key=True)
    record: str = Field(unique=True)
    when_ms: int


class MigrationRow(LaptopTable, table=True):
    """One migration that this file has been through."""

    __tablename__ = "migration"
    name: str = Field(primary_key=True)


class FactRow(LaptopTable, table=True):
    """One row for lists and metrics."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("fact_client", "client", "name", "at_ms"),
        Index("fact_staff", "staff", "name", "at_ms"),
        Index("fact_note_of", "value", sqlite_where=text("name = 'note_of'")),
        Index("fact_waits", "name", sqlite_where=text("name = 'waits'")),
        Index("fact_session_of", "value", sqlite_where=text("name = 'session_of'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    record: str = Field(index=True)
    client: str | None = None
    name: str
    at_ms: int
    staff: str = ""
    minutes: int = 0
    value: str = ""
    extra: str = ""


class DraftRow(LaptopTable, table=True):
    """A working copy that only its author reads."""

    __tablename__ = "draft"
    id: str = Field(primary_key=True)
    record: str
    kind: str
    client: str | None = None
    device: str
    """Where this branch was typed; another laptop of the same author may have its own."""
    meaning: str
    prev: bytes = Field(sa_type=LargeBinary)
    base: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    focus: str = ""
    """Field and cursor, so that the draft opens where it was left."""
    template: str = ""
    revision: int = 1
    sent_revision: int = 0
    created_ms: int
    updated_ms: int
    closed_by: str = ""
    """Entry hash or `discarded`; kept until the server was told."""


@dataclass(slots=True, kw_only=True)
class FeedRow:
    """Where this laptop stands in one feed: a row of `feed`, read so often that it is no table object."""

    name: str
    epoch: int = 1
    number: int = 0
    head: str
    ended: bool = False
    covered: int = 0
    covered_before: int = 0


class FeedTable(LaptopTable, table=True):
    """Where this laptop stands in each feed."""

    __tablename__ = "feed"
    name: str = Field(primary_key=True)
    epoch: int = 1
    number: int = 0
    head: str
    ended: bool = False
    covered: int = 0
    """Number up to which the last checkpoint covers it."""
    covered_before: int = 0
    """The same for the checkpoint of an earlier day; eviction needs both."""


class PlaceRow(LaptopTable, table=True):
    """One number of a feed; kept after eviction, so that the head can always be recomputed."""

    __tablename__ = "place"
    __table_args__ = (Index("place_hash", "hash"),)
    feed: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    row: str
    """SHA-256 of the row, hex."""
    op: str
    """add, leave, gone or stub."""
    hash: str = ""
    """Entry hash for add and stub; client for leave."""


class StubRow(LaptopTable, table=True):
    """An older entry that the laptop knows of and can fetch."""

    __tablename__ = "stub"
    hash: str = Field(primary_key=True)
    record: str = Field(index=True)
    kind: str
    client: str | None = Field(default=None, index=True)
    author: str
    at_ms: int


class AuditRow(LaptopTable, table=True):
    """One audit event; chained by hash, ids and never names."""

    __tablename__ = "audit"
    seq: int | None = Field(default=None, primary_key=True)
    at_ms: int
    data: bytes = Field(sa_type=LargeBinary)
    hash: str
    sent: bool = False


class DeskRow(LaptopTable, table=True):
    """What the server last told a supervisor: quarantined entries, laptops, drafts, missing counters."""

    __tablename__ = "desk"
    name: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)
