"""The roster plan: what is added and changed, that importing twice changes nothing, and where clients live."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from fieldapp.laptop.imports.plan import Write, report
from fieldapp.records.changes import values_of
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.assignment import staff_on
from tests.imports.import_world import (
    INTAKE,
    NORTH,
    PROGRAM,
    SAMPLE,
    SOUTH,
    STAFF,
    TODAY,
    Store,
    line,
    plan,
    roster,
)


def imported(*rows: dict[str, str]) -> Store:
    store = Store()
    made = plan(roster(*rows))
    assert not [error for row in made.rows for error in row.errors]
    store.apply(made.writes)
    return store


def test_the_sample_caseload_imports_whole_and_a_second_time_changes_nothing() -> None:
    store = Store()
    first = plan(SAMPLE.read_bytes())
    assert (first.count("add"), first.count("error")) == (26, 0)
    store.apply(first.writes)
    again = plan(SAMPLE.read_bytes(), store.clients())
    assert again.count("same") == 26
    assert again.writes == ()


def test_accented_names_arrive_as_they_were_written() -> None:
    store = Store()
    store.apply(plan(SAMPLE.read_bytes()).writes)
    assert "Portillo, Adán" in {view.get("legal_name") for view in store.of("client")}


def test_a_line_makes_client_episode_assignment_plan_person_and_alerts() -> None:
    store = imported(
        line(
            phone1="555-201-3344", address="1 Fir St", city="Everett", county="Snohomish", zip="98201",
            track="smi", admit_date="2026-10-01", step_down_from="pact", tier="HIGH",
            contact_target_per_week="5", payer="WA Medicaid", member_id="1WA", auth_no="A1",
            auth_from="2026-10-01", auth_to="2026-12-31", prescriber="k.haddad", em_contact="Ola Sund",
            em_phone="555-777-8899", alert_codes="dog_loose; two_person_required", part2="yes",
        )
    )  # fmt: skip
    client = store.of("client")[0]
    assert client.get("home_team") == NORTH
    assert client.get("home_program") == PROGRAM
    assert client.items("phones")["phone1"]["number"] == "555-201-3344"
    episode = values_of(KINDS["episode"], store.of("episode")[0])
    assert episode["track"] == "SMI"
    assert episode["step_down_from"] == "PACT"
    assert (episode["intensity_tier"], episode["status"]) == ("high", "active")
    assert episode["part2_status"] == "protected"
    assert episode["coverage"]["roster"]["auth_to"] == "2026-12-31"
    assert staff_on(store.of("assignment")[0], TODAY) == {
        STAFF["m.lindqvist"].id: "primary",
        STAFF["k.haddad"].id: "prescriber",
    }
    period = next(iter(store.of("contact_plan")[0].items("periods").values()))
    assert (period["per"], period["target_n"], period["start"]) == ("week", 5, "2026-10-01")
    assert store.of("related_person")[0].get("phone") == "555-777-8899"
    assert {(a.get("code"), a.get("severity")) for a in store.of("alert")} == {
        ("dog_loose", "caution"),
        ("two_person_required", "stop"),
    }


def test_an_unknown_part_2_status_is_pending_and_so_treated_as_protected() -> None:
    assert imported(line()).of("episode")[0].get("part2_status") == "pending"


@pytest.mark.parametrize(
    ("primary", "team", "home", "said"),
    [
        ("d.petrov", "north", SOUTH, "home South team, the team of Dana Petrov"),
        ("j.okafor", "north", NORTH, "home North team, as --team says"),
        ("", "south", SOUTH, "home South team, as --team says"),
        ("", "", INTAKE, "home Intake"),
    ],
)
def test_home_is_the_team_of_the_primary_person_then_the_option_then_intake(
    primary: str, team: str, home: str, said: str
) -> None:
    made = plan(roster(line(primary_staff=primary)), team=team)
    client = next(write for write in made.writes if write.kind.name == "client")
    assert client.values["home_team"] == home
    assert said in "\n".join(report(made, "client"))


def test_a_client_who_moved_keeps_the_home_that_the_move_gave() -> None:
    store = imported(line())
    again = plan(roster(line(primary_staff="d.petrov")), store.clients())
    assert all("home_team" not in write.body.get("set", {}) for write in again.writes)  # type: ignore[operator]


def test_a_changed_cell_becomes_one_small_change_on_the_version_that_was_seen() -> None:
    store = imported(line(phone1="555-201-3344"))
    seen = store.of("client")[0]
    again = plan(roster(line(phone1="555-201-9999")), store.clients())
    assert [row.verb for row in again.rows] == ["change"]
    write = again.writes[0]
    assert write.body == {"items": {"phones": {"phone1": {"number": "555-201-9999"}}}}
    assert list(write.prev) == seen.heads
    assert "Phone 555-201-3344 → 555-201-9999" in "\n".join(report(again, "client"))


def test_an_empty_cell_never_erases_what_is_known() -> None:
    store = imported(line(phone1="555-201-3344", address="1 Fir St", track="SMI", tier="high"))
    assert plan(roster(line()), store.clients()).count("same") == 1


def test_a_phone_that_somebody_wrote_differently_is_the_same_phone() -> None:
    store = imported(line(phone1="555-201-3344"))
    assert plan(roster(line(phone1="(555) 201-3344")), store.clients()).count("same") == 1


def test_a_new_primary_person_ends_the_time_of_the_one_before() -> None:
    store = imported(line(admit_date="2026-09-01"))
    store.apply(plan(roster(line(primary_staff="a.rivera")), store.clients()).writes)
    view = store.of("assignment")[0]
    assert staff_on(view, TODAY) == {STAFF["a.rivera"].id: "primary"}
    assert staff_on(view, "2026-11-21") == {STAFF["m.lindqvist"].id: "primary"}
    assert view.derived["primary_overlaps"] == []


def test_a_new_weekly_target_keeps_the_earlier_agreement_in_the_history() -> None:
    store = imported(line(contact_target_per_week="3"))
    store.apply(plan(roster(line(contact_target_per_week="5")), store.clients()).writes)
    assert {p["target_n"] for p in store.of("contact_plan")[0].items("periods").values()} == {3, 5}


def test_an_alert_that_somebody_cleared_is_not_raised_again_by_an_old_list() -> None:
    store = imported(line(alert_codes="dog_loose"))
    alert = store.of("alert")[0]
    base = values_of(KINDS["alert"], alert)
    cleared = {**base, "cleared": True, "cleared_reason": "Dog has been rehomed."}
    store.apply([Write(KINDS["alert"], alert.id, alert.client, base, cleared, tuple(alert.heads))])
    again = plan(roster(line(alert_codes="dog_loose")), store.clients())
    assert again.writes == ()
    assert "was cleared here" in "\n".join(report(again, "client"))


def test_a_discharged_client_is_not_taken_back_by_an_old_list() -> None:
    store = imported(line(admit_date="2026-09-01", tier="high"))
    episode = store.of("episode")[0]
    base = values_of(KINDS["episode"], episode)
    left = {**base, "status": "discharged", "discharged_on": "2026-11-01"}
    store.apply([Write(KINDS["episode"], episode.id, episode.client, base, left, tuple(episode.heads))])
    again = plan(roster(line(admit_date="2026-09-01", tier="standard")), store.clients())
    assert not [write for write in again.writes if write.kind.name == "episode"]


def test_who_comes_again_on_a_list_has_a_new_episode_and_the_old_one_keeps_its_dates() -> None:
    store = imported(line(admit_date="2026-09-01"))
    episode = store.of("episode")[0]
    base = values_of(KINDS["episode"], episode)
    left = {**base, "status": "discharged", "discharged_on": "2026-11-01"}
    store.apply([Write(KINDS["episode"], episode.id, episode.client, base, left, tuple(episode.heads))])
    again = plan(roster(line(admit_date="2026-11-15")), store.clients())
    (write,) = [write for write in again.writes if write.kind.name == "episode"]
    assert write.record != episode.id
    assert (write.values["status"], write.values["admit_date"]) == ("active", "2026-11-15")
    # The ids of each plan of these tests begin anew: this one is to be nobody else's.
    store.apply([dataclasses.replace(write, record=str(uuid.UUID(int=77, version=4)))])
    once_more = plan(roster(line(admit_date="2026-11-15")), store.clients())
    assert not [write for write in once_more.writes if write.kind.name == "episode"]


def test_two_values_that_wait_to_be_settled_are_not_settled_by_a_list() -> None:
    store = imported(line(phone1="555-201-3344", name_to_use="Per"))
    client = store.of("client")[0]
    base = values_of(KINDS["client"], client)
    for name, number in (("Pelle", "555-1111111"), ("Perry", "555-2222222")):
        values = {**base, "name_to_use": name, "phones": {"phone1": {"number": number}}}
        store.apply([Write(KINDS["client"], client.id, client.id, base, values, tuple(client.heads))])
    assert len(store.of("client")[0].conflicts) == 2
    again = plan(roster(line(phone1="555-201-3344", name_to_use="Per")), store.clients())
    assert again.writes == ()
    assert "left alone" in "\n".join(report(again, "client"))


def test_a_number_that_belongs_to_somebody_else_stops_the_line() -> None:
    store = imported(line())
    other = plan(roster(line(last="Berg", first="Ida", dob="1991-01-01")), store.clients())
    assert [str(error) for error in other.rows[0].errors] == [
        "mrn: belongs to a client with another name and birth date; check the number."
    ]


def test_a_person_who_is_here_under_another_number_is_not_made_twice() -> None:
    store = imported(line("A1", first="Åsa"))
    rows = roster(line("B7", first="asa"))
    assert "already here under MRN A1" in str(plan(rows, store.clients()).rows[0].errors[0])
    assert plan(rows, store.clients(), add_lookalikes=True).count("add") == 1


def test_the_same_person_on_two_lines_stops_the_second() -> None:
    made = plan(roster(line("A1", first="Ida"), line("A2", first="Ida")))
    assert [row.verb for row in made.rows] == ["add", "error"]
    assert "those of line 2" in str(made.rows[1].errors[0])


def test_a_team_that_the_importer_is_not_on_is_left_to_its_own_supervisor() -> None:
    made = plan(roster(line("A1"), line("A2", primary_staff="d.petrov")), writable_teams=frozenset({NORTH}))
    assert [row.verb for row in made.rows] == ["add", "error"]
    assert "not on the team South team" in str(made.rows[1].errors[0])


def test_a_program_whose_clients_this_laptop_does_not_hold_is_refused() -> None:
    made = plan(roster(line()), readable=frozenset())
    assert "does not hold the clients" in str(made.rows[0].errors[0])


def test_a_line_with_an_error_writes_nothing_while_the_others_are_offered() -> None:
    made = plan(roster(line("A1"), line("A2", dob="yesterday"), line("A3", first="Bo")))
    assert [row.verb for row in made.rows] == ["add", "error", "add"]
    assert {dict(w.values).get("mrn") for w in made.writes if w.kind.name == "client"} == {"A1", "A3"}
    last = list(report(made, "client"))[-1]
    assert last == "3 lines: 2 clients to add, 0 to change, 0 unchanged, 1 with errors."


def test_the_plan_is_the_same_every_time() -> None:
    one, two = plan(SAMPLE.read_bytes()), plan(SAMPLE.read_bytes())
    assert dataclasses.astuple(one.rows[3])[:2] == dataclasses.astuple(two.rows[3])[:2]
    assert [w.record for w in one.writes] == [w.record for w in two.writes]
