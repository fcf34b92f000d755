"""The supervisor's queue: what waits for a second pair of eyes, with its due date."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

import orjson

from fieldapp.clinical import due
from fieldapp.clinical.policy import WALLED, Actor, allow
from fieldapp.records.canonical import NotCanonical
from fieldapp.records.envelope import BadEnvelope, Entry, instant_ms
from fieldapp.records.fold import Note, Step, View
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.risk import LEVELS

from ..models import ReviewLine
from ..projection import client_of
from . import tasks
from .conflicts import contested
from .freezing import is_late
from .lines import Asking
from .status import desk
from .titles import title, title_of
from .words import one_line

WALLED_TITLE = "Only its author reads it"
LATE_SHOWN_D = 14
"""How long a late entry stays in the queue; nobody has to act on it."""
_DAY_MS = 86_400_000
RISK_WORDS = {
    code: f"{words.lower()} risk"
    for code, words in LEVELS.items()
    if code in ("moderate", "high", "imminent")
}


def actor_of(asking: Asking) -> Actor:
    """Return the person as the policy sees them."""
    return Actor(asking.me.staff, frozenset(asking.me.roles), asking.me.is_mhp)


def review(asking: Asking) -> tuple[ReviewLine, ...]:
    """Return the queue of a supervisor, a manager or a mental health professional; most urgent first."""
    found = [*waiting(asking)]
    if asking.me.is_supervisor or "manager" in asking.me.roles:
        found += [
            *_errors(asking),
            *_late(asking),
            *_conflicts(asking),
            *quarantine(asking),
            *_missing(asking),
            *_overdue(asking),
            *_glass(asking),
        ]
    order = {what: place for place, what in enumerate(_ORDER)}
    found.sort(
        key=lambda line: (not line.late, line.due_ms or 2**63, order[line.what], line.at_ms, line.entry)
    )
    return tuple(found)


_ORDER = (
    "answered",
    "cosign",
    "error",
    "quarantine",
    "glass",
    "missing",
    "task",
    "conflict",
    "late",
    "returned",
)


def _ours(asking: Asking, view: View) -> bool:
    """Tell whether a record is the business of this person's teams; one without client is everybody's."""
    client = client_of(view)
    if client is None:
        return True
    facts = asking.known.clients.get(client)
    # A client whose own record has not arrived yet must not hide work that waits.
    return facts is None or facts.team in asking.teams


def _views(asking: Asking, where: str, *params: object) -> list[tuple[View, str]]:
    rows = asking.rx.all(f"SELECT data, label FROM view WHERE {where} ORDER BY last_ms, record", *params)  # noqa: S608
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
    )


def waiting(asking: Asking) -> Iterator[ReviewLine]:
    """Yield versions that wait for a co-sign which this person may give, and those that were sent back."""
    me, actor = asking.me, actor_of(asking)
    reviewer = me.is_supervisor or "manager" in me.roles
    for view, label in _views(asking, "status IN ('pending', 'returned')"):
        ours = _ours(asking, view)
        if not ours and not (me.is_mhp and _in_programs(asking, view)):
            continue
        settings = asking.known.settings_of(client_of(view))
        for step in view.leaves:
            own = step.author == me.staff
            if not ours and step.cosign_required != "mhp":
                continue
            if step.status == "pending":
                may = allow(
                    actor, "cosign", view.kind, own_target=own, cosign_required=step.cosign_required,
                    sensitivity=view.sensitivity,
                )  # fmt: skip
                if may and (reviewer or step.cosign_required == "mhp"):
                    by = due.cosign_due_ms(step.at_ms, view.kind, me.tz, settings)
                    yield _line(asking, "answered" if step.answers else "cosign", view, label, step, by)
            elif step.status == "returned" and reviewer and not own:
                why = next(
                    (n.reason for n in view.notes if n.about == step.hash and n.meaning == "return"), ""
                )
                yield _line(asking, "returned", view, label, step, reason=why)


def _in_programs(asking: Asking, view: View) -> bool:
    facts = asking.known.clients.get(client_of(view) or "")
    return facts is not None and facts.program in asking.me.programs


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


def _late(asking: Asking) -> Iterator[ReviewLine]:
    since = asking.now_ms - LATE_SHOWN_D * _DAY_MS
    for view, label in _views(asking, "kind IN ('note', 'contact') AND last_ms >= ? AND in_error = 0", since):
        if _ours(asking, view) and view.sensitivity == "normal":
            settings = asking.known.settings_of(client_of(view))
            if is_late(asking.rx, view, asking.me.tz, settings):
                step = view.leaves[0]
                yield _line(asking, "late", view, label, step, reason=_why_late(view))


def _why_late(view: View) -> str:
    if view.kind == "contact":
        return "Changed after its facts were frozen"
    return str(view.doc.get("late_reason") or "")


def _conflicts(asking: Asking) -> Iterator[ReviewLine]:
    for view in contested(asking.rx):
        if _ours(asking, view) and view.leaves:
            step = max(view.leaves, key=lambda leaf: (leaf.at_ms, leaf.hash))
            count = len(view.conflicts)
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
    received = row.get("received")
    try:
        return instant_ms(received) if isinstance(received, str) else otherwise
    except ValueError:
        return otherwise


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
            )
        )
    return tuple(found)


def is_reviewed(view: View, entry_hash: str) -> bool:
    """Tell whether a supervisor has looked at an emergency opening."""
    return any(n.about == entry_hash and n.meaning == "cosign" and not n.lifted for n in view.notes)


def _glass(asking: Asking) -> Iterator[ReviewLine]:
    """Yield emergency openings of this person's clients that no supervisor has looked at."""
    for view, label in _views(asking, "kind = 'break_glass' AND in_error = 0"):
        for step in view.steps:
            if _ours(asking, view) and step.author != asking.me.staff and not is_reviewed(view, step.hash):
                by = due.glass_review_due_ms(step.at_ms, asking.known.settings_of(view.client))
                yield _line(asking, "glass", view, label, step, by, str(view.get("reason") or ""))


def _overdue(asking: Asking) -> Iterator[ReviewLine]:
    """Yield tasks that nobody did in time."""
    for line in tasks.overdue(asking):
        yield ReviewLine(
            what="task", record=line.record, entry="", kind="task", client=line.client, name=line.name,
            title=line.title, author=line.owner_name or "nobody named", at_ms=line.made_ms,
            due_ms=line.due_ms, late=True, reason=RISK_WORDS.get(line.risk, ""),
        )  # fmt: skip


def _missing(asking: Asking) -> Iterator[ReviewLine]:
    """Yield laptops whose entries the server knows to be missing."""
    for row in desk(asking.rx, "devices"):
        missing = row.get("missing")
        if isinstance(missing, int) and missing > 0:
            staff = str(row.get("staff", ""))
            name = asking.known.staff_name(staff)
            some = "1 entry is" if missing == 1 else f"{missing} entries are"
            yield ReviewLine(
                what="missing", record=str(row.get("device", "")), entry="", kind="certificate", client="",
                name="", title="Laptop", author=name, at_ms=asking.now_ms, due_ms=None, late=False,
                reason=f"{some} missing from this laptop",
            )  # fmt: skip
