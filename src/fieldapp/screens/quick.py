"""Quick entry: contacts by one typed line each, read aloud on screen while it is typed, several in a row."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from ..clinical.quick_entry.people import Whom
from ..clinical.quick_entry.reading import Desk, Reading, Trouble, read
from ..clinical.times import day_of, floor_minute
from ..records.defaults import setting
from ..widgets.form_line import PROSE_CHARS, LineInput
from ..widgets.text import plain
from . import contact_rules as rules
from .acknowledge import Acknowledge, must_read
from .base import FormScreen, Unsaved
from .contact_after import after_contact
from .form_values import write_focus
from .keys import key
from .quick_shown import (
    CANDIDATES,
    Logged,
    candidate_rows,
    growing,
    logged_rows,
    logged_words,
    plan_rows,
    reading_rows,
)
from .quick_values import (
    ASK,
    Come,
    Line,
    asked,
    basis_of,
    come_to,
    for_form,
    kept_line,
    name_in,
    person,
    read_line,
    room_for,
    said_again,
    written_line,
)
from .reason_ask import Sure
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, ContactStart, Draft, LogDesk

LONGEST_LINE = 2 * PROSE_CHARS
"""Letters that the line holds: whole pages pasted by mistake are kept and said to be too long, never cut."""
WIDE = 100
PLAN_CELLS = 44
"""Cells of the day's plan, which stands beside where there is room."""
KEPT = "This line was not finished: enter saves it, f9 throws it away."


