"""A new client: who they are, who refers them, who works with them; written together once nobody here is alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.lookalikes import LOOKALIKE
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import client as kind
from ..records.kinds import episode
from ..records.together import TOGETHER, path_of
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_items import FormItems
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_past_day import FormBirthday
from ..widgets.identity import in_full
from ..widgets.row_list import Row, RowList
from ..widgets.text import clip, fit, join, lines, plain, styled
from .base import Dialog
from .episode_fields import Given, referral_fields
from .form_draft import DraftScreen
from .form_values import put, take
from .keys import key
from .sheet_fields import ADDRESSES, PHONES
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.episode_models import AlikeLine, IntakeDesk
    from ..store.models import Draft

_EPISODE = path_of("episode", "")
_PRIMARY = path_of("assignment", "periods.first.staff")
_COMPARED = frozenset({"legal_name", "name_to_use", "dob", "mrn", "medicaid_id", "phones"})
NOBODY = "Looked at who is here under a name or number like this: none of them is this person."
BEGINS = {"referred": "A referral was received", "requested": "They asked, no referral yet"}


def alike_words(one: AlikeLine) -> str:
    """Return who is here, in one line: name, pronouns, birth date, number, team, why."""
    line = one.line
    parts = [
        in_full(line), one.why, f"born {line.dob}" if line.dob else "", f"MRN {line.mrn}" if line.mrn else "",
        line.street, line.team,
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def _draw(one: AlikeLine, width: int) -> Content:
    return plain(fit(alike_words(one), width))


class AlikeDialog(Dialog[str | None]):
    """Who may be the same person; dismissed with a client to look at, "" for none of them, None to go back."""

    CSS_PATH = "caseload.tcss"
    AUTO_FOCUS = "#alike"
    HELP = (
        "# The same person?\n\nEnter opens the one that is picked out; what you typed stays as a draft. `n` says that it is "
        "none of them, and writes the new client. Escape goes back to the form."
    )
    BINDINGS = [
        key("n", "nobody", "None of them", "It is somebody else: write the new client."),
        key("escape", "close", "Back", "Back to the form."),
    ]

    def __init__(self, found: Sequence[AlikeLine]) -> None:
        super().__init__()
        self._found = tuple(found)

    def compose_body(self) -> ComposeResult:
        yield Static(plain("Is it one of these?"), classes="title")
        yield RowList("Nobody.", id="alike")
        yield Static("", id="about", markup=False)

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.show([Row(one.line.client, partial(_draw, one)) for one in self._found])
        self._tell(rows.key)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Show all that is known of the one that is picked out."""
        self._tell(event.key)

    def _tell(self, client: str) -> None:
        one = next((one for one in self._found if one.line.client == client), None)
        self.query_one("#about", Static).update(plain(alike_words(one) if one else ""))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Look at this one instead."""
        self.dismiss(event.key)

    def action_nobody(self) -> None:
        """None of them."""
        self.dismiss("")

    def action_close(self) -> None:
        """Back to the form."""
        self.dismiss(None)


class NewClientScreen(DraftScreen[None]):
    """Taking somebody in."""

    CSS_PATH = ["form.tcss", "new_client.tcss"]
    HELP = (
        "# New client\n\nWho they are, how to reach them, who refers them. Only the name is needed now; the rest can wait. "
        "Somebody who is here under a name, birth date or number like this is shown below the form: F5 opens the likeliest. "
        "Saving writes the client, the referral and, for a supervisor, the primary worker together."
    )
    BINDINGS = [key("f5", "look", "Look", "Open whoever is here and may be the same person.")]

    def __init__(self, draft: str | None = None) -> None:
        super().__init__()
        self._draft = draft
        self._desk: IntakeDesk | None = None
        self._alike: tuple[AlikeLine, ...] = ()

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        yield VerticalScroll(id="form", can_focus=False)
        yield Static("", id="after")

    async def find_draft(self) -> Draft | None:
        host = self.host
        self._desk = await host.ask(host.laptop.intake_desk)
        if self._draft is not None:
            return await host.ask(host.laptop.draft, self._draft)
        return await host.ask(host.laptop.new_client)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        host, desk = self.host, self._desk
        now, tz = host.corrected_ms, host.me.tz
        given = Given(now, tz, structured=False)
        teams = tuple((one.id, f"{one.name} · {one.program_name}") for one in desk.teams) if desk else ()
        found: list[FormField] = [
            FormLine("legal_name", "Legal name", placeholder="Last, First"),
            FormLine("name_to_use", "Name to use", placeholder="how they want to be called"),
            FormBirthday("dob", "Born", now=now, tz=tz, placeholder="1984-03-09"),
            FormLine("pronouns", "Pronouns", placeholder="she/her"),
            FormChoice("language", "Language", kind.LANGUAGES),
            FormYes("interpreter_needed", "Interpreter"),
            FormItems("phones", "Phones", PHONES, most=3, new_item=self._new_item),
            FormItems("addresses", "Addresses", ADDRESSES, most=2, new_item=self._new_item),
            FormText("best_places_to_find", "Where to find", placeholder="the library on Hoyt, mornings"),
            FormLine("mrn", "MRN"),
            FormLine("medicaid_id", "Medicaid id", placeholder="9 digits and WA"),
            FormChoice("home_team", "Team", teams, optional=False),
        ]
        if desk is not None and desk.may_assign:
            found.append(FormChoice(_PRIMARY, "Primary", (), none="to be named"))
        return [
            *found,
            FormChoice(f"{_EPISODE}status", "Begins as", BEGINS, optional=False),
            *referral_fields(given, _EPISODE),
            FormChoice(f"{_EPISODE}track", "Track", episode.TRACKS),
            FormLine(f"{_EPISODE}county", "County"),
        ]

    def _new_item(self) -> str:
        return uuid7(self.host.now_ms())

    async def shown(self) -> None:
        self.query_one("#form-head", Static).update(styled("New client", "bold"))
        self._offer_staff()
        self._compare()

    def refit(self) -> None:
        if self.draft is None:
            return
        source = take(self.gather(), f"{_EPISODE}step_down_from")
        for field in self.form_fields():
            if field.field in (f"{_EPISODE}step_down_org", f"{_EPISODE}step_down_on"):
                field.display = source not in (None, "none")

    def react(self, field: FormField) -> None:
        if field.field == "home_team":
            self._offer_staff()
        if field.field in _COMPARED:
            self._compare()

    def _offer_staff(self) -> None:
        """Offer as primary who works in the team that is picked."""
        primary, team = self.field_at(_PRIMARY), self.field_at("home_team")
        if (
            isinstance(primary, FormChoice)
            and primary.field == _PRIMARY
            and isinstance(team, FormChoice)
            and self._desk
        ):
            chosen = next((one for one in self._desk.teams if one.id == team.value), None)
            staff = chosen.staff if chosen else ()
            primary.box.offer(staff)
            if primary.value not in dict(staff):
                primary.restore({}, {})

    @work(group="alike", exclusive=True)
    async def _compare(self) -> None:
        """Look for who is here already, while the form is filled in."""
        draft = self.draft
        if draft is None:
            return
        with self.saying("comparing"):
            self._alike = await self.host.browse(self.host.laptop.alike, draft.record, self.gather())
            shown: list[Content] = []
            for one in self._alike[:2]:
                words = clip(alike_words(one), max(20, self.size.width - 6))
                shown.append(join(styled("≈ ", "bold $text-warning"), words))
            if shown:
                more = f" and {len(self._alike) - 2} more" if len(self._alike) > 2 else ""
                shown.append(styled(f"Here already?{more} F5 opens the first.", "$text-warning"))
            after = self.query_one("#after", Static)
            after.update(lines(*shown))
            after.display = bool(shown)
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to look only where there is somebody."""
        if action == "look":
            return True if self._alike else None
        return super().check_action(action, parameters)

    def action_look(self) -> None:
        """Open the likeliest of those who are here; the form waits below."""
        if self._alike:
            self.host.open("chart", client=self._alike[0].line.client)

    def added(self, values: dict[str, Any]) -> None:
        if not values.get("phones"):
            values.pop("phones", None)
        if not values.get("addresses"):
            values.pop("addresses", None)
        team = (
            next((one for one in self._desk.teams if one.id == values.get("home_team")), None)
            if self._desk
            else None
        )
        if team is not None:
            values["home_program"] = team.program
            put(values, f"{_EPISODE}program", team.program)
            put(values, f"{_EPISODE}archetype", team.archetype)
        received = take(values, f"{_EPISODE}received_on")
        if received:
            put(values, f"{_EPISODE}status_since", received)
        staff = take(values, _PRIMARY)
        periods = {"first": {"staff": staff, "role": "primary", "since": received}} if staff else {}
        values[TOGETHER]["assignment"]["values"] = {"periods": periods} if periods else {}

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        overrides: dict[str, str] = {}
        if any(problem.field == LOOKALIKE for problem in problems) and self.draft is not None:
            found = await self.host.ask(self.host.laptop.alike, self.draft.record, self.gather())
            answer = await self.app.push_screen_wait(AlikeDialog(found))
            if answer:
                self.host.open("chart", client=answer)
            if answer != "":
                return None
            overrides[LOOKALIKE] = NOBODY
        rest = await overrides_for(self, [problem for problem in problems if problem.field != LOOKALIKE])
        return None if rest is None else {"overrides": overrides | rest.get("overrides", {})}

    async def finished(self, record: str) -> None:
        self.say_below("The client is here; the referral stands under E.")
        self.dismiss()
        self.host.open("episode", client=record)
