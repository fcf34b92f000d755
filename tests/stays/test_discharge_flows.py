"""Discharge on a real laptop: filled in from the record, signed, co-signed, corrected, undone, asked about later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import Entry
from fieldapp.records.kind import DOC
from fieldapp.screens.discharge import DischargeScreen
from fieldapp.screens.due_open import open_due
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.store import ageing
from tests.forms.desk import (
    ADA,
    CLIENTS,
    DANA,
    DAY,
    HOUR,
    NAIR,
    NOW,
    PASSPHRASE,
    TOM,
    Desk,
    ident,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.goals.made import treatment
from tests.stays.made import day, episode, stay, visit

Make = Callable[..., Desk]
EPISODE = ident(100 + list(CLIENTS).index(ADA))
SUMMARY = "Came from inpatient care in August; sleeps six hours, pays rent, knows her signs."
SAID: dict[str, Any] = {
    "reason": "goals_met", "to": "OP", "to_where": "Sound Outpatient", "summary": SUMMARY,
    "plan_disposition": "handed_over",
    "appointments": [{"when": day(-4), "time": "10:00", "who": "Dr. Iyer", "where": "Sound Outpatient"}],
    "return_instructions": "Call the team line; we see you the same week.",
}  # fmt: skip


def unlock(desk: Desk) -> Laptop:
    """Return the open laptop of a desk."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def people(desk: Desk) -> None:
    """Store a sister who may hear, and a landlord who may not."""
    sister = {"name": "Ngozi Okafor", "kind": "family", "phone": "425-555-0102", "involvement_ok": True}
    desk.add("related_person", ident(501), {"set": sister}, client=ADA)
    desk.add("related_person", ident(502), {"set": {"name": "Hal Brook", "kind": "landlord"}}, client=ADA)
    release = {"kind": "roi_hipaa", "recipient": "Ngozi Okafor", "purpose": "support", "what": ["discharge"],
               "since": day(90), "expires": day(-200), "signature": "verbal_witnessed", "witness": "Tom Berg",
               "signed_on": day(90)}  # fmt: skip
    desk.add("consent", ident(503), {"set": release}, client=ADA)


def furnished(desk: Desk) -> Desk:
    """Fill a laptop with a client who is ready to leave."""
    treatment(desk)
    desk.plan(ago=20 * DAY)
    people(desk)
    return desk


def begun(laptop: Laptop, **values: Any) -> str:
    """Begin a discharge as its form does; returns the draft."""
    start = laptop.discharge_start(ADA)
    goals = [{**row, "status": "met"} for row in start.values.get("goals") or ()]
    filled = {**start.values, **SAID, "goals": goals, **values}
    return laptop.start("discharge", ADA, None, {k: v for k, v in filled.items() if v is not None}).id


def signed(laptop: Laptop, **values: Any) -> str:
    """Discharge the client; returns the record."""
    draft = begun(laptop, **values)
    record = laptop.draft(draft).record
    laptop.submit(draft, overrides={p.field: "so agreed" for p in laptop.problems(draft) if not p.stops})
    return record


def stored(laptop: Laptop) -> dict[str, Any]:
    return dict(laptop.record(EPISODE).values)


def test_signing_ends_the_episode_in_one_transaction_and_waits_for_the_supervisor(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of()))
    start = laptop.discharge_start(ADA)
    assert [row["words"] for row in start.values["goals"]] == [
        "Sleep six hours",
        "Keep the flat",
        "Bake for the market again",
    ]
    assert start.values["plan_version"] == 1
    assert start.values["supports"] == [{"name": "Ngozi Okafor", "phone": "425-555-0102"}]
    assert start.values["relapse_signs"] == ["I stop answering my sister", "I stay up past three"]
    record = signed(laptop)
    assert laptop.client_line(ADA).status == "discharged"
    assert {name: stored(laptop)[name] for name in ("status", "discharged_on", "discharge_reason", "discharge")} == {
        "status": "discharged", "discharged_on": day(0), "discharge_reason": "goals_met", "discharge": record,
    }  # fmt: skip
    read = laptop.record(record)
    assert read.status == "pending"
    assert read.versions[0].cosign_required == "supervisor"
    assert ADA not in {line.client for line in laptop.caseload()}
    (task,) = [task for task in laptop.tasks(ADA) if task.what == "connection_check"]
    assert (task.title, task.owner) == ("Connected to care? 30 days after the discharge", DANA)
    assert laptop.discharge_start(ADA).record == record


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"summary": None}, "summary"),
        ({"plan_disposition": None}, "plan_disposition"),
        ({"plan_disposition": "declined"}, "plan_reason"),
        ({"plan_disposition": "ended"}, "plan_disposition"),
        ({"reason": None}, "reason"),
        ({"date": day(-1)}, "date"),
        ({"date": "2026-01-02"}, "date"),
        ({"appointments": [{"who": "Dr. Iyer", "when": "someday"}]}, "appointments"),
    ],
)
def test_no_discharge_without_summary_plan_disposition_and_days_that_can_be(
    desk_of: Make, values: dict[str, Any], field: str
) -> None:
    laptop = unlock(furnished(desk_of()))
    draft = begun(laptop, **values)
    assert field in {problem.field for problem in laptop.problems(draft) if problem.stops}
    with pytest.raises(NotReady):
        laptop.submit(draft, overrides={field: "because"})
    assert laptop.client_line(ADA).status == "active"


