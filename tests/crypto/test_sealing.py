"""Rows at rest on the server: nothing opens without the master key, or in another place (tests 50-52)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.crypto import sealing

SENTINEL = b"the note nobody else may read"
ROW: dict[str, Any] = {"hash": "a" * 64, "record": "r-1", "kind": "note", "client": "c-1"}


def keys_with(*dk_ids: str, master: sealing.MasterKey | None = None) -> tuple[sealing.DataKeys, list[bytes]]:
    made = sealing.DataKeys(master or sealing.MasterKey(bytes(32)))
    wrapped = []
    for month in dk_ids:
        dk_id, sealed_key = made.new(month)
        made.add(dk_id, sealed_key)
        wrapped.append(sealed_key)
    return made, wrapped


def test_a_row_comes_back_and_shows_nothing_sealed() -> None:
    keys, _ = keys_with("202611")
    sealed = keys.seal("DK_202611", **ROW, plaintext=SENTINEL)
    assert SENTINEL not in sealed
    assert len(sealed) == len(SENTINEL) + 28
    assert keys.unseal("DK_202611", **ROW, sealed=sealed) == SENTINEL
    assert keys.seal("DK_202611", **ROW, plaintext=SENTINEL) != sealed


def test_the_format_is_the_written_one() -> None:
    master = sealing.MasterKey(bytes(32))
    keys, (wrapped,) = keys_with("202611", master=master)
    data_key = AESGCM(bytes(32)).decrypt(wrapped[:12], wrapped[12:], b"DK_202611")
    row_key = HKDF(SHA256(), 32, None, f"row|r-1|{'a' * 64}".encode()).derive(data_key)
    sealed = keys.seal("DK_202611", **ROW, plaintext=SENTINEL)
    place = f"{'a' * 64}|r-1|note|c-1|DK_202611".encode()
    assert AESGCM(row_key).decrypt(sealed[:12], sealed[12:], place) == SENTINEL


@pytest.mark.parametrize(
    "moved",
    [{"hash": "b" * 64}, {"record": "r-2"}, {"kind": "contact"}, {"client": "c-2"}, {"client": None}],
    ids=lambda moved: next(iter(moved)),
)
def test_a_payload_moved_or_relabelled_does_not_open(moved: dict[str, Any]) -> None:
    keys, _ = keys_with("202611")
    sealed = keys.seal("DK_202611", **ROW, plaintext=SENTINEL)
    row = {**ROW, **moved}
    with pytest.raises(sealing.SealBroken) as broken:
        keys.unseal("DK_202611", **row, sealed=sealed)
    assert broken.value.name == row["hash"]
    assert row["hash"] in str(broken.value)
    assert "r-1" not in str(broken.value)
    assert "c-1" not in str(broken.value)


def test_another_data_key_does_not_open() -> None:
    keys, _ = keys_with("202611", "202612")
    sealed = keys.seal("DK_202611", **ROW, plaintext=SENTINEL)
    with pytest.raises(sealing.SealBroken):
        keys.unseal("DK_202612", **ROW, sealed=sealed)


def test_a_data_key_stored_under_another_id_does_not_load() -> None:
    keys, (wrapped,) = keys_with("202611")
    with pytest.raises(sealing.SealBroken, match="DK_202612"):
        keys.add("DK_202612", wrapped)


def test_every_changed_byte_and_every_cut_is_found() -> None:
    keys, _ = keys_with("202611")
    sealed = keys.seal("DK_202611", **ROW, plaintext=SENTINEL)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(sealing.SealBroken):
            keys.unseal("DK_202611", **ROW, sealed=bytes(changed))
        with pytest.raises(sealing.SealBroken):
            keys.unseal("DK_202611", **ROW, sealed=sealed[:at])


def test_without_the_master_key_no_data_key_loads() -> None:
    _, (wrapped,) = keys_with("202611")
    stranger = sealing.DataKeys(sealing.MasterKey(b"\1" * 32))
    with pytest.raises(sealing.SealBroken):
        stranger.add("DK_202611", wrapped)
    with pytest.raises(sealing.DataKeyMissing):
        stranger.seal("DK_202611", **ROW, plaintext=SENTINEL)
    with pytest.raises(sealing.DataKeyMissing):
        stranger.unseal("DK_202611", **ROW, sealed=bytes(60))


def test_a_new_data_key_is_not_used_before_it_was_stored() -> None:
    keys = sealing.DataKeys(sealing.MasterKey(bytes(32)))
    dk_id, wrapped = keys.new("202611")
    assert dk_id not in keys
    keys.add(dk_id, wrapped)
    assert dk_id in keys
    for month in ("2026-11", "202613", "202600", "20261"):
        with pytest.raises(ValueError, match="month"):
            keys.new(month)


def test_two_places_are_never_spelled_alike() -> None:
    keys, _ = keys_with("202611")
    with pytest.raises(ValueError, match="bar"):
        keys.seal("DK_202611", hash="a", record="b|c", kind="d", client="e", plaintext=b"")
    with pytest.raises(ValueError, match="bar"):
        keys.seal_blob("DK_202611", purpose="draft", name="a|b", plaintext=b"")


def test_blobs_are_bound_to_purpose_and_name_and_are_not_rows() -> None:
    keys, _ = keys_with("202611", "202612")
    sealed = keys.seal_blob("DK_202611", purpose="draft", name="d-1", plaintext=SENTINEL)
    assert keys.unseal_blob("DK_202611", purpose="draft", name="d-1", sealed=sealed) == SENTINEL
    for dk_id, purpose, name in (
        ("DK_202611", "audit", "d-1"),
        ("DK_202611", "draft", "d-2"),
        ("DK_202612", "draft", "d-1"),
    ):
        with pytest.raises(sealing.SealBroken):
            keys.unseal_blob(dk_id, purpose=purpose, name=name, sealed=sealed)
    with pytest.raises(sealing.SealBroken):
        keys.unseal("DK_202611", hash="d-1", record="draft", kind="", client=None, sealed=sealed)


def test_a_rotation_cut_short_reads_all_rows_and_can_go_on() -> None:
    old, new = sealing.MasterKey(bytes(32)), sealing.MasterKey(b"\1" * 32)
    keys, wrapped = keys_with("202610", "202611", master=old)
    sealed = {dk_id: keys.seal(dk_id, **ROW, plaintext=SENTINEL) for dk_id in ("DK_202610", "DK_202611")}
    rewrapped = keys.rewrap(new)
    assert set(rewrapped) == set(sealed)

    halfway = sealing.DataKeys(new, former=[old])
    halfway.add("DK_202610", rewrapped["DK_202610"])
    halfway.add("DK_202611", wrapped[1])
    for dk_id, payload in sealed.items():
        assert halfway.unseal(dk_id, **ROW, sealed=payload) == SENTINEL

    finished = sealing.DataKeys(new)
    for dk_id, stored in halfway.rewrap(new).items():
        finished.add(dk_id, stored)
    for dk_id, payload in sealed.items():
        assert finished.unseal(dk_id, **ROW, sealed=payload) == SENTINEL
    with pytest.raises(sealing.SealBroken):
        finished.add("DK_202611", wrapped[1])


def test_the_master_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    made = sealing.MasterKey.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert len(path.read_bytes()) == 32
    loaded = sealing.MasterKey.load(path)
    assert loaded.unwrap("DK_202611", made.wrap("DK_202611", bytes(32))) == bytes(32)
    with pytest.raises(sealing.MasterKeyExists):
        sealing.MasterKey.create(path)
    for shown in (repr(made), repr(sealing.DataKeys(made))):
        assert path.read_bytes().hex() not in shown
        assert "hidden" in shown


def test_a_link_is_neither_followed_nor_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    sealing.MasterKey.create(real)
    link.symlink_to(real)
    with pytest.raises(sealing.MasterKeyMissing):
        sealing.MasterKey.load(link)
    real.unlink()
    with pytest.raises(sealing.MasterKeyExists):
        sealing.MasterKey.create(link)
    assert not real.exists()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o402, 0o644, 0o410])
def test_a_master_key_that_others_can_touch_is_refused(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    sealing.MasterKey.create(path)
    path.chmod(mode)
    with pytest.raises(sealing.MasterKeyExposed, match="0400"):
        sealing.MasterKey.load(path)


def test_a_credential_of_root_may_be_readable_by_the_service_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "credential"
    sealing.MasterKey.create(path)
    path.chmod(0o440)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    if owner == 0:
        sealing.MasterKey.load(path)
        path.chmod(0o444)
    with pytest.raises(sealing.MasterKeyExposed):
        sealing.MasterKey.load(path)


@pytest.mark.parametrize("content", [None, b"", bytes(31), bytes(33)])
def test_a_missing_or_malformed_master_key_says_what_to_do(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o400)
    with pytest.raises(sealing.MasterKeyMissing, match="sealed copy"):
        sealing.MasterKey.load(path)
