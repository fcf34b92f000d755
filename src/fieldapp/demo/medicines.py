"""What the demo's clients take: lists that the prescriber verified, injections, vital signs, what the field saw.

Regimens are invented for the stories; they are nobody's and no advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from fieldapp.records.envelope import instant

from .acts import Act, day_at, local_ms
from .clients import DemoClient
from .people import ASSISTANT, PRESCRIBER, TZ
from .visits import Visit

EVERY_D = 28
LISTED, UNVERIFIED = 4, 5
"""Of the structured program every fourth has no list yet; of all lists every fifth is not verified."""
_REGIMENS: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "voices": (("Olanzapine", "10 mg", "at night", "voices"), ("Benztropine", "1 mg", "mornings", "stiffness")),
    "young": (("Paliperidone", "156 mg", "", "voices"), ("Melatonin", "3 mg", "at night", "sleep")),
    "bipolar": (("Lithium carbonate", "300 mg", "three times a day", "mood"), ("Quetiapine", "100 mg", "at night", "sleep")),
    "diabetes": (("Metformin", "500 mg", "twice a day", "diabetes"), ("Aripiprazole", "10 mg", "mornings", "mood")),
    "panic": (("Sertraline", "100 mg", "mornings", "panic"), ("Hydroxyzine", "25 mg", "up to three a day", "panic")),
    "recovery": (("Naltrexone", "380 mg", "", "alcohol"), ("Trazodone", "50 mg", "at night", "sleep")),
    "released": (("Risperidone", "2 mg", "at night", "voices"),),
    "shelter": (("Aripiprazole", "400 mg", "", "voices"),),
    "skills": (("Fluoxetine", "40 mg", "mornings", "mood"),),
    "stepdown": (("Clozapine", "250 mg", "at night", "voices"),),
    "widowed": (("Mirtazapine", "15 mg", "at night", "sleep and appetite"),),
    "clutter": (("Escitalopram", "10 mg", "mornings", "worry"),),
}  # fmt: skip
_INJECTED = frozenset({"Paliperidone", "Naltrexone", "Aripiprazole 400"})
_WHEN_NEEDED = frozenset({"Hydroxyzine"})
_LABS = {"bipolar": ("lithium", 90), "stepdown": ("clozapine_anc", 30), "diabetes": ("metabolic", 90)}
_SITES = ("deltoid_left", "deltoid_right")
_SEEN = (
    {"taken": "yes_seen"},
    {"taken": "yes_reported", "days_missed_7": 0},
    {"taken": "partial", "days_missed_7": 2, "barriers": ["forgot"]},
    {"taken": "yes_reported", "pack_left_days": 9},
)
_EFFECTS = (
    "Hands shake since the dose went up, worst in the morning",
    "Very tired until noon, slept through the bus twice",
)
_MISSED = {
    "taken": "no",
    "days_missed_7": 4,
    "barriers": ["no_refill"],
    "remark": "Pharmacy closed on the holiday.",
}


def acts(client: DemoClient, visits: tuple[Visit, ...], start: date, today: date) -> Iterator[Act]:
    """Yield a client's list, injections with vital signs, and what was seen on visits."""
    day = max(start, today - timedelta(days=client.admitted_before)) + timedelta(days=2)
    regimen = _REGIMENS.get(client.story.name, ())
    if (
        not regimen
        or day >= today
        or (client.story.archetype == "structured" and client.number % LISTED == 0)
    ):
        return
    name = f"medicines:{client.number:02}"
    given = day - timedelta(days=client.number * 5 % EVERY_D)
    yield _list(client, name, regimen, day, given, today)
    if any(_is_lai(*row[:2]) for row in regimen):
        yield from _injections(client, name, regimen[0], given, today)
    yield from _observed(client, visits, today)


def _is_lai(drug: str, dose: str) -> bool:
    return drug in _INJECTED or f"{drug} {dose.split()[0]}" in _INJECTED


def _list(
    client: DemoClient,
    name: str,
    regimen: tuple[tuple[str, str, str, str], ...],
    day: date,
    given: date,
    today: date,
) -> Act:
    rows: dict[str, dict[str, Any]] = {}
    for place, (drug, dose, schedule, reason) in enumerate(regimen):
        row: dict[str, Any] = {
            "name": drug, "dose": dose, "route": "oral", "reason": reason, "prescriber": "Hanna Varga", "source": "prescriber",
            "start": (day - timedelta(days=60 + client.number)).isoformat(),
        }  # fmt: skip
        if schedule:
            row["schedule"] = schedule
        if drug in _WHEN_NEEDED:
            row["prn"] = True
        if _is_lai(drug, dose):
            row |= {
                "route": "im_lai", "lai_every_d": EVERY_D, "lai_window_d": 7, "lai_site": _SITES[client.number % 2],
                "last_given": given.isoformat(), "next_due": (given + timedelta(days=EVERY_D)).isoformat(),
            }  # fmt: skip
        rows["lai" if place == 0 and _is_lai(drug, dose) else f"m{place + 1}"] = row
    values: dict[str, Any] = {"medicines": rows}
    if client.story.name in _LABS:
        what, every = _LABS[client.story.name]
        due = today + timedelta(days=client.number % 6 * 5 - 3)
        values["labs"] = {"l1": {"what": what, "every_d": every, "due": due.isoformat()}}
    at = local_ms(day, 12 * 60 + 5) + client.number * 31_000
    if client.number % UNVERIFIED == 0:
        return Act(at, ASSISTANT, "save", "medication_list", name, client.key, values)
    values["verified"] = {"v1": {"on": day.isoformat(), "by": f"@staff:{PRESCRIBER}"}}
    return Act(at, PRESCRIBER, "attest", "medication_list", name, client.key, values)


