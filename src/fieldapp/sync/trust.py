"""Whose words may be believed: the pinned organisation, its certificates, and every signature checked.

The organisation's id is the SHA-256 of the authority's key. Certificates and the organisation's own
record are believed only under that key; any other entry only under a certificate.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from fieldapp.crypto.keys import verify
from fieldapp.records.canonical import NotCanonical
from fieldapp.records.envelope import BadEnvelope, Entry
from fieldapp.records.fold import View, project
from fieldapp.records.kinds import KINDS

from .wire import unb64

ROOTED = frozenset({"organisation", "certificate"})
"""Kinds that only the authority attests."""
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose key a laptop's key is."""

    public: bytes
    staff: str


@dataclass(frozen=True, slots=True)
class Received:
    """An entry that was received, with the server's time of receipt if it said one."""

    entry: Entry
    received_ms: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of an answer, read and verified while the answer before it is still being stored."""

    entries: tuple[Received | None, ...] = ()
    """None for each that cannot be read."""
    under: Mapping[str, Certificate] = field(default_factory=dict)
    """By hash: the certificate under which an entry was found authentic."""


class Trust:
    """The certificates of an organisation, as far as they are known on this laptop."""

    def __init__(self, org: str, authority: bytes, certificates: Iterable[View] = ()) -> None:
        self.org = org
        self.authority = authority
        self._known: dict[str, Certificate] = {}
        for view in certificates:
            self._learn(view.id, {name: known.value for name, known in view.fields.items()})

    def read(self, pairs: Any) -> Reading:
        """Read the entries of an answer and verify those whose certificate is known by now.

        It changes nothing and believes nothing yet, so that another thread may do it ahead of `accept`.
        """
        if not isinstance(pairs, list):
            return Reading()
        entries = tuple(read_entry(pair) for pair in pairs)
        known = dict(self._known)
        plain = [
            one.entry for one in entries if one is not None and one.entry.envelope.kind not in ROOTED
        ]  # fmt: skip
        good = self._verified([one for one in plain if one.envelope.device in known], known)
        return Reading(entries, {one.hash: known[one.envelope.device] for one in plain if one.hash in good})

    def accept(
        self, received: Sequence[Received], under: Mapping[str, Certificate] | None = None
    ) -> tuple[list[Received], list[str]]:
        """Return what is authentic, in order, and the hashes of the rest.

        Certificates count for what comes after them, so they are judged first and one by one; the rest
        on all cores, because the library lets go of the interpreter while it verifies.

        Args:
            under: what was verified ahead; it counts only under the very certificate that is known now.
        """
        ahead = under or {}
        good: set[str] = set()
        others: list[Received] = []
        for one in received:
            if one.entry.envelope.kind in ROOTED:
                if self._is_rooted(one.entry):
                    good.add(one.entry.hash)
                    if one.entry.envelope.kind == "certificate":
                        self._learn(one.entry.envelope.id, one.entry.envelope.body.get("set", {}))
            else:
                others.append(one)
        for one in others:
            certificate = ahead.get(one.entry.hash)
            if certificate is not None and certificate == self._known.get(one.entry.envelope.device):
                good.add(one.entry.hash)
        good |= self._verified([one.entry for one in others if one.entry.hash not in good], self._known)
        kept = [one for one in received if one.entry.hash in good]
        return kept, [one.entry.hash for one in received if one.entry.hash not in good]

    def _is_rooted(self, entry: Entry) -> bool:
        envelope = entry.envelope
        if envelope.org != self.org or not verify(self.authority, "entry", entry.data, entry.signature):
            return False
        if not _is_foldable(entry):
            return False
        stated = envelope.body.get("set", {}).get("authority_public")
        return envelope.kind != "organisation" or stated in (None, self.authority.hex())

    def _learn(self, device: str, values: Mapping[str, Any]) -> None:
        old = self._known.get(device)
        public, staff = values.get("public"), values.get("staff")
        if public is None and old is None:
            return
        self._known[device] = Certificate(
            bytes.fromhex(public) if public else old.public if old else b"",
            staff or (old.staff if old else ""),
        )

    def _is_authentic(self, entry: Entry, known: Mapping[str, Certificate]) -> bool:
        envelope = entry.envelope
        certificate = known.get(envelope.device)
        if certificate is None or envelope.org != self.org:
            return False
        if certificate.staff != envelope.author.id and certificate.public != self.authority:
            return False
        return verify(certificate.public, "entry", entry.data, entry.signature) and _is_foldable(entry)

    def _verified(self, entries: Sequence[Entry], known: Mapping[str, Certificate]) -> set[str]:
        workers = min(4, os.cpu_count() or 1)
        if len(entries) < 2 * _CHUNK or workers == 1:
            return {entry.hash for entry in entries if self._is_authentic(entry, known)}
        chunks = [entries[at : at + _CHUNK] for at in range(0, len(entries), _CHUNK)]

        def check(chunk: Sequence[Entry]) -> set[str]:
            return {entry.hash for entry in chunk if self._is_authentic(entry, known)}

        with ThreadPoolExecutor(workers, thread_name_prefix="verify") as pool:
            return set().union(*pool.map(check, chunks))


def read_entry(pair: Any) -> Received | None:
    """Return what `[text, signature, received_ms?]` holds; None for what cannot be read."""
    if not isinstance(pair, list) or len(pair) not in (2, 3):
        return None
    try:
        entry = Entry.parse(pair[0].encode(), unb64(pair[1]))
    except (NotCanonical, BadEnvelope, ValueError, TypeError, AttributeError):
        return None
    at = pair[2] if len(pair) == 3 else None
    return Received(entry, at if type(at) is int else None)


def _is_foldable(entry: Entry) -> bool:
    """Tell whether the fold can take it in: a body that it cannot must not stop a thousand others."""
    kind = KINDS.get(entry.envelope.kind)
    if kind is None or kind.check_body(entry.envelope.meaning, entry.envelope.body) is None:
        return True
    # A later version may allow more than this one knows; only what breaks the fold is left out.
    try:
        project(kind, [entry])
    except Exception:
        return False
    return True
