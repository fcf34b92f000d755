"""Cheap key derivation for tests, injected as any caller would: there is no switch in the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fieldapp.crypto import hpke, vault

CHEAP = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=CHEAP)
PASSPHRASE = "seven purple herons"


@pytest.fixture
def policy() -> vault.Policy:
    return POLICY


@pytest.fixture
def passphrase() -> str:
    return PASSPHRASE


@pytest.fixture
def recovery() -> tuple[bytes, bytes]:
    """A (private, public) recovery key pair."""
    return hpke.recovery_keypair()


@pytest.fixture
def make_vault(tmp_path: Path, recovery: tuple[bytes, bytes]) -> Callable[..., Path]:
    """A maker of vaults with a passphrase and a recovery slot, one folder each."""

    def make(name: str = "a", *, with_recovery: bool = True) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        public = recovery[1] if with_recovery else None
        vault.create(
            folder / "vault.json",
            PASSPHRASE,
            kdf=CHEAP,
            recovery_public=public,
            recovery_kid=hpke.key_id(public) if public else None,
            policy=POLICY,
        ).wipe()
        return folder / "vault.json"

    return make
