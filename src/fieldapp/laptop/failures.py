"""What a form or an opening can be refused for, each with one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from fieldapp.errors import FieldappError, KeyFailure, UsageFailure
from fieldapp.records.kind import Problem


class ReauthNeeded(KeyFailure):
    """Signing asks for the passphrase or PIN again."""

    def __init__(self) -> None:
        super().__init__("Signing needs your passphrase again: type it, then sign.")


class NotReady(UsageFailure):
    """A form cannot be signed or saved as it stands; `problems` says what is missing."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = tuple(problems)


class NotAllowed(UsageFailure):
    """The role table or the state of the record says no."""


class GateClosed(FieldappError):
    """A chart of another team: who is not on call gives a reason first."""

    def __init__(self, client: str) -> None:
        super().__init__("This client is with another team: give the reason for opening the chart first.")
        self.client = client


def not_ready(field: str, sentence: str) -> NotReady:
    """Return the refusal for one problem."""
    return NotReady([Problem(field, sentence, stops=True)])
