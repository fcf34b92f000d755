"""Hand over: a shift report that begins with what happened since the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.widgets import Static

from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..records.kinds.shift_report import WHATS
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_time import FormPast
from ..widgets.text import lines, styled
from .form_draft import DraftScreen
from .keys import key
from .reason_ask import Choose
from .routes import make
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import Draft

KIND = KINDS["shift_report"].name


class ShiftFormScreen(DraftScreen[None]):
    """One report."""

    HELP = (
        "# Hand over\n\nA line for each client of whom the next shift should know; an emptied line is left out. F6 adds a "
        "client: a welfare check, somebody to watch. If nothing happened, ctrl+s hands over at once."
    )
    BINDINGS = [
        key("ctrl+s", "send", "Hand over", "Check the report and hand over.", priority=True),
        key("f6", "add", "Add a client", "Add a line about another client."),
    ]

    def __init__(self, record: str | None = None, draft: str | None = None) -> None:
        super().__init__()
        self._record, self._draft = record, draft
        self._staff: tuple[tuple[str, str], ...] = ()
        self._names: dict[str, str] = {}

    async def find_draft(self) -> Draft | None:
        host = self.host
        self._staff = tuple(
            row for row in await host.ask(host.laptop.on_call_staff) if row[0] != host.me.staff
        )
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        elif self._record is not None:
            found = await host.ask(host.laptop.start, KIND, None, self._record)
        else:
            start = await host.ask(host.laptop.report_start)
            found = (
                await host.ask(host.laptop.draft, start.draft)
                if start.draft
                else await host.ask(host.laptop.start, KIND, None, None, start.values)
            )
        await self._find_names(found.values)
        return found

    async def _find_names(self, values: Mapping[str, Any]) -> None:
        for row in _lines(values).values():
            client = str(row.get("client") or "")
            if client and client not in self._names:
                self._names[client] = (await self.host.ask(self.host.laptop.client_line, client)).name

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        return [
            *(self._line_field(item, row) for item, row in _lines(draft.values).items()),
            FormText("remark", "For everybody", classes="-stacked"),
            FormChoice("to", "Handed to", self._staff),
            FormPast("since", "From", now=now, tz=tz, placeholder="yesterday 17:00"),
            FormPast("until", "Until", now=now, tz=tz, placeholder="now"),
        ]

    def _line_field(self, item: str, row: Mapping[str, Any]) -> FormLine:
        what = WHATS.get(str(row.get("what") or ""), WHATS["other"])
        name = self._names.get(str(row.get("client") or ""), "")
        return FormLine(f"lines.{item}.words", f"{name} · {what}" if name else what, classes="-stacked")

    async def shown(self) -> None:
        if self.draft is None:
            return
        count = len(_lines(self.draft.values))
        said = (
            "Nothing happened that the next shift must know: ctrl+s hands over."
            if not count
            else "An emptied line is left out; F6 adds a client."
        )
        head = "Change a shift report" if self.draft.prev else "Hand over"
        self.query_one("#form-head", Static).update(lines(styled(head, "bold"), styled(said, "$text-muted")))

    def action_add(self) -> None:
        """Add a line about another client."""
        if self.draft is not None and not self._busy:
            self._add()

    @work(group="open")
    async def _add(self) -> None:
        host = self.host
        client = await self.app.push_screen_wait(
            make("pick", question="Whom should the next shift know about?")
        )
        if client is None:
            return
        what = await self.app.push_screen_wait(Choose("What is it?", "", tuple(WHATS.items())))
        if what is None or self.draft is None:
            return
        with self.saying():
            await self.flush()
            item = uuid7(host.now_ms())
            listed = {**_lines(self.draft.values), item: {"client": client, "what": what}}
            values = dict(self.draft.values) | {"lines": listed}
            found = await host.ask(host.laptop.save_draft, self.draft.id, values, "")
            await self._find_names(found.values)
            await self.show(found)
            field = self.field_at(f"lines.{item}.words")
            if field is not None:
                field.land()

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("Handed over. Who has read it stands with the report.")
        self.dismiss()


def _lines(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the lines in the order in which they were begun: their ids begin with the time."""
    return dict(sorted((values.get("lines") or {}).items()))
