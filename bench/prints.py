"""What a print costs: the first one of a process and the next, in a fresh process each time.

    uv run python -m bench.prints [--runs 7]

CPU and wall-clock medians in milliseconds; on a shared machine only their ratios mean anything. `first` loads typst and its
fonts, `second` is what a person waits for who prints once more.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

CHILD = """
import json, time
from datetime import date
from fieldapp.prints.documents import made
from fieldapp.prints.plan import Agency, plan_sheet
line = "I call my neighbour and sit with her for a while, whatever"
person = {"name": "Rosa Martinez", "relation": "older sister", "phone": "425-555-0142"}
short = {"signs": [line], "alone": [line], "team": [person]}
full = {**{s: [line] * 6 for s in ("signs", "alone", "matters")}, **{s: [person] * 6 for s in ("distract", "helpers", "team")}}
agency = Agency("425-555-0199", "800-555-0123")
found = {}
for name, doc, form in (("first", short, "page"), ("second", short, "page"), ("full", full, "page"),
                        ("fold", full, "fold"), ("text", full, "text")):
    wall, cpu = time.perf_counter(), time.process_time()
    pages = made(plan_sheet(doc, 1, date(2026, 11, 13), agency, "en"), form).pages
    found[name] = (1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu))
    assert pages == 1 or form == "text"
print(json.dumps(found))
"""


def main() -> None:
    """Print one line per case."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = [
        json.loads(
            subprocess.run([sys.executable, "-c", CHILD], capture_output=True, check=True, text=True).stdout
        )
        for _ in range(parser.parse_args().runs)
    ]
    for name in runs[0]:
        wall, cpu = (statistics.median(run[name][at] for run in runs) for at in (0, 1))
        print(f"{name:8} {wall:8.0f} ms wall {cpu:8.0f} ms CPU")


if __name__ == "__main__":
    main()
