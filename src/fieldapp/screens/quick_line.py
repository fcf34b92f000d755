"""The line of quick entry: how it is read while it is typed, whom it means, and how it is kept as a draft."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from ..clinical.due import start_of_day_ms
from ..clinical.quick_entry.people import Whom
from ..clinical.quick_entry.reading import Desk, Reading, read
from ..clinical.times import day_of, floor_minute
from ..widgets.form_line import PROSE_CHARS, LineInput
from ..widgets.text import plain
from .base import FormScreen, Unsaved
from .quick_shown import (
    CANDIDATES,
    Logged,
    candidate_rows,
    growing,
    logged_rows,
    plan_rows,
    reading_rows,
)
from .quick_values import (
    ASK,
    Come,
    Line,
    basis_of,
    come_to,
    kept_line,
    name_in,
    person,
    read_line,
    slip_words,
    written_line,
)

if TYPE_CHECKING:
    from ..clinical.coding import Coding
    from ..store.models import ContactStart, Draft, LogDesk

LONGEST_LINE = 2 * PROSE_CHARS
"""Letters that the line holds: whole pages pasted by mistake are kept and said to be too long, never cut."""
WIDE = 100
PLAN_CELLS = 44
"""Cells of the day's plan, which stands beside where there is room."""
KEPT = "This line was not finished: enter saves it, f9 throws it away."


class QuickLine(FormScreen[None]):
    """The screen around one line; `QuickScreen` adds what saves it."""

    CSS_PATH = ["form.tcss", "quick.tcss"]
    AUTO_FOCUS = "#line"

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
        self._codings: dict[tuple[str, str], Coding] = {}
        """By client and day."""
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
        coding = self._codings.get(self._key_of(reading)) if reading.client else None
        return come_to(reading, basis, self.host.me, self.host.corrected_ms(), at_ms, coding)

    async def _fetch(self) -> None:
        """Read what a contact with the client of the line starts from, unless it is known."""
        reading = self._reading()
        wanted = self._key_of(reading)
        if reading.client and wanted not in self._starts:
            laptop = self.host.laptop
            around = start_of_day_ms(wanted[1], self.host.me.tz)
            self._codings[wanted] = await self.host.ask(laptop.coding, wanted[0], around)
            self._starts[wanted] = await self.host.ask(laptop.contact_start, *wanted)

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
                  "client_location": "where the client was", "consent_on_file": "consent", "privacy_check": "privacy",
                  "audio_only_reason": "why no video", "emergency_number": "whom to call there"}  # fmt: skip
        if come.reading.slip is not None and come.reading.slip.stop < len(come.reading.line):
            return slip_words(come.reading)
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
        reading = self._reading()
        count = min(CANDIDATES, len(reading.candidates))
        if not count and reading.slip is not None and step > 0:
            text, slip = self._line.text, reading.slip
            before = f"{text[: slip.start]}{reading.meant}"
            self._line = replace(self._line, text=f"{before}{text[slip.stop :]}")
            self._question = None
            self._put(self._line.text, len(before))
            self.edited()
            self._show()
        elif count:
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

    # What was logged

    def _changed(self) -> None:
        # Alerts, plans and names may have changed under the line.
        self._starts.clear()
        self._codings.clear()
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
