"""Treatment plans of the demo: most are reviewed in time, some are late, missing or refused, one was worded anew."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .acts import Act, day_at, local_ms
from .clients import DemoClient
from .visits import Visit

WITHOUT = frozenset({6, 19, 27, 41})
"""Nobody wrote one yet."""
REFUSED, PARTLY, OVERDUE, REWORDED = 9, 14, frozenset({4, 16, 31}), 2
_EVERY = {"community": 90, "structured": 30}
_NAMESPACE = uuid.UUID("6f0f9a3e-1f0e-5c57-9b0e-2f6c1f1d7a44")
_DOMAINS = (
    ("safety", ("safe", "hospital", "crisis", "hurt")),
    ("substance_use", ("drink", "sober", "using", "drug", "clean", "meth", "alcohol")),
    (
        "independence",
        ("rent", "flat", "apartment", "housing", "money", "bus", "cook", "keys", "own place", "room"),
    ),
    ("life_goals", ("work", "job", "school", "college", "class", "daughter", "son", "kids", "children")),
    ("integration", ("friend", "people", "family", "church", "group", "neighbor", "choir")),
)
_HELP = {
    "safety": ("Go through the safety plan together", "individual", "every visit"),
    "substance_use": ("Urges, plans for hard hours, meetings that fit", "individual", "weekly"),
    "independence": ("Practical help in the place itself", "case_management", "weekly"),
    "life_goals": ("Small steps, one named at each visit", "skills", "weekly"),
    "integration": ("Go along the first times", "peer", "every two weeks"),
    "stability": ("One skill at a time, tried out between visits", "skills", "weekly"),
}
_STEP = {
    "safety": (
        "Uses one step of the safety plan before calling",
        "Own count",
        "0 of 4 weeks",
        "3 of 4 weeks",
    ),
    "substance_use": ("Days without using, counted together", "Own count", "2 of 7", "5 of 7"),
    "independence": ("Does it without being reminded", "Own count", "1 of 4 weeks", "3 of 4 weeks"),
    "life_goals": ("One step done, told at the visit", "Own goal rating", "2 of 10", "6 of 10"),
    "integration": ("Goes once a week", "Own count", "0 of 4 weeks", "3 of 4 weeks"),
    "stability": ("Good nights, marked on the calendar", "Own count", "2 of 7", "5 of 7"),
}


def domain_of(words: str) -> str:
    """Return what a goal of a story is about."""
    low = words.lower()
    return next((domain for domain, signs in _DOMAINS if any(sign in low for sign in signs)), "stability")


def goal_id(client: DemoClient, number: int) -> str:
    """Return the id of a client's goal: the same whenever the demo is made."""
    return str(uuid.uuid5(_NAMESPACE, f"{client.number}:{number}"))


def doc(client: DemoClient, day: date, due: date) -> dict[str, Any]:
    """Return a version of a client's plan; its goals are those that the notes name."""
    goals: dict[str, Any] = {}
    spanish = client.language == "es" and client.story.plan_lines_es
    lines = client.story.plan_lines_es if spanish else client.story.plan_lines
    for number, words in enumerate(client.story.goals[:6], 1):
        domain = domain_of(words)
        step, measure, baseline, target = _STEP[domain]
        what, modality, frequency = _HELP[domain]
        goals[goal_id(client, number)] = {
            "words": words,
            "domain": domain,
            "place": number,
            "target_date": (day + timedelta(days=90)).isoformat(),
            "objectives": [
                {
                    "text": step, "measure": measure, "baseline": baseline, "target": target,
                    "due": (day + timedelta(days=60)).isoformat(),
                }
            ],
            "help": [{"what": what, "modality": modality, "frequency": frequency, "who": "Team"}],
        }  # fmt: skip
    return {
        "needs": [
            {"text": lines["signs"][0], "source": "client"},
            {"text": "Support to stay well in the community", "source": "assessment"},
        ],
        "goals": goals,
        "strengths": f"{client.story.occupation}. Knows what has helped before, and says so.",
        "supports_role": f"{client.supports[0].name} is told how it goes, as far as the client wants it.",
        "step_down": "Eight steady weeks by the client's own count; then fewer visits, agreed step by step.",
        "made_with": "Client and staff together",
        "participation": "agreed",
        "signature": "paper_wet_scan",
        "signed_on": day.isoformat(),
        "copy_offered": "paper",
        "review_due": due.isoformat(),
    }


def acts(client: DemoClient, visits: tuple[Visit, ...], today: date) -> Iterator[Act]:
    """Yield a client's plan and its reviews, after the first visits."""
    seen = [v for v in visits if v.encounter.attempt is None and not v.encounter.scene.without_client]
    if not seen or client.number in WITHOUT:
        return
    every, name = _EVERY[client.story.archetype], f"goals:{client.number:02}"
    first = seen[0]
    day, at = day_at(first.stop_ms), first.stop_ms + 50 * 60_000
    left = (today - day).days
    # Short plans are reviewed as they go: the demo is eight weeks old.
    due = day + timedelta(days=max(3, left - 6) if client.number in OVERDUE else every)
    values = doc(client, day, due)
    if client.number == REFUSED:
        values = {k: v for k, v in values.items() if k not in ("signature", "signed_on", "copy_offered")} | {
            "participation": "refused",
            "participation_reason": '"Plans are for you, not for me." Is glad of the visits; will be asked again.',
        }
    if client.number == PARTLY:
        values |= {"participation": "partly", "participation_reason": "Yes to everything but the group."}
    yield Act(at, client.primary, "sign", "treatment_plan", name, client.key, values)
    if client.number == REWORDED and left > 21 and len(seen) > 3:
        yield _reworded(client, seen[len(seen) // 2], name, every)
    elif due < today and client.number not in OVERDUE:
        yield from _reviews(client, name, due, today, every)


def _reworded(client: DemoClient, visit: Visit, name: str, every: int) -> Act:
    """Return a version in which the first goal is said anew: it is the same goal."""
    day = day_at(visit.stop_ms)
    values = doc(client, day, day + timedelta(days=every))
    goal = values["goals"][goal_id(client, 1)]
    goal["words"] = f"{goal['words']}, also on bad days"
    return Act(
        visit.stop_ms + 45 * 60_000, client.primary, "sign", "treatment_plan", name, client.key, values
    )


def _reviews(client: DemoClient, name: str, due: date, today: date, every: int) -> Iterator[Act]:
    """Yield reviews that left the plan as it was, each a day before it was due."""
    while due <= today:
        day = due - timedelta(days=1)
        due = day + timedelta(days=every)
        text = (
            "Gone through with the client: goals stay, steps stay; says it is going in the right direction."
        )
        yield Act(
            local_ms(day, 16 * 60 + client.number), client.primary, "stays", "treatment_plan", name, client.key,
            {"text": text, "next_due": due.isoformat()},
        )  # fmt: skip
