"""A real Laptop for the form tests: a small team on disk, cheap keys, a clock that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fieldapp
from fieldapp.app import FieldApp
from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import one_per, uuid7
from fieldapp.records.kind import DOC
from fieldapp.screens.form_draft import DraftScreen
from fieldapp.store.store import Store
from fieldapp.store.transaction import Tx
from fieldapp.widgets.form_field import FormField

CHEAP = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=CHEAP)
PASSPHRASE = "seven purple herons wade slowly"
PIN = "4711"
TZ = "America/Los_Angeles"
NOW = 1_795_374_000_000
"""2026-11-22 11:00 in Seattle, a Sunday."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def ident(number: int) -> str:
    """Return a fixed id."""
    return uuid7(NOW - 400 * DAY, number.to_bytes(10, "big"))


ORG = "ab" * 32
DEVICE, PROGRAM, TEAM = ident(1), ident(2), ident(3)
DANA, TOM, NAIR = ident(11), ident(12), ident(13)
"""A clinician, a technician, a supervisor."""
ADA, SAM, MINH, LUCIA = ident(21), ident(22), ident(23), ident(24)
NAMES = {DANA: "Dana Reyes", TOM: "Tom Berg", NAIR: "Priya Nair"}
CREDENTIALS = {DANA: "LICSW", TOM: "AAC", NAIR: "LMHC"}
ROLES = {DANA: "clinician", TOM: "tech", NAIR: "supervisor"}
CLIENTS = {ADA: "Okafor, Ada", SAM: "Lindqvist, Sam", MINH: "Tran, Minh", LUCIA: "Morales, Lucía"}
NOTE_TEXT = {
    "data": "Ada met me at the door and spoke of two bad nights; slept four hours.",
    "assessment": "Sleep is worse since the letter from the landlord; no change in risk.",
    "plan": "Call on Wednesday about the letter; bring the housing form on Friday.",
}
PLAN_DOC: Mapping[str, Any] = {
    "signs": ["I stop answering my sister", "I stay up past three"],
    "alone": ["Walk to the water"],
    "distract": [{"name": "Library on Hoyt"}, {"name": "Ruth", "phone": "425-555-0101"}],
    "helpers": [{"name": "Ngozi", "relation": "sister", "phone": "425-555-0102", "knows": True}],
    "team": [{"name": "Our team", "phone": "425-555-0199"}, {"name": "988"}],
    "means": [
        {"text": "Old tablets", "means": "medication", "access": "yes", "action": "given_to_trusted_person"}
    ],
    "matters": ["My nephew"],
    "review_due": "2027-02-10",
    "likely_to_use": 7,
}


