"""What the laptop leaves in its folder: who may read it, and where it may not be led to write."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from fieldapp.errors import FieldappError
from fieldapp.laptop.crisis_help import CrisisHelp, read_help, write_help
from fieldapp.laptop.vaults import Vaults
from tests.laptop.laptop_world import ANA, PASSPHRASE, World, opened

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes and links as Unix has them")


def modes(folder: Path) -> dict[str, int]:
    """Return the mode of everything in a folder, and of the folder itself."""
    return {
        str(path.relative_to(folder.parent)): stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }


def test_everything_is_private_even_under_an_open_mask(tmp_path: Path) -> None:
    """A whole process, hardened as every entry point is, that was started under mask 000."""
    code = textwrap.dedent(
        f"""
        import os, sys
        os.umask(0)
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from fieldapp.process import harden
        harden()
        from pathlib import Path
        from tests.laptop.laptop_world import ANA, World
        world = World(Path({str(tmp_path)!r}))
        client = world.client("Rossi, Rosa")
        laptop = world.laptop(ANA)
        laptop.start("note", client, values={{"format": "DAP"}})
        laptop.backup()
        world.close()
        """
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = modes(tmp_path / "ana")
    assert {"vault.json", "data.db", "help.json"} <= {name.rpartition("/")[2] for name in found}
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}


def test_a_data_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "data").symlink_to(elsewhere)
    with pytest.raises(FieldappError, match="link"):
        Vaults(tmp_path / "data").prepare()
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    (real / "vaults").symlink_to(elsewhere)
    with pytest.raises(FieldappError, match="link"):
        Vaults(real).prepare()
    assert list(elsewhere.iterdir()) == []


def test_a_vault_whose_folder_became_a_link_is_not_opened(world: World) -> None:
    laptop = world.laptop(ANA)
    vaults = opened(laptop).place.folder.parent
    laptop.lock()
    vaults.rename(vaults.with_name("moved"))
    vaults.symlink_to(vaults.with_name("moved"))
    with pytest.raises(FieldappError, match="link"):
        laptop.unlock(PASSPHRASE)
    vaults.unlink()
    vaults.with_name("moved").rename(vaults)
    assert laptop.unlock(PASSPHRASE).failed == 0


def test_vaults_of_somebody_else_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    with pytest.raises(FieldappError, match="somebody else"):
        Vaults(tmp_path / "data").prepare()


def test_a_folder_of_vaults_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    vaults = tmp_path / "data" / "vaults"
    vaults.mkdir(parents=True)
    vaults.chmod(0o777)
    Vaults(tmp_path / "data").prepare()
    assert {name: oct(mode) for name, mode in modes(vaults).items() if mode & 0o077} == {}


def test_a_link_in_the_place_of_a_file_is_neither_followed_nor_written_through(
    world: World, tmp_path: Path
) -> None:
    laptop = world.laptop(ANA)
    place = opened(laptop).place
    laptop.lock()
    outside = tmp_path / "outside"
    outside.write_text("somebody's")
    for name in ("unsent", "lock"):
        path = place.folder / name
        path.unlink(missing_ok=True)
        path.symlink_to(outside)
    (laptop.folder / "help.json").unlink(missing_ok=True)
    (laptop.folder / "help.json").symlink_to(outside)
    write_help(laptop.folder, CrisisHelp(program="Community", phone_24_7="206-555-0100"))
    try:
        laptop.unlock(PASSPHRASE)
    except FieldappError as failure:
        assert "\n" not in failure.sentence  # noqa: PT017
    laptop.lock()
    assert outside.read_text() == "somebody's"


def test_the_session_pin_is_in_no_file(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    pin = "80351746"
    laptop.set_pin(pin)
    assert laptop.check_pin("11111111") == 2
    assert laptop.check_pin(pin) is None
    laptop.start("note", client, values={"format": "DAP"})
    for _ in range(2):
        for path in laptop.folder.rglob("*"):
            if path.is_file():
                assert pin.encode() not in path.read_bytes(), path
        with opened(laptop).store.reading() as rx:
            tables = [row[0] for row in rx.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
            held = b"".join(repr(rx.all(f"SELECT * FROM {name}")).encode() for name in tables)
        assert pin.encode() not in held, "not even inside the encrypted file"
        laptop.lock()
        laptop.unlock(PASSPHRASE)
        assert not laptop.has_pin
        assert laptop.check_pin(pin) == 0


def test_crisis_help_needs_no_folder_no_vault_and_no_good_file(tmp_path: Path) -> None:
    for content in (
        None,
        b"",
        b"\xff{[",
        b"[]",
        b'{"program": 5, "counties": [["x"]]}',
        b'"' + b"x" * 100_000,
    ):
        folder = tmp_path / "data"
        if content is not None:
            folder.mkdir(exist_ok=True)
            (folder / "help.json").write_bytes(content)
        lines = read_help(folder).lines
        assert any("988" in line for line in lines)
        assert any("911" in line for line in lines)
