"""The first entries about each client: who they are, their episode, team, agreement, people and alerts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from fieldapp.records.kinds.alert import DEFAULT_SEVERITY

from .acts import Act, local_ms
from .clients import DemoClient
from .people import BY_CODE, COMMUNITY, NORTH, STRUCTURED, SUPERVISOR

_SOURCES = {
    "PACT": "PACT", "inpatient": "inpatient_psych", "residential_BH": "residential", "residential_SUD": "residential",
    "jail": "court_DOC",
}  # fmt: skip
TARGET = {"high": 3, "standard": 2, "step_down": 1}
_ALERT_CLASS = {
    "no_cell_coverage": "communication",
    "stalking_DV_address_hidden": "communication",
    "overdose_naloxone_needed": "clinical_risk",
}


def supervisor_of(client: DemoClient) -> str:
    """Return the supervisor of a client's team."""
    return SUPERVISOR if client.team == NORTH else "t.osei"


def program_of(client: DemoClient) -> str:
    """Return the program of a client's team."""
    return COMMUNITY if client.team == NORTH else STRUCTURED


def acts(client: DemoClient, start: date, today: date, rng: random.Random) -> Iterator[Act]:
    """Yield what is written when a client comes in: on the first day, or on the day of admission."""
    admitted = today - timedelta(days=client.admitted_before)
    day = max(start, admitted)
    at = local_ms(day, 8 * 60) + client.number * 11_000
    author, story, tag = supervisor_of(client), client.story, f"{client.number:02}"
    yield Act(at, author, "save", "client", client.key, client.key, _client(client) | _told(client, admitted))
    yield Act(at + 1_000, author, "save", "episode", f"episode:{tag}", client.key, _episode(client, admitted))
    yield Act(
        at + 2_000,
        author,
        "save",
        "assignment",
        f"assignment:{tag}",
        client.key,
        _assignment(client, admitted),
    )
    period = {
        "per": "week",
        "target_n": TARGET[story.tier],
        "min_face_to_face": 1,
        "start": day.isoformat(),
        "review_by": (day + timedelta(days=30)).isoformat(),
        "reasons": [rng.choice(("severe_symptoms", "housing_change", "daily_living", "new_medication"))],
        "time_windows": rng.choice(("mornings", "after lunch", "afternoons")),
        "client_agreed": "yes",
    }
    yield Act(
        at + 3_000,
        author,
        "save",
        "contact_plan",
        f"agreement:{tag}",
        client.key,
        {"periods": {"p1": period}},
    )
    yield from _looked_at_again(client, period, day, today)
    for place, support in enumerate(client.supports):
        values = {
            "name": support.name[0].upper() + support.name[1:],
            "kind": support.kind,
            "phone": support.phone,
            "knows_about_treatment": "no"
            if support.kind in ("landlord", "employer", "property_mgr")
            else "yes",
            "notes": support.relation,
        }
        yield Act(
            at + 4_000 + place, author, "save", "related_person", f"person:{tag}:{place}", client.key, values
        )
    for place, (code, detail) in enumerate(story.alerts):
        yield Act(
            at + 5_000 + place,
            author,
            "sign",
            "alert",
            f"alert:{tag}:{place}",
            client.key,
            alert(code, detail, day, 60 + client.number),
        )


def _looked_at_again(client: DemoClient, period: dict[str, object], day: date, today: date) -> Iterator[Act]:
    """Yield the agreements that followed every four weeks; with one client in five the last is still to come."""
    late = client.number % 5 == 2
    for number in range(1, 4):
        again = day + timedelta(days=28 * number)
        if again >= today or (late and again + timedelta(days=28) >= today):
            return
        values = period | {"start": again.isoformat(), "review_by": (again + timedelta(days=30)).isoformat()}
        yield Act(
            local_ms(again, 16 * 60) + client.number * 9_000, client.primary, "save", "contact_plan",
            f"agreement:{client.number:02}", client.key, {"periods": {f"p{number + 1}": values}},
        )  # fmt: skip


GENDERS = {"female": "Woman", "male": "Man", "they": "Nonbinary"}
RACES = (
    ("white",), ("hispanic",), ("white",), ("black",), ("white",), ("american_indian",), ("white",), ("asian",),
    ("white", "hispanic"), ("white",), ("declined",), ("white",),
)  # fmt: skip
"""What clients said of themselves, in turn."""


def alert(code: str, detail: str, day: date, review_in: int) -> dict[str, object]:
    """Return the values of an alert."""
    return {
        "cls": _ALERT_CLASS.get(code, "home_safety"),
        "code": code,
        "severity": DEFAULT_SEVERITY.get(code, "caution"),
        "detail": detail,
        "source": "Seen by staff",
        "first_seen": day.isoformat(),
        "review_by": (day + timedelta(days=min(review_in, 90))).isoformat(),
    }


