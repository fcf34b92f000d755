"""Read models in which every text is hostile, and apps that show them; run in a pseudo-terminal by tests."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from tests.app.app_support import (
    CLIENTS,
    ME,
    PENDING,
    STATUS,
    TODAY,
    FakeLaptop,
    card_of,
    chart_of,
    make_app,
    timeline_of,
)

LITERAL = "[@click=app.quit]QUIT[/] [/ [b]bold [link=http://evil]x[/link] $primary"
COMMANDS = (
    "\x1b]52;c;SE9TVElMRQ==\x1b\\",  # clipboard
    "\x1b]52;c;SE9TVElMRQ==\x07",
    "\x1b]0;HOSTILE\x07",  # title
    "\x1b]2;HOSTILE\x1b\\",
    "\x1b]8;;http://hostile\x1b\\",  # link
    "\x1bPHOSTILE\x1b\\",
    "\x1b_HOSTILE\x1b\\",
    "\x1b[1337;1337H",
    "\x9b1337;1337H",
    "\x9d52;c;SE9TVElMRQ==\x9c",
    "\u202eevil\u202c\u2066\u2069\u200f\u061c",
    "\x07\x08\x0b\x0c\r\x00\x7f",
    "\ud800",
    "\u2028\u2029\ufeff",
)
HOSTILE = LITERAL + "".join(COMMANDS) + " 界界界 e\u0301 👩‍👩‍👧"
LONG = ("x" * 99 + " ") * 100
KEEP = frozenset({"client", "record", "entry", "kind", "day", "tz", "state", "status", "severity", "plan"})
"""Names of fields that steer the screens; all other texts are replaced."""

FORBIDDEN = (
    b"\x07", b"\x1b]52", b"SE9TVElMRQ==\x1b", b"SE9TVElMRQ==\x07", b"\x1b]0;", b"\x1b]2;", b"\x1b]8;",
    b"\x1bP", b"\x1b_", b"1337;1337H\x1b[1337", b"\x1b[1337", b"\x08", b"\x0b", b"\x0c", b"\x00", b"\x7f",
    *("\u202e\u202c\u2066\u2069\u200f\u061c\u2028\u2029\ufeff"[n].encode() for n in range(9)),
    *(chr(code).encode() for code in range(0x80, 0xA0)),
)  # fmt: skip
"""Bytes that Textual itself never writes here and that would mean that a record reached the terminal raw."""


def hostile(model: Any, text: str = HOSTILE) -> Any:
    """Return a read model with every text replaced, lists and maps included."""
    if isinstance(model, str):
        return text
    if isinstance(model, tuple | list):
        return tuple(hostile(item, text) for item in model)
    if isinstance(model, dict):
        return {name: hostile(value, text) for name, value in model.items()}
    if is_dataclass(model) and not isinstance(model, type):
        changed = {f.name: hostile(getattr(model, f.name), text) for f in fields(model) if f.name not in KEEP}
        return replace(model, **changed)
    return model


class HostileLaptop(FakeLaptop):
    """Every answer is hostile."""

    def chart(self, name: str) -> Any:
        return hostile(
            chart_of(next(c for c in self.clients if c.client == name), len(self.history)), self.text
        )

    def card(self, client: str) -> Any:
        return replace(
            hostile(card_of(next(c for c in self.clients if c.client == client)), self.text), way="on_call"
        )

    def tasks(self, client: str | None = None) -> Any:
        return tuple(hostile(line, self.text) for line in card_of(self.clients[0]).tasks)

    def check_pin(self, pin: str) -> int | None:
        return 2

    text = HOSTILE


def hostile_laptop(text: str = HOSTILE) -> HostileLaptop:
    """Return a laptop whose every text is hostile; the steering fields hold, so that screens open."""
    clients = tuple(hostile(line, text) for line in CLIENTS)
    laptop = HostileLaptop(
        clients=clients,
        history=[hostile(row, text) for row in timeline_of(30)],
        me=hostile(replace(ME, is_supervisor=True), text),
        status=replace(hostile(STATUS, text), message=text, pending=3),
        day=hostile(TODAY, text),
        waiting=hostile(PENDING, text),
        failed=2,
        warnings=(text,),
    )
    laptop.text = text
    return laptop


def main() -> int:
    """Run the hostile app on this terminal."""
    app = make_app(hostile_laptop(), crisis_help=lambda: (HOSTILE,))
    app.run()
    return app.return_code or 0
