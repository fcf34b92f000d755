"""The demo as it is made: real enrolment, real signatures, a server that verifies, laptops that open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.demo import making
from fieldapp.demo.acts import local_ms
from fieldapp.demo.making import PASSPHRASE, laptop_of, read_manifest
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.server import proof
from tests.demo.demo_folder import DAY, small_demo

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demo() -> Iterator[Path]:
    folder = small_demo()
    yield folder
    shutil.rmtree(folder)
    small_demo.cache_clear()


@pytest.fixture
def opened(demo: Path, request: pytest.FixtureRequest) -> Iterator[Laptop]:
    laptop = Laptop(laptop_of(demo, request.param), clock=HeldClock(local_ms(DAY, 8 * 60)))
    laptop.unlock(PASSPHRASE)
    yield laptop
    laptop.lock()


def test_everything_on_the_server_verifies(demo: Path) -> None:
    found = proof.verify(demo / "server")
    assert found.ok, found.problems
    assert found.entries > 100


@pytest.mark.parametrize(
    "opened", ["technician", "clinician", "supervisor", "prescriber", "assistant"], indirect=True
)
def test_each_laptop_is_whole_and_has_nothing_left_to_send(opened: Laptop) -> None:
    report = opened.doctor()
    assert {f.what for f in report.findings if not f.ok} <= {"backup"}
    assert (report.unsent, report.needs_you) == (0, 0)


@pytest.mark.parametrize("opened", ["supervisor"], indirect=True)
def test_the_supervisor_finds_something_to_cosign_and_the_conflict(opened: Laptop) -> None:
    review = opened.review()
    assert {"cosign", "conflict"} <= {line.what for line in review}
    assert len(opened.conflicts()) == 1
    assert opened.me.is_supervisor


@pytest.mark.parametrize("opened", ["supervisor"], indirect=True)
def test_last_nights_crisis_left_its_record_its_contact_and_its_follow_up(opened: Laptop) -> None:
    done = []
    for line in opened.caseload():
        rows = opened.timeline(line.client, 0, 50, ("crisis",))
        if any(row.state == "complete" for row in rows):
            done.append((line.risk, [task.title for task in opened.card(line.client).tasks]))
    [(risk, tasks)] = done
    assert risk == "high"
    assert "Follow up after the crisis" in tasks
    assert "task" in {line.what for line in opened.review()}


@pytest.mark.parametrize("opened", ["clinician"], indirect=True)
def test_the_clinician_has_visits_today_and_a_note_begun_last_night(opened: Laptop) -> None:
    today = opened.today()
    assert len(today.visits) == 5
    assert len(opened.drafts()) == 1
    assert any(line.risk == "high" for line in opened.caseload())


@pytest.mark.parametrize("opened", ["technician"], indirect=True)
def test_the_technician_reads_the_safety_plan_of_a_client(opened: Laptop) -> None:
    planned = [line for line in opened.caseload() if line.plan == "active"]
    assert opened.plan(planned[0].client).active[0].doc["signs"]


@pytest.mark.parametrize("opened", ["prescriber"], indirect=True)
def test_the_prescriber_has_a_queue_with_lists_and_visits_today(opened: Laptop) -> None:
    queue = opened.medical_queue()
    assert queue
    briefs = [opened.medical_brief(line.client) for line in queue]
    assert any(brief.medications.listed and brief.note is not None for brief in briefs)
    assert len(opened.today().visits) == 3


@pytest.mark.parametrize("opened", ["assistant"], indirect=True)
def test_the_assistant_finds_lists_of_which_some_were_verified(opened: Laptop) -> None:
    lists = [opened.medications(line.client) for line in opened.caseload()]
    assert any(found.verified_on for found in lists)
    assert any(line.lai for found in lists for line in found.lines)


def test_the_laptops_that_stay_have_the_shipped_cost_of_a_passphrase(demo: Path) -> None:
    laptop = Laptop(laptop_of(demo, "clinician"), clock=HeldClock(local_ms(DAY, 9 * 60)))
    with pytest.raises(WrongPassphrase):
        laptop.unlock("seven kayaks over the bridge")
    assert PASSPHRASE not in (demo / making.MANIFEST).read_text()


def test_a_folder_that_is_no_demo_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "mine.txt").write_text("keep")
    making.clear(tmp_path)
    assert (tmp_path / "server" / "mine.txt").exists()


def test_a_demo_left_half_made_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "making").touch()
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("opened", ["supervisor"], indirect=True)
def test_the_board_is_alive(opened: Laptop) -> None:
    """Somebody is off and covered, one of their visits is still to be handed over, and a client is on nobody's list."""
    board = opened.board()
    off = [person for person in board.people if person.off_until is not None]
    assert [(person.name, person.off_until, person.covered_by) for person in off] == [
        ("Ben Kowal", "2026-11-24", ("Rosa Tamura",))
    ]
    assert len(off[0].visits) == 1
    assert sum(len(person.visits) for person in board.people) > 10
    assert board.nobody
    later = opened.board("2026-11-26")
    assert sum(len(person.visits) for person in later.people) >= 4
