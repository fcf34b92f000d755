"""What `vault.json` looks like, and which files are refused before any key is derived (test 8)."""

from __future__ import annotations

import base64
import copy
import json
import os
import stat
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import slots, vault, vaultfile
from fieldapp.records import canonical

MakeVault = Callable[..., Path]


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


GOOD: dict[str, Any] = {
    "fmt": "fieldapp-vault",
    "v": 1,
    "vault": "0" * 32,
    "gen": 7,
    "slots": [
        {
            "id": "a1b2c3d4",
            "type": "passphrase",
            "kdf": {"alg": "argon2id", "m": 131072, "t": 3, "p": 4, "salt": b64(bytes(16))},
            "nonce": b64(bytes(12)),
            "ct": b64(bytes(48)),
        },
        {
            "id": "00000001",
            "type": "recovery",
            "suite": "hpke-x25519-hkdfsha256-a256gcm",
            "kid": "0011223344556677",
            "ct": b64(bytes(80)),
        },
    ],
    "mac": b64(bytes(32)),
}


def with_change(place: tuple[str | int, ...], value: Any) -> bytes:
    """Return the good file with one value put at a place (or taken away, for ...)."""
    changed = copy.deepcopy(GOOD)
    target: Any = changed
    for step in place[:-1]:
        target = target[step]
    if value is ...:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return json.dumps(changed, sort_keys=True, separators=(",", ":")).encode()


def test_the_good_file_parses() -> None:
    header = vaultfile.parse(canonical.dumps(GOOD))
    assert (header.gen, header.vault, len(header.slots)) == (7, "0" * 32, 2)
    assert len(canonical.dumps(GOOD)) == 581