class QuickScreen(FormScreen[None]):
    """One line, and what it says."""

    CSS_PATH = ["form.tcss", "quick.tcss"]
    AUTO_FOCUS = "#line"
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
`travel 25m`, `@` and words for where the client was during a call.

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
        key("down", "pick(1)", "Pick", "Go down the clients whom the name may mean.", show=False),
        key("up", "pick(-1)", "Pick up", "Go up the clients whom the name may mean.", show=False),
        key("pageup", "scroll(-1)", "Up", "Scroll up in what was logged.", show=False),
        key("pagedown", "scroll(1)", "Down", "Scroll down in what was logged.", show=False),
        key("escape", "leave", "Back", "Leave; an unfinished line stays and opens again."),
        key("f9", "discard", "Discard", "Throw this line away, after asking.", show=False),
    ]  # fmt: skip

    def __init__(self, client: str | None = None, draft: str | None = None) -> None:
        super().__init__()
        self._opened_for, self._wanted = client, draft
        self.draft: Draft | None = None
        self.logged: list[Logged] = []
        self._people: tuple[Whom, ...] = ()
        self._risks: Mapping[str, str] = {}
        self._desk: LogDesk | None = None
        self._line = Line()
        self._kept = ""
        self._over = self._busy = False
        self._known: tuple[object, ...] = ()
        self._found = Reading("")
        self._starts: dict[tuple[str, str], ContactStart] = {}
        self._saving = asyncio.Lock()
        self._at = -1
        """Which of the candidates is picked out."""
        self._question: tuple[str, str] | None = None
        """(tone, sentence) that stays at the line until the next key."""
        self._asked: set[str] = set()
        """What was asked for this line already."""
        self._read_alerts = ""
        """The client whose alerts were acknowledged for this line."""

    @property
    def client_at_hand(self) -> str | None:
        return self._reading().client or None

    def compose_body(self) -> ComposeResult:
        yield Static(plain("Quick entry: who, when, what; then a comma and the remark"), id="form-head")
        with Horizontal(id="entry"):
            yield Static("›", id="mark")
            yield LineInput(
                placeholder="rivera 9:30 45m home skills g2, calm", most=LONGEST_LINE, part="line"
            )
        yield Static("", id="asking")
        yield Static("", id="candidates")
        with Horizontal(id="columns"):
            with VerticalScroll(id="left", can_focus=False):
                yield Static("", id="read")
                yield Static("", id="logged")
            yield Static("", id="plan", classes="only-wide")

    # Opening

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self._changed())
        self.host.sync_status.subscribe(self, lambda _: self._changed())
        self._open()

    @work(group="open")
    async def _open(self) -> None:
        with self.saying():
            await self._read_desk()
            drafts = await self.host.ask(self.host.laptop.drafts)
            lines = [
                (draft, line)
                for draft in drafts
                if (line := read_line(draft.focus, draft.values)) is not None
            ]
            found = next((pair for pair in lines if pair[0].id == self._wanted), lines[0] if lines else None)
            if found is not None:
                self.draft, self._line = found
                self._kept = self.draft.focus
                self.say(KEPT, tone="note")
            elif self._opened_for is not None:
                who = next((one for one in self._people if one.client == self._opened_for), None)
                if who is not None:
                    text, chosen = name_in("", Reading(""), who)
                    self._line = Line(text, self.host.corrected_ms(), chosen)
            self._put(self._line.text)
            await self._fetch()
            self._show()
            self._show_logged()

    async def _read_desk(self) -> None:
        self._desk = await self.host.ask(self.host.laptop.log_desk)
        self._people = tuple(person(client) for client in self._desk.clients)
        self._risks = {client.client: client.risk for client in self._desk.clients}

    def _put(self, text: str, cursor: int | None = None) -> None:
        """Show a text in the line, with the cursor at its end or at a place."""
        box = self.query_one("#line", LineInput)
        with box.prevent(Input.Changed):
            box.value = text
        box.cursor_position = len(text) if cursor is None else cursor

    # Reading

    def _reads(self) -> Desk:
        at_ms = self._line.at_ms or floor_minute(self.host.corrected_ms())
        visits = self._desk.visits if self._desk else ()
        later = next((visit.client for visit in visits if visit.state == "planned"), "")
        last = self.logged[-1].client if self.logged else ""
        return Desk(self._people, at_ms, self.host.me.tz, self._line.chosen, last, later)

    def _reading(self) -> Reading:
        # Each key asks several times; reading among hundreds of clients is some milliseconds on a slow laptop.
        desk = self._reads()
        known = (self._line.text, desk.now_ms, desk.chosen, desk.last, desk.next, id(desk.people))
        if known != self._known:
            self._known, self._found = known, read(self._line.text, desk)
        return self._found

    def _key_of(self, reading: Reading) -> tuple[str, str]:
        tz, now = self.host.me.tz, self.host.corrected_ms()
        day = reading.day or day_of(reading.start_ms if reading.start_ms is not None else now, tz)
        return reading.client, day.isoformat()

    def _come(self) -> Come:
        reading = self._reading()
        start = self._starts.get(self._key_of(reading)) if reading.client else None
        at_ms = self._line.at_ms or self.host.corrected_ms()
        before = self.logged[-1].values if self.logged else {}
        basis = basis_of(start, reading, at_ms, before)
        return come_to(reading, basis, self.host.me, self.host.corrected_ms(), at_ms)

    async def _fetch(self) -> None:
        """Read what a contact with the client of the line starts from, unless it is known."""
        reading = self._reading()
        wanted = self._key_of(reading)
        if reading.client and wanted not in self._starts:
            self._starts[wanted] = await self.host.ask(self.host.laptop.contact_start, *wanted)

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        with self.saying("reading"):
            await self._fetch()
            self._show()

    @on(Input.Changed, "#line")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == "?" and not self._line.text:
            # In a field the key is a letter; nobody begins a line with it.
            self._put("")
            self._explain()
            return
        chosen = self._line.chosen if event.value.strip() else None
        self._line = Line(event.value, self.host.corrected_ms(), chosen)
        self._at, self._question = -1, None
        self.say("")
        self.edited()
        self._show()
        reading = self._reading()
        if reading.client and self._key_of(reading) not in self._starts:
            self._prepare()

    @work(group="pages")
    async def _explain(self) -> None:
        await self.run_action("app.keys")

    def _show(self) -> None:
        """Show how the line is read."""
        come = self._come()
        reading = come.reading
        start = self._starts.get(self._key_of(reading)) if reading.client else None
        width = self._width
        now, tz = self.host.corrected_ms(), self.host.me.tz
        goals = start.goals if start else ()
        rows = reading_rows(come, start.line if start else None, goals, now, tz, width)
        self.query_one("#read", Static).update(rows)
        candidates = self.query_one("#candidates", Static)
        candidates.update(candidate_rows(reading.candidates, self._risks, self._at, width))
        candidates.set_class(bool(reading.candidates), "-shown")
        if self._question is not None:
            self._say_at_line(*self._question)
        elif come.troubles and not growing(come, come.troubles[0]):
            self._say_at_line("error", f"✗ {come.troubles[0].sentence}")
        else:
            self._say_at_line("note", self._still(come))

    def _still(self, come: Come) -> str:
        if not come.reading.line.strip():
            return "Enter saves, tab opens the whole form, ? explains."
        labels = {"start": "time", "stop": "stop time", "contact_type": "type", "modality": "how", "setting": "where",
                  "client_location": "where the client was"}  # fmt: skip
        names = [] if come.reading.client else ["client"]
        names += [labels.get(one.field, one.field) for one in come.missing if one.field in ASK]
        return f"Still missing: {', '.join(dict.fromkeys(names))}." if names else "Complete: enter saves it."

    def _say_at_line(self, tone: str, sentence: str) -> None:
        asking = self.query_one("#asking", Static)
        for name in ("error", "ask", "note"):
            asking.set_class(name == tone, f"-{name}")
        asking.update(plain(sentence))

    def on_resize(self) -> None:
        """Draw again at the new width."""
        if self._desk is not None:
            self._show()
            self._show_logged()

    # Picking a client

    def action_pick(self, step: int) -> None:
        """Go to the next or the last client whom the name may mean."""
        count = min(CANDIDATES, len(self._reading().candidates))
        if count:
            self._at = max(0, min(count - 1, self._at + step if self._at >= 0 else 0))
            self._show()

    async def _take(self, who: Whom, reading: Reading) -> None:
        text, chosen = name_in(self._line.text, reading, who)
        self._line = Line(text, self._line.at_ms, chosen)
        self._at, self._question = -1, None
        self._put(text)
        self.edited()
        await self._fetch()
        self._show()

    # The draft

    def unsaved(self) -> Unsaved | None:
        if self.draft is None or self._over:
            return None
        focus = written_line(self._line)
        return None if focus == self._kept else Unsaved(self.draft.id, kept_line(self._line), focus)

    def saved(self, draft: Any) -> None:
        self.draft, self._kept = draft, draft.focus

    async def flush(self) -> None:
        """Save the line now; the draft is made with its first letter and goes with its last."""
        async with self._saving:
            if self._over:
                return
            if self.draft is None:
                if self._line.text.strip():
                    focus = written_line(self._line)
                    values = kept_line(self._line)
                    start = self.host.laptop.start_unnamed
                    self.saved(await self.host.ask(start, "contact", values, focus))
            elif not self._line.text.strip():
                draft, self.draft, self._kept = self.draft, None, ""
                await self.host.ask(self.host.laptop.discard_draft, draft.id)
            await super().flush()

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
        wanted = asked([one for one in come.missing if one.stops or one.field not in self._asked])
        if wanted is not None:
            self._asked.add(wanted[0])
            self._ask(
                wanted[0], ASK.get(wanted[0], wanted[1]) if not come.values.get(wanted[0]) else wanted[1]
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
            if not await self.app.push_screen_wait(Acknowledge(line.name, line.risk, stops)):
                return False
            self._read_alerts = line.client
        return True

    async def _logged(self, draft: Draft, come: Come, line: ClientLine) -> None:
        now, tz = self.host.corrected_ms(), self.host.me.tz
        words = logged_words(come.values, now, tz)
        self.logged.append(Logged(draft.record, line.client, line.name, line.risk, words, dict(come.values)))
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
        self._put("")

    async def _attempts(self, line: ClientLine, values: Mapping[str, Any]) -> str:
        """Return what is to be considered after so many attempts (clinical.md 2.8); "" before that."""
        if values.get("outcome") not in rules.ATTEMPTS:
            return ""
        rows = await self.host.ask(self.host.laptop.timeline, line.client, 0, 20, ("contact",))
        count = rules.attempts_in_a_row(rows)
        if count < setting(self.host.me.settings, "attempts_before_escalate"):
            return ""
        return f" {count} attempts without seeing them: consider {rules.NEXT_STEPS}. f7 plans the next try."

    # What was logged

    def _changed(self) -> None:
        # Alerts, plans and names may have changed under the line.
        self._starts.clear()
        if self.is_current or self.logged:
            self._follow()

    @work(group="pages", exclusive=True)
    async def _follow(self) -> None:
        with self.saying("reading"):
            await self._fetch()
            pending = await self.host.ask(self.host.laptop.pending)
            states = {line.record: line.words for line in reversed(pending)}
            self.logged = [replace(one, state=states.get(one.record, "sent")) for one in self.logged]
            self._show_logged()
            self._show()

    def _show_logged(self) -> None:
        self.query_one("#logged", Static).update(logged_rows(self.logged, self._width))
        visits = self._desk.visits if self._desk else ()
        self.query_one("#plan", Static).update(plan_rows(visits, self.host.zone, PLAN_CELLS))

    @property
    def _width(self) -> int:
        """Cells of the column that shows how the line is read."""
        return max(40, self.size.width - 6 - (PLAN_CELLS + 3 if self.size.width >= WIDE else 0))

    def action_scroll(self, pages: int) -> None:
        """Scroll what was logged."""
        left = self.query_one("#left", VerticalScroll)
        left.scroll_relative(y=pages * max(1, left.size.height - 1), animate=False)

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
            if await after_contact(self, line, last.values) == "note":
                self.host.open("note", client=last.client, contact=last.record)

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
