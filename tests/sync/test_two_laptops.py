"""Two laptops and the real server: what one writes the other shows, byte for byte."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.sync.sync_world import Agency, Rig


def test_two_laptops_that_exchanged_everything_show_the_same_bytes(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    ana.contact(client, "saw her at home")
    ana.plan(client, "not sleeping")
    note = ana.note(client, "She said that the nights are long.")
    agency.settle()
    ben.change(client, {"name_to_use": "Kimi"})
    ana.change(client, {"pcp": "Dr. Olsen"})
    agency.settle()
    assert ana.shown() == ben.shown()
    assert len(ana.shown()) == 4
    assert ben.has(note)
    assert ben.view(client).get("name_to_use") == "Kimi"
    assert ben.view(client).get("pcp") == "Dr. Olsen"
    common = set(ana.cursors()) & set(ben.cursors())
    assert {feed.partition(":")[0] for feed in common} == {
        "org", "oncall", "oncall-contacts", "team", "notes",
    }  # fmt: skip
    assert {f: ana.cursors()[f] for f in common} == {f: ben.cursors()[f] for f in common}


@pytest.mark.parametrize("order", itertools.permutations("abc"))
def test_who_sends_first_makes_no_difference(agency: Agency, order: tuple[str, ...]) -> None:
    rigs = {name: agency.laptop(f"Person {name}") for name in "ab"}
    rigs["c"] = agency.rig(rigs["a"].staff)
    client = rigs["a"].client("Lee, Kim")
    agency.settle(*rigs.values(), *rigs.values())
    for name, rig in rigs.items():
        rig.change(client, {"pharmacy": f"Pharmacy {name}"})
        rig.plan(client, f"sign seen by {name}", prev=())
    agency.settle(*(rigs[name] for name in order))
    shown = [rig.shown() for rig in rigs.values()]
    assert shown[0] == shown[1] == shown[2]
    view = rigs["b"].view(client)
    assert view.conflicts == ("pharmacy",)
    assert {write.value for write in view.fields["pharmacy"].writes} == {
        "Pharmacy a", "Pharmacy b", "Pharmacy c",
    }  # fmt: skip


def test_a_laptop_enrolled_later_gets_everything_in_need_order(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    clients = [ana.client(f"Client {n}") for n in range(30)]
    for client in clients:
        ana.contact(client)
        ana.note(client, "A visit of no particular interest.")
    agency.settle()
    late = agency.laptop("Cara Late")
    assert late.enrolled.message == ""
    assert late.enrolled.pulled >= 90
    assert late.shown() == ana.shown()


def test_people_of_another_team_get_cards_and_contacts_but_never_narrative(agency: Agency) -> None:
    ana, mia = agency.laptop("Ana Alvarez"), agency.laptop("Mia Moss", team=agency.other_team)
    client = ana.client("Lee, Kim")
    plan, note, contact = (
        ana.plan(client, "not sleeping"),
        ana.note(client, "long nights"),
        ana.contact(client),
    )
    agency.settle()
    assert mia.has(plan)
    assert mia.has(contact)
    assert not mia.has(note)
    assert not any(feed.startswith(("notes:", "team:")) and agency.team in feed for feed in mia.cursors())


def test_an_idle_round_is_one_small_request(agency: Agency) -> None:
    ana = agency.laptop("Ana Alvarez")
    ana.contact(ana.client("Lee, Kim"))
    agency.settle()
    ana.line.requests.clear()
    ana.line.answers.clear()
    ana.line.sizes.clear()
    status = ana.sync()
    assert (status.message, status.pending, status.pulled) == ("", 0, 0)
    assert len(ana.line.requests) == 1
    assert ana.line.sizes[0] + ana.line.answers[0][1] <= 2_048


def test_own_rows_are_jumped_over_and_the_head_still_proves_them(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    for _ in range(20):
        ana.contact(client)
    carried: list[int] = []

    def count(answer: dict[str, Any]) -> None:
        carried.append(sum(len(page["rows"]) for page in answer["feeds"].values()))

    ana.line.bend = count
    assert ana.sync().message == ""
    assert sum(carried) == 0
    ben.sync()
    common = set(ana.cursors()) & set(ben.cursors())
    assert {f: ana.cursors()[f] for f in common} == {f: ben.cursors()[f] for f in common}


def test_rows_of_others_before_ones_own_are_pulled_and_not_jumped(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    first = ben.contact(client, "first")
    ben.sync()
    second = ana.contact(client, "second")
    ana.sync()
    ben.sync()
    assert ana.has(first)
    assert ben.has(second)
    assert ana.shown() == ben.shown()


def test_a_manager_gets_what_every_team_of_the_program_writes(agency: Agency) -> None:
    boss = agency.laptop("Sue Sato", role="manager")
    ana, mia = agency.laptop("Ana Alvarez"), agency.laptop("Mia Moss", team=agency.other_team)
    both = agency.laptop("Pat Both", role="records", team="")
    mine, theirs = (
        ana.note(ana.client("Here, A"), "nothing new"),
        mia.note(mia.client("There, B", team=agency.other_team), "nothing new"),
    )
    agency.settle()
    assert boss.has(mine)
    assert boss.has(theirs)
    assert not both.has(mine)
    assert boss.cursors()[f"notes:{agency.team}"] == ana.cursors()[f"notes:{agency.team}"]
    assert boss.cursors()[f"notes:{agency.other_team}"] == mia.cursors()[f"notes:{agency.other_team}"]


def _history(rig: Rig, client: str) -> list[str]:
    return [step.hash for step in rig.view(client).steps]


def test_a_laptop_that_was_off_for_ninety_days_catches_up(agency: Agency) -> None:
    ana, ben = agency.laptop("Ana Alvarez"), agency.laptop("Ben Brook")
    client = ana.client("Lee, Kim")
    agency.settle()
    old = ben.change(client, {"employment": "bakery"})
    for day in range(90):
        agency.clock.move(days=1)
        ana.clock.at_ms = agency.clock.at_ms
        ana.change(client, {"best_places_to_find": f"day {day}"})
        if day % 30 == 0:
            ana.sync()
    agency.settle()
    assert ana.shown() == ben.shown()
    assert old.hash in _history(ana, client)
    assert ben.view(client).get("best_places_to_find") == "day 89"
