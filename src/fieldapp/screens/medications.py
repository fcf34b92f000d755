"""A client's medication list: what is taken, injections and their days, labs, who verified it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..store.read.words import medicine_words
from ..widgets.flags import titled
from ..widgets.identity import called
from ..widgets.medicines import allergies, draw_lab, draw_medicine, labels, trust
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import lines, styled
from .client_list import ClientListScreen
from .keys import BACK, REFRESH, key
from .reading_text import when
from .sign import SignDialog
from .sign_words import Signature

if TYPE_CHECKING:
    from ..store.medical_models import LabLine, MedicationsRead, MedicineLine
    from ..store.models import ClientLine


class MedicationsScreen(ClientListScreen["MedicationsRead"]):
    """One client's list."""

    CSS_PATH = ["form.tcss", "medical.tcss"]
    HEAD = "Medicines of"
    AUTO_FOCUS = "#medicines"
    HELP = (
        "# Medication list\n\nPrescribers and medical assistants change it line by line; everybody else reports what they see "
        "with `o`, and nothing changes. A prescriber's `v` signs that the whole list is right. Two values that people wrote "
        "side by side both stay until `s` settles them."
    )
    BINDINGS = [
        key("a", "add", "Add", "Put a medicine on the list."),
        key("x", "stop", "Stop", "Say that this medicine is not taken any more."),
        key("l", "lab", "Lab", "Put a lab on the list that is due again and again."),
        key(
            "d",
            "done",
            "Lab done",
            "The result of this lab came in: last done today, the next one counted from it.",
        ),
        key("v", "verify", "Verify", "Sign that the whole list is right."),
        key("o", "report", "Report", "Report what was taken, or a side effect; the list does not change."),
        key("s", "settle", "Settle", "Look at two values side by side and choose."),
        REFRESH,
        BACK,
    ]

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="trust")
        yield RowList("Nothing is on the list.", id="medicines")
        yield Static("", id="detail")

    async def read_list(self) -> MedicationsRead:
        """Return the client's medication list."""
        return await self.host.ask(self.host.laptop.medications, self._client)

    def draw(self, read: MedicationsRead, line: ClientLine) -> None:
        """Show what is taken, what was stopped, and labs."""
        shown = [trust(read), allergies(read), *([marks] if (marks := labels(read)) else [])]
        if read.draft:
            shown.append(styled("▸ A change was begun: enter goes on with it.", "$text-warning"))
        self.query_one("#trust", Static).update(lines(*shown))
        rows: list[Row] = []
        current = [one for one in read.lines if one.current]
        stopped = [one for one in read.lines if not one.current]
        for title, group in (("Taken now", current), ("Stopped", stopped)):
            if group:
                rows.append(heading(f"{title} · {len(group)}"))
                rows += [Row(f"medicine:{one.item}", partial(draw_medicine, one)) for one in group]
        if read.labs:
            rows.append(heading(f"Labs · {len(read.labs)}"))
            rows += [Row(f"lab:{lab.item}", partial(draw_lab, lab)) for lab in read.labs]
        self.rows.show(rows)
        self._tell()

    # What is picked out

    def _medicine(self) -> MedicineLine | None:
        name, _, item = self.rows.key.partition(":")
        found = self._read.lines if self._read is not None and name == "medicine" else ()
        return next((line for line in found if line.item == item), None)

    def _lab(self) -> LabLine | None:
        name, _, item = self.rows.key.partition(":")
        found = self._read.labs if self._read is not None and name == "lab" else ()
        return next((line for line in found if line.item == item), None)

    @on(RowList.Moved, "#medicines")
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        line = self._medicine()
        said = Content("")
        if line is not None:
            first, _, rest = medicine_words(line.values).partition(" · ")
            said = lines(styled(first, "bold"), rest)
        self.query_one("#detail", Static).update(said)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what this person's role may not do; dim what has nothing to work on."""
        read = self._read
        if action in ("add", "lab"):
            return read is not None and read.may_write
        if action == "stop":
            if read is None or not read.may_write:
                return False
            line = self._medicine()
            return True if line is not None and line.current else None
        if action == "done":
            return read is not None and read.may_write and self._lab() is not None
        if action == "verify":
            return read is not None and read.may_verify and read.listed
        if action == "settle":
            return bool(read is not None and read.conflicts and read.may_write)
        return super().check_action(action, parameters)

    # Doing

    @on(RowList.Chosen, "#medicines")
    def _chosen(self) -> None:
        read, line, lab = self._read, self._medicine(), self._lab()
        if read is None:
            return
        if not read.may_write:
            if line is not None:
                self.host.open("adherence", client=self._client, medicine=line.item)
            return
        if line is not None:
            self._open_line(item=line.item)
        elif lab is not None:
            self._open_line(item=lab.item, lab=True)

    def _open_line(self, **arguments: object) -> None:
        self.host.open("medicine", client=self._client, **arguments)

    def action_add(self) -> None:
        """Put a medicine on the list."""
        self._open_line()

    def action_lab(self) -> None:
        """Put a lab on the list."""
        self._open_line(lab=True)

    def action_stop(self) -> None:
        """Stop the medicine that is picked out."""
        line = self._medicine()
        if line is not None:
            self._open_line(item=line.item, stop=True)

    @work(group="done", exclusive=True)
    async def action_done(self) -> None:
        """Say that the lab that is picked out was done."""
        lab = self._lab()
        if lab is None or self._read is None:
            return
        with self.saying():
            await self.host.ask(self.host.laptop.lab_done, self._client, lab.item)
            self.host.touched(self._read.record)
            self.say("Done today. Another day: enter opens it.", tone="done")

    def action_report(self) -> None:
        """Report what was taken."""
        line = self._medicine()
        self.host.open("adherence", client=self._client, medicine=line.item if line is not None else "")

    def action_settle(self) -> None:
        """Settle the first conflict."""
        if self._read is not None and self._read.conflicts:
            self.host.open("settle", record=self._read.record, path=self._read.conflicts[0])

    @work(group="verify", exclusive=True)
    async def action_verify(self) -> None:
        """Sign the whole list as it stands here."""
        read, line, host = self._read, self._line, self.host
        if read is None or line is None:
            return
        with self.saying():
            now, tz = host.corrected_ms(), host.me.tz
            said = [medicine_words(one.values) for one in read.current] or ["Nothing is taken now."]
            who = ", ".join(part for part in (host.me.name, host.me.credential) if part)
            two = [styled("≠ Two values stand side by side: settle them first, if you can.", "$text-warning")]
            dialog = SignDialog(
                titled("Verify the medication list", called(line), line.risk),
                lines(*(two if read.conflicts else []), *(f"· {words}" for words in said)),
                Signature(service="", entry=when(now, tz), signature=when(now, tz), who=who, cosign=""),
                (),
                secret=await host.ask(lambda: host.laptop.needs_reauth),
            )
            if await self.app.push_screen_wait(dialog) is None:
                return
            await host.ask(host.laptop.verify_medications, self._client, read.heads)
            host.touched(read.record)
            self.say("The list is verified.", tone="done")
