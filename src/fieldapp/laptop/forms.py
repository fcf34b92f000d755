"""Forms: opening one, saving what was typed, and saying what stands against signing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from fieldapp.clinical.coding import wrong_units
from fieldapp.clinical.disclosing import refused
from fieldapp.clinical.due import day_of
from fieldapp.clinical.participants import outside
from fieldapp.clinical.policy import Actor, allow
from fieldapp.clinical.same_visit import LONGEST_MS, Logged, may_be_one
from fieldapp.records import together
from fieldapp.records.changes import values_of
from fieldapp.records.envelope import ATTESTED
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import Kind, Problem, Signing
from fieldapp.records.kinds import KINDS, contact, note
from fieldapp.records.text import clean_json
from fieldapp.store.models import Draft
from fieldapp.store.read import lenient, snippets
from fieldapp.store.read.codes import coding
from fieldapp.store.read.freezing import freezes_ms, note_of
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.releases import hearers
from fieldapp.store.read.same_visit import logged_of
from fieldapp.store.tables import DraftRow

from . import group_signing, intake_checks, risk_signing
from .failures import NotAllowed
from .opened import Writing
from .people import credential_problem, role_for
from .tasks import COLLEAGUES, may_take

_EARLIER_NOTES = 3
NO_CLIENT = "Choose the client first."
PRESCRIBER = "prescriber"
NOT_MEDICAL = "A medical visit is a prescriber's note: choose another format."


def _load(data: bytes) -> Any:
    return orjson.loads(data)


def draft_of(asking: Asking, row: DraftRow) -> Draft:
    """Return a draft as a form shows it."""
    prev = tuple(_load(row.prev))
    return Draft(
        id=row.id,
        record=row.record,
        kind=row.kind,
        client=row.client,
        meaning=row.meaning,
        prev=prev,
        base=_load(row.base),
        values=_load(row.body),
        focus=row.focus,
        revision=row.revision,
        updated_ms=row.updated_ms,
        device=row.device,
        answers=answered_by(asking.rx.view(row.record), prev) if row.meaning == "sign" else (),
        name=asking.known.name_of(row.client),
        risk=asking.known.risk_of(row.client),
    )


def answered_by(view: View | None, prev: Sequence[str]) -> tuple[str, ...]:
    """Return the returns that a new version on top of some entries answers."""
    if view is None:
        return ()
    return tuple(
        sorted(n.hash for n in view.notes if n.meaning == "return" and n.about in prev and not n.lifted)
    )


def kind_named(name: str) -> Kind:
    """Return a kind; raises NotAllowed for one that this version does not know."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotAllowed("This version of fieldapp does not know this kind of record: update it.")
    return kind


def start(
    work: Writing,
    name: str,
    client: str | None,
    record: str | None,
    values: Mapping[str, Any] | None,
    meaning: str | None,
) -> Draft:
    """Open a form for a new or an existing record; a draft that is open already is returned instead."""
    kind, given = kind_named(name), dict(values or {})
    record = record or _known_record(work, kind, client, given)
    if record is None:
        again = _note_draft(work, name, given)
        if again is not None:
            return again
        record = uuid7(work.device_ms)
    else:
        open_draft = next((row for row in work.rx.drafts() if row.record == record), None)
        if open_draft is not None:
            return draft_of(work, open_draft)
    view = work.rx.view(record)
    if view is not None and view.kind != name:
        raise NotAllowed("This record is of another kind: open it from the client's chart.")
    if name == "client":
        client = record
        if view is None:
            given = {"home_program": work.me.program, "home_team": work.me.team} | given
    if view is not None and view.client:
        client = view.client
    if kind.about_client and client is None:
        raise NotAllowed(NO_CLIENT)
    base = values_of(kind, view)
    row = DraftRow(
        id=uuid7(work.device_ms),
        record=record,
        kind=name,
        client=client if kind.about_client else None,
        device=work.me.device,
        meaning=meaning or meaning_for(work, kind, view),
        prev=orjson.dumps(view.heads if view is not None else []),
        base=orjson.dumps(base),
        body=orjson.dumps(clean_json(dict(base) | given)),
        created_ms=work.device_ms,
        updated_ms=work.device_ms,
    )
    work.tx.put_draft(row)
    return draft_of(work, row)