def _injections(
    client: DemoClient, name: str, regimen: tuple[str, str, str, str], first: date, today: date
) -> Iterator[Act]:
    """Yield an injection with vital signs every four weeks; one client has not come for the last."""
    drug, dose = regimen[:2]
    on, turn = first + timedelta(days=EVERY_D), 1
    while on < today:
        due = on + timedelta(days=EVERY_D)
        if client.number % 12 == 0 and due >= today:
            return
        at = local_ms(on, 10 * 60 + client.number)
        values = {
            "medicine": "lai", "drug": drug, "dose": dose, "site": _SITES[(client.number + turn) % 2],
            "at": instant(at), "tz": TZ, "on": on.isoformat(), "next_due": due.isoformat(), "lot": f"D{client.number:02}{turn}",
        }  # fmt: skip
        tag = f"{client.number:02}:{turn}"
        yield Act(
            at + 300_000,
            ASSISTANT,
            "sign",
            "injection",
            f"injection:{tag}",
            client.key,
            values,
            needs=(name,),
        )
        upper = 112 + client.number % 7 * 5 + turn
        yield Act(at + 360_000, ASSISTANT, "sign", "vitals", f"vitals:{tag}", client.key, {
            "at": instant(at), "tz": TZ, "systolic": upper, "diastolic": upper - 44, "pulse": 66 + client.number % 9 * 3,
            "weight_lb_10": 1480 + client.number * 23 + turn * 12, "height_in_10": 620 + client.number % 9 * 12,
        })  # fmt: skip
        on, turn = due, turn + 1


def _observed(client: DemoClient, visits: tuple[Visit, ...], today: date) -> Iterator[Act]:
    """Yield what technicians saw when they supported somebody with their medicines."""
    support = [
        v for v in visits
        if v.encounter.attempt is None and v.encounter.scene.type == "med_support_observation"
    ]  # fmt: skip
    for place, visit in enumerate(support[::2]):
        values = dict(_SEEN[(client.number + place) % len(_SEEN)])
        fresh = (today - day_at(visit.stop_ms)).days <= 12
        last = visit is support[::2][-1]
        if last and fresh and client.number % 3 == 1:
            values = {"taken": "partial", "barriers": ["side_effects"], "side_effects": _EFFECTS[client.number // 3 % 2],
                      "severity": "troubling", "days_missed_7": 3}  # fmt: skip
        elif last and fresh and client.number % 3 == 2:
            values = dict(_MISSED)
        values |= {"as_of": instant(visit.stop_ms), "tz": TZ}
        yield Act(
            visit.stop_ms + 4 * 60_000, visit.encounter.author, "sign", "adherence", f"adherence:{visit.tag}",
            client.key, values,
        )  # fmt: skip


_DAY = ((9 * 60 + 30, 30), (11 * 60, 30), (14 * 60 + 30, 45))


def planned(clients: tuple[DemoClient, ...], today: date) -> Iterator[Act]:
    """Yield the medical visits of today."""
    at = local_ms(today - timedelta(days=1), 16 * 60 + 40)
    north = [client for client in clients if client.story.name in ("young", "stepdown", "bipolar", "voices")]
    for place, (minute, minutes) in enumerate(_DAY):
        for number, author in enumerate((PRESCRIBER, ASSISTANT)):
            if not north:
                return
            client = north[(place * 2 + number) % len(north)]
            values = {
                "staff": f"@staff:{author}", "start": instant(local_ms(today, minute)), "minutes": minutes,
                "contact_type": "med_management" if author == PRESCRIBER else "med_support_observation",
                "modality": "in_person", "setting": "office", "where": "Clinic room 1",
                "note": "Medicines and side effects" if author == PRESCRIBER else "Vital signs, injection if due",
            }  # fmt: skip
            yield Act(at + (place * 2 + number) * 60_000, author, "save", "planned_visit",
                      f"visit:{author}:{place}", client.key, values)  # fmt: skip
