"""An organisation of ten teams and one year, to see what the app does with 300,000 contacts: `fieldapp demo --large`.

Every entry is signed by its author's own device and goes through the real protocol into the real server; two real laptops
then receive all that a supervisor of one team and the manager of all ten read. Notes are written for the last months only:
laptops keep no older ones (design.md 3), so nothing that is measured would see them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from fieldapp.crypto.disk import replace
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.enrolment import enrol
from fieldapp.records.envelope import Author, instant
from fieldapp.records.ids import one_per
from fieldapp.records.instruments.mood import PHQ9
from fieldapp.records.kind import DOC
from fieldapp.records.kinds.measure import completed
from fieldapp.server import admin
from fieldapp.server.app import Limits
from fieldapp.server.org import init_org
from fieldapp.server.serve import Running
from fieldapp.server.service import Server
from fieldapp.sync.transport import HttpTransport

from . import stories
from .acts import local_ms
from .intake import RACES
from .large_people import Client, Worker, clients_of, workers_of
from .making import MANIFEST, PASSPHRASE, Manifest, SharedWire, clear, laptop_of
from .measures import answers
from .people import LOCAL_LINE, PHONE, TZ
from .runner import Progress
from .stories import Story, tell
from .writers import Writer

_HURRY = Limits(per_device=1_000_000, enrol_per_address=1_000_000)
USERS = ("supervisor", "manager")
"""Whose laptops stay: that of the first team's supervisor, and that of the manager of all teams."""
ORGANISATION = "Cascade Demo Behavioral Health"
PROGRAM = "community-iop"
MINUTE_MS, DAY_MS = 60_000, 86_400_000
PHQ9_EVERY_D = 28
_ATTEMPT = 0.16
_ATTEMPTS = ("attempt_not_home", "attempt_no_answer", "attempt_left_message", "no_show", "late_cancel")
_PLACES = (("home", 52), ("park_library_store_car", 14), ("street", 10), ("office", 16), ("shelter", 8))
_TYPES = (
    ("case_management", 34),
    ("individual_counseling", 22),
    ("skills_training", 18),
    ("outreach_engagement", 16),
    ("med_support_observation", 10),
)
_LENGTHS = (15, 20, 30, 30, 45, 45, 50, 60, 90)
_LATE, _UNWRITTEN, _RETURNED = 0.04, 0.02, 0.02


@dataclass(frozen=True, slots=True)
class Size:
    """How large the organisation is, and how long it has been at work."""

    teams: int = 10
    clients: int = 150
    """For each team."""
    days: int = 365
    a_week: float = 4.5
    """Contacts and attempts with each client."""
    notes_d: int = 100
    """For how many days back notes are written."""


LARGE = Size()


def make(folder: Path, today: date, on_progress: Progress, size: Size = LARGE) -> Manifest:
    """Make the organisation in a folder; one left half made is replaced. Raises FieldappError."""
    clear(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "making").touch()
    clock = HeldClock(local_ms(today - timedelta(days=size.days + 400), 7 * 60))
    on_progress("Making the organisation", 0, 1)
    with ExitStack() as stack:
        ids, teams = _organisation(folder / "server", clock, size)
        server = stack.enter_context(Server(folder / "server", now_ms=clock.now_ms))
        workers = _staff(server, teams, today, on_progress)
        manager = admin.add_staff(
            server, "Morgan Avery", code="m.avery", memberships=[{"role": "manager", "program": PROGRAM}],
            credentials=[{"code": "LICSW"}], is_mhp=True,
        )  # fmt: skip
        clock.at_ms = local_ms(today, 6 * 60 + 30)
        running = stack.enter_context(Running(server, limits=_HURRY))
        wire = HttpTransport(running.url)
        stack.callback(wire.close)
        _write(server, wire, running.url, clock, ids, teams, workers, today, size, on_progress)
        first = next(one for one in workers if one.role == "supervisor")
        for number, (user, staff) in enumerate(zip(USERS, (first.id, manager), strict=True), 1):
            on_progress("Receiving on the laptops (minutes)", number, len(USERS))
            code = admin.issue_code(server, staff)
            enrol(
                laptop_of(folder, user), wire.url, code.text, PASSPHRASE, clock=clock,
                connect=lambda _: SharedWire(wire), label=f"Laptop of the {user}",
            )  # fmt: skip
        made = Manifest(today.isoformat(), running.port)
    replace(folder / MANIFEST, orjson.dumps({"day": made.day, "port": made.port}))
    (folder / "making").unlink()
    return made


