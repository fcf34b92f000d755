"""The tables of the first release, as they were: never edited, because databases out there were made by them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

data_key = Table(
    "data_key",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

epoch_head = Table(
    "epoch_head",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("feed", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("record", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("client", String(36)),
    Column("about", String(64)),
    Column("author", String(36), nullable=False),
    Column("device", String(36), nullable=False),
    Column("series", String(36), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("meaning", String(16), nullable=False),
    Column("cosign", String(16), nullable=False),
    Column("sensitivity", String(32), nullable=False),
    Column("flags", String(400), nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("dk", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("entry_record", "record"),
    Index("entry_client", "client", "kind"),
    Index("entry_author", "author", "cosign"),
    Index("entry_about", "about"),
    Index("entry_kind", "kind", "received_ms"),
)

record = Table(
    "record",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("client", String(36)),
    Column("author", String(36), nullable=False),
    Column("program", String(36)),
    Column("team", String(36)),
)

home = Table(
    "home",
    metadata,
    Column("client", String(36), primary_key=True),
    Column("program", String(36), nullable=False),
    Column("team", String(36), nullable=False),
    Column("entry", String(64), nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("last_number", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
)

feed_row = Table(
    "feed_row",
    metadata,
    Column("feed", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("op", String(8), nullable=False),
    Column("what", String(64), nullable=False),
    Column("client", String(36)),
    Column("row", String(64), nullable=False),
    Column("head", String(64), nullable=False),
    Index("feed_row_what", "what", "feed"),
    Index("feed_row_client", "feed", "client", "op"),
)

device = Table(
    "device",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("staff", String(36), nullable=False),
    Column("public", String(64), nullable=False),
    Column("label", String(300), nullable=False),
    Column("state", String(16), nullable=False),
    Column("forked", Boolean, nullable=False),
    Column("cut_ms", BigInteger),
    Column("last_counters", Text, nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("last_seen_ms", BigInteger),
    Column("report", Text, nullable=False),
    Index("device_staff", "staff"),
)

series = Table(
    "series",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("series", String(36), primary_key=True),
    Column("top", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("series", String(36), primary_key=True),
    Column("counter", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), primary_key=True),
)

nonce = Table(
    "nonce",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("nonce", String(32), primary_key=True),
    Column("expires_ms", BigInteger, nullable=False),
    Index("nonce_expires", "expires_ms"),
)

reader = Table(
    "reader",
    metadata,
    Column("staff", String(36), primary_key=True),
    Column("feed", String(64), primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
)

draft = Table(
    "draft",
    metadata,
    Column("staff", String(36), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("device", String(36), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("record", String(36), nullable=False),
    Column("client", String(36)),
    Column("kind", String(40), nullable=False),
    Column("first_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("closed_by", String(64), nullable=False),
    Column("via", String(36), nullable=False),
    Column("dk", String(16), nullable=False),
    Column("sealed", LargeBinary),
)

waiting = Table(
    "waiting",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(600), nullable=False),
    Column("record", String(36), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("client", String(36)),
    Column("author", String(36), nullable=False),
    Column("device", String(36), nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("via", String(36), nullable=False),
    Column("dk", String(16), nullable=False),
    Column("sealed", LargeBinary),
    Column("signature", LargeBinary),
    Index("waiting_client", "client", "kind"),
    Index("waiting_state", "state"),
)

need = Table(
    "need",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("needs", String(80), primary_key=True),
    Index("need_needs", "needs"),
)

waiting_team = Table(
    "waiting_team",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("team", String(36), primary_key=True),
    Index("waiting_team_team", "team"),
)

decision = Table(
    "decision",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("entry", String(64), primary_key=True),
    Column("team", String(36), nullable=False),
    Column("admit", Boolean, nullable=False),
    Column("dk", String(16), nullable=False),
    Column("reason", LargeBinary, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("head", String(64), nullable=False),
    Column("dk", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("audit_hash", "chain", "hash", unique=True),
)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("chain", String(64), primary_key=True),
    Column("last_number", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
)

code = Table(
    "code",
    metadata,
    Column("code_id", String(32), primary_key=True),
    Column("staff", String(36), nullable=False),
    Column("issued_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("used_ms", BigInteger),
    Column("device", String(36)),
    Column("transcript", String(64)),
    Column("dk", String(16), nullable=False),
    Column("sealed", LargeBinary),
)

APPEND_ONLY = ("entry", "feed_row", "audit", "epoch_head")


def guards(table: str, *, is_sqlite: bool) -> list[str]:
    """Return the statements by which a table of the first release refuses to be changed."""
    if is_sqlite:
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION fieldapp_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION fieldapp_append_only()",
    ]
