"""A client as every list shows them, on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fieldapp.clinical import due, stays
from fieldapp.clinical.contact_plan import to_review
from fieldapp.clinical.intake import planned_end
from fieldapp.clinical.medication import LAI_ORDER, LaiState, lai_state
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.kinds.plan import TRIGGERS

from ..models import ClientLine, Me
from ..transaction import Rx
from . import lenient
from .known import ClientFacts, Known, LaiFacts

HELD = frozenset({"on_hold", "waitlist", "requested", "referred", "assessed"}) | CLOSED
"""Episode states in which nobody expects regular contact: in hospital, gone, or not begun."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and what is known: the arguments of every read model."""

    rx: Rx
    known: Known
    me: Me
    now_ms: int
    """Device time corrected by the known offset."""

    @property
    def day(self) -> str:
        """Today in the zone of the person's program."""
        return due.day_of(self.now_ms, self.me.tz)

    @property
    def teams(self) -> frozenset[str]:
        """The teams whose clients are this person's business."""
        return frozenset(self.me.teams)


def client_line(asking: Asking, facts: ClientFacts) -> ClientLine:
    """Return one client's line."""
    known, day = asking.known, asking.day
    settings = known.settings_of(facts.client)
    plan = facts.agreed_on(day)
    agreed = plan.get("no_contact_alert_days")
    primary = facts.primary_on(day)
    days = (
        None
        if facts.status in HELD
        else due.no_contact_days(facts.last_seen_ms, facts.admitted, asking.now_ms, asking.me.tz)
    )
    lai, lai_words = _lai(asking, facts)
    away = stays.open_visit(facts.stays)
    calls = known.lines_for(facts.client)
    return ClientLine(
        client=facts.client,
        name=facts.name,
        pronouns=facts.pronouns,
        dob=facts.dob,
        language=facts.language,
        interpreter=facts.interpreter,
        risk=facts.risk,
        alerts=facts.alerts,
        status=facts.status,
        tier=facts.tier,
        team=known.team_name(facts.team),
        primary=known.staff_name(primary),
        primary_id=primary,
        last_contact_ms=facts.last_seen_ms,
        no_contact_days=days,
        no_contact_limit=due.no_contact_limit(facts.tier, agreed, settings),
        plan=plan_state(facts, day),
        step_up=facts.step_up,
        plan_why=TRIGGERS.get(facts.plan.fired, ""),
        conflicts=facts.conflicts,
        street=facts.street,
        county=facts.county,
        local_line=calls.crisis,
        local_county=calls.crisis_county,
        reporting=calls.reporting,
        mrn=facts.mrn,
        goals=treatment_state(asking, facts),
        lai=lai,
        lai_words=lai_words,
        away=stays.away_words(away, day) if away is not None and facts.status != "discharged" else "",
        agreed_review=str(plan["review_by"]) if facts.status not in HELD and to_review(plan, day) else "",
    )


def _lai(asking: Asking, facts: ClientFacts) -> tuple[str, str]:
    """Return how the long-acting injection that needs looking at first stands, and what it is."""
    found = injections(asking, facts)
    worst = max(found, key=lambda row: (LAI_ORDER.index(row[1]), row[0].name), default=None)
    return (worst[1], lai_words(*worst)) if worst is not None else ("", "")


def injections(asking: Asking, facts: ClientFacts) -> list[tuple[LaiFacts, LaiState]]:
    """Return a client's long-acting injections that are taken now, with how each stands."""
    settings = asking.known.settings_of(facts.client)
    return [
        (one, lai_state(one.next_due, one.window_d, asking.day, settings))
        for one in facts.medicines.lais
        if not (one.stop and one.stop <= asking.day)
    ]


def lai_until_ms(one: LaiFacts, tz: str) -> int | None:
    """Return when the last day is over on which an injection may still be given; None without a day."""
    day = lenient.day(one.next_due)
    return lenient.end_of(due.add_days(day, one.window_d), tz) if day else None


def lai_words(one: LaiFacts, state: str) -> str:
    """Return how an injection stands, in few words: `LAI overdue: Paliperidone (Nov 20)`."""
    said = {"overdue": "LAI overdue", "due": "LAI due now", "soon": "LAI due"}.get(state, "LAI")
    when = f" ({short_day(one.next_due)})" if one.next_due else ""
    return f"{said}: {one.name}{when}"


def short_day(day: str) -> str:
    """Return a day in a few letters: `Nov 22`; empty for none."""
    known = lenient.day(day)
    return f"{date.fromisoformat(known):%b} {date.fromisoformat(known).day}" if known else ""


def plan_state(facts: ClientFacts, day: str) -> str:
    """Return how the safety plan stands: none, active, declined, overdue, now (something happened since) or two."""
    plan = facts.plan
    if plan.active > 1:
        return "two"
    if plan.active == 1 and plan.fired:
        return "now"
    if plan.active == 1:
        return "overdue" if due.is_overdue(plan.review_due or None, day) else "active"
    return "declined" if plan.declined else "none"


def archetype_of(asking: Asking, client: str) -> str:
    """Return the archetype of a client's program; empty for an unknown one."""
    program = asking.known.program_of(client)
    return program.archetype if program is not None else ""


def first_plan_due(asking: Asking, facts: ClientFacts) -> str:
    """Return by when an admitted client has a first treatment plan; empty where nobody expects one."""
    if facts.status != "active" or not facts.admitted:
        return ""
    settings = asking.known.settings_of(facts.client)
    return due.first_plan_day(facts.admitted, archetype_of(asking, facts.client), settings)


def length_over(asking: Asking, facts: ClientFacts) -> str:
    """Return since which day a client stays longer than planned with no reason given; "" for nobody of the kind."""
    if facts.status not in ("active", "on_hold"):
        return ""
    archetype = archetype_of(asking, facts.client)
    end = planned_end(facts.admitted, archetype, facts.extended, asking.known.settings_of(facts.client))
    return end if end and end <= asking.day else ""


def treatment_state(asking: Asking, facts: ClientFacts) -> str:
    """Return how the treatment plan stands: none, missing, active, refused, overdue or two."""
    plan = facts.treatment
    if plan.active > 1:
        return "two"
    if not plan.active:
        return "missing" if due.is_overdue(first_plan_due(asking, facts) or None, asking.day) else "none"
    if due.is_overdue(plan.review_due or None, asking.day):
        return "overdue"
    return "refused" if plan.refused else "active"


def is_mine(asking: Asking, facts: ClientFacts) -> bool:
    """Tell whether the client's loose ends land on this person: the primary, whoever covers for them (both see them, so
    that a cover with wrong dates hides nothing), else the team's supervisor.
    """
    primary = facts.primary_on(asking.day)
    if primary:
        return asking.me.staff == primary or asking.me.staff in facts.covered_by(asking.day)
    return asking.me.is_supervisor and facts.team in asking.teams


def is_ours(asking: Asking, facts: ClientFacts) -> bool:
    """Tell whether the client is with one of the person's teams, or assigned to the person."""
    return facts.team in asking.teams or asking.me.staff in facts.staff_on(asking.day)
