"""`fieldapp`: opens the app on this laptop."""

from __future__ import annotations

from pathlib import Path

from fieldapp.errors import UsageFailure
from fieldapp.laptop.vaults import Vaults

from .folders import laptop_folder


def run(given: Path | None) -> None:
    """Open the app, or say what to do when nobody is set up here."""
    folder = laptop_folder(given)
    if not Vaults(folder).listed():
        raise UsageFailure(
            "Nobody is set up on this laptop yet: run `fieldapp enrol` with the code from your administrator, "
            "or `fieldapp demo` to look around."
        )
    from .running import run_app

    run_app(folder)
