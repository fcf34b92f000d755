"""Looks for words and keys in all memory of a process, as somebody with its computer could."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator, Mapping

from tests.e2e.leaks import forms_of_key, forms_of_word

MAPPED = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r(w|.*\s0 *$)")
"""What can be read and was written by the process: what it can write, or what no file stands behind."""
UNREAD = ("[vvar]", "[vsyscall]", "[vvar_vclock]")
PIECE = 1 << 24
OVERLAP = 256


def pieces_of(pid: int) -> Iterator[bytes]:
    """Yield all memory that a process wrote, in pieces that overlap; raises PermissionError."""
    with open(f"/proc/{pid}/maps") as file:
        lines = [line for line in file if not line.rstrip().endswith(UNREAD)]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in lines:
            found = MAPPED.match(line)
            if found is None:
                continue
            start, end = int(found[1], 16), int(found[2], 16)
            at = start
            while at < end:
                wanted = min(PIECE, end - at)
                try:
                    memory.seek(at)
                    piece = memory.read(wanted)
                except (OSError, ValueError):
                    piece = b""
                if piece:
                    yield piece
                at += len(piece)
                if len(piece) < wanted:
                    # A page that nobody can read, as where a mapped file became shorter: what follows it is looked at too.
                    at = (at // mmap.PAGESIZE + 1) * mmap.PAGESIZE
                elif at < end:
                    at -= OVERLAP


def found_in(pid: int, words: Mapping[str, str], keys: Mapping[str, bytes]) -> set[str]:
    """Return what of words and keys stands anywhere in the memory of a process, in any form."""
    wanted = [
        (what, form)
        for what, word in words.items()
        for form in (*forms_of_word(word), word.encode("utf-32-le"))
    ]
    wanted += [(what, form) for what, key in keys.items() for form in forms_of_key(key)]
    found: set[str] = set()
    for piece in pieces_of(pid):
        found |= {what for what, form in wanted if what not in found and form in piece}
    return found
