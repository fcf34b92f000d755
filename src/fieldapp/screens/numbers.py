"""Numbers: what a team, a program or oneself counts, each line to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.metrics.families import FAMILIES
from ..clinical.metrics.periods import LENGTHS, MOST_BACK, following, period
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import clip, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .numbers_rows import draw_metric, head_words

if TYPE_CHECKING:
    from ..clinical.metrics.model import Metric, Period, Scope

EARLIER = key("left_square_bracket", "step(1)", "Earlier", "The stretch of time before.", shown_key="[")
LATER = key("right_square_bracket", "step(-1)", "Later", "The stretch of time after.", shown_key="]")
LENGTH = key("w", "length", "Weeks", "Count over 1, 4, 12, 26 or 52 weeks.")
WHOSE = key("o", "whose", "Whose", "Your own numbers, your team's, or the program's.")


class NumbersScreen(FieldScreen[None]):
    """All metrics of one scope and period."""

    CSS_PATH = "numbers.tcss"
    AUTO_FOCUS = "#metrics"
    HELP = """# Numbers

Each line is one metric: its number, over how many things it was counted, and the weeks before as small bars. `▲` and `✗` mark
what lies beyond its limit. Below stands what is counted and from which records. Enter opens it: the chart, the lines it is
compared with, and every record behind the number.

`[` and `]` go to the time before and after, `w` changes how long it is, `o` whose numbers they are. `P` prints the weekly report
or writes it as a table (CSV). People are never ranked here.
"""
    BINDINGS = [EARLIER, LATER, LENGTH, WHOSE, REFRESH, BACK]
    rows = query_one("#metrics", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._scopes: tuple[Scope, ...] = ()
        self._at = 0
        self._weeks, self._back = 1, 0
        self._metrics: dict[str, Metric] | None = None

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
        yield RowList("Nothing can be counted yet: no client of yours is on this laptop.", id="metrics")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    def _period(self) -> Period:
        return period(self._weeks, self._back, self.host.corrected_ms(), self.host.me.tz)

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Count again from the records on this laptop."""
        with self.saying("reading"):
            if not self._scopes:
                self._scopes = await self.host.browse(self.host.laptop.metric_scopes)
            if self._scopes:
                scope, over = self._scopes[self._at], self._period()
                self._head(Content("counting…"))
                found = await self.host.browse(self.host.laptop.metrics, scope, over)
                self._metrics = {metric.key: metric for metric in found}
                self._show(scope, over)
            else:
                self._metrics = {}
        if self._metrics is None:
            self.rows.fail(UNREAD)

    def _head(self, second: Content) -> None:
        self.query_one("#head", Static).update(lines(styled("Numbers", "bold"), second))

    def _show(self, scope: Scope, over: Period) -> None:
        metrics = self._metrics or {}
        as_of = next((metric.as_of_ms for metric in metrics.values()), over.until_ms)
        self._head(head_words(scope.name, over, as_of, self.app.size.width - 2))
        shown: list[Row] = []
        for title, numbers in FAMILIES:
            group = sorted((m for m in metrics.values() if m.number in numbers), key=lambda m: m.number)
            if group:
                shown.append(heading(title))
                shown += [Row(metric.key, partial(draw_metric, metric)) for metric in group]
        self.rows.show(shown)
        self._tell()

    @on(RowList.Moved, "#metrics")
    def _tell(self) -> None:
        metric = (self._metrics or {}).get(self.rows.key)
        said = Content("")
        if metric is not None:
            local = " Cuts of this agency." if metric.local else ""
            said = plain(metric.definition + local)
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    @on(RowList.Chosen, "#metrics")
    def _chosen(self, event: RowList.Chosen) -> None:
        if self._scopes:
            self.host.open(
                "number", key=event.key, scopes=self._scopes, at=self._at, weeks=self._weeks, back=self._back
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what leads nowhere."""
        if action == "whose":
            return True if len(self._scopes) > 1 else None
        if action == "step":
            return None if parameters == (-1,) and not self._back else True
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
        self.say(clip(f"Numbers of {self._scopes[self._at].name}.", 200), tone="note")
        self.action_refresh()
