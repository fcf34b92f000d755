"""A Laptop that answers from prepared read models, for tests of screens alone; flows use a real one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from fieldapp.app import FieldApp
from fieldapp.errors import KeyFailure, NotReached
from fieldapp.laptop.clock import HeldClock
from fieldapp.store.models import (
    AlertLine,
    Chart,
    Checkin,
    ClientLine,
    ConflictLine,
    CrisisCard,
    Draft,
    DueLine,
    Me,
    PendingLine,
    PlanRead,
    PlanVersion,
    ReviewLine,
    SupportLine,
    SyncStatus,
    TaskLine,
    TimelineRow,
    Today,
    VisitLine,
)

NOW = 1_795_374_000_000
"""2026-11-22 11:00 in Seattle, a Sunday."""
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PASSPHRASE = "correct horse battery staple orbit lamp"

ME = Me(
    staff="s-1", name="Dana Reyes", credential="LICSW", role="clinician", roles=("clinician",),
    program="p-1", program_name="North Sound Outreach", archetype="community", team="t-1",
    team_name="Everett North", device="d-1", org="o-1", tz="America/Los_Angeles", is_supervisor=False,
)  # fmt: skip
STOP = AlertLine("a-1", "stop", "two_person_required", "Two people required",
                 "Ex-partner may be there; go with a colleague.", "2027-01-10")  # fmt: skip
DOG = AlertLine("a-2", "caution", "dog_loose", "Loose dog", "Friendly, jumps.", "2027-01-10")


def client(number: int, name: str, **changes: Any) -> ClientLine:
    """Return a client's line with nothing special about it."""
    line = ClientLine(
        client=f"c-{number}", name=name, pronouns="she/her", dob="1984-03-09", language="en",
        interpreter=False, risk="none", alerts=(), status="active", tier="standard", team="Everett North",
        primary="Dana Reyes", primary_id="s-1", last_contact_ms=NOW - 2 * DAY, no_contact_days=2,
        no_contact_limit=7, plan="active", conflicts=0, street="Rucker Ave Everett", mrn=f"{4000 + number}",
    )  # fmt: skip
    return replace(line, **changes)


CLIENTS = (
    client(1, "Okafor, Ada", risk="high", alerts=(STOP, DOG), conflicts=1),
    client(2, "Lindqvist, Sam", pronouns="they/them", risk="moderate", no_contact_days=11),
    client(3, "Morales, Lucía", language="es", interpreter=True, alerts=(DOG,)),
    client(4, "Tran, Minh", pronouns="he/him", plan="overdue"),
    client(5, "Whitehorse, June", status="on_hold", no_contact_days=None),
    client(6, "Petrov, Ilya", pronouns="", risk="low", primary="", primary_id=""),
)
PLAN_DOC: Mapping[str, Any] = {
    "signs": ["I stop answering my sister", "I stay up past three"],
    "alone": ["Walk to the water", "Play the record that mum liked"],
    "distract": [{"name": "Library on Hoyt"}, {"name": "Ruth", "phone": "425-555-0101"}],
    "helpers": [{"name": "Ngozi", "relation": "sister", "phone": "425-555-0102"}],
    "team": [{"name": "Our team", "phone": "425-555-0199"}, {"name": "988"}],
    "means": [{"text": "STAFF ONLY pills with sister"}],
    "matters": ["My nephew"],
}
PLAN = PlanRead("r-plan", "c-1", "Okafor, Ada",
                (PlanVersion("e-plan", 3, NOW - 9 * DAY, "Dana Reyes", "LICSW", "final", True, PLAN_DOC),),
                ("e-plan",))  # fmt: skip
CONFLICT = ConflictLine("c-1", "client", "c-1", "Okafor, Ada", "phones", "Phone")


