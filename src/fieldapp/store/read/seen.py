"""When clients were seen, how often, and how many tries came since: from the facts of contacts."""

from __future__ import annotations

from collections.abc import Iterator

from fieldapp.clinical.due import day_of, start_of_day_ms
from fieldapp.clinical.seen import Said, is_seen, of_fact, tries_since_seen

from ..transaction import Rx


def _contacts(
    rx: Rx, client: str, since_ms: int = 0, until_ms: int = 2**62, *, without: str = ""
) -> Iterator[Said]:
    """Yield a client's contacts of a time, newest first; those entered in error have no facts."""
    rows = rx.each(
        "SELECT at_ms, value, extra FROM fact WHERE client = ? AND name = 'contact' AND at_ms >= ? AND at_ms < ?"
        " AND record != ? ORDER BY at_ms DESC, rowid DESC",
        client, since_ms, until_ms, without,
    )  # fmt: skip
    for at_ms, outcome, extra in rows:
        yield of_fact(int(at_ms), outcome, extra)


def contacts_of(rx: Rx, client: str, *, without: str = "") -> tuple[Said, ...]:
    """Return the contacts of a client since they were last seen, that one too, newest first.

    Args:
        without: the record of a contact that is being written, whose facts may or may not stand already.
    """
    found: list[Said] = []
    for one in _contacts(rx, client, without=without):
        found.append(one)
        if is_seen(one):
            break
    return tuple(found)


def last_seen(rx: Rx, client: str) -> int | None:
    """Return when the client was last seen or spoken with; attempts and talks with others never count."""
    return next((one.at_ms for one in _contacts(rx, client) if is_seen(one)), None)


def seen_between(rx: Rx, client: str, since_ms: int, until_ms: int) -> int:
    """Return how often the client was seen or spoken with in a time."""
    return sum(is_seen(one) for one in _contacts(rx, client, since_ms, until_ms))


def seen_days(rx: Rx, client: str, since: str, tz: str) -> frozenset[str]:
    """Return the days from one day on (`YYYY-MM-DD`) on which the client was seen or spoken with."""
    found = _contacts(rx, client, start_of_day_ms(since, tz))
    return frozenset(day_of(one.at_ms, tz) for one in found if is_seen(one))


def tries(rx: Rx, client: str) -> tuple[Said, ...]:
    """Return the attempts since the client was last seen, newest first."""
    return tries_since_seen(_contacts(rx, client))
