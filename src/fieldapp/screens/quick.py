"""Quick entry: contacts by one typed line each, several in a row; saving them and what goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widgets import Input

from ..clinical.contact_entry import ATTEMPTS
from ..clinical.quick_entry.reading import Trouble, read
from ..widgets.form_line import LineInput
from ..widgets.identity import called
from .acknowledge import acknowledged, must_read
from .contact_after import after_contact, ladder_words
from .form_values import write_focus
from .keys import key
from .quick_line import QuickLine
from .quick_shown import (
    Logged,
    logged_words,
)
from .quick_values import (
    ASK,
    Come,
    Line,
    asked,
    for_form,
    room_for,
    said_again,
    slip_words,
)
from .reason_ask import Sure
from .sign import overrides_for
from .stay_offer import of_contact

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft


class QuickScreen(QuickLine):
    """One line, and what it says."""

    HELP = """# Quick entry

One line logs one contact: **who, when, what came of it**, in any order, then a comma and a remark.

`rivera 9:30 45m home skills g2 calm, took meds`
`jd no answer` · `jd na` · `okafor now-45` · `lucia 45m`

**Who**: last or first name, nickname, initials (`jd`), street, `#number`. If two fit: down arrow, enter.
`next` is the next client on today's plan.

**When**: `9:30 45m`, `9:30-10:15`, `2-3pm`, `45m` and `now-45` up to now, `yesterday 14:00 30m`,
`tue 9:30 45m`, `23:50-00:20`. An attempt without a time is now.

**What**: `na` no answer, `nh` not home, `lm` left message, `ns` no show, `cancelled`, `declined`; a length
means completed. `home office shelter street phone video`, `skills cm meds counseling peer`, `g1 g2` goals,
`travel 25m`, `@` and words for where the client was during a call; of a call also `consent ok`, `private`,
`no camera` or `zoom`, and `em 425-555-0100` for whom to call there. What the last call said is taken over.