def _organisation(folder: Path, clock: HeldClock, size: Size) -> tuple[dict[str, str], list[str]]:
    """Return the program's id and the ids of the teams."""
    made = init_org(
        folder, ORGANISATION, program="Community IOP", program_code=PROGRAM, tz=TZ, phone=PHONE,
        local_crisis_line=LOCAL_LINE, team="Team 1", team_code="team-1", administrator="Dana Wirth",
        supervisor="Robin Sayegh", supervisor_code="r.sayegh", supervisor_credential="LICSW", now_ms=clock.now_ms,
    )  # fmt: skip
    with Server(folder, now_ms=clock.now_ms) as server:
        teams = [
            made.team,
            *(
                admin.add_team(server, f"Team {n}", program=PROGRAM, code=f"team-{n}")
                for n in range(2, size.teams + 1)
            ),
        ]
    return {"program": made.program, "supervisor": made.supervisor}, teams


def _staff(server: Server, teams: list[str], today: date, on_progress: Progress) -> list[Worker]:
    """Add fifteen people to each team and return them with their ids."""
    found: list[Worker] = []
    expires = (today + timedelta(days=400)).isoformat()
    for place in range(len(teams)):
        on_progress("Hiring", place, len(teams))
        for one in workers_of(place):
            staff = admin.add_staff(
                server, one.name, code=one.code, memberships=[{"role": one.role, "team": f"team-{place + 1}"}],
                credentials=[{"code": one.credential, "expires": expires}], is_mhp=one.is_mhp,
                values={"fte_hundredths": one.fte},
            )  # fmt: skip
            found.append(one.known_as(staff))
    return found


def _write(
    server: Server, wire: HttpTransport, url: str, clock: HeldClock, ids: dict[str, str], teams: list[str],
    workers: list[Worker], today: date, size: Size, on_progress: Progress,
) -> None:  # fmt: skip
    """Write a year, team after team: first who everybody is, then each person's own work."""
    told = [story for story in stories.load() if story.archetype == "community"]
    made = [
        _Team(place, team, ids["program"], workers, today, size, told, lambda one, rng: Writer(
            server, wire, url, clock, Author(one.id, one.name, one.credential, one.role), rng
        ))
        for place, team in enumerate(teams)
    ]  # fmt: skip
    first = today - timedelta(days=size.days)
    weeks = size.days // 7 + 1
    for week in range(1, weeks + 1):
        on_progress("Writing a year of work", week, weeks)
        # Week by week, as it happens: whoever begins to receive later starts at what is recent.
        for team in made:
            team.advance(min(today, first + timedelta(weeks=week)))


class _Team:
    """One team's people and clients."""

    def __init__(
        self, place: int, team: str, program: str, workers: list[Worker], today: date, size: Size, told: list[Story],
        writer: Callable[[Worker, random.Random], Writer],
    ) -> None:  # fmt: skip
        self._rng = random.Random(f"large team {place}")  # noqa: S311 - repeatable, not secret
        mine = [one for one in workers if one.team == place]
        self._writers = {one.id: writer(one, self._rng) for one in mine}
        self._boss = self._writers[next(one.id for one in mine if one.role == "supervisor")]
        self._team, self._program, self._today = team, program, today
        self._courses = [
            _Course(self._writers, client, today, size, random.Random(f"large {place} {number}"))  # noqa: S311
            for number, client in enumerate(clients_of(place, size.clients, today, size.days, mine, told))
        ]
        self._waiting: list[tuple[str, str, str, int]] = []

    def advance(self, until: date) -> None:
        """Write everything before a day and send it."""
        for course in self._courses:
            if not course.client.id and course.client.admitted < until:
                _admit(self._boss, course.client, self._program, self._team, self._today)
        self._boss.push()
        for course in self._courses:
            if course.client.id:
                self._waiting += course.advance(local_ms(until, 0))
        for one in self._writers.values():
            one.push()
        last = local_ms(until - timedelta(days=3), 0)
        _review(self._boss, [one for one in self._waiting if one[3] < last], self._rng)
        self._waiting = [one for one in self._waiting if one[3] >= last]
        for course in self._courses:
            course.leave(self._boss, until)
        self._boss.push()


