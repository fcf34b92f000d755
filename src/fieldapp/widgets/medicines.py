"""How a medication list looks: one line for each medicine, how far it can be trusted, what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from .text import clip, fit, join, lines, one_line, plain, styled

if TYPE_CHECKING:
    from ..store.medical_models import LabLine, MedicationsRead, MedicineLine

LAI_WORDS = {
    "overdue": ("◷ OVERDUE", "bold $text-error"),
    "due": ("◷ due now", "$text-warning"),
    "soon": ("◷ due soon", "$text-warning"),
    "later": ("due", "$text-muted"),
}


def draw_medicine(line: MedicineLine, width: int) -> Content:
    """Return one line: what, how, and of an injection when the next one is due."""
    marks = []
    if line.conflict:
        marks.append(styled("≠ to settle", "bold $text-error"))
    if line.lai in LAI_WORDS:
        words, style = LAI_WORDS[line.lai]
        marks.append(styled(f"{words} {line.values.get('next_due') or ''}".rstrip(), style))
    elif line.current and line.values.get("route") == "im_lai":
        marks.append(styled("◷ next day not known", "$text-warning"))
    if not line.current:
        marks.append(styled(f"stopped {line.values.get('stop') or ''}".rstrip(), "$text-muted"))
    if line.current and line.values.get("mat"):
        marks.insert(0, styled(f"MAT{_next(line)}", "$text-primary"))
    said = Content("  ").join(marks)
    room = max(8, width - said.cell_length - 1)
    text = fit(line.words, room)
    return join(styled(text, "bold" if line.current else "$text-muted"), " ", said)


def _next(line: MedicineLine) -> str:
    coming = line.values.get("mat_next")
    return f" next {coming}" if coming else ""


def draw_lab(line: LabLine, width: int) -> Content:
    """Return one lab: what, when it is due."""
    due = f"due {line.due}" if line.due else "no day is set"
    tone = "bold $text-error" if line.late else "$text-muted"
    said = styled(f"◷ late, {due}" if line.late else due, tone)
    last = f" · last {line.values['last']}" if line.values.get("last") else ""
    return join(fit(f"{line.words}{last}", max(8, width - said.cell_length - 1)), " ", said)


def allergies(read: MedicationsRead) -> Content:
    """Return what the client does not bear; that nothing is written down is said too."""
    if not read.allergies.strip():
        return styled("Allergies: nothing is written down", "$text-muted")
    return styled(f"! Allergies: {one_line(read.allergies)}", "bold $text-warning")


def labels(read: MedicationsRead) -> Content:
    """Return what is known of naloxone, and the label of a protected record; empty for neither."""
    parts = []
    if read.naloxone:
        tone = "bold $text-warning" if read.naloxone_missing else "$text-muted"
        parts.append(styled(f"{'! ' if read.naloxone_missing else ''}Naloxone: {read.naloxone}", tone))
    if read.part2 and any(line.values.get("mat") for line in read.current):
        parts.append(styled("42 CFR Part 2", "$text-warning"))
    return Content("  ").join(parts)


def trust(read: MedicationsRead) -> Content:
    """Return who verified the list when, and whether it changed since."""
    if not read.listed:
        return styled("There is no medication list yet.", "$text-warning")
    if not read.verified_on:
        return styled("◷ Not verified by a prescriber yet.", "$text-warning")
    who = f" by {read.verified_by}" if read.verified_by else ""
    said = f"verified {read.verified_on}{who}"
    if read.changed_since:
        return styled(f"◷ {said}, changed since: to be verified", "$text-warning")
    if read.unverified:
        return styled(f"◷ {said}: to be looked at again", "$text-warning")
    return styled(f"✓ {said}", "$text-success")


def list_brief(read: MedicationsRead, width: int) -> Content:
    """Return the list for a pane beside other things."""
    shown: list[Content | str] = [trust(read), allergies(read)]
    for line in read.current:
        shown.append(plain(clip(f"· {line.words}", width)))
        if line.lai in LAI_WORDS:
            words, style = LAI_WORDS[line.lai]
            shown.append(styled(clip(f"  {words} {line.values.get('next_due') or ''}", width), style))
        if line.conflict:
            shown.append(styled("  ≠ two versions to settle", "bold $text-error"))
    if read.listed and not read.current:
        shown.append("Nothing is taken now.")
    shown += [
        styled(clip(f"  {lab.words} due {lab.due}", width), "bold $text-error" if lab.late else "$text-muted")
        for lab in read.labs
        if lab.due
    ]
    return lines(*shown)
