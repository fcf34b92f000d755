"""A record as it is read: statuses in words, who and when, the text, what was added, how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from ..clinical.policy import WALLED
from ..clinical.time_words import off_words
from ..clinical.told.entries import advice
from ..records.envelope import instant_ms
from ..records.kind import DOC
from ..records.kinds import KINDS, group_session
from ..widgets.text import lines, plain, styled
from .differences import Change, before, of_version
from .group_text import seat_words
from .reading_text import parts, said, span, walled, when

if TYPE_CHECKING:
    from ..clinical.billing import Billing
    from ..store.models import AnnotationRead, RecordRead, VersionRead

STATUS = {
    "saved": ("· saved", ""),
    "final": ("✓ signed", "$text-success"),
    "pending": ("◷ signed, waiting for co-signature", "bold $text-warning"),
    "returned": ("↩ RETURNED", "bold $text-error"),
    "error": ("✗ ENTERED IN ERROR", "bold $text-error"),
    "rejected": ("! not taken by the server: in no record", "bold $text-error"),
    "quarantined": ("! held back by the server: in no record until it is admitted", "bold $text-warning"),
}
MEANINGS = {
    "save": "saved", "sign": "signed", "amend": "corrected", "addendum": "addendum", "cosign": "co-signed",
    "return": "returned", "error": "entered in error",
}  # fmt: skip


def title_of(read: RecordRead) -> str:
    """Return what a record is called."""
    known = KINDS.get(read.kind)
    return known.label if known is not None else read.kind.replace("_", " ").capitalize()


def label_of(read: RecordRead) -> str:
    """Return what a record without a client is called by itself; "" where nothing more is to be said."""
    return group_session.label(read.values) if read.kind == "group_session" else ""


def values_of(read: RecordRead, version: VersionRead | None) -> dict[str, Any]:
    """Return what a version said: a document's whole body; else the record as it adds up."""
    if version is not None and DOC in version.body:
        return dict(version.body[DOC])
    return dict(read.values)


def status_lines(read: RecordRead, version: VersionRead | None, tz: str) -> list[Content]:
    """Return what must be known before reading: errors, returns, lateness, conflicts."""
    if version is None:
        return []
    words, style = STATUS.get(version.status, (version.status, ""))
    if version.status == "pending" and version.cosign_required == "mhp":
        words = "◷ active, awaiting a mental health professional"
    found = [styled(words, style)]
    if version.signature == "altered":
        found.append(proof_line(version, tz))
    for note in read.annotations:
        if note.about == version.entry and not note.lifted and note.meaning in ("return", "error"):
            found.append(styled(f"  by {who(note)}, {when(note.at_ms, tz)}: {note.reason}", style))
    found += sending_lines(version)
    if read.late:
        values = values_of(read, version)
        start = values.get("service_start") or values.get("start") or values.get("initial_contact_at")
        service = span(start, None, tz)
        found.append(
            styled(
                f"◷ LATE ENTRY  service {service} · entry {when(instant_ms(version.entered), tz)} · "
                f"signature {when(version.signed_ms, tz)}",
                "bold $text-warning",
            )
        )
        if values.get("late_reason"):
            found.append(plain(f"  Why: {values['late_reason']}"))
    if version.entry not in read.heads:
        found.append(styled("This is an earlier version; it was kept.", "$text-warning"))
    if read.conflicts:
        found.append(
            styled(
                f"≠ {len(read.conflicts)} to settle: people wrote side by side. Press s.", "bold $text-error"
            )
        )
    return found


def sending_lines(version: VersionRead) -> list[Content]:
    """Return what stands in the way of one's own words, whether they are safe, and what to do; nothing if nothing."""
    if version.state not in ("held", "quarantined", "rejected"):
        return []
    told = advice(version.state, version.sending_reason)
    style = "bold $text-error" if told.tone == "error" else "bold $text-warning"
    return [
        styled(f"⚑ {told.happened}", style),
        plain(f"  {told.safe}"),
        plain(f"  Next: {told.todo}"),
    ]


def who(note: AnnotationRead | VersionRead) -> str:
    """Return a name with its credential."""
    return ", ".join(part for part in (note.author, note.credential) if part)


