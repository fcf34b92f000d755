"""The head of a chart: what must be seen before anything else, in four lines or fewer."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from textual.content import Content

from ..records.kinds.client import LANGUAGES
from .client_row import age_on, last_contact
from .flags import RISK, STYLES, alert_marks
from .plan_brief import plan_state
from .text import join, lines, styled

if TYPE_CHECKING:
    from ..store.models import Chart, InterventionCount


def _day(at_ms: int, tz: tzinfo) -> str:
    then = datetime.fromtimestamp(at_ms / 1000, tz)
    return f"{then:%b} {then.day}"


def who_line(chart: Chart, now_ms: int, tz: tzinfo) -> Content:
    """Return who the client is: name to use, pronouns, age, language, MRN."""
    line = chart.line
    age = age_on(line.dob, datetime.fromtimestamp(now_ms / 1000, tz).date())
    words = [
        line.pronouns,
        f"{age} years" if age is not None else "",
        f"born {line.dob}" if line.dob else "",
        LANGUAGES.get(line.language, line.language),
        "⇄ interpreter" if line.interpreter else "",
        f"MRN {line.mrn}" if line.mrn else "",
    ]
    return join(styled(line.name, "bold"), *(f" · {word}" for word in words if word))


def state_line(chart: Chart, tz: tzinfo) -> Content:
    """Return risk with its date, plan, last contact, tier: each with a glyph and a word."""
    line = chart.line
    words, tone = RISK.get(line.risk, ("· no risk known", "note"))
    if chart.risk_since_ms is not None:
        words += f" since {_day(chart.risk_since_ms, tz)}"
    parts = [styled(words, STYLES[tone])]
    plan, plan_tone = plan_state(chart.plan)
    if line.plan == "now":
        plan, plan_tone = f"◷ look at the plan now: {line.plan_why.lower()}", "error"
    elif line.plan == "overdue":
        plan, plan_tone = "◷ plan to be looked at again", "warning"
    parts.append(styled(plan, STYLES[plan_tone]))
    if line.lai in ("due", "overdue"):
        parts.append(styled(f"◷ {line.lai_words}", STYLES["error" if line.lai == "overdue" else "warning"]))
    seen = last_contact(line)
    if line.no_contact_days is None and line.last_contact_ms is not None:
        # Nobody counts the days while the client is away, but when they were seen last is known.
        seen = f"last {_day(line.last_contact_ms, tz)}"
    parts.append(styled(f"◷ seen {seen}", STYLES["warning" if line.overdue else "note"]))
    if line.away:
        parts.append(styled(f"⌂ {line.away}", STYLES["warning"]))
    for word in (line.status.replace("_", " "), line.tier.replace("_", " ")):
        if word and word != "active":
            parts.append(styled(word, STYLES["note"]))
    return Content(" · ").join(parts)


def chart_head(chart: Chart, now_ms: int, tz: tzinfo) -> Content:
    """Return the head; lines without content are left out."""
    shown: list[Content] = []
    marks = alert_marks(chart.line.alerts)
    shown.append(who_line(chart, now_ms, tz))
    if marks:
        shown.append(Content("  ").join([styled(words, STYLES[tone]) for words, tone in marks]))
    shown.append(state_line(chart, tz))
    phones = [f"{number} {how}".strip() for number, how in chart.phones]
    reach = " · ".join(word for word in (f"☎ {', '.join(phones)}" if phones else "", chart.address) if word)
    shown.append(styled(reach or "☎ no phone or address known", "" if reach else STYLES["warning"]))
    return lines(*shown)


def intervention_words(one: InterventionCount) -> tuple[str, str]:
    """Return what was done and in how many notes of 30 and 90 days say so."""
    return one.words, f"{one.month} · {one.quarter}"


def chart_facts(chart: Chart) -> Content:
    """Return everything else that is known, under headings."""

    def heading(words: str) -> Content:
        return styled(words, "bold $text-primary")

    parts: list[Content | str] = []
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
        (
            "Where to find",
            tuple((n, v) for n, v in (("Address", chart.address), ("Finding", chart.finding)) if v),
        ),
        ("Phones", chart.phones),
        ("Team", chart.team),
        ("Episode", chart.episode),
        ("Contact plan", (("Agreed", chart.contact_plan),) if chart.contact_plan else ()),
        ("People", tuple((name, " · ".join(filter(None, rest))) for name, *rest in chart.people)),
        ("Risk", (("Why", chart.risk_reason),) if chart.risk_reason else ()),
        ("Done in 30 · 90 days", tuple(intervention_words(one) for one in chart.interventions)),
        ("About", chart.facts),
    )
    for title, rows in groups:
        if rows:
            parts.append(heading(title))
            parts += [f"  {label}: {value}" if value else f"  {label}" for label, value in rows]
            parts.append("")
    return lines(*parts[:-1])
