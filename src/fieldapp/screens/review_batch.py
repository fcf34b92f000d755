"""Co-sign at once what was opened, under one proof of who one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..clinical.triage import moment
from ..widgets.flags import with_risk
from ..widgets.text import join, lines
from .reading_text import when
from .sign import SignDialog
from .sign_words import Signature

if TYPE_CHECKING:
    from ..store.models import ReviewLine
    from .base import FieldScreen

IN_A_BATCH = frozenset({"cosign", "answered"})
"""What one key may co-sign together; lowered risk, errors, alerts and emergencies are decided one by one."""


async def cosign_all(screen: FieldScreen[Any], ready: Sequence[ReviewLine]) -> str:
    """Name what will be co-signed, ask for proof once, co-sign it; returns a sentence, "" when nothing was done.

    Raises NotReady, before anything is asked, for whoever may not co-sign one of them.
    """
    host, tz = screen.host, screen.host.me.tz
    entries = [line.entry for line in ready]
    await host.ask(host.laptop.check_cosign, entries)
    secret = await host.ask(lambda: host.laptop.needs_reauth)
    said = [
        join(
            with_risk(line.name or "-", line.risk), f"  {line.title}, {line.author}, {moment(line.at_ms, tz)}"
        )
        for line in ready
    ]
    who = ", ".join(part for part in (host.me.name, host.me.credential) if part)
    signature = Signature(service="", entry="", signature=when(host.corrected_ms(), tz), who=who, cosign="")
    count = "1 that you opened" if len(ready) == 1 else f"{len(ready)} that you opened"
    answer = await screen.app.push_screen_wait(
        SignDialog(f"Co-sign {count}", lines(*said), signature, (), secret=secret, word="co-sign all")
    )
    if answer is None:
        return ""
    done = await host.ask(host.laptop.cosign_opened, entries)
    host.touched(*(line.record for line in ready))
    return "1 co-signed." if len(done) == 1 else f"{len(done)} co-signed."
