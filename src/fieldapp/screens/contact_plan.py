"""A client's contact plan: what was agreed, how the week stands against it, what was agreed before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.policy import allow
from ..clinical.times import day_of, day_words
from ..records.kinds.contact_plan import AGREED
from ..store.read.words import agreed_words, value_words
from ..widgets.client_row import last_contact
from ..widgets.flags import STYLES
from ..widgets.text import join, lines, plain, styled
from .base import UNREAD
from .client_list import ClientScreen
from .keys import BACK, REFRESH, key
from .reading_rights import actor_of
from .reading_text import when

if TYPE_CHECKING:
    from ..store.models import Agreement, ClientLine, ContactPlanRead

BANDS = {
    "met": ("✓ as agreed", "done"),
    "behind": ("◷ behind", "warning"),
    "far_behind": ("◷ far behind", "error"),
}


def agreement_text(one: Agreement, today: date, tz: str) -> Content:
    """Return one agreement: what, since when, why, whether the client agreed, who wrote it."""
    row = one.values
    since = str(row.get("start") or "")
    why = value_words("contact_plan", "periods.reasons", row.get("reasons"))
    agreed = AGREED.get(str(row.get("client_agreed") or ""), "")
    about = [
        f"since {_day(since, today)}" if since else "",
        f"because of {why.lower()}" if why else "",
        f"client: {agreed.lower()}" if agreed else "",
        f"by {one.author}, {when(one.at_ms, tz)}",
    ]
    return lines(
        styled(agreed_words(row) or "Nothing is said about how often.", "bold"),
        styled(" · ".join(part for part in about if part), "$text-muted"),
    )


def _day(text: str, today: date) -> str:
    try:
        return day_words(date.fromisoformat(text), today)
    except ValueError:
        return text


def plan_text(read: ContactPlanRead, now_ms: int, tz: str) -> Content:
    """Return the whole plan as text."""
    today, line = day_of(now_ms, tz), read.line
    shown: list[Content | str] = []
    if read.draft:
        shown.append(styled("▸ A change was begun: e goes on with it.", STYLES["warning"]))
    if read.now is None:
        shown.append(styled("Nothing is agreed yet: e writes it down.", STYLES["warning"]))
    else:
        if line.agreed_review:
            said = f"◷ to be looked at again: by {_day(line.agreed_review, today)}"
            shown.append(
                styled(said, STYLES["error" if line.agreed_review < today.isoformat() else "warning"])
            )
        shown += [styled("Agreed", "bold $text-primary"), agreement_text(read.now, today, tz)]
    shown += ["", styled("How it stands", "bold $text-primary")]
    if read.progress is not None:
        words, tone = BANDS[read.progress.band]
        stands = plain(f"{read.progress.done} of {read.progress.target} {read.progress.words}  ")
        shown.append(join(stands, styled(words, STYLES[tone])))
    never = line.last_contact_ms is None and line.no_contact_days is not None
    seen = f"No contact for {line.no_contact_days} days" if never else f"Seen {last_contact(line)}"
    seen += f"; flagged after {line.no_contact_limit} days"
    tried = len(read.tries)
    if tried:
        seen += f"; {tried} {'try' if tried == 1 else 'tries'} since, the last {when(read.tries[0], tz)}"
    shown.append(styled(seen, STYLES["warning" if line.overdue else ""]))
    for title, group in (("From a day to come", read.coming), ("Before", read.earlier)):
        if group:
            shown += ["", styled(title, "bold $text-primary")]
            shown += [agreement_text(one, today, tz) for one in group]
    return lines(*shown)


class ContactPlanScreen(ClientScreen["ContactPlanRead"]):
    """One client's contact plan."""

    CSS_PATH = ["form.tcss", "contact_plan.tcss"]
    HEAD = "Contact plan of"
    AUTO_FOCUS = "#plan"
    HELP = (
        "# Contact plan\n\nHow often client and team agreed to meet, for what reason, and how this week stands against it. `e` "
        "writes the next agreement, which begins with what holds now; the earlier ones stay. Attempts never count as contact."
    )
    BINDINGS = [
        key("e", "change", "Agree anew", "Write the next agreement, or look at this one again."),
        REFRESH,
        BACK,
    ]

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with VerticalScroll(id="plan"):
            yield Static("", id="agreed")

    async def read_list(self) -> ContactPlanRead:
        """Return the client's contact plan."""
        return await self.host.ask(self.host.laptop.contact_plan, self._client)

    def draw(self, read: ContactPlanRead, line: ClientLine) -> None:
        """Show what is agreed and how it stands."""
        self.query_one("#agreed", Static).update(plan_text(read, self.host.corrected_ms(), self.host.me.tz))

    def unread(self) -> None:
        """Say it in the place of the plan."""
        self.query_one("#agreed", Static).update(plain(UNREAD))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim changing it for those whose role reads it only."""
        if action == "change":
            return True if allow(actor_of(self.host.me), "save", "contact_plan") else None
        return super().check_action(action, parameters)

    def action_change(self) -> None:
        """Write the next agreement."""
        self.host.open("agreement", client=self._client)
