"""Numbers for whoever watches the server: how many requests, how long, what waits; never whose.

Each worker counts into files of one folder (`prometheus-client`'s multiprocess mode), and one process tells the sums. No label
holds an id: routes, status numbers and states are words of this program.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func, select

from .tables import device, entry, waiting

if TYPE_CHECKING:
    from .database import Database

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SILENT_MS = 24 * 3_600_000


class Watcher(Protocol):
    """Whoever counts requests."""

    def request(self, route: str, status: int, seconds: float, bytes_in: int, bytes_out: int) -> None:
        """Take notice of an answered request."""
        ...


class Nobody:
    """Counts nothing."""

    def request(self, route: str, status: int, seconds: float, bytes_in: int, bytes_out: int) -> None:
        """Take no notice."""


class Counting:
    """Counts into the folder that `FOLDER` names; made after it was set, because the library looks at it when it is loaded."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        # Of its own, so that two servers in one process do not meet.
        registry = CollectorRegistry()
        self._requests = Counter(
            "fieldapp_requests", "Answered requests.", ("route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "fieldapp_request_seconds", "Time to an answer.", ("route",), registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )  # fmt: skip
        self._bytes = Counter("fieldapp_body_bytes", "Bytes of bodies.", ("route", "way"), registry=registry)

    def request(self, route: str, status: int, seconds: float, bytes_in: int, bytes_out: int) -> None:
        """Count an answered request."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._bytes.labels(route, "in").inc(bytes_in)
        self._bytes.labels(route, "out").inc(bytes_out)


class Standing:
    """What the database says now: a collector of `prometheus-client`, asked at each scrape."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database, self._now_ms = database, now_ms

    def collect(self) -> Iterator[Any]:
        """Yield entries, what waits, and laptops by state; nothing but that it cannot be asked when it cannot."""
        from prometheus_client.core import GaugeMetricFamily
        from sqlalchemy.exc import SQLAlchemyError

        up = GaugeMetricFamily("fieldapp_database_up", "Whether the database answers.")
        try:
            with self._database.reading() as rx:
                entries = int(rx.execute(select(func.count()).select_from(entry)).scalar_one())
                waits = {
                    row[0]: row[1]
                    for row in rx.execute(select(waiting.c.state, func.count()).group_by(waiting.c.state))
                }
                laptops = {
                    row[0]: row[1]
                    for row in rx.execute(select(device.c.state, func.count()).group_by(device.c.state))
                }
                asked = select(func.count()).where(
                    device.c.state == "admitted",
                    func.coalesce(device.c.last_seen_ms, 0) < self._now_ms() - SILENT_MS,
                )
                silent = int(rx.execute(asked).scalar_one())
        except SQLAlchemyError:
            up.add_metric((), 0)
            yield up
            return
        up.add_metric((), 1)
        yield up
        yield GaugeMetricFamily("fieldapp_entries", "Accepted entries.", value=entries)
        yield _by_state("fieldapp_waiting", "Entries that wait for a decision or for another entry.", waits)
        yield _by_state("fieldapp_laptops", "Laptops by state of their certificate.", laptops)
        yield GaugeMetricFamily(
            "fieldapp_laptops_silent", "Admitted laptops not heard of for a day.", value=silent
        )


def _by_state(name: str, words: str, counts: dict[str, int]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, words, labels=("state",))
    for state, count in sorted(counts.items()):
        family.add_metric((state,), count)
    return family


def told(folder: Path, standing: Standing) -> bytes:
    """Return everything in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    registry.register(standing)
    found: bytes = generate_latest(registry)
    return found


def is_counting() -> bool:
    """Tell whether this process was told where to count."""
    return FOLDER in os.environ
