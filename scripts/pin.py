"""Refresh the exact versions in pyproject.toml (`[tool.uv] constraint-dependencies`).

Both README commands resolve under these constraints, so every machine gets the same versions
although no lock file (which would name registry hosts) is committed.

    uv run scripts/pin.py            # keep the versions, add what is missing
    uv run scripts/pin.py --upgrade  # take the newest that pyproject allows
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START, END = "# pins: made by scripts/pin.py\n", "# end of pins\n"


def resolved(pyproject: Path, upgrade: bool) -> list[str]:
    """Return `name==version` for every package that any platform needs, sorted."""
    if upgrade:
        text = pyproject.read_text()
        pyproject.write_text(re.sub(f"{START}.*?{END}", "", text, flags=re.S))
        (ROOT / "uv.lock").unlink(missing_ok=True)
    subprocess.run(["uv", "lock", "--quiet"], cwd=ROOT, check=True)
    export = subprocess.run(
        ["uv", "export", "--quiet", "--all-groups", "--no-emit-project", "--no-hashes", "--no-annotate"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = {m[1].lower(): m[2] for m in re.finditer(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", export, re.M)}
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def main() -> None:
    """Rewrite the pins block in pyproject.toml, and the hash-pinned requirements.txt."""
    pyproject = ROOT / "pyproject.toml"
    pins = resolved(pyproject, "--upgrade" in sys.argv)
    text = re.sub(f"{START}.*?{END}", "", pyproject.read_text(), flags=re.S).rstrip("\n") + "\n\n"
    listing = "".join(f'    "{pin}",\n' for pin in pins)
    pyproject.write_text(f"{text}{START}[tool.uv]\nconstraint-dependencies = [\n{listing}]\n{END}")
    locked = subprocess.run(
        ["uv", "export", "--quiet", "--no-dev", "--no-emit-project", "--no-annotate", "--no-header"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    (ROOT / "requirements.txt").write_text(
        "# Locked, hash-checked install: pip install --require-hashes -r requirements.txt\n" + locked
    )
    print(f"{len(pins)} packages pinned")


if __name__ == "__main__":
    main()
