"""The head of a client's chart."""

from __future__ import annotations

from fieldapp.clinical import stays
from fieldapp.records.fold import ItemView, View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import assignment as assignment_kind
from fieldapp.records.kinds.episode import open_episode

from ..models import Chart
from . import interventions, tasks
from .conflicts import conflicts
from .contact_plan import progress
from .known import ClientFacts
from .lines import Asking, client_line
from .plan import plan_read
from .record import NotHere
from .timeline import count
from .words import agreed_words, value_words

_FACTS = (
    "legal_name", "name_to_use", "pronouns", "dob", "sex", "gender", "race", "language", "interpreter_needed", "mrn",
    "medicaid_id", "housing_status", "employment", "veteran", "legal_status", "guardian", "pcp", "pharmacy",
    "allergies", "medical_alerts", "directive",
)  # fmt: skip
_EPISODE = (
    "status_since", "track", "level_of_care", "intensity_tier", "admit_date", "expected_end",
    "step_down_from", "part2_status", "county",
)  # fmt: skip


def chart(asking: Asking, client: str) -> Chart:
    """Return the head of a chart; raises NotHere."""
    rx, known = asking.rx, asking.known
    facts = known.clients.get(client)
    view = rx.view(client)
    if facts is None or view is None:
        raise NotHere
    risk = rx.view(one_per(client, "risk"))
    plan = plan_read(asking, client)
    return Chart(
        line=client_line(asking, facts),
        facts=_labelled(view, _FACTS),
        phones=phones(view),
        address=address(view),
        finding=view.get("best_places_to_find") or "",
        people=_people(asking, client),
        episode=_episode(asking, client),
        contact_plan=_agreed(asking, facts),
        team=team(asking, facts),
        conflicts=conflicts(asking, [client]),
        timeline_count=count(asking, client),
        plan=plan if plan.versions else None,
        risk_since_ms=risk_since(risk),
        risk_reason=risk_reason(risk),
        tasks=tasks.of_client(asking, client),
        interventions=interventions.counts(asking, client),
    )


def _labelled(view: View, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    labels = KINDS[view.kind].labels
    rows = ((name, value_words(view.kind, name, view.get(name))) for name in names)
    return tuple(
        (labels.get(name, name.replace("_", " ").capitalize()), words) for name, words in rows if words
    )


def phones(view: View) -> tuple[tuple[str, str], ...]:
    """Return a client's numbers, each with what must be known before calling."""
    found = []
    for phone in view.items("phones").values():
        remarks = []
        if phone.get("ok_to_leave_message") is False:
            remarks.append("no message")
        if phone.get("ok_to_text") is False:
            remarks.append("no text")
        if phone.get("safe_times"):
            remarks.append(phone["safe_times"])
        found.append((phone.get("number") or "", ", ".join(remarks)))
    return tuple(found)


def address(view: View) -> str:
    """Return where a client lives now, in one line."""
    current = [row for row in view.items("addresses").values() if not row.get("until")]
    current.sort(key=lambda row: row.get("since") or "", reverse=True)
    shown = []
    for row in current:
        kind = value_words("client", "addresses.kind", row.get("kind"))
        words = ", ".join(filter(None, (row.get(n) for n in ("street", "city", "zip", "notes"))))
        shown.append(f"{words} ({kind})" if kind and words else words or kind)
    return " / ".join(filter(None, shown))


def _people(asking: Asking, client: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (
            view.get("name") or "",
            value_words("related_person", "kind", view.get("kind")),
            ", ".join(filter(None, [view.get("phone"), view.get("phone2")])),
        )
        for view in asking.rx.views("related_person", client)
        if not view.in_error and not view.get("former")
    )


def _episode(asking: Asking, client: str) -> tuple[tuple[str, str], ...]:
    view = open_episode([v for v in asking.rx.views("episode", client) if not v.in_error])
    if view is None:
        return ()
    program = asking.known.programs.get(view.get("program") or "")
    named = (("Program", program.name),) if program else ()
    paid = [
        ", ".join(filter(None, (row.get("payer"), row.get("member_id"), _authorized(row))))
        for row in view.items("coverage").values()
        if row.get("payer")
    ]
    payers = (("Payers", "; ".join(paid)),) if paid else ()
    return (*named, *_standing(asking, client), *_labelled(view, _EPISODE), *payers)


def _standing(asking: Asking, client: str) -> tuple[tuple[str, str], ...]:
    """Return how the episode stands, and where the client is if not at home."""
    facts = asking.known.clients.get(client)
    if facts is None:
        return ()
    stay = stays.open_visit(facts.stays)
    away = f"{stays.title(stay)}, since {stay.since}" if stay is not None else ""
    rows = (("Status", value_words("episode", "status", facts.status)), ("Away", away))
    return tuple(row for row in rows if row[1])


def _authorized(row: ItemView) -> str:
    """Return an authorization in few words."""
    parts = [
        f"authorization {row.get('auth_no')}" if row.get("auth_no") else "",
        f"{row.get('auth_units')} units" if row.get("auth_units") else "",
        f"until {row.get('auth_to')}" if row.get("auth_to") else "",
    ]
    return " ".join(part for part in parts if part)


def _agreed(asking: Asking, facts: ClientFacts) -> str:
    agreed = facts.agreed_on(asking.day)
    if not agreed:
        return ""
    stands = progress(asking, facts)
    return ", ".join(
        filter(
            None, (agreed_words(agreed), f"{stands.done} of {stands.target} {stands.words}" if stands else "")
        )
    )


def team(asking: Asking, facts: ClientFacts) -> tuple[tuple[str, str], ...]:
    """Return who works with a client today, as (role, name)."""
    order = list(assignment_kind.ROLES)
    rows = sorted(
        facts.staff_on(asking.day).items(),
        key=lambda row: (order.index(row[1]) if row[1] in order else len(order), row[0]),
    )
    return tuple(
        (assignment_kind.ROLES.get(role, role), asking.known.staff_name(staff)) for staff, role in rows
    )


def risk_since(view: View | None) -> int | None:
    """Return when the level that stands was first said: by its signal or by whoever signed it."""
    if view is None or view.in_error:
        return None
    level = view.derived.get("level")
    waiting = set(view.derived.get("open_signals", ()))
    said = [
        write.at_ms
        for signal in view.items("signals").values()
        if "level" in signal.fields
        for write in signal.fields["level"].writes
        if write.hash in waiting and write.value == level
    ]
    human = view.fields.get("level")
    said += [write.at_ms for write in human.writes if write.value == level] if human else []
    return min(said, default=None)


def risk_reason(view: View | None) -> str:
    """Return what the level rests on: the details of signals nobody has weighed yet, else the signed basis."""
    if view is None or view.in_error:
        return ""
    waiting = set(view.derived.get("open_signals", ()))
    level = view.derived.get("level")
    details = [
        str(signal.get("detail") or signal.get("source_kind") or "")
        for signal in view.items("signals").values()
        if "level" in signal.fields
        and signal.get("level") == level
        and any(write.hash in waiting for write in signal.fields["level"].writes)
    ]
    return "; ".join(dict.fromkeys(filter(None, details))) or str(view.get("reason") or "")
