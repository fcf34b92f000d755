"""What a reviewer sees beside a record: who the client is now, goals, the last three notes, the safety plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.times import day_of
from ..errors import FieldappError
from ..widgets.flags import STYLES, client_marks
from ..widgets.text import lines, plain, styled
from .note_beside import beside
from .reading_text import when

if TYPE_CHECKING:
    from ..store.models import ClientLine
    from .base import Host


def who_lines(line: ClientLine, tz: str, now_ms: int) -> list[Content]:
    """Return who a client is today: every mark of the caseload in words, the primary worker, the last contact."""
    found = [styled(line.name, "bold")]
    found += [styled(words, STYLES[tone]) for words, tone in client_marks(line)]
    if line.plan == "active":
        found.append(styled("✓ safety plan stands", "$text-success"))
    found.append(plain(f"Primary: {line.primary or 'nobody'}"))
    if line.last_contact_ms is not None:
        days = (day_of(now_ms, tz) - day_of(line.last_contact_ms, tz)).days
        ago = "today" if not days else f"{days} d ago"
        found.append(plain(f"Last contact: {when(line.last_contact_ms, tz)} ({ago})"))
    return found


async def context(host: Host, client: str, without: str) -> Content:
    """Return what stands beside a record of a client while it is reviewed.

    Args:
        without: the record itself, which is not among the last notes.
    """
    line = await host.ask(host.laptop.client_line, client)
    who = who_lines(line, host.me.tz, host.corrected_ms())
    try:
        rest = await beside(host, line, without=without)
    except FieldappError as failure:
        # Another team's client opens with a reason only; what waits is read without it.
        rest = styled(failure.sentence, "$text-warning")
    return lines(*who, "", rest)
