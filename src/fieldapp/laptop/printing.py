"""What goes on paper: read by right and put into words; handing it out is `handing_out`'s."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fieldapp.clinical.counties import crisis_label
from fieldapp.clinical.metrics.hiding import for_paper
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.plan_words import step_lines
from fieldapp.clinical.roles import REVIEWERS
from fieldapp.clinical.times import clock_words, day_of, local
from fieldapp.errors import UsageFailure
from fieldapp.prints import aftercare, appointment, csv_file, plan, staff, treatment, weekly, words
from fieldapp.prints.documents import OF_A_CLIENT, OF_A_RECORD, Prepared, Wanted
from fieldapp.records.defaults import setting
from fieldapp.records.kinds.alert import SEVERITIES
from fieldapp.records.kinds.client import LANGUAGES
from fieldapp.records.kinds.risk import LEVELS
from fieldapp.records.kinds.safety_plan import STEPS
from fieldapp.store.models import AlertLine, ClientLine, PlanRead, PlanVersion, VisitLine
from fieldapp.store.read import card as crisis_card
from fieldapp.store.read import (
    caseload,
    chart,
    discharges,
    goals,
    metrics,
    prints,
    record,
    today,
)
from fieldapp.store.read import plan as plans
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.staff import credential_rows
from fieldapp.store.read.words import value_words

from . import gate, note_paper
from .failures import NotAllowed

NO_PHONE = (
    "No day and night number of the team is set: the paper has a line for it. Your administrator can set it."
)
NO_LINE = "No local crisis line is set: the paper has a line for it. Your administrator can set it."
_APPOINTMENTS = 3


def prepare(asking: Asking, wanted: Wanted) -> Prepared:
    """Return what is to be printed; raises GateClosed, NotHere, NotAllowed, UsageFailure."""
    make = _MAKERS.get(wanted.document)
    if make is None or _incomplete(wanted):
        raise UsageFailure("Choose what is to be printed, and for whom.")
    if wanted.document in OF_A_CLIENT:
        way_to(asking, wanted)
    return make(asking, wanted)


def _incomplete(wanted: Wanted) -> bool:
    return (wanted.document in OF_A_CLIENT and not wanted.client) or (
        wanted.document in OF_A_RECORD and not wanted.record
    )


def way_to(asking: Asking, wanted: Wanted) -> gate.Way:
    """Return by which right a client's paper is made; raises GateClosed, NotAllowed."""
    way = gate.open_client(asking, wanted.client)
    if way == "break_glass" and wanted.document != "plan":
        raise NotAllowed(
            "Emergency access is for reading on screen. Only the client's own plan may be printed."
        )
    return way


def _agency(asking: Asking, client: str = "") -> tuple[plan.Agency, tuple[str, ...]]:
    facts = asking.known.clients.get(client)
    found = plan.Agency(
        *prints.agency(asking, facts.program if facts and facts.program else asking.me.program)
    )
    if facts is not None:
        lines = asking.known.lines_for(client)
        found = replace(found, local_line=lines.crisis, county=lines.crisis_county)
    missing = tuple(
        sentence for number, sentence in ((found.phone, NO_PHONE), (found.local_line, NO_LINE)) if not number
    )
    return found, missing


def _plan(asking: Asking, wanted: Wanted) -> Prepared:
    read = plans.plan_read(asking, wanted.client)
    version = standing(read)
    if version is None:
        raise NotAllowed("There is no safety plan that stands: print the blank one, or write one first.")
    agency, missing = _agency(asking, wanted.client)
    tz = asking.me.tz
    signed = day_of(version.at_ms, tz)
    remarks = [f"Version {version.number}, signed {words.day_words(signed, 'en')} by {version.author}."]
    if len(read.active) > 1:
        remarks.append(
            "Two versions stand side by side: this is the newer one. Settle them before you print, if you can."
        )
    if version.doc.get("means") and not version.doc.get("print_means"):
        remarks.append("Step 6 stays off the paper: the client has not asked for it.")
    sheet = plan.plan_sheet(version.doc, version.number, signed, agency, wanted.language)
    return Prepared(sheet, (*remarks, *missing))


def standing(read: PlanRead) -> PlanVersion | None:
    """Return the version that is printed: of those that stand the newest that is no refusal."""
    return next((version for version in read.active if not version.doc.get("declined")), None)


