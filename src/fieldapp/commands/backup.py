"""`fieldapp backup`: today's encrypted copy of this laptop's data."""

from __future__ import annotations

from pathlib import Path

import click

from .folders import FOLDER, laptop_folder, outer_folder
from .secrets import PASSPHRASE_FD


@click.command("backup")
@FOLDER
@PASSPHRASE_FD
@click.pass_context
def command(ctx: click.Context, folder: Path | None, passphrase_fd: int | None) -> None:
    """Write today's encrypted copy of this laptop's data and open it once to check it.

    The copy lies beside the data, opens with the same passphrase and replaces none of the last three days'.
    The app makes one each day by itself; this makes one now.
    """
    from .laptops import unlocked

    with unlocked(laptop_folder(outer_folder(ctx, folder)), passphrase_fd) as laptop:
        made = laptop.backup()
    if made is not None:
        click.echo(f"{made.path} holds {made.entries} entries and opens.")
