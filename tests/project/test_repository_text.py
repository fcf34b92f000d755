"""What must never stand in a tracked file: other people's licensed text, machine paths, registry hosts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {
    ".git",
    ".venv",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".import_linter_cache",
}
LOCKS = {"uv.lock", "package-lock.json", "poetry.lock", "pylock.toml"}
# Written in pieces, so that this file does not hold what it looks for.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "deb.debian" + ".org"]
PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/fa" + "rm/", "/home" + "/", "/Us" + "ers/"]
LICENSED = {
    "CPT descriptors": [
        r"psychotherapy,? (?:30|45|60) minutes? with patient",
        r"psychotherapy for crisis; first 60",
        r"office or other outpatient visit for the evaluation",
        r"psychiatric diagnostic evaluation with medical services",
        r"\b908(?:32|34|37|39|46|47|53)\b",
    ],
    "C-SSRS wording": [
        r"have you wished you were dead",
        r"wished you could go to sleep and not wake up",
        r"actually had any thoughts (?:about|of) killing yourself",
        r"have you been thinking about how you might",
        r"started to work out or worked out the details",
    ],
    "Stanley-Brown form": [
        r"stanley.{0,3}brown safety plan",
        r"warning signs \(thoughts, images, mood",
        r"internal coping strategies",
        r"things i can do to take my mind off my problems",
        r"people and social settings that provide distraction",
        r"people whom i can ask for help",
        r"making the environment safe",
    ],
}


def tracked() -> list[Path]:
    """Return the project's files: those of git, or all of an unpacked archive."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        names = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        names = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return [path for path in names if path.is_file() and path.name not in LOCKS]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found.append((str(path.relative_to(ROOT)), data.decode("utf-8", "replace")))
    return found


@pytest.mark.parametrize("what", LICENSED)
def test_no_text_that_others_license(what: str) -> None:
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in LICENSED[what]]
    own = Path(__file__).name
    hits = [
        (name, match[0])
        for name, text in texts()
        if not name.endswith((own, "requirements.txt", ".svg"))
        for pattern in patterns
        if (match := pattern.search(text))
    ]
    assert hits == []


def test_the_scan_would_see_what_it_looks_for() -> None:
    for patterns in LICENSED.values():
        assert all(re.compile(pattern) for pattern in patterns)
    assert re.search(LICENSED["CPT descriptors"][-1], "code 90837 was billed")
    assert len(texts()) > 100


def test_no_registry_host_and_no_path_of_anybodys_machine() -> None:
    hits = [(name, word) for name, text in texts() for word in (*HOSTS, *PATHS) if word in text]
    assert hits == []


def test_no_lock_file_and_no_large_file_is_tracked() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines()
    assert not [name for name in names if Path(name).name in LOCKS]
    assert not [path for path in tracked() if path.stat().st_size > 2_000_000]