def signed_lines(read: RecordRead, version: VersionRead, tz: str) -> list[Content]:
    """Return who said it, the three times, the device signature and how far it got."""
    values = values_of(read, version)
    service = span(
        values.get("service_start") or values.get("start"),
        values.get("service_stop") or values.get("stop"),
        tz,
    )
    entered = instant_ms(version.entered)
    found = [
        styled(f"{MEANINGS.get(version.meaning, version.meaning).capitalize()} by {who(version)}", "bold")
    ]
    if service and read.kind != "note":
        found.append(plain(f"Service    {service}"))
    found.append(plain(f"Entry      {when(entered, tz)}"))
    found.append(plain(f"Signature  {when(version.signed_ms, tz)}"))
    if clock_words_of(version):
        found.append(
            styled(
                f"! The laptop's clock was {clock_words_of(version)}; times are corrected.", "$text-warning"
            )
        )
    if version.reason:
        found.append(plain(f"Why corrected: {version.reason}"))
    for field, text in version.overrides:
        found.append(
            styled(f"! Signed in spite of a warning ({field.replace('_', ' ')}): {text}", "$text-warning")
        )
    received = f", received {when(version.received_ms, tz)}" if version.received_ms else ""
    reason = f": {version.sending_reason}" if version.sending_reason else ""
    found.append(proof_line(version, tz))
    found.append(styled(f"{version.sending.capitalize()}{received}{reason}", "$text-muted"))
    return found


def proof_line(version: VersionRead, tz: str) -> Content:
    """Return what was checked of a version's signature when it was opened: who signed, altered, or key unknown.

    The key is the one that the organisation certified for the laptop; without its certificate here nothing can be checked.
    """
    said = f"{who(version)}, {when(version.signed_ms, tz)}"
    if version.signature == "altered":
        return styled(
            f"✗ ALTERED: this text is not what {who(version)} signed. Tell your administrator.",
            "bold $text-error",
        )
    if version.signature == "key unknown":
        return styled(
            f"? Key unknown: that it was signed by {said} cannot be checked on this laptop yet.",
            "$text-warning",
        )
    laptop = version.signature.removeprefix("signed by ")
    return styled(f"✓ Signed by {said}; checked with the key of {laptop}.", "$text-muted")


def answered_lines(read: RecordRead, version: VersionRead | None, tz: str) -> list[Content]:
    """Return which returns a version answers, and what changed since what was sent back."""
    notes = [note for note in read.annotations if version is not None and note.entry in version.answers]
    if version is None or not notes:
        return []
    numbers = {one.entry: number for number, one in enumerate(read.versions, 1)}
    found: list[Content] = []
    for note in notes:
        found.append(
            styled(
                f"↪ ANSWERED: version {numbers.get(note.about, '?')} was returned by {who(note)}, {when(note.at_ms, tz)}",
                "bold $text-warning",
            )
        )
        found.append(plain(f"  {note.reason}"))
    sent_back = next((one for one in read.versions if one.entry == notes[-1].about), None)
    return [
        *found,
        *change_lines(of_version(read, version, tz, sent_back), "What changed since"),
        Content(""),
    ]


def change_lines(changes: Sequence[Change], title: str) -> list[Content]:
    """Return a difference under a heading: what is gone struck through, what is new marked; never by colour alone."""
    found = [styled(title, "bold $text-primary")]
    label = ""
    for change in changes:
        if change.label != label:
            label = change.label
            found.append(styled(label, "bold"))
        found.append(styled(f"  {change.mark} {change.text}", CHANGE_STYLES[change.mark]))
    return found if changes else [*found, plain("Nothing changed.")]


def changes_text(read: RecordRead, version: VersionRead, tz: str) -> Content:
    """Return what a version changed against the one before it."""
    earlier = before(read, version)
    if earlier is None:
        return plain("This is the first version.")
    title = f"What changed against version {read.versions.index(earlier) + 1} of {earlier.author}, {when(earlier.signed_ms, tz)}"
    found = change_lines(of_version(read, version, tz), title)
    why = [plain(f"Why corrected: {version.reason}")] if version.reason else []
    return lines(*found, *why)


CHANGE_STYLES = {"+": "bold $text-success", "-": "strike $text-error", " ": "$text-muted"}


