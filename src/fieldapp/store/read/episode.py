"""A client's episode as it is opened: its steps, red flags, the record checklist (clinical.md 2.2, 2.23, 4.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from fieldapp.clinical import due, intake, record_checklist
from fieldapp.clinical import episode_words as words
from fieldapp.clinical.disclosing import is_protected, stands
from fieldapp.clinical.intake import Taken
from fieldapp.clinical.policy import Actor, allow
from fieldapp.clinical.record_checklist import Done, RecordFacts
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import Entry
from fieldapp.records.episode_tables import CHECKS, CLOSED, ELEMENTS, STATUSES
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.contact import SEEN
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.kinds.related_person import LISTEN_ONLY

from ..episode_models import CheckLine, EpisodeRead, FlagLine, IntakeLine
from . import lenient, tasks
from .known import ClientFacts
from .lines import Asking, archetype_of, client_line, first_plan_due, is_ours, length_over
from .record import NotHere
from .releases import answers, person_of
from .words import one_line, value_words

_REFERRAL = (
    "referral_source", "referral_org", "referral_person", "referral_phone", "received_on", "acknowledged_on", "form_ref",
    "asked_for", "assessed_on", "assessed_by", "decision", "decided_on", "decided_by", "decision_reason",
    "redirect_to", "redirect_where",
)  # fmt: skip
_CARE = (
    "track", "level_of_care", "intensity_tier", "format", "cohort", "county", "step_down_from", "step_down_org",
    "step_down_on", "asam_level", "first_block_on", "admit_date", "expected_end", "hospitalisations_prior_12m",
    "ed_visits_prior_12m", "crisis_contacts_prior_12m", "sud_services", "part2_status", "care_reason",
)  # fmt: skip
_NOTE_DAYS = 90
_DAY_MS = 86_400_000


def episode_read(asking: Asking, client: str) -> EpisodeRead:
    """Return a client's episode; raises NotHere."""
    facts, own = asking.known.clients.get(client), asking.rx.view(client)
    if facts is None or own is None:
        raise NotHere
    views = [view for view in asking.rx.views("episode", client) if not view.in_error]
    view = open_episode(views)
    values: Mapping[str, Any] = values_of(KINDS["episode"], view)
    status, day = str(values.get("status") or ""), asking.day
    actor = Actor(asking.me.staff, frozenset(asking.me.roles), asking.me.is_mhp)
    program = asking.known.programs.get(str(values.get("program") or facts.program))
    archetype = str(values.get("archetype") or (program.archetype if program else ""))
    admitted = lenient.day(values.get("admit_date"))
    record_facts = _facts(asking, facts, own, values)
    draft = next((row.id for row in asking.rx.drafts() if view is not None and row.record == view.id), "")
    structured = archetype == "structured"
    return EpisodeRead(
        client=client,
        record=view.id if view is not None else "",
        line=client_line(asking, facts),
        archetype=archetype,
        program_name=program.name if program else "",
        status=status,
        since=lenient.day(values.get("status_since")),
        reason=str(values.get("status_reason") or ""),
        steps=_steps(asking, view),
        next=intake.next_steps(status),
        referral=_labelled(values, _REFERRAL),
        care=_labelled(values, _CARE),
        flags=flag_lines(asking.rx.view(one_per(client, "risk"))),
        checklist=record_checklist.rows(record_facts),
        elements=_elements(values, record_facts),
        checks=_checks(values),
        waiting_days=intake.days_waiting(status, lenient.day(values.get("received_on")), day),
        waitlist_contact=_contact_by(asking, client)[0],
        discharged_there_days=intake.days_since_discharge(lenient.day(values.get("step_down_on")), day),
        step_down=value_words("episode", "step_down_from", values.get("step_down_from"))
        if values.get("step_down_from") not in (None, "none")
        else "",
        week=intake.week_of(admitted, day) if structured and status == "active" else None,
        review=intake.review_week(admitted, day) if structured and status == "active" else None,
        planned_until=intake.planned_end(
            admitted, archetype_of(asking, client), facts.extended, asking.known.settings_of(client)
        )
        if status in ("active", "on_hold")
        else "",
        overdue=bool(length_over(asking, facts)),
        extensions=tuple(
            one_line(said) for said in words.listed("extensions", values.get("extensions") or {})
        ),
        care_waits=view is not None and any(step.status == "pending" for step in view.steps),
        may_write=bool(allow(actor, "save", "episode")),
        may_decide="supervisor" in asking.me.roles,
        values=values,
        draft=draft,
        earlier=max(0, len(views) - 1),
    )


