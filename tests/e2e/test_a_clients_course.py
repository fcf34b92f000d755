"""A client's course in real terminals on three laptops: referral, plan, three weeks, a group, hospital, cover, discharge."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.e2e import acts
from tests.e2e.agency import CLINICIAN, NAMES, SUPERVISOR, TECHNICIAN, Agency
from tests.e2e.driver import Terminal
from tests.e2e.test_two_people_one_client import send, unlocked

NAME = "Quillfeather, Iris"
GOAL = "I want to keep my place and pay the rent on time"
CIRCLE = "Cooked soup together and named one thing each."
SUMMARY = "Came from the emergency department, met weekly, was in hospital once and is with an outpatient clinic now."
CONTACTS = (
    (18, "10:00-10:45 done home counseling, first talk at the kitchen table"),
    (11, "10:00-10:40 done office cm, the housing form is filled in"),
    (4, "13:00-13:30 done home skills, made a list for the week"),
)
"""Days ago, and the rest of a typed line."""


def take_in(at: Terminal) -> None:
    """Take the client in, with the referral, and admit them by the three steps."""
    at.keys("2", "2")
    at.until("26 clients · all")
    at.type("N")
    at.until("Legal name", "Name to use")
    at.type(NAME)
    at.until(NAME)
    at.keys("Enter", "Enter")
    at.type("1990-05-06")
    at.until("1990-05-06")
    at.keys("C-s")
    at.until("Episode of", "Quillfeather", "Referred")
    for state, answers in (("Assessed", "1"), ("Accepted, intake", "1")):
        at.type("s")
        at.until("Next step")
        at.type(answers)
        at.until("esc Back", "On", "→")
        at.keys("C-s")
        at.until("Record checklist", state)
    at.type("s")
    at.until("Next step", "Active")
    at.type("1")
    at.until("Level of care", "Tier")
    at.keys("Enter")
    at.until("1 Outpatient")
    at.type("2")
    at.until("Intensive outpatient")
    at.keys("C-s")
    at.until("Record checklist", "Active · since")


def chart(at: Terminal) -> None:
    """Open the client's chart from anywhere."""
    at.keys("2", "2")
    at.until(" · all")
    at.keys("/")
    at.type("quill")
    at.until("1 client · all", "› Quillfeather")
    at.keys("Enter")
    at.until("i Face sheet", NAME)


def log_line(at: Terminal, words: str) -> None:
    """Log one typed line about the client."""
    at.keys("F4")
    at.until("Quick entry: who, when, what")
    at.keys("End", "C-u")
    at.until("Enter saves, tab opens the whole form")
    at.type(words)
    at.until("Complete: enter saves it.")
    at.keys("Enter")
    if "is it the same visit?" in at.until_any("is it the same visit?", f"Logged: {NAME}"):
        at.type("a visit after the circle")
        at.until("a visit after the circle")
        at.keys("Enter")
    at.until(f"Logged: {NAME}")
    # Escape and a letter straight after it are one key, with Alt.
    at.keys("Escape")
    at.until_gone("Quick entry: who, when, what")


def agree(at: Terminal) -> None:
    """Agree with the client how often to meet."""
    chart(at)
    at.type("a")
    at.until("Contact plan of", "e Agree")
    at.type("e")
    at.until("Look again by", "Client")
    at.keys("C-u")
    at.type("2")
    at.keys("C-s")
    at.until("Say whether the client agreed.", "1 Agreed")
    at.type("1")
    at.until("Agreed")
    at.keys("C-s")
    shown = at.until_any("Before it is saved", "2 a week")
    if "Before it is saved" in shown:
        at.type("as agreed at the first talk")
        at.until("as agreed at the first talk")
        at.keys("Enter")
    at.until("Contact plan of", "2 a week")


def plan(at: Terminal) -> None:
    """Write a treatment plan with one goal in the client's words, and sign it."""
    chart(at)
    at.type("g")
    at.until("There is no treatment plan yet.")
    at.type("w")
    at.until("What the plan answers to")
    at.type("Sleeps in the car")
    at.until("Sleeps in the car")
    at.keys("Tab")
    at.type("1")
    at.keys("PageDown")
    at.until("Goal 1", "3 Independence")
    at.type("3")
    at.until("1 I want to keep my place")
    at.type("1")
    at.until("Client's words   I want to keep my place")
    at.keys("Enter")
    at.until("1 Sleeps in the car")
    at.type("1")
    at.until("1 Working on it")
    at.keys("PageDown")
    at.until("Goal 2")
    at.keys("PageDown")
    at.until("What we agree")
    at.keys("C-s")
    at.until("Say whether the client agrees", "1 Agreed")
    at.type("1")
    at.until("Client signed")
    at.keys("C-s")
    at.until("1 On paper, original kept")
    at.type("1")
    at.until_gone("2 Typed here by the client")
    at.type("today")
    at.until("Signed on        today")
    at.keys("Enter")
    at.until("1 On paper", "3 Wants it later")
    at.type("1")
    at.until_gone("3 Wants it later")
    at.keys("C-s")
    at.until("Sign this treatment plan", "no step that can be measured", "nobody says what is done")
    for why in ("first talk only", "to be agreed"):
        at.type(why)
        at.until(why)
        at.keys("Enter")
    at.until_gone("Sign this treatment plan")
    at.until("Version 1 · active", GOAL)


