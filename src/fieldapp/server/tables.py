"""The tables of the server.

`entry` holds what was signed, sealed; `entry`, `feed_row`, `audit` and `epoch_head` are append-only by trigger.
Hashes and ids are indexes of the sealed bytes: `verify` compares them.
"""

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
    text,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Organisation id and name, public keys."""

data_key = Table(
    "data_key",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Monthly data keys, wrapped by the master key that is kept outside."""

epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
"""One row per start or restore; the text is signed by the authority in the domain `epoch`."""

epoch_head = Table(
    "epoch_head",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("feed", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
)
"""Where each feed stood when an epoch began."""

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
    Index(
        "entry_flagged", "received_ms", sqlite_where=text("flags != ''"), postgresql_where=text("flags != ''")
    ),
)
"""Accepted entries. Size is that of the bytes; flags are words for Review, joined by spaces."""

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
"""What is fixed by a record's first accepted entry; program and team place a record without a client."""

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
"""`what` is an entry hash for `add`, a client for `leave`; head is the feed's after this row."""

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
"""An index of the certificate records: state is authority, admitted, drain or revoked."""

series = Table(
    "series",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("series", String(36), primary_key=True),
    Column("top", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
"""Highest counter and how many different ones came: the difference is missing."""

counter = Table(
    "counter",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("series", String(36), primary_key=True),
    Column("counter", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), primary_key=True),
)
"""Every authentic entry ever pushed, whatever came of it; two hashes at one counter are a fork."""

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
"""Which feeds a person was seen to read, so that the end of a membership is noticed and said."""

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
"""One branch per laptop; `via` wrote or closed it; a closed one keeps id, client, kind and dates."""

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
"""Held, quarantined, refused (by a supervisor) and rejected (hash only) entries; `via` pushed it."""

need = Table(
    "need",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("needs", String(80), primary_key=True),
    Index("need_needs", "needs"),
)
"""What a waiting entry depends on: an entry hash, `client:<id>` or `device:<id>`."""

waiting_team = Table(
    "waiting_team",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("team", String(36), primary_key=True),
    Index("waiting_team_team", "team"),
)
"""Whose supervisors see a quarantined entry."""

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
"""What supervisors decided, sealed reason; it may come before the entry it is about (after a restore)."""

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
"""Chained per feed for what was placed, per `device:<id>` for refusals and a laptop's own events."""

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
"""One-time enrolment codes: the MAC key sealed until used or expired, then erased."""

APPEND_ONLY = (entry, feed_row, audit, epoch_head)
