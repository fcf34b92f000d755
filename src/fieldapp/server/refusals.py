"""The server's ways to say no: one body shape, no data echoed, the cause only in the server's log."""

from __future__ import annotations

from typing import Any

from fieldapp.errors import FieldappError
from fieldapp.sync.wire import PROTOCOL


class Refusal(FieldappError):
    """An answer other than 200; `cause` is for the log and never holds data."""

    def __init__(
        self, status: int, sentence: str, cause: str = "", *, body: dict[str, Any] | None = None,
        retry_after_s: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(sentence)
        self.status = status
        self.cause = cause
        self.body: dict[str, Any] = {"error": sentence} if body is None else body
        self.retry_after_s = retry_after_s


def unauthorised(cause: str, *, now: str | None = None) -> Refusal:
    """Return the one refusal of a request that is not authentic; only a wrong time is told, by the right one."""
    sentence = "The server did not accept this laptop's signature; ask your administrator to check it."
    return Refusal(401, sentence, cause, body={"error": sentence, **({"now": now} if now else {})})


def malformed(cause: str) -> Refusal:
    """Return the refusal of a request that is not as the protocol says."""
    return Refusal(422, "The request is not as the protocol says; update the app.", cause)


def other_protocol() -> Refusal:
    """Return the refusal of an app that speaks another version; it is told which one is spoken here."""
    sentence = "The app and the server are of different versions: update the older one."
    return Refusal(422, sentence, "protocol", body={"error": sentence, "protocol": PROTOCOL})


def too_large() -> Refusal:
    """Return the refusal of a body above the cap."""
    return Refusal(413, "The request is larger than the server takes; send it in smaller pieces.", "size")


def busy() -> Refusal:
    """Return the refusal of a server that cannot serve right now."""
    return Refusal(
        503, "The server is busy; your work stays on this laptop and is sent later.", "busy", retry_after_s=5
    )
