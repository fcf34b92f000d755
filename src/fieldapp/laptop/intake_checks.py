"""What stands against a new client, or a step of an episode, beyond what their own records say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fieldapp.clinical.intake import step_problems
from fieldapp.clinical.lookalikes import LOOKALIKE, Person, lookalikes
from fieldapp.records.fold import View
from fieldapp.records.kind import Problem
from fieldapp.records.text import plain
from fieldapp.store.episode_models import AlikeLine
from fieldapp.store.read.discharges import ENDED
from fieldapp.store.read.lines import Asking, client_line

ADULT = 18
CARE_CHANGES = "Say why level of care, program or tier change."
ONLY_DISCHARGED = (
    "A discharge ends the episode: leave this form, and write the discharge with D in the chart."
)
"""Without one there is no summary, and nobody said what became of the safety plan (clinical.md 2.2)."""
_OF_DISCHARGE = ("discharged_on", "discharge_reason", "discharge")
_COMPARED = ("legal_name", "name_to_use", "dob", "mrn", "medicaid_id")


def problems(
    asking: Asking,
    kind: str,
    record: str,
    base: Mapping[str, Any],
    values: Mapping[str, Any],
    now: View | None,
) -> list[Problem]:
    """Return what stands against a client's or an episode's form beyond the record itself."""
    if kind == "episode":
        return _steps(asking, base, values, now)
    if kind == "client":
        return [*_age(asking, base, values), *_alike(asking, record, values, new=now is None)]
    return []


def _steps(
    asking: Asking, base: Mapping[str, Any], values: Mapping[str, Any], now: View | None
) -> list[Problem]:
    if any(values.get(name) != base.get(name) for name in _OF_DISCHARGE) or _ends(base, values):
        return [Problem("status", ONLY_DISCHARGED, stops=True)]
    found = [
        *step_problems(base, values, asking.day), *_care(base, values), *_longer(asking, base, values)
    ]  # fmt: skip
    if found or base.get("status") == values.get("status") or now is None:
        return found
    standing = str(now.get("status") or "")
    if standing not in (str(base.get("status") or ""), str(values.get("status") or "")):
        # Somebody's step arrived while this one was being written.
        words = "The episode has moved on meanwhile: leave this, look at it, and begin the step again."
        return [Problem("status", words, stops=True)]
    return []


def _longer(asking: Asking, base: Mapping[str, Any], values: Mapping[str, Any]) -> list[Problem]:
    """Ask for a day to come: who stays longer stays until then."""
    before = base.get("extensions") or {}
    return [
        Problem(f"extensions.{item}.until", "Say a day that is still to come.", stops=True)
        for item, row in (values.get("extensions") or {}).items()
        if item not in before and row.get("until") and str(row["until"]) <= asking.day
    ]


def _ends(base: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return values.get("status") == ENDED and base.get("status") != ENDED


def _care(base: Mapping[str, Any], values: Mapping[str, Any]) -> list[Problem]:
    """Ask why level of care, program or tier change (clinical.md 1.3: a supervisor approves level and program)."""
    changed = [name for name in ("level_of_care", "program", "intensity_tier") if base.get(name)]
    if all(values.get(name) == base.get(name) for name in changed):
        return []
    why = str(values.get("care_reason") or "").strip()
    if values.get("status") != base.get("status"):
        said = str(values.get("status_reason") or "").strip()
        return [] if said else [Problem("status_reason", CARE_CHANGES, stops=True)]
    if why and why != str(base.get("care_reason") or "").strip():
        return []
    return [Problem("care_reason", CARE_CHANGES, stops=True)]


def _age(asking: Asking, base: Mapping[str, Any], values: Mapping[str, Any]) -> list[Problem]:
    dob = str(values.get("dob") or "")
    if not dob or dob == base.get("dob"):
        return []
    if dob > asking.day:
        return [Problem("dob", "This day is still to come: check the date of birth.", stops=True)]
    if asking.day < f"{int(dob[:4]) + ADULT:04}{dob[4:]}":
        return [Problem("dob", "Under 18: this record is made for adults. Say why it is right.", stops=False)]
    return []


def _alike(asking: Asking, record: str, values: Mapping[str, Any], *, new: bool) -> list[Problem]:
    if not new:
        return []
    found = alike(asking, record, values)
    if not found:
        return []
    some = "One client is" if len(found) == 1 else f"{len(found)} clients are"
    return [
        Problem(
            LOOKALIKE, f"{some} here under a name or number like this: is it the same person?", stops=False
        )
    ]


def alike(asking: Asking, record: str, values: Mapping[str, Any]) -> tuple[AlikeLine, ...]:
    """Return who is here and may be the person whom a form describes, likeliest first."""
    new = _person(record, values, values.get("phones") or {})
    known = asking.known.clients
    found = []
    for one in lookalikes(new, _people(asking, deep=bool(new.phones or values.get("medicaid_id")))):
        facts = known.get(one.client)
        if facts is not None:
            found.append(AlikeLine(client_line(asking, facts), one.why))
    return tuple(found)


def _people(asking: Asking, *, deep: bool) -> Iterable[Person]:
    """Yield everybody who is here; phones and Medicaid ids are read only where there is one to compare with.

    While a name is typed this is asked at every key: what is in memory must do.
    """
    if not deep:
        for facts in asking.known.clients.values():
            names = tuple(plain(name) for name in facts.names)
            yield Person(facts.client, names, facts.dob, (plain(facts.mrn),) if facts.mrn else ())
        return
    for view in asking.rx.views("client"):
        if not view.in_error:
            yield _person(view.id, {name: view.get(name) for name in _COMPARED}, view.items("phones"))


def _person(client: str, values: Mapping[str, Any], phones: Mapping[str, Any]) -> Person:
    legal, use = str(values.get("legal_name") or ""), str(values.get("name_to_use") or "")
    last = legal.partition(",")[0]
    names = [legal, f"{last} {use}" if use and last else use]
    return Person(
        client,
        tuple(dict.fromkeys(plain(name).strip() for name in names if name.strip(" ,"))),
        str(values.get("dob") or ""),
        tuple(plain(str(values[name])) for name in ("mrn", "medicaid_id") if values.get(name)),
        tuple(str(row.get("number")) for row in phones.values() if row.get("number")),
    )
