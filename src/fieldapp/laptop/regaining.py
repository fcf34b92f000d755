"""A forgotten passphrase on this laptop: asked for, answered by two people, replaced with all unsent work (security.md 9).

The reply changes the lock and never the data: the same encrypted file opens with a new passphrase, without network. The
vault key was in somebody else's hands meanwhile, so with the first connection all is sent, new keys are made by a new
enrolment, and the old ones are revoked.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from fieldapp.crypto import disk, regain, vault
from fieldapp.crypto import passphrase as passphrases
from fieldapp.crypto.regain import NotThisRecovery, Reply, Request
from fieldapp.crypto.vault import POLICY, SHIPPED, KdfParams, Policy
from fieldapp.crypto.vaultio import read_or_previous
from fieldapp.errors import NotReached, UsageFailure
from fieldapp.store import outbox
from fieldapp.store.models import SyncStatus
from fieldapp.store.store import Store
from fieldapp.store.transaction import Rx
from fieldapp.sync.round import Syncer
from fieldapp.sync.transport import HttpTransport, Transport, hang_up

from .clock import Clock
from .enrolment import enrol
from .unlocking import Doorkeeper
from .vaults import VaultPlace, Vaults

FILE = "recovery.json"
RENEWAL = "renewal"
"""Name of the code in the database by which the keys are made anew."""
_WAITS = "SELECT count(*) FROM entry WHERE own = 1 AND state != 'confirmed' AND answered = 0"
Connect = Callable[[str], Transport]


@dataclass(frozen=True, slots=True)
class Regained:
    """What stands behind the new passphrase."""

    unsent: int
    drafts: int


def request(folder: Path, clock: Clock, *, which: int = 0, policy: Policy = POLICY) -> Request:
    """Make a request for one of this laptop's vaults, in place of an earlier one; raises UsageFailure, VaultDamaged.

    Args:
        which: its place in the order of last use, from 1; 0 where there is one vault only.
    """
    places = Vaults(folder).listed()
    if not places:
        raise UsageFailure("There is no account on this laptop: run `fieldapp enrol` with a code.")
    if len(places) > 1 and not 1 <= which <= len(places):
        raise UsageFailure(
            f"There are {len(places)} accounts on this laptop: say which with --account, 1 for the one used last."
        )
    place = places[max(0, which - 1)]
    header, _ = read_or_previous(place.key_file, policy)
    made, private = regain.ask(header, secrets.token_hex(16), clock.now_ms())
    kept = {"request": made.data().decode(), "private": private.hex()}
    disk.replace(place.folder / FILE, orjson.dumps(kept))
    return made


def finish(
    folder: Path, data: bytes, passphrase: str, *, clock: Clock, kdf: KdfParams = SHIPPED, policy: Policy = POLICY
) -> Regained:  # fmt: skip
    """Put a new passphrase in the place of the forgotten one; needs no network.

    Raises NotThisRecovery, UsageFailure, AlreadyRunning, DataDamaged, DiskFailure; then everything is as before, and the
    same reply can be used again.
    """
    problems = passphrases.check(passphrase)
    if problems:
        raise UsageFailure(problems[0])
    reply = regain.read_reply(data)
    place, asked, private = _asked(folder, reply)
    key, code = regain.take(asked, private, reply)
    claim = place.claim()
    try:
        store = Store.open(place.database, key.derive("db"))
        try:
            with store.reading() as rx:
                _check(rx, asked, reply, clock)
                pinned = rx.get_meta("recovery_public"), rx.meta_text("recovery_kid") or None
                known_gen = rx.meta_int("vault_gen") or 0
                found = Regained(outbox.owed(rx), len(rx.drafts()))
            gen = vault.rebuild(
                place.key_file, key, passphrase, recovery_public=pinned[0], recovery_kid=pinned[1],
                above_gen=known_gen, kdf=kdf, policy=policy,
            )  # fmt: skip
            with store.writing() as tx:
                tx.set_meta("vault_gen", gen)
                tx.set_meta(RENEWAL, code)
                tx.log("recovered", tx.meta_text("device"), None, asked.hash, clock.now_ms())
        finally:
            store.close()
    finally:
        claim.release()
        key.wipe()
    (place.folder / FILE).unlink(missing_ok=True)
    return found


def _asked(folder: Path, reply: Reply) -> tuple[VaultPlace, Request, bytes]:
    """Return the vault that a reply is for, with the request that it waits on."""
    for place in Vaults(folder).listed():
        try:
            kept = orjson.loads(disk.read_small(place.folder / FILE, 2 * regain.MAX_BYTES))
            asked = regain.read_request(kept["request"].encode())
            private = bytes.fromhex(kept["private"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, NotThisRecovery):
            continue
        if asked.hash == reply.request:
            return place, asked, private
    raise NotThisRecovery(
        "No account on this laptop waits for this reply: make a new request with `fieldapp recovery request`."
    )


def _check(rx: Rx, asked: Request, reply: Reply, clock: Clock) -> None:
    """Hold an approval against what this laptop knows of its organisation and of itself."""
    approval = reply.approval
    approval.check(asked, rx.meta_text("org"))
    if (approval.staff, approval.device) != (rx.meta_text("staff"), rx.meta_text("device")):
        raise NotThisRecovery(
            "This reply was approved for somebody else's laptop: have it approved for this one."
        )
    regain.in_time(approval, clock.now_ms() + (rx.meta_int("clock_offset_ms") or 0))


def is_due(rx: Rx) -> bool:
    """Tell whether this vault was opened by a recovery and still has its old keys."""
    return bool(rx.meta_text(RENEWAL))


def renew(
    folder: Path, passphrase: str, *, clock: Clock, connect: Connect | None = None, code: str = "",
    kdf: KdfParams = SHIPPED, policy: Policy = POLICY, label: str = "Laptop",
) -> SyncStatus:  # fmt: skip
    """Send everything, enrol anew under the same passphrase, and let go of the old vault; the server revokes its keys.

    Raises NotReached, UsageFailure, EnrolmentFailed, WrongPassphrase; then the vault stays as it was and opens as before.

    Args:
        code: a new enrolment code, where the one of the recovery is older than a day.
    """
    opened, _ = Doorkeeper(folder, clock, policy).unlock(passphrase)
    try:
        with opened.store.reading() as rx:
            url, used = rx.meta_text("server"), code or rx.meta_text(RENEWAL)
        if not used:
            raise UsageFailure("This account has its own keys already: there is nothing to renew.")
        transport = (connect or HttpTransport)(url)
        old = opened.place
        try:
            _send_all(opened.store, old, transport, clock)
            with opened.store.reading() as rx:
                waits = int(rx.value(_WAITS))
        except BaseException:
            hang_up(transport)
            raise
    finally:
        opened.close()
    # Enrolment ends the connection that was begun here.
    status = enrol(
        folder,
        url,
        used,
        passphrase,
        clock=clock,
        kdf=kdf,
        vault_policy=policy,
        connect=lambda _: transport,
        label=label,
    )
    _let_go(old, keep=waits > 0)
    return status


def _send_all(store: Store, place: VaultPlace, transport: Transport, clock: Clock) -> None:
    said = Syncer(store, place.folder / "sync.lock", lambda _: transport, clock.now_ms).run()
    with store.reading() as rx:
        owed = outbox.owed(rx)
        drafts = sum(
            row.sent_revision < row.revision for row in rx.drafts() if row.device == rx.meta_text("device")
        )
    if owed or said.message:
        raise NotReached(f"Not everything was sent, so the old keys stay for now. {said.message}".strip())
    if drafts:
        raise NotReached("A draft was changed a moment ago and is not sent yet: run this again in a minute.")


def _let_go(old: VaultPlace, *, keep: bool) -> None:
    """Remove a vault whose work is all on the server; one with work that waits for a decision is set aside."""
    if keep:
        old.folder.rename(old.folder.with_name(f"{Vaults.ASIDE}{old.folder.name}"))
    else:
        shutil.rmtree(old.folder)
    disk.sync_folder(old.folder.parent)
