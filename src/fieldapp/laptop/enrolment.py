"""Enrolment: a one-time code makes a vault on this laptop (security.md 5.1, 5.2).

The code carries the fingerprint of the organisation, so a false server is refused before anything that
it says, above all its recovery key, is written.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from fieldapp.crypto import passphrase as passphrases
from fieldapp.crypto import vault
from fieldapp.crypto.enrolment import Code, transcript_mac, transcript_ok
from fieldapp.crypto.hpke import key_id
from fieldapp.crypto.keys import Identity, check_public_key, org_id, verify
from fieldapp.crypto.vault import POLICY, SHIPPED, KdfParams, Policy
from fieldapp.errors import FieldappError, KeyFailure, NotReached, ServerRefused, UsageFailure
from fieldapp.records.canonical import NotCanonical, dumps
from fieldapp.records.envelope import BadEnvelope, Entry, instant_ms
from fieldapp.records.ids import is_uuid
from fieldapp.records.text import clean
from fieldapp.store.entries import CONFIRMED
from fieldapp.store.models import SyncStatus
from fieldapp.store.store import Store
from fieldapp.store.transaction import Tx
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import HttpTransport, Transport, hang_up, server_url
from fieldapp.sync.wire import b64, unb64

from .clock import Clock
from .crisis_help import help_from, write_help
from .vaults import VaultPlace, Vaults

PATH = "/v1/enrol"
_TRIES = 3
"""An answer that was lost is given again for the same key, so a cut network costs no second code."""


class EnrolmentFailed(KeyFailure):
    """This laptop was not enrolled; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a server said that was proved to know the code and to belong to its organisation."""

    org: str
    authority: bytes
    recovery: bytes
    recovery_kid: str
    device: str
    staff: str
    epoch: int
    certificate: Entry
    server_ms: int
    help: dict[str, Any] = field(default_factory=dict)


def enrol(
    folder: Path,
    server: str,
    code_text: str,
    passphrase: str,
    *,
    clock: Clock,
    kdf: KdfParams = SHIPPED,
    vault_policy: Policy = POLICY,
    connect: Callable[[str], Transport] | None = None,
    label: str = "Laptop",
) -> SyncStatus:
    """Make a vault for the person whom a code was given to, and receive what they read.

    Raises BadCode, UsageFailure, EnrolmentFailed, NotReached, ServerRefused, DiskFailure; then nothing is
    left on this laptop. Once the vault is made, a first round that fails is only said in the status.

    Args:
        connect: makes the transport for a server's address; None for HTTPS.
        label: how the administrator sees this laptop listed.
    """
    code = Code.parse(code_text)
    problems = passphrases.check(passphrase)
    if problems:
        raise UsageFailure(problems[0])
    url = server_url(server)
    transport = (connect or HttpTransport)(url)
    try:
        identity = Identity.generate()
        admitted = admit(transport, code, identity, clean(label)[:100] or "Laptop")
        place, key = _made(folder, url, passphrase, admitted, identity, clock, kdf, vault_policy)
        write_help(folder, help_from(admitted.help))
        return _first_round(place, key, transport, clock)
    finally:
        hang_up(transport)


def _made(
    folder: Path, url: str, passphrase: str, admitted: Admitted, identity: Identity, clock: Clock, kdf: KdfParams,
    policy: Policy,
) -> tuple[VaultPlace, bytes]:  # fmt: skip
    """Make the vault of an admitted laptop; return where it is and its database's key."""
    offset_ms = admitted.server_ms - clock.now_ms()
    vaults = Vaults(folder)
    place = vaults.prepare()
    try:
        key = vault.create(
            place.key_file,
            passphrase,
            kdf=kdf,
            recovery_public=admitted.recovery,
            recovery_kid=admitted.recovery_kid,
            policy=policy,
        )
        database_key = key.derive("db")
        key.wipe()
        store = Store.create(place.database, database_key)
        try:
            with store.writing() as tx:
                _first_words(tx, admitted, identity, url, offset_ms)
        finally:
            store.close()
        return vaults.adopt(place), database_key
    except OSError as problem:
        vaults.abandon(place)
        raise EnrolmentFailed(
            "The vault could not be written: check space and permissions, and try the same code again."
        ) from problem
    except BaseException:
        vaults.abandon(place)
        raise


def _first_round(place: VaultPlace, key: bytes, transport: Transport, clock: Clock) -> SyncStatus:
    claim = place.claim()
    try:
        store = Store.open(place.database, key)
        try:
            return Syncer(store, place.folder / "sync.lock", lambda _: transport, clock.now_ms).run()
        finally:
            store.close()
    finally:
        claim.release()


