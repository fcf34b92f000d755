"""One seeded history: what people do, what breaks, and what must be true afterwards.

A seed makes a list of events, each with chance of its own, so that events can be left out of a failing
history one by one without changing the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

import fieldapp
from fieldapp.errors import DiskFailure
from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin, writers
from fieldapp.server.speaker import Statement, administrator, say
from fieldapp.store import feeds
from fieldapp.store.tables import DraftRow
from tests.simulation.chance import fixed
from tests.simulation.oracle import check_always, check_at_rest, on_server
from tests.simulation.scene import Scene
from tests.simulation.world import (
    LaptopKilled,
    SimAgency,
    SimRig,
    full_disk,
    grow_old,
    prepared,
)
from tests.simulation.writers import BY_PEOPLE, Place, write
from tests.sync.sync_world import Rig

DAY_MS, MINUTE_MS = 86_400_000, 60_000
STEPS = 20
LINE_FAULTS = ("down", "cut request", "delay", "twice", "lost", "cut reply")
OFTEN: dict[str, int] = {
    "write": 40, "sync": 26, "draft": 6, "client": 4, "kill laptop": 4, "kill server": 4, "full disk": 3,
    "restart": 2, "days": 3, "clock": 2, "late": 3, "two rounds": 2, "poison": 2, "backup laptop": 2,
    "restore laptop": 2, "backup server": 2, "restore server": 2, "leave team": 2, "move client": 2,
    "decide": 2, "age": 1, "want": 4, "leave": 1, "one form twice": 3, "new form": 2, "clone": 1, "lost laptop": 1,
}  # fmt: skip
"""How often each event comes; a seed leaves some of them out, so that the rest meets in other ways."""
SPELLS = 0.2
"""How many of the histories have a laptop whose app is older than may write for a while."""
OLDER = "0.0.1"
CALM = frozenset({"write", "sync", "client"})


@dataclass(frozen=True)
class Event:
    """One thing that happens."""

    number: int
    name: str
    seed: int


def events_of(seed: int, steps: int = STEPS) -> list[Event]:
    """Return the history that a seed stands for."""
    dice = Random(f"events {seed}")
    kinds = sorted(OFTEN)
    left_out = {name for name in kinds if name not in CALM and dice.random() < 0.4}
    names = [name for name in kinds if name not in left_out]
    chosen = dice.choices(names, [OFTEN[name] for name in names], k=steps)
    return [Event(number, name, dice.getrandbits(48)) for number, name in enumerate(["client", *chosen])]


@dataclass(frozen=True)
class Spell:
    """A while during which one laptop's app is older than may write."""

    laptop: int
    first: int
    """The event before which it begins, and the one before which the app is updated."""
    end: int


