"""What comes after a contact was saved: the note at once, or the next attempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..clinical.contact_entry import ATTEMPTS
from ..clinical.times import HOUR_MS, MINUTE_MS, day_of, day_words, moment_words
from ..records.envelope import instant
from ..records.kinds.contact import NOT_BILLED, SEEN, minutes
from .reason_ask import Choose
from .stay_offer import OF_OUTCOME, wants_stay

if TYPE_CHECKING:
    from ..store.models import ClientLine, Ladder
    from .base import FieldScreen

DAY_MS = 24 * HOUR_MS
ATTEMPT_MIN = 30
"""Minutes that a planned attempt takes on the day's list."""


async def after_contact(screen: FieldScreen[None], line: ClientLine, values: Mapping[str, Any]) -> str | None:
    """Plan what was agreed and ask what comes next; returns `note` or `stay` when that is to be written now."""
    outcome = str(values.get("outcome") or "")
    agreed = values.get("next_contact_at")
    if agreed:
        length = max(ATTEMPT_MIN, minutes(values))
        await _plan_visit(screen, line, values, str(agreed), length, "As agreed last time")
    if outcome in SEEN and values.get("contact_type") in NOT_BILLED:
        return None
    if outcome in SEEN:
        picked = await screen.app.push_screen_wait(
            Choose(
                "Saved.",
                "The contact is on this laptop. Its note is due next.",
                (("note", "Write the note now"), ("later", "Later: it waits on Today")),
            )
        )
        return "note" if picked == "note" else None
    if outcome in OF_OUTCOME:
        return "stay" if await wants_stay(screen, line, "The contact is on this laptop.") else None
    if outcome in ATTEMPTS and not agreed:
        await _next_attempt(screen, line, values)
    return None


async def _next_attempt(screen: FieldScreen[None], line: ClientLine, values: Mapping[str, Any]) -> None:
    host = screen.host
    ladder = await host.ask(host.laptop.ladder, line.client)
    now, tz = host.corrected_ms(), host.me.tz
    later = (now + 2 * HOUR_MS) // (15 * MINUTE_MS) * 15 * MINUTE_MS
    moments = {"later": later, "tomorrow": now // MINUTE_MS * MINUTE_MS + DAY_MS}
    sentence = "The attempt is on this laptop. When is the next try?"
    if ladder.climbed:
        sentence = (
            f"{ladder_words(ladder, now, tz)} without seeing {line.name}; your supervisor has a task. What else: "
            f"{'; '.join(ladder.steps)}."
        )
    picked = await screen.app.push_screen_wait(
        Choose(
            "Saved.",
            sentence,
            (
                ("later", f"Next try {moment_words(moments['later'], now, tz)}"),
                ("tomorrow", f"Next try {moment_words(moments['tomorrow'], now, tz)}"),
                ("none", "No next try now"),
            ),
        )
    )
    if picked in moments:
        await _plan_visit(screen, line, values, instant(moments[picked]), ATTEMPT_MIN, "Next attempt")


def ladder_words(ladder: Ladder, now_ms: int, tz: str) -> str:
    """Return how often people tried, and since when where that was on several days: `3 tries since Thu 19 Nov`."""
    today, first = day_of(now_ms, tz), day_of(ladder.tries[-1], tz)
    since = f" since {day_words(first, today)}" if first != today else ""
    return f"{len(ladder.tries)} {'try' if len(ladder.tries) == 1 else 'tries'}{since}"


async def _plan_visit(
    screen: FieldScreen[None], line: ClientLine, like: Mapping[str, Any], start: str, length: int, note: str
) -> None:
    """Put a visit of this person on the day's list, of the same kind as the contact."""
    host = screen.host
    values = {"staff": host.me.staff, "start": start, "minutes": length, "note": note}
    values |= {name: like[name] for name in ("contact_type", "modality", "setting") if like.get(name)}
    draft = await host.ask(host.laptop.start, "planned_visit", line.client, None, values)
    await host.ask(host.laptop.submit, draft.id)
    host.touched(draft.record)
