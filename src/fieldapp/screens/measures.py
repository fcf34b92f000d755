"""A client's measures: what can be asked, and how each went over time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import local
from ..records.instruments.change import change_words, course
from ..records.instruments.model import Instrument
from ..records.instruments.suicide import ALL as SCREENS
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, plain, styled
from ..widgets.trend import Point, Stretch, draw_trend, most_points
from .client_list import ClientListScreen
from .keys import BACK, REFRESH, key
from .reason_ask import AskReason

if TYPE_CHECKING:
    from ..store.models import ClientLine, MeasureLine, MeasureOffer, MeasuresRead

CHART_ROWS, CHART_ROWS_TALL = 7, 15


def day_words(ms: int, now_ms: int, tz: str) -> str:
    """Return a day in a few letters: `12 Nov`, of another year `Nov 25`."""
    shown, today = local(ms, tz), local(now_ms, tz)
    return f"{shown.day} {shown:%b}" if shown.year == today.year else f"{shown:%b} {shown:%y}"


def in_order(read: MeasuresRead, screen_needed: bool) -> tuple[MeasureOffer, ...]:
    """Return what can be asked: a screen that is due first, then what was begun, then as it is offered."""
    screens = [known.code for known in SCREENS]
    begun = {draft.instrument for draft in read.drafts}

    def place(offer: MeasureOffer) -> int:
        code = offer.instrument.code
        if screen_needed and code in screens:
            return 0
        return 1 if code in begun else 2

    return tuple(sorted(read.offered, key=place))


def drawn_row(
    offer: MeasureOffer, found: Sequence[MeasureLine], begun: int | None, day: str, width: int
) -> Content:
    """Return one instrument's line: name, last result and its day, or what it is about."""
    known = offer.instrument
    name = styled(fit(known.name, 16), "bold")
    if begun is not None:
        said = styled(f"▸ begun, {begun} answered: enter goes on", "$text-warning")
        return join(" ", name, " ", said)
    last = found[-1] if found else None
    if last is None:
        return join(" ", name, " ", styled(fit(known.about, width - 19), "$text-muted"))
    times = f"{len(found)}×"
    room = max(8, width - 19 - 13)
    return join(
        " ",
        name,
        " ",
        fit(last.result, room),
        " ",
        styled(fit(day, 7), "$text-muted"),
        styled(f"{times:>4}", "$text-muted"),
    )