def card_of(line: ClientLine) -> CrisisCard:
    """Return a full crisis card."""
    return CrisisCard(
        line=line,
        way="on_call",
        phones=(("425-555-0111", "text ok"),),
        address="1822 Rucker Ave 4, Everett",
        finding="Mornings at the library on Hoyt",
        team_phone="425-555-0199",
        local_line="800-555-0123",
        risk_since_ms=NOW - 5 * HOUR,
        risk_reason="Says so",
        plan=PLAN,
        other_plan=("Crisis plan", "Turn the radio on"),
        supports=(SupportLine("Ngozi Okafor", "sister", "425-555-0102", "knows of the treatment"),),
        contacts=tuple(timeline_of(3)),
        team=(("primary", "Dana Reyes"),),
        tasks=(
            TaskLine(
                "t-1",
                line.client,
                line.name,
                line.risk,
                "Call back",
                "",
                "",
                NOW - HOUR,
                True,
                NOW - 9 * HOUR,
            ),
        ),
        legal="Less restrictive alternative",
        directive="On file",
        guardian="Her sister",
        allergies="Penicillin",
        medical="Diabetes",
    )


def chart_of(line: ClientLine, count: int) -> Chart:
    """Return a full chart."""
    return Chart(
        line=line,
        facts=(("Housing", "Housed"), ("Pharmacy", "Bartell on Colby")),
        phones=(("425-555-0111", "text ok"), ("425-555-0112", "no message")),
        address="1822 Rucker Ave 4, Everett",
        finding="Mornings at the library on Hoyt",
        people=(("Ngozi Okafor", "sister", "425-555-0102"),),
        episode=(("Status", "Active"), ("Track", "SMI"), ("Admitted", "2026-08-03")),
        contact_plan="3 a week, 2 face to face, afternoons",
        team=(("primary", "Dana Reyes"), ("prescriber", "R. Cho")),
        conflicts=(CONFLICT,) if line.conflicts else (),
        timeline_count=count,
        plan=PLAN if line.plan == "active" else None,
        risk_since_ms=NOW - 9 * DAY if line.risk == "high" else None,
        risk_reason="Asked and present on Nov 13" if line.risk == "high" else "",
    )


def timeline_of(count: int) -> list[TimelineRow]:
    """Return a history of so many lines, newest first."""
    shapes = (
        ("contact", "Home visit", "Completed · brought groceries", "saved", "not sent"),
        (
            "note",
            "Note (DAP)",
            "Slept four hours, worried about rent; agreed to call on Friday",
            "pending",
            "sent",
        ),
        ("contact", "Phone call", "Left message", "saved", "sent"),
        ("safety_plan", "Safety plan", "Version 3 · Active", "final", "sent"),
        ("risk", "Risk", "High · asked and present", "final", "sent"),
        ("note", "Note (DAP)", "Wrong chart", "error", "needs you"),
    )
    rows = []
    for number in range(count):
        kind, title, text, status, sending = shapes[number % len(shapes)]
        rows.append(
            TimelineRow(f"r-{number}", kind, NOW - number * 7 * HOUR, title, text, "Dana Reyes", status, "",
                        sending, late=number == 2)
        )  # fmt: skip
    return rows


