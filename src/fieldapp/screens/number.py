"""One metric: its figures, its chart with the lines it is compared with, and every record behind the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.metrics.periods import LENGTHS, MOST_BACK, following, period
from ..widgets.bars import draw_bars
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .numbers import EARLIER, LATER, LENGTH, WHOSE
from .numbers_rows import draw_behind, draw_figure, head_words

if TYPE_CHECKING:
    from ..clinical.metrics.model import Period, Scope
    from ..store.metric_models import BehindLine, MetricRead

CHART_SHARE = 2
"""At most this part of the body is the chart: one half."""
CHART_LEAST, CHART_MOST = 6, 18
TALL = 32
"""From so many rows on the definition stands there by itself."""


class NumberScreen(FieldScreen[None]):
    """A metric with what is behind it."""

    CSS_PATH = "numbers.tcss"
    AUTO_FOCUS = "#behind"
    HELP = """# One number

At the top stand its figures, then the chart: one bar a week with its number, `┊` where a line to compare with lies. Whatever is
only a study's mean says so; it is no target. Below are the records and people behind the number, what needs acting on first:
Enter opens the record or the chart, and all keys that are about a client (`F2`, `t`, `W`, `c`) are about the one picked out.

`d` shows what is counted and from which records, `v` the next chart, `[` and `]` go through time, `w` changes how long it is, `o` whose numbers they are.
"""
    BINDINGS = [
        EARLIER,
        LATER,
        LENGTH,
        WHOSE,
        key("d", "definition", "Definition", "Show or hide what is counted, and from which records."),
        key("v", "chart", "Chart", "The next chart of this metric."),
        REFRESH,
        BACK,
    ]
    rows = query_one("#behind", RowList)

    def __init__(self, key: str, scopes: Sequence[Scope], at: int = 0, weeks: int = 1, back: int = 0) -> None:
        super().__init__()
        self._key, self._scopes, self._at = key, scopes, at
        self._weeks, self._back = weeks, back
        self._read: MetricRead | None = None
        self._shown = 0
        """Which of its charts."""

    @property
    def client_at_hand(self) -> str | None:
        line = self._line()
        return line.behind.client or None if line is not None else None

    @property
    def print_at_hand(self) -> str:
        return "weekly_report"

    @property
    def print_about(self) -> Mapping[str, str]:
        over = {"over": f"{self._weeks}/{self._back}"}
        scope = self._scopes[self._at] if self._scopes else None
        return over | ({"whose": f"{scope.kind}:{scope.id}"} if scope is not None else {})

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head")
        with VerticalScroll(id="figures", can_focus=False):
            yield Static("", id="said")
        yield Static("", id="told")
        yield Static("", id="chart")
        yield RowList("No record lies behind it in this time.", id="behind")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.query_one("#told").display = self.app.size.height >= TALL
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def on_resize(self) -> None:
        """Draw the chart for the room there is."""
        self._draw_chart()

    def _period(self) -> Period:
        return period(self._weeks, self._back, self.host.corrected_ms(), self.host.me.tz)

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Count again from the records on this laptop."""
        with self.saying("reading"):
            scope, over = self._scopes[self._at], self._period()
            self._read = await self.host.browse(self.host.laptop.metric, self._key, scope, over)
            self._show(self._read, scope, over)
        if self._read is None:
            self.rows.fail(UNREAD)

    def _show(self, read: MetricRead, scope: Scope, over: Period) -> None:
        metric = read.metric
        width = self.app.size.width - 2
        self.query_one("#head", Static).update(
            lines(styled(metric.title, "bold"), head_words(scope.name, over, metric.as_of_ms, width))
        )
        local = " The cuts are this agency's own." if metric.local else ""
        self.query_one("#said", Static).update(lines(*(draw_figure(figure) for figure in metric.figures)))
        self.query_one("#told", Static).update(plain(f"{metric.definition}{local} {metric.source}"))
        self._draw_chart()
        tz = self.host.me.tz
        counted = [line for line in read.behind if line.behind.counted]
        beside = [line for line in read.behind if not line.behind.counted]
        shown: list[Row] = []
        numbered = {id(line): number for number, line in enumerate(read.behind)}
        for title, group in (("Behind the number", counted), ("Beside it, not counted", beside)):
            if group:
                shown.append(heading(f"{title} · {len(group)}"))
                shown += [Row(str(numbered[id(line)]), partial(draw_behind, line, tz)) for line in group]
        self.rows.show(shown)
        self._tell()

    def _draw_chart(self) -> None:
        found = self.query("#chart")
        series = self._read.metric.series if self._read is not None else ()
        if not found or self._read is None:
            return
        chart = found.first(Static)
        chart.display = bool(series)
        if series:
            height = max(CHART_LEAST, min(CHART_MOST, (self.app.size.height - 5) // CHART_SHARE))
            one = series[self._shown % len(series)]
            compared = [line for line in self._read.metric.lines if line.unit == one.unit]
            more = f"  (v: chart {self._shown % len(series) + 1} of {len(series)})" if len(series) > 1 else ""
            drawn = draw_bars(one, compared, self.app.size.width - 2, height)
            chart.update(lines(drawn, styled(more, "$text-muted")) if more else drawn)

    def _line(self) -> BehindLine | None:
        found = self.query("#behind")
        at = found.first(RowList).key if found else ""
        return self._read.behind[int(at)] if self._read is not None and at else None

    @on(RowList.Moved, "#behind")
    def _tell(self) -> None:
        line = self._line()
        said = Content("")
        if line is not None:
            head = " · ".join(part for part in (line.name, line.who, line.title) if part)
            said = join(styled(head, "bold"), plain(f"  {line.behind.words}" if line.behind.words else ""))
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    @on(RowList.Chosen, "#behind")
    def _chosen(self) -> None:
        line = self._line()
        if line is not None and line.behind.record:
            self.host.open("record", record=line.behind.record)
        elif line is not None and line.behind.client:
            self.host.open("chart", client=line.behind.client)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what leads nowhere."""
        if action == "whose":
            return True if len(self._scopes) > 1 else None
        if action == "step":
            return None if parameters == (-1,) and not self._back else True
        if action == "chart":
            return True if self._read is not None and len(self._read.metric.series) > 1 else None
        return super().check_action(action, parameters)

    def action_step(self, by: int) -> None:
        """Go to the stretch of time before or after."""
        self._back = max(0, min(MOST_BACK, self._back + by))
        self.action_refresh()

    def action_length(self) -> None:
        """Count over another length of time; it ends with now again."""
        self._weeks, self._back = following(self._weeks), 0
        self.say(f"Counted over {LENGTHS[self._weeks]}.", tone="note")
        self.action_refresh()

    def action_whose(self) -> None:
        """Count for the next of one's teams and programs, or oneself."""
        self._at = (self._at + 1) % len(self._scopes)
        self.action_refresh()

    def action_definition(self) -> None:
        """Show or hide what is counted."""
        told = self.query_one("#told")
        told.display = not told.display

    def action_chart(self) -> None:
        """Show the next chart."""
        self._shown += 1
        self._draw_chart()
