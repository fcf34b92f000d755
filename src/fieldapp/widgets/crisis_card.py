"""The crisis card: whom to call in the first lines, then the plan in the client's words, then everything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from ..records.kinds.client import LANGUAGES
from ..records.kinds.contact import OUTCOMES
from ..records.kinds.safety_plan import STEPS
from .client_row import age_on
from .due_words import due_words
from .flags import RISK, STYLES, alert_mark, alert_marks, marks_in
from .plan_brief import STAFF_ONLY, plan_line
from .text import clip, join, lines, one_line, plain, styled

if TYPE_CHECKING:
    from ..store.models import CrisisCard, PlanVersion, TimelineRow

NOBODY = "No phone is known."


def _day(at_ms: int, tz: tzinfo) -> str:
    then = datetime.fromtimestamp(at_ms / 1000, tz)
    return f"{then:%b} {then.day}"


def card_head(card: CrisisCard, now_ms: int, tz: tzinfo, width: int) -> Content:
    """Return what is never scrolled away: who, how bad, whom to call, where."""
    line = card.line
    age = age_on(line.dob, datetime.fromtimestamp(now_ms / 1000, tz).date())
    who = [
        line.pronouns,
        (f"born {line.dob}" + (f" ({age})" if age is not None else "")) if line.dob else "",
        LANGUAGES.get(line.language, line.language),
        "⇄ interpreter" if line.interpreter else "",
    ]
    phones = [f"{number} ({how})" if how else number for number, how in card.phones]
    name = clip(line.name, width)
    room = max(0, width - cell_len(name))
    return lines(
        join(styled(name, "bold"), clip("".join(f" · {word}" for word in who if word), room)),
        _danger(card, tz, width),
        join(
            "☎ ",
            styled(clip(", ".join(phones), 2 * width - 4) or NOBODY, "bold" if phones else "$text-warning"),
        ),
        join("☎ ", styled(_lifelines(card, width - 2), "bold")),
        plain(clip(_place(card) or "No address is known.", width)),
    )


def _lifelines(card: CrisisCard, width: int) -> str:
    """Return the lines that somebody always answers; with less room in fewer words, never with less of a number."""
    many = [
        f"Team, day and night {card.team_phone}" if card.team_phone else "",
        "988 (call, text)",
        f"{_local(card)} {card.local_line}" if card.local_line else "",
    ]
    shown = one_line(" · ".join(filter(None, many)))
    if cell_len(shown) <= width:
        return shown
    # Two lines at most: nothing that somebody wrote pushes the plan off the screen.
    # The county goes with its number, or somebody calls the wrong one; "Local" says nothing that must be there.
    local = f"{card.line.local_county} {card.local_line}".strip() if card.local_line else ""
    few = " · ".join(filter(None, [card.team_phone and f"Team {card.team_phone}", "988", local]))
    return clip(few, 2 * width)


def _local(card: CrisisCard) -> str:
    """Return whose line it is: the county's, else `Local`."""
    return card.line.local_county or "Local"


def _place(card: CrisisCard) -> str:
    away = f"⌂ {card.line.away}" if card.line.away else ""
    return one_line(" · ".join(filter(None, [away, card.address, card.finding])))


def _danger(card: CrisisCard, tz: tzinfo, width: int) -> Content:
    words, tone = RISK.get(card.line.risk, ("· no risk known", "note"))
    if card.risk_since_ms is not None:
        words += f" since {_day(card.risk_since_ms, tz)}"
    alerts = alert_marks(card.line.alerts)
    stops = [mark for mark in alerts if mark[1] == "stop"]
    return marks_in([*stops, (words, tone), *(mark for mark in alerts if mark[1] != "stop")], width)


def card_plan(card: CrisisCard, tz: tzinfo) -> Content:
    """Return the plan: newest signed first, all versions that stand; means are staff's business and stay out."""
    active = card.plan.active
    shown: list[Content | str] = []
    if len(active) > 1:
        shown.append(styled(f"≠ {len(active)} versions are active: the newest is first.", "bold $text-error"))
    if not active:
        shown.append(styled("∅ No safety plan.", STYLES["warning"]))
    for version in active:
        shown += [*_version(version, tz), ""]
    label, words = card.other_plan
    if words:
        shown += [styled(label, "bold $text-primary"), words]
    return lines(*shown)


def _version(version: PlanVersion, tz: tzinfo) -> list[Content | str]:
    title = f"Safety plan, version {version.number} · {version.author}, {_day(version.at_ms, tz)}"
    shown: list[Content | str] = [styled(title, "bold $text-primary")]
    if version.status == "pending":
        shown.append(styled("◷ awaiting a mental health professional", STYLES["warning"]))
    if version.doc.get("declined"):
        shown.append(f"Declined: {version.doc.get('declined_reason') or ''}")
    for number, (step, title) in enumerate(STEPS.items(), 1):
        said = version.doc.get(step) or []
        if said and step not in STAFF_ONLY:
            shown.append(styled(f"{number} {title}", "bold"))
            shown += [f"  {plan_line(one)}" for one in said]
    return shown


def card_rest(card: CrisisCard, now_ms: int, tz: tzinfo, width: int) -> Content:
    """Return everything else that helps at night; what nobody knows is left out."""
    alerts = [f"{alert_mark(alert)[0]}: {alert.detail}" for alert in card.line.alerts if alert.detail]
    supports = [
        " · ".join(filter(None, [one.name, one.relation, one.phone, one.may_hear])) for one in card.supports
    ]
    contacts = [_contact(row, tz) for row in card.contacts]
    todo = [_todo(task.title, due_words(task.due_ms, task.late, now_ms)) for task in card.tasks]
    staff = [f"{role}: {name}" for role, name in card.team if name]
    health = [
        f"{label}: {words}"
        for label, words in (
            ("Allergies", card.allergies),
            ("Naloxone", card.naloxone),
            ("Medical", card.medical),
        )
        if words
    ]
    legal = [
        f"{label}: {words}"
        for label, words in (
            ("Legal order", card.legal), ("Advance directive", card.directive), ("Guardian or POA", card.guardian)
        )
        if words
    ]  # fmt: skip
    place = [card.address, card.finding] if cell_len(_place(card)) > width else []
    groups: Sequence[tuple[str, Sequence[str]]] = (
        ("Where to find", [words for words in place if words]),
        ("Risk: why", [card.risk_reason] if card.risk_reason else []),
        ("Alerts", alerts),
        ("Supports", supports),
        ("Health", health),
        ("Medicines", card.medicines),
        ("Legal", legal),
        ("Last contacts", contacts),
        ("To be done", todo),
        ("Team", staff),
    )
    shown: list[Content | str] = []
    for title, rows in groups:
        if rows:
            shown += [styled(title, "bold $text-primary"), *(f"  {row}" for row in rows), ""]
    return lines(*shown[:-1])


def _contact(row: TimelineRow, tz: tzinfo) -> str:
    then = datetime.fromtimestamp(row.when_ms / 1000, tz)
    outcome = OUTCOMES.get(row.state, row.state)
    return f"{then:%b} {then.day} {then:%H:%M} {row.title}, {outcome.lower()} ({row.author})"


def _todo(title: str, when: str) -> str:
    return f"☐ {title}{f' ({when})' if when else ''}"