class MeasuresScreen(ClientListScreen["MeasuresRead"]):
    """Instruments and courses of one client."""

    CSS_PATH = ["form.tcss", "measure.tcss"]
    HEAD = "Measures of"
    AUTO_FOCUS = "#instruments"
    HELP = (
        "# Measures\n\nEnter asks the instrument that is picked out, or goes on with one that was begun. Below is how it "
        "went so far: the number stands at each point, the bands are named at the right. O opens the last result, to read, "
        "correct or add to it."
    )
    BINDINGS = [
        key("o", "read", "Last result", "Open the last result of this instrument."),
        REFRESH,
        BACK,
    ]

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with Container(id="measures-columns"):
            yield RowList("Nothing can be asked here.", id="instruments")
            with VerticalScroll(id="course", can_focus=False):
                yield Static("", id="course-text", markup=False)

    async def read_list(self) -> MeasuresRead:
        """Return the client's measures."""
        return await self.host.ask(self.host.laptop.measures, self._client)

    def draw(self, read: MeasuresRead, line: ClientLine) -> None:
        """Show the instruments and the course of the one that is picked out."""
        begun = {draft.instrument: draft.answered for draft in read.drafts}
        shown = []
        for offer in in_order(read, line.risk == "screen_needed"):
            code = offer.instrument.code
            found = [one for one in read.lines if one.instrument == code]
            day = self._day(found[-1].at_ms) if found else ""
            shown.append(Row(code, partial(drawn_row, offer, found, begun.get(code), day)))
        self.rows.show(shown)
        self._show_course()

    def _day(self, ms: int) -> str:
        return day_words(ms, self.host.corrected_ms(), self.host.me.tz)

    @on(RowList.Moved, "#instruments")
    def _moved(self) -> None:
        self._show_course()

    def on_resize(self) -> None:
        """Draw the course anew at its new size."""
        self.call_after_refresh(self._show_course)

    def _offer(self) -> MeasureOffer | None:
        offered = self._read.offered if self._read is not None else ()
        return next((offer for offer in offered if offer.instrument.code == self.rows.key), None)

    def _of_instrument(self) -> list[MeasureLine]:
        found = self._read.lines if self._read is not None else ()
        return [line for line in found if line.instrument == self.rows.key]

    def _show_course(self) -> None:
        offer = self._offer()
        if offer is None or not self.is_attached:
            return
        text = self.query_one("#course-text", Static)
        text.update(
            self._course(
                offer.instrument, self._of_instrument(), max(40, self.query_one("#course").size.width - 3)
            )
        )
        self.refresh_bindings()

    def _course(self, known: Instrument, found: Sequence[MeasureLine], width: int) -> Content:
        heading = styled(f"{known.name} · {known.about}", "bold $text-primary")
        if not found:
            return lines(heading, "Not asked yet. Enter asks it now.")
        shown: list[Content | str] = []
        titles = list(dict.fromkeys(line.title for line in found))
        for title in titles:
            of_title = [line for line in found if line.title == title]
            shown += [styled(title, "bold") if title else heading, *self._course_of(known, of_title, width)]
        return lines(*shown)

    def _course_of(self, known: Instrument, found: Sequence[MeasureLine], width: int) -> list[Content | str]:
        scored = [line for line in found if line.total is not None]
        totals = [line.total for line in scored if line.total is not None]
        flow = course(totals, known.change)
        if flow is None or known.triage:
            recent = [
                f"{self._day(line.at_ms):<7} {line.result} · {line.author}" for line in reversed(found[-8:])
            ]
            return [plain(line) for line in recent]
        said = f"First {flow.first} · last {flow.last} · best {flow.best} · {len(totals)}×"
        tall = self.app.size.height >= 32
        rows = CHART_ROWS_TALL if tall else CHART_ROWS
        points = [
            Point(line.at_ms, line.total, self._day(line.at_ms)) for line in scored if line.total is not None
        ]
        bands = [Stretch(band.label, band.least, band.most) for band in known.bands]
        hidden = len(points) - most_points(width)
        shown: list[Content | str] = [
            plain(said + (f" · the last {most_points(width)} drawn" if hidden > 0 else ""))
        ]
        if len(points) > 1:
            shown.append(draw_trend(points, known.least, known.most, bands, width, rows))
        else:
            shown.append(plain(f"{self._day(found[-1].at_ms)}: {found[-1].result}"))
        return shown + [plain(sentence) for sentence in change_words(known, totals)]

    @on(RowList.Chosen, "#instruments")
    def _chosen(self) -> None:
        offer = self._offer()
        if offer is not None:
            self._ask(offer)

    @work(group="ask")
    async def _ask(self, offer: MeasureOffer) -> None:
        known, read = offer.instrument, self._read
        if read is None:
            return
        draft = next((draft.draft for draft in read.drafts if draft.instrument == known.code), None)
        if known.score_only:
            self.host.open("measure_number", client=self._client, instrument=known.code, draft=draft)
            return
        title = ""
        if known.titled and draft is None:
            titles = list(dict.fromkeys(line.title for line in reversed(self._of_instrument()) if line.title))
            options = [(str(place), text) for place, text in enumerate(titles[:6], 1)]
            answer = await self.app.push_screen_wait(
                AskReason("Which goal?", "One that was rated before, or a new one in the client's words.",
                          options, label="New goal" if options else "The goal")
            )  # fmt: skip
            if answer is None:
                return
            title = answer.text
        self.host.open("measure", client=self._client, instrument=known.code, draft=draft, title=title)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what has nothing to work on."""
        if action == "read":
            return True if self._read is not None and self._of_instrument() else None
        return super().check_action(action, parameters)

    def action_read(self) -> None:
        """Open the last result."""
        found = self._of_instrument()
        if found:
            self.host.open("record", record=found[-1].record, entry=found[-1].entry)
