"""A vault of each format that was ever made opens with the present code, by passphrase and by recovery key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fieldapp.crypto import vault

KEPT = Path(__file__).parents[1] / "data"
ROOT = bytes(range(100, 132))
RECOVERY = bytes(range(32))
FORMATS = sorted(path.name for path in KEPT.glob("vault-format-*.json"))
"""Never made anew: a file of a format stays as the version that brought the format wrote it."""


def test_a_file_of_every_format_is_kept() -> None:
    assert FORMATS == ["vault-format-1.json"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_vault_of_an_earlier_format_opens_and_refuses_another_passphrase(name: str, tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    shutil.copy(KEPT / name, path)
    found = vault.unlock(path, "seven purple herons")
    assert found.mac_ok
    assert bytes(found.vault_key.view()) == ROOT
    assert bytes(vault.open_recovery(path, RECOVERY).view()) == ROOT
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(path, "seven purple herron")