def test_a_plan_that_does_not_stand_cannot_have_been_handed_over(desk_of: Make) -> None:
    desk = desk_of()
    laptop = unlock(desk)
    draft = begun(laptop)
    assert "plan_disposition" in {problem.field for problem in laptop.problems(draft) if problem.stops}


@pytest.mark.parametrize("reason", ["deceased", "lost_contact", "moved"])
def test_death_lost_contact_and_moving_away_have_no_false_demands(desk_of: Make, reason: str) -> None:
    laptop = unlock(furnished(desk_of()))
    plan = (
        {"plan_disposition": "ended"}
        if reason == "deceased"
        else {"plan_disposition": "not_handed", "plan_reason": "Not found"}
    )
    draft = begun(laptop, reason=reason, to=None, to_where=None, appointments=None, goals=None, **plan)
    assert laptop.problems(draft) == ()
    laptop.submit(draft)
    asked = [task.what for task in laptop.tasks(ADA) if task.what == "connection_check"]
    assert asked == (["connection_check"] if reason == "moved" else [])


def test_without_an_appointment_the_reason_is_asked_and_a_late_one_is_only_a_hint(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of()))
    draft = begun(laptop, appointments=None)
    (problem,) = laptop.problems(draft)
    assert (problem.field, problem.stops) == ("appointments", False)
    laptop.discard_draft(draft)
    late = begun(laptop, appointments=[{"who": "Dr. Iyer", "when": day(-20)}])
    assert laptop.problems(late) == ()


def test_a_death_ends_what_others_were_to_do(desk_of: Make) -> None:
    desk = furnished(desk_of())
    desk.add(
        "task",
        ident(700),
        {"set": {"what": "call", "title": "Call about the form", "due": "2026-11-25T20:00:00.000Z"}},
        client=ADA,
    )
    laptop = unlock(desk)
    signed(laptop, reason="deceased", plan_disposition="ended", to=None, appointments=None)
    assert laptop.tasks(ADA) == ()


def test_a_death_cancels_the_visits_to_come_and_undoing_it_brings_none_back(desk_of: Make) -> None:
    desk = furnished(desk_of())
    visit(desk, 1, -2 * HOUR)
    visit(desk, 2, DAY)
    laptop = unlock(desk)
    record = signed(laptop, reason="deceased", plan_disposition="ended", to=None, appointments=None)
    assert laptop.record(ident(602)).values["cancelled_why"] == "The client has died."
    assert "cancelled" not in laptop.record(ident(601)).values
    laptop.mark_error(laptop.record(record).versions[0].entry, "Somebody of the same name")
    assert laptop.client_line(ADA).status == "active"
    assert laptop.record(ident(602)).values["cancelled"] is True


def test_who_leaves_alive_keeps_the_visits_that_are_planned(desk_of: Make) -> None:
    desk = furnished(desk_of())
    visit(desk, 2, DAY)
    laptop = unlock(desk)
    signed(laptop)
    assert "cancelled" not in laptop.record(ident(602)).values


@pytest.mark.parametrize(
    "said",
    [
        {"status": "discharged", "status_since": day(0)},
        {"discharged_on": day(0)},
        {"discharge_reason": "goals_met"},
        {"discharge": ident(850)},
    ],
)
def test_no_form_but_the_discharge_ends_an_episode(desk_of: Make, said: dict[str, Any]) -> None:
    laptop = unlock(furnished(desk_of()))
    draft = laptop.start("episode", ADA, EPISODE)
    laptop.save_draft(draft.id, {**draft.values, **said}, "")
    (problem,) = laptop.problems(draft.id)
    assert problem.stops
    assert "write the discharge" in problem.sentence
    with pytest.raises(NotReady):
        laptop.submit(draft.id)
    assert laptop.client_line(ADA).status == "active"


