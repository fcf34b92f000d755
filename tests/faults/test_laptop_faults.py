"""A few faults of each kind on real laptops' processes; `python -m tests.faults.laptop` lets as many fall as you like."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.laptop_clock import Clocks, environment
from tests.faults.laptop_kinds import Strikes
from tests.faults.laptop_nursery import Nursery
from tests.faults.laptop_power import Power
from tests.faults.laptop_tracing import missing
from tests.faults.laptop_world import Prepared, prepared

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.fixture(scope="module")
def made() -> Iterator[Prepared]:
    with prepared() as agency:
        yield agency


@pytest.fixture(scope="module")
def nursery(made: Prepared) -> Iterator[Nursery]:
    with Nursery(made.folder.parent) as running:
        yield running


@missing("strace")
@pytest.mark.parametrize(
    ("kind", "scenario", "count"),
    [("kill-fsync", "day", 8), ("kill-write", "mend", 5), ("kill-write", "passphrase", 5),
     ("enospc", "back", 5), ("eio-lasting", "day", 4)],
)  # fmt: skip
def test_what_was_shown_as_saved_and_sent_outlives_each_fault(
    made: Prepared, nursery: Nursery, kind: str, scenario: str, count: int
) -> None:
    tally = Strikes(made, nursery, kind, 7, (scenario,)).strike(count)
    assert tally.problems == []
    assert tally.struck == count
    assert tally.entries


@missing("strace")
def test_a_power_cut_takes_nothing_that_was_shown(made: Prepared, nursery: Nursery) -> None:
    tally = Power(made, nursery, "power", 5).strike(60)
    assert tally.problems == []
    assert tally.struck == 60


@missing("strace")
def test_a_disk_that_ignores_every_sync_is_found_out(made: Prepared, nursery: Nursery) -> None:
    """So that the test before this one can fail."""
    bench = Power(made, nursery, "power", 5)
    bench.deaf = True
    assert any("shown as saved and is nowhere" in problem for problem in bench.strike(12).problems)


@missing("faketime")
def test_a_clock_that_jumps_is_noted_and_told_and_costs_nothing(made: Prepared) -> None:
    with Nursery(made.folder.parent / "clocks", environment(made)) as nursery:
        tally = Clocks(made, nursery, "clock", 4).strike(16)
    assert tally.problems == []
    assert tally.checked > 5
