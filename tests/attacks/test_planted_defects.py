"""Each defence is taken away once: a test that still passes without it shows nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.planted import DEFECTS, PLANTED
from tests.project.test_program_table import functions

ROOT = Path(__file__).resolve().parents[2]
TESTS_FAILED = 1


def test_every_defect_names_tests_that_exist_and_every_area_has_some() -> None:
    named = [name for defect in DEFECTS.values() for name in defect.caught_by]
    assert [name for name in named if name.split("::")[1] not in functions(name.split("::")[0])] == []
    assert {defect.area for defect in DEFECTS.values()} == {"vault", "policy", "signatures", "terminal"}


@pytest.mark.simulation
@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_without_the_defence_its_tests_fail(name: str) -> None:
    for test in DEFECTS[name].caught_by:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-x", "--tb=line", "-p", "tests.attacks.planted",
             "-m", "not postgres", test],
            cwd=ROOT, env={**os.environ, PLANTED: name, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
            check=False, timeout=240,
        )  # fmt: skip
        assert done.returncode == TESTS_FAILED, (
            f"{test}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-500:]}"
        )
        assert "no more: the planted defect" not in done.stdout + done.stderr
