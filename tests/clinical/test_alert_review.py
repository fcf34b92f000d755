"""What colleagues say in an alert waits for a supervisor's look, and nothing else does (clinical.md 1.3, 2.5)."""

from __future__ import annotations

from fieldapp.clinical.alerts import unreviewed
from fieldapp.records.envelope import Entry
from fieldapp.records.kinds import KINDS
from tests.records.support import Maker

ANA, BEN, DOV = 0, 1, 3
"""Dov is the supervisor."""


def waiting(maker: Maker) -> list[str]:
    return [step.hash for step in unreviewed(maker.view())]


def made(who: int = ANA) -> tuple[Maker, Entry]:
    maker = Maker(KINDS["alert"])
    return maker, maker.write(
        fields={"code": "threats", "severity": "stop", "detail": "On the stairs"}, who=who
    )


def test_a_new_alert_waits_until_a_supervisor_has_looked_at_it() -> None:
    maker, first = made()
    assert waiting(maker) == [first.hash]
    maker.about(first, "cosign")
    assert waiting(maker) == []


def test_what_a_supervisor_wrote_waits_for_nobody() -> None:
    maker, _ = made(DOV)
    assert waiting(maker) == []


def test_an_alert_that_still_holds_says_nothing_new() -> None:
    maker, first = made()
    maker.about(first, "cosign")
    maker.write([first], {"review_by": "2027-01-01"}, who=BEN)
    assert waiting(maker) == []


def test_a_change_after_the_look_waits_anew_and_the_newest_one_stands_for_those_below_it() -> None:
    maker, first = made()
    maker.about(first, "cosign")
    second = maker.write([first], {"severity": "info"}, who=BEN)
    third = maker.write([second], {"cleared": True}, who=ANA)
    assert waiting(maker) == [third.hash]


def test_looking_at_one_of_two_changes_made_at_once_leaves_the_other_waiting() -> None:
    maker, first = made()
    one = maker.write([first], {"severity": "info"}, who=ANA)
    other = maker.write([first], {"detail": "Moved out"}, who=BEN)
    assert sorted(waiting(maker)) == sorted([one.hash, other.hash])
    maker.about(one, "cosign")
    assert waiting(maker) == [other.hash]


def test_an_alert_entered_in_error_waits_for_nobody() -> None:
    maker, first = made()
    maker.about(first, "error", who=ANA)
    assert waiting(maker) == []