TODAY = Today(
    day="2026-11-22",
    visits=(
        VisitLine("v-1", "c-1", "Okafor, Ada", NOW + HOUR, 45, "1822 Rucker Ave 4", "Bring the housing form",
                  "planned", "Individual counseling", "In person", "home", "high", (STOP, DOG), "she/her"),
        VisitLine("v-2", "c-3", "Morales, Lucía", NOW + 3 * HOUR, 60, "Library on Hoyt", "Interpreter booked",
                  "planned", "Case management", "In person", "street", "none", (DOG,), "she/her"),
        VisitLine("v-3", "c-4", "Tran, Minh", NOW - 2 * HOUR, 30, "Phone", "", "done", "Care coordination",
                  "Phone", "", "none", (), "he/him"),
    ),
    due=(
        DueLine("returned", "r-9", "c-4", "Tran, Minh", "Note of Nov 19 came back: say what was agreed", None, False),
        DueLine("unsigned", "r-8", "c-2", "Lindqvist, Sam", "Note for the visit of Nov 20", NOW - 30 * HOUR, True),
        DueLine("no_contact", "", "c-2", "Lindqvist, Sam", "11 days without contact, agreed are 7", NOW - 4 * DAY, True),
        DueLine("plan_review", "r-7", "c-4", "Tran, Minh", "Safety plan to be looked at again", NOW + 2 * DAY, False),
        DueLine("needs_you", "r-6", "c-5", "Whitehorse, June", "Contact of Nov 18: the client has no home team", None, False),
    ),
    alerts=(("c-1", "Okafor, Ada", STOP), ("c-1", "Okafor, Ada", DOG), ("c-3", "Morales, Lucía", DOG)),
    oncall="On call: Priya Nair, 425-555-0188",
)  # fmt: skip
PENDING = (
    PendingLine("e-1", "r-6", "contact", "Whitehorse, June", "Contact", NOW - 4 * DAY, "rejected", "needs you",
                "The client has no home team."),
    PendingLine("e-2", "r-0", "contact", "Okafor, Ada", "Contact", NOW - 20 * MINUTE, "unsent", "not sent", ""),
    PendingLine("e-3", "r-5", "note", "Tran, Minh", "Note", NOW - 3 * HOUR, "held",
                "waiting for an earlier entry", ""),
    PendingLine("e-4", "r-4", "note", "Okafor, Ada", "Note", NOW - 5 * HOUR, "quarantined", "with your supervisor",
                "Another team's client."),
)  # fmt: skip
STATUS = SyncStatus(
    pending=0, needs_you=0, held=0, quarantined=0, confirmed_total=142, last_confirmed_ms=NOW - 2 * MINUTE,
    offline_since_ms=None,
)  # fmt: skip


