"""One place where a client lives or lived: from when until when, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.housing import moved, place_name
from ..clinical.times import day_of
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds import client as kind
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_past_day import FormPastDay
from ..widgets.text import lines, plain
from .form_draft import DraftScreen
from .form_head import client_head
from .form_values import read_focus, take
from .sign import overrides_for

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft

KIND = "client"
PLACES = "addresses"


class HousingScreen(DraftScreen[None]):
    """One place."""

    CSS_PATH = ["form.tcss"]
    HELP = (
        "# Where they live\n\nA new place with its first day ends where they lived before, on that day; whoever keeps two "
        "places opens the earlier one and takes its last day away. Say how it ended: evicted, asked to leave and left count as "
        "failed placements."
    )

    def __init__(self, client: str | None = None, draft: str | None = None, item: str = "") -> None:
        super().__init__()
        self._client, self._draft, self._item = client, draft, item
        self._line: ClientLine | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def _path(self, name: str) -> str:
        return f"{PLACES}.{self._item}.{name}"

    @property
    def _is_new(self) -> bool:
        return self.draft is not None and self._item not in places(self.draft.base)

    async def find_draft(self) -> Draft | None:
        host = self.host
        if self._draft is not None:
            found = await host.ask(host.laptop.draft, self._draft)
        else:
            found = await host.ask(host.laptop.start, KIND, self._client, self._client)
        self._client = found.client
        self._line = await host.ask(host.laptop.client_line, self._client or "")
        begun = _begun(found)
        if begun and self._item != begun:
            if self._draft is None:
                self.say("This place was begun: save or discard it first.", tone="note")
            self._item = begun
        self._item = self._item or uuid7(host.now_ms())
        if self._item not in places(found.base) and not begun:
            today = day_of(host.corrected_ms(), host.me.tz).isoformat()
            values = dict(found.values)
            values[PLACES] = {**places(values), self._item: {"since": today}}
            return await host.ask(host.laptop.save_draft, found.id, values, found.focus)
        return found

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz, at = self.host.corrected_ms, self.host.me.tz, self._path
        return [
            FormChoice(at("kind"), "Kind of place", kind.ADDRESS_KINDS),
            FormLine(at("street"), "Street, place", placeholder="street and number, or where it is"),
            FormLine(at("city"), "City"),
            FormLine(at("county"), "County"),
            FormLine(at("zip"), "Zip"),
            FormLine(at("notes"), "Door, gate", placeholder="code, which bell, the dog"),
            FormPastDay(at("since"), "From", now=now, tz=tz, placeholder="today, 11/02, if known"),
            FormPastDay(at("until"), "Until", now=now, tz=tz, placeholder="once they left"),
            FormChoice(at("ended"), "How it ended", kind.ENDED_HOW),
            FormLine(at("remark"), "Remark", placeholder="with whom, on whose lease, why it ended"),
            FormChoice("housing_status", "Housing now", kind.HOUSING),
        ]

    async def shown(self) -> None:
        if self._line is None or self.draft is None:
            return
        what = "A new place for" if self._is_new else "A place of"
        head = [client_head(what, self._line, self.app.size.width)]
        before = [place_name(row) for row in places(self.draft.base).values() if not row.get("until")]
        if self._is_new and before:
            head.append(plain(f"Its first day ends: {'; '.join(before)}."))
        self.query_one("#form-head", Static).update(lines(*head))

    def refit(self) -> None:
        """Ask how it ended only of what is over."""
        ended, until = self.field_at(self._path("ended")), self.field_at(self._path("until"))
        if ended is not None and until is not None:
            over = any(until.values().values()) or bool(until.typed())
            ended.display = over or any(ended.values().values())

    def added(self, values: dict[str, Any]) -> None:
        base = places(self.draft.base) if self.draft is not None else {}
        mine = dict(places(values).get(self._item) or {})
        # What was emptied is said to be empty, or the old value would stay.
        mine |= {name: None for name in base.get(self._item, {}) if name not in mine}
        all_places = {**{item: dict(row) for item, row in base.items()}, self._item: mine}
        values[PLACES] = moved(all_places, self._item) if self._item not in base else all_places

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        return await overrides_for(self, problems)

    async def finished(self, record: str) -> None:
        self.say_below("Kept with where they lived before.")
        self.dismiss()


def places(values: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the places in the values of a client's form, by item."""
    found = take(values, PLACES)
    return found if isinstance(found, Mapping) else {}


def _begun(draft: Draft) -> str:
    """Return the place that a draft was begun for: a new one, else where it was left, else one that it changes."""
    before, after = places(draft.base), places(draft.values)
    new = [item for item in after if item not in before]
    changed = [item for item in after if before.get(item) != after[item]]
    left = read_focus(draft.focus).field.split(".")
    if new:
        return new[-1]
    if len(left) == 3 and left[0] == PLACES and left[1] in changed:
        return left[1]
    return changed[0] if changed else ""


def only_housing(draft: Draft) -> bool:
    """Tell whether a draft was left in this form: nothing but places and the housing of today was changed in it."""
    names = {*draft.base, *draft.values}
    changed = {name for name in names if draft.base.get(name) != draft.values.get(name)}
    at = read_focus(draft.focus).field
    return (
        bool(changed)
        and changed <= {PLACES, "housing_status"}
        and (at.count(".") == 2 or at == "housing_status")
    )
