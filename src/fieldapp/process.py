"""What the process itself must not leak: file modes, core dumps, tracing, Textual's own switches.

`harden` is the first call of every entry point, before textual or any data is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import select
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, NoReturn

RELAUNCH = 75
"""Exit code that asks for a fresh lock screen, where the process cannot replace itself."""

HUNG_UP = 129
"""Exit code of a process whose terminal was closed and whose shutdown then hung."""
HANG_S = 5.0
_PR_SET_DUMPABLE = 4
_OUT_UNTIL = "FIELDAPP_OUT_UNTIL"
_MS_DIGITS = 16


def harden() -> None:
    """Make new files private, forbid core dumps and tracing by peers, ignore Textual's debug switches."""
    os.umask(0o077)
    _no_core_files()
    _no_tracing()
    # They can write screenshots, logs with screen text, or let Ctrl+C end the app without saving.
    for name in [name for name in os.environ if name.upper().startswith("TEXTUAL")]:
        del os.environ[name]
    sys.excepthook = _quiet_hook
    threading.excepthook = _quiet_thread_hook


def _no_core_files() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has no core files of this kind.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _no_tracing() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _say(error: BaseException) -> None:
    from .widgets.crash import report

    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(report(error).text)


def _quiet_hook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _say(error)


def _quiet_thread_hook(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _say(args.exc_value)


def quiet_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Keep asyncio from printing the values inside a task or future that failed unseen."""

    def handler(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            _say(error)

    loop.set_exception_handler(handler)


def terminal_closed() -> bool:
    """Tell whether the terminal on standard input was closed; a wrapper may keep SIGHUP from this process."""
    if sys.platform == "win32":
        return False
    poll = select.poll()
    poll.register(0, 0)
    return any(found & (select.POLLHUP | select.POLLERR) for _, found in poll.poll(0))


def let_go_of_terminal() -> None:
    """Write to nowhere from now on: writing to a closed terminal kills Textual's writer and blocks the app."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)


def ignore_wake_up_of_closed_terminal() -> None:
    """Take SIGCONT, which the kernel sends after SIGHUP, from Textual: it would start its driver a second time.

    Called once the driver has set its handlers.
    """
    number = getattr(signal, "SIGCONT", None)
    resume = signal.getsignal(number) if number is not None else None
    if number is None or not callable(resume):
        return

    def handler(received: int, frame: FrameType | None) -> None:
        if not terminal_closed():
            resume(received, frame)

    with contextlib.suppress(ValueError):  # only the main thread may
        signal.signal(number, handler)


def end_soon() -> None:
    """End the process even if its shutdown hangs; only when everything is saved and locked."""
    watchdog = threading.Timer(HANG_S, os._exit, (HUNG_UP,))
    watchdog.daemon = True
    watchdog.start()


def keep_check_in(until_ms: int | None) -> None:
    """Keep until when somebody is out on a visit over a lock, which replaces this process; a time and nothing else."""
    if until_ms is None:
        os.environ.pop(_OUT_UNTIL, None)
    else:
        os.environ[_OUT_UNTIL] = str(until_ms)


def kept_check_in() -> int | None:
    """Return what `keep_check_in` kept, in ms since 1970 by this device's clock."""
    said = os.environ.get(_OUT_UNTIL, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < _MS_DIGITS else None


def relaunch() -> NoReturn:
    """Replace this process by a fresh one with the same arguments: nothing that was in memory stays.

    Python cannot forget: after deleting everything, a scan still finds the passphrase and notes. Where the
    process cannot replace itself (Windows, a frozen program), it ends with RELAUNCH and whoever started
    it starts it again.
    """
    if sys.platform != "win32" and sys.executable:
        sys.stdout.flush()
        sys.stderr.flush()
        with contextlib.suppress(OSError):
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    os._exit(RELAUNCH)
