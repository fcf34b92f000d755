"""What people do at the screens, step by step; each step waits for what it should bring about."""

from __future__ import annotations

import contextlib

from tests.e2e.agency import PASSPHRASE
from tests.e2e.driver import NotShown, Terminal

DATA = "Shared the marigold calendar and walked to the ferry together."
ASSESSMENT = "Steadier than last week, and asks for company in the evenings."
PLAN = "Meet again on Friday at the ferry with the marigold calendar."
NO_GOAL = "First visit"
STEPS = (
    "Pacing at night", "Breathing with the kettle song", "The ferry landing", "Aunt Wilhelmina",
    "The team phone", "Fishing knife", "The marigold garden",
)  # fmt: skip
RETURNED = "Name the goal that was worked on"
CORRECTED = "Goal: to stay in the flat until spring."


def open_chart(at: Terminal, name: str) -> None:
    """Find a client by name and open the chart."""
    at.keys("2", "2")
    if "26 clients" not in at.until(" · all", "⏎ Open"):
        at.keys("Escape")
        at.until("26 clients · all")
    at.keys("/")
    at.until_gone("⏎ Open")
    at.type(name)
    at.until("1 client · all", f"› {name}")
    at.keys("Enter")
    at.until("i Face sheet", name)


def log_contact(at: Terminal) -> None:
    """Log a visit of 45 minutes at home with the client whose chart is open."""
    at.keys("c")
    at.until("Log a contact with", "1 Completed")
    at.type("1")
    at.until_gone("2 Ended early")
    at.type("45m")
    at.until("(45 min)")
    at.keys("Enter")
    at.until("1 In person")
    at.type("1")
    at.until("In person", "1 Home")
    at.type("1")
    at.until("2 Case management")
    at.type("1")
    at.until_gone("2 Case management")
    at.keys("C-s")
    at.until("Saved.", "1 Write the note now")


def fill_note(at: Terminal) -> None:
    """Write the sections of a note, answer the risk question and say why there is no goal."""
    at.until("Data: what was seen and said")
    for text in (DATA, ASSESSMENT, PLAN):
        at.type(text)
        at.until(text[-20:])
        at.keys("Tab")
    at.until("1 None observed")
    at.type("1")
    at.until_gone("2 Asked and denied")
    at.keys("Tab")
    at.type(NO_GOAL)
    at.until(NO_GOAL)


def sign(at: Terminal, title: str, *, why: str = "") -> None:
    """Sign what the form says: a reason where one is asked for, the passphrase where proof is needed."""
    at.keys("C-s")
    shown = at.until(title, "esc Back")
    if why:
        at.type(why)
        at.until(why)
        at.keys("Enter")
    if "Passphrase or PIN" in shown:
        at.type(PASSPHRASE)
        at.until("•" * 20)
    if not why or "Passphrase or PIN" in shown:
        at.keys("Enter")
    at.until_gone(title)


def make_plan(at: Terminal) -> None:
    """Write and sign a client's first safety plan from the open chart."""
    at.keys("p")
    at.until("There is no safety plan yet.")
    at.keys("w")
    at.until("Before we start", "1 We write the plan")
    at.type("1")
    for step, words in enumerate(STEPS, 1):
        at.until(f"Step {step} of 7")
        at.type(words)
        at.until(words)
        at.keys("PageDown")
    at.until("What we agree", "Look again by")
    sign(at, "Sign this safety plan")
    at.until("Version 1 · active")


def sync(at: Terminal) -> None:
    """Send and receive now, and wait until nothing is left to send."""
    at.keys("4", "4")
    at.until("Sync now")
    for _ in range(5):
        # A round that began while the server was away must fail first; the key does nothing until then.
        at.keys("s")
        with contextlib.suppress(NotShown):
            at.until("all sent just now", "Nothing waits to be sent.", within=6)
            return
    at.until("all sent just now", "Nothing waits to be sent.")


def open_row(at: Terminal, *texts: str, key: str = "Enter") -> None:
    """Go through the list to the row that shows all texts and open it."""
    shown = [line for line in at.until(*texts).split("\n") if line[:2] in ("› ", "  ")]
    for step in ["Down"] * len(shown) + ["Up"] * len(shown):
        row = at.row()
        if row and all(text in row for text in texts):
            at.keys(key)
            return
        at.keys(step)
        with contextlib.suppress(NotShown):  # at the end of the list the cursor stays
            at.until_row_is_not(row, within=1)
    raise AssertionError(f"no row with {texts}:\n{at.screen()}")


def review(at: Terminal, title: str, *, key: str = "Enter", until: str = "c Co-sign") -> None:
    """Open the first line of the queue that has a title."""
    at.keys("3", "3")
    at.until("Review ·", title)
    open_row(at, title, key=key)
    at.until(until)


def send_back(at: Terminal) -> None:
    """Return what is shown to its author."""
    at.keys("r")
    at.until("Return to its author", "Goal or plan is missing")
    at.type("2")
    at.until_gone("Times or facts do not fit")
    at.type(RETURNED)
    at.until(RETURNED)
    at.keys("C-s")
    at.until_gone("Return to its author")
    at.until("returned")


def correct(at: Terminal) -> None:
    """Correct the returned note from the day's list, with the reason in sight."""
    at.keys("1", "1")
    at.until("Due · ", RETURNED)
    open_row(at, "↩")
    at.until("RETURNED", RETURNED, "e Correct")
    at.keys("e")
    at.until("Correct the note on", "Returned by", RETURNED, DATA)
    at.keys("Tab", "Tab", "C-End")
    at.type(f" {CORRECTED}")
    at.until(CORRECTED)
    sign(at, "Sign this note")
    at.until_gone("Correct the note on")


def cosign(at: Terminal) -> None:
    """Co-sign what is shown."""
    at.keys("c")
    shown = at.until("Co-sign · ", "esc Back")
    if "Passphrase or PIN" in shown:
        at.type(PASSPHRASE)
    at.keys("Enter")
    at.until_gone("Co-sign · ")


def start_note(at: Terminal, words: str) -> None:
    """Begin a note without a contact from the open chart, and type into its second section."""
    at.keys("n")
    at.until("Note on", "930, now-45", "Assessment: meaning and progress")
    at.keys("Tab", "Tab", "Tab", "Tab")
    for number, word in enumerate(words.split()):
        at.type(f" {word}" if number else word)
        at.until(word)
    at.until(words)
