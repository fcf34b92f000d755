"""A small hand on tmux: start a program in a terminal of its own, type, and read what is on the screen."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests import other_hour

LOOK_S = 0.05
"""Between two looks at the screen."""
PATIENCE_S = 30.0
"""Until a text that does not come is a failure; a slow machine needs it, a fast one never waits for it."""


class NotShown(AssertionError):
    """What was expected did not come on the screen in time; carries the screen as it was."""


class Terminal:
    """One program in one tmux session on a tmux server of its own, which ends with it."""

    def __init__(self, folder: Path, name: str, *, columns: int = 80, rows: int = 24) -> None:
        self.name, self.columns, self.rows = name, columns, rows
        folder.mkdir(parents=True, exist_ok=True)
        # A socket path is at most 107 bytes long, which pytest's folders can reach: hence a relative one.
        self._cwd = folder
        self._env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMUX_TMPDIR": str(folder),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
        }
        self._socket = f"{name}.sock"
        self.pid = 0

    def start(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
        """Start the program and return its process id."""
        clock = other_hour.environment()
        # The other hour is the program's, never that of tmux itself, which does not start with it.
        words = shlex.join(
            [*(("env", *(f"{name}={value}" for name, value in clock.items())) if clock else ()), *command]
        )
        self._env |= {name: value for name, value in (env or {}).items() if name not in clock}
        # exec: the pane's process is the program itself, so that a signal meets it and nothing else.
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", self.name, "-x", str(self.columns),
            "-y", str(self.rows), f"exec {words}",
        )  # fmt: skip
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        self.pid = int(self._tmux("display-message", "-p", "-t", self.name, "#{pane_pid}"))
        return self.pid

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names, such as `Enter`, `C-l` or `F2`; waits for nothing."""
        self._tmux("send-keys", "-t", self.name, *names)

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self._tmux("send-keys", "-t", self.name, "-l", text)

    def screen(self) -> str:
        """Return what the terminal shows, line by line without trailing blanks."""
        return self._tmux("capture-pane", "-p", "-t", self.name)

    def until(self, *texts: str, within: float = PATIENCE_S) -> str:
        """Wait until every text is on the screen and return the screen; raises NotShown."""
        return self._until(lambda shown: all(text in _flat(shown) for text in texts), texts, within)

    def until_any(self, *texts: str, within: float = PATIENCE_S) -> str:
        """Wait until one of the texts is on the screen and return the screen; raises NotShown."""
        return self._until(lambda shown: any(text in _flat(shown) for text in texts), texts, within)

    def until_gone(self, *texts: str, within: float = PATIENCE_S) -> str:
        """Wait until none of the texts is on the screen and return the screen; raises NotShown."""
        what = tuple(f"no {text}" for text in texts)
        return self._until(lambda shown: not any(text in _flat(shown) for text in texts), what, within)

    def row(self) -> str:
        """Return the line that carries the cursor of a list; "" if there is none."""
        return next((line for line in self.screen().split("\n") if line.startswith("›")), "")

    def until_row_is_not(self, row: str, within: float = PATIENCE_S) -> None:
        """Wait until the cursor of a list stands on another line; raises NotShown."""
        self._until(lambda _: self.row() not in ("", row), (f"another row than {row}",), within)

    def until_exit(self, within: float = PATIENCE_S) -> int:
        """Wait until the program has ended and return its exit code, negative for a signal; raises NotShown."""

        def status() -> str:
            return self._tmux(
                "display-message",
                "-p",
                "-t",
                self.name,
                "#{pane_dead}:#{pane_dead_status}:#{pane_dead_signal}",
            )

        self._until(lambda _: status().startswith("1:"), ("the end of the program",), within)
        _, code, number = status().split(":")
        return int(code) if code else -int(number or 0)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the program a signal, by its process id."""
        os.kill(self.pid, number)

    def wait(self) -> None:
        """Wait until the program is gone."""
        wait_until_gone(self.pid)

    def hang_up(self) -> None:
        """Close the terminal, as closing its window does: the program gets SIGHUP."""
        self._tmux("kill-session", "-t", self.name)

    def close(self) -> None:
        """End the program and this tmux server, if they are still there."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._tmux("kill-server")
        wait_until_gone(self.pid)

    def _until(self, holds: Callable[[str], bool], what: Sequence[str], within: float) -> str:
        deadline = time.monotonic() + within
        while True:
            shown = self.screen()
            if holds(shown):
                return shown
            if time.monotonic() > deadline:
                raise NotShown(f"{self.name}: waited {within:.0f} s for {', '.join(what)}; shown:\n{shown}")
            time.sleep(LOOK_S)

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], env=self._env, cwd=self._cwd, check=True,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        return done.stdout.rstrip("\n")


def _flat(shown: str) -> str:
    """Return a screen followed by the same with its line breaks as blanks, so that wrapped text is found."""
    return shown + "\n" + " ".join(shown.split())


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pid: int, within: float = PATIENCE_S) -> None:
    """Wait until a process has ended; raises NotShown."""
    deadline = time.monotonic() + within
    while pid and is_alive(pid):
        if time.monotonic() > deadline:
            raise NotShown(f"process {pid} did not end")
        time.sleep(LOOK_S)
