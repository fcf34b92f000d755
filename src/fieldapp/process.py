"""What the process itself must not leak: file modes, core dumps, tracing, Textual's own switches.

`harden` is the first call of every entry point, before textual or any data is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import sys
import threading
from types import TracebackType
from typing import Any, NoReturn

RELAUNCH = 75
"""Exit code that asks for a fresh lock screen, where the process cannot replace itself."""

_PR_SET_DUMPABLE = 4


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