def start_unnamed(work: Writing, name: str, values: Mapping[str, Any], focus: str) -> Draft:
    """Open a form for a new record of which it is not known yet whom it is about."""
    row = DraftRow(
        id=uuid7(work.device_ms),
        record=uuid7(work.device_ms),
        kind=kind_named(name).name,
        client=None,
        device=work.me.device,
        meaning="save",
        prev=orjson.dumps([]),
        base=orjson.dumps({}),
        body=orjson.dumps(clean_json(dict(values))),
        focus=focus,
        created_ms=work.device_ms,
        updated_ms=work.device_ms,
    )
    work.tx.put_draft(row)
    return draft_of(work, row)


def name_draft(work: Writing, draft_id: str, client: str) -> Draft:
    """Say whom a draft is about; raises NotAllowed for a record that is written already."""
    row = open_row(work, draft_id)
    if row.client != client:
        if work.rx.view(row.record) is not None:
            raise NotAllowed("This record is about another client: mark it as an error and log it anew.")
        row.client, row.revision, row.updated_ms = client, row.revision + 1, work.device_ms
        work.tx.put_draft(row)
    return draft_of(work, row)


def _known_record(work: Writing, kind: Kind, client: str | None, given: Mapping[str, Any]) -> str | None:
    """Return the record that a form without one is about: the only one of its kind, or a contact's note."""
    if kind.one_per == "client" and client:
        return one_per(client, kind.name)
    if kind.one_per == "program":
        return one_per(given.get("program") or work.me.program, kind.name)
    if kind.name == "note" and given.get("contact"):
        found = note_of(work.rx, given["contact"])
        return found[0] if found else None
    return None


def _note_draft(work: Asking, name: str, given: Mapping[str, Any]) -> Draft | None:
    if name != "note" or not given.get("contact"):
        return None
    return note_draft(work, given["contact"])


def note_draft(asking: Asking, contact: str) -> Draft | None:
    """Return the open draft of a contact's note."""
    for row in asking.rx.drafts():
        if row.kind == "note" and _load(row.body).get("contact") == contact:
            return draft_of(asking, row)
    return None


def meaning_for(work: Asking, kind: Kind, view: View | None) -> str:
    """Return what signing the form will say: save, sign or amend; raises NotAllowed."""
    if kind.attested:
        return "sign"
    if view is None or not view.steps:
        return "sign" if kind.is_document else "save"
    mine = view.steps[0].author == work.me.staff
    if kind.cls == "versioned":
        return "sign"
    if kind.cls == "single":
        if not mine:
            raise NotAllowed("Only its author may correct it: write an addendum in your own name.")
        return "sign" if answered_by(view, view.heads) else "amend"
    if kind.name == "contact":
        froze = freezes_ms(work.rx, view, work.me.tz, work.known.settings_of(view.client))
        if froze is not None and work.now_ms >= froze:
            if not mine:
                raise NotAllowed(
                    "This contact is frozen: only its author may correct it, or write an addendum."
                )
            return "amend"
    return "save"


def save(work: Writing, draft_id: str, values: Mapping[str, Any], focus: str) -> Draft:
    """Keep what was typed so far; nothing typed changes nothing."""
    row = open_row(work, draft_id)
    body = orjson.dumps(clean_json(dict(values)), option=orjson.OPT_SORT_KEYS)
    if body != orjson.dumps(_load(row.body), option=orjson.OPT_SORT_KEYS):
        row.body, row.revision = body, row.revision + 1
        row.updated_ms = work.device_ms
    row.focus = focus
    work.tx.put_draft(row)
    return draft_of(work, row)


def open_row(asking: Asking, draft_id: str) -> DraftRow:
    """Return an open draft; raises NotAllowed."""
    row = asking.rx.draft(draft_id)
    if row is None or row.closed_by:
        raise NotAllowed("This draft is closed already: open the record instead.")
    return row


def discard(work: Writing, draft_id: str) -> None:
    """Close a draft without signing it; id, client, kind and dates stay."""
    row = open_row(work, draft_id)
    work.tx.close_draft(draft_id, "discarded")
    work.tx.answer_rejections(row.record)
    work.tx.log("discard", row.record, row.client, row.kind, work.device_ms)


