"""Each way in which things go wrong: one clear sentence, its exit code (docs/cli.md), and nothing lost."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldapp.laptop.vaults import Vaults
from fieldapp.server import admin
from fieldapp.server.service import Server
from tests.e2e.agency import CLINICIAN, PASSPHRASE, ROSTER, SUPERVISOR, TECHNICIAN, Agency

KEY, DAMAGED, DISK, AWAY, REFUSED, INPUT = 3, 4, 5, 6, 7, 8
HOUR_MS = 3_600_000
NEW = "mrn,last,first,dob,program,primary_staff\nNEW1,Sund,Ida,1990-01-01,community-iop,m.lindqvist\n"


def one_sentence(said: str) -> str:
    """Return what was said if it is a sentence or two on one line and no traceback."""
    lines = [line for line in said.splitlines() if line.strip() and line != "Setting up…"]
    assert len(lines) == 1, said
    assert lines[0].endswith((".", ")")), said
    assert "Traceback" not in said
    return lines[0]


def backup(agency: Agency, who: str, *, code: int = 0, passphrase: str = PASSPHRASE) -> str:
    return agency.run(
        "backup", "--folder", agency.laptop(who), "--passphrase-fd", "@fd", secrets=(passphrase,), code=code
    )


def vault_of(agency: Agency, who: str) -> Path:
    return Vaults(agency.laptop(who)).listed()[0].folder


def nothing_lost(agency: Agency, who: str) -> None:
    said = agency.doctor(who)
    assert "PROBLEM" not in said, said


def roster(agency: Agency, file: Path, *more: str, code: int) -> str:
    return agency.run(
        "import", "roster", file, "--folder", agency.laptop(SUPERVISOR), "--passphrase-fd", "@fd", "--offline",
        *more, secrets=(PASSPHRASE,), code=code,
    )  # fmt: skip


def test_a_wrong_passphrase(agency: Agency) -> None:
    assert "does not open" in one_sentence(
        backup(agency, CLINICIAN, passphrase="eleven tin boats at sea", code=KEY)
    )
    nothing_lost(agency, CLINICIAN)


def test_a_truncated_key_file_heals_from_its_generation_before_or_says_so(agency: Agency) -> None:
    key_file = vault_of(agency, CLINICIAN) / "vault.json"
    whole = key_file.read_bytes()
    key_file.write_bytes(whole[: len(whole) // 2])
    key_file.with_name("vault.json.prev").unlink(missing_ok=True)
    said = one_sentence(backup(agency, CLINICIAN, code=DAMAGED))
    assert "key file" in said or "vault" in said
    assert key_file.read_bytes() == whole[: len(whole) // 2], "a damaged key file was written over"
    key_file.write_bytes(whole)
    nothing_lost(agency, CLINICIAN)


def test_a_damaged_database_and_the_way_back_from_the_backup(agency: Agency) -> None:
    backup(agency, CLINICIAN)
    database = vault_of(agency, CLINICIAN) / "data.db"
    whole = database.read_bytes()
    database.write_bytes(os.urandom(4096) + whole[4096:])
    broken = database.read_bytes()
    said = one_sentence(backup(agency, CLINICIAN, code=DAMAGED))
    assert "damaged" in said
    assert database.read_bytes() == broken
    said = agency.doctor(CLINICIAN, "--restore")
    assert "is in place" in said
    assert "is kept as" in said
    nothing_lost(agency, CLINICIAN)


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[None]:
    """Give a folder a disk of its own with so much room beside what it holds; only root may."""
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    aside = folder.with_name(f"{folder.name}-aside")
    folder.rename(aside)
    folder.mkdir()
    size = held + room
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode:
        folder.rmdir()
        aside.rename(folder)
        pytest.skip("no tmpfs can be mounted here; the limit on file size is tested instead")
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
        for path in list(aside.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(folder, aside, dirs_exist_ok=True)
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()
        aside.rename(folder)


def test_a_full_disk(agency: Agency) -> None:
    laptop = agency.laptop(SUPERVISOR)
    new = agency.folder / "new.csv"
    new.write_text(NEW)
    with small_disk(laptop, 2 * 1024 * 1024):
        filler = laptop / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * 4096):
                pass
        said = one_sentence(backup(agency, SUPERVISOR, code=DISK))
        assert "space" in said or "room" in said
        assert not list(laptop.rglob("*.tmp"))
        filler.unlink()
        nothing_lost(agency, SUPERVISOR)
    nothing_lost(agency, SUPERVISOR)
    assert "1 client to add" in roster(agency, new, code=0) or "1 clients to add" in roster(
        agency, new, code=0
    )


def test_a_limit_on_file_size_reads_like_a_full_disk(agency: Agency) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))

    said = agency.run(
        "backup", "--folder", agency.laptop(SUPERVISOR), "--passphrase-fd", "@fd", secrets=(PASSPHRASE,),
        code=DISK, preexec_fn=limited,
    )  # fmt: skip
    assert "space" in one_sentence(said) or "room" in said
    nothing_lost(agency, SUPERVISOR)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder unwritable: by its mode, for root by a read-only bind mount."""
    if os.geteuid():
        modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
        for path in modes:
            path.chmod(0o500 if path.is_dir() else 0o400)
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
        return
    mounts: list[list[str]] = [
        ["mount", "--bind", str(folder), str(folder)],
        ["mount", "-o", "remount,ro,bind", str(folder)],
    ]
    for words in mounts:
        if subprocess.run(words, capture_output=True).returncode:
            subprocess.run(["umount", folder], capture_output=True)
            pytest.skip("root writes anywhere, and no read-only mount can be made here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_folder_that_cannot_be_written(agency: Agency) -> None:
    with read_only(agency.laptop(CLINICIAN)):
        said = one_sentence(backup(agency, CLINICIAN, code=DISK))
        assert "cannot be written" in said
    nothing_lost(agency, CLINICIAN)


def test_the_server_is_away(agency: Agency) -> None:
    second = agency.folder / "second"
    said = agency.run(*agency.enrol_words(second), secrets=(agency.code(CLINICIAN), PASSPHRASE), code=AWAY)
    one_sentence(said)
    assert not list(second.rglob("vault.json"))
    new = agency.folder / "new.csv"
    new.write_text(NEW)
    said = agency.run(
        "import", "roster", new, "--folder", agency.laptop(SUPERVISOR), "--passphrase-fd", "@fd", "--apply",
        secrets=(PASSPHRASE,), code=AWAY,
    )  # fmt: skip
    assert "--offline" in one_sentence(said)
    nothing_lost(agency, SUPERVISOR)


def test_the_server_of_another_organisation_gets_nothing(agency: Agency) -> None:
    other = Agency(agency.folder / "other", agency.port)
    other.run("org", "--folder", other.server, "init", "Other Agency", "--supervisor-code", "boss")
    code = agency.code(CLINICIAN)
    other.serve()
    try:
        second = agency.folder / "second"
        said = one_sentence(agency.run(*agency.enrol_words(second), secrets=(code, PASSPHRASE), code=KEY))
        assert "code" in said
        assert not list(second.rglob("vault.json"))
        new = agency.folder / "new.csv"
        new.write_text(NEW)
        said = agency.run(
            "import", "roster", new, "--folder", agency.laptop(SUPERVISOR), "--passphrase-fd", "@fd", "--apply",
            secrets=(PASSPHRASE,), code=AWAY,
        )  # fmt: skip
        one_sentence(said)
    finally:
        other.close()
    agency.serve()
    assert "Sent; 0 still to send." in agency.run(
        "import", "roster", new, "--folder", agency.laptop(SUPERVISOR), "--passphrase-fd", "@fd", "--apply",
        secrets=(PASSPHRASE,),
    )  # fmt: skip
    nothing_lost(agency, SUPERVISOR)


def test_mistyped_used_and_expired_codes(agency: Agency) -> None:
    second = agency.folder / "second"

    def enrol(code_text: str, exit_code: int) -> str:
        return agency.run(*agency.enrol_words(second), secrets=(code_text, PASSPHRASE), code=exit_code)

    with Server(agency.server) as server:
        past = server.now_ms() - 80 * HOUR_MS
        server.now_ms, now_ms = (lambda: past), server.now_ms
        expired = admin.issue_code(server, TECHNICIAN, hours=1).text
        server.now_ms = now_ms
    agency.serve()
    used = agency.code(CLINICIAN)
    wrong = used[:-1] + ("0" if used[-1] != "0" else "1")
    assert "mistyped" in one_sentence(enrol(wrong, KEY))
    said = one_sentence(enrol(expired, KEY))
    assert "administrator" in said
    assert not list(second.rglob("vault.json"))
    enrol(used, 0)
    third = agency.folder / "third"
    assert one_sentence(agency.run(*agency.enrol_words(third), secrets=(used, PASSPHRASE), code=KEY)) == said
    assert not list(third.rglob("vault.json"))
    nothing_lost(agency, CLINICIAN)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (NEW.replace("Sund", "Sü").encode("latin-1"), "UTF-8"),
        (NEW.replace("mrn,last", "mrn,surname").encode(), "last"),
    ],
)
def test_a_csv_file_in_the_wrong_encoding_or_with_wrong_columns(
    agency: Agency, content: bytes, words: str
) -> None:
    file = agency.folder / "wrong.csv"
    file.write_bytes(content)
    assert words in one_sentence(roster(agency, file, "--apply", code=INPUT))
    assert "26 unchanged" in roster(agency, ROSTER, code=0)
    nothing_lost(agency, SUPERVISOR)


def test_two_at_once_is_said(agency: Agency) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", _HOLD.format(str(vault_of(agency, CLINICIAN)))], stdout=-1
    )
    assert first.stdout is not None
    try:
        assert first.stdout.readline() == b"held\n"
        assert "Another fieldapp" in one_sentence(backup(agency, CLINICIAN, code=9))
    finally:
        first.kill()
        first.communicate()
    nothing_lost(agency, CLINICIAN)


_HOLD = """
import sys
from pathlib import Path
from fieldapp.laptop.vaults import VaultPlace
claim = VaultPlace(Path({0!r})).claim()
print("held", flush=True)
sys.stdin.read() or __import__("signal").pause()
"""
