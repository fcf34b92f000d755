"""The supervisor's queue: what waits for a second pair of eyes, with its due date."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from fieldapp.clinical import due
from fieldapp.clinical.alerts import unreviewed
from fieldapp.clinical.policy import WALLED
from fieldapp.clinical.told import team as told
from fieldapp.records.canonical import NotCanonical
from fieldapp.records.defaults import setting
from fieldapp.records.envelope import BadEnvelope, Entry
from fieldapp.records.fold import Note, Step, View
from fieldapp.records.kinds import KINDS

from ..models import Device, ReviewLine
from ..projection import client_of
from . import lenient, same_visit, tasks
from .conflicts import contested
from .freezing import is_late
from .goals import lacks_goal
from .lines import Asking
from .status import desk, devices
from .titles import title, title_of
from .waiting import is_for, lowered, waiting
from .words import one_line

WALLED_TITLE = "Only its author reads it"
LATE_SHOWN_D = 14
"""How long a late entry stays in the queue; nobody has to act on it."""
_DAY_MS = 86_400_000


def review(asking: Asking) -> tuple[ReviewLine, ...]:
    """Return the queue of a supervisor, a manager or a mental health professional; most urgent first."""
    found = [*waiting(asking), *lowered(asking)]
    if asking.me.reviews:
        found += [
            *_errors(asking),
            *_late(asking),
            *_without_goal(asking),
            *_conflicts(asking),
            *quarantine(asking),
            *_laptops(asking),
            *_same_visits(asking),
            *_flagged(asking),
            *_old_drafts(asking),
            *_overdue(asking),
            *_glass(asking),
            *_alerts(asking),
        ]
    order = {what: place for place, what in enumerate(ORDER)}
    found.sort(
        key=lambda line: (
            not line.late, line.due_ms or 2**63, order[line.what], line.at_ms, line.entry, line.record
        )
    )  # fmt: skip
    return tuple(found)


ORDER = (
    "lowered", "alert", "answered", "cosign", "error", "quarantine", "glass", "forked", "revoked", "drain", "missing", "silent",
    "task", "same_visit", "conflict", "flagged", "late", "no_goal", "returned", "draft",
)  # fmt: skip


def _ours(asking: Asking, view: View) -> bool:
    return is_for(asking, client_of(view))


def _views(asking: Asking, where: str, *params: object) -> list[tuple[View, str]]:
    rows = asking.rx.all(f"SELECT data, label FROM view WHERE {where}", *params)  # noqa: S608
    return [(View.from_data(orjson.loads(data)), label) for data, label in rows]


def _line(
    asking: Asking,
    what: str,
    view: View,
    label: str,
    step: Step | Note,
    due_ms: int | None = None,
    reason: str = "",
) -> ReviewLine:
    client = client_of(view) or ""
    return ReviewLine(
        what=what,
        record=view.id,
        entry=step.hash,
        kind=view.kind,
        client=client,
        name=asking.known.name_of(client),
        title=title(view, label),
        author=step.name,
        at_ms=step.at_ms,
        due_ms=due_ms,
        late=due_ms is not None and asking.now_ms > due_ms,
        reason=reason,
        risk=asking.known.risk_of(client),
    )


def same_act(view: View, error: str) -> set[str]:
    """Return the other standing errors that one person declared in one act: a whole event entered in error."""
    said = next((note for note in view.notes if note.hash == error), None)
    return {
        note.hash
        for note in view.notes
        if said is not None
        and note.hash != error
        and (note.meaning, note.author, note.reason) == ("error", said.author, said.reason)
        and not note.lifted
    }


def _errors(asking: Asking) -> Iterator[ReviewLine]:
    """Yield errors that authors declared of their own work and that no supervisor has approved or lifted."""
    found = _views(asking, "record IN (SELECT record FROM entry WHERE meaning = 'error')")
    for view, label in found:
        if not _ours(asking, view):
            continue
        written_by = {step.hash: step.author for step in view.steps}
        approved = {n.about for n in view.notes if n.meaning == "cosign" and not n.lifted}
        shown: set[str] = set()
        for note in sorted(view.notes, key=lambda n: n.about not in view.heads):
            if note.meaning != "error" or note.lifted or note.hash in approved or note.hash in shown:
                continue
            shown |= same_act(view, note.hash)
            if written_by.get(note.about) == note.author and note.author != asking.me.staff:
                settings = asking.known.settings_of(client_of(view))
                by = due.cosign_due_ms(note.at_ms, "note", asking.me.tz, settings)
                yield _line(asking, "error", view, label, note, by, note.reason)


_MAYBE_LATE = (
    "last_ms >= ? AND in_error = 0 AND ("
    # A note is not late before the shortest limit after its service began, a contact not while it has one version.
    "(kind = 'note' AND last_ms - when_ms > ?)"
    " OR (kind = 'contact' AND json_array_length(CAST(data AS TEXT), '$.steps') > 1))"
)


def _late(asking: Asking) -> Iterator[ReviewLine]:
    since = asking.now_ms - LATE_SHOWN_D * _DAY_MS
    programs = [program.settings for program in asking.known.programs.values()]
    soonest = min(due.note_limit_ms(0, one) for one in (*programs, asking.me.settings))
    for view, label in _views(asking, _MAYBE_LATE, since, soonest):
        if _ours(asking, view) and view.sensitivity == "normal":
            settings = asking.known.settings_of(client_of(view))
            if is_late(asking.rx, view, asking.me.tz, settings):
                step = view.leaves[0]
                yield _line(asking, "late", view, label, step, reason=_why_late(view))


def _without_goal(asking: Asking) -> Iterator[ReviewLine]:
    """Yield colleagues' notes that name neither a goal nor why they have none (clinical.md 2.16)."""
    days = setting(asking.me.settings, "note_no_goal_shown_d")
    where = (
        "kind = 'note' AND when_ms >= ? AND owner != ? AND in_error = 0"
        # Most notes name one; reading them all to find the others would take its time.
        " AND COALESCE(json_array_length(CAST(data AS TEXT), '$.fields.doc[0][0].goals'), 0) = 0"
    )
    for view, label in _views(asking, where, asking.now_ms - days * _DAY_MS, asking.me.staff):
        if _ours(asking, view) and lacks_goal(view) and view.leaves:
            yield _line(asking, "no_goal", view, label, view.leaves[0], reason="Names no goal and no reason")