def _client(client: DemoClient) -> dict[str, object]:
    story = client.story
    values: dict[str, object] = {
        "home_program": f"@program:{program_of(client)}",
        "home_team": f"@team:{client.team}",
        "legal_name": f"{client.last}, {client.first}",
        "name_to_use": client.name_to_use,
        "pronouns": client.pronouns,
        "dob": client.dob.isoformat(),
        "sex": client.sex,
        "gender": GENDERS["they" if client.pronouns.startswith("they") else client.sex],
        "race": list(RACES[client.number % len(RACES)]),
        "language": client.language,
        "interpreter_needed": client.language != "en" and client.number % 2 == 0,
        "mrn": f"D-{client.number:04}",
        "housing_status": story.housing,
        "best_places_to_find": story.places,
        "employment": story.occupation,
        "pcp": "Harbor Family Medicine",
        "pharmacy": "Corner Pharmacy, Pine Street",
        "allergies": "Penicillin" if client.number % 6 == 0 else "None known",
    }
    if story.legal_status:
        values["legal_status"] = story.legal_status
    address = {
        "kind": "street_location_text" if not client.street else "home",
        "street": client.street or story.places.split(";")[0],
        "city": client.city,
        "county": client.county,
        "zip": client.zip,
    }
    if story.housing == "shelter":
        address = {
            "kind": "shelter",
            "street": "Shelter, address withheld",
            "city": client.city,
            "county": client.county,
        }
    values["addresses"] = {"a1": address}
    if client.phone:
        values["phones"] = {
            "p1": {"number": client.phone, "ok_to_leave_message": client.number % 4 != 0, "ok_to_text": True}
        }
    return values


def _told(client: DemoClient, admitted: date) -> dict[str, object]:
    """Return which papers a client was given; one in six still waits for some of them."""
    names = ["disclosure_statement_given_on", "rights_given_on", "npp_given_on"]
    if client.story.part2:
        names.append("part2_notice_given_on")
    return dict.fromkeys(names[:1] if client.number % 6 == 2 else names, admitted.isoformat())


def _episode(client: DemoClient, admitted: date) -> dict[str, object]:
    story = client.story
    return {
        "program": f"@program:{program_of(client)}",
        "archetype": story.archetype,
        "track": story.track,
        "county": client.county,
        "step_down_from": story.step_down_from,
        "admit_date": admitted.isoformat(),
        "intensity_tier": story.tier,
        "part2_status": "protected" if story.part2 else "not_protected",
        "sud_services": story.part2,
        "status": "active",
        "status_since": admitted.isoformat(),
        **_way_in(client, admitted),
        "coverage": {"c1": {"payer": "Medicaid", "member_id": f"{400_000_000 + client.number * 7919}WA"}},
    }


def _way_in(client: DemoClient, admitted: date) -> dict[str, object]:
    """Return how a client came to the program; of one in four some of it was never written down."""
    story, who = client.story, BY_CODE[client.primary]
    name = ", ".join((who.name, *who.credentials[:1]))
    assessed = (admitted - timedelta(days=6)).isoformat()
    there = story.step_down_from not in ("", "none")
    codes = ("presenting", "harm", "recommendations", "diagnosis") + (("placement",) if story.part2 else ())
    whole = client.number % 4 != 1
    elements = {
        code: {"on": assessed, "by": name, "where": "Assessment form, paper chart"}
        for code in (codes if whole else codes[:2])
    }
    return {
        "referral_source": _SOURCES.get(story.step_down_from, "outpatient_assessor"),
        "received_on": (admitted - timedelta(days=13)).isoformat(),
        "assessed_on": assessed,
        "assessed_by": name,
        "decision": "accept",
        "decided_on": (admitted - timedelta(days=2)).isoformat(),
        "decided_by": BY_CODE[supervisor_of(client)].name,
        "level_of_care": "IOP_2.1",
        "assessment": elements,
        **({"step_down_on": (admitted - timedelta(days=1)).isoformat()} if there else {}),
    }


def _assignment(client: DemoClient, admitted: date) -> dict[str, object]:
    since = admitted.isoformat()
    periods = {"primary": {"staff": f"@staff:{client.primary}", "role": "primary", "since": since}}
    periods["prescriber"] = {"staff": "@staff:h.varga", "role": "prescriber", "since": since}
    if client.technician != client.primary:
        periods["tech"] = {"staff": f"@staff:{client.technician}", "role": "tech", "since": since}
    return {"periods": periods}