def _admit(boss: Writer, client: Client, program: str, team: str, today: date) -> None:
    """Write who a client is, their episode, who works with them and how often they are met."""
    at = local_ms(client.admitted, 9 * 60)
    client.id = boss.fresh(at - DAY_MS)
    values = {
        "home_program": program, "home_team": team, "legal_name": client.legal_name, "name_to_use": client.name,
        "dob": client.dob.isoformat(), "language": client.language, "best_places_to_find": client.story.places,
        "housing_status": client.story.housing, "race": list(RACES[client.dob.day % len(RACES)]),
        "gender": ("Woman", "Man")[client.dob.month % 2],
    }  # fmt: skip
    home = {"kind": "home", "county": client.county, "since": client.admitted.isoformat()}
    boss.write("client", client.id, client.id, at, {"set": values, "items": {"addresses": {"a1": home}}})
    episode = {
        "program": program, "archetype": "community", "status": "active", "admit_date": client.admitted.isoformat(),
        "level_of_care": "IOP", "intensity_tier": client.story.tier,
    }  # fmt: skip
    client.episode_record = boss.fresh(at)
    client.episode = boss.write("episode", client.episode_record, client.id, at + 1_000, {"set": episode})
    periods = {
        "p1": {"staff": client.primary.id, "role": "primary", "since": client.admitted.isoformat()},
        "p2": {"staff": client.technician.id, "role": "secondary", "since": client.admitted.isoformat()},
    }
    boss.write(
        "assignment", one_per(client.id, "assignment"), client.id, at + 2_000, {"items": {"periods": periods}}
    )
    agreed = min(today - timedelta(days=1), max(client.admitted, today - timedelta(days=12)))
    plan = {
        "per": "week", "target_n": client.target, "start": client.admitted.isoformat(),
        "review_by": (today + timedelta(days=10)).isoformat(), "reasons": ["severe_symptoms"], "client_agreed": "yes",
    }  # fmt: skip
    boss.write(
        "contact_plan",
        one_per(client.id, "contact_plan"),
        client.id,
        local_ms(agreed, 9 * 60),
        {"items": {"periods": {"a1": plan}}},
    )