def _blank(asking: Asking, wanted: Wanted) -> Prepared:
    agency, missing = _agency(asking, wanted.client)
    return Prepared(plan.blank_sheet(agency, wanted.language), missing)


def _appointment(asking: Asking, wanted: Wanted) -> Prepared:
    agency, missing = _agency(asking, wanted.client)
    tz = asking.me.tz
    found = [
        appointment.Visit(local(row.start_ms, tz), row.where, row.who)
        for row in prints.appointments(asking, wanted.client, _APPOINTMENTS)
    ]
    remarks = () if found else ("No visit is planned: the card has lines to write on.",)
    return Prepared(
        appointment.appointment_sheet(found, agency, wanted.language),
        (*remarks, *(sentence for sentence in missing if sentence == NO_PHONE)),
    )


def _printed(asking: Asking) -> str:
    tz = asking.me.tz
    who = ", ".join(part for part in (asking.me.name, asking.me.credential) if part)
    day = words.day_words(day_of(asking.now_ms, tz), "en")
    return f"Printed {day} {clock_words(asking.now_ms, tz)} by {who}"


def _card(asking: Asking, wanted: Wanted) -> Prepared:
    # The card on paper says what the card on screen says.
    read = crisis_card.card(asking, wanted.client, way_to(asking, wanted))
    line, tz = read.line, asking.me.tz
    version = standing(read.plan)
    since = f" since {words.day_words(day_of(read.risk_since_ms, tz), 'en')}" if read.risk_since_ms else ""
    risk = f"{LEVELS.get(line.risk, line.risk)}{since}"
    label, other = read.other_plan
    card = staff.Card(
        name=_named(asking, line.client),
        known_by=_known_by(line),
        alerts=[_alert(alert, detail=True) for alert in _by_severity(line)],
        risk=f"{risk}: {read.risk_reason}" if read.risk_reason else risk,
        lifelines=[
            (whose, number)
            for whose, number in (
                ("Team, day and night", read.team_phone), ("Crisis line, call or text", "988"), (crisis_label(line.local_county), read.local_line)
            )
            if number
        ],
        phones=[f"{number} ({how})" if how else number for number, how in read.phones],
        address=". ".join(filter(None, [f"Away: {line.away}" if line.away else "", read.address])),
        finding=read.finding,
        people=[
            ", ".join(filter(None, (one.name, one.relation, one.phone, one.may_hear))) for one in read.supports
        ],
        team=[(role, name) for role, name in read.team if name],
        facts=[
            (named, said)
            for named, said in (
                ("Allergies", read.allergies), ("Naloxone", read.naloxone), ("Medical", read.medical), ("Legal order", read.legal),
                ("Advance directive", read.directive), ("Guardian or POA", read.guardian),
            )
            if said
        ],
        contacts=[
            ": ".join(part for part in (f"{_day(row.when_ms, tz)} {row.title}", row.text) if part)
            for row in read.contacts
            if row.status != "error"
        ],
        todo=[
            f"{task.title}: by {_day(task.due_ms, tz)}" if task.due_ms is not None else task.title
            for task in read.tasks
        ],
        plan=[(title, lines) for step, title in STEPS.items() if (lines := _step(version, step))],
        plan_words=_plan_words(version, tz),
        other_plan=f"{label}: {other}" if other else "",
        medicines=read.medicines,
    )  # fmt: skip
    remarks = ["This paper is for staff. It holds everything an on-call colleague needs; keep it on you."]
    if len(read.plan.active) > 1:
        remarks.append("Two versions of the safety plan stand: the newer one is on it.")
    return Prepared(staff.card_sheet(card, _printed(asking)), tuple(remarks))


def _plan_words(version: PlanVersion | None, tz: str) -> str:
    if version is None:
        return "none that stands"
    waits = ", awaiting a mental health professional" if version.status == "pending" else ""
    return f"version {version.number} of {_day(version.at_ms, tz)}, {version.author}{waits}"


def _step(version: PlanVersion | None, step: str) -> list[str]:
    return step_lines(version.doc, step) if version is not None else []


def _said(table: Mapping[str, str], code: Any) -> str:
    return table.get(str(code or ""), str(code or ""))