def _first_words(tx: Tx, admitted: Admitted, identity: Identity, url: str, offset_ms: int) -> None:
    """Store who this laptop is and whom it believes."""
    texts = {
        "org": admitted.org, "org_public": admitted.authority.hex(), "device": admitted.device,
        "staff": admitted.staff, "server": url, "recovery_kid": admitted.recovery_kid,
    }  # fmt: skip
    for name, text in texts.items():
        tx.set_meta(name, text)
    tx.set_meta("identity", identity.seed)
    tx.set_meta("recovery_public", admitted.recovery)
    tx.set_meta("epoch", admitted.epoch)
    tx.set_meta("vault_gen", 1)
    tx.set_meta("clock_offset_ms", offset_ms if abs(offset_ms) > 1_000 else 0)
    tx.new_series()
    tx.add([admitted.certificate], own=False, state=CONFIRMED)


def admit(transport: Transport, code: Code, identity: Identity, label: str) -> Admitted:
    """Introduce a device by its one-time code and return who it is from now on.

    Raises EnrolmentFailed, NotReached, ServerRefused.
    """
    said = {"code_id": code.code_id, "public": identity.public.hex(), "label": label}
    transcript = dumps(said)
    body = orjson.dumps(
        {
            **said,
            "proof": b64(identity.sign("possession", transcript)),
            "mac": transcript_mac(code.mac_key, "laptop", transcript).hex(),
        }
    )
    status, data = _post(transport, body)
    if status == 403:
        raise EnrolmentFailed(
            "The server did not accept this code: it is expired, used already, or from another server. "
            "Ask your administrator for a new one."
        )
    if status in (429, 502, 503, 504):
        raise NotReached("The server is busy; wait a minute and try the same code again.")
    if status != 200:
        raise ServerRefused("This does not answer like a fieldapp server; check the server's address.")
    return _admitted(data, code, identity)


def _post(transport: Transport, body: bytes) -> tuple[int, bytes]:
    for attempt in range(_TRIES):
        try:
            status, _, data = transport.post(PATH, body, {"Content-Type": "application/json"})
        except NotReached:
            if attempt == _TRIES - 1:
                raise NotReached(
                    "The server was not reached: check the address and the network, and try the same code again."
                ) from None
        else:
            return status, data
    raise AssertionError("unreachable")


def _admitted(data: bytes, code: Code, identity: Identity) -> Admitted:
    """Return what the server said, or refuse it; nothing of it is used before all of it is proved."""
    try:
        answer = orjson.loads(data)
        authority = bytes.fromhex(answer["authority_public"])
        mac = bytes.fromhex(answer["mac"])
        spoken = dumps({name: value for name, value in answer.items() if name != "mac"})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ServerRefused(
            "This does not answer like a fieldapp server; check the server's address."
        ) from None
    if not code.names(authority) or answer.get("org") != org_id(authority):
        raise EnrolmentFailed(
            "This server belongs to another organisation than your code. Nothing was stored; check the "
            "address with your administrator."
        )
    if not transcript_ok(code.mac_key, "server", spoken, mac):
        raise EnrolmentFailed(
            "This server does not know your code, so it may be a false one. Nothing was stored; tell your "
            "administrator."
        )
    try:
        return _proved(answer, authority, identity)
    except (ValueError, TypeError, KeyError, AttributeError, FieldappError):
        raise EnrolmentFailed(
            "The server's answer does not fit together. Nothing was stored; tell your administrator."
        ) from None


def _proved(answer: dict[str, Any], authority: bytes, identity: Identity) -> Admitted:
    """Return an answer whose parts fit each other; raises ValueError, KeyError, TypeError, BadKey."""
    text, signature = answer["certificate"]
    try:
        certificate = Entry.parse(text.encode(), unb64(signature))
    except (NotCanonical, BadEnvelope) as problem:
        raise ValueError from problem
    check_public_key(authority)
    recovery = bytes.fromhex(answer["recovery_public"])
    stated = certificate.envelope.body["set"]
    proved = (
        verify(authority, "entry", certificate.data, certificate.signature)
        and certificate.envelope.kind == "certificate"
        and certificate.envelope.org == answer["org"]
        and certificate.envelope.id == answer["device"]
        and stated["public"] == identity.public.hex()
        and stated["staff"] == answer["staff"]
        and is_uuid(answer["staff"])
        and len(recovery) == 32
        and secrets.compare_digest(key_id(recovery), answer["recovery_kid"])
        and type(answer["epoch"]) is int
    )
    if not proved:
        raise ValueError("parts of the answer contradict each other")
    given = answer.get("help")
    return Admitted(
        answer["org"], authority, recovery, answer["recovery_kid"], answer["device"], answer["staff"],
        answer["epoch"], certificate, instant_ms(answer["now"]), given if isinstance(given, dict) else {},
    )  # fmt: skip