def _labelled(values: Mapping[str, Any], names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    labels = KINDS["episode"].labels
    rows = ((labels[name], one_line(value_words("episode", name, values.get(name)))) for name in names)
    return tuple((label, said) for label, said in rows if said)


def _steps(asking: Asking, view: View | None) -> tuple[Taken, ...]:
    """Return the steps as their entries tell them: nothing about the way of an episode is stored a second time."""
    if view is None:
        return ()
    places = {step.hash: place for place, step in enumerate(view.steps) if step.status != "error"}
    found = []
    for entry in asking.rx.entries(view.id):
        said = _said(entry)
        if said.get("status") and entry.hash in places:
            envelope = entry.envelope
            on = lenient.day(said.get("status_since")) or due.day_of(envelope.effective_ms, asking.me.tz)
            who = ", ".join(filter(None, (envelope.author.name, envelope.author.credential)))
            reason = one_line(str(said.get("status_reason") or ""))
            found.append(Taken(str(said["status"]), on, places[entry.hash], who, reason, entry.hash))
    return intake.in_order(found)


def _said(entry: Entry) -> Mapping[str, Any]:
    found = entry.envelope.body.get("set") if not entry.envelope.is_annotation else None
    return found if isinstance(found, Mapping) else {}


def flag_lines(view: View | None) -> tuple[FlagLine, ...]:
    """Return the times that red flags were asked for, newest first, each with what was decided."""
    if view is None or view.in_error:
        return ()
    decided: dict[str, list[str]] = {}
    for row in view.items("step_ups").values():
        decided.setdefault(str(row.get("about") or ""), []).append(
            one_line(words.decision_words(row.to_data()))
        )
    found = [
        FlagLine(
            item, str(row.get("on") or ""), str(row.get("by") or ""), str(row.get("at") or ""),
            words.raised(row.to_data()), one_line(str(row.get("remark") or "")), tuple(decided.get(item, ())),
        )
        for item, row in view.items("red_flags").items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda line: (line.on, line.item), reverse=True))


def _elements(values: Mapping[str, Any], facts: RecordFacts) -> tuple[CheckLine, ...]:
    found = []
    for code, label in ELEMENTS.items():
        row = (values.get("assessment") or {}).get(code) or {}
        needed = not (code == "placement" and facts.sud is False)
        said = words.element_words(row) or ("not called for" if not needed else "not written down")
        found.append(
            CheckLine(code, label, bool(row.get("on")), one_line(said), str(row.get("record") or ""), needed)
        )
    return tuple(found)


def _checks(values: Mapping[str, Any]) -> tuple[CheckLine, ...]:
    found = []
    for code, label in CHECKS.items():
        row = (values.get("intake_checks") or {}).get(code) or {}
        answer, said = str(row.get("answer") or ""), one_line(words.check_words(row)) or "not asked"
        found.append(CheckLine(code, label, answer in ("yes", "na"), said, needed=answer != "na"))
    return tuple(found)


def _facts(asking: Asking, facts: ClientFacts, own: View, values: Mapping[str, Any]) -> RecordFacts:
    client, day = facts.client, asking.day
    consents = [view for view in asking.rx.views("consent", client) if not view.in_error]
    said = [(values_of(KINDS["consent"], view)) for view in consents]
    treatment = [one for one in said if one.get("kind") == "treatment"]
    holds = [one for one in treatment if stands(one, day)]
    releases = [one for one in said if one.get("kind") not in ("treatment", "telehealth", "photo_recording")]
    status = str(values.get("status") or "")
    return RecordFacts(
        today=day,
        status=status,
        admitted=facts.admitted,
        missing_identity=missing_identity(own),
        disclosure_on=lenient.day(own.get("disclosure_statement_given_on")),
        rights_on=lenient.day(own.get("rights_given_on")),
        privacy_on=lenient.day(own.get("npp_given_on")),
        part2_on=lenient.day(own.get("part2_notice_given_on")),
        part2=is_protected(str(values.get("part2_status") or "")),
        elements={
            code: Done(lenient.day(row.get("on")), str(row.get("by") or ""), str(row.get("where") or ""))
            for code, row in (values.get("assessment") or {}).items()
        },
        sud=values.get("sud_services"),
        plans=facts.treatment.active,
        plan_refused=facts.treatment.refused,
        plan_review=facts.treatment.review_due,
        plan_first_by=first_plan_due(asking, facts),
        consent_on=max((str(one.get("signed_on") or one.get("since") or "") for one in holds), default=""),
        consent_ended=bool(treatment) and not holds,
        order=str(own.get("legal_status") or ""),
        last_note=_last_note(asking, client),
        unsigned=_owed(asking, client),
        listed=facts.medicines.listed,
        verified_on=facts.medicines.verified_on,
        list_changed=facts.medicines.changed_since,
        releases=sum(stands(one, day) for one in releases),
        ended_releases=sum(not stands(one, day) for one in releases),
        hear_without=_without_release(asking, client),
        referred_by=_referrer(values),
        received_on=lenient.day(values.get("received_on")),
        acknowledged_on=lenient.day(values.get("acknowledged_on")),
        decided_on=lenient.day(values.get("decided_on")) or (facts.admitted if status not in CLOSED else ""),
        discharged_on=lenient.day(values.get("discharged_on")),
        discharge_written=asking.rx.value(
            "SELECT count(*) FROM view WHERE kind = 'discharge' AND client = ? AND in_error = 0", client
        ) > 0,
    )  # fmt: skip


