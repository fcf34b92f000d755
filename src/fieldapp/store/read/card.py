"""The crisis card: what somebody who answers at night needs of one client, read in one go."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS

from ..models import CrisisCard, SupportLine
from . import chart, tasks
from .lines import Asking, client_line
from .medical import medications, medicine_words
from .plan import plan_read
from .record import NotHere
from .releases import answers, person_of
from .timeline import timeline
from .words import document_words, value_words

LAST_CONTACTS = 3
OTHER_PLAN = "crisis_plan"
_HEARS = {
    "allowed": "may hear",
    "listen_only": "listen only",
    "not_allowed": "emergency only",
}
_KNOWS = {"yes": "knows of the treatment", "no": "does not know of the treatment"}


def card(asking: Asking, client: str, way: str) -> CrisisCard:
    """Return a client's crisis card, opened by some right; raises NotHere."""
    rx, known = asking.rx, asking.known
    facts, view = known.clients.get(client), rx.view(client)
    if facts is None or view is None:
        raise NotHere
    risk = rx.view(one_per(client, "risk"))
    program = known.programs.get(facts.program)
    taken = medications(asking, client)
    legal = value_words("client", "legal_status", view.get("legal_status"))
    return CrisisCard(
        line=client_line(asking, facts),
        way=way,
        phones=chart.phones(view),
        address=chart.address(view),
        finding=view.get("best_places_to_find") or "",
        team_phone=program.phone if program else asking.me.phone_24_7,
        local_line=known.lines_for(client).crisis if program else asking.me.local_crisis_line,
        risk_since_ms=chart.risk_since(risk),
        risk_reason=chart.risk_reason(risk),
        plan=plan_read(asking, client),
        other_plan=_other_plan(asking, client),
        supports=_supports(asking, client),
        contacts=timeline(asking, client, 0, LAST_CONTACTS, ("contact",)),
        team=chart.team(asking, facts),
        tasks=tasks.of_client(asking, client),
        legal="" if view.get("legal_status") in (None, "none", "voluntary") else legal,
        directive=view.get("directive") or "",
        guardian=view.get("guardian") or "",
        allergies=view.get("allergies") or "",
        medical=view.get("medical_alerts") or "",
        naloxone=taken.naloxone,
        medicines=medicine_words(taken),
    )


def _other_plan(asking: Asking, client: str) -> tuple[str, str]:
    """Return label and words of the plan for crises that are not about suicide, where there is one."""
    kind = KINDS.get(OTHER_PLAN)
    view = asking.rx.view(one_per(client, OTHER_PLAN)) if kind is not None else None
    if kind is None or view is None or not view.versions:
        return "", ""
    return kind.label, document_words(OTHER_PLAN, view.doc)


def _supports(asking: Asking, client: str) -> tuple[SupportLine, ...]:
    """Return who is in the client's life, with what they may hear."""
    views = [
        view
        for view in asking.rx.views("related_person", client)
        if not view.in_error and not view.get("former")
    ]
    standings = answers(asking, client, map(person_of, views))
    return tuple(
        SupportLine(
            name=view.get("name") or "",
            relation=value_words("related_person", "kind", view.get("kind")),
            phone=", ".join(filter(None, [view.get("phone"), view.get("phone2")])),
            may_hear=", ".join(filter(None, [
                _HEARS[answer.standing], _KNOWS.get(str(view.get("knows_about_treatment")), ""),
            ])),
        )
        for view, answer in zip(views, standings, strict=True)
    )  # fmt: skip
