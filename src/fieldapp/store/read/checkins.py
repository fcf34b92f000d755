"""Who is on a visit now and asked for a sign by when."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from fieldapp.clinical.checkin import is_overdue
from fieldapp.records.fold import View

from ..models import Checkin
from . import lenient
from .lines import Asking

_OUT = "SELECT data FROM view WHERE kind = 'visit_checkin' AND state = 'out' AND in_error = 0"


def mine(asking: Asking) -> Checkin | None:
    """Return where this person is checked in; of two (written on two laptops) the one that is due first."""
    return next(_lines(asking, f"{_OUT} AND owner = ? ORDER BY due_ms, record", asking.me.staff), None)


def out(asking: Asking) -> tuple[Checkin, ...]:
    """Return everybody who is checked in somewhere, who is due first."""
    return tuple(_lines(asking, f"{_OUT} ORDER BY due_ms, record"))


def overdue(asking: Asking) -> tuple[Checkin, ...]:
    """Return colleagues who should have given a sign by now."""
    return tuple(one for one in out(asking) if one.late and one.staff != asking.me.staff)


def _lines(asking: Asking, sql: str, *params: object) -> Iterator[Checkin]:
    for (data,) in asking.rx.all(sql, *params):
        view = View.from_data(orjson.loads(data))
        until = lenient.moment(view.get("until"))
        staff = str(view.get("staff") or "")
        facts = asking.known.clients.get(view.client or "")
        yield Checkin(
            record=view.id,
            client=view.client or "",
            name=facts.called if facts is not None else asking.known.name_of(view.client),
            risk=asking.known.risk_of(view.client),
            staff=staff,
            staff_name=asking.known.staff_name(staff),
            place=str(view.get("place") or ""),
            code_word=str(view.get("code_word") or ""),
            # One whose end cannot be read counts as late: somebody looks.
            until_ms=view.first_ms if until is None else until,
            late=until is None or is_overdue(until, asking.now_ms),
        )
