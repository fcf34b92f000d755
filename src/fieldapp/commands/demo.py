"""`fieldapp demo`: an invented organisation to look around in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .folders import FOLDER, demo_folder, outer_folder
from .progress import ProgressLine

if TYPE_CHECKING:
    from fieldapp.demo.making import Manifest

USERS = ("technician", "clinician", "supervisor", "prescriber", "assistant", "facilitator")
OF_LARGE = ("supervisor", "manager")
"""Whose laptops there are in the large organisation."""


@click.command("demo")
@FOLDER
@click.option(
    "--as",
    "user",
    type=click.Choice((*USERS, "manager")),
    help="Whose laptop to open: clinician unless you say otherwise, in the large organisation supervisor.",
)
@click.option("--offline", is_flag=True, help="Start no server: work as if there were no network.")
@click.option("--reset", is_flag=True, help="Throw the demo away and make it anew, with today's dates.")
@click.option(
    "--large",
    is_flag=True,
    help="An organisation of 10 teams, 1,500 clients and a year instead; takes about half an hour.",
)
@click.option("--prepare", is_flag=True, help="Make the demo and stop; do not open the app.")
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path | None,
    user: str | None,
    offline: bool,
    reset: bool,
    large: bool,
    prepare: bool,
) -> None:
    """Open the app in an invented organisation: 45 clients, nine colleagues, eight weeks of work.

    The first start makes it, which takes under a minute; later starts use what is there. The server runs on
    this computer only and ends with the app. No person in it is real.
    """
    user = user or ("supervisor" if large else "clinician")
    if user not in (OF_LARGE if large else USERS):
        known = ", ".join(OF_LARGE if large else USERS)
        raise click.UsageError(f"This demo has no laptop of the {user}; it has: {known}.")
    where = demo_folder(outer_folder(ctx, folder), large=large)
    made = _made(where, reset=reset, large=large)
    # A hard lock runs this command line again, and must find the work that was just done.
    sys.orig_argv[:] = [argument for argument in sys.orig_argv if argument != "--reset"]
    if prepare:
        return
    from fieldapp.demo import server_process
    from fieldapp.demo.making import PASSPHRASE, laptop_of

    server = server_process.ServerProcess() if offline else server_process.ensure(where, made.port)
    click.echo(f"Passphrase of every laptop in the demo: {PASSPHRASE}")
    try:
        from .running import run_app

        run_app(laptop_of(where, user), hint=f"Demo, {user}. Passphrase: {PASSPHRASE}")
    finally:
        # Not reached when a hard lock replaces the program: then the server goes on for the new one.
        server.stop(where)


def _made(folder: Path, *, reset: bool, large: bool) -> Manifest:
    """Return what is in the demo folder, made first if need be."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from fieldapp.demo import making
    from fieldapp.demo.people import TZ

    today = datetime.now(ZoneInfo(TZ)).date()
    known = None if reset else making.read_manifest(folder)
    if known is not None:
        if known.day != today.isoformat():
            click.echo(f"This demo was made on {known.day}; --reset makes it anew with today's dates.")
        return known
    if large:
        from fieldapp.demo import large as organisation

        click.echo("Making the large organisation (once, about half an hour)…")
        with ProgressLine() as line:
            return organisation.make(folder, today, line.show)
    click.echo("Making the demo (once, under a minute)…")
    with ProgressLine() as line:
        return making.make(folder, today, line.show)
