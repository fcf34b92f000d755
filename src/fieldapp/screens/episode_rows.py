"""The rows of the episode screen: each is one fact, one line of the checklist, or one thing to be done. Pure drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from ..clinical.record_checklist import WORDS, standing
from ..records.episode_tables import STATUSES
from ..widgets.flags import STYLES
from ..widgets.row_list import Row
from ..widgets.text import fit, join, plain, styled
from .episode_fields import SHORT

if TYPE_CHECKING:
    from ..clinical.record_checklist import Row as CheckRow
    from ..store.episode_models import EpisodeRead

DECIDE = "decide"
GLYPHS = {DECIDE: "▲", "done": "✓", "look": "!", "missing": "✕", "later": "·"}
_TONES = {DECIDE: "error", "done": "done", "look": "warning", "missing": "error", "later": "note"}
KEYS = {
    "client": "i", "assessment": "a", "plan": "g", "consent": "i", "note": "n", "medicines": "M", "referral": "o",
    "discharge": "D",
}  # fmt: skip
"""Jump to the key that mends it, on this screen and anywhere else."""
_SAID: dict[str, str] = {str(state): words for state, words in WORDS.items()} | {DECIDE: "DECIDE"}
_LABEL, _LABEL_WIDE, _STATE = 16, 22, 11


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is called, how it stands, its words, and the whole of it below the list."""

    key: str
    label: str
    words: str
    state: str = ""
    """As in `GLYPHS`; "" for a plain fact."""
    jump: str = ""
    more: str = ""

    def draw(self, width: int) -> Content:
        """Return the row at a width."""
        jump = f" {self.jump}" if self.jump else ""
        label = _LABEL_WIDE if width >= 100 else _LABEL
        glyph = styled(f"{GLYPHS.get(self.state, ' ')} ", STYLES[_TONES.get(self.state, "")])
        said = (
            styled(fit(_SAID[self.state], _STATE), STYLES[_TONES[self.state]]) if self.state in _SAID else ""
        )
        room = max(6, width - 2 - label - 1 - (_STATE + 1 if said else 0) - len(jump))
        return join(
            glyph, styled(fit(self.label, label), "bold" if self.state else "$text-muted"), " ",
            said, " " if said else "", plain(fit(self.words, room)), styled(jump, "bold $text-primary"),
        )  # fmt: skip

    @property
    def whole(self) -> str:
        """All of it in words, for the lines below the list."""
        state = f" ({_SAID[self.state]})" if self.state in _SAID else ""
        return f"{self.label.strip()}{state}: {self.more or self.words}"


def facts_of(read: EpisodeRead) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """Yield every section with its rows, in order."""
    yield _title_of_status(read), tuple(_steps(read))
    waits = sum(line.waits for line in read.flags)
    yield f"Red flags{' · a supervisor decides' if waits else ''}", tuple(_flags(read))
    yield f"Record checklist · {standing(read.checklist)}", tuple(_check(row) for row in read.checklist)
    yield (
        "Assessment",
        tuple(
            Fact(
                f"assessment:{one.code}",
                one.label,
                one.words,
                "done" if one.done else "look" if one.needed else "later",
                "a",
            )
            for one in read.elements
        ),
    )
    yield (
        "Intake",
        tuple(
            Fact(
                f"check:{one.code}",
                SHORT[one.code],
                one.words,
                "done" if one.done else "look",
                "v",
                f"{one.label}. {one.words}",
            )
            for one in read.checks
        ),
    )
    yield (
        "Referral",
        tuple(Fact(f"referral:{label}", label, words) for label, words in read.referral)
        or (Fact("referral:", "Referral", "nothing is written down", "look", "o"),),
    )
    yield (
        "Care",
        tuple(Fact(f"care:{label}", label, words) for label, words in read.care)
        or (Fact("care:", "Care", "nothing is written down", "look", "l"),),
    )


def _title_of_status(read: EpisodeRead) -> str:
    said = [STATUSES.get(read.status, read.status or "No episode yet")]
    if read.since:
        said.append(f"since {read.since}")
    if read.waiting_days is not None:
        said.append(_days(read.waiting_days, "waiting"))
    if read.week is not None:
        said.append(f"week {read.week}")
    return " · ".join(said)


def _days(count: int, what: str) -> str:
    return f"{count} {'day' if count == 1 else 'days'} {what}"


def _steps(read: EpisodeRead) -> Iterator[Fact]:
    for number, one in enumerate(read.steps):
        words = " · ".join(filter(None, (one.on, one.by, one.reason)))
        yield Fact(f"step:{number}", STATUSES.get(one.to, one.to), words)
    if read.waitlist_contact:
        yield Fact(
            "wait",
            "While waiting",
            f"speak with them by {read.waitlist_contact} · P prints crisis help",
            jump="t",
        )
    elif read.status == "waitlist":
        yield Fact("wait", "While waiting", "no weekly contact is planned: t makes the task", "look", "t")
    if read.step_down:
        since = (
            f", {_days(read.discharged_there_days, 'ago')}" if read.discharged_there_days is not None else ""
        )
        on = str(read.values.get("step_down_on") or "")
        yield Fact("down", "Step-down", f"from {read.step_down}{f', discharged {on}' if on else ''}{since}")
    if read.review is not None:
        yield Fact("review", "Length", f"look at the length in week {read.review[0]}, from {read.review[1]}")
    if read.overdue:
        said = f"than planned since {read.planned_until}: say why"
        yield Fact("length", "Stays longer", said, "look", "x")
    elif read.planned_until:
        yield Fact(
            "length", "Planned until", f"the day before {read.planned_until} · x says why they stay longer"
        )
    for number, words in enumerate(read.extensions):
        yield Fact(f"extension:{number}", "Stays longer", words)
    if read.care_waits:
        yield Fact("approval", "Approval", "a change waits for a supervisor's approval", "look")
    if read.draft:
        yield Fact("draft", "Begun", "a change was begun and is not saved: enter goes on with it", "look")
    if read.earlier:
        yield Fact(
            "earlier",
            "Before",
            f"{read.earlier} earlier {'episode' if read.earlier == 1 else 'episodes'} in the chart",
        )
    if not read.steps and not read.draft:
        yield Fact(
            "none",
            "Status",
            "not referred yet: s begins" if not read.status else "its steps are on the server only",
        )


def _flags(read: EpisodeRead) -> Iterator[Fact]:
    for line in read.flags:
        what = "; ".join(line.raised) or "none of the three"
        where = "with the risk" if line.at == "risk" else "at intake"
        more = " · ".join(filter(None, (what, line.remark, f"{where}, {line.by}", *line.decided)))
        state = DECIDE if line.waits else "done"
        words = what if line.waits else " · ".join((*line.decided[:1], what))
        yield Fact(f"flag:{line.item}", line.on, words, state, "d" if line.waits else "", more)
    if not read.flags:
        yield Fact("flag:", "Red flags", "not asked yet", "look", "f")


def _check(row: CheckRow) -> Fact:
    return Fact(f"row:{row.code}", row.label, row.words, row.state, KEYS.get(row.jump, ""))


def rows_of(read: EpisodeRead) -> tuple[list[Row], dict[str, Fact]]:
    """Return what the list shows, and each fact by the key of its row."""
    rows: list[Row] = []
    facts: dict[str, Fact] = {}
    for title, found in facts_of(read):
        rows.append(Row("", partial(_heading, title), heading=True))
        for fact in found:
            facts[fact.key] = fact
            rows.append(Row(fact.key, fact.draw))
    return rows, facts


def _heading(words: str, _: int) -> Content:
    return styled(words, "")
