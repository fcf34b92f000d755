"""The bytes of `vault.json`: a strict parser that refuses hostile files before any key is derived."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from fieldapp.crypto.hpke import SUITE_NAME
from fieldapp.crypto.secret import VaultKey
from fieldapp.errors import DataDamaged
from fieldapp.records import canonical

FORMAT = "fieldapp-vault"
VERSION = 1
MAX_BYTES = 16 * 1024
MAX_SLOTS = 8
SALT_BYTES, NONCE_BYTES, WRAPPED_BYTES, SEALED_BYTES = 16, 12, 48, 80

_VAULT_ID = re.compile(r"[0-9a-f]{32}")
_SLOT_ID = re.compile(r"[0-9a-f]{8}")
_KID = re.compile(r"[0-9a-f]{8,64}")


class VaultDamaged(DataDamaged):
    """The key file is damaged, cut short, hostile or altered; `detail` names the place, never a value."""

    def __init__(
        self,
        detail: str,
        sentence: str = "The vault's key file is damaged or was changed; restore it from a backup of this "
        "laptop, or ask your administrator for a recovery.",
    ) -> None:
        super().__init__(sentence)
        self.detail = detail


@dataclass(frozen=True)
class KdfParams:
    """What one guess of a passphrase costs: memory in KiB, passes, lanes (Argon2id, RFC 9106)."""

    m_kib: int
    t: int
    p: int


SHIPPED = KdfParams(m_kib=131072, t=3, p=4)


@dataclass(frozen=True)
class Policy:
    """Which KDF settings the parser accepts; the floor is constant so that an old vault always opens."""

    min_m_kib: int = 65536
    max_m_kib: int = 1048576
    min_t: int = 3
    max_t: int = 10
    max_p: int = 8
    wanted: KdfParams = SHIPPED

    def accepts(self, kdf: KdfParams) -> bool:
        """Return whether the settings lie inside the limits."""
        return (
            self.min_m_kib <= kdf.m_kib <= self.max_m_kib
            and self.min_t <= kdf.t <= self.max_t
            and 1 <= kdf.p <= self.max_p
        )

    def is_below(self, kdf: KdfParams) -> bool:
        """Return whether the settings are weaker than those wanted now."""
        return kdf.m_kib < self.wanted.m_kib or kdf.t < self.wanted.t

    def raised(self, kdf: KdfParams) -> KdfParams:
        """Return the settings for a new slot in place of `kdf`: wanted now, never weaker than before."""
        return KdfParams(max(kdf.m_kib, self.wanted.m_kib), max(kdf.t, self.wanted.t), self.wanted.p)


POLICY = Policy()


@dataclass(frozen=True)
class PassphraseSlot:
    """The vault key wrapped by AES-256-GCM under Argon2id of a passphrase."""

    id: str
    kdf: KdfParams
    salt: bytes
    nonce: bytes
    ct: bytes

    def bound(self) -> dict[str, Any]:
        """Return the fields that the wrapping authenticates."""
        kdf = {
            "alg": "argon2id",
            "m": self.kdf.m_kib,
            "t": self.kdf.t,
            "p": self.kdf.p,
            "salt": _b64(self.salt),
        }
        return {"id": self.id, "type": "passphrase", "kdf": kdf}

    def wire(self) -> dict[str, Any]:
        """Return all fields as they stand in the file."""
        return {**self.bound(), "nonce": _b64(self.nonce), "ct": _b64(self.ct)}


@dataclass(frozen=True)
class RecoverySlot:
    """The vault key sealed by HPKE to the organisation's recovery key `kid`."""

    id: str
    kid: str
    ct: bytes

    def bound(self) -> dict[str, Any]:
        """Return the fields that the sealing authenticates."""
        return {"id": self.id, "type": "recovery", "suite": SUITE_NAME, "kid": self.kid}

    def wire(self) -> dict[str, Any]:
        """Return all fields as they stand in the file."""
        return {**self.bound(), "ct": _b64(self.ct)}


Slot: TypeAlias = PassphraseSlot | RecoverySlot


@dataclass(frozen=True)
class Header:
    """The parsed file: vault id, generation, slots and the MAC as it was read (empty when new)."""

    vault: str
    gen: int
    slots: tuple[Slot, ...]
    mac: bytes = b""

    def mac_under(self, vault_key: VaultKey) -> bytes:
        """Return the 32-byte MAC that this content should carry."""
        return hmac.digest(vault_key.derive("header"), canonical.dumps(self._body()), "sha256")

    def mac_ok(self, vault_key: VaultKey) -> bool:
        """Return whether the file's MAC fits its content."""
        return hmac.compare_digest(self.mac_under(vault_key), self.mac)

    def encode(self, vault_key: VaultKey) -> bytes:
        """Return the bytes of the file, with a fresh MAC."""
        return canonical.dumps({**self._body(), "mac": _b64(self.mac_under(vault_key))})

    def _body(self) -> dict[str, Any]:
        slots = [slot.wire() for slot in self.slots]
        return {"fmt": FORMAT, "v": VERSION, "vault": self.vault, "gen": self.gen, "slots": slots}


