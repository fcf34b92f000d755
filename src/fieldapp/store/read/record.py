"""Any record opened for reading: values as shown, every version, every annotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fieldapp.crypto.keys import verify
from fieldapp.errors import DataDamaged
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View, project
from fieldapp.records.kinds import KINDS

from ..models import AnnotationRead, RecordRead, VersionRead
from ..projection import client_of
from ..transaction import Rx
from .codes import billing_of
from .freezing import freezes_ms, is_late
from .lines import Asking
from .sending import WORDS


class NotHere(DataDamaged):
    """A record that this laptop does not hold."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__("This record is not on this laptop: send and receive, then open it again.")


def need_view(rx: Rx, record: str) -> View:
    """Return the fold of a record; raises NotHere."""
    view = rx.view(record)
    if view is None:
        raise NotHere
    return view


def record_read(asking: Asking, record: str) -> RecordRead:
    """Return a record with its whole history; raises NotHere."""
    rx, known = asking.rx, asking.known
    view = need_view(rx, record)
    client = client_of(view) or ""
    settings = known.settings_of(client)
    kind = KINDS[view.kind]
    froze = freezes_ms(rx, view, asking.me.tz, settings) if view.kind == "contact" else None
    conflicts = kind.to_settle(view.conflicts)
    return RecordRead(
        record=record,
        kind=view.kind,
        client=client,
        name=known.name_of(client),
        values=values_of(kind, view),
        versions=_versions(rx, view),
        annotations=tuple(
            AnnotationRead(
                n.hash, n.about, n.meaning, n.name, n.credential, n.at_ms, n.reason, n.text, n.lifted
            )
            for n in view.notes
        ),
        status=view.status,
        in_error=view.in_error,
        heads=tuple(view.heads),
        conflicts=conflicts,
        late=is_late(rx, view, asking.me.tz, settings),
        frozen=froze is not None and asking.now_ms >= froze,
        risk=known.risk_of(client),
        billing=billing_of(asking, view, values_of(kind, view)) if view.kind == "contact" else None,
        sensitivity=view.sensitivity,
        people=known.people_in(
            [values_of(kind, view), *(entry.envelope.body for entry in rx.entries(record))]
        ),
    )


def _versions(rx: Rx, view: View) -> tuple[VersionRead, ...]:
    entries = {entry.hash: entry for entry in rx.entries(view.id)}
    states = {
        row[0]: (row[1], row[2], row[3])
        for row in rx.all("SELECT hash, state, reason, received_ms FROM entry WHERE record = ?", view.id)
    }
    signature = signature_words(rx)
    found = []
    for step in view.steps:
        entry = entries[step.hash]
        envelope = entry.envelope
        state, why, received = states[step.hash]
        found.append(
            VersionRead(
                entry=step.hash,
                meaning=step.meaning,
                status=step.status,
                leaf=step.leaf,
                author_id=step.author,
                author=step.name,
                credential=step.credential,
                role=step.role,
                signed_ms=step.at_ms,
                entered=envelope.at,
                received_ms=received,
                clock_offset_ms=envelope.clock.offset_ms,
                reason=step.reason,
                cosign_required=step.cosign_required,
                answers=step.answers,
                overrides=step.overrides,
                body=envelope.body,
                signature=signature(entry),
                sending=WORDS[state],
                sending_reason=why,
                state=state,
            )
        )
    return tuple(found)


def held_back_read(
    asking: Asking,
    entry: Entry,
    reason: str,
    received_ms: int | None,
    status: str = "quarantined",
    sending: str = "held back by the server",
) -> RecordRead:
    """Return an entry that stands in no record as one of its own: its words, and what its signature proves.

    Nothing that this laptop holds of the same record is mixed in: what is decided is this entry alone.
    """
    envelope = entry.envelope
    kind = KINDS[envelope.kind]
    client = envelope.client or ""
    said = str(envelope.body.get("reason") or "")
    # An addendum or a return says its words about another entry; they are shown below it as they would be.
    about = envelope.about is not None
    note = AnnotationRead(
        entry.hash, entry.hash, envelope.meaning, envelope.author.name, envelope.author.credential,
        envelope.effective_ms, said, str(envelope.body.get("text") or ""), False,
    )  # fmt: skip
    version = VersionRead(
        entry=entry.hash,
        meaning=envelope.meaning,
        status=status,
        leaf=False,
        author_id=envelope.author.id,
        author=envelope.author.name,
        credential=envelope.author.credential,
        role=envelope.author.role,
        signed_ms=envelope.effective_ms,
        entered=envelope.at,
        received_ms=received_ms,
        clock_offset_ms=envelope.clock.offset_ms,
        reason="" if about else said,
        cosign_required="",
        answers=(),
        overrides=(),
        body=envelope.body,
        signature=signature_words(asking.rx)(entry),
        sending=sending,
        sending_reason=reason,
    )
    return RecordRead(
        record=envelope.id,
        kind=envelope.kind,
        client=client,
        name=asking.known.name_of(client or None),
        values={} if about else values_of(kind, project(kind, [entry])),
        versions=(version,),
        annotations=(note,) if about else (),
        status=status,
        in_error=False,
        heads=(entry.hash,),
        conflicts=(),
        risk=asking.known.risk_of(client),
        people=asking.known.people_in(envelope.body),
    )


def own_read(asking: Asking, entry_hash: str) -> RecordRead:
    """Return one's own entry as a record of its own, also one that counts in no record; raises NotHere."""
    entry = asking.rx.entry(entry_hash)
    row = asking.rx.one("SELECT state, reason, own FROM entry WHERE hash = ?", entry_hash)
    if entry is None or row is None or not row[2]:
        raise NotHere
    state, reason, _ = row
    read = held_back_read(asking, entry, reason, None, state, WORDS[state])
    return replace(read, versions=tuple(replace(one, state=state) for one in read.versions))


def signature_words(rx: Rx) -> Callable[[Entry], str]:
    """Return a function that says in words what an entry's device signature proves."""
    keys: dict[str, tuple[bytes, str] | None] = {}

    def words(entry: Entry) -> str:
        device = entry.envelope.device
        if device not in keys:
            view = rx.view(device)
            public = view.get("public") if view is not None and view.kind == "certificate" else None
            label = (view.get("label") or "a laptop") if view is not None else ""
            keys[device] = (bytes.fromhex(public), label) if public else None
        key = keys[device]
        if key is None:
            return "key unknown"
        if not verify(key[0], "entry", entry.data, entry.signature):
            return "altered"
        return f"signed by {key[1]}"

    return words
