"""Papers for staff when there is no screen: crisis card, the day's visits, the caseload. Always confidential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .sheet import Block, Facts, Section, Sheet, Table

CONFIDENTIAL = "CONFIDENTIAL · for staff only · shred it when it is no longer needed"
PART_2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
AS_KEPT = "As kept by the agency on the day of printing: look up a licence with the state that issued it."
PAGE = "Page {} of {}"


@dataclass(frozen=True, slots=True)
class Card:
    """What a crisis card says; each text is already in words."""

    name: str
    known_by: Sequence[tuple[str, str]]
    """(label, value): born, pronouns, language, number."""
    alerts: Sequence[str]
    risk: str
    lifelines: Sequence[tuple[str, str]]
    """(whose, number) of those who answer day and night."""
    phones: Sequence[str]
    address: str
    finding: str
    people: Sequence[str]
    """Each with what they may hear."""
    team: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]
    """(label, value) of what else matters: allergies, legal order, directive."""
    contacts: Sequence[str]
    todo: Sequence[str]
    plan: Sequence[tuple[str, Sequence[str]]]
    """(heading, lines) of the standing safety plan; empty when there is none."""
    plan_words: str
    """Which version that is, or that there is none."""
    other_plan: str = ""
    """The plan for other crises in its own words."""
    medicines: Sequence[str] = ()
    """What is taken now with the days of injections; empty where there is no list."""


def card_sheet(card: Card, printed: str) -> Sheet:
    """Return the crisis card of a client."""
    where = [("Address", card.address), ("How to find", card.finding)]
    blocks: list[Block] = [
        Section("Know before you go", tuple(card.alerts) or ("No alerts are recorded.",)),
        Facts("Risk", (("Level", card.risk),)),
        Facts("Call", tuple(card.lifelines)),
        Facts("Phones and address", (*((f"Phone {n}", p) for n, p in enumerate(card.phones, 1)),
                                     *((label, text) for label, text in where if text))),
        Section("People", tuple(card.people) or ("Nobody is recorded.",)),
        Facts("Team", tuple(card.team)),
        Facts("About", (*card.known_by, *card.facts)),
        Section("Medicines", tuple(card.medicines) or ("There is no medication list.",)),
        Section("Last contacts", tuple(card.contacts) or ("None is recorded.",)),
        *([Section("To be done", tuple(card.todo))] if card.todo else []),
        Section(f"Safety plan: {card.plan_words}"),
        *(Section(title, tuple(lines), numbered=True) for title, lines in card.plan),
        *([Section("Plan for other crises", (card.other_plan,))] if card.other_plan else []),
    ]  # fmt: skip
    kept = tuple(b for b in blocks if not isinstance(b, Facts) or b.rows)
    return _paper("Crisis card", kept, printed, whose=card.name)


def schedule_sheet(day: str, rows: Sequence[tuple[str, str, str, str]], printed: str) -> Sheet:
    """Return the visits of a day: (time, who, where and why, what to know)."""
    table = Table(
        "", ("Time", "Client", "Where and why", "Know before you go"), tuple(rows), (12, 20, 24, 24)
    )
    blocks: tuple[Block, ...] = (table,) if rows else (Section("", ("No visits are planned.",)),)
    return _paper(f"Visits: {day}", blocks, printed)


def roster_sheet(rows: Sequence[tuple[str, str, str, str, str]], printed: str) -> Sheet:
    """Return a caseload for a day without computers: (client, phones, address, know, care)."""
    head = ("Client", "Phones", "Address", "Risk and alerts", "Care")
    blocks: tuple[Block, ...] = (
        (Table(f"Clients: {len(rows)}", head, tuple(rows), (18, 15, 17, 15, 15)),)
        if rows
        else (Section("Clients", ("You have no clients here.",)),)
    )
    return _paper("Downtime caseload", blocks, printed, landscape=True)


def credentials_sheet(team: str, rows: Sequence[tuple[str, str, str, str, str]], printed: str) -> Sheet:
    """Return who works in the teams: (name, role, credential with number and state, until when, supervisor)."""
    head = ("Name", "Role", "Credential, number, state", "Expires", "Supervisor")
    blocks: tuple[Block, ...] = (
        (Table(f"Staff: {len({row[0] for row in rows})}", head, tuple(rows), (18, 14, 26, 14, 18)),)
        if rows
        else (Section("Staff", ("Nobody is a member of these teams today.",)),)
    )
    title = f"Credentials: {team}" if team else "Credentials"
    return Sheet(
        language="en", title=title, subtitle=printed, whose="", blocks=blocks, foot=AS_KEPT, warning="", page_words=PAGE,
        landscape=True,
    )  # fmt: skip


def _paper(
    title: str, blocks: tuple[Block, ...], printed: str, *, whose: str = "", landscape: bool = False
) -> Sheet:
    return Sheet(
        language="en", title=title, subtitle=printed, whose=whose, blocks=blocks, foot=PART_2, warning=CONFIDENTIAL,
        page_words=PAGE, landscape=landscape,
    )  # fmt: skip
