"""Who may put what on paper, what the papers of staff say, and what the audit trail keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from fieldapp.clinical.metrics.model import Scope
from fieldapp.errors import UsageFailure
from fieldapp.laptop import outlets
from fieldapp.laptop.failures import GateClosed, NotAllowed
from fieldapp.prints import text
from fieldapp.prints.documents import (
    DOCUMENTS,
    OF_A_CLIENT,
    OF_A_RECORD,
    OF_REVIEWERS,
    Wanted,
    forms_of,
    made,
)
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from tests.goals.made import PLAN
from tests.laptop.laptop_world import (
    ANA,
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    OTHER_TEAM,
    SUE,
    TEAM,
    World,
    opened,
    plan_values,
    uid,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made_world = World(tmp_path)
    yield made_world
    made_world.close()


def signed_plan(world: World, client: str, **more: object) -> None:
    world.add(
        "safety_plan", one_per(client, "safety_plan"), {DOC: plan_values(**more)}, client=client, who=SUE,
        meaning="sign", at_ms=NOON_MS - DAY_MS,
    )  # fmt: skip


def test_another_teams_papers_stay_closed_and_emergency_access_prints_the_clients_own_plan_alone(
    world: World, tmp_path: Path
) -> None:
    other = world.client("Noor, Sami", team=OTHER_TEAM, primary=SUE)
    signed_plan(world, other)
    laptop = world.laptop(ANA)
    for document in OF_A_CLIENT:
        with pytest.raises(GateClosed):
            laptop.print_sheet(Wanted(document, other, record=uid("x")))
        with pytest.raises(GateClosed):
            laptop.print_out(Wanted(document, other, record=uid("x")), "text", b"x", tmp_path / "no.txt")
    laptop.break_glass(other, _reason())
    assert "Walk to the water" in text.make(laptop.print_sheet(Wanted("plan", other)).sheet)
    for document in OF_A_CLIENT - {"plan"}:
        with pytest.raises(NotAllowed, match="Only the client's own plan"):
            laptop.print_sheet(Wanted(document, other, record=uid("x")))
    assert not (tmp_path / "no.txt").exists()


def _reason() -> str:
    from fieldapp.records.kinds.break_glass import REASONS

    return next(code for code in REASONS if code != "other")


def test_the_crisis_card_says_what_a_colleague_on_call_needs(world: World) -> None:
    client = world.client("Okafor, Ada", dob="1984-03-09", allergies="Penicillin", interpreter_needed=True,
                          best_places_to_find="Library on Hoyt")  # fmt: skip
    phones = {"p": {"number": "425-555-0111", "ok_to_leave_message": False}}
    world.add("client", client, {"items": {"phones": phones}}, client=client, prev=[world.shared[-3].hash])
    world.add(
        "alert", uid("alert"),
        {"set": {"cls": "home_safety", "code": "dog_loose", "severity": "stop", "detail": "Large dog"}}, client=client,
    )  # fmt: skip
    world.contact(client, "visit", start_ms=NOON_MS - 3 * HOUR_MS)
    signed_plan(world, client, means=[{"text": "Old tablets", "action": "locked"}])
    ngozi = {"name": "Ngozi", "kind": "family", "phone": "425-555-0102", "knows_about_treatment": "no"}
    world.add("related_person", uid("sister"), {"set": ngozi}, client=client)
    world.add("task", uid("todo"), {"set": {"what": "other", "title": "Bring the form"}}, client=client)
    said = text.make(world.laptop(ANA).print_sheet(Wanted("crisis_card", client)).sheet)
    for part in ("CONFIDENTIAL", "Okafor, Ada", "Penicillin", "Library on Hoyt", "425-555-0111 (no message)", "STOP: Loose dog",
                 "Large dog", "Ana Alvarez", "version 1 of Nov 22, 2026, Sue Sato", "Walk to the water",
                 "Old tablets, Locked away", "does not know of the treatment", "Bring the form", "988", "Born", "Printed November 23, 2026"):  # fmt: skip
        assert part in said, part


def test_a_refusal_to_plan_and_no_plan_at_all_print_no_plan(world: World) -> None:
    client, declined = world.client("Okafor, Ada"), world.client("Berg, Lea")
    signed_plan(world, declined, declined=True, declined_reason="Not today")
    laptop = world.laptop(ANA)
    for one in (client, declined):
        with pytest.raises(NotAllowed, match="There is no safety plan that stands"):
            laptop.print_sheet(Wanted("plan", one))
        assert "none that stands" in text.make(laptop.print_sheet(Wanted("crisis_card", one)).sheet)
    with pytest.raises(UsageFailure):
        laptop.print_sheet(Wanted("plan"))


def test_the_appointment_card_names_the_next_visits_and_nothing_of_the_agency(world: World) -> None:
    client = world.client("Okafor, Ada")
    for number, hours in enumerate((-5, 26, 50)):
        values = {"staff": ANA, "start": instant(NOON_MS + hours * HOUR_MS), "minutes": 45, "where": f"Place {number}",
                  "note": "STAFF ONLY"}  # fmt: skip
        world.add("planned_visit", uid(f"visit {number}"), {"set": values}, client=client)
    laptop = world.laptop(ANA)
    said = text.make(laptop.print_sheet(Wanted("appointment", client, "es")).sheet)
    assert "martes 24 de noviembre de 2026 a las 2:00 pm" in said
    assert "miércoles 25 de noviembre de 2026 a las 2:00 pm" in said
    assert "Place 1" in said
    assert "206-555-0100" in said
    for hidden in ("Place 0", "STAFF ONLY", "Okafor", "Community"):
        assert hidden not in said


def test_the_day_and_the_caseload_are_of_those_who_print_them(world: World) -> None:
    mine = world.client("Okafor, Ada", mrn="4001")
    world.client("Noor, Sami", team=OTHER_TEAM, primary=SUE)
    values = {
        "staff": ANA,
        "start": instant(NOON_MS + HOUR_MS),
        "minutes": 45,
        "where": "Library",
        "setting": "home",
    }
    world.add("planned_visit", uid("visit"), {"set": values}, client=mine)
    laptop = world.laptop(ANA)
    day = text.make(laptop.print_sheet(Wanted("schedule", day="2026-11-23")).sheet)
    assert "1:00 pm" in day
    assert "Okafor, Ada" in day
    assert "No visits are planned." in text.make(
        laptop.print_sheet(Wanted("schedule", day="2026-11-24")).sheet
    )
    listed = text.make(laptop.print_sheet(Wanted("roster")).sheet)
    assert "MRN 4001" in listed
    assert "Noor" not in listed


def test_the_agencys_name_stands_on_a_clients_paper_only_if_the_program_wants_it(world: World) -> None:
    client = world.client("Okafor, Ada")
    signed_plan(world, client)
    world.add("organisation", uid("org"), {"set": {"name": "Harbor Agency"}}, who=uid("office"))
    assert "Harbor" not in text.make(world.laptop(ANA).print_sheet(Wanted("plan", client)).sheet)
    program = next(entry for entry in world.shared if entry.envelope.kind == "program")
    world.add(
        "program", program.envelope.id, {"set": {"show_agency_on_prints": True}}, who=uid("office"), prev=[program.hash]
    )  # fmt: skip
    assert "From Harbor Agency" in text.make(world.laptop(SUE).print_sheet(Wanted("plan", client)).sheet)


@pytest.mark.parametrize("document", sorted(set(DOCUMENTS) - OF_A_RECORD))
def test_every_print_leaves_one_line_of_ids_and_codes_and_no_word(
    world: World, tmp_path: Path, document: str
) -> None:
    client = world.client("Okafor, Ada")
    signed_plan(world, client)
    world.add(
        "treatment_plan", one_per(client, "treatment_plan"), {DOC: dict(PLAN)}, client=client, who=SUE, meaning="sign",
        at_ms=NOON_MS - DAY_MS,
    )  # fmt: skip
    world.add(
        "discharge", uid("discharge"),
        {DOC: {"reason": "moved", "date": "2026-11-20", "summary": "Went by the water and is well.", "plan_disposition": "has_it"}},
        client=client, who=SUE, meaning="sign", at_ms=NOON_MS - DAY_MS,
    )  # fmt: skip
    laptop = world.laptop(SUE if document in OF_REVIEWERS else ANA)
    wanted = Wanted(
        document,
        client if document in OF_A_CLIENT else "",
        scope=Scope("team", TEAM, "North") if document == "weekly_report" else None,
    )
    form = forms_of(document)[0]
    finished = made(laptop.print_sheet(wanted).sheet, form)
    file = tmp_path / "Ada Okafor secret.pdf"
    laptop.print_out(wanted, form, finished.data, file)
    assert file.read_bytes() == finished.data
    with opened(laptop).store.reading() as rx:
        events = [orjson.loads(row[0]) for row in rx.all("SELECT data FROM audit ORDER BY seq")]
    (event,) = [event for event in events if event["action"] == "print"]
    assert (event["object"], event["outcome"]) == (f"{document}/{form}/en", "file team")
    assert event["client"] == (client if document in OF_A_CLIENT else None)
    assert not [word for word in ("Okafor", "Ada", "secret", "water") if word in str(event)]


def test_a_file_name_is_of_the_person_who_types_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert outlets.path_of(" plan.pdf ") == tmp_path / "plan.pdf"
    assert outlets.path_of("~/plan.pdf") == tmp_path / "plan.pdf"
    for wrong in ("", "  ", "\x00"):
        with pytest.raises(UsageFailure):
            outlets.path_of(wrong)
    (tmp_path / "safety-plan.pdf").touch()
    assert outlets.proposed("plan", "page") == "~/safety-plan-2.pdf"
    assert outlets.proposed("plan", "text") == "~/safety-plan.txt"
