"""What a client's consents say of who may hear about them (clinical.md 2.3)."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.clinical.disclosing import Answer, Person, Release, is_protected, may_hear
from fieldapp.records.changes import values_of
from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds.episode import open_episode
from fieldapp.records.text import folded

from ..sheet_models import Hearer
from .lines import Asking


def part2_status(asking: Asking, client: str) -> str:
    """Return a client's status under 42 CFR Part 2; empty where nobody has said.

    What was written in a protected episode stays protected when the next one is not.
    """
    found = [view for view in asking.rx.views("episode", client) if not view.in_error]
    said = [str(view.get("part2_status") or "") for view in found]
    newest = open_episode(found)
    return next(
        filter(is_protected, said), str(newest.get("part2_status") or "") if newest is not None else ""
    )


def is_part2(asking: Asking, client: str) -> bool:
    """Tell whether a client's records are labelled as protected by 42 CFR part 2; undecided counts as protected."""
    return is_protected(part2_status(asking, client))


def releases_of(asking: Asking, client: str) -> tuple[Release, ...]:
    """Return a client's consents, also those that do not hold any more."""
    return tuple(
        Release(view.id, values_of(KINDS["consent"], view))
        for view in asking.rx.views("consent", client)
        if not view.in_error
    )


def person_of(view: View) -> Person:
    """Return a related person as the rules of disclosing know them."""
    return Person(
        str(view.get("name") or ""),
        str(view.get("kind") or ""),
        view.id,
        str(view.get("organisation") or ""),
        view.get("involvement_ok"),
    )


def people_of(asking: Asking, client: str) -> tuple[Person, ...]:
    """Return the people of whom a record is kept and who are still around."""
    views = asking.rx.views("related_person", client)
    return tuple(person_of(view) for view in views if not view.in_error and not view.get("former"))


def answers(asking: Asking, client: str, people: Iterable[Person], day: str = "") -> tuple[Answer, ...]:
    """Return for each person whether they may hear about the client on a day; today if none is given."""
    releases, status = releases_of(asking, client), part2_status(asking, client)
    return tuple(may_hear(person, releases, day or asking.day, status) for person in people)


def hearers(asking: Asking, client: str, names: Iterable[str], day: str = "") -> tuple[Hearer, ...]:
    """Return the same for people by their names; of one who is not known, only a release may speak."""
    known = {folded(person.name): person for person in people_of(asking, client)}
    said = tuple(names)
    people = [known.get(folded(name)) or Person(name) for name in said]
    found = zip(said, people, answers(asking, client, people, day), strict=True)
    return tuple(Hearer(name, answer, person.related) for name, person, answer in found)