def spell_of(seed: int, steps: int = STEPS) -> Spell | None:
    """Return the spell of a seed's history; most have none.

    Its chance is its own and not an event's, so that histories without one are what they were.
    """
    dice = Random(f"version {seed}")
    if dice.random() >= SPELLS:
        return None
    first = dice.randrange(1, steps // 2)
    return Spell(dice.randrange(5), first, first + dice.randrange(4, steps))


@dataclass
class History(Scene):
    """A simulated run under way."""

    agency: SimAgency
    bad_weather: float = 0.0
    server_backup: Any = None
    trace: list[str] = field(default_factory=list)

    def say(self, *words: object) -> None:
        """Note what happened; the same seed notes the same."""
        self.trace.append(" ".join(str(word) for word in words))

    @property
    def rigs(self) -> list[SimRig]:
        return self.agency.rigs


def play(seed: int, keep: Collection[int] | None = None, steps: int = STEPS) -> History:
    """Play a seed's history, or only some of its events, let everything settle, and hold it against the laws."""
    with fixed(f"run {seed}"):
        agency = SimAgency.copy(old=Random(f"age {seed}").random() < 0.25)
        try:
            history = History(agency, bad_weather=Random(f"weather {seed}").choice((0.0, 0.15, 0.4)))
            history.clients += prepared().clients
            history.at_first = on_server(history)[0]
            for rig in history.rigs:
                history.teams_of.setdefault(rig.staff, set()).add(agency.team)
            history.teams_of[history.rigs[-1].staff] = {agency.other_team}
            spell = spell_of(seed, steps)
            for event in events_of(seed, steps):
                if keep is None or event.number in keep:
                    _keep_spell(history, spell, event.number)
                    _happen(history, event)
                    check_always(history)
            settle(history)
            check_at_rest(history)
            return history
        finally:
            agency.close()


def trace_hash(history: History) -> str:
    """Return what two runs of one seed must agree in."""
    return hashlib.sha256("\n".join(history.trace).encode()).hexdigest()


def _keep_spell(history: History, spell: Spell | None, number: int) -> None:
    """Have one laptop's app be older than may write while the spell lasts, and updated after it."""
    if spell is None:
        return
    rig = history.rigs[spell.laptop]
    lasts = spell.first <= number < spell.end
    if lasts and rig.version != OLDER:
        writers.set_lowest(history.agency.server, fieldapp.__version__)
        rig.version = OLDER
        history.say("older", spell.laptop)
    elif not lasts:
        _update(history, rig)


def _update(history: History, rig: SimRig) -> None:
    """Let a laptop whose app is too old try once more, then update it."""
    if rig.version == OLDER:
        rig.hold_clock()
        said = rig.sync()
        history.say("updated", history.rigs.index(rig), said.app_too_old, said.pending)
        rig.version = fieldapp.__version__
    if rig.leaked:
        history.violations.add(
            "9 versions", f"{len(rig.leaked)} entries were taken from an app that may not write"
        )


def _happen(history: History, event: Event) -> None:
    dice = Random(event.seed)
    rig = dice.choice(history.rigs)
    rig.hold_clock()
    for other in history.rigs:
        other.line.dice = dice
    try:
        said = ACTIONS[event.name](history, rig, dice)
    except LaptopKilled:
        rig.died()
        # What was stored just before the kill was signed, although nobody was told so.
        with rig.store.reading() as rx:
            history.unseen |= {
                h for (h,) in rx.all("SELECT hash FROM entry WHERE own = 1 AND state = 'unsent'")
            }
        said = "killed"
    except DiskFailure:
        said = "disk full"
    rig.guard.left = -1
    history.agency.guard.left = -1
    history.agency.clock.move(ms=MINUTE_MS)
    history.say(event.number, event.name, history.rigs.index(rig), said)


Deed = Callable[[Scene, Rig, Random], object]
Action = Callable[[History, SimRig, Random], object]


def _client(history: Scene, rig: Rig, dice: Random) -> object:
    team = history.agency.other_team if rig is history.rigs[-1] else history.agency.team
    client = rig.client(f"Client {len(history.clients)}", team)
    history.clients.append(client)
    with rig.store.reading() as rx:
        history.note_signed(rig, rx.entries(client)[0])
    return len(history.clients)


def _write(history: Scene, rig: Rig, dice: Random) -> object:
    known = _known_on(history, rig)
    if not known:
        return "nobody"
    ids = (*known, rig.staff, history.agency.team)
    said = []
    for _ in range(dice.choice((1, 1, 2, 4))):
        team = history.agency.other_team if rig is history.rigs[-1] else history.agency.team
        place = Place(dice.choice(known), history.agency.program, team, ids)
        made = write(rig, dice, place, dice.choice(BY_PEOPLE))
        if made is not None:
            history.note_signed(rig, made)
            said.append(f"{made.envelope.kind}/{made.envelope.meaning}")
    return " ".join(said)


def _known_on(history: Scene, rig: Rig) -> list[str]:
    """Return the clients that a laptop shows."""
    with rig.store.reading() as rx:
        here = {row[0] for row in rx.all("SELECT record FROM view WHERE kind = 'client'")}
    return [client for client in history.clients if client in here]


def _sync(history: History, rig: SimRig, dice: Random) -> object:
    chance, weather = history.bad_weather, Random(dice.getrandbits(32))
    rig.line.plan = lambda: weather.choice(LINE_FAULTS) if weather.random() < chance else ""
    stops = dice.randrange(1, 6) if dice.random() < chance / 2 else 10_000
    left = iter(range(stops))
    try:
        status = rig.sync(cancelled=lambda: next(left, None) is None)
    finally:
        rig.line.plan = lambda: ""
    return status.message, status.pulled, status.pending


def _kill_laptop(history: History, rig: SimRig, dice: Random) -> object:
    rig.guard.set(dice.randrange(8), after=dice.random() < 0.5, failure=LaptopKilled)
    return _sync(history, rig, dice) if dice.random() < 0.8 else _write(history, rig, dice)


def _kill_server(history: History, rig: SimRig, dice: Random) -> object:
    history.agency.guard.set(dice.randrange(5), after=dice.random() < 0.5)
    return _sync(history, rig, dice)


def _full_disk(history: History, rig: SimRig, dice: Random) -> object:
    rig.guard.set(dice.randrange(8), after=False, failure=full_disk)
    return _sync(history, rig, dice) if dice.random() < 0.7 else _write(history, rig, dice)


def _restart(history: History, rig: SimRig, dice: Random) -> object:
    if dice.random() < 0.5:
        rig.died()
        return "laptop"
    history.agency.server.close()
    history.agency.start()
    return "server"


def _days(history: History, rig: SimRig, dice: Random) -> object:
    days = dice.choice((1, 1, 2, 15))
    history.agency.clock.move(days=days)
    return days


def _clock(history: History, rig: SimRig, dice: Random) -> object:
    rig.off_ms = dice.choice((0, -30 * DAY_MS, 30 * DAY_MS, 3 * MINUTE_MS))
    rig.clock.at_ms = history.agency.clock.at_ms + rig.off_ms
    return rig.off_ms


def _late(history: History, rig: SimRig, dice: Random) -> object:
    count = len(rig.line.late)
    rig.line.deliver()
    return count


def _two_rounds(history: History, rig: SimRig, dice: Random) -> object:
    said: list[str] = []
    rig.line.on_request = lambda: said.append(rig.syncer.run().message)
    return _sync(history, rig, dice), said


def _poison(history: Scene, rig: Rig, dice: Random) -> object:
    if not history.clients:
        return "nobody"
    client = dice.choice(history.clients)
    body: dict[str, Any] = dice.choice(({"set": {"per": 7}}, {"set": {}, "unknown": 1}, {"items": {"x": {}}}))
    history.note_signed(rig, rig.entry("contact_plan", uuid7(rig.clock.now_ms()), body, client=client))
    return "signed"


def _draft(history: Scene, rig: Rig, dice: Random) -> object:
    """Begin a draft, go on with one, also with one of the other laptop, or close one."""
    with rig.store.reading() as rx:
        rows = sorted(rx.drafts(), key=lambda row: row.id)
    live = history.drafts.setdefault(rig.staff, set())
    known = [row for row in rows if row.body in live]
    choice = dice.random()
    row = dice.choice(known) if known else None
    if row is not None and choice < 0.2:
        with rig.store.writing() as tx:
            tx.close_draft(row.id, "discarded")
        live.discard(row.body)
        return "closed"
    _type(history, rig, dice, None if choice > 0.75 else row)
    return "typed"


def _type(history: Scene, rig: Rig, dice: Random, row: DraftRow | None) -> str:
    """Save words into a draft, or into a new one; returns its id."""
    now_ms = rig.clock.now_ms()
    live = history.drafts.setdefault(rig.staff, set())
    if row is None:
        row = DraftRow(
            id=uuid7(now_ms), record=uuid7(now_ms), kind="note", client=dice.choice(history.clients),
            device=rig.device, meaning="sign", prev=b"[]", base=b"{}", body=b"{}", revision=0,
            created_ms=now_ms, updated_ms=now_ms,
        )  # fmt: skip
        row.template = _newest_form(rig)
    seen = row.body
    row.body = orjson.dumps({"sections": {"narrative": f"words {dice.randrange(10**9)}"}})
    row.revision, row.updated_ms = row.revision + 1, now_ms
    with rig.store.writing() as tx:
        tx.put_draft(row)
    # The other laptop may still hold what this one went on from: only one's own words were replaced.
    live.discard(seen)
    live.add(row.body)
    history.forms[row.body] = history.forms.get(seen, row.template)
    return row.id


def _newest_form(rig: Rig) -> str:
    with rig.store.reading() as rx:
        return str(rx.value("SELECT hash FROM entry WHERE kind = 'pack_part' ORDER BY seq DESC") or "")


def _new_form(history: History, rig: SimRig, dice: Random) -> object:
    """The administrator publishes another version of the forms; who has a draft open goes on in the old one."""
    server = history.agency.server
    body = {
        "set": {"pack": "notes", "version": f"v{dice.randrange(10**6)}", "part": 1, "of": 1, "content": "{}"}
    }
    said = [Statement("pack_part", uuid7(history.agency.clock.at_ms), body)]
    dk = server.seals.current()
    server.database.run(lambda tx: say(server, tx, administrator(server, server.roster(tx)), said, dk))
    return body["set"]["version"]


def _clone(history: History, rig: SimRig, dice: Random) -> object:
    """A laptop's disk runs on two machines; the copy sends what was signed on it and is never seen again."""
    copy = rig.copied()
    try:
        here = _known_on(history, copy)
        if not here:
            return "nobody"
        made = [copy.contact(dice.choice(here), "on the copy") for _ in range(dice.randrange(1, 3))]
        copy.sync()
        history.unseen |= {one.hash for one in made}
        confirmed = {one.hash for one in made if copy.state(one) == "confirmed"}
        history.of_clones |= confirmed
        return len(confirmed)
    finally:
        copy.close()


def _lost_laptop(history: History, rig: SimRig, dice: Random) -> object:
    """Ana's second laptop is lost and revoked; found again, it may still send and gets nothing."""
    lost = history.rigs[1]
    admin.revoke(history.agency.server, lost.device)
    history.shut.add(lost.device)
    return "revoked"


def _one_form_twice(history: History, rig: SimRig, dice: Random) -> object:
    """One person goes on with one draft on both laptops before they hear of each other."""
    first, second = history.rigs[:2]
    draft = _type(history, first, dice, None)
    for one in (first, second):
        history.agency.clock.move(ms=2 * MINUTE_MS)
        one.hold_clock()
        one.sync()
    said = 0
    for one in (first, second):
        with one.store.reading() as rx:
            row = rx.draft(draft)
        if row is not None and not row.closed_by:
            _type(history, one, dice, row)
            said += 1
    return said


def _backup_laptop(history: History, rig: SimRig, dice: Random) -> object:
    return rig.back_up().entries


def _restore_laptop(history: History, rig: SimRig, dice: Random) -> object:
    live = history.drafts.setdefault(rig.staff, set())
    before = open_bodies(rig)
    if not rig.put_back():
        return "no backup"
    # What was typed after the copy was made is on the disk that was kept aside, or on the other laptop.
    others = set().union(*(open_bodies(one) for one in history.rigs if one.staff == rig.staff))
    live -= before - others
    # What was gone on from or closed since is back: whoever restores sees it again.
    return len(rig.lost_disk)


def _backup_server(history: History, rig: SimRig, dice: Random) -> object:
    history.server_backup = history.agency.backup()
    return "made"


def _restore_server(history: History, rig: SimRig, dice: Random) -> object:
    if history.server_backup is None:
        return "no backup"
    announced = dice.random() < 0.6
    history.agency.restore(history.server_backup, announce=announced)
    history.restored = True
    return announced


def _leave_team(history: History, rig: SimRig, dice: Random) -> object:
    """Ben becomes a member of the other team only."""
    agency, ben = history.agency, history.rigs[2].staff
    if agency.other_team in history.teams_of[ben]:
        return "has left"
    program = agency.program
    admin.change_staff(
        agency.server, ben,
        {"memberships": {"m9": {"role": "clinician", "program": program, "team": agency.other_team},
                         "m1": {"role": "clinician", "program": program, "team": agency.team, "until": "2026-11-20"}}},
    )  # fmt: skip
    history.teams_of[ben].add(agency.other_team)
    return "left"


def _leave(history: History, rig: SimRig, dice: Random) -> object:
    """The only worker of the other team leaves the agency; their laptop may still send."""
    staff = history.rigs[-1].staff
    admin.leave(history.agency.server, staff, "2026-11-20")
    return "gone"


def _move_client(history: Scene, rig: Rig, dice: Random) -> object:
    """The supervisor moves a client to the other team, or back."""
    boss, agency = history.rigs[3], history.agency
    known = _known_on(history, boss)
    if not known:
        return "nobody"
    client = dice.choice(known)
    team = dice.choice((agency.team, agency.other_team))
    boss.hold_clock()
    record = one_per(client, "move")
    with boss.store.reading() as rx:
        view = rx.view(record)
    made = boss.entry(
        "move", record, {"set": {"to_program": agency.program, "to_team": team, "why": "moved_home"}},
        client=client, prev=view.heads if view is not None else [],
    )  # fmt: skip
    history.note_signed(boss, made)
    history.moved.add(client)
    return boss.sync().message


def _decide(history: Scene, rig: Rig, dice: Random) -> object:
    """The supervisor decides what is in quarantine."""
    boss, agency = history.rigs[3], history.agency
    boss.hold_clock()
    boss.sync()
    with boss.store.reading() as rx:
        row = rx.value("SELECT data FROM desk WHERE name = 'quarantine'")
    said = []
    for waiting in orjson.loads(row) if row else []:
        decision = dice.choice(("admit", "refuse"))
        made = boss.entry(
            "quarantine_decision", uuid7(boss.clock.now_ms()),
            {"set": {"hash": waiting["hash"], "decision": decision, "team": agency.team, "reason": "looked"}},
        )  # fmt: skip
        history.note_signed(boss, made)
        said.append(decision)
    return said


def _age(history: History, rig: SimRig, dice: Random) -> object:
    """A hundred days pass, in which old notes leave the laptops."""
    for writer, entry in grow_old(history.agency, prepared().clients[0]):
        history.note_signed(writer, entry)
    with rig.store.reading() as rx:
        return rx.value("SELECT count(*) FROM stub")


def _want(history: Scene, rig: Rig, dice: Random) -> object:
    """Somebody reads an old note, and writes to it."""
    with rig.store.reading() as rx:
        stubs = rx.all("SELECT hash, record, client FROM stub WHERE kind = 'note' ORDER BY hash")
    if not stubs:
        return "nothing older"
    with rig.store.writing() as tx:
        feeds.want(tx, [row[0] for row in stubs], rig.clock.now_ms())
    rig.sync()
    about, record, client = dice.choice(stubs)
    if not rig.has(about):
        return "not given"
    made = rig.entry("note", record, {"text": "And cold."}, client=client, meaning="addendum", about=about)
    history.note_signed(rig, made)
    return len(stubs)


DEEDS: dict[str, Deed] = {
    "write": _write, "draft": _draft, "client": _client, "poison": _poison, "move client": _move_client,
    "decide": _decide, "want": _want,
}  # fmt: skip
"""What people do, whichever way their laptops reach the server."""
ACTIONS: dict[str, Action] = {
    **DEEDS, "sync": _sync, "kill laptop": _kill_laptop, "kill server": _kill_server, "full disk": _full_disk,
    "restart": _restart, "days": _days, "clock": _clock, "late": _late, "two rounds": _two_rounds,
    "backup laptop": _backup_laptop, "restore laptop": _restore_laptop, "backup server": _backup_server,
    "restore server": _restore_server, "leave team": _leave_team, "age": _age, "leave": _leave,
    "one form twice": _one_form_twice, "new form": _new_form, "clone": _clone, "lost laptop": _lost_laptop,
}  # fmt: skip


def open_bodies(rig: SimRig) -> set[bytes]:
    """Return what the open drafts of a laptop say."""
    with rig.store.reading() as rx:
        return {row.body for row in rx.drafts()}


def settle(history: History) -> None:
    """Let the network be good and the clocks right until a round of everybody changes nothing (laws 4 and 7)."""
    for rig in history.rigs:
        _update(history, rig)
        rig.off_ms = 0
        rig.clock.at_ms = history.agency.clock.at_ms
        rig.line.deliver()
    said = come_to_rest(history)
    history.say("at rest", said, [sorted(rig.states().items()) for rig in history.rigs])


def come_to_rest(history: Scene) -> list[str]:
    """Run rounds of everybody until one changes nothing; return what the last ones said."""
    before: list[tuple[object, ...]] = []
    for _ in range(9):
        history.agency.clock.move(ms=2 * MINUTE_MS)
        said = []
        for line in admin.devices(history.agency.server):
            if line.state == "forked":
                admin.clear_fork(history.agency.server, line.id)
        for rig in history.rigs:
            rig.hold_clock()
            said.append(rig.sync().message)
        now = [(rig.states(), rig.cursors(), rig.shown()) for rig in history.rigs]
        if now == before:
            return said
        before = [*now]
    history.violations.add("4 idempotence", "nine rounds of everybody do not come to rest")
    return said


def shrink(
    seed: int, steps: int = STEPS, *, fails: Callable[[list[int]], bool], tries: int = 120
) -> list[int]:
    """Return a smaller set of a failing seed's events that still fails."""
    kept = [event.number for event in events_of(seed, steps)]
    size = max(1, len(kept) // 2)
    while size and tries > 0:
        at = 0
        while at < len(kept) and tries > 0:
            fewer = kept[:at] + kept[at + size :]
            tries -= 1
            if fewer and fails(fewer):
                kept = fewer
            else:
                at += size
        size //= 2
    return kept