@dataclass
class Desk:
    """One person's laptop before it is opened: entries of everybody, as if they had been received."""

    folder: Path
    staff: str = DANA
    clock: HeldClock = field(default_factory=lambda: HeldClock(NOW))
    laptops: list[Laptop] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = Vaults(self.folder).prepare()
        key = vault.create(self.place.key_file, PASSPHRASE, kdf=CHEAP, policy=POLICY)
        self.store = Store.create(self.place.database, key.derive("db"))
        self.identity = Identity.generate()
        self._counter = 0
        self.at = NOW - 200 * DAY
        with self.store.writing() as tx:
            for name, value in (("org", ORG), ("device", DEVICE), ("staff", self.staff)):
                tx.set_meta(name, value)
            tx.set_meta("identity", self.identity.seed)
            self._office(tx)

    def _office(self, tx: Tx) -> None:
        add = self._adder(tx)
        self.program = add("program", PROGRAM, {
            "name": "North Sound Outreach", "archetype": "community", "tz": TZ,
            "phone": "425-555-0199", "local_crisis_line": "800-555-0123",
            # Most pictures are of other things than a missing treatment plan.
            "settings": {"treatment_plan_first_d_community": 400},
        })  # fmt: skip
        add("team", TEAM, {"name": "Everett North", "program": PROGRAM})
        for staff, name in NAMES.items():
            add("staff", staff, {"name": name, "is_mhp": staff != TOM, "supervisor": NAIR}, items={
                "memberships": {"m": {"role": ROLES[staff], "program": PROGRAM, "team": TEAM, "since": "2026-01-01"}},
                "credentials": {"c": {"code": CREDENTIALS[staff], "issued": "2020-01-01", "expires": "2029-01-01"}},
            })  # fmt: skip
        for client, name in CLIENTS.items():
            add("client", client, {"home_program": PROGRAM, "home_team": TEAM, "legal_name": name,
                                   "pronouns": "she/her", "dob": "1984-03-09", "language": "en"}, client=client)  # fmt: skip
            add("episode", ident(100 + list(CLIENTS).index(client)),
                {"program": PROGRAM, "status": "active", "admit_date": "2026-08-03", "intensity_tier": "standard"},
                client=client)  # fmt: skip
            add("assignment", one_per(client, "assignment"), {}, client=client, items={
                "periods": {"p": {"staff": DANA, "role": "primary", "since": "2026-08-03", "start": "2026-08-03"}},
            })  # fmt: skip

    def _adder(self, tx: Tx) -> Any:
        def add(kind: str, record: str, values: Mapping[str, Any], **more: Any) -> Entry:
            body = {"set": dict(values)} if values else {}
            if "items" in more:
                body["items"] = more.pop("items")
            return self.put(tx, kind, record, body, **more)

        return add

    def put(
        self,
        tx: Tx,
        kind: str,
        record: str,
        body: Mapping[str, Any],
        *,
        client: str | None = None,
        author: str = NAIR,
        meaning: str = "save",
        prev: Sequence[str] = (),
        about: str | None = None,
        at_ms: int | None = None,
        sensitivity: str = "normal",
    ) -> Entry:
        """Store an entry that came from the server."""
        self._counter += 1
        self.at += MINUTE
        envelope = Envelope(
            org=ORG, id=record, kind=kind, author=Author(author, NAMES[author], CREDENTIALS[author], ROLES[author]),
            device=ident(900 + list(NAMES).index(author)), series=ident(950), counter=self._counter,
            at=instant(self.at if at_ms is None else at_ms), tz=TZ, clock=Clock(0, None), meaning=meaning,
            prev=tuple(sorted(prev)), body=body, client=client, about=about, sensitivity=sensitivity,
        )  # fmt: skip
        entry = Entry.made(envelope, b"\0" * 64)
        tx.add(
            [entry],
            own=author == self.staff,
            state="confirmed",
            received_ms=self.at if at_ms is None else at_ms,
        )
        return entry

    def add(self, kind: str, record: str, body: Mapping[str, Any], **more: Any) -> Entry:
        """Store one entry that came from the server."""
        with self.store.writing() as tx:
            return self.put(tx, kind, record, body, **more)

    def contact(
        self, client: str = ADA, *, author: str | None = None, ago: int = 2 * HOUR, **values: Any
    ) -> str:
        """Store a completed home visit of an hour."""
        record = uuid7(NOW - ago, self._counter.to_bytes(10, "big"))
        values = {
            "start": instant(NOW - ago), "stop": instant(NOW - ago + HOUR), "tz": TZ, "modality": "in_person",
            "setting": "home", "contact_type": "individual_counseling", "outcome": "completed", "note_required": True,
        } | values  # fmt: skip
        self.add(
            "contact",
            record,
            {"set": values},
            client=client,
            author=author or self.staff,
            at_ms=NOW - ago + HOUR,
        )
        return record

    def note(
        self,
        client: str = ADA,
        *,
        author: str,
        contact: str = "",
        ago: int = HOUR,
        cosign: str = "",
        **doc: Any,
    ) -> Entry:
        """Store a signed note."""
        body: dict[str, Any] = {DOC: {
            "format": "DAP", "sections": dict(NOTE_TEXT), "service_start": instant(NOW - ago - HOUR),
            "service_stop": instant(NOW - ago), "tz": TZ, "risk_block": {"answer": "asked_denied"},
            "goals": ["Sleep six hours", "Keep the flat"],
        } | ({"contact": contact} if contact else {}) | doc}  # fmt: skip
        if cosign:
            body["cosign_required"] = cosign
        record = uuid7(NOW - ago, (5000 + self._counter).to_bytes(10, "big"))
        return self.add("note", record, body, client=client, author=author, meaning="sign", at_ms=NOW - ago)

    def plan(self, client: str = ADA, *, author: str = NAIR, ago: int = 9 * DAY, prev: Sequence[str] = (),
             **doc: Any) -> Entry:  # fmt: skip
        """Store a signed safety plan."""
        return self.add(
            "safety_plan", one_per(client, "safety_plan"), {DOC: dict(PLAN_DOC) | doc}, client=client,
            author=author, meaning="sign", prev=prev, at_ms=NOW - ago,
        )  # fmt: skip

    def alert(self, client: str = ADA, severity: str = "stop") -> None:
        """Store a standing alert."""
        values = {"cls": "home_safety", "code": "two_person_required", "severity": severity,
                  "detail": "Ex-partner may be there.", "review_by": "2027-01-10"}  # fmt: skip
        self.add("alert", ident(300 + self._counter), {"set": values}, client=client)

    def opened(self) -> Laptop:
        """Close the store and return the Laptop, still locked."""
        self.store.close()
        Vaults(self.folder).adopt(self.place)
        return self.laptop()

    def laptop(self) -> Laptop:
        """Return another Laptop on the same folder, as after a restart."""
        made = Laptop(self.folder, clock=self.clock, vault_policy=POLICY, kdf=CHEAP)
        self.laptops.append(made)
        return made

    def close(self) -> None:
        """Close whatever is open."""
        self.store.close()
        for laptop in self.laptops:
            laptop.close()


