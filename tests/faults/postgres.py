"""A throw-away PostgreSQL of the distribution's binaries, on a socket of its own, that can be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import psycopg

INSTALLED = Path("/usr/lib/postgresql")
PATIENCE_S, LOOK_S = 60.0, 0.01
ACCOUNT = "postgres"
"""Whom the cluster runs as when the tests run as root, whom PostgreSQL refuses."""
SETTINGS = (
    "listen_addresses=", "shared_buffers=32MB", "max_connections=100", "log_min_messages=fatal",
    "unix_socket_permissions=0777", "recovery_init_sync_method=syncfs",
)  # fmt: skip
_VICTIMS = """
SELECT pid FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {}
"""
_WRITING = "backend_xid IS NOT NULL"
_READING = "xact_start IS NOT NULL"


def binaries() -> Path | None:
    """Return where the newest installed PostgreSQL has its programs; None where there is none."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parents[1].name))
    return found[-1].parent if found else None


_WATCH = 'exec 2>/dev/null; cat; kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"; rm -rf "$0"'
"""Ends and removes a cluster once the line to whoever started it closes, however that went."""


class NoCluster(Exception):
    """PostgreSQL does not start here."""


class Postgres:
    """One cluster, made anew and running; raises NoCluster."""

    def __init__(self, *, fsync: bool, settings: Sequence[str] = ()) -> None:
        """Make and start it.

        Args:
            fsync: whether it writes as in earnest; off for tests that kill nothing.
            settings: more of them, each as `name=value`.
        """
        found = binaries()
        if found is None:
            raise NoCluster("PostgreSQL is not installed")
        self._bin = found
        # A socket path has room for 107 bytes, which pytest's own folders may use up.
        self.folder = Path(tempfile.mkdtemp(prefix="fa-pg-"))
        self._user = ACCOUNT if os.geteuid() == 0 else None
        self._running: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._settings = (*SETTINGS, f"fsync={'on' if fsync else 'off'}", *settings)
        try:
            if self._user is not None:
                shutil.chown(self.folder, self._user)
            self._watch = subprocess.Popen(
                ["sh", "-c", _WATCH, self.folder], user=self._user, env=self._env, stdin=subprocess.PIPE,
                start_new_session=True,
            )  # fmt: skip
            self._initdb()
            self.start()
        except (OSError, subprocess.CalledProcessError, LookupError) as problem:
            self.stop()
            raise NoCluster(type(problem).__name__) from None
        except BaseException:
            self.stop()
            raise

    def _initdb(self) -> None:
        words: list[str | Path] = [self._bin / "initdb", "-D", self.folder / "data", "-A", "trust"]
        words += ["-U", "fieldapp", "--no-sync"]
        subprocess.run(words, user=self._user, check=True, capture_output=True, env=self._env)

    @property
    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}

    @property
    def pid(self) -> int:
        """Return the postmaster's process id."""
        assert self._running is not None
        return self._running.pid

    def url(self, name: str = "postgres") -> str:
        """Return how a database is reached."""
        return f"postgresql+psycopg://fieldapp@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start the postmaster and return when it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            words: list[str | Path] = [self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder]
            for setting in self._settings:
                words += ["-c", setting]
            with (self.folder / "log").open("ab") as log:
                self._running = subprocess.Popen(
                    words, user=self._user, env=self._env, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            if self.ready(deadline):
                return
            # What is left of a killed postmaster may still hold its memory: look again.
            if time.monotonic() > deadline:
                raise NoCluster("it does not start")
            time.sleep(LOOK_S)

    def ready(self, deadline: float | None = None) -> bool:
        """Wait until it answers; false when its postmaster ends instead."""
        end = deadline or time.monotonic() + PATIENCE_S
        while self._running is not None and self._running.poll() is None and time.monotonic() < end:
            with contextlib.suppress(psycopg.OperationalError), self.connected():
                return True
            time.sleep(LOOK_S)
        return False

    @contextlib.contextmanager
    def connected(self, name: str = "postgres") -> Iterator[psycopg.Connection]:
        """Give a connection that commits each statement."""
        with psycopg.connect(
            f"host={self.folder} user=fieldapp dbname={name}", autocommit=True
        ) as connection:
            yield connection

    def make(self, name: str) -> str:
        """Make a database and return its URL."""
        with self.connected() as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def make_role(self, role: str, name: str) -> str:
        """Make a role that may log in and nothing else; return the URL by which it reaches a database."""
        with self.connected() as connection:
            connection.execute(f'CREATE ROLE "{role}" LOGIN'.encode())
        return f"postgresql+psycopg://{role}@/{name}?host={self.folder}"

    def kill_backend(self, name: str, dice: Random) -> bool:
        """Kill -9 a process that serves a transaction on a database; return whether one was found in time.

        Most often one that has written, else one that reads. PostgreSQL then ends all the others and recovers.
        """
        asked = _VICTIMS.format(_WRITING if dice.random() < 0.8 else _READING).encode()
        with contextlib.suppress(psycopg.OperationalError), self.connected() as looking:
            deadline = time.monotonic() + 5
            while time.monotonic() < deadline:
                found = [row[0] for row in looking.execute(asked, (name,)).fetchall()]
                if found:
                    os.kill(int(dice.choice(found)), signal.SIGKILL)
                    # This connection ends with the crash: only then does waiting for readiness mean anything.
                    while True:
                        looking.execute(b"SELECT pg_sleep(0.002)")
                time.sleep(0.001)
            return False
        return True

    def hold_wal_writer(self) -> int:
        """Stop the process that writes the log behind commits which did not wait for it; returns its id."""
        with self.connected() as connection:
            asked = b"SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"
            (found,) = connection.execute(asked).fetchall()
        os.kill(int(found[0]), signal.SIGSTOP)
        return int(found[0])

    def kill(self) -> None:
        """Kill -9 the postmaster; its children notice and end."""
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def stop(self) -> None:
        """End it at once and remove it."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._watch is not None:
            self._watch.communicate()