def _known_by(line: ClientLine) -> list[tuple[str, str]]:
    spoken = LANGUAGES.get(line.language, line.language)
    said = (
        ("Born", line.dob), ("Language", spoken), ("Interpreter", "needed" if line.interpreter else ""), ("MRN", line.mrn),
    )  # fmt: skip
    return [(label, text) for label, text in said if text]


def _by_severity(line: ClientLine) -> list[AlertLine]:
    order = list(SEVERITIES)
    return sorted(line.alerts, key=lambda one: -order.index(one.severity) if one.severity in order else 0)


def _alert(alert: AlertLine, *, detail: bool = False) -> str:
    severity = "STOP" if alert.severity == "stop" else _said(SEVERITIES, alert.severity)
    named = f"{severity}: {alert.label or alert.code}"
    return f"{named}. {alert.detail}" if detail and alert.detail else named


def _day(at_ms: int, tz: str) -> str:
    then = local(at_ms, tz)
    return f"{then:%b} {then.day}, {then.year}"


def _schedule(asking: Asking, wanted: Wanted) -> Prepared:
    shown = today.today(asking, wanted.day or None)
    rows = [_visit(asking, visit, asking.me.tz) for visit in shown.visits]
    day = words.day_words(date.fromisoformat(shown.day), "en", weekday=True)
    return Prepared(staff.schedule_sheet(day, rows, _printed(asking)))


def _named(asking: Asking, client: str) -> str:
    """Return who a client is on paper of staff: name to use, pronouns, language, interpreter."""
    facts = asking.known.clients.get(client)
    return facts.on_paper if facts is not None else ""


def _visit(asking: Asking, visit: VisitLine, tz: str) -> tuple[str, str, str, str]:
    kind = value_words("planned_visit", "contact_type", visit.contact_type or None)
    setting = value_words("planned_visit", "setting", visit.setting or None)
    risk = f"Risk: {LEVELS.get(visit.risk, visit.risk)}" if visit.risk != "none" else ""
    return (
        f"{words.clock(local(visit.start_ms, tz))}\n{visit.minutes} min",
        _named(asking, visit.client),
        _stacked(": ".join(filter(None, (setting, visit.where))), kind, visit.note),
        _stacked(*(_alert(alert) for alert in visit.alerts), risk),
    )


