"""A small agency for tests: a team, its people, each with an enrolled laptop, and a way to exchange entries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldapp.crypto import vault
from fieldapp.crypto.keys import Identity, org_id
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.opened import Opened
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.envelope import Author, Clock, Entry, Envelope, instant
from fieldapp.records.ids import one_per
from fieldapp.store.store import Store

CHEAP = vault.KdfParams(m_kib=1024, t=1, p=1)
POLICY = vault.Policy(min_m_kib=1024, min_t=1, wanted=CHEAP)
PASSPHRASE = "seven purple herons"
NOON_MS = 1_795_464_000_000
"""Monday 23 November 2026, 12:00 in Seattle."""
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
RESERVE = 64 * 1024


def uid(name: str) -> str:
    """Return the id that a name always has in these tests."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


PROGRAM, TEAM, OTHER_TEAM, SERIES = uid("program"), uid("team"), uid("other team"), uid("series")
ANA, BEN, SUE, TIM, MIA = (uid(name) for name in ("ana", "ben", "sue", "tim", "mia"))
MEMBERS: dict[str, tuple[str, str, str, str, bool]] = {
    ANA: ("Ana Alvarez", "clinician", TEAM, "LMHC", True),
    BEN: ("Ben Brook", "clinician", TEAM, "LMHCA", False),
    SUE: ("Sue Sato", "supervisor", TEAM, "LICSW", True),
    TIM: ("Tim Tran", "tech", TEAM, "AAC", False),
    MIA: ("Mia Moss", "clinician", OTHER_TEAM, "LMHC", True),
}


@dataclass
class Scribe:
    """Signs entries by hand, as any device of the agency could have."""

    org: str
    identity: Identity = field(default_factory=Identity.generate)
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    counter: int = 0

    def entry(
        self,
        kind: str,
        record: str,
        body: Mapping[str, Any],
        *,
        client: str | None = None,
        who: str = ANA,
        meaning: str = "save",
        prev: Sequence[str] = (),
        about: str | None = None,
        at_ms: int = NOON_MS,
        role: str = "",
        sensitivity: str = "normal",
    ) -> Entry:
        """Make one signed entry."""
        name, own_role, _, credential, _ = MEMBERS.get(who, ("Office", "sysadmin", "", "", False))
        self.counter += 1
        envelope = Envelope(
            org=self.org, id=record, kind=kind, author=Author(who, name, credential, role or own_role),
            device=self.device, series=SERIES, counter=self.counter, at=instant(at_ms),
            tz="America/Los_Angeles", clock=Clock(0, None), meaning=meaning, prev=tuple(sorted(prev)),
            body=body, client=client, about=about, sensitivity=sensitivity,
        )  # fmt: skip
        bare = Entry.made(envelope)
        return Entry(bare.hash, bare.data, self.identity.sign("entry", bare.data), envelope)


