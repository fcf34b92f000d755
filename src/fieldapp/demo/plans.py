"""Safety plans and risk decisions: most clients have a plan, some two versions, one declined, one overdue."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .acts import Act, day_at, local_ms
from .clients import DemoClient
from .intake import supervisor_of
from .people import LOCAL_LINE, PHONE
from .visits import Visit

WITHOUT = frozenset({3, 7, 12, 17, 20, 22, 25, 34, 38, 44})
"""Clients who have no plan yet."""
DECLINED, OVERDUE, BY_TECHNICIAN = 8, 11, 15
_TEAM = {
    "en": (("My team, day and night", PHONE), ("988, call or text", "988"), ("Local crisis line", LOCAL_LINE)),
    "es": (("Mi equipo, día y noche", PHONE), ("988, marque 2 para español", "988"), ("Línea local", LOCAL_LINE)),
}  # fmt: skip


def doc(client: DemoClient, day: date, review_in: int, *, second: bool = False) -> dict[str, Any]:
    """Return one version of a client's plan, in the client's words."""
    lines: Mapping[str, Any] = client.story.plan_lines
    language = "en"
    if client.language == "es" and client.story.plan_lines_es:
        lines, language = client.story.plan_lines_es, "es"
    alone = list(lines["alone"])
    if second:
        alone.append(
            "Llamar antes de las siete" if language == "es" else "Call the team line before seven, not after"
        )
    phones = {support.name: support.phone for support in client.supports}

    def contact(name: str, relation: str) -> dict[str, Any]:
        who = name.format(**client.names)
        who = who[0].upper() + who[1:]
        row: dict[str, Any] = {"name": who, "relation": relation}
        phone = phones.get(name.format(**client.names))
        return {**row, "phone": phone, "knows": True} if phone else row

    return {
        "signs": list(lines["signs"]),
        "alone": alone,
        "distract": [contact(*pair) for pair in lines["distract"]],
        "helpers": [contact(*pair) for pair in lines["helpers"]],
        "team": [{"name": name, "phone": phone} for name, phone in _TEAM[language]],
        "means": [
            {
                "means": means,
                "text": text.format(**client.names),
                "access": "no",
                "action": action,
                "done_at": day.isoformat(),
            }
            for means, text, action in lines["means"]
        ],
        "matters": list(lines["matters"]),
        "language": language,
        "made_with": "Client and staff together",
        "likely_to_use": 7 if second else 6,
        "where_kept": "On the refrigerator" if client.street else "In the jacket, laminated",
        "copy_given": "paper",
        "client_agreed": True,
        "review_due": (day + timedelta(days=review_in)).isoformat(),
    }


def acts(client: DemoClient, visits: tuple[Visit, ...], today: date, rng: random.Random) -> Iterator[Act]:
    """Yield a client's plan versions and risk decisions, after the visits that they came out of."""
    seen = [
        visit
        for visit in visits
        if visit.encounter.attempt is None and not visit.encounter.scene.without_client
    ]
    if not seen:
        return
    yield from _plan(client, seen, today)
    for visit in seen:
        if visit.encounter.scene.risk == "present":
            yield from _after_risk(client, visit, today, rng)


def _plan(client: DemoClient, seen: list[Visit], today: date) -> Iterator[Act]:
    name, number = f"plan:{client.number:02}", client.number
    if number in WITHOUT:
        return
    first = seen[min(1, len(seen) - 1)]
    day = day_at(first.stop_ms)
    at = first.stop_ms + 25 * 60_000
    author = client.primary
    if number == DECLINED:
        values = {
            "declined": True,
            "declined_reason": '"Paper does not help me. Ask me again when the rain stops." Will be offered monthly.',
            "review_due": (today + timedelta(days=9)).isoformat(),
        }
        yield Act(at, author, "sign", "safety_plan", name, client.key, values)
        return
    if number == BY_TECHNICIAN:
        evening = local_ms(today - timedelta(days=1), 18 * 60 + 50)
        values = doc(client, today - timedelta(days=1), 7)
        yield Act(evening, client.technician, "sign", "safety_plan", name, client.key, values)
        return
    left = (today - day).days
    review = max(1, left - 4) if number == OVERDUE else left + 12 + number % 20
    yield Act(at, author, "sign", "safety_plan", name, client.key, doc(client, day, review))
    risky = [visit for visit in seen if visit.encounter.scene.risk == "present"]
    later = risky[-1:] or ([seen[-1]] if number % 4 == 0 and len(seen) > 4 else [])
    for visit in later:
        if visit.stop_ms > at + 3 * 86_400_000 and number != OVERDUE:
            again = day_at(visit.stop_ms)
            values = doc(client, again, (today - again).days + 6, second=True)
            yield Act(visit.stop_ms + 40 * 60_000, author, "sign", "safety_plan", name, client.key, values)


UNREAD_D = 20
"""A supervisor has looked at what was lowered longer ago."""
_LOWERED = (
    "Asked on three visits in a row: no thoughts of suicide, sleeping again, plan in use. Means still out of reach.",
    "Urges gone for a week by diary and by own word; supports confirmed; next steps known.",
    "Steady for ten days, goals for the month set by the client, family confirms what we see.",
)


def _after_risk(client: DemoClient, visit: Visit, today: date, rng: random.Random) -> Iterator[Act]:
    """A week later a clinician looks again and signs a lower level; what is fresh stays as it is."""
    at = visit.stop_ms + 8 * 86_400_000 + rng.randrange(0, 120) * 60_000
    if at < local_ms(today, 0) - 2 * 86_400_000:
        level = "moderate" if visit.encounter.scene.level == "high" else "low"
        review = (today + timedelta(days=rng.randrange(2, 12))).isoformat()
        values = {"level": level, "reason": rng.choice(_LOWERED), "next_review": review}
        who = client.primary if client.number % 3 else supervisor_of(client)
        yield Act(at, who, "risk", "risk", f"risk:{client.number:02}", client.key, values)
        boss = supervisor_of(client)
        if who != boss and at < local_ms(today, 0) - UNREAD_D * 86_400_000:
            yield Act(at + 3 * 3_600_000, boss, "cosign", "risk", f"risk:{client.number:02}", client.key)