def test_who_may_not_hear_gets_no_summary_and_who_may_is_in_the_accounting(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of()))
    draft = begun(laptop, sent_to=[{"name": "Hal Brook", "basis": "roi"}])
    (problem,) = [p for p in laptop.problems(draft) if p.stops]
    assert problem.field == "sent_to"
    assert "LISTEN ONLY" in problem.sentence
    laptop.discard_draft(draft)
    record = signed(
        laptop,
        sent_to=[{"name": "Ngozi Okafor", "basis": "roi", "consent": ident(503), "standing": "allowed"}],
    )
    told = next(part.lines for part in laptop.face_sheet(ADA).sections if part.kind == "disclosure")
    assert [line.title for line in told] == ["Ngozi Okafor"]
    assert "Discharge summary" in told[0].words
    laptop.mark_error(laptop.record(record).versions[0].entry, "Wrong client")
    told = next(part.lines for part in laptop.face_sheet(ADA).sections if part.kind == "disclosure")
    assert told[0].mark_words == "did not take place"


def test_entered_in_error_the_episode_goes_on_and_taking_that_back_ends_it_again(desk_of: Make) -> None:
    desk = furnished(desk_of())
    episode(desk, status="on_hold")
    laptop = unlock(desk)
    record = signed(laptop)
    assert laptop.client_line(ADA).status == "discharged"
    error = laptop.mark_error(laptop.record(record).versions[0].entry, "She stays after all")
    assert laptop.client_line(ADA).status == "on_hold"
    assert stored(laptop)["discharge"] is None
    assert [task.what for task in laptop.tasks(ADA) if task.what == "connection_check"] == []
    assert laptop.discharge_start(ADA).record == ""
    laptop.take_back(error, "She leaves today")
    assert laptop.client_line(ADA).status == "discharged"
    assert stored(laptop)["discharge"] == record


def test_a_supervisor_undoes_a_discharge_and_somebody_else_writes_the_next(desk_of: Make) -> None:
    desk = furnished(desk_of(NAIR))
    doc = {"episode": EPISODE, "status_before": "active", "reason": "lost_contact", "date": day(3), "summary": SUMMARY,
           "plan_disposition": "not_handed", "plan_reason": "Not found"}  # fmt: skip
    made = desk.add(
        "discharge",
        ident(850),
        {DOC: doc, "cosign_required": "supervisor"},
        client=ADA,
        author=DANA,
        meaning="sign",
    )
    ended = {
        "status": "discharged",
        "discharged_on": day(3),
        "discharge_reason": "lost_contact",
        "discharge": ident(850),
    }
    episode(desk, **ended)
    laptop = unlock(desk)
    assert laptop.client_line(ADA).status == "discharged"
    laptop.mark_error(made.hash, "She called this morning")
    assert laptop.client_line(ADA).status == "active"


def test_a_correction_changes_reason_and_day_of_the_episode_too(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of()))
    record = signed(laptop)
    draft = laptop.start("discharge", None, record)
    assert draft.meaning == "amend"
    laptop.save_draft(draft.id, {**draft.values, "reason": "step_down_OP", "date": day(2)}, "")
    laptop.submit(draft.id, reason="It was a step down, on Friday")
    assert (stored(laptop)["discharge_reason"], stored(laptop)["discharged_on"]) == ("step_down_OP", day(2))
    assert laptop.record(record).status == "pending"


def test_two_people_who_discharge_side_by_side_make_one_end_and_undoing_one_leaves_the_other(
    desk_of: Make,
) -> None:
    desk = furnished(desk_of())
    doc = {"episode": EPISODE, "status_before": "active", "reason": "goals_met", "date": day(0), "summary": SUMMARY,
           "plan_disposition": "declined", "plan_reason": "Has her own"}  # fmt: skip
    other: Entry = desk.add(
        "discharge", ident(851), {DOC: doc}, client=ADA, author=NAIR, meaning="sign", at_ms=NOW - HOUR
    )
    laptop = unlock(desk)
    assert other.envelope.id == laptop.discharge_start(ADA).record
    record = signed(laptop)
    laptop.mark_error(laptop.record(record).versions[0].entry, "A colleague had done it")
    assert laptop.client_line(ADA).status == "discharged"
    assert stored(laptop)["discharge"] == ident(851)


