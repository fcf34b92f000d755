"""The line at the top of every screen: where one is, who works, when it locks, what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from ..clinical.time_words import off_words
from ..clinical.told import laptop as told
from ..clinical.told.advice import Advice
from .text import clip, join, plain, styled

if TYPE_CHECKING:
    from ..store.models import SyncStatus


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What the status line says; made anew every second."""

    now_ms: int
    who: str
    short: str
    """Who, when there is little room."""
    lock_ms: int
    """Until the screen locks by itself."""
    sync: SyncStatus | None
    tz: tzinfo | None
    tabs: tuple[tuple[str, str, bool], ...] = ()
    """(key, area, whether it is the one on screen)."""
    out: tuple[str, str] = ("", "")
    """(words, tone) of a check-in that runs; the words are empty for none."""


def ago(then_ms: int, now_ms: int) -> str:
    """Return how long ago something was, in the largest whole unit."""
    minutes = max(0, now_ms - then_ms) // 60_000
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def clock_words(then_ms: int, now_ms: int, tz: tzinfo | None) -> str:
    """Return an instant as a time of today (`09:12`) or a day and time of an earlier day."""
    then = datetime.fromtimestamp(then_ms / 1000, tz)
    if then.date() == datetime.fromtimestamp(now_ms / 1000, tz).date():
        return f"{then:%H:%M}"
    return f"{then:%b} {then.day} {then:%H:%M}"


def clock_off(status: SyncStatus) -> str:
    """Return how far this laptop's clock is off; empty while it is right enough."""
    return off_words(status.clock_offset_ms)


def stands_in_the_way(status: SyncStatus) -> Advice | None:
    """Return what is told of the last round if it ended with more than an unreachable server; None if it did not."""
    found = told.advice(status.message) if status.message else None
    return None if found is told.OFFLINE else found


def sync_words(status: SyncStatus, now_ms: int, tz: tzinfo | None) -> tuple[tuple[str, str], ...]:
    """Return what is to be said about sending, most urgent first, as (words with glyph, tone)."""
    words: list[tuple[str, str]] = []
    if status.app_too_old:
        words.append(("! update the app", "error"))
    if status.needs_you:
        words.append((f"! {status.needs_you} needs you", "error"))
    blocked = stands_in_the_way(status)
    if blocked is not None and blocked.short:
        words.append((blocked.short, blocked.tone))
    if status.side_by_side:
        words.append((f"! {told.SIDE_BY_SIDE.short}", "error"))
    if status.running and status.progress and status.progress[1]:
        words.append((f"↑ sending {status.progress[0]} of {status.progress[1]}", "note"))
    elif status.pending:
        words.append((f"↑ {status.pending} to send", "warning"))
    elif status.running:
        words.append(("↑ asking the server", "note"))
    if status.offline_since_ms is not None and not (blocked is not None and blocked.short):
        words.append((f"○ offline since {clock_words(status.offline_since_ms, now_ms, tz)}", "warning"))
    if status.held:
        words.append((f"↑ {status.held} waiting", "warning"))
    if status.quarantined:
        words.append((f"⚑ {status.quarantined} with your supervisor", "warning"))
    if clock_off(status):
        words.append((told.CLOCK_OFF.about(clock_off(status)).short, "warning"))
    if words:
        return tuple(words)
    if status.last_confirmed_ms is None:
        return (("○ nothing sent yet", "note"),)
    return ((f"✓ all sent {ago(status.last_confirmed_ms, now_ms)}", "done"),)


def lock_words(lock_ms: int) -> tuple[str, str]:
    """Return when the screen locks, counting seconds in the last minute, as (words, tone)."""
    if lock_ms <= 60_000:
        return f"locks in {max(0, lock_ms) // 1000} s", "warning"
    return f"locks in {-(-lock_ms // 60_000)} min", "note"


TONES = {"error": "bold $text-error", "warning": "$text-warning", "done": "$text-success", "note": ""}


class StatusLine(Widget):
    """One line; it says in words whatever it says in colour."""

    DEFAULT_CSS = """
    StatusLine { height: 1; width: 1fr; background: $panel; color: $foreground; padding: 0 1; }
    """
    ALLOW_SELECT = False
    facts: reactive[StatusFacts | None] = reactive(None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return 1: it is one line whatever it says."""
        return 1

    def render(self) -> Content:
        """Return the line for the width at hand: areas left; name, lock and sending at the right."""
        facts = self.facts
        if facts is None:
            return Content("")
        width = self.content_size.width
        for tabs, right in _layouts(facts):
            gap = width - tabs.cell_length - right.cell_length
            if gap >= 1:
                return join(tabs, " " * gap, right)
        return join(right)


def _tabs(facts: StatusFacts, *, named: bool, padded: bool) -> Content:
    pad = " " if padded else ""
    return Content("" if padded else " ").join(
        [
            styled(
                f"{pad}{key} {name}{pad}" if named or current else f"{pad}{key}{pad}",
                "reverse bold" if current else "",
            )
            for key, name, current in facts.tabs
        ]
    )


def _layouts(facts: StatusFacts) -> Iterator[tuple[Content, Content]]:
    """Yield the line from roomy to terse; unsent work and the name are never left out."""
    said = sync_words(facts.sync, facts.now_ms, facts.tz) if facts.sync else ()
    if facts.out[0]:
        said = (facts.out, *said)
    lock, lock_tone = lock_words(facts.lock_ms)
    long = [styled(words, TONES[tone]) for words, tone in said]
    # The Sync screen has room for all of it; here the first three are never cut.
    terse = [
        styled(words.replace(" since", "").replace(" to send", ""), TONES[tone]) for words, tone in said[:3]
    ]
    timer = styled(lock, TONES[lock_tone])
    short_timer = styled(lock.replace("locks in", "lock"), TONES[lock_tone])
    roomy, tight = _tabs(facts, named=True, padded=True), _tabs(facts, named=True, padded=False)
    bare = _tabs(facts, named=False, padded=False)
    dot, space = Content(" · "), Content("  ")
    yield roomy, dot.join([plain(facts.who), timer, *long])
    yield roomy, dot.join([plain(facts.short), timer, *long])
    yield tight, space.join([plain(facts.short), short_timer, *long])
    yield bare, space.join([plain(facts.short), short_timer, *long])
    yield bare, space.join([plain(clip(facts.short, 10)), short_timer, *terse])
    yield Content(""), space.join([plain(clip(facts.short, 10)), short_timer, *terse])
