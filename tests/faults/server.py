"""Kill a server's parts as often as there is time for: `python -m tests.faults.server --kind server --kills 500`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.server_kinds import KINDS, PLANTED
from tests.faults.server_run import Report, run


def _progress(report: Report) -> None:
    if report.kills % 50 == 0:
        sys.stderr.write(f"{report.kind}: {report.kills} kills\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one kind, or all of them, and say what came of it; returns 1 when a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.server", description=__doc__)
    parser.add_argument("--kind", choices=["all", *KINDS, *PLANTED], default="all")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder of a run that broke a law")
    given = parser.parse_args(arguments)
    failed = False
    for kind in KINDS if given.kind == "all" else [given.kind]:
        folder = Path(tempfile.mkdtemp(prefix="fieldapp-faults-"))
        report = run(kind, given.kills, given.seed, folder, after_each=_progress)
        sys.stdout.write(f"{report}\n")
        for law, words in report.violations:
            sys.stdout.write(f"  VIOLATION {law}: {words}\n")
        sys.stdout.flush()
        failed = failed or bool(report.violations)
        if given.keep and report.violations:
            sys.stdout.write(f"  kept in {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
