"""Making the Laptop of a folder for commands, with the clock and the network of this computer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from fieldapp.errors import UsageFailure
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.sync.transport import HttpTransport

from .secrets import ask


class Network:
    """Connections to servers, one each, closed together."""

    def __init__(self) -> None:
        self._open: dict[str, HttpTransport] = {}

    def connect(self, url: str) -> HttpTransport:
        """Return the connection to a server's address."""
        if url not in self._open:
            self._open[url] = HttpTransport(url)
        return self._open[url]

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_: object) -> None:
        for transport in self._open.values():
            transport.close()


def laptop_in(folder: Path, network: Network) -> Laptop:
    """Return the Laptop of a data folder, locked."""
    return Laptop(folder, clock=SystemClock(), connect=network.connect)


@contextlib.contextmanager
def unlocked(folder: Path, descriptor: int | None) -> Iterator[Laptop]:
    """Give an unlocked Laptop and lock it at the end; asks for the passphrase."""
    with Network() as network:
        laptop = laptop_in(folder, network)
        if not laptop.enrolled:
            raise UsageFailure(
                "Nobody is set up in this folder; run `fieldapp enrol`, or give another --folder."
            )
        laptop.unlock(ask("Passphrase", descriptor))
        try:
            yield laptop
        finally:
            laptop.lock()
