"""The clients of the demo: names and streets from Faker, lives from the stories; the same every time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from faker import Faker

from .people import CLINICIAN, DAY, NORTH
from .stories import Story

SEED = 98_201
COUNT = {"community": 31, "structured": 14}
_CITIES = {
    "Snohomish": (("Everett", "98201"), ("Marysville", "98270"), ("Arlington", "98223")),
    "Skagit": (("Mount Vernon", "98273"), ("Burlington", "98233"), ("Anacortes", "98221")),
    "Island": (("Oak Harbor", "98277"), ("Coupeville", "98239")),
    "Whatcom": (("Bellingham", "98225"), ("Ferndale", "98248")),
}
_PRONOUNS = {"female": "she/her", "male": "he/him"}
_SUPPORT_SEX = {
    "Sister": "female", "Mother": "female", "Aunt": "female", "Daughter": "female", "Niece": "female",
    "Brother": "male", "Son": "male", "Husband": "male",
}  # fmt: skip
_USED = ("Sky", "Ray", "Jo", "Alex", "Max", "Sunny")
"""Names that some clients go by, whatever their papers say."""
_NEVER_NAMED = frozenset({"Building manager", "Landlord", "Shift lead", "Manager at work"})


@dataclass(frozen=True, slots=True)
class Support:
    """Somebody in a client's life."""

    name: str
    relation: str
    kind: str
    phone: str


@dataclass(frozen=True, slots=True)
class DemoClient:
    """One invented client."""

    number: int
    story: Story
    first: str
    last: str
    name_to_use: str
    pronouns: str
    dob: date
    sex: str
    language: str
    phone: str
    street: str
    city: str
    county: str
    zip: str
    team: str
    primary: str
    technician: str
    admitted_before: int
    """Days before today; more than the eight weeks for most."""
    supports: tuple[Support, ...]

    @property
    def key(self) -> str:
        """The name of the client's record inside the demo."""
        return f"client:{self.number:02}"

    @property
    def names(self) -> Mapping[str, str]:
        """What the stories fill in."""
        found = {f"support{n}": support.name for n, support in enumerate(self.supports, 1)}
        return {**found, "name": self.name_to_use, "colleague": "a colleague"}


def make(stories: tuple[Story, ...], today: date, count: Mapping[str, int] = COUNT) -> tuple[DemoClient, ...]:
    """Return the clients; `today` only moves birthdays along, so ages stay the same."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    fakes = {"en": Faker("en_US"), "es": Faker("es_MX")}
    for fake in fakes.values():
        fake.seed_instance(SEED)
    found: list[DemoClient] = []
    seen: set[str] = set()
    for archetype, wanted in count.items():
        of_type = [story for story in stories if story.archetype == archetype]
        for place in range(wanted):
            story = of_type[place % len(of_type)]
            found.append(_client(len(found) + 1, place, story, today, rng, fakes, seen))
    return tuple(found)


def _client(
    number: int,
    place: int,
    story: Story,
    today: date,
    rng: random.Random,
    fakes: Mapping[str, Faker],
    seen: set[str],
) -> DemoClient:
    language = "es" if number % 9 == 4 else "en"
    fake = fakes[language]
    sex = story.sex or rng.choice(("female", "male"))
    while True:
        first, last = _name(fake, sex)
        if last not in seen:
            seen.add(last)
            break
    age = (
        rng.randint(19, 24)
        if story.young
        else rng.randint(68, 81)
        if story.name == "widowed"
        else rng.randint(25, 63)
    )
    county = rng.choice(tuple(_CITIES))
    city, zip_code = rng.choice(_CITIES[county])
    community = story.archetype == "community"
    primaries = (CLINICIAN, "s.yellowhawk") if community else ("n.castellan",)
    return DemoClient(
        number=number,
        story=story,
        first=first,
        last=last,
        name_to_use=first if number % 7 else _USED[number // 7 % len(_USED)],
        pronouns="they/them" if number % 13 == 5 else _PRONOUNS[sex],
        dob=today - timedelta(days=age * 365 + rng.randint(20, 340)),
        sex=sex,
        language=language,
        phone="" if story.name == "released" and number % 2 else f"360-555-{1000 + number * 37:04}",
        street="" if story.housing == "unsheltered" else fakes["en"].street_address(),
        city=city,
        county=county,
        zip=zip_code,
        team=NORTH if community else DAY,
        primary=primaries[place % len(primaries)],
        technician=("r.tamura", "b.kowal")[place // 2 % 2] if community else "n.castellan",
        admitted_before=rng.randint(9, 40) if number % 8 == 3 else rng.randint(70, 320),
        supports=tuple(_support(pair, last, number, n, rng, fake) for n, pair in enumerate(story.supports)),
    )


def _name(fake: Faker, sex: str) -> tuple[str, str]:
    first = fake.first_name_female() if sex == "female" else fake.first_name_male()
    return str(first).split()[0], str(fake.last_name()).split()[0]


def _support(
    pair: tuple[str, str], last: str, number: int, place: int, rng: random.Random, fake: Faker
) -> Support:
    relation, kind = pair
    sex = _SUPPORT_SEX.get(relation) or rng.choice(("female", "male"))
    first, other = _name(fake, sex)
    family = kind == "family" and relation not in ("Aunt", "Niece", "Daughter")
    phone = f"425-555-{(2000 + number * 53 + place * 1009) % 10_000:04}"
    if relation in _NEVER_NAMED:
        return Support(f"the {relation.lower()}", relation, kind, phone)
    name = f"{first} {last if family else other}"
    return Support(name, relation, kind, phone)
