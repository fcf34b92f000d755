"""What is done with a record that is being read; each returns a sentence, or "" when nothing was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..widgets.flags import titled
from ..widgets.text import lines, styled
from .reading_rights import undoable
from .reading_text import span, when
from .reading_words import MEANINGS, values_of, who
from .reason_ask import AskReason, Choose, Sure
from .routes import make
from .sign import SignDialog
from .sign_words import Signature

if TYPE_CHECKING:
    from ..store.models import RecordRead, VersionRead
    from .base import FieldScreen

RETURN_REASONS = (
    ("risk", "Risk is not answered well enough"),
    ("goal", "Goal or plan is missing"),
    ("times", "Times or facts do not fit"),
    ("short", "Too short to follow"),
    ("wording", "Wording"),
    ("other", "Other"),
)
ERROR_REASONS = (
    ("wrong_client", "Wrong client"),
    ("duplicate", "Entered twice"),
    ("never_happened", "Never happened"),
    ("other", "Other"),
)
MOVABLE = frozenset({"contact", "note"})


async def cosign(screen: FieldScreen[Any], read: RecordRead, version: VersionRead | None, entry: str) -> str:
    """Co-sign an entry after proof of who one is."""
    host, tz = screen.host, screen.host.me.tz
    # Who may not is told before they are asked to prove who they are.
    await host.ask(host.laptop.check_cosign, [entry])
    approves = version is None or entry != version.entry
    values = values_of(read, version)
    signature = Signature(
        service=span(
            values.get("service_start") or values.get("start"),
            values.get("service_stop") or values.get("stop"),
            tz,
        ),
        entry=when(version.signed_ms, tz) if version is not None else "",
        signature=when(host.corrected_ms(), tz),
        who=", ".join(part for part in (host.me.name, host.me.credential) if part),
        cosign="",
    )
    said = lines(
        styled(f"{'Written' if version else ''} by {who(version)}" if version else "", "$text-muted")
    )
    secret = await host.ask(lambda: host.laptop.needs_reauth)
    title = titled("Approve this error" if approves else "Co-sign", read.name, read.risk)
    word = "approve" if approves else "co-sign"
    dialog = SignDialog(title, said, signature, (), secret=secret, word=word)
    # The text was read on the screen behind; here is only whose it is.
    dialog.add_class("-brief")
    answer = await screen.app.push_screen_wait(dialog)
    if answer is None:
        return ""
    await host.ask(host.laptop.cosign, entry)
    return "The error is approved." if approves else "Co-signed."


async def send_back(screen: FieldScreen[Any], read: RecordRead, entry: str) -> str:
    """Send an entry back with a reason, or lift an error."""
    lifts = any(note.entry == entry for note in read.annotations)
    reason = await screen.app.push_screen_wait(
        AskReason("Lift this error", "What was marked counts again. Say why.")
        if lifts
        else AskReason(
            "Return to its author",
            "A digit picks the reason; say what to change.",
            RETURN_REASONS,
            label="What to change",
        )
    )
    if reason is None:
        return ""
    await screen.host.ask(screen.host.laptop.send_back, entry, reason.text)
    return "The error is lifted." if lifts else "Returned to its author."


async def addendum(screen: FieldScreen[Any], read: RecordRead, entry: str) -> str:
    """Add words in one's own name."""
    reason = await screen.app.push_screen_wait(
        AskReason(
            titled("Addendum", read.name, read.risk),
            "In your own name; the original stays as it is.",
            label="Addendum",
            need_text=True,
        )
    )
    if reason is None:
        return ""
    await screen.host.ask(screen.host.laptop.addendum, entry, reason.text)
    return "The addendum is on the record."


async def mark_error(screen: FieldScreen[Any], read: RecordRead, version: VersionRead) -> str:
    """Mark a version as entered in error; for a wrong client, go on with the right one."""
    host = screen.host
    reason = await screen.app.push_screen_wait(
        AskReason(
            "Entered in error",
            "It stays readable, struck through, and counts nowhere.",
            ERROR_REASONS,
            label="In words",
        )
    )
    if reason is None:
        return ""
    await host.ask(host.laptop.mark_error, version.entry, reason.text)
    if reason.category == "wrong_client" and read.kind in MOVABLE:
        await _move(screen, read, version)
    return "Marked as entered in error."


async def _move(screen: FieldScreen[Any], read: RecordRead, version: VersionRead) -> None:
    host = screen.host
    if version.author_id != host.me.staff:
        return
    if not await screen.app.push_screen_wait(
        Sure("Write it for the right client?", "The form opens with the same words; you sign it again.")
    ):
        return
    client = await screen.app.push_screen_wait(make("pick", question="Who is the right client?"))
    if client is None:
        return
    # What was agreed with one client, or is planned with them, is not carried to another.
    own = (
        "contact", "planned_visit", "goals", "plan_goals", "progress", "medications", "next_contact", "next_contact_at",
        "consent_on_file",
    )  # fmt: skip
    values = {name: value for name, value in values_of(read, version).items() if name not in own}
    draft = await host.ask(host.laptop.start, read.kind, client, None, values | {"moved_from": version.entry})
    host.open(read.kind, draft=draft.id)


async def take_back(screen: FieldScreen[Any], read: RecordRead) -> str:
    """Take back an annotation, with a reason."""
    host = screen.host
    found = undoable(read, host.me)
    if not found:
        return ""
    entry = found[0].entry
    if len(found) > 1:
        options = [
            (
                note.entry,
                f"{MEANINGS.get(note.meaning, note.meaning)}, {who(note)}, {when(note.at_ms, host.me.tz)}",
            )
            for note in found[:9]
        ]
        picked = await screen.app.push_screen_wait(Choose("Take back which one?", "", options))
        if picked is None:
            return ""
        entry = picked
    chosen = next(note for note in found if note.entry == entry)
    reason = await screen.app.push_screen_wait(
        AskReason(
            f"Take back: {MEANINGS.get(chosen.meaning, chosen.meaning)}",
            f"By {who(chosen)}. It stays readable.",
            need_text=True,
        )
    )
    if reason is None:
        return ""
    await host.ask(host.laptop.take_back, entry, reason.text)
    return "Taken back."
