"""A forgotten passphrase, undone by two people: what travels between the laptop and them (security.md 9).

The laptop writes a *request*. One person, at the server, *approves* it after a call back, in the authority's name. Another one
opens the vault's recovery slot with the organisation's recovery key and seals the vault key to the laptop's one-time
key: the *reply*. Each is a small JSON file that may travel by any way, also on a stick: a request and an approval
say nothing secret, a reply opens nothing without the key that never left the laptop.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.crypto import hpke, vaultfile
from fieldapp.crypto.keys import Identity, org_id, verify
from fieldapp.crypto.secret import VaultKey
from fieldapp.crypto.slots import open_recovery_slot
from fieldapp.crypto.vaultfile import Header, RecoverySlot
from fieldapp.errors import UsageFailure
from fieldapp.records.canonical import Json, NotCanonical, dumps, loads

REQUEST, APPROVAL, REPLY = (
    "fieldapp-recovery-request",
    "fieldapp-recovery-approval",
    "fieldapp-recovery-reply",
)
GOOD_FOR_MS = 24 * 3_600_000
"""How long a request may wait for its approval, and an approval for its use."""
MAX_BYTES = 16 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{32}")


class NotThisRecovery(UsageFailure):
    """The files of a recovery do not belong together, or are too old; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a laptop asks for; made of what stands in its key file anyway and of a one-time public key."""

    id: str
    vault: str
    slot: Mapping[str, Json]
    public: bytes
    at_ms: int

    def data(self) -> bytes:
        """Return the bytes of the file."""
        return dumps(
            {"fmt": REQUEST, "v": 1, "id": self.id, "vault": self.vault, "slot": dict(self.slot),
             "public": self.public.hex(), "at_ms": self.at_ms}
        )  # fmt: skip

    @property
    def hash(self) -> str:
        """What approval and reply name the request by."""
        return hashlib.sha256(self.data()).hexdigest()

    @property
    def code(self) -> str:
        """What is read out on the telephone: sixteen digits of the request's hash, in fours."""
        digits = f"{int(self.hash, 16) % 10**16:016}"
        return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's statement, in the authority's name, that this request is this person's on this laptop."""

    request: str
    staff: str
    device: str
    at_ms: int
    authority: bytes
    code: bytes
    """A one-time enrolment code for the keys that replace the old ones, sealed to the laptop's one-time key."""
    signature: bytes = b""

    def spoken(self) -> bytes:
        """Return what is signed."""
        return dumps(
            {"fmt": APPROVAL, "v": 1, "request": self.request, "staff": self.staff, "device": self.device,
             "at_ms": self.at_ms, "authority": self.authority.hex(), "code": self.code.hex()}
        )  # fmt: skip

    def data(self) -> bytes:
        """Return the bytes of the file."""
        return dumps({**loads(self.spoken()), "signature": self.signature.hex()})

    def check(self, request: Request, organisation: str) -> None:
        """Raise NotThisRecovery unless it is this organisation's statement about this request, in time."""
        sound = org_id(self.authority) == organisation and verify(
            self.authority, "recovery", self.spoken(), self.signature
        )
        if not sound:
            raise NotThisRecovery(
                "This approval is not from your organisation's server: have it made there again."
            )
        if self.request != request.hash:
            raise NotThisRecovery(
                "This approval is for another request: take the two files that belong together."
            )


@dataclass(frozen=True, slots=True)
class Reply:
    """The vault key, sealed to the laptop's one-time key; with the approval that allowed it."""

    request: str
    sealed: bytes = field(repr=False)
    approval: Approval

    def data(self) -> bytes:
        """Return the bytes of the file."""
        return dumps(
            {"fmt": REPLY, "v": 1, "request": self.request, "sealed": self.sealed.hex(),
             "approval": loads(self.approval.data())}
        )  # fmt: skip


def ask(header: Header, request_id: str, at_ms: int) -> tuple[Request, bytes]:
    """Return a request of a vault and the private half of its one-time key; raises NotThisRecovery without a slot."""
    slot = next((one for one in header.slots if isinstance(one, RecoverySlot)), None)
    if slot is None:
        raise NotThisRecovery(
            "This vault has no recovery slot: its passphrase cannot be replaced. What was sent is safe on the server."
        )
    private, public = hpke.recovery_keypair()
    return Request(request_id, header.vault, slot.wire(), public, at_ms), private


def approve(
    request: Request, identity: Identity, staff: str, device: str, code: str, now_ms: int
) -> Approval:
    """Return a signed approval; raises NotThisRecovery for a request that is too old."""
    _in_time(request.at_ms, now_ms, "This request is older than a day: have the laptop make a new one.")
    sealed = hpke.seal_to(request.public, code.encode(), _code_info(request.hash))
    bare = Approval(request.hash, staff, device, now_ms, identity.public, sealed)
    return Approval(
        bare.request, staff, device, now_ms, identity.public, sealed, identity.sign("recovery", bare.spoken())
    )


