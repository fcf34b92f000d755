"""One line of a medication list, or one lab: everything that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.medication import next_injection
from ..clinical.times import day_of
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds.medication_list import LABS, LAI, MAT, ROUTES, SITES, SOURCES
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_time import FormDay
from ..widgets.text import lines, styled
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import read_focus, take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

KIND = "medication_list"
_OF_LAI = ("lai_every_d", "lai_window_d", "last_given", "next_due", "lai_site")
_OF_MAT = ("mat_place", "mat_phone", "mat_next")
_ENDS = ("stop", "stop_reason")


class FormNeeded(FormLine):
    """A line that may not be empty."""

    def __init__(self, field: str, label: str, sentence: str, *, placeholder: str = "") -> None:
        super().__init__(field, label, placeholder=placeholder)
        self._sentence = sentence

    def check(self) -> str:
        """Return what is wrong with what is typed; "" if nothing."""
        return "" if self.text.strip() else self._sentence


class MedicineScreen(DraftScreen[None]):
    """One line."""

    CSS_PATH = ["form.tcss", "medical.tcss"]
    HELP = (
        "# Medicine\n\nOnly what you change is written, so that a colleague who changes another field of the same line at "
        "the same time is not overwritten. Stop says from which day on it is not taken; the line stays in the history."
    )

    def __init__(
        self, client: str | None = None, draft: str | None = None, item: str = "", lab: bool = False,
        stop: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._client, self._draft = client, draft
        self._item, self._lab, self._stop = item, lab, stop
        self._line: ClientLine | None = None
        self._counted = ""
        """The due day that was counted from the others, and not typed."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    @property
    def _list(self) -> str:
        return "labs" if self._lab else "medicines"

    def _path(self, name: str) -> str:
        return f"{self._list}.{self._item}.{name}"

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            found = await host.ask(host.laptop.start, KIND, self._client)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        self._find_item(found)
        return found

    def _find_item(self, draft: Draft) -> None:
        """Go on with the line that a draft was left at; a new line has a new id."""
        parts = read_focus(draft.focus).field.split(".")
        begun = _changed_items(draft)
        if len(parts) == 3 and parts[0] in ("medicines", "labs"):
            at = (parts[0], parts[1])
        elif begun:
            at = begun[0]
        else:
            self._item = self._item or uuid7(self.host.now_ms())
            return
        if begun and (self._list, self._item) != at:
            self._lab, self._item, self._stop = at[0] == "labs", at[1], False
            self.say("This change was begun: sign or discard it first.", tone="note")
        elif not self._item:
            self._lab, self._item = at[0] == "labs", at[1]

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        if self._lab:
            return [
                FormChoice(self._path("what"), "Which lab", LABS, optional=False),
                FormLine(self._path("name"), "In words", placeholder="if it is none of these"),
                FormPastDay(self._path("last"), "Last done", now=now, tz=tz, placeholder="today, -30"),
                FormNumber(self._path("every_d"), "Every", most=1_000, placeholder="days"),
                FormDay(self._path("due"), "Due", now=now, tz=tz, placeholder="+90, 12/20"),
            ]
        return [
            FormNeeded(self._path("name"), "Medicine", "Name the medicine.", placeholder="as on the box"),
            FormLine(self._path("dose"), "Dose", placeholder="50 mg"),
            FormLine(self._path("schedule"), "How often", placeholder="mornings, twice a day"),
            FormChoice(self._path("route"), "Route", ROUTES),
            FormYes(self._path("prn"), "As needed"),
            FormNumber(
                self._path("lai_every_d"), "Given every", most=400, placeholder="days between injections"
            ),
            FormNumber(
                self._path("lai_window_d"), "Days of grace", most=100, placeholder="after the due day"
            ),
            FormPastDay(self._path("last_given"), "Last given", now=now, tz=tz, placeholder="today, 11/02"),
            FormDay(self._path("next_due"), "Next due", now=now, tz=tz, placeholder="+28, 12/20"),
            FormChoice(self._path("lai_site"), "Last site", SITES),
            FormChoice(self._path("mat"), "MAT", MAT, none="not for opioid or alcohol use"),
            FormLine(self._path("mat_place"), "Clinic, OTP", placeholder="who prescribes or gives it"),
            FormLine(self._path("mat_phone"), "Phone there"),
            FormDay(
                self._path("mat_next"), "Next there", now=now, tz=tz, placeholder="next dose, visit or refill"
            ),
            FormLine(self._path("reason"), "For", placeholder="what it is for"),
            FormLine(self._path("prescriber"), "Prescriber"),
            FormPastDay(self._path("start"), "Since", now=now, tz=tz, placeholder="today, 11/02"),
            FormChoice(self._path("source"), "Known from", SOURCES),
            FormDay(self._path("stop"), "Stopped", now=now, tz=tz, placeholder="today: not taken any more"),
            FormLine(self._path("stop_reason"), "Why stopped"),
        ]

    async def shown(self) -> None:
        draft, line = self.draft, self._line
        if draft is None or line is None:
            return
        known = take(draft.base, f"{self._list}.{self._item}") or {}
        what = ("Change a" if known else "New") + (" lab for" if self._lab else " medicine for")
        others = [one for one in _changed_items(draft) if one != (self._list, self._item)]
        shown = [client_head(what, line, self.app.size.width)]
        if others:
            shown.append(styled(f"This draft also changes {len(others)} other lines.", "$text-warning"))
        self.query_one("#form-head", Static).update(lines(*shown))
        who = self.field_at(self._path("prescriber"))
        if (
            not known
            and who is not None
            and "prescriber" in self.host.me.roles
            and not any(who.values().values())
        ):
            who.restore({who.field: self.host.me.name}, {})
        if self._stop and not self._lab:
            field = self.field_at(self._path("stop"))
            today = day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()
            if field is not None and not any(field.values().values()):
                field.restore({field.field: today}, {})
            reason = self.field_at(self._path("stop_reason"))
            if reason is not None:
                self.call_after_refresh(reason.land)

    def refit(self) -> None:
        if self.draft is None or self._lab:
            return
        route = self.field_at(self._path("route"))
        lai = isinstance(route, FormChoice) and route.value == LAI
        treatment = self.field_at(self._path("mat"))
        mat = isinstance(treatment, FormChoice) and bool(treatment.value)
        for name in (*_OF_LAI, *_OF_MAT, *_ENDS):
            field = self.field_at(self._path(name))
            if field is None:
                continue
            filled = any(value is not None for value in field.values().values()) or bool(field.typed())
            wanted = lai if name in _OF_LAI else mat if name in _OF_MAT else self._stop or name == "stop"
            field.display = filled or wanted

    def react(self, field: FormField) -> None:
        """Say when the next one is due as soon as it can be told; a day that was typed stays."""
        names = ("last", "every_d", "due") if self._lab else ("last_given", "lai_every_d", "next_due")
        given, every, due = (self.field_at(self._path(name)) for name in names)
        if given is None or every is None or due is None or field not in (given, every):
            return
        known = take(self.draft.base, due.field) if self.draft is not None else None
        said = next(iter(due.values().values()), None)
        if said not in (None, known, self._counted):
            return
        on, days = (next(iter(one.values().values()), None) for one in (given, every))
        if on and isinstance(days, int):
            self._counted = next_injection(str(on), days)
            due.restore({due.field: self._counted}, {})

    def added(self, values: dict[str, Any]) -> None:
        base = take(self.draft.base, f"{self._list}.{self._item}") if self.draft is not None else None
        row = take(values, f"{self._list}.{self._item}")
        if isinstance(base, dict) and isinstance(row, dict):
            # What was emptied is said to be empty, or the old value would stay.
            row |= {name: None for name in base if name not in row}
        for name in ("medicines", "labs"):
            if values.get(name) == {}:
                del values[name]

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("The list is changed. It waits to be verified by a prescriber.")
        self.dismiss()


def _changed_items(draft: Draft) -> list[tuple[str, str]]:
    """Return (list, item) of the lines that a draft changes."""
    found = []
    for name in ("medicines", "labs"):
        before, after = draft.base.get(name) or {}, draft.values.get(name) or {}
        found += [(name, item) for item, row in after.items() if before.get(item) != row]
    return found
