"""What people do at the screens, step by step; each step waits for what it should bring about."""

from __future__ import annotations

from tests.e2e.agency import PASSPHRASE
from tests.e2e.driver import Terminal

DATA = "Shared the marigold calendar and walked to the ferry together."
ASSESSMENT = "Steadier than last week, and asks for company in the evenings."
PLAN = "Meet again on Friday at the ferry with the marigold calendar."
RETURNED = "Name the goal that was worked on"


def open_chart(at: Terminal, name: str) -> None:
    """Find a client by name and open the chart."""
    at.keys("2")
    at.until("clients · all")
    at.keys("/")
    at.until("esc ")
    at.type(name)
    at.until("1 client · all")
    at.keys("Enter")
    at.until("d Facts", name)


def log_contact(at: Terminal, name: str) -> None:
    """Log a visit of 45 minutes with the client whose chart is open."""
    at.keys("c")
    at.until("Log a contact with", "1 Completed")
    at.type("1")
    at.until("Completed", "930, now-45")
    at.type("45m")
    at.keys("Enter")
    at.until("(45 min)", "In person")
    at.type("1")
    at.until("Home")
    at.type("1")
    at.until("How              In person")
    at.type("1")
    at.keys("C-s")
    at.until("Saved.", "Write the note now")


def fill_note(at: Terminal) -> None:
    """Write the sections of a note and answer the risk question."""
    at.until("Data: what was seen and said")
    at.type(DATA)
    at.keys("Tab")
    at.type(ASSESSMENT)
    at.keys("Tab")
    at.type(PLAN)
    at.keys("Tab")
    at.until("1 None observed")
    at.type("1")
    at.until_gone("2 Asked and denied")


def sign(at: Terminal, title: str) -> None:
    """Sign what the form says, with the passphrase where it is asked for."""
    at.keys("C-s")
    shown = at.until(title)
    if "Passphrase or PIN" in shown:
        at.type(PASSPHRASE)
    at.keys("Enter")
    at.until_gone(title)
