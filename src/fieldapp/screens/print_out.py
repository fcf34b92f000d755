"""Print: which document, in which language and form, and where it goes; it says first what will be on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.metrics.periods import LENGTHS, period
from ..clinical.roles import REVIEWERS
from ..clinical.times import day_of
from ..errors import FieldappError
from ..laptop import outlets
from ..prints.documents import (
    DOCUMENTS,
    FILE_ONLY,
    FOR_CLIENTS,
    FORMS,
    OF_A_CLIENT,
    OF_A_RECORD,
    OF_REVIEWERS,
    Made,
    Stopped,
    Wanted,
    forms_of,
    made,
)
from ..records.kinds.client import LANGUAGES
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.text import lines, plain, styled
from .base import FieldScreen
from .form_head import client_head
from .keys import BACK, key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clinical.metrics.model import Scope
    from ..prints.sheet import Language
    from ..store.models import ClientLine

FILE, PRINTER = "file", "printer"
OPEN_FILE = "A file is not encrypted: delete it once it is printed."
REPORT = "weekly_report"
_SHAPES = frozenset({"document", "language", "day", "form", "whose", "over"})
"""Fields that decide what is on the paper."""

_OVER = {"1/1": "Last week", "1/0": "This week so far"} | {
    f"{weeks}/0": f"The last {said}" for weeks, said in LENGTHS.items() if weeks > 1
}


class PrintScreen(FieldScreen[None]):
    """Puts one document on paper."""

    CSS_PATH = ["form.tcss", "print_out.tcss"]
    AUTO_FOCUS = ""
    HELP = """# Print

Choose what to print; below stands what will be on it. Ctrl+s writes the file or sends it to the printer.

A file is not encrypted: delete it once it is printed. A print queue may keep a copy of its own. The client's
own papers hold their words, no name, no diagnosis and nothing that only staff see. Each print is recorded.

