"""`fieldapp server`: looking after the server's data."""

from __future__ import annotations

from pathlib import Path

import click

from .folders import outer_folder, server_folder


@click.group("server")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's folder, instead of the usual one.",
)
@click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the folder.")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, database: str | None) -> None:
    """Look after the server's data. Run it where the server's folder is."""
    ctx.obj = (server_folder(outer_folder(ctx, folder)), database)


@command.command("epoch")
@click.option(
    "--reason", required=True, help="Why, for the audit, such as: restored from the copy of Monday."
)
@click.pass_context
def epoch(ctx: click.Context, reason: str) -> None:
    """Begin a new epoch: run it once after restoring the server's data from a backup, before serving.

    Laptops then notice that history was cut, send again what is missing and fetch the rest anew. Nothing
    that any laptop holds is lost.
    """
    from fieldapp.server import epochs
    from fieldapp.server.service import Server

    folder, database = ctx.obj
    with Server(folder, database=database) as server:
        number = server.database.run(
            lambda tx: epochs.begin(tx, server.keys.authority, server.org, server.now_ms(), reason)
        )
    click.echo(f"Epoch {number} has begun.")
