"""Make a task by hand, or change one: what, who, by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widgets import Static

from ..clinical.roles import REVIEWERS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_time import FormBy
from .form_draft import DraftScreen
from .form_head import client_head
from .routes import make

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft


class TaskScreen(DraftScreen[None]):
    """One task."""

    HELP = (
        "# Task\n\nWhat is to be done, by whom, by when. Without a name it is the client's primary worker's. Somebody "
        "else's task is given to another by a supervisor."
    )

    def __init__(
        self, client: str | None = None, record: str | None = None, draft: str | None = None
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft = client, record, draft
        self._line: ClientLine | None = None
        self._staff: tuple[tuple[str, str], ...] = ()

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        found: Draft | None = None
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        elif self._record is not None:
            found = await host.ask(host.laptop.start, "task", None, self._record)
        if found is not None:
            self._client = found.client
        if self._client is None:
            self._client = await self.app.push_screen_wait(make("pick", question="A task for"))
            if self._client is None:
                return None
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._staff = await host.ask(host.laptop.colleagues, self._client)
        return found or await host.ask(host.laptop.start, "task", self._client, None, {"what": "other"})

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        owner = str(draft.base.get("owner") or "")
        offered = self._staff
        if owner and owner != self.host.me.staff and not REVIEWERS & set(self.host.me.roles):
            # Nobody takes a task out of a colleague's hands but a supervisor.
            offered = tuple(row for row in self._staff if row[0] == owner)
        elif owner and owner not in dict(offered):
            offered = (*offered, (owner, "who has it now"))
        free = owner in ("", self.host.me.staff) or bool(REVIEWERS & set(self.host.me.roles))
        return [
            FormLine("title", "What", placeholder="what is to be done"),
            FormChoice("owner", "Who", offered, optional=free, none="the client's primary worker"),
            FormBy("due", "By when", now=now, tz=tz, placeholder="today, tue 10:00"),
        ]

    async def shown(self) -> None:
        if self._line is not None and self.draft is not None:
            what = "Change the task for" if self.draft.prev else "A task for"
            self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))

    async def finished(self, record: str) -> None:
        self.say_below("The task is on the list.")
        self.dismiss()
