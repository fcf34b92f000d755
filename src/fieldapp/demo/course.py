"""The whole demo as a list of acts in the order of time: pure, the same for the same day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from . import goals, groups, intake, measures, medicines, plans, present, referrals, stories, visits
from .acts import Act, day_at, local_ms
from .clients import COUNT, SEED, DemoClient, make
from .people import SUPERVISOR
from .visits import Visit

WEEKS = 8
_LATE = "Two crisis calls that evening; written from my own notes of the visit."
_RETURNS = (
    'The plan section says "continue". Please write what you and the client agreed for next week.',
    "Which dose was left over, and did the client say why? Add it to the data section.",
)
_ANSWERED = (
    " Agreed for next week: evening dose with the radio alarm, box checked together on the first visit."
)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that happens."""

    today: date
    start: date
    clients: tuple[DemoClient, ...]
    visits: tuple[Visit, ...]
    acts: tuple[Act, ...]


def plan(today: date, weeks: int = WEEKS, count: Mapping[str, int] = COUNT) -> Course:
    """Return what happened in the demo organisation until this morning."""
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    start = today - timedelta(weeks=weeks)
    clients = make(stories.load(), today, count)
    everything = groups.beside(visits.schedule(clients, start, today, rng), today)
    acts: list[Act] = []
    for client in clients:
        acts += intake.acts(client, start, today, rng)
        of_client = tuple(visit for visit in everything if visit.encounter.client == client)
        acts += plans.acts(client, of_client, today, rng)
        acts += goals.acts(client, of_client, today)
        acts += measures.acts(client, of_client)
        acts += medicines.acts(client, of_client, start, today)
    acts += _notes(everything, today, rng)
    acts += groups.acts(clients, start, today)
    acts += referrals.acts(start, today)
    acts += present.acts(clients, everything, today)
    acts += medicines.planned(clients, today)
    acts.sort(key=lambda act: act.at_ms)
    return Course(today, start, clients, everything, tuple(acts))


def _next_review(at_ms: int) -> int:
    """Return when the supervisor next sits down to review: Monday and Thursday at nine."""
    day = day_at(at_ms) + timedelta(days=1)
    while day.weekday() not in (0, 3):
        day += timedelta(days=1)
    return local_ms(day, 9 * 60)


def _notes(everything: tuple[Visit, ...], today: date, rng: random.Random) -> Iterator[Act]:
    """Yield contacts, notes (a few of them late) and what supervisors did with the technicians' notes."""
    midnight = local_ms(today, 0)
    returned = 0
    open_ones = present.unsigned(everything)
    for visit in everything:
        yield visits.contact_act(visit)
        if visit.encounter.attempt is not None or visit.tag in open_ones:
            continue
        late = rng.random() < 0.03 and midnight - visit.stop_ms > 6 * 86_400_000
        at = visit.stop_ms + (rng.randrange(82, 130) * 60 if late else rng.randrange(8, 200)) * 60_000
        note = visits.note_act(visit, at, rng, late_reason=_LATE if late else "")
        yield note
        if note.author not in ("r.tamura", "b.kowal"):
            continue
        # Technicians' notes wait for a supervisor; the last days' are still waiting this morning.
        reviewed = _next_review(at + 12 * 3_600_000) + visit.number * 60_000 + len(note.client)
        if reviewed >= midnight - 3 * 86_400_000:
            continue
        if returned < 3 and note.author == "r.tamura" and midnight - at < 30 * 86_400_000:
            returned += 1
            reason = _RETURNS[returned % 2]
            if returned < 3:
                yield Act(reviewed, SUPERVISOR, "return", "note", note.record, note.client, reason=reason)
                sections = dict(note.values["sections"])
                # A brief contact has no plan of its own: its one section says it.
                sections["plan" if "plan" in sections else next(reversed(sections))] += _ANSWERED
                yield Act(
                    reviewed + 5 * 3_600_000,
                    note.author,
                    "answer",
                    "note",
                    note.record,
                    note.client,
                    {
                        "sections": sections,
                        "late_reason": "Answers my supervisor's question about this note.",
                    },
                )
                yield Act(reviewed + 26 * 3_600_000, SUPERVISOR, "cosign", "note", note.record, note.client)
                continue
        yield Act(reviewed, SUPERVISOR, "cosign", "note", note.record, note.client)
    latest = [
        v
        for v in everything
        if v.encounter.author == "r.tamura" and v.encounter.attempt is None and v.tag not in open_ones
    ]
    for visit in latest[-5:-4]:
        yield Act(
            midnight - 14 * 3_600_000,
            SUPERVISOR,
            "return",
            "note",
            f"note:{visit.tag}",
            visit.encounter.client.key,
            reason=_RETURNS[0],
        )
