"""What is installed is what was pinned: every package by version and by the hashes of its files."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.M)


def test_every_line_of_the_locked_requirements_has_a_version_and_hashes() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    packages = [part for part in re.split(r"\n(?=\S)", text) if not part.startswith("#")]
    assert len(packages) > 30
    for part in packages:
        assert PIN.match(part), part
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", part), part


def wheel(folder: Path, said: str) -> Path:
    """Make a small wheel whose module says something."""
    path = folder / "harmless-1.0-py3-none-any.whl"
    about = "harmless-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("harmless.py", f"SAID = {said!r}\n")
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: harmless\nVersion: 1.0\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(
            f"{about}/RECORD", f"harmless.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n"
        )
    return path


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv installs")
def test_a_wheel_that_was_changed_after_pinning_is_not_installed(tmp_path: Path) -> None:
    made = wheel(tmp_path, "good")
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    (tmp_path / "locked.txt").write_text(f"harmless==1.0 --hash=sha256:{digest}\n")

    def install(target: str) -> int:
        return subprocess.run(
            ["uv", "pip", "install", "--quiet", "--offline", "--no-index", "--no-cache", "--no-config", "--find-links",
             str(tmp_path), "--require-hashes", "-r", str(tmp_path / "locked.txt"), "--target", str(tmp_path / target)],
            cwd=tmp_path, capture_output=True, check=False,
        ).returncode  # fmt: skip

    assert install("before") == 0
    assert (tmp_path / "before" / "harmless.py").exists()
    wheel(tmp_path, "tampered")
    assert install("after") != 0
    assert not (tmp_path / "after" / "harmless.py").exists()
