"""An agency on real processes: a server, three laptops, and the commands that its people type."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests import other_hour
from tests.e2e.driver import LOOK_S, PATIENCE_S, NotShown, Terminal

PASSPHRASE = "seventeen copper lanterns adrift"
ROSTER = Path(__file__).parents[1] / "data" / "roster-small.csv"
TECHNICIAN, CLINICIAN, SUPERVISOR = "t.nguyen", "m.lindqvist", "p.larsen"
NAMES = {TECHNICIAN: "Thi Nguyen", CLINICIAN: "Maja Lindqvist", SUPERVISOR: "Pat Larsen"}
STAFF = """id,name,credential,role,team,program,fte,npi,supervisor,licence,expiry
p.larsen,Pat Larsen,LMHC;MHP,supervisor;records,north,community-iop,1.0,,,LH001,2999-12-31
m.lindqvist,Maja Lindqvist,LMHCA,clinician,north,community-iop,1.0,,p.larsen,,
a.rivera,Ana Rivera,LICSW,clinician,north,community-iop,1.0,,p.larsen,,
t.nguyen,Thi Nguyen,AAC,tech,north,community-iop,1.0,,p.larsen,,
d.petrov,Dana Petrov,LMFT,clinician,north,community-iop,0.8,,p.larsen,,
s.yazzie,Sam Yazzie,AAC,casemgr,north,community-iop,1.0,,p.larsen,,
j.okafor,Jo Okafor,AAC,casemgr,north,community-iop,1.0,,p.larsen,,
k.haddad,Kim Haddad,PMHNP,prescriber,north,community-iop,0.6,1234567893,,,
"""
"""The clinician is an associate, so that her notes wait for a co-signature."""


class Agency:
    """A folder with `server` and one folder per person; the processes of it that run."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.server = folder, folder / "server"
        self.port = port or free_port()
        self.scratch = folder / "tmp"
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        self.running: subprocess.Popen[bytes] | None = None
        self.terminals: list[Terminal] = []
        self.said = folder / "said"
        self.said.mkdir(exist_ok=True)

    @property
    def url(self) -> str:
        """Return the address that laptops know the server by."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """Return what every process of this agency sees of the world."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.scratch),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "*",
            **other_hour.environment(),
        }

    def laptop(self, who: str) -> Path:
        """Return the data folder of a person."""
        return self.folder / "laptops" / who

    def spawn(self, *words: object, secrets: Sequence[str] = (), **options: object) -> subprocess.Popen[str]:
        """Start one command; its secrets come through a pipe in the place of `@fd`."""
        reading, writing = os.pipe()
        try:
            os.write(writing, "".join(f"{secret}\n" for secret in secrets).encode())
            os.close(writing)
            child: subprocess.Popen[str] = subprocess.Popen(
                command(*(str(word).replace("@fd", str(reading)) for word in words)), env=self.env,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                pass_fds=(reading,), **options,  # type: ignore[call-overload]
            )  # fmt: skip
            return child
        finally:
            os.close(reading)

    def run(self, *words: object, secrets: Sequence[str] = (), code: int = 0, **options: object) -> str:
        """Run one command to its end, check its exit code and return what it said."""
        child = self.spawn(*words, secrets=secrets, **options)
        said, _ = child.communicate(timeout=120)
        with (self.said / "commands.txt").open("a") as log:
            log.write(said)
        assert child.returncode == code, f"{words}: {child.returncode}\n{said}"
        return said

    def doctor(self, who: str, *more: object, code: int = 0) -> str:
        """Look whether a person's laptop is whole."""
        return self.run(
            "doctor", "--folder", self.laptop(who), "--passphrase-fd", "@fd", *more,
            secrets=(PASSPHRASE,), code=code,
        )  # fmt: skip

    def code(self, who: str) -> str:
        """Return a fresh enrolment code."""
        return self.run("org", "--folder", self.server, "code", who).splitlines()[0]

    def enrol_words(self, folder: Path, url: str = "") -> tuple[object, ...]:
        """Return the words of an enrolment whose code and passphrase come by `@fd`."""
        return (
            "enrol", "--folder", folder, "--server", url or self.url, "--code-fd", "@fd",
            "--passphrase-fd", "@fd",
        )  # fmt: skip

    def make(self) -> None:
        """Make everything from nothing with commands, as an administrator and three people would."""
        self.run(
            "org", "--folder", self.server, "init", "Harbor Agency", "--team", "North team", "--team-code",
            "north", "--supervisor", NAMES[SUPERVISOR], "--supervisor-code", SUPERVISOR,
        )  # fmt: skip
        staff = self.folder / "staff.csv"
        staff.write_text(STAFF)
        self.run("import", "staff", staff, "--folder", self.server, "--apply")
        self.serve()
        self._enrol(SUPERVISOR)
        said = self.run(
            "import", "roster", ROSTER, "--folder", self.laptop(SUPERVISOR), "--passphrase-fd", "@fd",
            "--apply", secrets=(PASSPHRASE,),
        )  # fmt: skip
        assert "26 clients to add" in said
        assert "0 still to send" in said
        self._enrol(TECHNICIAN, CLINICIAN)
        self._together(
            self.spawn(
                "backup", "--folder", self.laptop(who), "--passphrase-fd", "@fd", secrets=(PASSPHRASE,)
            )
            for who in (TECHNICIAN, CLINICIAN)
        )

    def _enrol(self, *people: str) -> None:
        codes = {who: self.code(who) for who in people}
        self._together(
            [
                self.spawn(*self.enrol_words(self.laptop(who)), secrets=(code, PASSPHRASE))
                for who, code in codes.items()
            ]
        )

    @staticmethod
    def _together(children: Iterable[subprocess.Popen[str]]) -> None:
        for child in list(children):
            said, _ = child.communicate(timeout=120)
            assert child.returncode == 0, said

    def serve(self) -> None:
        """Start the server process and return when it answers."""
        log = (self.said / "server.log").open("ab")
        with log:
            self.running = subprocess.Popen(
                command("serve", "--folder", self.server, "--port", self.port), env=self.env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with direct.open(f"{self.url}/v1/health", timeout=2):
                    return
            except OSError:
                if time.monotonic() > deadline or self.running.poll() is not None:
                    raise NotShown(f"no server: {(self.said / 'server.log').read_text()}") from None
                time.sleep(LOOK_S)

    def stop_server(self) -> None:
        """Stop the server process as ctrl+c would."""
        if self.running is not None:
            self.running.terminate()
            self.running.wait(PATIENCE_S)
            self.running = None

    def app(self, who: str, *, columns: int = 80, rows: int = 24, unlock: bool = True) -> Terminal:
        """Open the app of a person in a terminal; with `unlock` up to the day's list."""
        return self.terminal(
            who, "--folder", self.laptop(who), columns=columns, rows=rows, passphrase=PASSPHRASE if unlock else ""
        )  # fmt: skip

    def terminal(
        self, name: str, *words: object, columns: int = 80, rows: int = 24, passphrase: str = ""
    ) -> Terminal:
        """Run a command line in a terminal of its own; with a passphrase up to the day's list."""
        place = self.folder / f"t{len(self.terminals)}"
        opened = Terminal(place, f"e2e-{os.getpid()}-{name.replace('.', '-')}", columns=columns, rows=rows)
        self.terminals.append(opened)
        opened.start(command(*words), self.env)
        opened.until("fieldapp · locked", "Passphrase")
        if passphrase:
            unlock(opened, passphrase)
        return opened

    def close(self) -> None:
        """End every process of this agency."""
        for terminal in self.terminals:
            terminal.close()
        self.terminals.clear()
        self.stop_server()

    def copy(self, folder: Path) -> Agency:
        """Return a copy of this agency, which nothing of runs, on the same port."""
        assert self.running is None
        shutil.copytree(self.folder, folder)
        return Agency(folder, self.port)


def command(*words: object) -> list[str]:
    """Return the words that run the app of this checkout."""
    return [sys.executable, "-m", "fieldapp", *(str(word) for word in words)]


def free_port() -> int:
    """Return a port of this computer that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unlock(opened: Terminal, passphrase: str = PASSPHRASE) -> None:
    """Type a passphrase at the lock screen and wait for the day's list."""
    opened.type(passphrase)
    opened.keys("Enter")
    opened.until("visits ·")
