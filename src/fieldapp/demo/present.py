"""What this morning looks like: visits planned for today, unsigned work, a fresh alert, one conflict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fieldapp.records.envelope import instant

from . import away, crises
from .acts import Act, local_ms
from .clients import DemoClient
from .intake import alert
from .people import CLINICIAN, COMMUNITY, NORTH, PHONE, STRUCTURED, SUPERVISOR, TECHNICIAN, TZ
from .visits import Visit

CONFLICT = 1
"""Number of the client whom two people edited at the same time."""
FORGOTTEN = 5
"""Number of the client who was tried for nine days and whom nobody has on their list today."""
ABSENT = "b.kowal"
"""Who is off since this morning; a colleague covers, and one visit is still to be handed over."""
_WEEK_DAYS, _A_DAY = 3, 2
"""For how many working days after tomorrow visits are planned, and how many a day."""
_DAY = (9 * 60, 10 * 60 + 30, 12 * 60 + 30, 14 * 60, 15 * 60 + 30)


def unsigned(everything: tuple[Visit, ...]) -> frozenset[str]:
    """Return the contacts whose notes are still to be written: the last ones of the demo's users."""
    found: list[str] = []
    for author, how_many in ((CLINICIAN, 2), (TECHNICIAN, 2), (SUPERVISOR, 1)):
        own = [v.tag for v in everything if v.encounter.author == author and v.encounter.attempt is None]
        found += own[-how_many:]
    return frozenset(found)


def acts(clients: tuple[DemoClient, ...], everything: tuple[Visit, ...], today: date) -> Iterator[Act]:
    """Yield the acts of yesterday evening that make this morning."""
    yesterday = today - timedelta(days=1)
    yield from _rosters(today)
    yield from _planned(clients, today)
    yield from _absence(clients, today)
    yield from crises.acts(clients, today)
    yield from _conflict(clients[CONFLICT - 1], yesterday)
    fresh = [c for c in clients if c.team == NORTH][-1]
    values = alert("dog_loose", "New dog in the yard, not leashed; call from the gate.", yesterday, 30)
    yield Act(
        local_ms(yesterday, 17 * 60 + 40), TECHNICIAN, "sign", "alert", "alert:fresh", fresh.key, values
    )
    yield from away.acts(clients, everything, today)
    yield from _handover(clients, today)
    yield from _draft(everything, yesterday)


def _handover(clients: tuple[DemoClient, ...], today: date) -> Iterator[Act]:
    """Whoever answered the night before last handed over in the morning; nobody of the demo's users has read it yet."""
    yesterday = today - timedelta(days=1)
    watched = next(c for c in clients if c.team == NORTH and c.story.tier == "high")
    called = next(c for c in clients if c.team == NORTH and c is not watched)
    lines = {
        "a": {"client": f"@record:{watched.key}", "what": "watch",
              "words": "Called at two and at four, could not sleep; agreed to a call at ten. Plan gone through on the phone."},
        "b": {"client": f"@record:{called.key}", "what": "task",
              "words": "Forms for the housing office are at the front desk and must be there by Friday noon."},
    }  # fmt: skip
    values = {
        "program": f"@program:{COMMUNITY}", "remark": "The blue car is back; the tablet with the cracked screen stays in the office.",
        "since": instant(local_ms(yesterday - timedelta(days=1), 17 * 60)), "until": instant(local_ms(yesterday, 7 * 60 + 30)),
        "to": f"@staff:{SUPERVISOR}", "lines": lines,
    }  # fmt: skip
    at = local_ms(yesterday, 7 * 60 + 40)
    yield Act(
        at, "s.yellowhawk", "save", "shift_report", "shift:1", "", values, needs=(watched.key, called.key)
    )


def _rosters(today: date) -> Iterator[Act]:
    at = local_ms(today - timedelta(days=9), 9 * 60)
    community = {"program": f"@program:{COMMUNITY}", "shifts": shifts(today)}
    yield Act(at, SUPERVISOR, "save", "oncall", "oncall:community", "", community)
    people = {"primary": "@staff:n.castellan", "backup": "@staff:t.osei", "phone": PHONE}
    weeks = {key: {**shift, **people} for key, shift in shifts(today).items()}
    structured = {"program": f"@program:{STRUCTURED}", "shifts": weeks}
    yield Act(at + 60_000, "t.osei", "save", "oncall", "oncall:day", "", structured)


def shifts(today: date) -> dict[str, dict[str, object]]:
    """Return the on-call roster around today: a week each, from Friday noon."""
    friday = today - timedelta(days=(today.weekday() - 4) % 7)
    people = ("s.yellowhawk", "e.lindgren", "p.adeyemi")
    found: dict[str, dict[str, object]] = {}
    for number in range(-1, 3):
        since = friday + timedelta(weeks=number)
        found[f"week{number + 2}"] = {
            "since": instant(local_ms(since, 12 * 60)),
            "until": instant(local_ms(since + timedelta(weeks=1), 12 * 60)),
            "primary": f"@staff:{people[number % 2]}",
            "backup": f"@staff:{people[(number + 1) % 2]}",
            "supervisor": f"@staff:{SUPERVISOR}",
        }
    return found