class _Course:
    """One client's year: everything that happens, in the order of time."""

    def __init__(
        self, writers: dict[str, Writer], client: Client, today: date, size: Size, rng: random.Random
    ) -> None:
        self._writers, self.client, self._today, self._size, self._rng = writers, client, today, size, rng
        self._waiting: list[tuple[str, str, str, int]] = []
        self._todo = sorted(self._planned(rng.randrange(60)), key=lambda one: one[0])
        self._done = 0

    def advance(self, until_ms: int) -> list[tuple[str, str, str, int]]:
        """Write what happens before a moment; return what waits for the supervisor: (record, entry, client, when)."""
        while self._done < len(self._todo) and self._todo[self._done][0] < until_ms:
            self._todo[self._done][1]()
            self._done += 1
        waiting, self._waiting = self._waiting, []
        return waiting

    def leave(self, boss: Writer, until: date) -> None:
        """Discharge a client whose time has come."""
        client = self.client
        if client.left is None or client.left >= until or not client.id or client.gone:
            return
        client.gone = True
        at = local_ms(client.left, 16 * 60)
        doc = {
            "episode": client.episode_record, "reason": client.why_left, "date": client.left.isoformat(), "to": "OP",
            "summary": "Goes on with outpatient care; knows how to come back.", "plan_disposition": "none",
            "plan_reason": "Never wanted one.",
        }  # fmt: skip
        writer = self._writers[client.primary.id]
        writer.write(
            "discharge",
            writer.fresh(at),
            client.id,
            at,
            {DOC: doc, "cosign_required": "supervisor"},
            meaning="sign",
        )
        writer.push()
        boss.write(
            "episode",
            client.episode_record,
            client.id,
            at + MINUTE_MS,
            {
                "set": {
                    "status": "discharged",
                    "discharged_on": client.left.isoformat(),
                    "discharge_reason": client.why_left,
                }
            },
            prev=[client.episode],
        )

    def _planned(self, second: int) -> Iterator[tuple[int, Callable[[], None]]]:
        client, rng = self.client, self._rng
        end = min(self._today, client.left or self._today)
        day, midnight = client.admitted, local_ms(self._today, 0)
        yield local_ms(day, 15 * 60), self._plans
        at, last, next_measure = 0.0, day - timedelta(days=1), 14
        gap = 7 / self._size.a_week
        while (when := day + timedelta(days=int(at))) < end:
            at += gap * rng.uniform(0.5, 1.5)
            if when.weekday() >= 5 and rng.random() < 0.6:
                when += timedelta(days=2)
            if when <= last or when >= end or client.away(when):
                continue
            last = when
            start = local_ms(when, 8 * 60 + rng.randrange(0, 9 * 60, 5)) + second * 1_000
            yield start, partial(self._visit, start, midnight)
            if (when - day).days >= next_measure:
                next_measure += PHQ9_EVERY_D
                asked = start + 40 * MINUTE_MS
                yield asked, partial(self._measure, asked, (when - day).days)
        for what, since, until in client.stays:
            yield local_ms(until or since, 23 * 60 + 45), partial(self._stay, what, since, until)
        for crisis in client.crises:
            began = local_ms(crisis, 19 * 60 + rng.randrange(180))
            yield began, partial(self._crisis, began)

    def _visit(self, start: int, midnight: int) -> None:
        client, rng = self.client, self._rng
        contact_type = _pick(_TYPES, rng)
        worker = (
            client.technician
            if contact_type in ("skills_training", "outreach_engagement", "med_support_observation")
            else client.primary
        )
        if rng.random() < 0.08:
            worker = client.other
        writer = self._writers[worker.id]
        record = writer.fresh(start)
        seen = rng.random() >= _ATTEMPT
        length = rng.choice(_LENGTHS) if seen else 5
        stop = start + length * MINUTE_MS
        values: dict[str, Any] = {
            "start": instant(start), "stop": instant(stop), "tz": TZ, "contact_type": contact_type,
            "outcome": "completed" if seen else rng.choice(_ATTEMPTS), "modality": "in_person", "note_required": seen,
        }  # fmt: skip
        if seen and rng.random() < 0.15:
            values |= {
                "modality": "audio_only",
                "client_location": "At home, alone",
                "consent_on_file": True,
                "privacy_check": True,
                "emergency_number": "911 by way of the county",
                "audio_only_reason": "client_choice",
            }
        elif seen:
            values["setting"] = _pick(_PLACES, rng)
        if seen:
            values["goals"] = [rng.choice(client.story.goals)]
        writer.write("contact", record, client.id, stop + 2 * MINUTE_MS, {"set": values})
        recent = midnight - stop < self._size.notes_d * DAY_MS
        if seen and recent and rng.random() >= _UNWRITTEN:
            self._note(writer, worker, record, start, stop, values["goals"], midnight)

    def _note(
        self,
        writer: Writer,
        worker: Worker,
        contact: str,
        start: int,
        stop: int,
        goals: list[str],
        midnight: int,
    ) -> None:
        client, rng = self.client, self._rng
        scene = rng.choice(client.story.scenes)
        late = rng.random() < _LATE
        at = stop + (rng.randrange(82, 130) * 60 if late else rng.randrange(8, 300)) * MINUTE_MS
        if at > midnight + 6 * 3_600_000:
            return
        names = client.names
        doc: dict[str, Any] = {
            "format": "DAP", "contact": contact, "service_start": instant(start), "service_stop": instant(stop), "tz": TZ,
            "sections": {
                "data": tell(scene.data, names, rng), "assessment": tell(scene.assessment, names, rng),
                "plan": tell(scene.plan, names, rng),
            },
            "risk_block": {"answer": "asked_denied"},
        }  # fmt: skip
        doc |= (
            {"goals": goals} if rng.random() > 0.05 else {"no_goal_reason": "The day itself was the matter"}
        )
        if late:
            doc["late_reason"] = "A crisis came in between; written from my own notes."
        body: dict[str, Any] = {DOC: doc}
        if worker.role == "tech":
            body["cosign_required"] = "supervisor"
        record = writer.fresh(at)
        entry = writer.write("note", record, client.id, at, body, meaning="sign")
        if worker.role == "tech":
            self._waiting.append((record, entry, client.id, at))

    def _measure(self, at: int, days: int) -> None:
        client, rng = self.client, self._rng
        writer = self._writers[client.primary.id]
        total = max(2, min(24, client.phq9 - days // 30 * client.gain + rng.randint(-2, 2)))
        values = completed(
            {
                "instrument": PHQ9.code, "version": PHQ9.version, "language": PHQ9.language, "mode": "read_aloud",
                "administered_by": client.primary.id, "at": instant(at), "items": answers(PHQ9, total, rng), "licence": PHQ9.licence,
            }
        )  # fmt: skip
        writer.write("measure", writer.fresh(at), client.id, at + MINUTE_MS, {DOC: values}, meaning="sign")

    def _plans(self) -> None:
        """Write the safety plan of whoever is at risk; of some it is overdue or missing."""
        client, rng = self.client, self._rng
        if not client.at_risk:
            return
        writer = self._writers[client.primary.id]
        at = local_ms(client.admitted, 15 * 60)
        writer.write(
            "risk", one_per(client.id, "risk"), client.id, at,
            {"items": {"signals": {"s1": {"level": client.at_risk, "source": client.episode, "source_kind": "episode"}}}},
        )  # fmt: skip
        if rng.random() < 0.1:
            return
        due = self._today + timedelta(days=rng.randint(-20, 70))
        lines = client.story.plan_lines
        doc: dict[str, Any] = {name: list(lines[name]) for name in ("signs", "alone", "matters")}
        doc["not_yet"] = dict.fromkeys(("distract", "helpers", "means"), "Asked; wants to think about it")
        doc |= {"team": [{"name": "Our team, day and night", "phone": PHONE}], "review_due": due.isoformat()}
        writer.write(
            "safety_plan",
            one_per(client.id, "safety_plan"),
            client.id,
            at + MINUTE_MS,
            {DOC: doc},
            meaning="sign",
        )

    def _stay(self, what: str, since: date, until: date | None) -> None:
        """Write a stay in hospital or an emergency department."""
        client = self.client
        writer = self._writers[client.primary.id]
        at = local_ms(until or since, 23 * 60 + 45)
        stay: dict[str, Any] = {
            "what": what, "place": "Skyview Hospital", "since": since.isoformat(), "since_time": "20:40", "tz": TZ, "learned": "family",
        }  # fmt: skip
        if until is not None:
            stay |= {
                "until": until.isoformat(),
                "until_time": "23:30" if until == since else "11:30",
                "went_to": "home",
            }
        writer.write("stay", writer.fresh(at), client.id, at, {"set": stay})

    def _crisis(self, start: int) -> None:
        """Write a crisis that was handled on the phone."""
        client = self.client
        writer = self._writers[client.primary.id]
        values: dict[str, Any] = {
            "initial_contact_at": instant(start), "ended_at": instant(start + 40 * MINUTE_MS), "tz": TZ, "caller": "client",
            "channel": "phone", "nature": ["symptom_spike"], "presentation": "Called the team line, afraid to sleep; stayed on the phone.",
            "risk": {"level": "moderate", "kinds": ["suicide"], "basis": "Thoughts without a plan; agrees to call."},
            "location": "At home", "intoxication": "none", "protective": "Calls when it gets loud", "plan_existed": "yes",
            "plan_used": "used", "plan_steps": ["signs"], "not_in_person_why": "Calmer on the phone",
            "interventions": ["de_escalation"], "dispositions": ["resolved_in_place"],
            "follow_up_due": instant(start + DAY_MS), "closed_at": instant(start + 50 * MINUTE_MS),
        }  # fmt: skip
        writer.write(
            "crisis", writer.fresh(start), client.id, start + 55 * MINUTE_MS, {DOC: values}, meaning="sign"
        )


def _review(boss: Writer, waiting: list[tuple[str, str, str, int]], rng: random.Random) -> None:
    """Co-sign the notes of technicians, a week's at a time; send a few back."""
    for record, entry, client, at in sorted(waiting, key=lambda one: one[3]):
        when = at + rng.randrange(6, 60) * 3_600_000
        if rng.random() < _RETURNED:
            reason = {"reason": "Which dose was left over? Add it."}
            boss.write("note", record, client, when, reason, meaning="return", about=entry)
        else:
            boss.write("note", record, client, when, {}, meaning="cosign", about=entry)


def _pick(table: tuple[tuple[str, int], ...], rng: random.Random) -> str:
    return rng.choices([name for name, _ in table], [weight for _, weight in table])[0]
