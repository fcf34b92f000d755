"""How stays in hospital, ED and jail are told: a line of the list, what is known of one, counts of a year. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.stays import title
from ..clinical.times import day_of, day_words, moment_words
from ..records.kinds.stay import LEGAL, SHORT, WHATS
from ..store.read.words import value_words
from ..widgets.flags import STYLES
from ..widgets.text import fit, join, lines, plain, styled

if TYPE_CHECKING:
    from ..store.stay_models import FollowRead, StayRead, StaysRead, YearCounts

_GLYPHS = {
    "seen": ("✓", "done"),
    "late": ("✓", "warning"),
    "open": ("◷", "warning"),
    "missed": ("✗", "error"),
}
_WHAT = 24
_VISITS = 3


def short(day: str, today: str) -> str:
    """Return a day in few letters, with the year if it is another: `Nov 12`, `Nov 12 2025`."""
    known = date.fromisoformat(day)
    return f"{known:%b} {known.day}" + (f" {known.year}" if known.year != int(today[:4]) else "")


def follow_words(one: FollowRead, today: str) -> str:
    """Return how one follow-up stands: `7 d: seen Nov 24`, `7 d: by Nov 29`, `7 d: not seen`."""
    said = {
        "seen": f"seen {short(one.seen, today)}" if one.seen else "",
        "late": f"late, {short(one.seen, today)}" if one.seen else "",
        "open": f"by {short(one.period.due, today)}",
        "missed": "not seen",
    }[one.standing]
    return f"{one.period.within} d: {said}"


def draw_stay(read: StayRead, today: str, width: int) -> Content:
    """Return one stay: where, from when to when, how long, how the follow-ups stand."""
    stay = read.stay
    tone = STYLES["warning"] if stay.is_open else ""
    until = short(stay.until, today) if stay.until else "now"
    when = f"{short(stay.since, today)} – {until}"
    marks = [styled("▸ begun", STYLES["warning"])] if read.draft else []
    marks += [styled("≠ twice?", STYLES["error"])] if read.twice else []
    for one in _first(read) if width < 100 else read.follow_ups:
        glyph, mark = _GLYPHS[one.standing]
        marks.append(styled(f"{glyph} {follow_words(one, today)}", STYLES[mark]))
    if stay.is_open and stay.planned:
        marks.append(styled(f"planned out {short(stay.planned, today)}", STYLES["note"]))
    said = Content("  ").join(marks)
    cells = max(12, min(_WHAT if width < 100 else 44, width - 34))
    name = title(stay) if width >= 100 else f"{WHATS.get(stay.what, stay.what)}"
    return join(
        styled("⌂ " if stay.is_open else "  ", tone), styled(fit(name, cells), "bold"), " ", fit(when, 17),
        styled(f"{f'{read.days} d' if read.days else '':>6}  ", STYLES["note"]), said,
    )  # fmt: skip


def _first(read: StayRead) -> tuple[FollowRead, ...]:
    """Return the follow-up that matters where a line has room for one: the first that nobody answered, else the last."""
    waits = [one for one in read.follow_ups if one.standing == "open"]
    return tuple((waits or read.follow_ups[:1])[:1])


def detail(read: StayRead, whole: StaysRead, now_ms: int, tz: str) -> Content:
    """Return everything that is known of one stay, and the visits that are planned in it."""
    stay, values, today = read.stay, read.values, day_of(now_ms, tz)
    at = f" {values['since_time']}" if values.get("since_time") else ""
    left = f" {values['until_time']}" if values.get("until_time") else ""
    rows = [
        ("", styled(title(stay), "bold")),
        (
            "Since",
            plain(
                f"{_day(stay.since, today)}{at}"
                + (f", left {_day(stay.until, today)}{left}" if stay.until else "")
            ),
        ),
        ("", plain(LEGAL.get(stay.legal, stay.legal))),
        ("Why", plain(str(values.get("why") or ""))),
        ("Ask there for", plain(stay.contact)),
        ("Planned discharge", plain(_day(stay.planned, today) if stay.planned and stay.is_open else "")),
        ("Went to", plain(value_words("stay", "went_to", stay.went_to))),
        ("Seen after", plain("; ".join(follow_words(one, today.isoformat()) for one in read.follow_ups))),
        ("Remark", plain(str(values.get("remark") or ""))),
        ("Known from", plain(_known_from(read))),
    ]
    shown = [
        join(styled(f"{label}: ", STYLES["note"]) if label else "", words)
        for label, words in rows
        if words.plain
    ]
    if read.twice:
        shown.append(
            styled(
                "Written down twice? Open one of them in the chart and mark it as an error.", STYLES["error"]
            )
        )
    if stay.is_away and whole.visits:
        shown.append(styled(visits_words(whole, now_ms, tz), STYLES["warning"]))
    return lines(*shown)


def visits_words(read: StaysRead, now_ms: int, tz: str) -> str:
    """Return which planned visits will find nobody: `2 planned visits will find nobody: Tue 24 Nov 10:00 (Tom Berg)`."""
    count = len(read.visits)
    listed = "; ".join(
        f"{moment_words(one.start_ms, now_ms, tz)} ({one.note})" for one in read.visits[:_VISITS]
    )
    more = f" and {count - _VISITS} more" if count > _VISITS else ""
    return f"{count} planned visit{'s' if count != 1 else ''} will find nobody: {listed}{more}"


def _known_from(read: StayRead) -> str:
    learned = value_words("stay", "learned", read.values.get("learned"))
    return ", ".join(filter(None, [learned, f"written by {read.author}" if read.author else ""]))


def _day(day: str, today: date) -> str:
    return day_words(date.fromisoformat(day), today)


def counts(year: YearCounts, before: YearCounts) -> Content:
    """Return what happened in twelve months, and in the twelve before admission where the intake says it."""
    parts = [
        _said(year.hospital_stays, "hospital stay", "hospital stays")
        + (f" ({_said(year.hospital_days, 'day', 'days')})" if year.hospital_stays else ""),
        _said(year.ed_visits, "ED visit", "ED visits"),
        _said(year.crises, "crisis", "crises"),
        _said(year.jail_days, "day in jail", "days in jail") if year.jail_days else "",
    ]
    earlier = [
        _said(before.hospital_stays, "hospital stay", "hospital stays"),
        _said(before.ed_visits, "ED visit", "ED visits"),
        _said(before.crises, "crisis", "crises"),
    ]
    now = join(styled("Last 12 months  ", STYLES["note"]), " · ".join(part for part in parts if part))
    then = " · ".join(part for part in earlier if part)
    if not then:
        return now
    return lines(now, join(styled("Before admission  ", STYLES["note"]), f"{then} in 12 months"))


def _said(number: int | None, one: str, many: str) -> str:
    if number is None:
        return ""
    return f"{number or 'no'} {one if number == 1 else many}"


def now_words(read: StaysRead, today: str) -> Content:
    """Return where the client is now, and what it means."""
    here = next((one for one in read.stays if one.stay.is_open), None)
    if here is None:
        return styled("Not away now.", STYLES["note"])
    where, since = SHORT.get(here.stay.what, "away"), short(here.stay.since, today)
    hold = "the episode is on hold" if here.stay.is_away else "the contact plan goes on"
    return styled(f"⌂ {where} since {since} ({here.days} d): {hold}", STYLES["warning"])