def group(at: Terminal) -> None:
    """Lead a group that the client comes to, and sign it."""
    at.keys("1", "1")
    at.until("visits ·")
    at.type("G")
    at.until("Groups ·", "w Another group")
    at.type("w")
    at.until("its name, not people's", "For all")
    at.type("Kitchen circle")
    at.until("Group · Kitchen circle")
    at.keys("Tab", "Tab", "Tab", "Tab", "Tab")
    at.type(CIRCLE)
    at.until(f"For all          {CIRCLE}")
    at.keys("F6")
    at.until("Nobody yet: press a")
    at.type("a")
    at.until("Who came?")
    at.type("quill")
    at.until(f"› {NAME}")
    at.keys("Enter")
    at.until("1 present 2 late")
    at.type("1")
    at.until("present", "Took part:")
    at.type("3")
    at.until("Risk:")
    at.type("1")
    at.until(f"1 {GOAL}")
    at.type("1")
    at.until("15 letters or more")
    at.type("Said two sentences in the circle.")
    at.until("Said two sentences in the circle.")
    at.keys("Enter")
    at.until("1 here of 1", "That was the last one")
    acts.sign(at, "Sign this group")
    at.until("Kitchen circle")


def leave(at: Terminal) -> None:
    """Discharge the client to outpatient care."""
    chart(at)
    at.type("D")
    at.until("How it ends", "2 Step-down to outpatient")
    at.type("2")
    at.until_gone("3 Step-up to partial hospital")
    at.until("Goes on with     Outpatient")
    at.keys("Tab", "Tab")
    at.type("Sound Outpatient")
    at.until("Sound Outpatient")
    at.keys("Tab")
    at.type(SUMMARY)
    at.until(SUMMARY[-20:])
    at.keys("PageDown")
    at.until("What was reached", GOAL)
    at.keys("Tab")
    at.until("1 Reached")
    at.type("2")
    at.keys("PageDown")
    at.until("5 There is none")
    at.type("5")
    at.until("Why so")
    at.type("declined for now")
    at.until("declined for now")
    at.keys("PageDown")
    at.until("7 Client agrees with the step")
    at.type("17")
    at.keys("C-s")
    at.until("Sign this discharge: the episode ends", "No appointment is agreed")
    at.type("the clinic calls her")
    at.until("the clinic calls her")
    at.keys("Enter")
    at.until("The discharge is signed and the episode has ended.", "· discharged")


def stay(at: Terminal) -> None:
    """Write down that the client is in hospital, and then that they left."""
    chart(at)
    at.type("H")
    at.until("a Away")
    at.type("a")
    at.until("1 Psychiatric hospital", "Which place")
    at.type("1")
    at.until_gone("2 Medical hospital")
    at.type("Providence")
    at.until("Providence")
    at.keys("C-s")
    at.until("on hold", "Providence")
    at.type("x")
    at.until("Back from hospital", "Went to")
    at.type("1")
    at.keys("C-s")
    at.until("Who came back is to be seen soon")


@pytest.mark.tmux
def test_a_clients_course_from_referral_through_plan_group_hospital_and_cover_to_discharge(
    agency: Agency,
) -> None:
    agency.serve()
    at = agency.app(CLINICIAN)
    take_in(at)
    agree(at)
    plan(at)
    for ago, words in CONTACTS:
        day = datetime.now(ZoneInfo("America/Los_Angeles")).date() - timedelta(days=ago)
        log_line(at, f"quillfeather {day:%m/%d} {words}")
    group(at)
    stay(at)
    acts.sync(at)

    # A technician covers: what the clinician wrote is on their laptop, and what they log is everybody's.
    other = agency.app(TECHNICIAN)
    acts.sync(other)
    chart(other)
    for words in ("the housing form", "made a list for", "Psychiatric hospital"):
        other.until(words)
    other.type("W")
    other.until("y I cover")
    other.type("y")
    other.until("Thi Nguyen asks to cover today.")
    other.keys("Escape")
    other.until("i Face sheet", NAME)
    log_line(other, "quillfeather now-30 home skills, cooked soup after the hospital")
    acts.sync(other)
    acts.sync(at)
    chart(at)
    at.until("cooked soup")

    leave(at)
    acts.sync(at)
    acts.sync(other)
    chart(other)
    other.until("discharged", "Discharge: Step-")
    for terminal in (at, other):
        terminal.keys("C-q")
        terminal.until_exit()
    for who in NAMES:
        with unlocked(agency, who) as laptop:
            send(laptop)
            [line] = laptop.caseload("quillfeather")
            assert line.status == "discharged"
            assert [row.kind for row in laptop.timeline(line.client, 0, 30, ("contact",))] == ["contact"] * 5
            [kept] = laptop.timeline(line.client, 0, 30, ("stay",))
            assert laptop.record(kept.record).values["until"]
            states = [one.to for one in laptop.episode(line.client).steps]
            assert states == ["referred", "assessed", "intake", "active", "discharged"]
            waiting = {row.kind for row in laptop.review() if row.client == line.client}
            assert who != SUPERVISOR or {"treatment_plan", "discharge"} <= waiting
        agency.doctor(who)