def problems(asking: Asking, row: DraftRow) -> tuple[Problem, ...]:
    """Return what stands against signing a draft now: what stops it first."""
    me, known = asking.me, asking.known
    kind = kind_named(row.kind)
    values, parts = together.split(row.kind, _load(row.body), row.record)
    view = asking.rx.view(row.record)
    own = view is not None and bool(view.steps) and view.steps[0].author == me.staff
    found: list[Problem] = []
    if kind.about_client and row.client is None:
        found.append(Problem("", NO_CLIENT, stops=True))
    label = view.sensitivity if view is not None else kind.sensitivity
    verdict = allow(
        Actor(me.staff, frozenset(me.roles), me.is_mhp),
        row.meaning,
        row.kind,
        own_target=own,
        sensitivity=label,
    )
    if not verdict:
        found.append(Problem("", verdict.reason, stops=True))
    if row.meaning in ATTESTED:
        credential = credential_problem(known, me, asking.day, row.kind)
        if credential is not None and credential.stops:
            found.append(credential)
    signing = Signing(
        at_ms=asking.now_ms,
        tz=me.tz,
        author=me.staff,
        role=role_for(me, row.kind),
        settings=known.settings_of(row.client) or me.settings,
        earlier=_earlier(asking, row.client, row.record) if row.kind == "note" else (),
        first_ms=view.steps[0].at_ms if view is not None and view.steps else None,
    )
    if values or not parts:
        found += _checked(kind, values, signing)
    for part in parts:
        found += _part_problems(asking, part, signing)
    if row.kind == "task":
        had = str(_load(row.base).get("owner") or "")
        if had != str(values.get("owner") or "") and not may_take(me, had):
            found.append(Problem("owner", COLLEAGUES, stops=True))
    found += intake_checks.problems(asking, row.kind, row.record, _load(row.base), values, view)
    if row.kind == "snippet":
        found += snippets.problems(asking, values)
    if row.kind == "contact":
        found += contact_problems(asking, row.client, row.record, values)
        found += _told_to(asking, row, values)
    if row.kind == "discharge":
        found += _sent_to(asking, row.client, values)
    if row.kind == "note":
        found += _others_present(asking, values)
        if values.get("format") == note.MED_VISIT and PRESCRIBER not in me.roles:
            found.append(Problem("format", NOT_MEDICAL, stops=True))
    if row.kind in ("note", "contact") and values.get("session"):
        found += group_signing.of_one(asking, row.client or "", row.record, values)
    if row.kind == "group_session":
        found += group_signing.of_session(asking, row.record, _load(row.body))
    if row.kind == "risk":
        found += risk_signing.problems(view, values)
    return tuple(sorted(found, key=lambda problem: not problem.stops))


def _checked(kind: Kind, values: Mapping[str, Any], signing: Signing) -> Sequence[Problem]:
    try:
        return kind.sign_checks(values, signing)
    except (ValueError, KeyError, TypeError, AttributeError):
        return [Problem("", "A date, time or choice here cannot be read: check the form.", stops=True)]


def _part_problems(asking: Asking, part: together.Part, signing: Signing) -> list[Problem]:
    """Return what stands against a further record of the form, each at its field."""
    me, name = asking.me, part.kind.name
    verdict = allow(Actor(me.staff, frozenset(me.roles), me.is_mhp), part.meaning, name)
    found = [] if verdict else [Problem("", f"{part.kind.label}: {verdict.reason}", stops=True)]
    own = replace(signing, role=role_for(me, name), first_ms=None)
    if part.client is not None:
        own = replace(own, settings=asking.known.settings_of(part.client) or me.settings)
        if name == "note":
            own = replace(own, earlier=_earlier(asking, part.client, part.record))
    checked = list(_checked(part.kind, part.values, own))
    if name == "episode":
        checked += intake_checks.problems(asking, name, part.record, part.base, part.values, None)
    if part.client is not None and name == "contact":
        checked += contact_problems(asking, part.client, part.record, part.values)
    return found + [
        replace(problem, field=f"{part.prefix}{problem.field}" if problem.field else "")
        for problem in checked
    ]


def contact_problems(
    asking: Asking, client: str | None, record: str, values: Mapping[str, Any]
) -> list[Problem]:
    """Return what the client's other contacts, and the table of codes, say against a contact."""
    return [*_same_time(asking, client, record, values), *_units(asking, client, values)]


