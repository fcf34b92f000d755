"""Who was referred and waits: for how long, at which step, and by when somebody speaks with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from ..records.episode_tables import STATUSES
from ..widgets.flags import STYLES, client_marks, marks_in, name_cells
from ..widgets.identity import called, in_full
from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, lines, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key

if TYPE_CHECKING:
    from ..store.episode_models import IntakeLine


def contact_words(one: IntakeLine) -> str:
    """Return by when somebody speaks with who is on the waitlist; "" for who is not."""
    if one.line.status != "waitlist":
        return ""
    return f"speak by {one.contact_by}" if one.contact_by else "no weekly contact"


def draw(one: IntakeLine, width: int) -> Content:
    """Return one row: who, which step, days waiting, what is due, from whom."""
    line = one.line
    name = 34 if width >= 100 else 28
    days = f"{one.days} d" if one.days is not None else "? d"
    said = contact_words(one)
    tone = "error" if one.contact_late else "warning" if said and not one.contact_by else "note"
    used = name + 1 + 17 + 1 + 6 + 1
    mark = styled("▲ step-up ", STYLES["error"]) if line.step_up else Content("")
    room = max(4, width - used - mark.cell_length)
    rest = " · ".join(
        filter(None, (said, one.source, f"first block {one.first_block_on}" if one.first_block_on else ""))
    )
    return join(
        name_cells(called(line), line.risk, name), " ", fit(STATUSES.get(line.status, line.status), 17), " ",
        styled(fit(days, 6), "bold"), " ", mark, styled(fit(rest, room), STYLES[tone if said else "note"]),
    )  # fmt: skip


class IntakeListScreen(FieldScreen[None]):
    """Referrals and the waitlist of one's teams."""

    CSS_PATH = ["episode.tcss"]
    AUTO_FOCUS = "#waiting"
    HELP = (
        "# Referrals and waitlist\n\nEverybody who was referred and is not admitted yet, who waits longest at the top. Enter "
        "opens the episode with its next step. On the waitlist somebody speaks with each of them every week: that is a task, "
        "and a contact that reached them is it."
    )
    BINDINGS = [REFRESH, BACK, key("N", "new_client", "New", "Take a new client in.")]
    rows = query_one("#waiting", RowList)

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, IntakeLine] = {}

    @property
    def client_at_hand(self) -> str | None:
        """The client that is picked out."""
        return self.rows.key or None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="title", markup=False)
        yield RowList("Nobody waits. N takes a new client in.", id="waiting")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the list from the laptop."""
        with self.saying("reading"):
            found = await self.host.browse(self.host.laptop.intake_list)
            if not self.is_attached:
                return
            self._found = {one.line.client: one for one in found}
            waits = sum(one.line.status == "waitlist" for one in found)
            words = f"{len(found)} on their way in · {waits} on the waitlist"
            self.query_one("#title", Static).update(styled(f" Referrals and waitlist · {words}", "bold"))
            self.rows.show([Row(one.line.client, partial(draw, one)) for one in found])
        if not self.rows.generation:
            self.rows.fail(UNREAD)

    @on(RowList.Moved, "#waiting")
    def _moved(self, event: RowList.Moved) -> None:
        one = self._found.get(event.key)
        if one is None:
            self.query_one("#detail", Static).update(Content(""))
            return
        said = [
            in_full(one.line),
            f"received {one.received_on or '?'}",
            one.source,
            contact_words(one),
            one.line.team,
        ]
        marks = marks_in(client_marks(one.line), max(20, self.size.width - 2))
        who = " · ".join(part for part in said if part)
        self.query_one("#detail", Static).update(lines(styled(who, "bold"), marks))

    def action_new_client(self) -> None:
        """Take a new client in."""
        self.host.open("new_client")

    @on(RowList.Chosen, "#waiting")
    def _chosen(self, event: RowList.Chosen) -> None:
        self.host.open("episode", client=event.key)