class World:
    """The agency and its laptops."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = HeldClock(NOON_MS)
        self.authority = Identity.generate()
        self.org = org_id(self.authority.public)
        self.scribe = Scribe(self.org)
        self.shared: list[Entry] = self._office()
        self.laptops: list[Laptop] = []

    def _office(self) -> list[Entry]:
        made = [
            self._org("program", PROGRAM, {
                "name": "Community IOP", "code": "ciop", "archetype": "community", "tz": "America/Los_Angeles",
                "phone": "206-555-0100", "local_crisis_line": "866-555-0199",
            }),
            self._org("team", TEAM, {"name": "North", "program": PROGRAM}),
            self._org("team", OTHER_TEAM, {"name": "South", "program": PROGRAM}),
        ]  # fmt: skip
        for staff, (name, role, team, credential, is_mhp) in MEMBERS.items():
            made.append(
                self.scribe.entry(
                    "staff",
                    staff,
                    {
                        "set": {"name": name, "is_mhp": is_mhp},
                        "items": {
                            "memberships": {"m": {"role": role, "program": PROGRAM, "team": team}},
                            "credentials": {"c": {"code": credential, "issued": "2020-01-01"}},
                        },
                    },
                    who=uid("office"),
                )
            )
        return made

    def _org(self, kind: str, record: str, values: Mapping[str, Any]) -> Entry:
        return self.scribe.entry(kind, record, {"set": dict(values)}, who=uid("office"))

    def enrol(self, staff: str, folder: Path | None = None, passphrase: str = PASSPHRASE) -> None:
        """Make a vault for somebody, as enrolment and a first sync leave it."""
        folder = folder or self.folder / MEMBERS[staff][0].split()[0].lower()
        vaults = Vaults(folder)
        place = vaults.prepare()
        key = vault.create(place.key_file, passphrase, kdf=CHEAP, policy=POLICY)
        identity = Identity.generate()
        device = str(uuid.uuid4())
        store = Store.create(place.database, key.derive("db"), reserve_bytes=RESERVE)
        certificate = self._org(
            "certificate", device, {"staff": staff, "public": identity.public.hex(), "label": "field laptop"}
        )
        self.shared.append(certificate)
        with store.writing() as tx:
            for name, value in {
                "org": self.org, "device": device, "staff": staff, "org_public": self.authority.public.hex(),
            }.items():  # fmt: skip
                tx.set_meta(name, value)
            tx.set_meta("identity", identity.seed)
            tx.add(self.shared, own=False, state="confirmed")
        store.close()
        key.wipe()
        vaults.adopt(place)

    def laptop(self, staff: str = ANA) -> Laptop:
        """Return the unlocked laptop of somebody new, holding all that is shared so far."""
        folder = self.folder / MEMBERS[staff][0].split()[0].lower()
        self.enrol(staff, folder)
        laptop = self.open(folder)
        laptop.unlock(PASSPHRASE)
        return laptop

    def open(self, folder: Path) -> Laptop:
        """Return the locked laptop of a folder."""
        laptop = Laptop(folder, clock=self.clock, vault_policy=POLICY, kdf=CHEAP)
        self.laptops.append(laptop)
        return laptop

    def close(self) -> None:
        """Lock every laptop."""
        for laptop in self.laptops:
            laptop.close()

    # ── clients and their records ────────────────────────────────────────────────────────────────

    def client(self, name: str, *, team: str = TEAM, primary: str = ANA, **values: Any) -> str:
        """Add a client with an active episode, admitted ten days before noon, and a primary."""
        client = uid(name)
        first = {"legal_name": name, "home_program": PROGRAM, "home_team": team, **values}
        self.add("client", client, {"set": first}, client=client)
        episode = {
            "program": PROGRAM,
            "status": "active",
            "intensity_tier": "standard",
            "admit_date": "2026-11-13",
        }
        self.add("episode", uid(f"{name} episode"), {"set": episode}, client=client)
        period = {"staff": primary, "role": "primary", "since": "2026-11-13"}
        self.add(
            "assignment", one_per(client, "assignment"), {"items": {"periods": {"p": period}}}, client=client,
            who=SUE,
        )  # fmt: skip
        return client

    def add(self, kind: str, record: str, body: Mapping[str, Any], **more: Any) -> Entry:
        """Add an entry that every laptop opened from now on holds."""
        entry = self.scribe.entry(kind, record, body, **more)
        self.shared.append(entry)
        return entry

    def contact(
        self, client: str, name: str, *, start_ms: int, outcome: str = "completed", who: str = ANA,
        minutes: int = 45, **values: Any,
    ) -> str:  # fmt: skip
        """Add a contact."""
        record = uid(name)
        said = {
            "start": instant(start_ms), "stop": instant(start_ms + minutes * MINUTE_MS), "outcome": outcome,
            "contact_type": "individual_counseling", "modality": "in_person", "setting": "home", **values,
        }  # fmt: skip
        self.add("contact", record, {"set": said}, client=client, who=who, at_ms=start_ms + HOUR_MS)
        return record


def opened(laptop: Laptop) -> Opened:
    """Return what only an unlocked laptop has."""
    return laptop._open()


def give(laptop: Laptop, entries: Sequence[Entry]) -> None:
    """Let a laptop receive entries, as a pull would."""
    with opened(laptop).store.writing() as tx:
        tx.add(entries, own=False, state="confirmed")


def held(laptop: Laptop) -> list[Entry]:
    """Return every entry of a laptop in the order of arrival."""
    with opened(laptop).store.reading() as rx:
        hashes = [row[0] for row in rx.all("SELECT hash FROM entry ORDER BY seq")]
        return [entry for entry_hash in hashes if (entry := rx.entry(entry_hash)) is not None]


def exchange(*laptops: Laptop) -> None:
    """Let laptops end up with the same entries."""
    everything = [entry for laptop in laptops for entry in held(laptop)]
    for laptop in laptops:
        give(laptop, everything)


def view_rows(laptop: Laptop) -> list[tuple[Any, ...]]:
    """Return every view row, bytes and all."""
    with opened(laptop).store.reading() as rx:
        return [tuple(row) for row in rx.all("SELECT * FROM view ORDER BY record")]


def note_values(contact: str, start_ms: int, **more: Any) -> dict[str, Any]:
    """Return a note that may be signed."""
    return {
        "format": "DAP", "contact": contact, "service_start": instant(start_ms),
        "service_stop": instant(start_ms + 45 * MINUTE_MS), "tz": "America/Los_Angeles",
        "sections": {
            "data": "Met at home; spoke of sleep and of the neighbours.",
            "assessment": "Mood steadier than last week, sleep still short.",
            "plan": "Meet again on Thursday; call before the weekend.",
        },
        "risk_block": {"answer": "asked_denied"}, "goals": ["g1"], **more,
    }  # fmt: skip


def plan_values(**more: Any) -> dict[str, Any]:
    """Return a safety plan that may be signed."""
    return {
        "signs": ["I stop answering the phone"], "alone": ["Walk to the water"], "distract": [],
        "helpers": [], "team": [{"name": "Crisis line", "phone": "988"}], "means": [], "matters": [],
        "not_yet": {step: "next time" for step in ("distract", "helpers", "means", "matters")},
        "review_due": "2026-12-20", **more,
    }  # fmt: skip
