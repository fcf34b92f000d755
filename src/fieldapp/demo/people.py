"""Who works in the demo organisation; every name is invented."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATION = "Salish Demo Behavioral Health"
TZ = "America/Los_Angeles"
PHONE = "360-555-0100"
LOCAL_LINE = "800-555-0199"


@dataclass(frozen=True, slots=True)
class Program:
    """A program, with the teams that it has beside Intake."""

    code: str
    name: str
    archetype: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team of a program."""

    code: str
    name: str
    program: str


@dataclass(frozen=True, slots=True)
class Person:
    """A staff member."""

    code: str
    name: str
    roles: tuple[tuple[str, str], ...]
    """(role, team code); the team is empty for roles of the whole organisation."""
    credentials: tuple[str, ...] = ()
    supervisor: str = ""
    fte: int = 100
    licence_d: int = 500
    """Days after the demo's own until when the licence is good."""

    @property
    def role(self) -> str:
        """The first role."""
        return self.roles[0][0]


COMMUNITY, STRUCTURED = "community-iop", "day-iop"
NORTH, DAY = "north", "day"
PROGRAMS = (
    Program(COMMUNITY, "Community IOP", "community"),
    Program(STRUCTURED, "Day IOP", "structured"),
)
TEAMS = (Team(NORTH, "North outreach team", COMMUNITY), Team(DAY, "Day program team", STRUCTURED))

TECHNICIAN, CLINICIAN, SUPERVISOR = "r.tamura", "e.lindgren", "p.adeyemi"
PRESCRIBER, ASSISTANT, FACILITATOR = "h.varga", "l.moana", "n.castellan"
"""With the three above: whose laptops stay in the demo folder."""
STAFF = (
    Person(TECHNICIAN, "Rosa Tamura", (("tech", NORTH),), ("AAC",), SUPERVISOR),
    Person("b.kowal", "Ben Kowal", (("tech", NORTH),), ("AAC",), SUPERVISOR, licence_d=25),
    Person(CLINICIAN, "Elin Lindgren", (("clinician", NORTH),), ("LMHC", "MHP"), SUPERVISOR),
    Person("s.yellowhawk", "Sam Yellowhawk", (("clinician", NORTH),), ("LICSW", "MHP"), SUPERVISOR),
    Person("n.castellan", "Nadia Castellan", (("clinician", DAY),), ("LMFT", "MHP"), "t.osei"),
    Person(PRESCRIBER, "Hanna Varga", (("prescriber", NORTH), ("prescriber", DAY)), ("PMHNP", "MHP"), "", 60),
    Person(ASSISTANT, "Lou Moana", (("medasst", NORTH), ("medasst", DAY)), ("MA-C",), PRESCRIBER),
    Person(
        SUPERVISOR,
        "Pat Adeyemi",
        (("supervisor", NORTH), ("manager", NORTH), ("records", "")),
        ("LMHC", "MHP"),
    ),
    Person("t.osei", "Theo Osei", (("supervisor", DAY),), ("LICSW", "MHP")),
    Person("admin", "Dana Wirth", (("sysadmin", ""),)),
)
BY_CODE = {person.code: person for person in STAFF}
USERS = {
    "technician": TECHNICIAN,
    "clinician": CLINICIAN,
    "supervisor": SUPERVISOR,
    "prescriber": PRESCRIBER,
    "assistant": ASSISTANT,
    "facilitator": FACILITATOR,
}
