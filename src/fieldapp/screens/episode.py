"""A client's episode: how it came about and stands, red flags, what the record lacks, and the next step in two keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from ..records.episode_tables import STATUSES
from ..records.kinds.risk import STEP_UP
from ..widgets.flags import titled
from ..widgets.identity import called
from ..widgets.row_list import RowList
from ..widgets.text import plain
from . import routes
from .client_list import ClientListScreen
from .episode_rows import Fact, rows_of
from .keys import BACK, REFRESH, key
from .reason_ask import AskReason, Choose
from .red_flags import AskRedFlags

if TYPE_CHECKING:
    from ..store.episode_models import EpisodeRead
    from ..store.models import ClientLine

NEW = "new"
_PARTS = {"assessment": "assessment", "check": "checks", "referral": "referral", "care": "care"}
_JUMPS = {
    "plan": "goals", "note": "note", "medicines": "medications", "consent": "face_sheet", "client": "face_sheet",
    "discharge": "discharge",
}  # fmt: skip
"""Jump of a line of the checklist to the route that mends it."""


class EpisodeScreen(ClientListScreen["EpisodeRead"]):
    """One client's episode."""

    CSS_PATH = ["form.tcss", "episode.tcss"]
    AUTO_FOCUS = "#episode"
    HEAD = "Episode of"
    HELP = (
        "# Episode\n\nFrom the referral to admission: each step with its day, who took it and why. `s` takes the next step. "
        "`f` asks the red flags; any yes is a supervisor's task at once, and `d` writes what they decide. The checklist says "
        "in a word how each part of the record stands: `✓ in order`, `! look at it`, `✕ MISSING`, `· not yet`. Enter, or the "
        "key at the end of a line, opens where it is mended."
    )
    BINDINGS = [
        key("s", "step", "Step", "Take the next step: assess, accept, waitlist, decline, redirect, admit."),
        key("f", "flags", "Red flags", "Ask the red flags."),
        key("d", "decide", "Decide", "Decide about a higher level of care."),
        key(
            "a",
            "part('assessment')",
            "Assessment",
            "Write down where each element of the assessment is found.",
        ),
        key("v", "part('checks')", "Intake", "Coverage, video, transport, letter."),
        key(
            "x",
            "part('extend')",
            "Stays longer",
            "Say why somebody stays longer than planned, and until when.",
        ),
        key("l", "part('care')", "Care", "Change level of care, tier, program or format.", show=False),
        key("o", "part('referral')", "Referral", "Who refers, when, why.", show=False),
        REFRESH,
        BACK,
    ]

    def __init__(self, client: str) -> None:
        super().__init__(client)
        self._facts: dict[str, Fact] = {}

    @property
    def print_at_hand(self) -> str:
        """While somebody waits, the paper with what helps in a crisis."""
        return "blank_plan" if self._read is not None and self._read.status == "waitlist" else ""

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield RowList("Nothing is written down.", id="episode")
        yield Static("", id="detail")

    async def read_list(self) -> EpisodeRead:
        """Read the episode from the laptop."""
        return await self.host.ask(self.host.laptop.episode, self._client)

    def draw(self, read: EpisodeRead, line: ClientLine) -> None:
        """Put the rows on screen."""
        rows, self._facts = rows_of(read)
        self.rows.show(rows)
        self._tell()

    @on(RowList.Moved, "#episode")
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        fact = self._facts.get(self.rows.key)
        self.query_one("#detail", Static).update(plain(fact.whole if fact else ""))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what cannot be done now, or by this person."""
        read = self._read
        if action == "part" and parameters == ("extend",) and (read is None or not read.planned_until):
            return False
        if action in ("step", "part"):
            return True if read is not None and read.may_write else None
        if action == "decide":
            return (
                True
                if read is not None and read.may_decide and any(one.waits for one in read.flags)
                else None
            )
        return super().check_action(action, parameters)

    # Doing

    @on(RowList.Chosen, "#episode")
    def _chosen(self, event: RowList.Chosen) -> None:
        read, group, _, name = self._read, *event.key.partition(":")
        if read is None:
            return
        if group == "row":
            row = next(row for row in read.checklist if row.code == name)
            self._jump(row.jump)
        elif group in _PARTS:
            held = next(
                (one.record for one in read.elements if group == "assessment" and one.code == name), ""
            )
            if held:
                self.host.open("record", record=held)
            else:
                self.action_part(_PARTS[group])
        elif group == "flag":
            if read.may_decide and any(one.item == name and one.waits for one in read.flags):
                self.action_decide()
            elif not name:
                self.action_flags()
        elif group == "draft":
            self.host.open("episode_form", client=self._client, draft=read.draft)
        elif group == "length":
            self.action_part("extend")
        elif group == "wait":
            self.host.open("tasks", client=self._client)
        elif read.record:
            self.host.open("record", record=read.record)

    def _jump(self, where: str) -> None:
        if where in ("assessment", "referral"):
            self.action_part(where)
        elif _JUMPS[where] in routes.ROUTES:
            self.host.open(_JUMPS[where], client=self._client)
        else:
            self.say("Nothing is written here: the client is still with us.", tone="note")

    def action_part(self, part: str) -> None:
        """Write one part of the episode."""
        read = self._read
        if read is None:
            return
        if not read.may_write:
            self.say("A case manager, clinician, supervisor or the records role writes this.")
        else:
            self.host.open("episode_form", part=part, client=self._client)

    @work(group="step", exclusive=True)
    async def action_step(self) -> None:
        """Take the next step."""
        read, line = self._read, self._line
        if read is None or line is None:
            return
        if not read.next:
            if read.status in ("active", "on_hold"):
                self.say("Admitted: a stay elsewhere or the discharge is written by itself.", tone="note")
                return
            offered: tuple[tuple[str, str], ...] = ((NEW, "New referral"),)
        elif not read.record:
            offered = ((NEW, "New referral"),)
        else:
            offered = tuple((code, STATUSES[code]) for code in read.next)
        now = STATUSES.get(read.status, "No episode yet")
        code = await self.app.push_screen_wait(Choose("Next step", f"{called(line)}: {now}", offered))
        if code == NEW:
            self.host.open("episode_form", client=self._client, new=True)
        elif code is not None:
            self.host.open("episode_form", part="step", client=self._client, step=code)

    @work(group="flags", exclusive=True)
    async def action_flags(self) -> None:
        """Ask the red flags."""
        line, host = self._line, self.host
        if line is None:
            return
        with self.saying():
            answers = await self.app.push_screen_wait(
                AskRedFlags(titled("Red flags", called(line), line.risk))
            )
            if answers is None:
                return
            await host.ask(host.laptop.ask_red_flags, self._client, answers.flags, answers.remark)
            host.touched(self._client)
            raised = any(answers.flags.values())
            self.say(
                "A supervisor is asked now." if raised else "None of the three.",
                tone="warning" if raised else "done",
            )

    @work(group="decide", exclusive=True)
    async def action_decide(self) -> None:
        """Write what is decided about the red flags that wait."""
        line, host = self._line, self.host
        if line is None:
            return
        with self.saying():
            title = titled("Higher level of care?", called(line), line.risk)
            asked = AskReason(title, "", tuple(STEP_UP.items()), label="Why", need_text=True)
            answer = await self.app.push_screen_wait(asked)
            if answer is None:
                return
            why = answer.text.partition(": ")[2] if answer.category else answer.text
            await host.ask(host.laptop.decide_step_up, self._client, answer.category, why)
            host.touched(self._client)
            self.say("Decided; the task is done.", tone="done")
