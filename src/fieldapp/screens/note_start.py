"""Which note is written: the draft at hand, a correction, or a new one for a contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..clinical.policy import WALLED
from ..clinical.times import moment_words
from ..records.kinds.contact import SEEN
from ..records.kinds.note import MED_VISIT
from ..records.note_tables import Agreed
from ..records.together import TOGETHER
from ..store.models import Draft
from .note_rules import NOTHING_AGREED, first_values, from_contact, goals_of
from .reason_ask import Choose
from .routes import make

if TYPE_CHECKING:
    from ..store.models import ClientLine, RecordRead, TimelineRow
    from .base import FieldScreen, Host

LIST = "medication_list"
LOOK_BACK = 12
"""Rows of history that are looked through for contacts without a note."""


@dataclass(frozen=True, slots=True)
class NoteStart:
    """What the screen was opened with."""

    client: str | None
    contact: str | None
    record: str | None
    draft: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the screen shows."""

    line: ClientLine
    draft: Draft | None
    goals: Sequence[str] = ()
    instead: str | None = None
    """The signed note of the contact, which is read instead."""
    agreed: Agreed = NOTHING_AGREED
    last: RecordRead | None = None
    """The note before this one, of which plan lines may be carried on."""


async def start_note(screen: FieldScreen[Any], wanted: NoteStart) -> Opened | None:
    """Return the draft to write in; None when the person wants none."""
    host = screen.host
    draft: Draft | None = None
    client = wanted.client
    if wanted.draft is not None:
        draft = await host.ask(host.laptop.draft, wanted.draft)
    elif wanted.record is not None:
        draft = await host.ask(host.laptop.start, "note", None, wanted.record)
    if draft is not None:
        client = draft.client
    if client is None and wanted.contact is not None:
        client = (await host.ask(host.laptop.record, wanted.contact)).client
    if client is None:
        client = await screen.app.push_screen_wait(make("pick", question="Write a note for"))
        if client is None:
            return None
    line = await host.ask(host.laptop.client_line, client)
    earlier = await _earlier(host, client)
    agreed = await host.ask(host.laptop.notes_agreed, client)
    if draft is None:
        contact = wanted.contact or await _waiting_contact(screen, client)
        if contact == "":
            return None
        found = await host.ask(host.laptop.note_for_contact, contact) if contact else None
        if isinstance(found, Draft):
            draft = found
        elif found is not None:
            return Opened(line, None, instead=found.record)
        else:
            logged = (await host.ask(host.laptop.record, contact)).values if contact else {}
            values = first_values(
                from_contact(contact, logged) if contact else {},
                earlier[0].values if earlier else {},
                host.me.tz,
                host.me.roles,
                contact_type=str(logged.get("contact_type") or ""),
                agreed=agreed,
            )
            if values["format"] == MED_VISIT:
                values[TOGETHER] = {LIST: await host.ask(host.laptop.list_part, client)}
            draft = await host.ask(host.laptop.start, "note", client, None, values)
    last = next((read for read in earlier if read.record != draft.record), None)
    own = [str(goal) for goal in draft.values.get("goals") or []]
    before = goals_of([read.values for read in earlier])
    offered = await host.ask(host.laptop.goals_offered, client, before, own)
    return Opened(line, draft, offered, None, agreed, last)


async def _earlier(host: Host, client: str) -> list[RecordRead]:
    """Return the client's last two notes, for format, goals and plan: one of them may be the one at hand."""
    rows = await host.ask(host.laptop.timeline, client, 0, LOOK_BACK, ("note",))
    standing = [row for row in rows if row.status != "error"]
    read = [await host.ask(host.laptop.record, row.record) for row in standing[:2]]
    # What a professional keeps apart is carried into nothing.
    return [one for one in read if one.sensitivity != WALLED]


async def _waiting_contact(screen: FieldScreen[Any], client: str) -> str | None:
    """Return the contact that the note is for; None for a note without one, "" to leave."""
    host = screen.host
    rows = await host.ask(host.laptop.timeline, client, 0, LOOK_BACK, ("contact",))
    waiting = [
        row for row in rows if row.state in SEEN and row.status != "error" and row.author == host.me.name
    ]
    open_rows: list[TimelineRow] = []
    for row in waiting:
        found = await host.ask(host.laptop.note_for_contact, row.record)
        if found is None or isinstance(found, Draft):
            open_rows.append(row)
    if not open_rows:
        return None
    if len(open_rows) == 1:
        return open_rows[0].record
    now, tz = host.corrected_ms(), host.me.tz
    options = [(row.record, f"{moment_words(row.when_ms, now, tz)}  {row.title}") for row in open_rows[:8]]
    picked = await screen.app.push_screen_wait(
        Choose("Which contact is the note for?", "", [*options, ("none", "None of these: I type the times")])
    )
    return "" if picked is None else None if picked == "none" else picked
