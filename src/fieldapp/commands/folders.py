"""Where data is when nobody says otherwise; pure, nothing is made here."""

from __future__ import annotations

from pathlib import Path

import click
import platformdirs


def laptop_folder(given: Path | None) -> Path:
    """Return the data folder of this laptop."""
    return given or _base() / "laptop"


def server_folder(given: Path | None) -> Path:
    """Return the data folder of the server."""
    return given or _base() / "server"


def demo_folder(given: Path | None, *, large: bool = False) -> Path:
    """Return the folder of the demo, or of the large one."""
    return given or _base() / ("demo-large" if large else "demo")


def _base() -> Path:
    return platformdirs.user_data_path("fieldapp", appauthor=False)


def outer_folder(ctx: click.Context, given: Path | None) -> Path | None:
    """Return `--folder` of the subcommand, else the one given before it."""
    found = given or ctx.find_root().obj
    return found if isinstance(found, Path) else None


FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder, instead of the usual one.",
)