class CountingApp(FieldApp):
    """The App, which also says how often its Laptop was asked: quiet means that nothing new was."""

    CSS_PATH = str(Path(fieldapp.__file__).parent / "screens" / "base.tcss")
    asked = 0

    async def ask(self, call: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        return await super().ask(call, *args, **kwargs)

    async def browse(self, call: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        return await super().browse(call, *args, **kwargs)


def make_app(laptop: Laptop, clock: HeldClock | None = None) -> FieldApp:
    """Return the real App on a real Laptop.

    Its clock stands still unless one is given: a laptop's clock that moves on alone ages the proof of who
    is there, and the app does not take the gap for a sleep.
    """
    still = clock or HeldClock(NOW)
    return CountingApp(lambda: laptop, clock=still, crisis_help=lambda: ("Team: 425-555-0199",))


async def settled(pilot: Any) -> None:
    """Wait until no reading or writing is under way; a worker that waits for a dialog's answer may stay."""
    app = pilot.app
    quiet = 0
    while quiet < 3 and app.is_running:
        before = app.asked
        await pilot.pause()
        await app.ask(int)
        quiet = quiet + 1 if app.asked == before + 1 else 0
    if app.is_running:
        await app.screen.wait_for_refresh()


async def scrolled(pilot: Any) -> None:
    """Scroll a form to where its focus asks for, whatever was laid out while it was on its way there."""
    await settled(pilot)
    screen = pilot.app.screen
    for form in screen.query("#form"):
        form.scroll_home(animate=False, force=True)
        await pilot.pause()
        if screen.focused is not None:
            screen.focused.scroll_visible(animate=False, immediate=True)
    await settled(pilot)


async def unlocked(pilot: Any) -> None:
    """Type the passphrase and wait for Today."""
    await pilot.pause()
    pilot.app.screen.query_one("#passphrase").value = PASSPHRASE
    await pilot.press("enter")
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


async def opened_at(pilot: Any, route: str, **arguments: Any) -> None:
    """Unlock and open a screen by its route, as somebody does who comes from elsewhere in the app."""
    await unlocked(pilot)
    pilot.app.open(route, **arguments)
    await settled(pilot)


def shown(app: FieldApp) -> str:
    """Return everything on screen as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def form(app: FieldApp) -> DraftScreen[Any]:
    """Return the form on top."""
    assert isinstance(app.screen, DraftScreen)
    return app.screen


def field_of(app: FieldApp, name: str) -> FormField:
    """Return a field of the form on top by the end of its widget id."""
    return app.screen.query_one(f"#field-{name}", FormField)


def top(app: FieldApp) -> type[Any]:
    """Return the class of the screen on top; a function, so that type checks do not outlive a key."""
    return type(app.screen)


async def keys(pilot: Any, *pressed: str) -> int:
    """Press keys, waiting after each for what it brings about; returns how many they were."""
    for one in pressed:
        await pilot.press(one)
        await settled(pilot)
    return len(pressed)


async def typed(pilot: Any, text: str) -> int:
    """Type a text into what has the focus."""
    named = {
        " ": "space",
        ":": "colon",
        "-": "minus",
        ".": "full_stop",
        ",": "comma",
        "/": "slash",
        "+": "plus",
    }
    await pilot.press(*(named.get(letter, letter) for letter in text))
    await settled(pilot)
    return len(text)
