"""Run and sign a group: what all did once, and a line for each person, typed straight through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.widgets import Static

from ..clinical.group_entry import of_module, ratio_words
from ..records.defaults import setting
from ..records.group_rows import ROWS, attended, has_begun, ordered
from ..records.kind import Problem
from ..records.kinds import group_session
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_span import FormSpan
from ..widgets.group_grid import FormGrid
from ..widgets.text import join, lines, styled
from . import contact_rules
from . import group_rules as rules
from .form_draft import DraftScreen
from .group_after import after_group
from .group_ask import GroupRisk, OneLine
from .group_begin import GroupBegun, GroupWanted, begin
from .group_fields import group_fields
from .keys import key
from .reason_ask import Sure
from .routes import make
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..clinical.coding import Line
    from ..store.models import Draft

OF_MODULE = ("topic", "homework", "methods")


class GroupScreen(DraftScreen[None]):
    """One session with its grid; a correction is of the session alone."""

    CSS_PATH = ["form.tcss", "group.tcss"]
    HELP = (
        "# Group session\n\nFirst what all did, without names: it stands in everybody's note. Then the grid: digits say who "
        "was there, how they took part, the risk, the homework and the goals; enter passes a cell; below it the words on "
        "one person. F6 goes from the session to the grid and back. One signature writes a contact for everybody on the "
        "list and a note for whoever was there."
    )
    BINDINGS = [
        key("ctrl+s", "send", "Sign", "Check the session and every line, and sign all of it.", priority=True),
        key("f6", "across", "Grid", "Go to the grid, or back to what all did.", priority=True),
    ]

    def __init__(
        self,
        team: str = "",
        group: str = "",
        record: str | None = None,
        draft: str | None = None,
        like: str = "",
        same_as: str = "",
    ) -> None:
        super().__init__()
        self._wanted = GroupWanted(team, group, record, draft, like, same_as)
        self._begun: GroupBegun | None = None
        self._codes: dict[tuple[Any, ...], Line] = {}
        """Code lines that were worked out already, by what they follow from."""
        self._module = ""
        self._answers: Mapping[str, Sequence[str]] = {}

    # Opening

    async def find_draft(self) -> Draft | None:
        self._begun = await begin(self.host, self._wanted)
        self._module = str(self._begun.draft.values.get("module") or "")
        return self._begun.draft

    @property
    def _is_correction(self) -> bool:
        return self.draft is not None and bool(self.draft.prev)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        desk = self._begun.desk if self._begun is not None else None
        return group_fields(draft, desk, self.host.corrected_ms, self.host.me.tz)

    async def shown(self) -> None:
        begun = self._begun
        if begun is None or self.draft is None:
            return
        if self._is_correction:
            self.say(
                "This corrects the session alone: each person's note has a correction of its own.",
                tone="note",
            )
        elif begun.left_out:
            self.say(
                f"Not on the list this time (on hold or elsewhere): {'; '.join(begun.left_out)}.", tone="note"
            )

    async def show(self, draft: Draft) -> None:
        """Put a draft on screen; a new one begins at what all did."""
        await super().show(draft)
        grid = self._grid
        if grid is not None:
            grid.people(self._people(self.gather()))
        if not draft.focus and not self._is_correction:
            field = self.field_at("summary" if draft.values.get("title") else "title")
            if field is not None:
                field.land()

    # What follows from what is typed

    @property
    def _grid(self) -> FormGrid | None:
        return self.query_one_optional(FormGrid)

    def _line(self, doc: Mapping[str, Any], client: str, row: Mapping[str, Any]) -> Line:
        """Return a person's code line; the same facts are worked out once."""
        member = self._begun.members.get(client) if self._begun is not None else None
        if member is None or self.draft is None:
            return rules.NOTHING
        facts = ("start", "stop", "contact_type", "modality", "setting")
        told = ("attendance", "minutes", "chosen")
        known = (client, *(doc.get(name) for name in facts), *(row.get(name) for name in told))
        if known not in self._codes:
            self._codes[known] = rules.code_for(doc, row, self.draft.record, client, member.coding)
        return self._codes[known]

    def _readable(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values without times that cannot be read, whatever an earlier letter of them came to."""
        unread = {"start", "stop"} if self.query_one(FormSpan).check() else set()
        return {name: value for name, value in values.items() if name not in unread}

    def added(self, values: dict[str, Any]) -> None:
        begun = self._begun
        if begun is None:
            return
        if self.draft is not None and self.draft.prev:
            values.pop(ROWS, None)
        rules.complete(values, self.host.me.tz, begun.desk.leaders)
        titles = {module.code: module.title for module in begun.desk.modules}
        if values.get("module") in titles:
            values["module_title"] = titles[values["module"]]
        doc = self._readable(values)
        for client, row in ordered(values):
            if isinstance(row, dict):
                fields = self._line(doc, client, row).fields
                said = {name: value for name, value in fields.items() if value is not None}
                row.update(code=said) if said else row.pop("code", None)

    def _people(self, values: Mapping[str, Any]) -> list[Any]:
        begun = self._begun
        if begun is None:
            return []
        doc = self._readable(values)
        found = {client: self._line(doc, client, row) for client, row in ordered(values)}
        return rules.people_of(values, begun.members, found)

    def refit(self) -> None:
        if self.draft is None:
            return
        values = self.gather()
        late = (
            group_session.is_late(self._readable(values), self.host.corrected_ms(), self.host.me.settings)
            and not self._is_correction
        )
        reason = self.field_at("late_reason")
        if reason is not None:
            reason.display = late or bool(values.get("late_reason"))
        grid = self._grid
        if grid is not None:
            grid.follow(
                self._people(values),
                whole=group_session.minutes(self._readable(values)),
                homework=str(values.get("homework_before") or ""),
                given=bool(values.get("homework")),
            )
        self._show_head(values)

    def _show_head(self, values: Mapping[str, Any]) -> None:
        rows = [row for _, row in ordered(values)]
        there, open_ones = sum(attended(row) for row in rows), sum(not row.get("attendance") for row in rows)
        leading = len(values.get("facilitators") or ())
        counts = f"{there} here of {len(rows)}" + (f" · {open_ones} to say" if open_ones else "")
        over = ratio_words(there, leading, setting(self.host.me.settings, "group_max"))
        what = "Correct the session" if self._is_correction else "Group"
        first = join(f"{what} · ", styled(group_session.label(values), "bold"))
        if not self._is_correction:
            first = join(first, "  ", styled(counts, "$text-muted"))
        more = [styled(f"! {over}", "$text-warning")] if over else []
        self.query_one("#form-head", Static).update(lines(first, *more))

    def react(self, field: FormField) -> None:
        """Bring topic, homework and methods of a module that is picked; what was typed instead stays."""
        if not isinstance(field, FormChoice) or field.field != "module" or self._begun is None:
            return
        modules = {one.code: one for one in self._begun.desk.modules}
        before, now = of_module(modules.get(self._module)), of_module(modules.get(field.value))
        self._module = field.value
        for name in OF_MODULE:
            other = self.field_at(name)
            if other is not None and other.values().get(name) in (None, before.get(name)):
                other.restore({name: now.get(name)}, {})

    # The grid

    def action_across(self) -> None:
        """Go to the grid, or back to what all did."""
        grid = self._grid
        if grid is None or self.draft is None:
            return
        if grid.has_focus_within:
            summary = self.field_at("summary")
            if summary is not None:
                summary.land()
        else:
            grid.land()

    @on(FormGrid.Asked)
    def _asked(self, event: FormGrid.Asked) -> None:
        if event.what == "code":
            self._other_code(event.grid, event.client)
        else:
            self._ask(event.grid, event.what, event.client)

    @work(group="ask")
    async def _ask(self, grid: FormGrid, what: str, client: str) -> None:
        with self.saying():
            if what == "add":
                await self._add(grid)
            elif what == "drop" and client:
                await self._drop(grid, client)
            elif what == "risk" and client:
                await self._risk(grid, client)
            elif what == "goal" and client:
                await self._goal(grid, client)
            elif what == "location" and client:
                await self._location(grid, client)

    async def _add(self, grid: FormGrid) -> None:
        """Put somebody on the list who walked in."""
        begun = self._begun
        client = await self.app.push_screen_wait(make("pick", question="Who came?"))
        if client is None or begun is None or self.draft is None:
            return
        values = self.gather()
        if client not in grid.box.rows:
            at = contact_rules.start_of(self._readable(values))
            when = self.host.corrected_ms() if at is None else at
            found = await self.host.ask(
                self.host.laptop.group_members, [client], str(values.get("group") or ""), when
            )
            if not found:
                self.say("Their chart asks for a reason first: open it, then add them here.")
                return
            begun.members.update({one.client: one for one in found})
            last = max((row.get("place") or 0 for row in grid.box.rows.values()), default=-1)
            grid.box.rows |= rules.new_rows(found, last + 1)
            grid.changed()
        grid.people(self._people(self.gather()))
        grid.box.place(client, "attendance")

    async def _drop(self, grid: FormGrid, client: str) -> None:
        """Take somebody off the list; what was said of them is asked about."""
        row = grid.box.rows.get(client) or {}
        name = str(row.get("name") or "")
        if has_begun(row) and not await self.app.push_screen_wait(
            Sure(f"Take {name} off the list?", "What you wrote about them here is lost.")
        ):
            return
        grid.box.rows.pop(client, None)
        grid.people(self._people(self.gather()))
        grid.changed()

    async def _risk(self, grid: FormGrid, client: str) -> None:
        """Ask how high a risk is; without an answer the risk question is open again."""
        row = grid.box.rows[client]
        member = self._begun.members.get(client) if self._begun is not None else None
        said = await self.app.push_screen_wait(
            GroupRisk(str(row.get("name") or ""), member.risk if member else "", row)
        )
        if said is None:
            row.pop("risk", None)
        else:
            row |= {"risk": "present", "level": said.level}
            if said.detail:
                row["detail"] = said.detail
            else:
                row.pop("detail", None)
            grid.box.action_on()
        grid.changed()

    async def _goal(self, grid: FormGrid, client: str) -> None:
        row = grid.box.rows[client]
        member = self._begun.members.get(client) if self._begun is not None else None
        goal = await self.app.push_screen_wait(
            OneLine("A goal", "Goal", str(row.get("name") or ""), member.risk if member else "")
        )
        if goal is not None and goal not in (row.get("goals") or ()):
            row["goals"] = [*(row.get("goals") or ()), goal]
            grid.changed()

    async def _location(self, grid: FormGrid, client: str) -> None:
        """Ask where somebody was during a session by video or phone (clinical.md 4.7)."""
        row = grid.box.rows[client]
        if not contact_rules.is_call(self.gather()):
            self.say("Where somebody was is asked of a group by video or phone.", tone="note")
            return
        member = self._begun.members.get(client) if self._begun is not None else None
        name, risk = str(row.get("name") or ""), member.risk if member else ""
        said = await self.app.push_screen_wait(
            OneLine("Where they were", "Client was at", name, risk, str(row.get("location") or ""))
        )
        if said is not None:
            row["location"] = said
            grid.changed()

    def _other_code(self, grid: FormGrid, client: str) -> None:
        """Pick the next service code that may be used, or none."""
        row = grid.box.rows.get(client)
        if row is None or not attended(row):
            return
        line = self._line(self._readable(self.gather()), client, row)
        if line.offers:
            row["chosen"] = rules.next_code(line, str(row.get("chosen") or ""))
            grid.changed()

    # Signing

    def show_problems(self, problems: Sequence[Problem]) -> bool:
        """Mark the rows that something stands against, and go to the first that stops."""
        grid = self._grid
        found = [(problem, rules.row_of(problem.field)) for problem in problems]
        if grid is not None:
            grid.mark([client for _, (client, _) in found if client])
        own = [problem for problem, (client, _) in found if not client]
        if any(problem.stops for problem in own):
            return super().show_problems(own)
        super().show_problems(own)
        first = next(((one, at) for one, at in found if one.stops), None)
        if first is None or grid is None:
            return first is not None
        problem, (client, column) = first
        once, _ = rules.said_once([problem], self.gather())
        self.say(once[0].sentence)
        grid.land(f"{client}/{column}/")
        return True

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        once, answers = rules.said_once(problems, self.draft.values)
        title = "Sign this correction" if self._is_correction else "Sign this group"
        signed = await confirm_signing(self, self.draft, once, title)
        if signed is None:
            return None
        return signed | {"overrides": rules.at_each(signed["overrides"], answers)}

    async def finished(self, record: str) -> None:
        self._go_on(record, self.gather())

    @work(group="after")
    async def _go_on(self, record: str, values: Mapping[str, Any]) -> None:
        with self.saying():
            self.host.touched(*(client for client, _ in ordered(values)))
            opens = None if self._is_correction else await after_group(self, record, values)
            self.say_below(f"Signed: {group_session.label(values)}.")
            self.dismiss()
            if opens is not None:
                route, arguments = opens
                self.host.open(route, **arguments)

    @on(FormGrid.Through)
    def _through(self) -> None:
        """Behind the last person all is there to be signed."""
        left = [row for _, row in ordered(self.gather()) if not row.get("attendance")]
        if left:
            self.say(f"{len(left)} more to say: was {left[0].get('name')} there?", tone="note")
        else:
            self.say("That was the last one: ctrl+s checks everything and signs.", tone="note")
