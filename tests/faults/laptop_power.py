"""Power cuts: a run is recorded call by call, and the disk is put together as it may stand after each of them.

A killed process loses nothing that it wrote; a power cut loses what no fsync made durable, in any order. So what a
run asked of the disk is replayed up to some call: what was synced is there, of the rest any part may be, down to
single sectors, and renames and removals count up to some point since the last sync of their folder.
"""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import orjson

from tests.faults.laptop_bench import Bench, Tally, Traced, look
from tests.faults.laptop_kinds import SCENARIOS
from tests.faults.laptop_ledger import Ledger
from tests.faults.laptop_tracing import SYNCS, WRITES
from tests.faults.laptop_world import Desk, Life, life

CALLS = (*SYNCS, *WRITES, "openat", "sendto")
IMAGES = 40
"""Power cuts for each recorded run."""
RUNS = 6
SECTOR = 512
_LINE = re.compile(r"\d+ +(\w+)\((.*)$", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FD = re.compile(r"(-?\d+|AT_FDCWD)<([^>]*)>")
_NUMBER = re.compile(r"= (\d+)")


@dataclass(eq=False)
class Inode:
    """One file: what is durable of it, and what came since."""

    durable: bytearray
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes (place and bytes) and cuts (length and None) in order."""

    def sync(self) -> None:
        """Make everything durable."""
        for change in self.since:
            _apply(self.durable, *change)
        self.since.clear()

    def content(self) -> bytearray:
        """Return what a process reads."""
        found = bytearray(self.durable)
        for change in self.since:
            _apply(found, *change)
        return found

    def after_cut(self, dice: Random) -> bytearray:
        """Return what is left of it when the power goes: of what came since the last sync any part."""
        found = bytearray(self.durable)
        share = dice.choice((0.0, 1.0, 0.5, 0.9))
        for at, data in self.since:
            if data is None:
                if dice.random() < share:
                    _apply(found, at, None)
                continue
            for start in range(0, len(data), SECTOR):
                if dice.random() < share:
                    _apply(found, at + start, data[start : start + SECTOR])
        return found


def _apply(found: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del found[at:]
        return
    found.extend(bytes(max(0, at - len(found))))
    found[at : at + len(data)] = data


Names = dict[str, Inode]
Change = tuple[tuple[str, Inode | None], ...]


class Disk:
    """The files of one folder, as a list of calls leaves them."""

    def __init__(self, folder: Path) -> None:
        self._root = str(folder)
        self._durable: Names = {
            str(path): Inode(bytearray(path.read_bytes())) for path in folder.rglob("*") if path.is_file()
        }
        self._names: Names = dict(self._durable)
        self._since: list[Change] = []
        self._at: dict[str, int] = {}

    def call(self, name: str, rest: str) -> None:
        """Take one line of a trace: the call and what stands after its bracket."""
        if name in SYNCS:
            self._sync(_paths(rest)[0])
        elif name == "openat":
            self._open(rest)
        elif name in ("pwrite64", "write", "ftruncate"):
            self._write(name, rest)
        elif name in ("sendfile", "copy_file_range"):
            self._send(rest)
        elif "= 0" in rest or "<unfinished" in rest:
            self._rename(name, rest)

    def _mine(self, path: str) -> bool:
        return path.startswith(self._root) and not path.endswith(("-shm", "(deleted)"))

    def _sync(self, path: str) -> None:
        inode = self._names.get(path)
        if inode is not None:
            inode.sync()
        elif path.startswith(self._root):
            for change in self._since:
                _rename(self._durable, change)
            self._since.clear()

    def _change(self, *change: tuple[str, Inode | None]) -> None:
        _rename(self._names, change)
        self._since.append(change)

    def _open(self, rest: str) -> None:
        path = _texts(rest)[0].decode()
        if not self._mine(path) or "= -1" in rest:
            return
        if "O_CREAT" in rest and path not in self._names:
            self._change((path, Inode(bytearray())))
        if "O_TRUNC" in rest and self._names[path].content():
            self._names[path].since.append((0, None))
        opened = _FD.findall(rest)
        self._at[opened[-1][0]] = 0

    def _write(self, name: str, rest: str) -> None:
        fd, path = _FD.findall(rest)[0]
        path = _plain(path)
        if not self._mine(path):
            return
        inode = self._names[path]
        if name == "ftruncate":
            inode.since.append((int(rest.split(", ")[1].split(")")[0]), None))
            return
        data = _texts(rest)[0]
        if name == "pwrite64":
            at = int(re.findall(r", (\d+)(?:\)| <unf)", rest)[-1])
        else:
            at = self._at.get(fd, 0)
            self._at[fd] = at + len(data)
        inode.since.append((at, data))

    def _send(self, rest: str) -> None:
        (fd, to), (_, source) = _FD.findall(rest)[:2]
        to, source = _plain(to), _plain(source)
        count = int(_NUMBER.findall(rest)[-1])
        if not self._mine(to) or not count:
            return
        at = self._at.get(fd, 0)
        self._names[to].since.append((at, bytes(self._names[source].content()[at : at + count])))
        self._at[fd] = at + count

    def _rename(self, name: str, rest: str) -> None:
        paths = [text.decode() for text in _texts(rest)]
        if not self._mine(paths[-1]):
            return
        if name.startswith("rename"):
            self._change((paths[0], None), (paths[1], self._names[paths[0]]))
        elif name.startswith("link"):
            self._change((paths[1], self._names[paths[0]]))
        elif name.startswith("unlink") and paths[0] in self._names:
            self._change((paths[0], None))

    def after_cut(self, dice: Random, folder: Path) -> None:
        """Write what may be there after a power cut now into a new folder."""
        names = dict(self._durable)
        for change in self._since[: dice.randint(0, len(self._since))]:
            _rename(names, change)
        left = {id(inode): inode.after_cut(dice) for inode in set(names.values())}
        for path, inode in names.items():
            target = folder / Path(path).relative_to(self._root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(left[id(inode)])


def _rename(names: Names, change: Change) -> None:
    for path, inode in change:
        if inode is None:
            names.pop(path, None)
        else:
            names[path] = inode


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if "\\x" in text else text


def _texts(rest: str) -> list[bytes]:
    return [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(rest)]


def _paths(rest: str) -> list[str]:
    return [_plain(path) for _, path in _FD.findall(rest)]


def calls_of(log: Path) -> Iterator[tuple[str, str]]:
    """Give name and rest of each call of a log, in the order in which they began."""
    lines = log.read_text(errors="replace").splitlines()
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match is None:
            continue
        name, rest = match.groups()
        if rest.endswith("<unfinished ...>") and name in ("sendfile", "copy_file_range", "openat"):
            pid = line.split()[0]
            rest += next(
                (more for more in lines[number:] if more.startswith(f"{pid} ") and f"{name} resumed" in more),
                "",
            )
        yield name, rest


class Power(Bench):
    """Power cuts at calls of recorded runs."""

    deaf = False
    """The disk does not do what fsync asks of it: a bug that must be found."""

    def strike(self, count: int) -> Tally:
        """Cut the power so often."""
        scenarios = [name for name, scenario in SCENARIOS.items() if scenario.before is None]
        while self.tally.struck < count:
            with life(self.made) as one:
                self.tally.lives += 1
                for at in range(RUNS):
                    self._record(one, scenarios[(0, 1, 0, 2)[at % 4]], min(IMAGES, count - self.tally.struck))
                    if self.tally.struck >= count:
                        break
                self.settle(one)
        return self.tally

    def _record(self, one: Life, name: str, images: int) -> None:
        one.forget_ageing()
        # What is here at the beginning counts as shown.
        for problem in look(one):
            self.tally.bad(name, problem)
        disk = Disk(one.ana.folder)
        ledger = copy.deepcopy(one.ledger)
        self.tally.runs += 1
        self.run(one, name, SCENARIOS[name].acts, self.dice.getrandbits(48), Traced(CALLS, whole=True))
        calls = list(calls_of(self.log))
        every = [at for at, (call, _) in enumerate(calls) if call in SYNCS or call in WRITES]
        self.tally.points += len(every)
        syncs = [at for at in every if calls[at][0] in SYNCS]
        # Just before and just after a sync is where an order that matters shows.
        chosen = set(self.dice.sample(syncs, min(len(syncs), images // 2)))
        chosen |= set(
            self.dice.sample(sorted(set(every) - chosen), min(len(every) - len(chosen), images - len(chosen)))
        )
        for at, (call, rest) in enumerate(calls):
            if at in chosen:
                self._cut(one, disk, ledger, name, call)
            for line in _said(call, rest):
                ledger.take(line)
            if call != "sendto" and not (self.deaf and call in SYNCS):
                disk.call(call, rest)

    def _cut(self, one: Life, disk: Disk, ledger: Ledger, name: str, call: str) -> None:
        folder = one.folder / "image"
        disk.after_cut(self.dice, folder)
        self.tally.struck += 1
        self.tally.hit[name, ledger.doing, call, ""] += 1
        image = replace(one, ana=Desk(folder, one.ana.known), ledger=copy.deepcopy(ledger))
        for problem in look(image, server_is_ahead=True):
            self.tally.bad(f"{name}/{ledger.doing} {call}", problem)
        shutil.rmtree(folder)


def _said(call: str, rest: str) -> Iterator[Mapping[str, object]]:
    """Give the lines that the process said with a call."""
    if call != "sendto":
        return
    for text in _texts(rest)[:1]:
        if text.startswith(b"{"):
            for line in text.splitlines():
                yield orjson.loads(line)