def _earlier(asking: Asking, client: str | None, record: str) -> tuple[str, ...]:
    rows = asking.rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = 'note' AND owner = ? AND record != ?"
        " AND in_error = 0 ORDER BY when_ms DESC LIMIT ?",
        client, asking.me.staff, record, _EARLIER_NOTES,
    )  # fmt: skip
    return tuple(note.text_of(View.from_data(_load(data)).doc) for (data,) in rows)


def _units(asking: Asking, client: str | None, values: Mapping[str, Any]) -> list[Problem]:
    """Return what stands against the units: they follow from the rule of the table that they name (clinical.md 2.10)."""
    if not values.get("units"):
        return []
    known = coding(asking, client, around_ms=lenient.moment(values.get("start")))
    try:
        wrong = wrong_units(values, known)
    except (ValueError, KeyError, TypeError, AttributeError):
        wrong = "The units cannot be checked: choose the code again."
    return [Problem("service_code", wrong, stops=True)] if wrong else []


def _told_to(asking: Asking, row: DraftRow, values: Mapping[str, Any]) -> list[Problem]:
    """Return for whom the basis that is named did not hold that day (clinical.md 2.3); what was judged once stays."""
    before = _load(row.base).get("participants") or {}
    named = {
        str(inner.get("who") or ""): str(inner["disclosure_basis"])
        for item, inner in (values.get("participants") or {}).items()
        if inner.get("disclosure_basis") and outside(inner) and inner != before.get(item)
    }
    if not named or row.client is None:
        return []
    start_ms = lenient.moment(values.get("start"))
    day = day_of(start_ms, asking.me.tz) if start_ms is not None else ""
    wrong = [
        f"{hearer.name}: {refused(named[name], hearer.answer)}"
        for name, hearer in zip(named, hearers(asking, row.client, named, day), strict=True)
        if refused(named[name], hearer.answer)
    ]
    return [Problem("participants", wrong[0], stops=True)] if wrong else []


def _sent_to(asking: Asking, client: str | None, values: Mapping[str, Any]) -> list[Problem]:
    """Return for whom the basis that is named does not hold today: who only listens gets no summary (clinical.md 2.3)."""
    rows = [row for row in values.get("sent_to") or () if str(row.get("name") or "").strip()]
    if not rows or client is None:
        return []
    for row, hearer in zip(rows, hearers(asking, client, [str(row["name"]) for row in rows]), strict=True):
        basis = str(row.get("basis") or "")
        why = refused(basis, hearer.answer)
        if not why and basis == "listen_only":
            why = "Who only listens gets nothing to read: take the name away, or have a release signed."
        if why:
            return [Problem("sent_to", f"{hearer.name}: {why}", stops=True)]
    return []


def _others_present(asking: Asking, values: Mapping[str, Any]) -> list[Problem]:
    """Return the question on what basis others heard about the client in a note's contact (clinical.md 2.11)."""
    view = asking.rx.view(str(values.get("contact") or ""))
    names = contact.without_basis(values_of(KINDS["contact"], view))
    if not names:
        return []
    return [Problem("participation", f"On what basis did {', '.join(names)} take part?", stops=False)]


def _same_time(asking: Asking, client: str | None, record: str, values: Mapping[str, Any]) -> list[Problem]:
    """Return the question whether a contact is one that is logged already (clinical.md 2.8)."""
    start_ms, stop_ms = lenient.moment(values.get("start")), lenient.moment(values.get("stop"))
    if start_ms is None or stop_ms is None:
        return []
    this = Logged(asking.me.staff, start_ms, stop_ms, values.get("modality") or "")
    rows = asking.rx.all(
        "SELECT data FROM view WHERE client = ? AND kind = 'contact' AND when_ms > ? AND when_ms < ?"
        " AND record != ? AND in_error = 0",
        client, start_ms - LONGEST_MS, max(stop_ms, start_ms + 1), record,
    )  # fmt: skip
    for (data,) in rows:
        other = View.from_data(_load(data))
        logged = logged_of(other)
        if logged is not None and may_be_one(this, logged):
            who = other.steps[0].name
            return [
                Problem("start", f"{who} logged a contact at that time: is it the same visit?", stops=False)
            ]
    return []
