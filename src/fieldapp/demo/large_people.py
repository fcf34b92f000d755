"""Who works in the large organisation, and for whom: invented by Faker, the same every time for the same day."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from faker import Faker

from .clients import SEED
from .stories import Story

_ROLES = (
    ("supervisor", "LICSW", True, 100),
    *(("clinician", "LMHC", True, 100),) * 6,
    *(("casemgr", "AAC", False, 100),) * 4,
    *(("tech", "AAC", False, 100),) * 3,
    ("prescriber", "PMHNP", True, 60),
)
"""(role, credential, mental health professional, part of a full-time position in hundredths) of each of a team's fifteen."""
_COUNTIES = ("Snohomish", "Skagit", "Island", "Whatcom")
_CARRY = frozenset({"clinician", "casemgr"})


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff."""

    team: int
    name: str
    code: str
    role: str
    credential: str
    is_mhp: bool
    fte: int
    id: str = ""

    def known_as(self, staff: str) -> Worker:
        """Return this person with the id that the server gave them."""
        return replace(self, id=staff)


@dataclass(slots=True)
class Client:
    """A client of the year."""

    legal_name: str
    name: str
    dob: date
    language: str
    county: str
    story: Story
    admitted: date
    target: int
    primary: Worker
    technician: Worker
    other: Worker
    """Who goes when the others cannot."""
    at_risk: str
    phq9: int
    gain: int
    """Points that the PHQ-9 falls in a month."""
    stays: tuple[tuple[str, date, date | None], ...]
    crises: tuple[date, ...]
    id: str = ""
    episode: str = ""
    """Hash of the entry that admitted them."""
    episode_record: str = ""
    left: date | None = None
    """The day of discharge."""
    why_left: str = ""
    gone: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def away(self, day: date) -> bool:
        """Tell whether they are in hospital on a day."""
        return any(since <= day and (until is None or day < until) for _, since, until in self.stays)


def workers_of(team: int) -> list[Worker]:
    """Return the fifteen people of a team, by its place."""
    fake = Faker("en_US")
    fake.seed_instance(SEED + 7_000 + team)
    found: list[Worker] = []
    for place, (role, credential, is_mhp, fte) in enumerate(_ROLES, 1):
        name = f"{fake.first_name()} {fake.last_name()}"
        found.append(Worker(team, name, f"t{team + 1}.{place}", role, credential, is_mhp, fte))
    return found


def clients_of(
    team: int, count: int, today: date, days: int, workers: Sequence[Worker], told: Sequence[Story]
) -> list[Client]:
    """Return the clients of a team; most were there all year, one in five came during it."""
    rng = random.Random(f"large clients {team}")  # noqa: S311 - repeatable, not secret
    fakes = {"en": Faker("en_US"), "es": Faker("es_MX")}
    for language, fake in fakes.items():
        fake.seed_instance(f"{SEED} {team} {language}")
    carrying = [one for one in workers if one.role in _CARRY]
    techs = [one for one in workers if one.role == "tech"]
    found = []
    for place in range(count):
        language = "es" if place % 9 == 4 else "en"
        first, last = (
            str(fakes[language].first_name()).split()[0],
            str(fakes[language].last_name()).split()[0],
        )
        came = rng.randint(20, days - 1) if rng.random() < 0.2 else days - 1 - rng.randint(0, 5)
        admitted = today - timedelta(days=came)
        left, why = _left(rng, came, today)
        supports = {f"support{n}": fakes["en"].first_name() for n in (1, 2)}
        found.append(
            Client(
                legal_name=f"{last}, {first}", name=first, dob=today - timedelta(days=rng.randint(20, 68) * 365 + rng.randrange(365)),
                language=language, county=rng.choice(_COUNTIES), story=told[place % len(told)], admitted=admitted,
                target=rng.choice((2, 3, 3, 4)), primary=carrying[place % len(carrying)], technician=techs[place % len(techs)],
                other=rng.choice([*carrying, *techs]), at_risk=rng.choice(("", "", "", "low", "moderate", "high")),
                phq9=rng.randint(9, 23), gain=rng.choice((0, 0, 1, 1, 2)), stays=_stays(rng, admitted, today), crises=_crises(rng, admitted, today),
                left=left, why_left=why, names={"name": first, "colleague": "a colleague", **supports},
            )
        )  # fmt: skip
    return found


def _left(rng: random.Random, came: int, today: date) -> tuple[date | None, str]:
    """Return the day of discharge of one client in ten who was there for three months, and why."""
    if came < 90 or rng.random() >= 0.1:
        return None, ""
    return today - timedelta(days=rng.randint(2, came - 60)), rng.choice(
        ("goals_met", "step_down_OP", "moved", "lost_contact")
    )


def _stays(rng: random.Random, admitted: date, today: date) -> tuple[tuple[str, date, date | None], ...]:
    """Return nights in hospital and in emergency departments; a few people are there now."""
    span = (today - admitted).days
    found: list[tuple[str, date, date | None]] = []
    if span > 30 and rng.random() < 0.25:
        since = admitted + timedelta(days=rng.randrange(5, span - 20))
        found.append(("inpatient", since, since + timedelta(days=rng.randint(3, 14))))
    if span > 30 and rng.random() < 0.2:
        since = admitted + timedelta(days=rng.randrange(5, span - 20))
        found.append(("ed", since, since))
    if rng.random() < 0.02:
        found.append(("inpatient", today - timedelta(days=rng.randint(1, 6)), None))
    return tuple(found)


def _crises(rng: random.Random, admitted: date, today: date) -> tuple[date, ...]:
    span = (today - admitted).days
    return tuple(
        admitted + timedelta(days=rng.randrange(span)) for _ in range(rng.choice((0, 0, 0, 1, 1, 3)))
    )
