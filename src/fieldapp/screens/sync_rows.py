"""What the Sync area lists: what stands between this laptop and its server, then one's own unconfirmed work. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.told import entries
from ..clinical.told import laptop as told
from ..clinical.told.advice import Advice, find
from ..widgets.flags import STYLES, name_cells, titled
from ..widgets.status_line import clock_off, clock_words, stands_in_the_way
from ..widgets.text import fit, join, lines, plain, styled

if TYPE_CHECKING:
    from ..store.models import PendingLine, SyncStatus

GLYPHS = {"rejected": "!", "quarantined": "⚑", "held": "…"}
DAY_MS = 86_400_000
SILENCE_MS = 14 * DAY_MS
SHOWN_MS = 14 * DAY_MS
"""How long news of the past stays on the list."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that stands between this laptop and its server, or news of it."""

    code: str
    advice: Advice
    sentence: str = ""
    """What the last round ended with, where it says more than the advice."""


def standing(status: SyncStatus, now_ms: int, tz: tzinfo | None) -> list[Standing]:
    """Return everything that a laptop knows of itself, most urgent first."""
    found = list(_standing(status, now_ms, tz))
    order = {"error": 0, "warning": 1}
    return sorted(found, key=lambda one: order.get(one.advice.tone, 2))


def _standing(status: SyncStatus, now_ms: int, tz: tzinfo | None) -> Iterator[Standing]:
    def recent(at_ms: int | None) -> bool:
        return at_ms is not None and now_ms - at_ms < SHOWN_MS

    blocked = stands_in_the_way(status)
    if status.app_too_old:
        yield Standing("app_too_old", told.TOO_OLD_TO_WRITE.about(status.app_too_old))
    if blocked is not None:
        yield Standing("message", blocked, status.message if blocked is told.UNKNOWN else "")
    elif status.offline_since_ms is not None:
        since = f"offline since {clock_words(status.offline_since_ms, now_ms, tz)}"
        yield Standing("offline", replace(told.OFFLINE, short=f"○ {since}"))
    if status.last_confirmed_ms is not None and now_ms - status.last_confirmed_ms > SILENCE_MS:
        yield Standing("silence", told.LONG_SILENCE)
    if status.side_by_side:
        yield Standing("side_by_side", told.SIDE_BY_SIDE)
    if clock_off(status):
        yield Standing("clock", told.CLOCK_OFF.about(clock_off(status)))
    if recent(status.lost_some_ms):
        yield Standing("lost_some", told.LOST_SOME.advice)
    if recent(status.went_back_ms):
        yield Standing("went_back", told.WENT_BACK.about(clock_words(status.went_back_ms or 0, now_ms, tz)))
    for team, at_ms in status.ended_teams:
        if recent(at_ms):
            yield Standing(f"ended:{team}", told.TEAM_ENDED.about(team))
    if recent(status.put_back_ms):
        yield Standing("put_back", told.PUT_BACK.about(clock_words(status.put_back_ms or 0, now_ms, tz)))
    if status.newer:
        some = "1 record was" if status.newer == 1 else f"{status.newer} records were"
        yield Standing("newer", told.WRITTEN_BY_NEWER.about(some))
    if status.coming:
        some = "1 older entry was" if status.coming == 1 else f"{status.coming} older entries were"
        yield Standing("coming", told.COMING.about(some))


def draw_standing(one: Standing, width: int) -> Content:
    """Return one thing that stands in the way, or news."""
    advice = one.advice
    glyph = "" if advice.short.startswith(("!", "○")) else "! " if advice.tone == "error" else "· "
    short = f"{glyph}{advice.short}"
    return join(styled(fit(short, 30), STYLES[advice.tone]), " ", fit(advice.happened, max(8, width - 31)))


def draw_pending(line: PendingLine, tz: tzinfo, now_ms: int, width: int) -> Content:
    """Return one entry that is not confirmed: state in words, what it is, whom it is about, when."""
    glyph = GLYPHS.get(line.state, "↑")
    tone = "" if line.state in ("unsent", "sent") else entries.STATES[line.state].tone
    state = styled(fit(f"{glyph} {line.words}", 30), STYLES[tone])
    when = clock_words(line.at_ms, now_ms, tz)
    name = 20 if width < 100 else 30
    title = max(8, width - 30 - name - len(when) - 3)
    return join(state, " ", fit(line.title, title), " ", name_cells(line.name, line.risk, name), " ", when)


def explained(head: str | Content, advice: Advice, sentence: str = "") -> Content:
    """Return what happened, whether the work is safe and what comes next, in full."""
    parts = [
        styled(head, "bold") if isinstance(head, str) else head,
        plain(f"{advice.happened} {advice.safe}"),
    ]
    if sentence:
        parts.insert(1, styled(f"“{sentence}”", STYLES["note"]))
    return lines(*parts, join(styled("Next  ", "bold $text-primary"), advice.todo))


def explain_pending(line: PendingLine) -> Content:
    """Return what the author of an entry is told of it; the server's own words where they say more."""
    head = join(titled(line.title, line.name, line.risk), styled(f" · {line.words}", "bold"))
    return explained(head, entries.advice(line.state, line.reason), own_words(line))


def own_words(line: PendingLine) -> str:
    """Return the server's sentence if it says more than the advice: a person's reason, or one that is not known."""
    known = find(entries.REASONS, line.reason)
    return line.reason if known is None or "{}" in known.sentence else ""
