"""Where paper goes: a file that somebody names, or the printer through its stdin; never a file of our own in between."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from fieldapp.crypto import disk
from fieldapp.errors import DiskFailure, UsageFailure
from fieldapp.prints.documents import FILE_ONLY, file_name
from fieldapp.records.text import clean

PRINTER_S = 60


def proposed(document: str, form: str) -> str:
    """Return the name of a file in the home folder that does not exist yet: `~/safety-plan.pdf`."""
    first = Path(file_name(document, form))
    number, name = 1, first
    while (home := Path.home() / name).exists() or home.is_symlink():
        number += 1
        name = first.with_stem(f"{first.stem}-{number}")
    return f"~/{name}"


def path_of(typed: str) -> Path:
    """Return a file that somebody named, in the home folder unless they say where; raises UsageFailure."""
    words_typed = clean(typed).strip()
    if not words_typed or "\n" in words_typed:
        raise UsageFailure("Name the file that the print goes to.")
    try:
        path = Path(words_typed).expanduser()
    except RuntimeError:
        raise UsageFailure("There is no such home folder; name another file.") from None
    return path if path.is_absolute() else Path.home() / path


def printer() -> str | None:
    """Return the program that takes prints here; None when there is none."""
    return shutil.which("lp")


def write(to: Path, data: bytes) -> str:
    """Write a file that must not exist yet, for its owner alone; raises UsageFailure, DiskFailure."""
    try:
        disk.create(to, data, 0o600)
    except FileExistsError:
        raise UsageFailure("There is a file of this name already: choose another name.") from None
    except (OSError, ValueError):
        raise DiskFailure(
            "The file cannot be written there: choose another folder, or free some space."
        ) from None
    return f"Saved as {to.name}. It is not encrypted: delete it once it is printed."


def send(data: bytes, form: str) -> str:
    """Send to the usual printer of this laptop; raises UsageFailure."""
    if form in FILE_ONLY:
        raise UsageFailure("A table is for another program: save it as a file.")
    program = printer()
    if program is None:
        raise UsageFailure("There is no printer on this laptop: save a file instead.")
    kind = "text/plain" if form == "text" else "application/pdf"
    # Through stdin and under a title of our own: no file and no name of a person is left in the queue's list.
    order = [program, "-t", "fieldapp", "-o", f"document-format={kind}"]
    try:
        done = subprocess.run(order, input=data, capture_output=True, timeout=PRINTER_S, check=False)  # noqa: S603 - our own words only
    except (OSError, subprocess.TimeoutExpired):
        raise UsageFailure("The printer did not answer: save a file instead.") from None
    if done.returncode != 0:
        raise UsageFailure("The printer did not take it: look whether one is set up, or save a file instead.")
    return "Sent to the printer. Fetch it at once."
