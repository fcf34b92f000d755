"""What the server says of itself: logs of allowed fields, readiness, and numbers without anybody in them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.server.logs import FIELDS, Line, safe
from fieldapp.server.measured import Standing
from fieldapp.server.metrics_page import Page
from fieldapp.server.refusals import Refusal
from fieldapp.server.tables import device, meta
from tests.server.server_world import DAY_MS, World

NAMES = {"time", "level", "worker", *FIELDS}
ANYTHING = st.one_of(st.text(), st.binary(), st.integers(), st.none(), st.lists(st.text()), st.floats())


def record(message: str = "x", logger: str = "fieldapp.server", **extra: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": logger, "msg": message, "levelname": "INFO", "levelno": 20})
    made.__dict__.update(extra)
    return made


@given(st.dictionaries(st.sampled_from([*FIELDS, "client", "body", "args"]), ANYTHING), st.text())
def test_a_line_holds_allowed_fields_and_words_whatever_is_said(extra: dict[str, Any], message: str) -> None:
    extra.pop("args", None)
    line = Line("json").format(record(message, **extra))
    said = orjson.loads(line)
    assert set(said) <= NAMES
    assert "\n" not in line
    for name, value in said.items():
        assert name in ("time", "level") or type(value) is int or value == safe(value)


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**64, 10**130])
def test_a_number_too_large_for_json_does_not_stop_the_line(number: int) -> None:
    said = orjson.loads(Line("json").format(record(ms=number)))
    assert said["ms"] == safe(number)


def test_what_another_library_says_is_named_and_not_quoted() -> None:
    line = Line().format(record("Invalid request from Okafor, Ada", logger="uvicorn.error"))
    assert "event=library" in line
    assert "Okafor" not in line


@pytest.mark.parametrize(("value", "shown"), [("no such device", "no such device"), ("Okafor; DROP", "?"),
                                              ("a" * 121, "?"), ("\x1b[31m", "?"), ("Zoë", "?")])  # fmt: skip
def test_a_value_that_is_no_word_of_ours_is_hidden(value: str, shown: str) -> None:
    assert safe(value) == shown


def test_ready_says_no_while_the_tables_are_another_organisations(world: World) -> None:
    assert world.server.ready()["ok"]
    with world.owning() as tx:
        tx.execute(meta.update().where(meta.c.name == "org").values(value="0" * 64))
    with pytest.raises(Refusal) as refused:
        world.server.ready()
    assert (refused.value.status, refused.value.retry_after_s) == (503, 30)


def test_numbers_of_the_database_name_states_and_nobody(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client("Okafor, Ada")
    mira.push(client, mira.note(client.envelope.id))
    found = {family.name: family for family in Standing(world.server.database, world.clock).collect()}
    assert found["fieldapp_database_up"].samples[0].value == 1
    with world.server.database.reading() as rx:
        admitted = len(rx.execute(device.select().where(device.c.state == "admitted")).all())
    laptops = {one.labels["state"]: one.value for one in found["fieldapp_laptops"].samples}
    assert laptops["admitted"] == admitted
    silent = found["fieldapp_laptops_silent"].samples[0].value
    world.clock.ms += 2 * DAY_MS
    later = {family.name: family for family in Standing(world.server.database, world.clock).collect()}
    assert later["fieldapp_laptops_silent"].samples[0].value == admitted > silent
    labels = {value for family in found.values() for one in family.samples for value in one.labels.values()}
    assert labels <= {
        "admitted",
        "authority",
        "drain",
        "revoked",
        "held",
        "quarantined",
        "refused",
        "rejected",
    }


def test_a_database_that_is_gone_is_a_number_and_no_fault(world: World) -> None:
    if world.server.database.is_sqlite:
        (world.server.folder / "server.db").rename(world.server.folder / "gone")
        world.server.database.close()
        [up] = Standing(world.server.database, world.clock).collect()
        assert up.samples[0].value == 0


def test_the_page_tells_numbers_on_loopback_and_nothing_else() -> None:
    with Page(0, lambda: b"fieldapp_entries 3\n") as page:
        with urllib.request.urlopen(f"http://127.0.0.1:{page.port}/metrics", timeout=10) as said:
            assert said.read() == b"fieldapp_entries 3\n"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{page.port}/", timeout=10)
        assert page._server.server_address[0] == "127.0.0.1"


COUNT = """
import sys
from pathlib import Path
from fieldapp.server.measured import Counting, told
class Silence:
    def collect(self): return []
one = Counting()
for status in (200, 200, 403): one.request("/v1/sync", status, 0.02, 10, 20)
print(told(Path(sys.argv[1]), Silence()).decode())
"""


def test_what_each_worker_counts_is_told_as_one_sum(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", COUNT, str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    assert 'fieldapp_requests_total{route="/v1/sync",status="200"} 4.0' in done.stdout
    assert 'fieldapp_requests_total{route="/v1/sync",status="403"} 2.0' in done.stdout
    assert 'fieldapp_body_bytes_total{route="/v1/sync",way="out"} 120.0' in done.stdout
