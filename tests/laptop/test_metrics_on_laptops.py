"""Numbers from real laptops: the same wherever the same entries are, only for whom they are, from what stands."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from fieldapp.clinical.metrics.model import Metric, Scope
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.metrics.table import METRICS
from fieldapp.laptop.failures import NotAllowed
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import Entry, instant
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from fieldapp.store.tables import FeedRow
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    HOUR_MS,
    MIA,
    NOON_MS,
    OTHER_TEAM,
    PASSPHRASE,
    PROGRAM,
    SUE,
    TEAM,
    TIM,
    World,
    give,
    note_values,
    opened,
    uid,
)

TZ = "America/Los_Angeles"
LAST_WEEK = period(1, 1, NOON_MS, TZ)
"""16 to 22 November; now is Monday the 23rd, noon."""
NORTH = Scope("team", TEAM, "North")


def _reads(laptop: Laptop, *teams: str) -> Laptop:
    """Say that a laptop receives what these teams write."""
    with opened(laptop).store.writing() as tx:
        for name in ("org", *(f"{kind}:{team}" for team in teams for kind in ("team", "notes"))):
            tx.set_feed(FeedRow(name=name, number=1, head="ab" * 32))
    return laptop


def _supervisor(world: World) -> Laptop:
    return _reads(world.laptop(SUE), TEAM)


def _figures(metric: Metric) -> dict[str, Any]:
    return {one.label: one.number for one in metric.figures}


def _worked(world: World) -> list[Entry]:
    """Write some weeks of work of two clients; returns the entries of it."""
    before = len(world.shared)
    ada, sam = world.client("Okafor, Ada"), world.client("Lindqvist, Sam", primary=BEN)
    for client in (ada, sam):
        agreed = {"per": "week", "target_n": 2, "start": "2026-11-13", "client_agreed": "yes"}
        world.add(
            "contact_plan",
            one_per(client, "contact_plan"),
            {"items": {"periods": {"a": agreed}}},
            client=client,
        )
    for n in range(9):
        start = NOON_MS - n * DAY_MS - 5 * HOUR_MS
        client, who = ((ada, ANA), (sam, TIM), (sam, BEN))[n % 3]
        visit = world.contact(
            client, f"visit {n}", start_ms=start, who=who, outcome="no_show" if n % 4 == 3 else "completed"
        )
        if n % 2 == 0:
            world.add("note", uid(f"note {n}"), {DOC: note_values(visit, start)}, client=client, who=who, meaning="sign",
                      at_ms=start + 3 * HOUR_MS)  # fmt: skip
    return world.shared[before:]


def test_two_laptops_that_hold_the_same_entries_count_the_same_whatever_came_first(world: World) -> None:
    entries = _worked(world)
    del world.shared[-len(entries) :]
    one = _supervisor(world)
    give(one, entries)
    counted = one.metrics(NORTH, LAST_WEEK)
    assert _figures(next(m for m in counted if m.key == "contact_vs_plan"))["Completed of what was agreed"]
    for seed in range(3):
        mixed = list(entries)
        random.Random(seed).shuffle(mixed)
        again = World(world.folder / f"again {seed}")
        again.shared, again.org, again.authority = list(world.shared), world.org, world.authority
        again.scribe = world.scribe
        second = _supervisor(again)
        for entry in mixed:
            give(second, [entry])
        found = second.metrics(NORTH, LAST_WEEK)
        again.close()
        # Laptops are told of by the server; each of these two knows of its own enrolment only.
        assert [m for m in found if m.key != "sync_health"] == [m for m in counted if m.key != "sync_health"]


def test_a_technician_counts_the_own_work_and_is_refused_every_other_scope(world: World) -> None:
    _worked(world)
    tim = _reads(world.laptop(TIM), TEAM)
    [own] = tim.metric_scopes()
    assert (own.kind, own.id) == ("staff", TIM)
    read = tim.metric("unsigned_notes", own, LAST_WEEK)
    assert {line.behind.staff for line in read.behind} <= {TIM}
    for scope in (
        NORTH,
        Scope("program", uid("program")),
        Scope("staff", ANA),
        Scope("client", uid("Okafor, Ada")),
    ):
        assert tim.metrics(scope, LAST_WEEK) == ()
        for key in METRICS:
            with pytest.raises(NotAllowed):
                tim.metric(key, scope, LAST_WEEK)


def test_a_supervisor_of_one_team_is_refused_another_teams_numbers(world: World) -> None:
    world.client("Okafor, Ada")
    world.client("Moss, Noor", team=OTHER_TEAM, primary=MIA)
    sue = _reads(world.laptop(SUE), TEAM, OTHER_TEAM)
    assert {(one.kind, one.id) for one in sue.metric_scopes()} == {("team", TEAM), ("staff", SUE)}
    for key in METRICS:
        with pytest.raises(NotAllowed):
            sue.metric(key, Scope("team", OTHER_TEAM), LAST_WEEK)


def test_a_contact_in_error_is_in_no_number_and_a_corrected_one_counts_once_as_it_stands(
    world: World,
) -> None:
    # Sunday the 22nd, 7:00: two visits of 45 minutes to two clients. One was never made; of the other the time was wrong and
    # is 90 minutes: 1.5 h and not 0.75, nor 2.25.
    ada, sam = world.client("Okafor, Ada"), world.client("Lindqvist, Sam")
    start = NOON_MS - DAY_MS - 5 * HOUR_MS
    wrong, right = world.contact(sam, "wrong", start_ms=start), world.contact(ada, "right", start_ms=start)
    first = {one.envelope.id: one for one in world.shared if one.envelope.kind == "contact"}
    sue = _supervisor(world)
    this_week = period(4, 0, NOON_MS, TZ)
    assert sue.metric("place_mix", NORTH, this_week).metric.figures[0].n == 2
    give(sue, [
        world.scribe.entry("contact", wrong, {"reason": "never made"}, client=sam, meaning="error", about=first[wrong].hash),
        world.scribe.entry("contact", right, {"set": {"setting": "office", "stop": instant(start + 90 * 60_000)}, "reason": "clock"},
                           client=ada, meaning="amend", prev=[first[right].hash]),
    ])  # fmt: skip
    mix = sue.metric("place_mix", NORTH, this_week).metric
    assert (mix.figures[0].number, mix.figures[0].n) == (Fraction(0), 1)
    owed = sue.metric("unsigned_notes", NORTH, this_week)
    assert [line.behind.record for line in owed.behind] == [right]
    # Ended at 8:30 on Sunday: at noon on Monday that is 27 whole hours ago.
    assert owed.behind[0].behind.number == 27


def test_a_number_says_since_when_contacts_and_notes_are_here_and_when_something_last_came(
    world: World,
) -> None:
    _worked(world)
    sue = _supervisor(world)
    for metric in sue.metrics(NORTH, LAST_WEEK):
        # Ninety days before 23 November is 25 August: older notes may have left the laptop.
        assert "notes since 25 Aug 2026" in metric.source
        assert "contacts since" in metric.source
        assert "nothing received yet" in metric.source
    with opened(sue).store.writing() as tx:
        tx.set_meta("last_reached", instant(NOON_MS - DAY_MS))
    assert "last received 22 Nov 2026" in sue.metrics(NORTH, LAST_WEEK)[0].source


def test_a_file_of_before_gets_the_facts_that_storing_leaves_now(world: World) -> None:
    _worked(world)
    client = uid("Okafor, Ada")
    start = NOON_MS - 2 * DAY_MS
    world.contact(client, "unnoted", start_ms=start, note_required=False)
    world.contact(client, "absent", start_ms=start, contact_type="family_session", client_present_min=0)
    world.contact(client, "both", start_ms=start, note_required=False, client_present_min=0)
    world.contact(client, "wanted", start_ms=start, note_required=True)
    for name, more in (
        ("none", {"goals": []}),
        ("why", {"goals": [], "no_goal_reason": "intake"}),
        ("blank", {"goals": [], "no_goal_reason": "  "}),
    ):
        world.add("note", uid(name), {DOC: note_values("", start, **more)}, client=client, who=ANA, meaning="sign")  # fmt: skip
    facts = (
        "SELECT record, name, value, extra FROM fact WHERE name IN ('contact', 'note') ORDER BY record, name"
    )
    sue = world.laptop(SUE)
    with opened(sue).store.writing() as tx:
        fresh = [tuple(row) for row in tx.all(facts)]
        tx.execute(
            "UPDATE fact SET extra = rtrim(substr(extra, 1, length(extra) - length('no_note')), '|')"
            " WHERE name = 'contact' AND extra LIKE '%|no_note'"
        )
        tx.execute("UPDATE fact SET extra = '' WHERE name = 'note'")
        tx.execute("DELETE FROM migration WHERE name = '0003_metrics'")
        assert [tuple(row) for row in tx.all(facts)] != fresh
    sue.close()
    again = world.open(world.folder / "sue")
    again.unlock(PASSPHRASE)
    with opened(again).store.reading() as rx:
        assert [tuple(row) for row in rx.all(facts)] == fresh
    assert any(extra.endswith("|absent|no_note") for *_, extra in fresh)
    assert {extra for _, name, _, extra in fresh if name == "note"} == {"", "no_goal"}


def test_metric_19_the_last_hour_of_an_authorization_counts_on_the_day_when_clocks_go_back(
    world: World,
) -> None:
    # 1 November 2026 has 25 hours in Seattle. 10 units were used at 9:00 and 81 at 23:15 (7:15 UTC on the 2nd), the last day of
    # the authorization: 100 - 91 = 9 are left. The 5 units of 0:15 on the 2nd are no longer of it.
    client = world.client("Okafor, Ada")
    for name, start_ms, units in (
        ("morning", _utc(11, 1, 17, 0), 10),
        ("night", _utc(11, 2, 7, 15), 81),
        ("next day", _utc(11, 2, 8, 15), 5),
    ):
        world.contact(client, name, start_ms=start_ms, units=units, minutes=30)
    first = next(one for one in world.shared if one.envelope.id == uid("Okafor, Ada episode"))
    cover = {"auth_no": "A1", "auth_from": "2026-10-01", "auth_to": "2026-11-01", "auth_units": 100}
    world.add("episode", first.envelope.id, {"set": {"admit_date": "2026-10-01"}, "items": {"coverage": {"c": cover}}}, client=client,
              prev=[first.hash])  # fmt: skip
    world.clock.at_ms = _utc(11, 2, 7, 50)
    sue = _supervisor(world)
    read = sue.metric("authorisations", NORTH, period(1, 0, _utc(11, 2, 7, 50), TZ))
    assert [line.behind.words for line in read.behind] == ["1 days left, 9 of 100 units left"]


def _utc(month: int, day: int, hour: int, minute: int) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


def test_one_metric_by_itself_is_the_one_of_the_overview(world: World) -> None:
    """It reads only its parts; of a client who left in the period it counts the days from before the trend as well."""
    _worked(world)
    gone = world.client("Vale, Iris")
    before = {"program": PROGRAM, "status": "discharged", "admit_date": "2026-03-02"}
    left = {"date": "2026-11-18", "reason": "goals_met", "to": "OP", "episode": uid("long episode")}
    world.add("episode", uid("long episode"), {"set": before}, client=gone)
    world.add(
        "discharge",
        uid("end"),
        {DOC: left},
        client=gone,
        meaning="sign",
    )
    for weeks in (1, 20, 30):
        world.contact(gone, f"long {weeks}", start_ms=NOON_MS - weeks * 7 * DAY_MS)
    laptop = _supervisor(world)
    for scope in laptop.metric_scopes():
        for over in (LAST_WEEK, period(12, 0, NOON_MS, TZ)):
            whole = {one.key: one for one in laptop.metrics(scope, over)}
            assert len(whole) >= 19
            for key, one in whole.items():
                assert replace(laptop.metric(key, scope, over).metric, behind=()) == one
    days = {one.label: one for one in laptop.metric("treatment_days", NORTH, LAST_WEEK).metric.figures}
    assert any(one.number == 3 for one in days.values())