S0, S1 = ("slots", 0), ("slots", 1)
KDF = (*S0, "kdf")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("fmt",), "other"),
        (("v",), 2),
        (("v",), True),
        (("v",), "1"),
        (("vault",), "0" * 31),
        (("vault",), "A" * 32),
        (("vault",), "0" * 31 + "\n"),
        (("gen",), 0),
        (("gen",), -1),
        (("gen",), True),
        (("gen",), 1.0),
        (("gen",), 2**53),
        (("gen",), "7"),
        (("slots",), []),
        (("slots",), {}),
        (("slots",), [GOOD["slots"][0], GOOD["slots"][0]]),
        (("slots",), [{**GOOD["slots"][0], "id": f"0000000{n}"} for n in range(9)]),
        (("mac",), b64(bytes(31))),
        (("mac",), ...),
        (("name",), "a person"),
        ((*S0, "id"), "a1b2c3d"),
        ((*S0, "id"), "A1B2C3D4"),
        ((*S0, "type"), "pin"),
        ((*S0, "type"), ...),
        ((*S0, "hint"), "x"),
        ((*S0, "nonce"), ...),
        ((*S0, "nonce"), b64(bytes(11))),
        ((*S0, "ct"), b64(bytes(47))),
        ((*S0, "ct"), b64(bytes(49))),
        ((*S0, "ct"), b64(bytes(48))[:-1] + "\n"),
        ((*S0, "ct"), "A" * 63 + "\n" + "A"),
        ((*S0, "ct"), 5),
        ((*KDF, "alg"), "argon2i"),
        ((*KDF, "alg"), ...),
        ((*KDF, "extra"), 1),
        ((*KDF, "m"), 65535),
        ((*KDF, "m"), 1024),
        ((*KDF, "m"), 1048577),
        ((*KDF, "m"), 2**30),
        ((*KDF, "m"), True),
        ((*KDF, "m"), 131072.0),
        ((*KDF, "t"), 2),
        ((*KDF, "t"), 0),
        ((*KDF, "t"), 11),
        ((*KDF, "p"), 0),
        ((*KDF, "p"), 9),
        ((*KDF, "salt"), b64(bytes(15))),
        ((*KDF, "salt"), b64(bytes(16))[:-3] + "B=="),
        (KDF, []),
        ((*S1, "suite"), "hpke-other"),
        ((*S1, "kid"), "Agency"),
        ((*S1, "kid"), "0" * 65),
        ((*S1, "ct"), b64(bytes(79))),
        ((*S1, "id"), "a1b2c3d4"),
        ((*S1, "nonce"), b64(bytes(12))),
        (S1, None),
    ],
)
def test_each_departure_from_the_format_is_refused(place: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(vault.VaultDamaged):
        vaultfile.parse(with_change(place, value))


@pytest.mark.parametrize(("m", "t", "p"), [(65536, 3, 1), (1048576, 3, 4), (131072, 10, 4), (131072, 3, 8)])
def test_the_limits_themselves_are_accepted(m: int, t: int, p: int) -> None:
    kdf = {"alg": "argon2id", "m": m, "t": t, "p": p, "salt": b64(bytes(16))}
    vaultfile.parse(with_change(KDF, kdf))


HOSTILE = {
    "KDF of 1 MiB": with_change((*KDF, "m"), 1024),
    "KDF of 1 TiB": with_change((*KDF, "m"), 2**30),
    "KDF without passes": with_change((*KDF, "t"), 0),
    "unknown algorithm": with_change((*KDF, "alg"), "scrypt"),
    "17 KiB": canonical.dumps(GOOD) + b" " * 17 * 1024,
    "17 KiB of one string": with_change(("vault",), "0" * 17 * 1024),
    "duplicate keys": canonical.dumps(GOOD).replace(b'"gen":7', b'"gen":9,"gen":7'),
    "1,000 deep": b"[" * 1000 + b"]" * 1000,
    "as deep as it can be": b"[" * 8000 + b"]" * 8000,
    "not canonical": json.dumps(GOOD, sort_keys=True).encode(),
    "empty": b"",
    "cut short": canonical.dumps(GOOD)[:-1],
    "not UTF-8": b"\xff\xfe" * 100,
    "a list": b"[]",
    "null": b"null",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_fast_small_and_without_deriving_a_key(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def derived(*_: object) -> None:
        raise AssertionError("a key was derived from an unchecked file")

    monkeypatch.setattr(slots, "_stretch", derived)
    path = tmp_path / "vault.json"
    path.write_bytes(data)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(vault.VaultDamaged) as refused:
        vault.unlock(path, "any passphrase")
    took = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A key takes a third of a second; the tracing of memory makes reading slow.
    assert took < 0.2
    assert peak < 1_000_000
    assert "restore it from a backup" in str(refused.value)
    assert path.read_bytes() == data


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    with pytest.raises(vault.VaultDamaged):
        vaultfile.parse(data)


@given(at=st.integers(0, 580), new=st.integers(0, 255))
def test_any_changed_byte_parses_or_is_refused(at: int, new: int) -> None:
    data = bytearray(canonical.dumps(GOOD))
    data[at] = new
    try:
        header = vaultfile.parse(bytes(data))
    except vault.VaultDamaged:
        return
    assert header.slots


def test_the_parser_itself_refuses_more_than_16_kib() -> None:
    with pytest.raises(vault.VaultDamaged) as refused:
        vaultfile.parse(HOSTILE["17 KiB of one string"])
    assert refused.value.detail == "size"


def test_what_is_not_a_plain_file_is_refused_at_once(tmp_path: Path, make_vault: MakeVault) -> None:
    good = make_vault()
    link, pipe, folder = tmp_path / "link", tmp_path / "pipe", tmp_path / "folder"
    link.symlink_to(good)
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (link, pipe, folder):
        with pytest.raises(vault.VaultDamaged):
            vault.unlock(path, "any passphrase")
    with pytest.raises(vault.VaultMissing, match="enrol"):
        vault.unlock(tmp_path / "nothing", "any passphrase")


def test_a_made_vault_is_private_canonical_and_small(make_vault: MakeVault, passphrase: str) -> None:
    umask = os.umask(0)
    try:
        path = make_vault()
    finally:
        os.umask(umask)
    data = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == ["vault.json"]
    assert canonical.dumps(canonical.loads(data)) == data
    assert len(data) < 600
    assert passphrase.encode() not in data


def test_shipped_settings_are_those_of_the_specification() -> None:
    assert vault.KdfParams(131072, 3, 4) == vault.SHIPPED == vault.POLICY.wanted
    policy = vault.POLICY
    assert (policy.min_m_kib, policy.max_m_kib, policy.min_t, policy.max_t, policy.max_p) == (
        65536,
        1048576,
        3,
        10,
        8,
    )
