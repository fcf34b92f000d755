"""What is shown before somebody signs: the final text, three times, who, and who looks at it next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.cosign import BY_MHP, BY_RULE, cosign_required
from ..clinical.policy import writing_role
from ..clinical.times import day_of
from ..records.kinds.risk import rank
from ..records.together import split
from ..widgets.text import lines, styled
from .medical_rules import changes
from .reading_text import Part, parts, said, span, when

if TYPE_CHECKING:
    from ..store.models import Draft
    from .base import Host

COSIGN = {
    "": "",
    "supervisor": "It goes to your supervisor for co-signature.",
    "mhp": "Active at once, awaiting a mental health professional.",
}


BELOW = ("Service", "Format")
"""Headings that the lines below the text say already, or that say nothing to a reader."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands below the text."""

    service: str
    entry: str
    signature: str
    who: str
    cosign: str
    """A key of `COSIGN`."""
    late: str = ""


async def signature_of(host: Host, draft: Draft) -> Signature:
    """Return what stands below a draft's text if it is signed now."""
    me, tz, now = host.me, host.me.tz, host.corrected_ms()
    values = draft.values
    start = values.get("service_start") or values.get("start") or values.get("initial_contact_at")
    stop = values.get("service_stop") or values.get("stop") or values.get("ended_at")
    needs = ""
    if draft.kind == "risk" and draft.client and me.role != "supervisor":
        known = await host.ask(host.laptop.risk, draft.client)
        needs = "supervisor" if rank(values.get("level")) < rank(known.level) else ""
    elif draft.kind in BY_RULE | BY_MHP | {"discharge"}:
        staff = (await host.ask(host.laptop.record, me.staff)).values
        day = day_of(now, tz).isoformat()
        needs = (
            cosign_required(draft.kind, values, staff, writing_role((me.role, *me.roles), draft.kind), day)
            or ""
        )
    return Signature(
        service=span(start, stop, tz),
        entry=when(draft.updated_ms, tz),
        signature=when(now, tz),
        who=", ".join(part for part in (me.name, me.credential) if part),
        cosign=needs,
        late=str(values.get("late_reason") or ""),
    )


def text_of(draft: Draft, tz: str) -> Content:
    """Return the final text of a draft, as it will be read."""
    if draft.kind == "group_session":
        return said([part for part in parts(draft.kind, draft.values, tz) if part.label != "When"])
    own, further = split(draft.kind, draft.values)
    found = parts(draft.kind, own, tz) if own else []
    shown = [part for part in found if part.label not in BELOW]
    for one in further:
        if one.kind.name == "medication_list":
            changed = changes(one.base, one.values)
            if one.verify:
                changed.append("The whole list is verified.")
            shown.append(Part("Changes of the list", "\n".join(changed)))
        else:
            inner = parts(one.kind.name, one.values, tz)
            shown.append(Part(one.kind.label, "\n".join(f"{part.label}: {part.text}" for part in inner)))
    return said(shown)


def signature_lines(signature: Signature) -> Content:
    """Return the lines below the text."""
    found: list[Content | str] = []
    if signature.late:
        found.append(styled("◷ LATE ENTRY", "bold $text-warning"))
    if signature.service:
        found.append(f"Service    {signature.service}")
    if signature.entry:
        found.append(f"Entry      {signature.entry}")
    found += [
        f"Signature  {signature.signature}",
        styled(f"Signed by  {signature.who}", "bold"),
    ]
    if COSIGN.get(signature.cosign):
        found.append(styled(f"→ {COSIGN[signature.cosign]}", "$text-warning"))
    return lines(*found)