def test_thirty_days_later_somebody_says_whether_they_are_connected(desk_of: Make) -> None:
    desk = furnished(desk_of())
    laptop = unlock(desk)
    record = signed(laptop, date=day(20))
    (after,) = laptop.after_discharge(ADA)
    assert (after.connection, after.readmitted) == ("open", "")
    with pytest.raises(NotReady):
        laptop.say_connected(record, "yes", day(-1), "")
    with pytest.raises(NotReady):
        laptop.say_connected(record, "yes", day(25), "")
    laptop.say_connected(record, "yes", day(9), "Saw Dr. Iyer on the 13th")
    (after,) = laptop.after_discharge(ADA)
    assert (after.connection, after.answered) == ("connected", day(9))
    assert [task for task in laptop.tasks(ADA) if task.what == "connection_check"] == []
    desk.clock.at_ms += HOUR
    laptop.say_connected(record, "no", day(0), "Dr. Iyer has left")
    assert laptop.after_discharge(ADA)[0].connection == "not_connected"


def test_who_comes_back_within_180_days_is_readmitted(desk_of: Make) -> None:
    desk = furnished(desk_of())
    laptop = unlock(desk)
    signed(laptop, date=day(30))
    laptop.close()
    desk2 = furnished(desk_of())
    doc = {
        "episode": EPISODE,
        "reason": "moved",
        "date": day(30),
        "summary": SUMMARY,
        "plan_disposition": "has_it",
    }
    desk2.add("discharge", ident(852), {DOC: doc}, client=ADA, author=DANA, meaning="sign")
    episode(desk2, status="discharged", discharged_on=day(30), discharge=ident(852))
    desk2.add("episode", ident(190), {"set": {"status": "active", "admit_date": day(5)}}, client=ADA)
    again = unlock(desk2)
    assert again.client_line(ADA).status == "active"
    assert again.after_discharge(ADA)[0].readmitted == day(5)
    assert again.discharge_start(ADA).record == ""


async def test_a_discharge_is_written_page_by_page_and_signed_with_the_whole_text_on_screen(
    desk_of: Make,
) -> None:
    desk = furnished(desk_of())
    visit(desk, 1, DAY)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "D")
        assert top(app) is DischargeScreen
        assert "1 planned visit" in shown(app)
        await keys(pilot, "2")
        await keys(pilot, "ctrl+s")
        assert "A discharge has a summary" in shown(app)
        await typed(pilot, SUMMARY)
        await keys(pilot, "pagedown")
        assert "Version 1 stands" in shown(app)
        await keys(pilot, "tab", "1", "tab", "1", "tab", "3", "pagedown", "1")
        assert "No appointment yet" in shown(app)
        await typed(pilot, "+3")
        await keys(pilot, "tab", "tab")
        await typed(pilot, "Dr. Iyer")
        assert "No appointment yet" not in shown(app)
        await keys(pilot, "pagedown", "1", "2", "tab", "1", "tab", "tab")
        await typed(pilot, "Hal Brook")
        assert "Hal Brook: LISTEN ONLY" in shown(app)
        for _ in "Hal Brook":
            await pilot.press("backspace")
        await typed(pilot, "Ngozi Okafor")
        assert "Ngozi Okafor: ALLOWED" in shown(app)
        await keys(pilot, "ctrl+s")
        assert top(app) is SignDialog
        assert "It goes to your supervisor" in shown(app)
        await keys(pilot, "enter")
        await settled(pilot)
        assert laptop.client_line(ADA).status == "discharged"
        record = laptop.discharge_start(ADA).record
        doc = laptop.record(record).values
        assert doc["to"] == "OP"
        assert doc["appointments"] == [{"when": day(-3), "who": "Dr. Iyer"}]
        assert [row["status"] for row in doc["goals"]] == ["met", "met", "continues"]
        assert doc["sent_to"] == [
            {
                "name": "Ngozi Okafor",
                "basis": "roi",
                "standing": "allowed",
                "consent": ident(503),
                "related": ident(501),
            }
        ]
        # From now on the key reads what was signed.
        await keys(pilot, "D")
        assert top(app) is ReadingScreen
        assert "Came from inpatient care" in shown(app)


def test_a_technician_reads_a_discharge_and_writes_none(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of(TOM)))
    draft = begun(laptop)
    assert any("role" in problem.sentence and problem.stops for problem in laptop.problems(draft))


