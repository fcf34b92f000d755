"""What an unexpected failure says: where it happened, never what it held."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import TracebackType


@dataclass(frozen=True, slots=True)
class CrashReport:
    """Type, place and a random id; no message, no values, since both may hold client data."""

    kind: str
    module: str
    line: int
    ours: str
    """The deepest place in our own code, `module:line`, or empty."""
    id: str

    @property
    def text(self) -> str:
        """Return the sentences for the person and for whoever looks into it."""
        at = (
            f" (called from {self.ours})" if self.ours and not self.ours.startswith(f"{self.module}:") else ""
        )
        return (
            "fieldapp stopped because of a fault in the app. Your drafts are saved; start it again.\n"
            f"If it happens again, report: {self.kind} in {self.module} line {self.line}{at}, id {self.id}\n"
        )


def _places(traceback: TracebackType | None) -> list[tuple[str, int]]:
    places = []
    while traceback is not None:
        frame = traceback.tb_frame
        places.append((str(frame.f_globals.get("__name__", "?")), traceback.tb_lineno))
        traceback = traceback.tb_next
    return places


def report(error: BaseException) -> CrashReport:
    """Return what may be told about a failure."""
    places = _places(error.__traceback__) or [("?", 0)]
    ours = next((f"{m}:{line}" for m, line in reversed(places) if m.split(".")[0] == "fieldapp"), "")
    module, line = places[-1]
    return CrashReport(type(error).__name__, module, line, ours, secrets.token_hex(4))