@dataclass
class FakeLaptop:
    """Answers as the Laptop does."""

    clients: tuple[ClientLine, ...] = CLIENTS
    history: list[TimelineRow] = field(default_factory=lambda: timeline_of(40))
    me: Me = ME
    status: SyncStatus = STATUS
    day: Today = TODAY
    waiting: tuple[PendingLine, ...] = PENDING
    failed: int = 0
    warnings: tuple[str, ...] = ()
    elsewhere: tuple[Any, ...] = ()
    enrolled: bool = True
    pin: str = ""
    calls: list[str] = field(default_factory=list)
    kept: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    wrong: int = 0
    closed: bool = False
    pages: list[tuple[int, int]] = field(default_factory=list)
    refuse: Exception | None = None
    damage: Exception | None = None
    full: Exception | None = None
    ways: dict[str, str | None] = field(default_factory=dict)
    out: Checkin | None = None

    @property
    def checked_in(self) -> Checkin | None:
        return self.out

    @property
    def attempts(self) -> Any:
        return SimpleNamespace(
            count=self.wrong, since_ms=None, wait_s=2 ** (self.wrong - 4) if self.wrong > 3 else 0
        )

    @property
    def unsent_elsewhere(self) -> tuple[Any, ...]:
        return self.elsewhere

    @property
    def has_pin(self) -> bool:
        return bool(self.pin)

    def unlock(self, passphrase: str) -> Any:
        if self.damage is not None:
            raise self.damage
        if passphrase != PASSPHRASE:
            self.wrong += 1
            raise KeyFailure("The passphrase does not open this account. Check caps lock and try again.")
        return SimpleNamespace(failed=self.failed, since_ms=NOW - 5 * HOUR, warnings=self.warnings)

    def reauthenticate(self, passphrase: str) -> None:
        self.unlock(passphrase)

    def set_pin(self, pin: str) -> None:
        self.pin = pin

    def check_pin(self, pin: str) -> int | None:
        if pin == self.pin:
            return None
        self.wrong += 1
        return 3 - self.wrong

    def lock(self) -> None:
        self.calls.append("lock")
        self.closed = True

    def today(self, day: str | None = None) -> Today:
        if self.refuse is not None:
            raise self.refuse
        return self.day

    def cards(self, query: str = "") -> tuple[ClientLine, ...]:
        return self.caseload(query)

    def card(self, client: str) -> CrisisCard:
        return card_of(next(c for c in self.clients if c.client == client))

    def tasks(self, client: str | None = None) -> tuple[Any, ...]:
        return ()

    def review(self) -> tuple[ReviewLine, ...]:
        return ()

    def review_counts(self) -> tuple[int, int]:
        return len(self.review()), sum(line.late for line in self.review())

    def opened_for_review(self) -> frozenset[str]:
        return frozenset()

    def caseload(self, query: str = "", mine: bool = False) -> tuple[ClientLine, ...]:
        if self.refuse is not None:
            raise self.refuse
        found = [c for c in self.clients if query.lower() in f"{c.name} {c.street} {c.mrn}".lower()]
        return tuple(c for c in found if not mine or c.primary_id == self.me.staff)

    def chart(self, name: str) -> Chart:
        if self.refuse is not None:
            raise self.refuse
        return chart_of(next(c for c in self.clients if c.client == name), len(self.history))

    def way_in(self, name: str) -> str | None:
        return self.ways.get(name, "team")

    def client_line(self, name: str) -> ClientLine:
        return next(c for c in self.clients if c.client == name)

    def acknowledge_alerts(self, client: str, alerts: Sequence[str]) -> None:
        self.calls += [f"read {client} {alert}" for alert in alerts]

    def break_glass(self, name: str, code: str, reason: str = "") -> str:
        self.calls.append(f"glass {name} {code} {reason}")
        self.ways[name] = "break_glass"
        return "hash"

    def timeline(self, name: str, offset: int, limit: int, kinds: Any = None) -> tuple[TimelineRow, ...]:
        self.pages.append((offset, limit))
        return tuple(self.history[offset : offset + limit])

    def pending(self) -> tuple[PendingLine, ...]:
        return self.waiting

    def corrected_ms(self) -> int:
        return NOW

    def sync_status(self) -> SyncStatus:
        return self.status

    def sync(
        self, said: Callable[[SyncStatus], None] | None, cancelled: Callable[[], bool] | None
    ) -> SyncStatus:
        self.calls.append("sync")
        if isinstance(self.refuse, NotReached):
            self.status = replace(self.status, offline_since_ms=NOW, message=self.refuse.sentence)
        elif said is not None:
            said(replace(self.status, running=True, progress=(1, 2)))
        return self.status

    def save_draft(self, name: str, values: Mapping[str, Any], focus: str) -> Draft:
        if self.full is not None:
            raise self.full
        self.kept[name] = values
        return Draft(name, "r", "note", "c-1", "sign", (), {}, values, focus, 1, NOW)


def make_app(laptop: FakeLaptop | None = None, clock: HeldClock | None = None, **options: Any) -> FieldApp:
    """Return an App on a fake Laptop and a clock that stands."""
    used = laptop or FakeLaptop()
    return FieldApp(
        cast("Callable[[], Any]", lambda: used),
        clock=clock or HeldClock(NOW),
        crisis_help=options.pop("crisis_help", lambda: ("Our team, day and night: 425-555-0199",)),
        **options,
    )


async def unlocked(pilot: Any) -> None:
    """Type the passphrase and wait until Today is shown and filled."""
    app = pilot.app
    await pilot.pause()
    app.screen.query_one("#passphrase").value = PASSPHRASE
    await pilot.press("enter")
    await settled(pilot)


async def settled(pilot: Any) -> None:
    """Wait until the App's threads have answered and what they brought is drawn.

    Workers themselves may wait for a person (a dialog), so they are no measure.
    """
    app = pilot.app
    for _ in range(4):
        for thread in (app._clerk, app._lists, app.rounds._thread):
            with contextlib.suppress(RuntimeError, asyncio.CancelledError):  # the app is leaving
                await asyncio.wrap_future(thread.submit(lambda: None))
        await pilot.pause()
    if app.is_running:
        await app.screen.wait_for_refresh()


def shown(pilot: Any) -> str:
    """Return all text on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
