"""An agency with a real server, whose laptops are worked on through the real App."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from fieldapp.app import FieldApp
from fieldapp.laptop.laptop import Laptop
from fieldapp.store.models import SyncStatus
from fieldapp.sync.transport import HttpTransport, Transport
from tests.forms.desk import make_app, settled
from tests.sync.sync_world import CHEAP, PASSPHRASE, POLICY, Agency, Rig

LICENSED = [{"code": "LICSW", "issued": "2020-01-01", "expires": "2029-01-01"}]


@dataclass
class Field:
    """The agency, and the laptops that were opened on it."""

    agency: Agency
    opened: list[Laptop] = field(default_factory=list)

    def enrolled(self, name: str, role: str = "clinician", **more: Any) -> Rig:
        """Enrol a licensed person's laptop."""
        return self.agency.laptop(name, role, credentials=LICENSED, **more)

    def laptop(self, rig: Rig, *, connect: Any = None, unlock: bool = True) -> Laptop:
        """Open an enrolled laptop as its person does; by default over the rig's own line."""
        rig.store.close()
        made = Laptop(
            rig.folder, clock=rig.clock, vault_policy=POLICY, kdf=CHEAP, connect=connect or rig.connect
        )
        self.opened.append(made)
        if unlock:
            made.unlock(PASSPHRASE)
        return made

    def exchange(self, *laptops: Laptop) -> list[SyncStatus]:
        """Let laptops send and receive until each has what the others sent."""
        return [laptop.sync() for _ in range(2) for laptop in laptops]

    def close(self) -> None:
        """Close every laptop that was opened."""
        for laptop in self.opened:
            laptop.close()


def app_of(laptop: Laptop) -> FieldApp:
    """Return the App on a laptop that is still locked."""
    return make_app(laptop, laptop.clock)  # type: ignore[arg-type]


async def come_in(pilot: Any) -> None:
    """Type the passphrase and wait for Today."""
    await pilot.pause()
    pilot.app.screen.query_one("#passphrase").value = PASSPHRASE
    await pilot.press("enter")
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)


def over_https(url: str) -> Transport:
    """Return the way that is used in the field."""
    return HttpTransport(url)


@contextmanager
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Refuse every connection and every look-up of a name; yields what was tried."""
    tried: list[object] = []

    def refuse(*where: object, **_: object) -> None:
        tried.append(where)
        raise OSError(101, "Network is unreachable")

    with monkeypatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto", "sendmsg"):
            patch.setattr(socket.socket, name, refuse)
        for name in ("getaddrinfo", "create_connection", "gethostbyname"):
            patch.setattr(socket, name, refuse)
        yield tried
