"""What is loaded when, and who may import whom: checked in a fresh process, as a user starts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "textual",
    "sqlmodel",
    "sqlalchemy",
    "httpx",
    "fastapi",
    "cryptography",
    "sqlcipher3",
    "pydantic",
    "uvicorn",
    "faker",
    "typst",
)


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('LOADED', *sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nonsense"]])
def test_help_and_usage_errors_load_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_after(f"from fieldapp.cli import outcome\noutcome({arguments!r})")
    assert "click" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize(
    "name", ["org", "serve", "enrol", "import", "backup", "doctor", "restore", "server", "demo", "print"]
)
def test_help_of_a_subcommand_loads_no_database_network_or_screen(name: str) -> None:
    loaded = loaded_after(f"from fieldapp.cli import outcome\noutcome([{name!r}, '--help'])")
    assert not loaded & set(HEAVY)


def test_the_app_module_loads_before_anything_heavy() -> None:
    loaded = loaded_after("import fieldapp.app")
    assert "textual" in loaded
    assert not loaded & {"sqlmodel", "sqlalchemy", "httpx", "fastapi", "cryptography", "sqlcipher3"}


def test_the_records_core_loads_no_storage_and_no_screen() -> None:
    loaded = loaded_after("import fieldapp.records.kinds, fieldapp.records.fold, fieldapp.clinical.policy")
    assert not loaded & {"textual", "sqlmodel", "sqlalchemy", "httpx", "fastapi", "cryptography"}


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "KEPT" in done.stdout
