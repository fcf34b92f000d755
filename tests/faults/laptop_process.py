"""A laptop of its own: a process that does a person's work with the product's code and says what it showed them.

`python -m tests.faults.laptop_process` imports everything once and then forks one process for each line on its
standard input. What such a process says goes through a socket, by `send` and `recv`: no fault that is laid on
writing to files touches it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import orjson

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import DiskFailure, FieldappError, UsageFailure
from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.failures import ReauthNeeded
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.store.models import Draft
from tests.laptop.laptop_world import note_values, plan_values
from tests.sync.sync_world import CHEAP, HOUR_MS, MINUTE_MS, POLICY

_PR_SET_PTRACER = 0x59616D61
_ANY = -1
_DAY_MS = 86_400_000
LONG = "It was a long visit. " * 12
Said = dict[str, Any]


class Talk:
    """The line to whoever watches: one JSON object a line, both ways."""

    def __init__(self, place: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(place)
        self._left = b""

    def say(self, **words: Any) -> None:
        """Say one thing."""
        self._socket.sendall(orjson.dumps(words) + b"\n")

    def hear(self) -> str:
        """Wait for an answer; a watcher that is gone ends this process."""
        while b"\n" not in self._left:
            came = self._socket.recv(4096)
            if not came:
                os._exit(3)
            self._left += came
        line, _, self._left = self._left.partition(b"\n")
        return line.decode()


class Worker:
    """Somebody at work: each act does what a screen would have the laptop do, and returns what is then shown."""

    def __init__(self, order: Mapping[str, Any], talk: Talk) -> None:
        self.talk = talk
        self.dice = Random(order["seed"])
        self.clients: list[str] = order["clients"]
        self.archive: list[str] = order["archive"]
        self.passphrase: str = order["passphrase"]
        self.new_passphrase: str = order.get("new_passphrase", "")
        self.laptop = Laptop(Path(order["folder"]), clock=SystemClock(), vault_policy=POLICY, kdf=CHEAP)
        self.draft: Draft | None = None
        self.contact = ""
        self.saved: list[str] = []
        self.told = False
        """That the last act failed."""

    def act(self, name: str) -> Said:
        """Do one act; raises what the laptop raises."""
        word, _, more = name.partition(" ")
        act: Callable[..., Said] = getattr(self, f"_{word}")
        try:
            return act(more) if more else act()
        except ReauthNeeded:
            self.laptop.reauthenticate(self.passphrase)
            return act(more) if more else act()

    def _unlock(self) -> Said:
        told = self.laptop.unlock(self.passphrase)
        return {"warnings": list(told.warnings)}

    def _lock(self) -> Said:
        self.laptop.lock()
        return {}

    def _start(self, kind: str) -> Said:
        client = self.dice.choice(self.clients)
        values: dict[str, Any] = {"contact": self.contact} if kind == "note" else {}
        self.draft = self.laptop.start(kind, client, values=values)
        return self._shown(self.draft)

    def _open(self) -> Said:
        """Go on with the draft that was touched last."""
        drafts = self.laptop.drafts()
        if drafts:
            self.draft = drafts[0]
        return {}

    def _type(self) -> Said:
        if self.draft is None:
            return {}
        values = {**self.draft.values, "remark": f"{LONG}{self.dice.randrange(10**9)}"}
        if self.draft.kind == "note":
            values = {**self.draft.values, "sections": {"data": f"{LONG}{self.dice.randrange(10**9)}"}}
        return self._save(values)

    def _fill(self) -> Said:
        """Fill a form in, so that it may be signed."""
        assert self.draft is not None
        start_ms = self.laptop.corrected_ms() - 2 * HOUR_MS - self.dice.randrange(600) * MINUTE_MS
        word = f"{self.dice.randrange(10**12)}"
        values: dict[str, Any] = {
            "contact": {
                "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "remark": word,
                "start": instant(start_ms), "stop": instant(start_ms + 5 * MINUTE_MS),
            },
            "note": note_values(
                self.contact, start_ms, late_reason="The laptop was away.", goals=["1"],
                risk_block={"answer": "present", "level": "low", "detail": word},
                sections={name: f"{LONG}{name} {word}" for name in ("data", "assessment", "plan")},
            ),
            "safety_plan": plan_values(signs=[f"{LONG}{word}"]),
            "contact_plan": {"periods": {"p1": {
                "per": "week", "target_n": 2, "locations": word, "reasons": ["symptoms"], "start": instant(start_ms)[:10],
                "review_by": instant(start_ms + 14 * _DAY_MS)[:10],
            }}},
        }[self.draft.kind]  # fmt: skip
        return self._save({**self.draft.values, **values})

    def _save(self, values: Mapping[str, Any]) -> Said:
        assert self.draft is not None
        self.talk.say(will={"draft": self.draft.id, "values": values})
        self.draft = self.laptop.save_draft(self.draft.id, values)
        return self._shown(self.draft)

    @staticmethod
    def _shown(draft: Draft) -> Said:
        return {"draft": draft.id, "values": dict(draft.values)}

    def _sign(self) -> Said:
        assert self.draft is not None
        self.talk.say(will={"close": self.draft.id})
        asked = self.laptop.problems(self.draft.id)
        if any("in the future" in one.sentence for one in asked):
            # The clock was set back since it was filled in: its author gives the time once more.
            self._fill()
        overrides = {one.field: "Seen and meant." for one in asked if not one.stops}
        made = self.laptop.submit(self.draft.id, overrides=overrides, reason="was wrong")
        if self.draft.kind == "contact":
            self.contact = self.draft.record
        said = {**self._made(*made), "closed": self.draft.id}
        self.draft = None
        return said

    def _made(self, *hashes: str) -> Said:
        self.saved += hashes
        return {"saved": list(hashes)}

    def _discard(self) -> Said:
        """Close the oldest drafts, so that they do not become too many."""
        drafts = self.laptop.drafts()[2:]
        for draft in drafts:
            self.talk.say(will={"close": draft.id})
            self.laptop.discard_draft(draft.id)
            self.talk.say(closed=draft.id)
        return {}

    def _addendum(self) -> Said:
        return self._made(self.laptop.addendum(self.saved[0], f"And {LONG}")) if self.saved else {}

    def _error(self) -> Said:
        return self._made(self.laptop.mark_error(self.saved[-1], "Somebody else.")) if self.saved else {}

    def _sync(self) -> Said:
        status = self.laptop.sync()
        waiting = {line.entry: line.state for line in self.laptop.pending()}
        sent = [one for one in self.saved if one not in waiting]
        refused = [one for one, state in waiting.items() if state not in ("unsent", "sent")]
        return {"confirmed": sent, "refused": refused, "message": status.message}

    def _backup(self) -> Said:
        made = self.laptop.backup()
        assert made is not None
        return {"backup": made.entries}

    def _fetch(self) -> Said:
        """Ask for what was let go by age, as a line of an older entry does."""
        client = self.dice.choice(self.archive)
        older = [
            one for row in self.laptop.timeline(client, 0, 50) if row.status == "older" for one in row.fetch
        ]
        self.laptop.fetch(older)
        return {"older": len(older)}

    def _passphrase(self) -> Said:
        self.talk.say(will={"passphrase": self.new_passphrase})
        try:
            self.laptop.change_passphrase(self.passphrase, self.new_passphrase)
        except WrongPassphrase:
            # After a failure one is told that the new one may hold already.
            if not self.told:
                raise
            self.laptop.change_passphrase(self.new_passphrase, self.new_passphrase)
        self.passphrase = self.new_passphrase
        return {"passphrase": self.new_passphrase}

    def _back(self) -> Said:
        try:
            done = self.laptop.go_back(self.passphrase, confirmed=False)
        except UsageFailure as failure:
            if "wait a second" not in failure.sentence:
                raise
            # What is kept aside is named by the second.
            time.sleep(1.1)
            done = self.laptop.go_back(self.passphrase, confirmed=False)
        return {"aside": bool(done.aside)}

    def _mend(self) -> Said:
        """Put the last backup in the place of damaged data, as the doctor does."""
        self.laptop.restore_backup(self.passphrase)
        return {}

    def _doctor(self) -> Said:
        report = self.laptop.doctor()
        return {"unwell": [one.sentence for one in report.findings if not one.ok]}


def work(order: Mapping[str, Any]) -> int:
    """Do what was ordered and say each thing that was shown; returns the exit code."""
    with contextlib.suppress(OSError, AttributeError):
        # Where only parents may trace (Yama), whoever laid the fault is none.
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)
    talk = Talk(order["journal"])
    talk.say(pid=os.getpid())
    talk.hear()
    worker = Worker(order, talk)
    for name in order["acts"]:
        if not _done(worker, talk, name):
            return 1
    talk.say(end=True)
    return 0


def _done(worker: Worker, talk: Talk, name: str) -> bool:
    while True:
        talk.say(doing=name)
        talk.hear()
        try:
            talk.say(done=name, **worker.act(name))
            worker.told = False
            return True
        except DiskFailure as failure:
            talk.say(failed=failure.sentence)
            worker.told = True
        except FieldappError as failure:
            talk.say(refused_by=type(failure).__name__, sentence=failure.sentence)
            return False
        except Exception:
            talk.say(crash=traceback.format_exc())
            return False
        if talk.hear() == "leave":
            return False


def main() -> None:
    """Fork a process for each order, and say how it ended."""
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                # The parent's lines are not this process's.
                os.close(0)
                code = work(orjson.loads(line))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.buffer.write(orjson.dumps({"pid": child, "status": status}) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
