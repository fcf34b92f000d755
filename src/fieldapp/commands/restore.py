"""`fieldapp restore`: an older backup in the place of this laptop's data."""

from __future__ import annotations

from pathlib import Path

import click

from .folders import FOLDER, laptop_folder, outer_folder
from .secrets import PASSPHRASE_FD, ask


@click.command("restore")
@FOLDER
@PASSPHRASE_FD
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The backup, instead of the newest one of this laptop.",
)
@click.option("--yes", is_flag=True, help="Go on although unsent work is not in the backup.")
@click.pass_context
def command(
    ctx: click.Context, folder: Path | None, passphrase_fd: int | None, file: Path | None, yes: bool
) -> None:
    """Put an older backup in the place of this laptop's data, which is kept aside.

    What was sent comes back from the server with the next sync. Work that was never sent and is not in the
    backup is counted first, and nothing happens without --yes. For damaged data use `fieldapp doctor --restore`.
    """
    from .laptops import Network, laptop_in

    with Network() as network:
        laptop = laptop_in(laptop_folder(outer_folder(ctx, folder)), network)
        done = laptop.go_back(ask("Passphrase", passphrase_fd), file, confirmed=yes)
    click.echo(f"{done.backup.name} is in place; the server sends what is newer.")
    if done.missing is not None:
        click.echo(
            f"{done.missing.entries} unsent entries and {done.missing.drafts} drafts of the data before are not in it."
        )
    if done.aside is not None:
        click.echo(f"The data before is kept as {done.aside}; `fieldapp restore --from` puts it back.")
