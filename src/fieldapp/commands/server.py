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


@command.command("verify")
@click.pass_context
def verify(ctx: click.Context) -> None:
    """Check every seal, signature, feed and audit chain; reads only."""
    from fieldapp.errors import DataDamaged
    from fieldapp.server import proof

    folder, database = ctx.obj
    found = proof.verify(folder, database=database)
    for problem in found.problems:
        click.echo(f"PROBLEM  {problem}")
    click.echo(f"{found.entries} entries, {found.rows} feed rows, {found.events} audit events looked at.")
    if not found.ok:
        raise DataDamaged(f"{len(found.problems)} problems: keep this copy aside and restore a backup.")
    click.echo("Everything fits.")


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
    from fieldapp.server import restore

    folder, database = ctx.obj
    number = restore.new_epoch(folder, reason, database=database)
    click.echo(f"Epoch {number} has begun.")