The wallet fold: print it on one side, fold along the lines, the title ends up in front.
"""
    BINDINGS = [
        key("ctrl+s", "go", "Print", "Write the file, or send it to the printer.", priority=True),
        BACK,
    ]

    def __init__(
        self,
        client: str | None = None,
        document: str = "",
        record: str = "",
        about: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._about = about or {}
        """What the screen it comes from shows, by field: whose numbers, over which time."""
        self._scopes: dict[str, Scope] = {}
        self._client, self._record = client, record
        self._document = document
        self._line: ClientLine | None = None
        self._made: Made | None = None
        self._round = 0
        self._named = ""
        """The file that was proposed; what the person typed over it stays."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def _documents(self) -> dict[str, str]:
        """Return what may be printed with what is at hand, by this person."""
        reviews = bool(REVIEWERS & set(self.host.me.roles))
        return {
            code: said
            for code, said in DOCUMENTS.items()
            if (self._client or code not in OF_A_CLIENT)
            and (self._record or code not in OF_A_RECORD)
            and (reviews or code not in OF_REVIEWERS)
        }

    def compose_body(self) -> ComposeResult:
        offered = self._documents()
        ways = {FILE: "A new file"} | ({PRINTER: "The printer"} if outlets.printer() else {})
        yield Static("Print", id="form-head")
        with VerticalScroll(id="form"):
            yield FormChoice("document", "Print", offered, optional=False)
            yield FormChoice("language", "Language", LANGUAGES, optional=False)
            yield FormChoice("day", "Day", self._days(), optional=False)
            yield FormChoice("whose", "Whose", {}, optional=False)
            yield FormChoice("over", "Over", self._lengths(), optional=False)
            yield FormChoice("form", "As", FORMS, optional=False)
            yield FormChoice("to", "To", ways, optional=False)
            yield FormLine("path", "File")
            yield Static(styled(OPEN_FILE, "$text-muted"), id="open-file")
            yield Static("", id="paper")

    def on_mount(self) -> None:
        offered = self._documents()
        self._set("document", self._document if self._document in offered else next(iter(offered)))
        self._set("language", "en")
        self._set("day", next(iter(self._days())))
        self._set("over", self._about.get("over", "1/1"))
        self._set("to", FILE)
        self._refit()
        self.query_one("#field-document", FormChoice).land()
        self._read()

    def _days(self) -> dict[str, str]:
        today = day_of(self.host.corrected_ms(), self.host.me.tz)
        return {today.isoformat(): "Today", (today + timedelta(days=1)).isoformat(): "Tomorrow"}

    def _lengths(self) -> dict[str, str]:
        """Return over what may be counted; what the screen before showed is among it."""
        over = self._about.get("over", "")
        if not over or over in _OVER:
            return _OVER
        weeks, _, back = over.partition("/")
        return {over: period(int(weeks), int(back), self.host.corrected_ms(), self.host.me.tz).name} | _OVER

    def _set(self, field: str, code: str) -> None:
        self.query_one(f"#field-{field}", FormChoice).restore({field: code}, {})

    def _picked(self, field: str) -> str:
        return self.query_one(f"#field-{field}", FormChoice).value

    @property
    def _wanted(self) -> Wanted:
        document = self._picked("document")
        language = self._picked("language") if document in FOR_CLIENTS else "en"
        # A blank plan is for anybody: nothing of the client at hand goes onto it.
        client = (self._client or "") if document in OF_A_CLIENT else ""
        record = self._record if document in OF_A_RECORD else ""
        weeks, _, back = self._picked("over").partition("/")
        return Wanted(
            document, client, cast("Language", language), self._picked("day"), record,
            self._scopes.get(self._picked("whose")) if document == REPORT else None, int(weeks or 1), int(back or 0),
        )  # fmt: skip

    def _refit(self) -> None:
        document = self._picked("document")
        self.query_one("#field-language").display = document in FOR_CLIENTS
        self.query_one("#field-day").display = document == "schedule"
        for field in ("whose", "over"):
            self.query_one(f"#field-{field}").display = document == REPORT
        form = self.query_one("#field-form", FormChoice)
        offered = {code: FORMS[code] for code in forms_of(document)}
        form.box.offer(tuple(offered.items()))
        if form.value not in offered:
            self._set("form", next(iter(offered)))
        path = self.query_one("#field-path", FormLine)
        if form.value in FILE_ONLY:
            self._set("to", FILE)
        path.display = self._picked("to") == FILE
        self.query_one("#open-file").display = path.display
        typed = str(path.values()["path"] or "")
        if typed in ("", self._named):
            self._named = outlets.proposed(document, form.value)
            path.restore({"path": self._named}, {})

    @work(group="read")
    async def _read(self) -> None:
        """Read whom it is for, and take their language."""
        with self.saying():
            if REPORT in self._documents():
                await self._read_scopes()
            if self._client is not None:
                self._line = await self.host.ask(self.host.laptop.client_line, self._client)
                head = client_head("Print for", self._line, self.app.size.width)
                self.query_one("#form-head", Static).update(head)
                if self._line.language in LANGUAGES:
                    self._set("language", self._line.language)
        self._renew()

    async def _read_scopes(self) -> None:
        """Read whose numbers this person may put on paper; never those of one person."""
        found = await self.host.browse(self.host.laptop.metric_scopes)
        self._scopes = {f"{one.kind}:{one.id}": one for one in found if one.kind in ("team", "program")}
        offered = {code: one.name for code, one in self._scopes.items()}
        self.query_one("#field-whose", FormChoice).box.offer(tuple(offered.items()))
        wanted = self._about.get("whose", "")
        if offered:
            self._set("whose", wanted if wanted in offered else next(iter(offered)))

    @on(FormField.Changed)
    def _changed(self, event: FormField.Changed) -> None:
        self._refit()
        if event.field.field in _SHAPES:
            self._renew()

    @on(FormField.Done)
    def _done(self, event: FormField.Done) -> None:
        shown = [field for field in self.query(FormField) if field.display]
        at = shown.index(event.field) + 1
        if at < len(shown):
            shown[at].land()

    @work(group="make", exclusive=True)
    async def _renew(self) -> None:
        """Make what is wanted now; what was being made for an earlier wish stops at its next step."""
        self._round += 1
        mine = self._round
        self._made = None
        self._say_paper(styled("Making it…", "$text-muted"))
        wanted, form = self._wanted, self._picked("form")
        try:
            prepared = await self.host.ask(self.host.laptop.print_sheet, wanted)
            finished = await self.host.aside(
                made, prepared.sheet, form, lambda: mine != self._round, prepared.table
            )
        except Stopped:
            return
        except FieldappError as failure:
            if mine == self._round:
                self._say_paper(styled(f"✗ {failure.sentence}", "bold $text-error"))
            return
        if mine != self._round:
            return
        self._made = finished
        pages = "1 page" if finished.pages == 1 else f"{finished.pages} pages"
        head = styled(f"Ready: {prepared.sheet.title}, {pages}", "bold")
        self._say_paper(head, *(plain(remark) for remark in (*prepared.remarks, *finished.remarks)))

    def _say_paper(self, *said: Content) -> None:
        self.query_one("#paper", Static).update(lines(*said))
        self.refresh_bindings()

    def on_unmount(self) -> None:
        # Whatever is still being made is for nobody.
        self._round += 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim printing until there is something to print."""
        if action == "go":
            return True if self._made is not None else None
        return super().check_action(action, parameters)

    @work(group="go", exclusive=True)
    async def action_go(self) -> None:
        """Write the file, or send it to the printer."""
        ready, wanted, form = self._made, self._wanted, self._picked("form")
        if ready is None:
            return
        field = self.query_one("#field-path", FormLine)
        with self.saying("printing"):
            to = outlets.path_of(str(field.values()["path"] or "")) if self._picked("to") == FILE else None
            done = await self.host.ask(self.host.laptop.print_out, wanted, form, ready.data, to)
            self.say(done, tone="done")
            self._named = str(field.values()["path"] or "")
            self._refit()
