"""Where a client goes, why, and who works with them from then on: one dialog, which says what the move brings about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.move import WHY
from ..widgets.flags import STYLES
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.text import lines, plain, styled
from .base import Dialog
from .keys import key

if TYPE_CHECKING:
    from ..store.board_models import MoveTeam


@dataclass(frozen=True, slots=True)
class Moved:
    """What was answered."""

    team: str
    why: str
    reason: str
    primary: str
    """"" while nobody is named yet, or the one before stays."""


def consequences(team: MoveTeam, primary: str) -> list[tuple[str, bool]]:
    """Return what a move to a team brings about, in sentences, each with whether it is a warning.

    Args:
        primary: the name of who takes over; "" for nobody yet.
    """
    said: list[tuple[str, bool]] = []
    if team.going:
        said.append((f"The time of {_listed(team.going)} with the client ends.", False))
    visits = "1 planned visit" if team.visits == 1 else f"{team.visits} planned visits"
    if primary:
        said.append(
            (f"{primary} is primary worker from today{f' and gets {visits}' if team.visits else ''}.", False)
        )
    elif team.visits:
        how = "choose who takes over" if team.staff else "nobody works there yet, so cancel first"
        said.append((f"{visits}: {how}.", True))
    elif team.keeps:
        said.append((f"{team.keeps} stays primary worker.", False))
    else:
        said.append((f"A task asks the supervisor of {team.name} to name a primary worker.", True))
    if team.other_program:
        said.append((f"The open episode goes along into {team.program}.", False))
    said.append(
        ("It holds once it is sent; the chart then leaves laptops that do not read the new team's.", False)
    )
    return said


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class AskMove(Dialog[Moved | None]):
    """To which team, why, and who takes over.

    Args:
        teams: where the client may go, at least one.
    """

    CSS_PATH = ["form.tcss", "assign.tcss"]
    AUTO_FOCUS = ""
    HELP = (
        "# Move to another team\n\nThe team decides who reads the chart. The move holds from the moment the server has it, so "
        "send soon; until then the client is where they were. Whoever does not work in the new team ends today, and their "
        "visits and tasks go to the new primary worker. Without one, a task asks that team's supervisor to name somebody. "
        "Ctrl+s writes it."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Move", "Write the move.", priority=True),
        key("escape", "back", "Back", "Do nothing."),
    ]

    def __init__(self, title: str, teams: Sequence[MoveTeam]) -> None:
        super().__init__()
        self._title, self._teams = title, {one.id: one for one in teams}

    def compose_body(self) -> ComposeResult:
        several = len({one.program for one in self._teams.values()}) > 1
        offered = [
            (one.id, f"{one.name} · {one.program}" if several else one.name) for one in self._teams.values()
        ]
        yield Static(plain(self._title), classes="title")
        yield FormChoice("team", "To", offered)
        yield FormChoice("why", "Why", WHY)
        yield FormLine("reason", "In words", placeholder="what the new team should know")
        yield FormChoice("primary", "Primary", (), none="choose the team first")
        yield Static("", id="told")

    def on_mount(self) -> None:
        self.query(FormField).first().land()

    def _value(self, name: str) -> str:
        return str(self.query_one(f"#field-{name}", FormField).values().get(name) or "")

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        team = self._teams.get(self._value("team"))
        if team is None:
            return
        primary = self.query_one("#field-primary", FormChoice)
        if event.field.field == "team":
            primary.box.none = f"{team.keeps} stays" if team.keeps else "nobody named yet"
            primary.box.offer(team.staff)
            if primary.value not in dict(team.staff):
                primary.restore({}, {})
        said = consequences(team, dict(team.staff).get(self._value("primary"), ""))
        told: list[Content] = [
            styled(("! " if warns else "") + words, STYLES["warning" if warns else "note"])
            for words, warns in said
        ]
        self.query_one("#told", Static).update(lines(*told))

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        fields = list(self.query(FormField))
        later = fields[fields.index(event.field) + 1 :]
        if later:
            later[0].land()

    def action_go(self) -> None:
        """Write the move."""
        for field in self.query(FormField):
            wrong = field.check() or self._missing(field.field)
            if wrong:
                field.complain(wrong)
                field.land()
                return
        self.dismiss(
            Moved(self._value("team"), self._value("why"), self._value("reason"), self._value("primary"))
        )

    def _missing(self, field: str) -> str:
        value = self._value(field)
        if field == "reason":
            return "Say in a few words why." if self._value("why") == "other" and not value else ""
        if field == "primary":
            team = self._teams[self._value("team")]
            return (
                "Visits are planned: choose who takes over, or cancel them first."
                if team.visits and not value
                else ""
            )
        return "" if value else {"team": "Choose the team.", "why": "Choose why."}[field]

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)