def _why_late(view: View) -> str:
    if view.kind == "contact":
        return "Changed after its facts were frozen"
    return str(view.doc.get("late_reason") or "")


def _conflicts(asking: Asking) -> Iterator[ReviewLine]:
    for view in contested(asking.rx):
        if _ours(asking, view) and view.leaves:
            step = max(view.leaves, key=lambda leaf: (leaf.at_ms, leaf.hash))
            count = len(KINDS[view.kind].to_settle(view.conflicts))
            yield _line(
                asking,
                "conflict",
                view,
                "",
                step,
                reason=f"{count} to settle" if count > 1 else "1 to settle",
            )
    for facts in asking.known.clients.values():
        view_now = facts.assignment
        if view_now is None or facts.team not in asking.teams or not view_now.derived.get("primary_overlaps"):
            continue
        step = max(view_now.leaves, key=lambda leaf: (leaf.at_ms, leaf.hash))
        yield _line(asking, "conflict", view_now, "", step, reason="Two primary staff at the same time")


def held_back(row: Mapping[str, object]) -> Entry | None:
    """Return the entry of a row of the desk, not yet verified; None for what cannot be read."""
    text, signature = row.get("text"), row.get("signature")
    if not isinstance(text, str) or not isinstance(signature, str):
        return None
    try:
        return Entry.parse(text.encode(), base64.b64decode(signature, validate=True))
    except (NotCanonical, BadEnvelope, UnicodeEncodeError, ValueError):
        return None


def held_back_row(asking: Asking, entry_hash: str) -> tuple[Entry | None, str, int] | None:
    """Return an entry on the desk with reason and time of receipt; without the entry if only its author reads it."""
    for row in desk(asking.rx, "quarantine"):
        reason = str(row.get("reason") or "")
        if row.get("hash") == entry_hash and isinstance(row.get("walled"), dict):
            return None, reason, _received_ms(row, asking.now_ms)
        entry = held_back(row)
        if entry is not None and entry.hash == entry_hash:
            # Whatever the server sends, a walled entry is not shown.
            shown = None if entry.envelope.sensitivity == WALLED else entry
            return shown, reason, _received_ms(row, entry.envelope.effective_ms)
    return None


