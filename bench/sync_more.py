"""More of the sync benchmark: long queues and their memory, a thin line, and typing during a first pull.

Run by `bench.sync --queue | --slow-link | --typing`.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.app import Terminal
from bench.sync_agency import Agency, databases
from bench.sync_laptop import PASSPHRASE, POLICY, QUICK, Work
from bench.sync_meters import Meter, Row, row
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop

Phase = Callable[..., list[Row]]
LINE_BYTES_S, DELAY_S = 125_000.0, 0.05
"""1 Mbit/s each way, and 100 ms there and back."""
_BITE, _AHEAD_S = 2_048, 0.25
KEYS = 120
LETTERS = "zqxj"
"""Seldom in what else is painted meanwhile, so that a letter that comes is the one that was typed."""


@contextlib.contextmanager
def _prepared(
    backend: str, count: int, phase: Phase, *, through: bool = False
) -> Iterator[tuple[Agency, Path, Path, Path, list[int]]]:
    """Give an agency that serves, a laptop with so many unsent records, one without any, and the work's file."""
    with tempfile.TemporaryDirectory(prefix="fa-bench-") as name, databases(backend) as postgres:
        place = Path(name)
        agency = Agency(place, postgres, "common")
        a, b = agency.people(2)
        work = place / "work.json"
        Work(count, 0, 0, SystemClock().now_ms(), agency.made.program, agency.made.team).save(work)
        with agency.serving():
            phase("clients", a, work=work)
            phase("sync", b, work=work)
        phase("write", a, work=work)
        with agency.serving(behind=through) as server:
            yield agency, a, b, work, server


def queue(backend: str, counts: tuple[int, ...], phase: Phase) -> list[Row]:
    """Push and pull queues of growing length; the memory of both sides is what matters."""
    rows = []
    for count in counts:
        with _prepared(backend, count, phase) as (agency, a, b, work, server):
            for what, who in (("push", a), ("pull", b)):
                with Meter(server) as meter:
                    one, after = phase(what, who, work=work)
                rows.append(
                    row(
                        f"fieldapp {backend}", f"{what} of {count}", count, one["wall"], one["cpu"], meter.cpu, meter.wire,
                        ok=not after["unconfirmed"], peak_mb=one["peak_mb"], server_peak_mb=agency.peak_mb(), load=meter.load,
                    )
                )  # fmt: skip
    return rows


def slow_link(backend: str, count: int, phase: Phase) -> list[Row]:
    """Push and pull over a line of 1 Mbit/s and 100 ms; `line_s` is what the bytes alone take on it."""
    rows = []
    with (
        _prepared(backend, count, phase, through=True) as (agency, a, b, work, server),
        _line(agency) as line,
    ):
        for what, who in (("push", a), ("pull", b)):
            before = line.carried
            with Meter(server) as meter:
                one, after = phase(what, who, work=work)
            carried = line.carried - before
            rows.append(
                row(
                    f"fieldapp {backend}, 1 Mbit/s 100 ms", f"{what} of {count}", count, one["wall"], one["cpu"], meter.cpu,
                    carried, ok=not after["unconfirmed"], line_s=round(carried / LINE_BYTES_S, 2),
                )
            )  # fmt: skip
    return rows


class _Line:
    """A relay that carries bytes as a thin line would, in a thread of its own.

    The kernel's own emulation (netem) is not in every kernel; a relay is the same everywhere.
    """

    def __init__(self, port: int, to: int) -> None:
        self.carried = 0
        self._port, self._to = port, to
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> _Line:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._joined, "127.0.0.1", self._port)
        )
        self._ready.set()
        self._loop.run_forever()

    async def _joined(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self._to)
        await asyncio.gather(self._carry(near_in, far_out), self._carry(far_in, near_out))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        deliver = asyncio.create_task(self._deliver(waiting, sink))
        free = 0.0
        with contextlib.suppress(ConnectionError):
            while data := await source.read(_BITE):
                now = self._loop.time()
                free = max(free, now) + len(data) / LINE_BYTES_S
                self.carried += len(data)
                waiting.put_nowait((free + DELAY_S, data))
                if free - now > _AHEAD_S:
                    await asyncio.sleep(free - now - _AHEAD_S)
        waiting.put_nowait((0.0, b""))
        await deliver

    async def _deliver(self, waiting: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                due, data = await waiting.get()
                if not data:
                    break
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                sink.write(data)
                await sink.drain()
        sink.close()


def _line(agency: Agency) -> _Line:
    return _Line(agency.port, agency.hidden_port)


def typing(backend: str, count: int, phase: Phase) -> list[Row]:
    """Type into the real app while its first pull is stored, and once more when all is quiet."""
    with _prepared(backend, count, phase) as (_, a, b, work, _server):
        phase("push", a, work=work)
        shown = Terminal([sys.executable, "-m", "bench.sync_more", str(b)])
        try:
            shown.until(b"Passphrase")
            shown.settle(2.0)
            shown.send(PASSPHRASE.encode() + b"\r")
            shown.until(b"visits")
            shown.send(b"/")
            shown.settle(1.5)
            during, before = _typed(shown), _held(b)
            while _held(b) < count:
                shown.settle(2.0)
            shown.settle(3.0)
            quiet = _typed(shown)
        finally:
            shown.end()
    return [
        row(
            f"fieldapp {backend}", what, KEYS, sum(found), p50_ms=_ms(found, 50), p95_ms=_ms(found, 95),
            worst_ms=round(1000 * max(found), 1), **more,
        )
        for what, found, more in (
            (f"typing, first pull of {count}", during, {"stored_at_its_end": before}), ("typing, quiet", quiet, {}),
        )
    ]  # fmt: skip


def _typed(shown: Terminal) -> list[float]:
    found = []
    for number in range(KEYS):
        letter = LETTERS[number % len(LETTERS)].encode()
        sent = shown.send(letter)
        found.append(shown.until(letter) - sent)
        shown.settle(0.1)
        if number % 8 == 7:
            shown.send(b"\x7f" * 8)
            shown.settle(0.2)
    return found


def _held(folder: Path) -> int:
    """Return how many entries a laptop holds, looked at from another process."""
    from bench.sync_laptop import Field

    field = Field(folder)
    try:
        with field.store.reading() as rx:
            return int(
                rx.value(
                    "SELECT count(*) FROM entry WHERE own = 0 AND kind IN ('note', 'contact', 'safety_plan')"
                )
            )
    finally:
        field.syncer.close()
        field.store._dispose()


def _ms(values: list[float], of_hundred: int) -> float:
    return round(statistics.quantiles(values, n=100, method="inclusive")[of_hundred - 1] * 1000, 1)


def _app(folder: Path) -> int:
    """Run the app on this terminal."""
    from fieldapp.app import FieldApp, start

    clock = SystemClock()
    laptop = Laptop(folder, clock=clock, vault_policy=POLICY, kdf=QUICK)
    return start(FieldApp(lambda: laptop, clock=clock, crisis_help=lambda: ()))


if __name__ == "__main__":
    raise SystemExit(_app(Path(sys.argv[1])))