def answer(request: Request, approval: Approval, organisation: str, private: bytes, now_ms: int) -> Reply:
    """Open the slot that a request carries and seal the vault key to the laptop; raises NotThisRecovery.

    Args:
        organisation: the id that the approval's authority must have.
        private: of the organisation's recovery key.
    """
    approval.check(request, organisation)
    _in_time(approval.at_ms, now_ms, "This approval is older than a day: start again with a new request.")
    slot = vaultfile.recovery_slot(dict(request.slot))
    vault_key = open_recovery_slot(request.vault, slot, private)
    if vault_key is None:
        raise NotThisRecovery(
            "This recovery key does not open that vault; take the key that was in force at enrolment."
        )
    try:
        sealed = hpke.seal_to(request.public, vault_key.view(), _reply_info(request.hash))
    finally:
        vault_key.wipe()
    return Reply(request.hash, sealed, approval)


def take(request: Request, private: bytes, reply: Reply) -> tuple[VaultKey, str]:
    """Return the vault key and the enrolment code of a reply to one's own request; raises NotThisRecovery.

    The approval is checked by the caller, once the pinned authority can be read.
    """
    other = NotThisRecovery(
        "This reply is for another request: take the one that was made for this laptop's last request."
    )
    if reply.request != request.hash or reply.approval.request != request.hash:
        raise other
    key = hpke.open_from(private, reply.sealed, _reply_info(request.hash))
    code = hpke.open_from(private, reply.approval.code, _code_info(request.hash))
    if key is None or len(key) != 32 or code is None:
        raise other
    return VaultKey(bytearray(key)), code.decode()


def in_time(approval: Approval, now_ms: int) -> None:
    """Raise NotThisRecovery for an approval that is too old."""
    _in_time(approval.at_ms, now_ms, "This reply is older than a day: start again with a new request.")


def _in_time(at_ms: int, now_ms: int, sentence: str) -> None:
    # A clock that runs a few minutes ahead is no reason to send somebody back.
    if not at_ms - 10 * 60_000 <= now_ms <= at_ms + GOOD_FOR_MS:
        raise NotThisRecovery(sentence)


def _reply_info(request: str) -> bytes:
    return b"fieldapp/v1/recovery-reply" + bytes.fromhex(request)


def _code_info(request: str) -> bytes:
    return b"fieldapp/v1/recovery-code" + bytes.fromhex(request)


# Reading


def read_request(data: bytes) -> Request:
    """Return a request; raises NotThisRecovery for anything else."""
    value = _object(data, REQUEST, {"id", "vault", "slot", "public", "at_ms"})
    try:
        slot = vaultfile.recovery_slot(value["slot"])
        found = Request(
            _match(_ID, value["id"]), _match(_ID, value["vault"]), slot.wire(), _hex(value["public"], 32), _ms(value["at_ms"])
        )  # fmt: skip
    except (ValueError, TypeError, vaultfile.VaultDamaged):
        raise _unreadable("request") from None
    return found


def read_approval(data: bytes) -> Approval:
    """Return an approval, unchecked; raises NotThisRecovery for anything else."""
    names = {"request", "staff", "device", "at_ms", "authority", "code", "signature"}
    value = _object(data, APPROVAL, names)
    try:
        if not isinstance(value["staff"], str) or not isinstance(value["device"], str):
            raise TypeError
        return Approval(
            _match(_HASH, value["request"]), value["staff"], value["device"], _ms(value["at_ms"]),
            _hex(value["authority"], 32), _hex(value["code"]), _hex(value["signature"], 64),
        )  # fmt: skip
    except (ValueError, TypeError):
        raise _unreadable("approval") from None


def read_reply(data: bytes) -> Reply:
    """Return a reply, unchecked; raises NotThisRecovery for anything else."""
    value = _object(data, REPLY, {"request", "sealed", "approval"})
    try:
        return Reply(
            _match(_HASH, value["request"]), _hex(value["sealed"]), read_approval(dumps(value["approval"]))
        )
    except (ValueError, TypeError):
        raise _unreadable("reply") from None


def _object(data: bytes, fmt: str, names: set[str]) -> dict[str, Any]:
    what = fmt.rpartition("-")[2]
    if len(data) > MAX_BYTES:
        raise _unreadable(what)
    try:
        value = loads(data.strip())
    except NotCanonical:
        raise _unreadable(what) from None
    if (
        not isinstance(value, dict)
        or value.get("fmt") != fmt
        or value.get("v") != 1
        or set(value) != {"fmt", "v", *names}
    ):
        raise _unreadable(what)
    return value


def _unreadable(what: str) -> NotThisRecovery:
    return NotThisRecovery(
        f"This file is not the {what} of a recovery; take the file that the command before wrote."
    )


def _match(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value


def _hex(value: object, length: int | None = None) -> bytes:
    if not isinstance(value, str):
        raise TypeError
    found = bytes.fromhex(value)
    if length is not None and len(found) != length:
        raise ValueError
    return found


def _ms(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError
    return value