def _received_ms(row: Mapping[str, object], otherwise: int) -> int:
    return _moment(row.get("received"), otherwise)


def _moment(value: object, otherwise: int) -> int:
    known = lenient.moment(value)
    return otherwise if known is None else known


def _walled(asking: Asking, row: Mapping[str, object]) -> ReviewLine | None:
    """Return the line of an entry that only its author reads; it is decided by its reason alone."""
    about = row.get("walled")
    entry, record, kind = row.get("hash"), "", ""
    if isinstance(about, dict):
        record, kind = str(about.get("record") or ""), str(about.get("kind") or "")
    if not isinstance(about, dict) or not isinstance(entry, str) or kind not in KINDS:
        return None
    at_ms = _received_ms(row, asking.now_ms)
    by = due.cosign_due_ms(at_ms, kind, asking.me.tz, asking.me.settings)
    return ReviewLine(
        what="quarantine",
        record=record,
        entry=entry,
        kind=kind,
        client="",
        name="",
        title=WALLED_TITLE,
        author=one_line(str(about.get("author") or "")),
        at_ms=at_ms,
        due_ms=by,
        late=asking.now_ms > by,
        reason=str(row.get("reason") or ""),
    )


def quarantine(asking: Asking) -> tuple[ReviewLine, ...]:
    """Return what the server holds back for a decision and nobody here has decided yet."""
    decided = {row[0] for row in asking.rx.all("SELECT label FROM view WHERE kind = 'quarantine_decision'")}
    found = []
    for row in desk(asking.rx, "quarantine"):
        if isinstance(row.get("walled"), dict):
            line = _walled(asking, row)
            if line is not None and line.entry not in decided:
                found.append(line)
            continue
        entry = held_back(row)
        if entry is None or entry.hash in decided:
            continue
        envelope = entry.envelope
        at_ms = _received_ms(row, envelope.effective_ms)
        by = due.cosign_due_ms(at_ms, envelope.kind, asking.me.tz, asking.known.settings_of(envelope.client))
        found.append(
            ReviewLine(
                what="quarantine",
                record=envelope.id,
                entry=entry.hash,
                kind=envelope.kind,
                client=envelope.client or "",
                name=asking.known.name_of(envelope.client),
                title=title_of(envelope.kind, envelope.meaning),
                author=envelope.author.name,
                at_ms=at_ms,
                due_ms=by,
                late=asking.now_ms > by,
                reason=str(row.get("reason") or ""),
                risk=asking.known.risk_of(envelope.client),
            )
        )
    return tuple(found)


def is_reviewed(view: View, entry_hash: str) -> bool:
    """Tell whether a supervisor has looked at an entry that waits for no co-signature."""
    return any(n.about == entry_hash and n.meaning == "cosign" and not n.lifted for n in view.notes)


def _glass(asking: Asking) -> Iterator[ReviewLine]:
    """Yield emergency openings of this person's clients that no supervisor has looked at."""
    for view, label in _views(asking, "kind = 'break_glass' AND in_error = 0"):
        for step in view.steps:
            if _ours(asking, view) and step.author != asking.me.staff and not is_reviewed(view, step.hash):
                by = due.glass_review_due_ms(step.at_ms, asking.known.settings_of(view.client))
                yield _line(asking, "glass", view, label, step, by, str(view.get("reason") or ""))


def _alerts(asking: Asking) -> Iterator[ReviewLine]:
    """Yield what colleagues said in alerts of this person's clients and no supervisor has looked at."""
    for view, label in _views(asking, "kind = 'alert' AND in_error = 0"):
        if not _ours(asking, view):
            continue
        for step in unreviewed(view):
            if step.author != asking.me.staff:
                by = due.cosign_due_ms(
                    step.at_ms, view.kind, asking.me.tz, asking.known.settings_of(view.client)
                )
                reason = str(view.get("detail") or "") if view.derived.get("active", True) else "cleared"
                yield _line(asking, "alert", view, label, step, by, one_line(reason))