What you leave out comes from the plan or the last contact; the grey words say which. Enter saves and
empties the line for the next one. `again` (or f6) repeats the last one with a new time: `again jd 30m`.
Tab opens the whole form with everything filled in; f7 goes on with the last one: note, or next try.
"""
    BINDINGS = [
        key("ctrl+s", "send", "Save", "Save this contact and go on with the next; ctrl+s does the same.", priority=True,
            shown_key="enter"),
        key("tab", "form", "Form", "Open the whole form with everything that was typed.", priority=True),
        key("f6", "again", "Again", "Repeat the last contact of this sitting with a new time."),
        key("f7", "go_on", "Note, next try", "Write the note of the last contact logged here, or plan the next try."),
        key("down", "pick(1)", "Pick", "Go down the clients whom the name may mean, or take the word that was meant.", show=False),
        key("up", "pick(-1)", "Pick up", "Go up the clients whom the name may mean.", show=False),
        key("pageup", "scroll(-1)", "Up", "Scroll up in what was logged.", show=False),
        key("pagedown", "scroll(1)", "Down", "Scroll down in what was logged.", show=False),
        key("escape", "leave", "Back", "Leave; an unfinished line stays and opens again."),
        key("f9", "discard", "Discard", "Throw this line away, after asking.", show=False),
    ]  # fmt: skip

    # Saving

    @on(Input.Submitted, "#line")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_send()

    def action_send(self) -> None:
        """Save this contact, or ask for what is missing."""
        if not self._busy and self._desk is not None:
            self._send()

    @work(group="send")
    async def _send(self) -> None:
        self._busy = True
        try:
            with self.saying():
                await self._send_checked()
        finally:
            self._busy = False

    async def _send_checked(self) -> None:
        if not self._line.text.strip():
            self._ask("client", ASK["client"])
            return
        await self._fetch()
        come = self._come()
        reading = come.reading
        if reading.candidates and (self._at >= 0 or len(reading.candidates) == 1):
            await self._take(reading.candidates[max(0, self._at)], reading)
            return
        if come.troubles:
            self._stop_at(come.troubles[0])
            return
        if not reading.client:
            self._ask("client", ASK["client"])
            return
        if reading.slip is not None and "slip" not in self._asked:
            self._asked.add("slip")
            self._question = ("ask", f"→ {slip_words(reading)}")
            self._show()
            return
        wanted = asked([one for one in come.missing if one.stops or one.field not in self._asked])
        if wanted is not None:
            self._asked.add(wanted[0])
            self._ask(
                wanted[0],
                ASK.get(wanted[0], wanted[1]) if come.values.get(wanted[0]) in (None, "") else wanted[1],
            )
            return
        await self._save(come)

    def _stop_at(self, trouble: Trouble) -> None:
        self.query_one("#line", LineInput).cursor_position = trouble.stop
        self._question = ("error", f"✗ {trouble.sentence}")
        self._show()

    def _ask(self, name: str, sentence: str) -> None:
        """Ask for one thing; the answer is typed into the same line, before the remark."""
        text, cursor = room_for(self._reading())
        self._line = replace(self._line, text=text)
        self._put(text, cursor)
        self._question = ("ask", f"→ {sentence}")
        self._show()

    async def _save(self, come: Come) -> None:
        host = self.host
        await self.flush()
        draft = self.draft
        start = self._starts[self._key_of(come.reading)]
        if draft is None or not await self._acknowledged(start.line):
            return
        await host.ask(host.laptop.name_draft, draft.id, come.reading.client)
        await host.ask(host.laptop.save_draft, draft.id, come.values, self._kept)
        problems = await host.ask(host.laptop.problems, draft.id)
        stops = [problem for problem in problems if problem.stops]
        if stops:
            self._ask(stops[0].field, stops[0].sentence)
            return
        arguments = await overrides_for(self, problems)
        if arguments is None:
            return
        self._over = True
        try:
            await host.ask(host.laptop.submit, draft.id, **arguments)
        finally:
            self._over = False
        host.touched(draft.record)
        await self._logged(draft, come, start.line)

    async def _acknowledged(self, line: ClientLine) -> bool:
        """Have the client's alerts read once for this contact, as the contact form does."""
        stops = must_read(line.alerts)
        if stops and self._read_alerts != line.client:
            if not await acknowledged(self, line.client, called(line), line.risk, stops):
                return False
            self._read_alerts = line.client
        return True

    async def _logged(self, draft: Draft, come: Come, line: ClientLine) -> None:
        now, tz = self.host.corrected_ms(), self.host.me.tz
        words = logged_words(come.values, now, tz)
        self.logged.append(
            Logged(draft.record, line.client, called(line), line.risk, words, dict(come.values))
        )
        self._begin()
        await self._read_desk()
        self.say(f"Logged: {line.name} · {words}.{await self._attempts(line, come.values)}", tone="done")
        self._show_logged()
        self._show()

    def _begin(self) -> None:
        """Begin an empty line."""
        self.draft, self._kept, self._line = None, "", Line()
        self._at, self._read_alerts, self._question = -1, "", None
        self._asked.clear()
        self._starts.clear()
        self._codings.clear()
        self._put("")

    async def _attempts(self, line: ClientLine, values: Mapping[str, Any]) -> str:
        """Return what is to be considered after so many attempts (clinical.md 2.8); "" before that."""
        if values.get("outcome") not in ATTEMPTS:
            return ""
        ladder = await self.host.ask(self.host.laptop.ladder, line.client)
        if not ladder.climbed:
            return ""
        words = ladder_words(ladder, self.host.corrected_ms(), self.host.me.tz)
        return f" {words} without seeing them; your supervisor has a task. f7: what else to try."

    # Beside the line

    def action_again(self) -> None:
        """Begin a line that repeats the last contact; its time is typed anew."""
        if not self.logged:
            self.say("Nothing was logged here yet that could be repeated.", tone="note")
        elif self._line.text.strip():
            self.say("Save or clear this line first: f6 writes the last one into an empty line.", tone="note")
        else:
            self._repeat(self.logged[-1])

    @work(group="open")
    async def _repeat(self, last: Logged) -> None:
        with self.saying():
            start = await self.host.ask(self.host.laptop.contact_start, last.client)
            desk = self._reads()
            text, cursor = room_for(read(said_again(last.values, last.client, desk, start.goals), desk))
            self._line = Line(text, self.host.corrected_ms())
            self._put(text, cursor)
            self.edited()
            await self._fetch()
            self._question = ("ask", f"→ {ASK['start']}")
            self._show()

    @work(group="after")
    async def action_go_on(self) -> None:
        """Go on with the contact that was logged last: its note, or the next try."""
        if not self.logged:
            self.say("Nothing was logged here yet.", tone="note")
            return
        with self.saying():
            last = self.logged[-1]
            line = await self.host.ask(self.host.laptop.client_line, last.client)
            opens = await after_contact(self, line, last.values)
            if opens == "note":
                self.host.open("note", client=last.client, contact=last.record)
            elif opens == "stay":
                told = of_contact(last.record, last.values, self.host.me.tz)
                self.host.open("stay", client=last.client, values=told)

    @work(group="send")
    async def action_form(self) -> None:
        """Open the whole form with everything that was typed; the line is empty afterwards."""
        with self.saying():
            if self._busy or self._desk is None:
                return
            await self.flush()
            if self.draft is None:
                self.host.open("contact", client=None)
                return
            await self._fetch()
            come = self._come()
            values, typed = for_form(come)
            draft, client = self.draft, come.reading.client
            if client:
                if not await self._acknowledged(self._starts[self._key_of(come.reading)].line):
                    return
                await self.host.ask(self.host.laptop.name_draft, draft.id, client)
            await self.host.ask(
                self.host.laptop.save_draft, draft.id, values, write_focus("outcome", "", typed)
            )
            self._begin()
            self._show()
            self.host.open("contact", draft=draft.id)

    # Leaving

    @work(group="leave")
    async def action_leave(self) -> None:
        """Keep the line and go back."""
        with self.saying():
            await self.flush()
            self._over = True
            self.dismiss()

    @work(group="leave")
    async def action_discard(self) -> None:
        """Throw the line away, after asking."""
        if not self._line.text.strip():
            return
        sure = await self.app.push_screen_wait(
            Sure("Throw this line away?", "What you typed in it is lost. Nothing that was logged is touched.")
        )
        if sure:
            with self.saying():
                self._line = Line()
                self._put("")
                await self.flush()
                self._begin()
                self._show()