def clock_words_of(version: VersionRead) -> str:
    """Return how far the clock was off that a version was written by; empty when it was right enough."""
    return off_words(version.clock_offset_ms)


def annotation_lines(read: RecordRead, version: VersionRead | None, tz: str) -> list[Content]:
    """Return what others added to a version; what was taken back stays, struck through."""
    found: list[Content] = []
    hashes = {note.entry for note in read.annotations}
    for note in read.annotations:
        if note.about in hashes or (version is not None and note.about != version.entry):
            continue
        style = "strike $text-muted" if note.lifted else "bold"
        words = MEANINGS.get(note.meaning, note.meaning).capitalize()
        found.append(styled(f"{words} by {who(note)}, {when(note.at_ms, tz)}", style))
        for text in (note.reason, note.text):
            if text:
                found.append(styled(text, "strike $text-muted") if note.lifted else plain(text))
        if note.lifted:
            undone = next((n for n in read.annotations if n.about == note.entry and not n.lifted), None)
            why = f" by {who(undone)}: {undone.reason}" if undone is not None else ""
            found.append(styled(f"Taken back{why}", "$text-warning"))
    return found


def elsewhere_lines(read: RecordRead, version: VersionRead | None, tz: str) -> list[Content]:
    """Return addenda to other versions: whoever reads the newest must know of what was added to the one before."""
    numbers = {one.entry: number for number, one in enumerate(read.versions, 1)}
    found: list[Content] = []
    for note in read.annotations:
        other = version is not None and note.about in numbers and note.about != version.entry
        if other and note.meaning == "addendum" and not note.lifted:
            found.append(
                styled(
                    f"Addendum to version {numbers[note.about]} by {who(note)}, {when(note.at_ms, tz)}",
                    "bold",
                )
            )
            found.append(plain(note.text))
    return found


def history_lines(read: RecordRead, version: VersionRead | None, tz: str) -> list[Content]:
    """Return all versions in order, the one on screen marked."""
    found = []
    for number, one in enumerate(read.versions, 1):
        mark = "›" if version is not None and one.entry == version.entry else " "
        words, style = STATUS.get(one.status, (one.status, ""))
        line = f"{mark} {number}  {when(one.signed_ms, tz)}  {MEANINGS.get(one.meaning, one.meaning)} by {who(one)}  "
        off = f"  ! clock {clock_words_of(one)}" if clock_words_of(one) else ""
        found.append(plain(line) + styled(words, style) + styled(off, "$text-warning"))
    return found


def billing_lines(found: Billing) -> list[Content]:
    """Return whether a contact may be billed, and every reason that holds it."""
    if found.billable:
        return [styled("Billing: ready", "bold $text-success")]
    if not found.ever:
        return [plain(f"Billing: {found.holds[0].sentence}" if found.holds else "Billing: none")]
    return [
        styled("Billing: held", "bold $text-warning"),
        *(plain(f"  {one.sentence}") for one in found.holds),
    ]


def record_text(read: RecordRead, version: VersionRead | None, tz: str) -> Content:
    """Return a record as it is read, from the top."""
    struck = version is not None and version.status == "error"
    shown: list[Content | str] = [*status_lines(read, version, tz), ""]
    if version is not None and read.sensitivity != WALLED:
        shown += answered_lines(read, version, tz)
    values = values_of(read, version)
    # Any record may carry the label, not only the kind that always does.
    found = walled(values) if read.sensitivity == WALLED else parts(read.kind, values, tz, read.people)
    shown.append(said(found, "strike" if struck else ""))
    if read.billing is not None:
        shown += ["", *billing_lines(read.billing)]
    if read.seats:
        # Not the session's words: each stands in that person's own chart, and is listed to whom it opens.
        shown += ["", styled("Who was there, by their own records", "bold $text-primary")]
        shown += [plain(seat_words(seat)) for seat in read.seats]
    if version is not None:
        shown += ["", *signed_lines(read, version, tz)]
    added = [*annotation_lines(read, version, tz), *elsewhere_lines(read, version, tz)]
    if added:
        shown += ["", styled("Added", "bold $text-primary"), *added]
    if len(read.versions) > 1:
        shown += ["", styled("Versions", "bold $text-primary"), *history_lines(read, version, tz)]
    return lines(*shown)