def test_who_is_discharged_while_away_is_discharged_everywhere(desk_of: Make) -> None:
    desk = furnished(desk_of())
    stay(desk, 1, what="jail", since=day(9))
    laptop = unlock(desk)
    signed(laptop, reason="admin", to="none", appointments=None)
    line = laptop.client_line(ADA)
    assert (line.status, line.away) == ("discharged", "")
    assert laptop.away() == ()


async def test_the_question_after_thirty_days_is_answered_from_today_in_a_few_keys(desk_of: Make) -> None:
    desk = furnished(desk_of())
    laptop = unlock(desk)
    record = signed(laptop, date=day(28))
    app = make_app(laptop)
    laptop.lock()
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        (due,) = [line for line in laptop.today().due if line.kind == "connection"]
        assert due.other == record
        open_due(app.screen, due)  # type: ignore[arg-type]
        await settled(pilot)
        assert "Connected to care?" in shown(app)
        await keys(pilot, "1")
        await typed(pilot, "-9")
        await keys(pilot, "ctrl+s")
        assert "calendar" in shown(app) or "Type a day" in shown(app)
        for _ in "-9":
            await pilot.press("backspace")
        await keys(pilot, "tab")
        await typed(pilot, "Dr. Iyer")
        await keys(pilot, "ctrl+s")
        assert "the task is done" in shown(app)
        (after,) = laptop.after_discharge(ADA)
        assert (after.connection, after.answered) == ("connected", day(0))


def test_a_laptop_keeps_what_a_discharge_lets_go_only_once_and_as_long_as_it_stands(desk_of: Make) -> None:
    desk = furnished(desk_of())
    laptop = unlock(desk)

    def ended() -> dict[str, int]:
        assert laptop._opened is not None
        with laptop._opened.store.reading() as rx:
            return ageing._discharges(rx, {ADA})

    assert ended() == {}
    record = signed(laptop, date=day(9))
    assert list(ended()) == [ADA]
    assert ended()[ADA] >= NOW - HOUR
    laptop.mark_error(laptop.record(record).versions[0].entry, "She stays after all")
    assert ended() == {}


def test_a_supervisor_sees_it_in_review_and_co_signs_or_sends_it_back(desk_of: Make) -> None:
    desk = furnished(desk_of(NAIR))
    doc = {"episode": EPISODE, "status_before": "active", "reason": "moved", "date": day(1), "summary": SUMMARY,
           "plan_disposition": "has_it"}  # fmt: skip
    for number in (861, 862):
        body = {DOC: doc, "cosign_required": "supervisor"}
        desk.add("discharge", ident(number), body, client=ADA, author=DANA, meaning="sign", at_ms=NOW - DAY)
    laptop = unlock(desk)
    waiting = [
        line for line in laptop.review() if line.what == "cosign" and line.record in (ident(861), ident(862))
    ]
    assert len(waiting) == 2
    assert all("Discharge" in line.title for line in waiting)
    entries = {line.record: line.entry for line in waiting}
    laptop.cosign(entries[ident(861)])
    laptop.send_back(entries[ident(862)], "Say who took over.")
    assert (laptop.record(ident(861)).status, laptop.record(ident(862)).status) == ("final", "returned")


def test_what_came_back_is_signed_anew_by_its_author_and_the_episode_stays_ended(desk_of: Make) -> None:
    desk = furnished(desk_of())
    doc = {"episode": EPISODE, "status_before": "active", "reason": "moved", "date": day(1), "summary": SUMMARY,
           "plan_disposition": "has_it", "plan_entry": "a" * 64, "plan_version": 1}  # fmt: skip
    body = {DOC: doc, "cosign_required": "supervisor"}
    first = desk.add("discharge", ident(863), body, client=ADA, author=DANA, meaning="sign", at_ms=NOW - DAY)
    desk.add(
        "discharge",
        ident(863),
        {"reason": "Say who took over."},
        client=ADA,
        author=NAIR,
        meaning="return",
        about=first.hash,
    )
    episode(desk, status="discharged", discharged_on=day(1), discharge_reason="moved", discharge=ident(863))
    laptop = unlock(desk)
    assert [line.record for line in laptop.today().due if line.kind == "returned"] == [ident(863)]
    draft = laptop.start("discharge", None, ident(863))
    assert draft.meaning == "sign"
    laptop.save_draft(draft.id, {**draft.values, "handoff": "staff_call", "handoff_to": "M. Cole"}, "")
    laptop.submit(draft.id)
    assert laptop.record(ident(863)).status == "pending"
    assert laptop.client_line(ADA).status == "discharged"
