"""Whatever seeded histories bring about, its author and the supervisor are told what it is and what to do.

Six histories in the fast run, forty with `-m simulation`; the table itself is `fieldapp/clinical/told`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from fieldapp.clinical.told import entries, laptop, team
from fieldapp.clinical.told.advice import find
from fieldapp.laptop.people import me_of
from fieldapp.screens.sync_rows import explain_pending, standing
from fieldapp.store.models import PendingLine, SyncStatus
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.review import review
from fieldapp.store.read.roster import Roster
from fieldapp.store.read.sending import pending
from fieldapp.store.read.status import sync_status
from fieldapp.sync.round import Syncer
from tests.simulation import run
from tests.simulation.oracle import check_always
from tests.simulation.world import SimRig, clear, prepared


@pytest.fixture(scope="module", autouse=True)
def agency() -> Iterator[None]:
    """Make the agency that every run begins with once."""
    prepared()
    yield
    clear()


@dataclass
class Seen:
    """What histories brought about."""

    reasons: set[tuple[str, str]] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    lines: set[PendingLine] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)
    review: set[str] = field(default_factory=set)
    unlisted: list[str] = field(default_factory=list)

    def look(self, rig: SimRig) -> None:
        """Look at a laptop as its screens would."""
        with rig.store.reading() as rx:
            rows = rx.all("SELECT hash, state, reason FROM entry WHERE own = 1 AND answered = 0")
            known = Roster(rig.store).refreshed(rx, rig.store.generation)
            now_ms = rig.clock.now_ms() + (rx.meta_int("clock_offset_ms") or 0)
            listed = pending(rx, known)
            status = sync_status(rx)
            queue = review(Asking(rx, known, me_of(rx, known, now_ms), now_ms))
        self.reasons |= {(state, reason) for _, state, reason in rows}
        shown = {line.entry for line in listed}
        self.unlisted += [state for name, state, _ in rows if state != "confirmed" and name not in shown]
        self.lines |= set(listed)
        self.standing |= {one.code.partition(":")[0] for one in standing(status, now_ms, None)}
        self.review |= {line.what for line in queue}


def watched(monkeypatch: pytest.MonkeyPatch, seeds: Iterable[int]) -> Seen:
    """Play histories and keep what was to be seen on the way and at rest."""
    seen = Seen()
    ran = Syncer.run

    def look(history: run.History) -> None:
        check_always(history)
        for rig in history.rigs:
            seen.look(rig)

    def listening(syncer: Syncer, *args: Any, **more: Any) -> SyncStatus:
        status = ran(syncer, *args, **more)
        seen.messages.add(status.message)
        return status

    monkeypatch.setattr(run, "check_always", look)
    monkeypatch.setattr(Syncer, "run", listening)
    for seed in seeds:
        run.play(seed)
    return seen


def hold(seen: Seen) -> None:
    """Hold what was seen against the table."""
    for state, reason in sorted(seen.reasons):
        assert state in entries.STATES
        assert not reason or find(entries.REASONS, reason) is not None, f"no words for: {reason}"
        assert entries.advice(state, reason).todo
    for message in sorted(seen.messages - {""}):
        assert find(laptop.REASONS, message) is not None, f"no words for: {message}"
    assert seen.unlisted == []
    assert seen.review <= set(team.LINES)
    for line in seen.lines:
        said = explain_pending(line).plain
        assert "Next  " in said
        assert "safe" in said


def given(seen: Seen) -> set[str]:
    """Return which rows of the table the reasons were."""
    found = (find(entries.REASONS, reason) for _, reason in seen.reasons if reason)
    return {one.sentence for one in found if one is not None}


def test_six_histories_bring_nothing_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    # Some of them with what no schema allows, and with decisions.
    seen = watched(monkeypatch, (0, 1, 4, 8, 9, 11))
    hold(seen)
    assert {state for state, _ in seen.reasons} >= {"unsent", "confirmed", "quarantined", "rejected"}
    assert {entries.OUT_OF_SCOPE.sentence, entries.UNEXPECTED.sentence} <= given(seen)


@pytest.mark.simulation
def test_forty_histories_bring_nothing_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    # The last three with work of a laptop that was closed, of one that was lost, and of a note that is late.
    seen = watched(monkeypatch, (*range(38), 79, 80, 187))
    hold(seen)
    assert {state for state, _ in seen.reasons} >= {"unsent", "confirmed", "quarantined", "rejected"}
    assert {
        entries.OUT_OF_SCOPE.sentence, entries.DRAINED.sentence, entries.FOLLOWS_QUARANTINED.sentence,
        entries.UNEXPECTED.sentence,
    } <= given(seen)  # fmt: skip
    assert {"offline", "silence", "clock", "side_by_side", "ended"} <= seen.standing
    assert {"quarantine", "flagged", "late", "silent", "draft"} <= seen.review
