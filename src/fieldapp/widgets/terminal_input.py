"""What comes from the terminal before it becomes keys: pasted text is text, whatever it holds.

Textual reads an escape character inside a paste as a key, and a byte that is not UTF-8 ends its input:
text copied from a web page or another terminal could press keys, open screens and lose its words.
"""

from __future__ import annotations

import os
import select
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.message import Message

from ..records.text import FORBIDDEN

START, END = "\x1b[200~", "\x1b[201~"
"""What a terminal writes before and after what was pasted (bracketed paste, mode 2004)."""
_LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"
_WAIT_S = 0.1
_MOST_BYTES = 4096


class PasteGuard:
    """Takes control characters out of what stands between the two marks of a paste; feed it piece by piece."""

    def __init__(self) -> None:
        self._inside = False
        self._seen = 0
        """How many letters of the next mark have just been read."""

    def clean(self, data: str) -> str:
        """Return the next piece of input without control characters inside a paste; line ends stay.

        Letters that may begin the closing mark are held back until it is known, so a piece can come back
        empty. A paste that holds the closing mark itself ends there: no program can tell the two apart.
        """
        kept: list[str] = []
        for letter in data:
            mark = END if self._inside else START
            # A mark begins with the only escape character in it: what breaks off can begin nothing but anew.
            part = mark[: self._seen]
            self._seen = self._seen + 1 if letter == mark[self._seen] else int(letter == mark[0])
            whole = self._seen == len(mark)
            if not self._inside:
                kept.append(letter)
            elif whole:
                kept.append(END)
            elif self._seen <= 1:
                kept.append(part[1:])
                if not self._seen and (letter in _LINE_ENDS or not FORBIDDEN.match(letter)):
                    kept.append(letter)
            if whole:
                self._inside, self._seen = not self._inside, 0
        return "".join(kept)


class _GuardedParser(XTermParser):
    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._guard = PasteGuard()

    def feed(self, data: str) -> Iterable[Message]:
        """Yield what some input means; empty input says that there is no more."""
        clean = self._guard.clean(data)
        if clean or not data:
            yield from super().feed(clean)


if sys.platform != "win32" or TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver

    class GuardedDriver(LinuxDriver):
        """Textual's driver for terminals, with pasted text guarded and bytes that are no text replaced."""

        def run_input_thread(self) -> None:
            """Read the terminal until the app ends; runs in a thread of its own."""
            parser = _GuardedParser(self._debug)
            decode = getincrementaldecoder("utf-8")("replace").decode
            while not self.exit_event.is_set():
                ready, _, _ = select.select([self.fileno], [], [], _WAIT_S)
                if ready and (text := decode(os.read(self.fileno, _MOST_BYTES))):
                    for message in parser.feed(text):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
            for _ in parser.feed(""):
                pass
