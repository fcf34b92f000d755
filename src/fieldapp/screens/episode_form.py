"""One part of a client's episode: a step, the referral, the assessment's elements, the intake, the level of care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.intake import fields_of, last_extension
from ..clinical.times import day_of
from ..records.episode_tables import STATUSES
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import KINDS
from ..widgets.form_field import FormField
from .episode_fields import FIELDS, PARTS, Given, hidden, part_of
from .episode_fields import step as step_fields
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import put, take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.episode_models import EpisodeRead
    from ..store.models import ClientLine, Draft, TimelineRow

KIND = KINDS["episode"].name
HOLDS = ("note", "crisis", "measure", "treatment_plan", "safety_plan")
"""Kinds of record in which an element of the assessment is found."""
_DOCUMENTS = 20
STAYS_HOME = "Changes the episode only. Team and readers stay: a supervisor moves the client (W, then m)."
_SAID = {
    "referral": "The referral is kept.",
    "assessment": "Kept: where the assessment is found.",
    "checks": "The intake is kept.",
    "care": "The level of care is kept.",
    "extend": "Kept: why they stay longer, and until when.",
}
_STEP_SAID = {
    "waitlist": "On the waitlist. P prints what helps while they wait; the weekly contact is a task.",
    "active": "Admitted.",
    "redirected": "Redirected. The reason and where to stand with the referral.",
    "declined": "Declined. The reason stands with the referral.",
}


class EpisodeForm(DraftScreen[None]):
    """One part of an episode."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Episode\n\nOnly what you change is written. A step has its day, and where it says so a reason; the day may be "
        "before today, never after. Changing level of care or program waits for a supervisor's approval and holds meanwhile. "
        "Another program is written on the episode only: the team that the client is with, and who reads the chart, stay until "
        "a supervisor moves the client (`W`, then `m`)."
    )

    def __init__(
        self,
        part: str = "",
        client: str | None = None,
        draft: str | None = None,
        step: str = "",
        new: bool = False,
    ) -> None:
        super().__init__()
        self._part, self._client, self._draft, self._step, self._new = part, client, draft, step, new
        self._line: ClientLine | None = None
        self._read: EpisodeRead | None = None
        self._documents: dict[str, TimelineRow] = {}
        self._programs: tuple[tuple[str, str], ...] = ()
        self._item = ""
        """Of the reason for staying longer."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def _today(self) -> str:
        return day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()

    async def find_draft(self) -> Draft | None:
        host = self.host
        found = await host.ask(host.laptop.draft, self._draft) if self._draft is not None else None
        if found is not None:
            self._client = found.client
        client = self._client or ""
        self._read = read = await host.ask(host.laptop.episode, client)
        self._line = read.line
        if found is None:
            found = await self._begun(read, client)
        self._part = self._part or part_of(found.base, found.values)
        if self._part == "step":
            self._step = str(found.values.get("status") or "")
        self._item = _new_item(found) or uuid7(host.now_ms())
        if self._part == "assessment":
            rows = await host.ask(host.laptop.timeline, client, 0, _DOCUMENTS, HOLDS)
            self._documents = {row.record: row for row in rows if row.status != "error"}
        desk = await host.ask(host.laptop.intake_desk)
        self._programs = tuple(dict.fromkeys((team.program, team.program_name) for team in desk.teams))
        return found

    async def _begun(self, read: EpisodeRead, client: str) -> Draft:
        host, laptop = self.host, self.host.laptop
        if self._new or not read.record:
            today = self._today()
            values = {
                "program": read.values.get("program") or host.me.program,
                "archetype": read.archetype or host.me.archetype,
                "status": "referred", "status_since": today, "received_on": today,
                "part2_status": read.values.get("part2_status") or "pending",
            }  # fmt: skip
            self._part = "referral"
            return await host.ask(laptop.start, KIND, client, None, values)
        found = await host.ask(laptop.start, KIND, client, read.record)
        if self._part != "step" or found.values.get("status") != found.base.get("status"):
            return found
        # A draft of another part that is open takes the step in: both are written together.
        values = dict(found.values) | self._first(read)
        return await host.ask(laptop.save_draft, found.id, values, found.focus)

    def _first(self, read: EpisodeRead) -> dict[str, Any]:
        """Return what a step starts from: today, and what follows from where the client comes from."""
        found: dict[str, Any] = {"status": self._step, "status_since": self._today(), "status_reason": None}
        if self._step == "assessed" and not read.values.get("assessed_by"):
            me = self.host.me
            found["assessed_by"] = ", ".join(filter(None, (me.name, me.credential)))
        if self._step == "active" and not read.values.get("intensity_tier"):
            found["intensity_tier"] = "high" if read.values.get("step_down_from") == "PACT" else "standard"
        return found

    def fields(self, draft: Draft) -> Sequence[FormField]:
        host, read = self.host, self._read
        structured = (draft.values.get("archetype") or (read.archetype if read else "")) == "structured"
        documents = tuple((record, self._named(row)) for record, row in self._documents.items())
        given = Given(host.corrected_ms, host.me.tz, structured, self._programs, documents, self._item)
        return step_fields(given, self._step) if self._part == "step" else FIELDS[self._part](given)

    def _named(self, row: TimelineRow) -> str:
        then = datetime.fromtimestamp(row.when_ms / 1000, self.host.zone)
        return f"{then:%b} {then.day} {row.title}, {row.author}"

    async def shown(self) -> None:
        if self._line is None or self.draft is None:
            return
        what = PARTS[self._part]
        if self._part == "step":
            now = STATUSES.get(str(self.draft.base.get("status") or ""), "")
            what = f"{now} → {STATUSES.get(self._step, self._step)}:"
        elif not self.draft.prev:
            what = "New referral of"
        else:
            what = f"{what} of"
        self.query_one("#form-head", Static).update(client_head(what, self._line, self.app.size.width))

    def refit(self) -> None:
        if self.draft is None:
            return
        away = hidden(self._part, self.gather())
        for field in self.form_fields():
            field.display = field.field not in away
        self._tell_program()

    def _tell_program(self) -> None:
        """Say what another program does not change: the client's home (`records.kinds.move`) decides who reads the chart."""
        at = self.field_at("program") if self._part == "care" else None
        if at is not None and self.draft is not None:
            other = at.values().get("program") != self.draft.base.get("program")
            at.complain(STAYS_HOME if other else "", warns=True)

    def react(self, field: FormField) -> None:
        """Take day, author and name from the record that holds an element; what was typed stays."""
        code, _, name = field.field.removeprefix("assessment.").partition(".")
        row = self._documents.get(str(field.values().get(field.field) or ""))
        if name != "record" or row is None:
            return
        day = day_of(row.when_ms, self.host.me.tz).isoformat()
        for inner, value in (("on", day), ("by", row.author), ("where", self._named(row))):
            path = f"assessment.{code}.{inner}"
            at = self.field_at(path)
            if at is not None and at.field == path and not take(self.gather(), path):
                at.restore({path: value}, {})

    def added(self, values: dict[str, Any]) -> None:
        base = self.draft.base if self.draft else {}
        me = self.host.me
        if self._part == "step":
            who = ", ".join(filter(None, (me.name, me.credential)))
            on, reason = str(values.get("status_since") or ""), str(values.get("status_reason") or "")
            values.update(fields_of(self._step, on, who, reason) if on else {})
        elif self._part == "extend":
            values["extensions"] = self._extended(values.get("extensions") or {})
            values["expected_end"] = last_extension(values["extensions"]) or values.get("expected_end")
        elif not base:
            values["status_since"] = values.get("received_on")
        for code, row in (values.get("intake_checks") or {}).items():
            before = (base.get("intake_checks") or {}).get(code) or {}
            if row.get("answer") != before.get("answer"):
                put(values, f"intake_checks.{code}.on", self._today() if row.get("answer") else None)

    def _extended(self, rows: Mapping[str, Any]) -> dict[str, Any]:
        """Return the reasons for staying longer, the one that is written with its author and day."""
        found, row = dict(rows), rows.get(self._item) or {}
        if any(row.get(name) for name in ("until", "reason")):
            who = ", ".join(filter(None, (self.host.me.name, self.host.me.credential)))
            found[self._item] = {**row, "on": self._today(), "by": who}
        else:
            found.pop(self._item, None)
        return found

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        said = (
            _STEP_SAID.get(self._step, f"{STATUSES.get(self._step, 'Kept')}.") if self._part == "step" else ""
        )
        self.say_below(said or _SAID[self._part])
        self.dismiss()


def _new_item(draft: Draft) -> str:
    """Return the id of the reason for staying longer that a draft has begun; "" for none."""
    before = draft.base.get("extensions") or {}
    return next((item for item in draft.values.get("extensions") or {} if item not in before), "")
