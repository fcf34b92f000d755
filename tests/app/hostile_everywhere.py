"""The real app on a real laptop whose every text is hostile, led through all of its screens; run in a pseudo-terminal."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.screens import routes
from fieldapp.screens.keys import key as key_of
from tests.app.hostile import HOSTILE
from tests.forms.desk import (
    ADA,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOW,
    PROGRAM,
    TEAM,
    TOM,
    CountingApp,
    Desk,
    ident,
)

BEFORE_UNLOCK = frozenset({"lock", "help", "blank"})
"""Shown before or over the session; they hold no text of a record."""
NOT_LED_TO: dict[str, str] = {
    "checkin": "is made of the client's line that the screen before it shows",
    "checked_in": "holds times and one's own words",
    "own": "shows what the server did not take; its text is that of `record`",
}
"""Screens that this tour leaves out, and why."""

Step = tuple[str, dict[str, Any]]


def hostile(value: Any) -> Any:
    """Return a read model with hostile text before every text of several words: codes, ids and times have no blanks."""
    if isinstance(value, str):
        return HOSTILE + value if " " in value else value
    if isinstance(value, tuple | list | frozenset | set):
        return type(value)(hostile(item) for item in value) if not hasattr(value, "_fields") else value
    if isinstance(value, dict):
        return {name: hostile(inner) for name, inner in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        try:
            return replace(
                value, **{f.name: hostile(getattr(value, f.name)) for f in fields(value) if f.init}
            )
        except (TypeError, ValueError, AttributeError):
            return value
    return value


class Bent:
    """A laptop that answers as the real one does, in hostile words."""

    def __init__(self, real: Laptop) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name in ("clock", "folder"):
            return found
        if not callable(found):
            return hostile(found)

        def call(*args: Any, **kwargs: Any) -> Any:
            return hostile(found(*args, **kwargs))

        return call


def furnished(folder: Path) -> tuple[Desk, dict[str, str]]:
    """Return the desk of a supervisor with something of everything, and the records by kind."""
    desk = Desk(folder, staff=NAIR)
    about = {"client": ADA}
    made = {
        "contact": desk.contact(ADA, remark="two words"), "other": desk.contact(ADA, ago=3 * HOUR, remark="two words"),
        "note": desk.note(ADA, author=TOM, cosign="supervisor").envelope.id,
    }  # fmt: skip
    # Only who treats the client writes a discharge.
    desk.add("staff", NAIR, {"items": {"memberships": {"m2": {
        "role": "clinician", "program": PROGRAM, "team": TEAM, "since": "2026-01-01"}}}})  # fmt: skip
    desk.plan(ADA)
    desk.alert(ADA)
    desk.alert(MINH, "caution")
    desk.add("client", ADA, {"set": {"name_to_use": "Ada of the door", "languages": ["en"],
             "addresses": "x", "best_places_to_find": "by the river"}}, **about)  # fmt: skip
    made["task"] = ident(400)
    desk.add("task", made["task"], {"set": {"what": "other", "title": "call about it", "owner": NAIR,
             "due": instant(NOW + HOUR)}}, **about)  # fmt: skip
    made["shift_report"] = ident(401)
    desk.add("shift_report", made["shift_report"], {"set": {
        "program": PROGRAM, "since": instant(NOW - 9 * HOUR), "until": instant(NOW - HOUR), "remark": "a long night"}})  # fmt: skip
    made["snippet"] = ident(402)
    desk.add(
        "snippet", made["snippet"], {"set": {"name": "my own text", "text": "walked and talked"}}, author=NAIR
    )
    base = desk.add("client", LUCIA, {"set": {"housing_status": "housed"}}, client=LUCIA)
    for author, words in ((TOM, "Library on Hoyt"), (NAIR, "Bus station")):
        desk.add("client", LUCIA, {"set": {"best_places_to_find": words}}, client=LUCIA, author=author,
                 prev=[base.hash])  # fmt: skip
    return desk, made


def tour(made: Mapping[str, str], scopes: Any) -> Iterator[Step]:
    """Yield every screen with what it is about."""
    special: dict[str, dict[str, Any]] = {
        "sheet_form": {"kind": "related_person", "client": ADA}, "staff_member": {"staff": TOM},
        "record": {"record": made["note"]}, "same_visit": {"record": made["contact"], "other": made["other"]},
        "settle": {"record": LUCIA, "path": "best_places_to_find"}, "shift_report": {"record": made["shift_report"]},
        "snippet": {"record": made["snippet"]}, "task": {"client": ADA, "record": made["task"]},
        "contact": {"client": ADA, "record": made["contact"]}, "note": {"client": ADA, "contact": made["contact"]}, "pick": {"question": "Whose chart is it?"},
        "number": {"key": "contact_vs_plan", "scopes": scopes}, "emergency": {"name": HOSTILE}, "group_session": {"team": TEAM},
        "episode_form": {"part": "care", "client": ADA}, "new_client": {}, "oncall_shift": {}, "shift_form": {},
        "pin": {}, "groups": {}, "print": {"client": ADA}, "measure": {"client": ADA, "instrument": "phq9"},
    }  # fmt: skip
    alone = {
        "sweep", "triage", "board", "caseloads", "staff", "med_queue", "intake_list", "oncall", "shift_reports",
        "snippets", "numbers", "quick",
    }  # fmt: skip
    for name in routes.ROUTES:
        if name not in BEFORE_UNLOCK and name not in NOT_LED_TO and name not in Led.MODES:
            yield name, special.get(name, {} if name in alone else {"client": ADA})


class Led(CountingApp):
    """The app, which goes through all its screens by itself after one key and then leaves."""

    BINDINGS = [key_of("f12", "lead", "Lead", "Show every screen.")]
    seen: Path
    made: Mapping[str, str]

    async def quiet(self) -> None:
        """Wait until nothing is read any more and what was read is drawn."""
        still = 0
        while still < 3:
            before = self.asked
            await asyncio.sleep(0.01)
            await self.ask(int)
            still = still + 1 if self.asked == before + 1 and not self.opening else 0
        self.screen.refresh()
        await asyncio.sleep(0.02)

    def action_lead(self) -> None:
        self.run_worker(self.lead(), exit_on_error=True)

    async def lead(self) -> None:
        with self.seen.open("w") as file:
            for area in ("today", "caseload", "review", "sync"):
                await self.switch_mode(area)
                await self.quiet()
                print(area, type(self.screen).__name__, flush=True, file=file)
            scopes = await self.ask(self.laptop.metric_scopes)
            for name, about in tour(self.made, scopes):
                self.open(name, **about)
                await self.quiet()
                print(name, type(self.screen).__name__, flush=True, file=file)
                while len(self.screen_stack) > 1:
                    await self.pop_screen()
                await self.quiet()
        self.exit(return_code=0)


def main(seen: str) -> int:
    """Run the tour on this terminal and write what was shown into a file."""
    with tempfile.TemporaryDirectory() as folder:
        desk, made = furnished(Path(folder))
        bent: Any = Bent(desk.opened())
        app = Led(lambda: bent, clock=desk.clock, crisis_help=lambda: (HOSTILE,))
        app.seen, app.made = Path(seen), made
        app.run()
        desk.close()
        return app.return_code or 0
