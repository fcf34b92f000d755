"""People who were referred and are not admitted yet: on their way in, waiting, declined; every name is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fieldapp.clinical.intake import fields_of
from fieldapp.records.kinds.risk import RED_FLAGS

from .acts import Act, local_ms
from .people import BY_CODE, CLINICIAN, COMMUNITY, DAY, NORTH, STRUCTURED, SUPERVISOR

DAY_SUPERVISOR = "t.osei"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where to, how many days ago, by whom, why."""

    to: str
    ago: int
    by: str
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Referred:
    """One person and how far they came."""

    key: str
    name: str
    team: str
    client: Mapping[str, Any]
    referral: Mapping[str, Any]
    received_ago: int
    steps: tuple[Step, ...] = ()
    flag: str = ""
    """A red flag that nobody has decided about yet."""


PEOPLE = (
    Referred(
        "new", "Quillfeather, Dara", NORTH,
        {"name_to_use": "Dara", "pronouns": "she/her", "dob": "1991-02-17", "language": "en"},
        {"referral_source": "ED", "referral_org": "Bayside Hospital", "referral_person": "J. Ward", "form_ref": "ER-2231",
         "asked_for": "Third visit this month; no doctor of her own.", "status": "referred"},
        2,
    ),
    Referred(
        "asked", "Marrow, Teo", NORTH,
        {"name_to_use": "Teo", "pronouns": "he/him", "dob": "1979-09-30", "language": "es", "interpreter_needed": True},
        {"referral_source": "self", "asked_for": "Help with getting out of the house.", "status": "requested"},
        4,
    ),
    Referred(
        "flagged", "Abernith, Noor", NORTH,
        {"pronouns": "they/them", "dob": "1986-06-05", "language": "en"},
        {"referral_source": "crisis_system", "referral_org": "Mobile crisis team", "status": "referred"},
        6, (Step("assessed", 1, CLINICIAN, values={"assessed_by": "Elin Lindgren, LMHC"}),), flag="self_care",
    ),
    Referred(
        "pact", "Dunmore-Hale, Gale", NORTH,
        {"pronouns": "he/him", "dob": "1968-11-21", "language": "en"},
        {"referral_source": "PACT", "referral_org": "County PACT team", "step_down_from": "PACT",
         "hospitalisations_prior_12m": 1, "status": "referred", "track": "SMI"},
        24, (Step("assessed", 16, CLINICIAN, values={"assessed_by": "Elin Lindgren, LMHC"}),
             Step("intake", 9, SUPERVISOR, "Ready for two visits a week; PACT stays at hand until then.")),
    ),
    Referred(
        "waits", "Ostrander, Wren", DAY,
        {"pronouns": "she/her", "dob": "1997-04-08", "language": "en"},
        {"referral_source": "primary_care", "referral_org": "Harbor Family Medicine", "status": "referred",
         "track": "depression"},
        30, (Step("assessed", 22, "n.castellan", values={"assessed_by": "Nadia Castellan, LMFT"}),
             Step("waitlist", 19, DAY_SUPERVISOR, "The morning group is full until the next block.")),
    ),
    Referred(
        "declined", "Vantongeren, Lux", NORTH,
        {"pronouns": "she/her", "dob": "1959-01-12", "language": "en"},
        {"referral_source": "other_agency", "referral_org": "Senior outreach", "status": "referred"},
        33, (Step("assessed", 27, CLINICIAN, values={"assessed_by": "Elin Lindgren, LMHC"}),
             Step("declined", 26, SUPERVISOR, "Does not want visits; keeps her counselor and knows how to ask again.")),
    ),
)  # fmt: skip


def acts(start: date, today: date) -> Iterator[Act]:
    """Yield what was written about each of them, in their team, since the referral came."""
    for number, person in enumerate(PEOPLE):
        community = person.team == NORTH
        author = SUPERVISOR if community else DAY_SUPERVISOR
        received = max(start, today - timedelta(days=person.received_ago))
        at = local_ms(received, 9 * 60 + 20) + number * 60_000
        client, record = f"referred:{person.key}", f"episode:referred:{person.key}"
        home = {
            "home_program": f"@program:{COMMUNITY if community else STRUCTURED}",
            "home_team": f"@team:{person.team}", "legal_name": person.name,
            "phones": {"p1": {"number": f"360-555-{2200 + number * 41:04}", "ok_to_leave_message": True}},
        }  # fmt: skip
        yield Act(at, author, "save", "client", client, client, home | dict(person.client))
        program = COMMUNITY if community else STRUCTURED
        first = {
            "program": f"@program:{program}", "archetype": "community" if community else "structured",
            "part2_status": "not_protected", "status_since": received.isoformat(), "received_on": received.isoformat(),
            "acknowledged_on": received.isoformat(), "county": "Snohomish",
        }  # fmt: skip
        if person.referral.get("step_down_from"):
            first["step_down_on"] = (received - timedelta(days=3)).isoformat()
        yield Act(at + 60_000, author, "save", "episode", record, client, first | dict(person.referral))
        for place, step in enumerate(person.steps):
            day = max(received, today - timedelta(days=step.ago))
            yield Act(
                local_ms(day, 13 * 60 + place * 30) + number * 60_000, step.by, "save", "episode", record, client,
                _values(step, day), needs=(client,),
            )  # fmt: skip
        if person.flag:
            answers = {code: code == person.flag for code in RED_FLAGS}
            values = {"answers": answers, "remark": "Has eaten little for days; the kitchen is bare."}
            evening = local_ms(today - timedelta(days=1), 16 * 60)
            yield Act(evening, CLINICIAN, "flags", "risk", f"risk:{client}", client, values, needs=(client,))


def _values(step: Step, day: date) -> dict[str, Any]:
    on, who = day.isoformat(), BY_CODE[step.by]
    name = ", ".join((who.name, *who.credentials[:1]))
    values = {"status": step.to, "status_since": on, "status_reason": step.reason or None, **step.values}
    return values | fields_of(step.to, on, name, step.reason)
