"""Alerts are read before a visit, which is in the audit trail, and looked at by a supervisor (clinical.md 1.3, 2.5)."""

from __future__ import annotations

import orjson
import pytest

from fieldapp.errors import FieldappError
from tests.laptop.laptop_world import ANA, SUE, World, give, opened, uid


def alert(world: World) -> tuple[str, str]:
    client = world.client("Rossi, Rosa")
    entry = world.add(
        "alert", uid("a"), {"set": {"code": "threats", "severity": "stop", "detail": "On the stairs"}},
        client=client, who=ANA,
    )  # fmt: skip
    return client, entry.hash


def test_who_read_an_alert_before_the_visit_is_in_the_audit_trail(world: World) -> None:
    client, _ = alert(world)
    laptop = world.laptop(ANA)
    laptop.acknowledge_alerts(client, [uid("a")])
    opened(laptop).late_log.close()
    with opened(laptop).store.reading() as rx:
        events = [orjson.loads(row[0]) for row in rx.all("SELECT data FROM audit ORDER BY seq")]
    found = [event for event in events if event["action"] == "acknowledge"]
    assert [(event["object"], event["client"]) for event in found] == [(uid("a"), client)]


def test_a_supervisor_looks_at_a_new_alert_once_and_its_author_does_not_wait_for_it(world: World) -> None:
    _, entry = alert(world)
    ana, sue = world.laptop(ANA), world.laptop(SUE)
    assert [line.what for line in ana.review()] == []
    (line,) = sue.review()
    assert (line.what, line.record, line.entry, line.reason) == ("alert", uid("a"), entry, "On the stairs")
    assert line.due_ms is not None
    sue.cosign(entry)
    assert sue.review() == ()
    with pytest.raises(FieldappError):
        sue.cosign(entry)
    with opened(sue).store.reading() as rx:
        own = [rx.entry(row[0]) for row in rx.all("SELECT hash FROM entry WHERE own = 1")]
    give(ana, [one for one in own if one is not None])
    assert [one.severity for one in ana.client_line(line.client).alerts] == ["stop"]