def _stacked(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _roster(asking: Asking, wanted: Wanted) -> Prepared:
    listed = caseload.caseload(asking, mine=True) or caseload.caseload(asking)
    rows = [_client(asking, line) for line in listed]
    remarks = ("It is for days when laptops fail. Write on it by hand, and type it in later.",)
    return Prepared(staff.roster_sheet(rows, _printed(asking)), remarks)


def _client(asking: Asking, line: ClientLine) -> tuple[str, str, str, str, str]:
    view = record.need_view(asking.rx, line.client)
    phones = [f"{number} ({how})" if how else number for number, how in chart.phones(view)]
    risk = f"Risk: {LEVELS.get(line.risk, line.risk)}" if line.risk != "none" else ""
    seen = (
        f"seen {_day(line.last_contact_ms, asking.me.tz)}"
        if line.last_contact_ms is not None
        else "not seen yet"
    )
    plan_words = {"none": "no safety plan", "two": "two safety plans", "declined": "plan declined"}
    return (
        _stacked(
            _named(asking, line.client),
            f"born {line.dob}" if line.dob else "",
            f"MRN {line.mrn}" if line.mrn else "",
        ),
        _stacked(*phones),
        chart.address(view),
        _stacked(risk, *(_alert(alert) for alert in _by_severity(line))),
        _stacked(line.primary or "no primary", seen, plan_words.get(line.plan, "has a safety plan")),
    )


def _credentials(asking: Asking, _: Wanted) -> Prepared:
    if not REVIEWERS & set(asking.me.roles):
        raise NotAllowed("A supervisor or manager prints the credentials of the staff.")
    rows = credential_rows(asking)
    names = [name for team in sorted(asking.teams) if (name := asking.known.team_name(team))]
    over = sum("expired" in row[3] for row in rows)
    remarks = (f"{over} {'is' if over == 1 else 'are'} expired.",) if over else ()
    return Prepared(staff.credentials_sheet(", ".join(sorted(names)), rows, _printed(asking)), remarks)


def _note(asking: Asking, wanted: Wanted) -> Prepared:
    return note_paper.prepare(asking, wanted, _printed(asking))


def _discharge(asking: Asking, wanted: Wanted) -> Prepared:
    return note_paper.discharge(asking, wanted.client, _printed(asking))


def _aftercare(asking: Asking, wanted: Wanted) -> Prepared:
    view = discharges.newest(asking.rx, wanted.client)
    if view is None:
        raise NotAllowed("There is no discharge that stands: sign one first.")
    agency, missing = _agency(asking, wanted.client)
    remarks = ["The client's own words and appointments; the summary and measures stay off it."]
    if not view.doc.get("appointments"):
        remarks.append("No appointment is in the discharge: the paper has lines to write on.")
    if view.doc.get("medicines") and not view.doc.get("medicines_verified"):
        remarks.append("No prescriber has verified the list of medicines since it was changed.")
    return Prepared(aftercare.aftercare_sheet(view.doc, agency, wanted.language), (*remarks, *missing))


def _treatment(asking: Asking, wanted: Wanted) -> Prepared:
    read = goals.goals_read(asking, wanted.client)
    version = read.plan.active[0] if read.plan.active else None
    if version is None:
        raise NotAllowed("There is no treatment plan that stands: write one first.")
    agency, missing = _agency(asking, wanted.client)
    signed = day_of(version.at_ms, asking.me.tz)
    view = record.need_view(asking.rx, read.plan.record)
    approver = next(
        (
            ", ".join(filter(None, (note.name, note.credential)))
            for note in view.notes
            if note.meaning == "cosign" and note.about == version.entry and not note.lifted
        ),
        "",
    )
    remarks = [f"Version {version.number}, signed {words.day_words(signed, 'en')} by {version.author}."]
    if version.status in ("pending", "returned"):
        remarks.append("It is not approved yet: the paper has a line for that.")
    if len(read.plan.active) > 1:
        remarks.append(
            "Two versions stand side by side: this is the newer one. Settle them before you print, if you can."
        )
    if any(row.get("source") != "client" for row in version.doc.get("needs") or ()):
        remarks.append("Needs that an assessment found stay off the paper.")
    signatures = treatment.Signatures(
        client=" · ".join(
            str(version.doc[name]) for name in ("signed_name", "signed_on") if version.doc.get(name)
        )
        if version.doc.get("signed_name")
        else "",
        author=", ".join(filter(None, (version.author, version.credential))),
        approver=approver,
        needs_approval=version.status in ("pending", "returned"),
    )
    sheet = treatment.treatment_sheet(
        version.doc, version.number, signed, read.due.get(version.entry, ""), signatures, agency, wanted.language
    )  # fmt: skip
    return Prepared(sheet, (*remarks, *missing))


def _report(asking: Asking, wanted: Wanted) -> Prepared:
    if wanted.scope is None or wanted.scope.kind not in ("team", "program"):
        raise UsageFailure("Choose whose numbers: those of one of your teams, or of the program.")
    tz = asking.me.tz
    over = period(wanted.weeks, wanted.back, asking.now_ms, tz)
    found = metrics.metrics(asking, wanted.scope, over)
    shown = tuple(for_paper(metric, setting(asking.me.settings, "small_cell")) for metric in found)
    as_of = f"{words.day_words(day_of(asking.now_ms, tz), 'en')} {clock_words(asking.now_ms, tz)}"
    sheet = weekly.report_sheet(shown, wanted.scope.name, over.name, as_of, _printed(asking))
    return Prepared(
        sheet,
        ("Numbers of fewer than five clients stay off it; the screen shows them.",),
        tuple(csv_file.rows(shown, wanted.scope, over)),
    )


_MAKERS: Mapping[str, Callable[[Asking, Wanted], Prepared]] = {
    "plan": _plan, "blank_plan": _blank, "appointment": _appointment, "crisis_card": _card, "schedule": _schedule,
    "roster": _roster, "credentials": _credentials, "note": _note, "treatment_plan": _treatment,
    "aftercare": _aftercare, "discharge": _discharge, "weekly_report": _report,
}  # fmt: skip
