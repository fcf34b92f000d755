"""Entries that are written on the server itself: by the authority, and by the administrator's server device."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from fieldapp.clinical.credentials import credential_shown
from fieldapp.clinical.roles import AUTHORITY
from fieldapp.crypto.keys import Identity
from fieldapp.errors import ServerRefused
from fieldapp.records.canonical import Json
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant

from . import audit
from .facts import Facts
from .offers import Offer, check
from .place import Writer
from .push import Push
from .roster import Roster, day_at
from .tables import device, meta, series

if TYPE_CHECKING:
    from .service import Server


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be said about one record."""

    kind: str
    record: str
    body: Mapping[str, Json]
    prev: tuple[str, ...] = ()
    meaning: str = "save"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A device of the server and whom it speaks for."""

    identity: Identity = field(repr=False)
    device: str
    author: Author


def authority(server: Server, name: str) -> Speaker:
    """Return the authority as a speaker, under the organisation's name."""
    return Speaker(
        server.keys.authority,
        server.meta["authority_device"],
        Author(server.authority_staff, name, "", AUTHORITY),
    )


def administrator(server: Server, roster: Roster) -> Speaker:
    """Return the first administrator, as far as the device in the server's folder speaks for them."""
    staff = server.meta["administrator"]
    values = roster.staff.get(staff, {})
    day = day_at(server.now_ms(), roster.tz_of(staff))
    author = Author(
        staff, str(values.get("name") or "Administrator"), credential_shown(values, day), "sysadmin"
    )
    return Speaker(server.keys.administrator, server.meta["administrator_device"], author)


def certificate(device_id: str, staff: str, public: bytes, label: str, now_ms: int) -> Statement:
    """Return the authority's statement whose key a device's key is."""
    return Statement(
        "certificate", device_id,
        {"set": {"staff": staff, "public": public.hex(), "label": label, "issued_at": instant(now_ms)}},
    )  # fmt: skip


def say(
    server: Server, tx: Connection, speaker: Speaker, statements: Sequence[Statement], dk: str
) -> list[Entry]:
    """Sign statements and put them through the same judgement as a laptop's; raises ServerRefused.

    The device's row is locked first, so that no two processes give out the same counter.
    """
    now_ms = server.now_ms()
    tx.execute(select(device.c.id).where(device.c.id == speaker.device).with_for_update()).one()
    series_id, counter = _next(server, tx, speaker.device)
    entries = []
    for place, said in enumerate(statements):
        unsigned = Entry.made(
            Envelope(
                org=server.org, id=said.record, kind=said.kind, author=speaker.author, device=speaker.device,
                series=series_id, counter=counter + place, at=instant(now_ms), tz="UTC", clock=Clock(0, None),
                meaning=said.meaning, prev=tuple(sorted(said.prev)), body=said.body,
            )
        )  # fmt: skip
        entries.append(
            Entry(
                unsigned.hash, unsigned.data, speaker.identity.sign("entry", unsigned.data), unsigned.envelope
            )
        )
    roster = server.roster(tx)
    facts = Facts(tx, server.database, server.seals, roster, now_ms)
    writer = Writer(tx, server.database, server.seals, dk, server.org, now_ms, speaker.device)
    push = Push(facts, writer, speaker.device, ("org",))
    offers = [
        Offer(place, one.hash, one.data, one.signature, one, via=speaker.device)
        for place, one in enumerate(entries)
    ]
    for offer in offers:
        check(offer, speaker.identity.public.hex(), roster, now_ms)
    push.run(offers)
    for one in entries:
        verdict = push.verdicts[one.hash]
        if verdict.state != "accepted":
            raise ServerRefused(f"The server did not take this: {verdict.reason}")
    audit.append(server.database, tx, server.seals, dk, server.org, now_ms, push.events)
    return entries


def _next(server: Server, tx: Connection, device_id: str) -> tuple[str, int]:
    """Return a device's series and its next counter; the caller holds the device's row."""
    name = f"series:{device_id}"
    known = tx.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()
    if known is None:
        known = str(uuid.uuid4())
        server.database.add_new(tx, meta, [{"name": name, "value": known}])
    top = tx.execute(
        select(series.c.top).where(series.c.device == device_id, series.c.series == known)
    ).scalar_one_or_none()
    return known, (top or 0) + 1