def _planned(clients: tuple[DemoClient, ...], today: date) -> Iterator[Act]:
    """Yield the visits that everybody planned for this week, nobody with two people at once."""
    yesterday = today - timedelta(days=1)
    taken: set[tuple[str, int]] = set()
    hospital = _in_hospital(clients)
    for author in (TECHNICIAN, CLINICIAN, ABSENT, "s.yellowhawk", "n.castellan", SUPERVISOR):
        here = [c for c in clients if c.number != FORGOTTEN and c is not hospital]
        mine = [c for c in here if author in (c.primary, c.technician)]
        mine = mine or [c for c in here if c.primary == CLINICIAN]
        most = 2 if author == SUPERVISOR else 1 if author == ABSENT else len(_DAY)
        soon = [] if author == ABSENT else [(today + timedelta(days=1), min(3, most))]
        week = [(day, _A_DAY) for day in _working_days(today + timedelta(days=4))]
        place = 0
        for day, how_many in [(today, most), *soon, *week]:
            left = mine[place % max(1, len(mine)) :] + mine[: place % max(1, len(mine))]
            for minute in _DAY[:how_many]:
                start_ms = local_ms(day, minute)
                # With few clients some are seen in the morning and again in the afternoon.
                client = next((c for c in (*left, *mine) if (c.key, start_ms) not in taken), None)
                if client is None:
                    continue
                left = [c for c in left if c is not client]
                taken.add((client.key, start_ms))
                at = local_ms(yesterday, 16 * 60 + 5) + place * 60_000
                yield Act(
                    at, author, "save", "planned_visit", f"visit:{author}:{place}", client.key,
                    _visit(client, author, start_ms, place),
                )  # fmt: skip
                place += 1


def _in_hospital(clients: tuple[DemoClient, ...]) -> DemoClient:
    return [c for c in clients if c.team == NORTH][-3]


def _working_days(first: date) -> list[date]:
    """Return the working days from a day on for which visits are planned."""
    week = (first + timedelta(days=away) for away in range(7))
    return [day for day in week if day.weekday() < 5][:_WEEK_DAYS]


def _absence(clients: tuple[DemoClient, ...], today: date) -> Iterator[Act]:
    """Somebody called in sick this morning, and the supervisor had a colleague cover until the day after tomorrow."""
    at = local_ms(today - timedelta(days=1), 19 * 60 + 5)
    period = {
        "staff": f"@staff:{TECHNICIAN}", "role": "cover", "since": today.isoformat(),
        "until": (today + timedelta(days=2)).isoformat(), "covers": f"@staff:{ABSENT}",
    }  # fmt: skip
    for number, client in enumerate(c for c in clients if ABSENT in (c.primary, c.technician)):
        tag = f"assignment:{client.number:02}"
        yield Act(
            at + number * 20_000,
            SUPERVISOR,
            "save",
            "assignment",
            tag,
            client.key,
            {"periods": {"cover": period}},
        )


_FOR = (
    "Evening routine, box, quiet hours", "Look at the week together", "Forms; bring the blue folder",
    "Check the plan line by line", "Short visit, ask about sleep",
)  # fmt: skip


def _visit(client: DemoClient, author: str, start_ms: int, place: int) -> dict[str, object]:
    structured = client.story.archetype == "structured"
    housed = client.story.housing in ("housed", "doubled_up", "residential")
    video = place == 3 and housed and not structured
    setting = "office" if structured else "telehealth_home" if video else "home" if housed else "street"
    where = "Program room 2" if structured else "Video" if video else client.street or "see best places"
    return {
        "staff": f"@staff:{author}",
        "start": instant(start_ms),
        "minutes": 45 if place % 2 else 60,
        "contact_type": ("individual_counseling", "case_management")[place % 2 if not structured else 0],
        "modality": "video" if video else "in_person",
        "setting": setting,
        "where": where,
        "note": _FOR[place % len(_FOR)],
    }


def _conflict(client: DemoClient, yesterday: date) -> Iterator[Act]:
    """Two people write down a new phone number on the same afternoon without seeing each other's."""
    at = local_ms(yesterday, 15 * 60 + 10)
    one = {"phones": {"p1": {"number": "360-555-0147"}}}
    two = {"phones": {"p1": {"number": "360-555-0174"}}}
    yield Act(at, client.primary, "save", "client", client.key, client.key, one)
    yield Act(at + 3_000, SUPERVISOR, "save", "client", client.key, client.key, two, blind=True)


def _draft(everything: tuple[Visit, ...], yesterday: date) -> Iterator[Act]:
    """The clinician began a note last night and closed the laptop."""
    own = [v for v in everything if v.encounter.author == CLINICIAN and v.tag in unsigned(everything)]
    if not own:
        return
    visit = own[-1]
    values = {
        "format": "DAP",
        "contact": f"@record:contact:{visit.tag}",
        "service_start": instant(visit.start_ms),
        "service_stop": instant(visit.stop_ms),
        "tz": TZ,
        "sections": {
            "data": "Client had the chart on the table when I came. Three good nights, one bad, and "
        },
        "goals": [visit.encounter.client.story.goals[visit.encounter.scene.goal]],
    }
    at = local_ms(yesterday, 18 * 60 + 20)
    yield Act(at, CLINICIAN, "draft", "note", f"note:{visit.tag}", visit.encounter.client.key, values)