def aad(vault: str, slot: Slot) -> bytes:
    """Return what the wrapping of a slot is bound to: format, vault id and its own parameters."""
    return canonical.dumps({"fmt": FORMAT, "v": VERSION, "vault": vault, "slot": slot.bound()})


def parse(data: bytes, policy: Policy = POLICY) -> Header:
    """Return the header of at most 16 KiB of canonical JSON; raises VaultDamaged, derives nothing."""
    if len(data) > MAX_BYTES:
        raise VaultDamaged("size")
    try:
        value = canonical.loads(data)
    except canonical.NotCanonical:
        raise VaultDamaged("json") from None
    top = _fields(value, {"fmt", "v", "vault", "gen", "slots", "mac"}, "file")
    if top["fmt"] != FORMAT or type(top["v"]) is not int or top["v"] != VERSION:
        raise VaultDamaged("format")
    slots = top["slots"]
    if type(slots) is not list or not 1 <= len(slots) <= MAX_SLOTS:
        raise VaultDamaged("slots")
    parsed = tuple(_slot(slot, policy) for slot in slots)
    if len({slot.id for slot in parsed}) != len(parsed):
        raise VaultDamaged("slot ids")
    return Header(
        vault=_text(top["vault"], _VAULT_ID, "vault"),
        gen=_number(top["gen"], "gen"),
        slots=parsed,
        mac=_bytes(top["mac"], 32, "mac"),
    )


def recovery_slot(value: Any) -> RecoverySlot:
    """Return a recovery slot that stands alone, as a request for a recovery carries it; raises VaultDamaged."""
    slot = _slot(value, POLICY)
    if not isinstance(slot, RecoverySlot):
        raise VaultDamaged("slot type")
    return slot


def check_kid(kid: str) -> None:
    """Refuse a recovery key id that is not 8 to 64 hex characters; raises ValueError."""
    if not _KID.fullmatch(kid):
        raise ValueError("a recovery key id is 8 to 64 hex characters")


def _slot(value: Any, policy: Policy) -> Slot:
    kind = value.get("type") if type(value) is dict else None
    if kind == "passphrase":
        slot = _fields(value, {"id", "type", "kdf", "nonce", "ct"}, "passphrase slot")
        kdf = _fields(slot["kdf"], {"alg", "m", "t", "p", "salt"}, "kdf")
        params = KdfParams(_number(kdf["m"], "m"), _number(kdf["t"], "t"), _number(kdf["p"], "p"))
        if kdf["alg"] != "argon2id" or not policy.accepts(params):
            raise VaultDamaged("kdf")
        return PassphraseSlot(
            id=_text(slot["id"], _SLOT_ID, "slot id"),
            kdf=params,
            salt=_bytes(kdf["salt"], SALT_BYTES, "salt"),
            nonce=_bytes(slot["nonce"], NONCE_BYTES, "nonce"),
            ct=_bytes(slot["ct"], WRAPPED_BYTES, "ct"),
        )
    if kind == "recovery":
        slot = _fields(value, {"id", "type", "suite", "kid", "ct"}, "recovery slot")
        if slot["suite"] != SUITE_NAME:
            raise VaultDamaged("suite")
        return RecoverySlot(
            id=_text(slot["id"], _SLOT_ID, "slot id"),
            kid=_text(slot["kid"], _KID, "kid"),
            ct=_bytes(slot["ct"], SEALED_BYTES, "ct"),
        )
    raise VaultDamaged("slot type")


def _fields(value: Any, names: set[str], where: str) -> dict[str, Any]:
    if type(value) is not dict or value.keys() != names:
        raise VaultDamaged(where)
    return value


def _number(value: Any, where: str) -> int:
    if type(value) is not int or value < 1:
        raise VaultDamaged(where)
    return value


def _text(value: Any, form: re.Pattern[str], where: str) -> str:
    if type(value) is not str or not form.fullmatch(value):
        raise VaultDamaged(where)
    return value


def _bytes(value: Any, length: int, where: str) -> bytes:
    """Return base64 text as bytes, refusing any other spelling of the same bytes."""
    try:
        raw = base64.b64decode(value, validate=True) if type(value) is str else b""
    except ValueError:
        raise VaultDamaged(where) from None
    if len(raw) != length or _b64(raw) != value:
        raise VaultDamaged(where)
    return raw


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
