"""What a laptop's process showed its user, and whether the disk keeps that promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from fieldapp.store.transaction import Rx


def body(values: Mapping[str, Any] | bytes) -> bytes:
    """Return a draft's words in one form."""
    plain = orjson.loads(values) if isinstance(values, bytes) else values
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


@dataclass
class Ledger:
    """Everything that was shown so far, and what was under way when the process ended."""

    passphrase: str
    passphrases: list[str] = field(default_factory=list)
    """Those that may open the vault: two while a change was under way."""
    saved: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    drafts: dict[str, list[bytes]] = field(default_factory=dict)
    """Draft to the words that it may hold: the last that were shown as kept, and later ones under way."""
    closing: set[str] = field(default_factory=set)
    """Drafts that may be closed: their process ended while it closed them."""
    numbers: dict[tuple[str, int], str] = field(default_factory=dict)
    """Series and counter to the hash that took it."""
    doing: str = ""
    older: bool = False
    """An older copy was put in place, and nothing was received since."""

    def __post_init__(self) -> None:
        self.passphrases = [self.passphrase]

    def take(self, line: Mapping[str, Any]) -> None:
        """Note one line of a process's journal."""
        self.doing = line.get("doing", self.doing)
        if self.doing in ("back", "mend"):
            self.older = True
        if line.get("done") == "sync":
            self.older = False
        will = line.get("will", {})
        if "draft" in will:
            self.drafts.setdefault(will["draft"], []).append(body(will["values"]))
        if "close" in will:
            self.closing.add(will["close"])
        if "passphrase" in will:
            self.passphrases.append(will["passphrase"])
        if "draft" in line:
            self.drafts[line["draft"]] = [body(line["values"])]
        if "closed" in line:
            self.drafts.pop(line["closed"], None)
        if "passphrase" in line:
            self.opened_with(line["passphrase"])
        self.saved |= set(line.get("saved", ()))
        self.confirmed |= set(line.get("confirmed", ()))

    def newest(self) -> set[bytes]:
        """Return the words of each open draft."""
        return {words[-1] for words in self.drafts.values()}

    def opened_with(self, passphrase: str) -> None:
        """Note which passphrase opened the vault."""
        self.passphrase = passphrase
        self.passphrases = [passphrase]

    def held_against(self, rx: Rx, server: Mapping[str, tuple[str, int]], device: str) -> list[str]:
        """Return what the disk does not keep of what was shown; what it holds beyond that counts from now on.

        Args:
            server: the entries of this laptop that the server holds: hash to series and counter.
        """
        # What was let go by age and fetched again counts as a colleague's: so all are asked, not only own ones.
        every = {h: (orjson.loads(data), state, reason) for h, data, state, reason in rx.all(
            "SELECT hash, data, state, reason FROM entry")}  # fmt: skip
        own = {one: row for one, row in every.items() if row[0]["device"] == device}
        stubs = {row[0] for row in rx.all("SELECT hash FROM stub")}
        bad = []
        for one in sorted(self.saved - set(own)):
            if one not in server:
                bad.append(f"{one[:8]} was shown as saved and is nowhere")
        for one in sorted(self.confirmed - set(server)):
            bad.append(f"{one[:8]} was shown as sent and is not on the server")
        for one, (_, state, reason) in own.items():
            if state == "confirmed" and one not in server:
                bad.append(f"{one[:8]} counts as sent and is not on the server")
            if state in ("rejected", "quarantined", "held"):
                bad.append(f"{one[:8]} is {state}: {reason}")
        mine = {one: (entry["series"], entry["counter"]) for one, (entry, _, _) in own.items()}
        bad += self._numbers({**mine, **server})
        if not self.older:
            bad += [f"{one[:8]} is on the server and its laptop has forgotten it"
                    for one in sorted(set(server) - set(own) - stubs)]  # fmt: skip
        bad += self._drafts(rx)
        self.saved |= set(own)
        return bad

    def _numbers(self, taken: Mapping[str, tuple[str, int]]) -> list[str]:
        bad = []
        for one, number in taken.items():
            if self.numbers.setdefault(number, one) != one:
                bad.append(f"number {number[1]} of series {number[0][:8]} was given to two entries")
        return bad

    def _drafts(self, rx: Rx) -> list[str]:
        bad = []
        for draft, words in list(self.drafts.items()):
            row = rx.draft(draft)
            if row is None or row.closed_by:
                if draft not in self.closing:
                    bad.append(f"draft {draft[:13]} was shown as kept and is gone")
                del self.drafts[draft]
                continue
            found = body(row.body)
            if found not in words:
                bad.append(f"draft {draft[:13]} does not hold the words that were shown as kept")
            self.drafts[draft] = [found]
        self.closing.clear()
        return bad
