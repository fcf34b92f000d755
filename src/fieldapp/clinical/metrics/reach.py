"""Who is reached: clients who were seen, by age, race and ethnicity, gender and housing (programs.md 105).

Beyond the table of clinical.md 5. Groups are compared to find whom the program does not reach; the small ones are
hidden on screen as on paper, because a chart of a team's people is looked at together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from fieldapp.records.defaults import setting
from fieldapp.records.kinds.client import HOUSING, RACE

from .hiding import series_for_paper
from .model import Behind, Figure, Metric, Point, Series
from .rows import Client, Counted
from .weeks import first_day, last_day, share

BANDS = ((30, "18-29"), (45, "30-44"), (65, "45-64"), (200, "65 and over"))
"""Ages below, and what the band is called; who is younger than 18 is in the first."""
UNSAID = "Not said"
SEVERAL = "More than one"
OTHERS = "Said otherwise"
_MOST = 6


def reach(data: Counted) -> Metric:
    """Count who of the clients in the program was seen in this time, and in which groups."""
    first, last = first_day(data.period), last_day(data.period)
    least = setting(data.settings, "small_cell")
    clients = [
        one for one in data.clients
        if any(span.admitted <= last and (not span.ended or span.ended >= first) for span in one.spans)
    ]  # fmt: skip
    seen = {
        row.client
        for row in data.own(data.contacts)
        if row.seen and data.period.since_ms <= row.at_ms < data.period.until_ms
    }
    said = Counter(one.gender.casefold() for one in clients if one.gender)
    common = {word for word, _ in sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]}
    charts = (
        _chart("Age", clients, seen, lambda one: age_band(one.born, last), [name for _, name in BANDS]),
        _chart("Race and ethnicity", clients, seen, _race, [*RACE.values(), SEVERAL]),
        _chart("Gender", clients, seen, lambda one: _gender(one, common)),
        _chart(
            "Housing", clients, seen, lambda one: HOUSING.get(one.housing, UNSAID), list(HOUSING.values())
        ),
    )
    reached = sum(one.id in seen for one in clients)
    return Metric(
        key="reach", number=22, title="Who is reached", as_of_ms=data.as_of_ms,
        definition="Clients in the program on any day of this time who were seen in it, all together and by what they said of themselves "
        "once. A group differs for many reasons; a much lower share asks why. Groups of fewer than "
        f"{least} people are hidden, here too.",
        figures=(Figure("Seen in this time", share(reached, len(clients)), "%", len(clients), "clients in the program"),),
        series=tuple(series_for_paper(one, least) for one in charts if one.points),
        behind=tuple(Behind(client=one.id, words="not seen in this time") for one in clients if one.id not in seen),
        source=data.source,
    )  # fmt: skip


def age_band(born: str, day: str) -> str:
    """Return the band of an age in full years on a day; `UNSAID` where the day of birth is not known."""
    if not born:
        return UNSAID
    years = int(day[:4]) - int(born[:4]) - (day[5:] < born[5:])
    return next(name for below, name in BANDS if years < below)


def _race(one: Client) -> str:
    named = [code for code in one.race if code in RACE]
    if len(named) > 1:
        return SEVERAL
    return RACE[named[0]] if named else UNSAID


def _gender(one: Client, common: Iterable[str]) -> str:
    word = one.gender.casefold()
    if not word:
        return UNSAID
    return word.capitalize() if word in common else OTHERS


def _chart(
    title: str,
    clients: Iterable[Client],
    seen: set[str],
    group: Callable[[Client], str],
    order: Iterable[str] = (),
) -> Series:
    groups: dict[str, list[bool]] = defaultdict(list)
    for one in clients:
        groups[group(one)].append(one.id in seen)
    places = {name: at for at, name in enumerate(order)}
    # What nobody said stands last: it is no group of people.
    names = sorted(groups, key=lambda name: (name == UNSAID, places.get(name, len(places)), name))
    if names == [UNSAID]:
        return Series(title, (), "%", "bars")
    points = tuple(
        Point(name, share(sum(groups[name]), len(groups[name])), len(groups[name])) for name in names
    )
    return Series(title, points, "%", "bars")
