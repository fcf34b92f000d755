"""Plan a visit, or change one: when, who goes, how long, where, for what, who comes along, how it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..clinical.contact_entry import defaults
from ..clinical.planned_visits import USUAL_MINUTES
from ..clinical.times import moment_words
from ..records.envelope import instant_ms
from ..records.kind import Problem
from ..records.kinds.contact import MODALITIES, SETTINGS, TYPES, minutes
from ..records.kinds.planned_visit import LONGEST_MIN
from ..records.together import FURTHER
from ..widgets.flags import STYLES
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber
from ..widgets.form_repeat import FormRepeat
from ..widgets.form_time import FormMoment
from ..widgets.text import lines, styled
from .form_draft import DraftScreen
from .form_head import client_head
from .reason_ask import Choose
from .routes import make

if TYPE_CHECKING:
    from ..store.board_models import Clash
    from ..store.models import ClientLine, ContactStart, Draft

WATCHED = frozenset({"start", "minutes", "staff", "second", "modality", FURTHER})
"""Fields by which something may be in the way."""


class VisitScreen(DraftScreen[None]):
    """One planned visit."""

    CSS_PATH = ["form.tcss", "visit.tcss"]
    HELP = """# Plan a visit

**When** is a day and a time: `tomorrow 9:30`, `thu 14`, `+7 10`. Everything else starts as planned in the contact plan,
else as the last contact was. Ctrl+s saves.

**Goes on** makes more of the same: `mon thu 4w`, `every 2 weeks for 8w`, or days such as `12/3 12/10`; each is a visit of its
own that can be moved or cancelled alone.

What stands in the way is said above the form and asked once before it is saved; nothing of it blocks. Where an alert asks
for two people, say who comes along.
"""

    def __init__(
        self,
        client: str | None = None,
        record: str | None = None,
        draft: str | None = None,
        day: str = "",
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft, self._day = client, record, draft, day
        self._line: ClientLine | None = None
        self._staff: tuple[tuple[str, str], ...] = ()
        self._clashes: tuple[Clash, ...] = ()

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield Static("", id="clashes")
        yield VerticalScroll(id="form", can_focus=False)

    async def find_draft(self) -> Draft | None:
        host = self.host
        found: Draft | None = None
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        elif self._record is not None:
            found = await host.ask(host.laptop.start, "planned_visit", None, self._record)
        if found is not None:
            self._client = found.client
        if self._client is None:
            self._client = await self.app.push_screen_wait(make("pick", question="Plan a visit to"))
            if self._client is None:
                return None
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._staff = await host.ask(host.laptop.colleagues, self._client)
        if found is not None:
            return found
        start = await host.ask(host.laptop.contact_start, self._client)
        values = begin(start, host.me.staff, self._line.street)
        return await host.ask(host.laptop.start, "planned_visit", self._client, None, values)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        known = dict(self._staff)
        others = [
            (staff, "a colleague of another team")
            for name in ("staff", "second")
            if (staff := str(draft.values.get(name) or "")) and staff not in known
        ]
        people = (*self._staff, *dict.fromkeys(others))
        found: list[FormField] = [
            FormMoment("start", "When", now=now, tz=tz, placeholder="tomorrow 9:30, thu 14"),
            FormChoice("staff", "Who goes", people, optional=False),
            FormNumber("minutes", "Minutes", most=LONGEST_MIN, placeholder="60"),
            FormChoice("second", "Comes along", people, none="nobody"),
            FormChoice("contact_type", "Type", TYPES, none="not said"),
            FormChoice("modality", "How", MODALITIES, none="not said"),
            FormChoice("setting", "Place", SETTINGS, none="not said"),
            FormLine("where", "Where", placeholder="street, room, what helps to find it"),
            FormLine("note", "For what", placeholder="what it is for, what to bring"),
        ]
        if not draft.prev:
            found.append(
                FormRepeat(FURTHER, "Goes on", now=now, tz=tz, start=self._start_ms, placeholder="mon thu 4w")
            )
        return found

    def _start_ms(self) -> int | None:
        field = self.query("#field-start").first(FormMoment) if self.query("#field-start") else None
        value = field.values().get("start") if field is not None else None
        return instant_ms(str(value)) if value else None

    async def shown(self) -> None:
        if self._line is None or self.draft is None:
            return
        what = "Change the visit to" if self.draft.prev else "Plan a visit to"
        self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))
        if self._day and self._fresh:
            # From the board of a day only the time is still to be typed.
            self.query_one("#field-start", FormMoment).restore({}, {"start": f"{self._day} "})
        self._look()

    def react(self, field: FormField) -> None:
        """Say anew what stands in the way."""
        if field.field in WATCHED:
            if field.field == "start":
                for repeat in self.query(FormRepeat):
                    repeat.explain()
            self._look()

    @work(group="clashes", exclusive=True)
    async def _look(self) -> None:
        with self.saying("looking"):
            self._show_clashes(await self._find_clashes())

    async def _find_clashes(self) -> tuple[Clash, ...]:
        if self.draft is None or self._client is None:
            return ()
        values: Mapping[str, Any] = self.gather()
        return await self.host.ask(
            self.host.laptop.clashes, self._client, self.draft.record, values, values.get(FURTHER) or ()
        )

    def _show_clashes(self, found: tuple[Clash, ...]) -> None:
        self._clashes = found
        shown = self.query_one("#clashes", Static)
        shown.set_class(bool(found), "-shown")
        shown.update(lines(*(styled(f"! {clash.sentence}", STYLES["warning"]) for clash in found)))

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        """Ask once about what stands in the way."""
        found = await self._find_clashes()
        self._show_clashes(found)
        if not found:
            return {}
        two = any(clash.kind == "two" for clash in found)
        options = [
            *([("second", "Say who comes along")] if two else []),
            ("plan", "Plan it all the same"),
            ("change", "Change it"),
        ]
        picked = await self.app.push_screen_wait(
            Choose("Look before it is planned", "\n".join(clash.sentence for clash in found), options)
        )
        if picked == "plan":
            return {}
        field = self.field_at("second" if picked == "second" else "start")
        if field is not None:
            field.land()
        return None

    async def finished(self, record: str) -> None:
        draft, now, tz = self.draft, self.host.corrected_ms(), self.host.me.tz
        values = draft.values if draft is not None else {}
        more = len(values.get(FURTHER) or ())
        if more:
            self.say_below(f"{more + 1} visits are planned.")
        else:
            self.say_below(
                f"The visit is planned: {moment_words(instant_ms(str(values['start'])), now, tz)}."
            )
        self.dismiss()


def begin(start: ContactStart, me: str, street: str) -> dict[str, Any]:
    """Return what a new visit starts with: as agreed, else as the last contact was; never a time."""
    found: dict[str, Any] = {
        name: value
        for name, value in defaults(None, start.last, start.agreed).items()
        if name != "planned_visit"
    }
    length = minutes(start.last) if start.last.get("start") and start.last.get("stop") else 0
    found |= {"staff": me, "minutes": length or USUAL_MINUTES}
    if found.get("setting") == "home" and street:
        found["where"] = street
    return found
