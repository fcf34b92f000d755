"""`fieldapp print`: papers that hold nothing of anybody, made without unlocking."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from .folders import FOLDER, laptop_folder, outer_folder


@click.group("print")
def command() -> None:
    """Make papers that hold no client data; all others are printed in the app."""


@command.command("blank-plan")
@click.option(
    "--language", type=click.Choice(["en", "es"]), default="en", show_default=True, help="Language."
)
@click.option(
    "--form",
    type=click.Choice(["page", "fold", "text"]),
    default="page",
    show_default=True,
    help="A page or a wallet fold as PDF, or plain text.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="New file that it is written to.",
)
@FOLDER
@click.pass_context
def blank_plan(
    ctx: click.Context,
    language: Literal["en", "es"],
    form: Literal["page", "fold", "text"],
    to: Path,
    folder: Path | None,
) -> None:
    """Make a safety plan with empty steps, with the phone numbers that this laptop knows."""
    from fieldapp.laptop import outlets
    from fieldapp.laptop.crisis_help import read_help
    from fieldapp.prints.documents import made
    from fieldapp.prints.plan import Agency, blank_sheet

    known = read_help(laptop_folder(outer_folder(ctx, folder)))
    finished = made(blank_sheet(Agency(known.phone_24_7, known.local_crisis_line), language), form)
    outlets.write(to, finished.data)
    click.echo(f"Saved as {to}.")
    if not (known.phone_24_7 and known.local_crisis_line):
        click.echo("Numbers that this laptop does not know are lines to write on.", err=True)