def missing_identity(view: View) -> tuple[str, ...]:
    """Return what the record of who a client is lacks, in words."""
    owed = (("dob", "date of birth"), ("language", "language"))
    found = [said for name, said in owed if not view.get(name)]
    if not any(row.get("number") for row in view.items("phones").values()) and not (
        view.items("addresses") or view.get("best_places_to_find")
    ):
        found.append("how to reach them")
    return tuple(found)


def _referrer(values: Mapping[str, Any]) -> str:
    source = value_words("episode", "referral_source", values.get("referral_source"))
    if not source and values.get("step_down_from") not in (None, "none"):
        source = value_words("episode", "step_down_from", values.get("step_down_from"))
    return one_line(" ".join(filter(None, (source, str(values.get("referral_org") or "")))))


def _last_note(asking: Asking, client: str) -> str:
    at_ms = asking.rx.value(
        "SELECT max(when_ms) FROM view WHERE client = ? AND kind IN ('note', 'crisis') AND in_error = 0",
        client,
    )
    return due.day_of(at_ms, asking.me.tz) if at_ms else ""


def _owed(asking: Asking, client: str) -> int:
    """Return how many services of the last three months have no note although its time is over."""
    marks = ",".join(f"'{outcome}'" for outcome in sorted(SEEN))
    rows = asking.rx.all(
        "SELECT v.data FROM view v WHERE v.client = ? AND v.kind = 'contact' AND v.when_ms >= ?"  # noqa: S608
        f" AND v.in_error = 0 AND v.state IN ({marks})"
        " AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.name = 'note_of' AND f.value = v.record)"
        " AND COALESCE(json_extract(CAST(v.data AS TEXT), '$.fields.note_required[0][0]'), 1) != 0",
        client, asking.now_ms - _NOTE_DAYS * _DAY_MS,
    )  # fmt: skip
    settings, count = asking.known.settings_of(client), 0
    for (data,) in rows:
        view = View.from_data(orjson.loads(data))
        ended = lenient.moment(view.get("stop") or view.get("start"))
        stop_ms = view.first_ms if ended is None else ended
        count += due.note_flag(stop_ms, asking.now_ms, settings) == "late"
    return count


def _without_release(asking: Asking, client: str) -> int:
    """Return how many people take part in care of whom no release says that they may hear."""
    people = [
        person_of(view)
        for view in asking.rx.views("related_person", client)
        if not view.in_error and not view.get("former") and view.get("involvement_ok")
        and view.get("kind") not in LISTEN_ONLY
    ]  # fmt: skip
    return sum(answer.standing == "not_allowed" for answer in answers(asking, client, people))


def _contact_by(asking: Asking, client: str) -> tuple[str, bool]:
    """Return by which day somebody speaks with a client who waits, and whether that day is over."""
    lines = [line for line in tasks.of_client(asking, client) if line.what == "waitlist_contact"]
    if not lines or lines[0].due_ms is None:
        return "", False
    # It is due at the end of its day.
    return due.day_of(lines[0].due_ms - 1, asking.me.tz), lines[0].late


def intake_list(asking: Asking) -> tuple[IntakeLine, ...]:
    """Return who waits to be admitted to one's teams, who was referred first at the top."""
    found = []
    for facts in asking.known.clients.values():
        if facts.status not in intake.WAITING or not is_ours(asking, facts):
            continue
        view = open_episode([one for one in asking.rx.views("episode", facts.client) if not one.in_error])
        if view is None:
            continue
        values = values_of(KINDS["episode"], view)
        received = lenient.day(values.get("received_on"))
        by, late = _contact_by(asking, facts.client) if facts.status == "waitlist" else ("", False)
        found.append(
            IntakeLine(
                client_line(asking, facts), view.id, received,
                intake.days_waiting(facts.status, received, asking.day), _referrer(values), by, late,
                lenient.day(values.get("first_block_on")),
            )
        )  # fmt: skip
    order = list(STATUSES)
    return tuple(
        sorted(
            found, key=lambda one: (-(one.days or 0), order.index(one.line.status), one.line.name, one.record)
        )
    )
