"""How sync stands, as far as this laptop's own file knows."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

import fieldapp
from fieldapp.records.envelope import instant_ms
from fieldapp.records.versions import is_below

from .. import draft_exchange, feeds, newer
from ..models import Device, SyncStatus
from ..transaction import Rx
from .known import Known


def sync_status(rx: Rx) -> SyncStatus:
    """Return counts and times; what is running is the round's to add.

    Others' work that a restored server lost is owed too, and counts as pending.
    """
    counts: dict[str, int] = {}
    for state, answered, number in rx.all(
        "SELECT state, answered, count(*) FROM entry WHERE own = 1 GROUP BY state, answered"
    ):
        if not answered:
            counts[state] = counts.get(state, 0) + number
    return SyncStatus(
        pending=int(rx.value("SELECT count(*) FROM entry WHERE state IN ('unsent', 'sent')")),
        needs_you=counts.get("rejected", 0),
        held=counts.get("held", 0),
        quarantined=counts.get("quarantined", 0),
        confirmed_total=counts.get("confirmed", 0),
        last_confirmed_ms=rx.meta_int("last_confirmed_ms"),
        offline_since_ms=rx.meta_int("offline_since_ms"),
        app_too_old=below_writers(rx),
        clock_offset_ms=rx.meta_int("clock_offset_ms") or 0,
        ended_teams=tuple(_ended_teams(rx)),
        put_back_ms=rx.meta_int("put_back_ms"),
        lost_some_ms=rx.meta_int("lost_some_ms"),
        went_back_ms=rx.meta_int("went_back_ms"),
        side_by_side=len(draft_exchange.side_by_side(rx)),
        coming=len(feeds.wanted(rx)),
        newer=len(newer.kinds(rx)),
    )


def below_writers(rx: Rx) -> str:
    """Return the lowest version that the server lets write, if this one is below it; empty if this one may write.

    What the server last said is compared anew: the app may have been updated since.
    """
    lowest = rx.meta_text("lowest_app")
    return lowest if is_below(fieldapp.__version__, lowest) else ""


def _ended_teams(rx: Rx) -> Iterator[tuple[str, int]]:
    for name, at_ms in sorted(feeds.ended(rx).items()):
        team = rx.view(name)
        yield str(team.get("name") or "another team") if team is not None else "another team", at_ms


def oldest_unsent_ms(rx: Rx) -> int | None:
    """Return when the oldest entry that waits to be sent was written."""
    found = rx.value("SELECT min(at_ms) FROM entry WHERE own = 1 AND state IN ('unsent', 'sent')")
    return None if found is None else int(found)


def desk(rx: Rx, name: str) -> list[dict[str, object]]:
    """Return one part of what the server last told a supervisor."""
    data = rx.value("SELECT data FROM desk WHERE name = ?", name)
    found = orjson.loads(data) if data is not None else []
    return [row for row in found if isinstance(row, dict)]


def devices(rx: Rx, known: Known) -> tuple[Device, ...]:
    """Return the laptops of the supervisor's teams, those with missing or old work first."""

    def number(value: object) -> int:
        return value if isinstance(value, int) else 0

    def moment(value: object) -> int | None:
        try:
            return instant_ms(value) if isinstance(value, str) else value if isinstance(value, int) else None
        except ValueError:
            return None

    found = [
        Device(
            device=str(row.get("device", "")),
            staff=str(row.get("staff", "")),
            name=known.staff_name(str(row.get("staff", ""))),
            last_seen_ms=moment(row.get("last_seen")),
            pending=number(row.get("pending")),
            oldest_ms=moment(row.get("oldest")),
            missing=number(row.get("missing")),
            state=str(row.get("state", "")),
        )
        for row in desk(rx, "devices")
    ]
    return tuple(sorted(found, key=lambda d: (-d.missing, d.oldest_ms or 2**63, d.name, d.device)))