def _overdue(asking: Asking) -> Iterator[ReviewLine]:
    """Yield tasks that nobody did in time."""
    for line in tasks.overdue(asking):
        yield ReviewLine(
            what="task", record=line.record, entry="", kind="task", client=line.client, name=line.name,
            title=line.title, author=line.owner_name or "nobody named", at_ms=line.made_ms,
            due_ms=line.due_ms, late=True, risk=line.risk,
        )  # fmt: skip


def _laptops(asking: Asking) -> Iterator[ReviewLine]:
    """Yield laptops whose work is missing, that hold work although they are closed, or that are not heard of."""
    for device in devices(asking.rx, asking.known):
        for what, reason in _troubles(device, asking.now_ms):
            yield _office_line(
                what, device.device, "certificate", "Laptop", device.name,
                device.last_seen_ms or asking.now_ms, reason,
            )  # fmt: skip


def _troubles(device: Device, now_ms: int) -> Iterator[tuple[str, str]]:
    pending = f"{_entries(device.pending)} on it were not sent"
    if device.state == "forked":
        yield "forked", "two laptops send as this one"
    elif device.state in ("revoked", "drain") and device.pending:
        yield device.state, pending
    if device.missing:
        are = "is" if device.missing == 1 else "are"
        yield "missing", f"{_entries(device.missing)} {are} missing from this laptop"
    seen = device.last_seen_ms
    if device.state == "admitted" and seen is not None and now_ms - seen > told.SILENT_MS:
        yield "silent", pending if device.pending else "not heard of for two weeks"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _office_line(
    what: str, record: str, kind: str, title: str, author: str, at_ms: int, reason: str, entry: str = "",
    client: tuple[str, str] = ("", ""), risk: str = "",
) -> ReviewLine:  # fmt: skip
    """Return a line about something that has no due date here."""
    return ReviewLine(
        what=what, record=record, entry=entry, kind=kind, client=client[0], name=client[1], title=title,
        author=author, at_ms=at_ms, due_ms=None, late=False, reason=reason, risk=risk,
    )  # fmt: skip


def _same_visits(asking: Asking) -> Iterator[ReviewLine]:
    """Yield pairs of contacts that may be one visit, logged on two laptops."""
    for one, other in same_visit.pairs(asking):
        if _ours(asking, one):
            authors = " and ".join(dict.fromkeys((one.steps[0].name, other.steps[0].name)))
            line = _line(asking, "same_visit", one, "", other.steps[0], reason=f"by {authors}")
            yield replace(line, other=other.id)


def _flagged(asking: Asking) -> Iterator[ReviewLine]:
    """Yield what the server took in but wants looked at, while it is here to be opened."""
    for row in desk(asking.rx, "flagged"):
        record, entry, flags = row.get("record"), row.get("hash"), row.get("flags")
        if not (isinstance(record, str) and isinstance(entry, str) and isinstance(flags, list)):
            continue
        view = asking.rx.view(record)
        step = view.step(entry) if view is not None else None
        if view is not None and step is not None and step.status != "error" and _ours(asking, view):
            yield _line(asking, "flagged", view, "", step, reason=told.flag_words([str(f) for f in flags]))


def _old_drafts(asking: Asking) -> Iterator[ReviewLine]:
    """Yield forms that others began and left; who, about whom and since when is all that is known of them."""
    for row in desk(asking.rx, "drafts"):
        author, kind, client = (
            str(row.get("author") or ""),
            str(row.get("kind") or ""),
            str(row.get("client") or ""),
        )
        touched = _moment(row.get("updated"), asking.now_ms)
        if author == asking.me.staff or kind not in KINDS or asking.now_ms - touched < told.DRAFT_MS:
            continue
        yield _office_line(
            "draft", str(row.get("id") or ""), kind, KINDS[kind].label, asking.known.staff_name(author), touched,
            "begun and not finished", client=(client, asking.known.name_of(client or None)), risk=asking.known.risk_of(client),
        )  # fmt: skip
