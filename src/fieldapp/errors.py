"""The one error tree: each failure carries a sentence for the user and an exit code.

Exit codes: 2 usage, 3 passphrase or key, 4 damaged data, 5 no space or not writable, 6 server not
reached, 7 server refused, 8 input file, 9 another fieldapp is running.
"""

from __future__ import annotations


class FieldappError(Exception):
    """A failure that a person can act on; `str()` is one plain sentence that says what to do."""

    exit_code = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class UsageFailure(FieldappError):
    """The command or its options cannot be carried out as given."""

    exit_code = 2


class KeyFailure(FieldappError):
    """A passphrase, code or key is wrong, used up or missing."""

    exit_code = 3


class DataDamaged(FieldappError):
    """A file is damaged or was changed outside the app; nothing was overwritten."""

    exit_code = 4


class DiskFailure(FieldappError):
    """The disk is full or the folder cannot be written."""

    exit_code = 5


class NotReached(FieldappError):
    """The server was not reached; work stays on this laptop."""

    exit_code = 6


class ServerRefused(FieldappError):
    """The server answered and said no."""

    exit_code = 7


class InputFailure(FieldappError):
    """A file given for import cannot be read as it is."""

    exit_code = 8


class AlreadyRunning(FieldappError):
    """Another fieldapp holds the same data folder."""

    exit_code = 9
