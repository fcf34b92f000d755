"""Lines of the red list: since when, whom it is about, why, and whose it is. Pure."""

from __future__ import annotations

from textual.content import Content

from ..clinical.triage import GROUPS, moment
from ..store.triage_models import Triage, TriageLine
from ..widgets.flags import STYLES, name_cells, with_risk
from ..widgets.status_line import ago
from ..widgets.text import fit, join, lines, plain, styled

WIDE = 100
GLYPHS = {
    "checkin": "!", "risk": "▲", "crisis": "☎", "no_contact": "◷", "plan": "∅", "hospital": "⌂", "laptop": "○", "credential": "◷",
}  # fmt: skip
DAY_MS, HOUR_MS = 86_400_000, 3_600_000


def since_words(since_ms: int | None, now_ms: int) -> str:
    """Return since when something holds, in few letters: `5 h`, `9 d`, `in 6 d`; empty where nobody knows."""
    if since_ms is None:
        return ""
    away = abs(now_ms - since_ms)
    amount = f"{away // DAY_MS} d" if away >= DAY_MS else f"{away // HOUR_MS} h"
    return amount if now_ms >= since_ms else f"in {amount}"


def draw(line: TriageLine, now_ms: int, width: int) -> Content:
    """Return one line of the red list."""
    name, who = (22, 0) if width < WIDE else (30, 20)
    tone = STYLES["error"] if line.late else STYLES["warning"]
    room = max(8, width - name - who - 10 - (1 if who else 0))
    parts: list[Content | str] = [
        styled(f"{GLYPHS.get(line.group, '·')} ", tone),
        fit(since_words(line.since_ms, now_ms), 7),
        name_cells(line.name or line.primary, line.risk, name),
        " ",
        styled(fit(line.reason, room), tone if line.late else ""),
    ]
    if who:
        whose = line.primary if line.client else ""
        parts.append(styled(f" {fit(whose or ('nobody' if line.client else ''), who)}", "$text-muted"))
    return join(*parts)


def heading(group: str, count: int) -> str:
    """Return what stands above a group."""
    return f"{GROUPS[group]} · {count}"


def head(found: Triage, tz: str) -> Content:
    """Return how many things cannot wait, as of when, and how old what this laptop knows is."""
    red = len(found.lines)
    late = sum(line.late for line in found.lines)
    what = f"{red} red" + (f", {late} late" if late else "") if red else "nothing red"
    synced = (
        f"synced {ago(found.synced_ms, found.as_of_ms)}"
        if found.synced_ms is not None
        else "this laptop never synced"
    )
    return lines(
        styled(f"Red list · {found.teams or 'no team'} · {what}", "bold"),
        styled(
            f"As of {moment(found.as_of_ms, tz)} · {synced} · {found.clients} clients looked through",
            "$text-muted",
        ),
    )


def nothing(found: Triage, tz: str) -> str:
    """Return the sentence that stands where nothing is red: what was looked at, and how old that is."""
    synced = f"last synced {moment(found.synced_ms, tz)}" if found.synced_ms is not None else "never synced"
    return (
        f"Nothing is red as of {moment(found.as_of_ms, tz)}: {found.clients} clients, this laptop {synced}."
    )


def detail(line: TriageLine, now_ms: int, tz: str) -> Content:
    """Return the whole reason, since when, whose it is and which number to call."""
    about = with_risk(line.name or line.primary, line.risk)
    since = (
        f"since {moment(line.since_ms, tz)}" if line.since_ms is not None and line.since_ms <= now_ms else ""
    )
    whose = f"primary {line.primary or 'nobody'}" if line.client else ""
    if line.group == "checkin":
        whose = f"on the visit: {line.primary}"
    call = f"call {line.phone}" if line.phone else "no phone number known"
    return lines(about, plain(line.reason), plain(" · ".join(part for part in (since, whose, call) if part)))
