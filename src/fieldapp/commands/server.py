"""`fieldapp server`: looking after the server's data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .folders import outer_folder, server_folder

if TYPE_CHECKING:
    from fieldapp.server.restore import Lack

FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's folder, instead of the usual one.",
)
DATABASE = click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the folder.")
BACKUP = click.argument("backup", type=click.Path(path_type=Path, dir_okay=False))
KEEP_KEYS = "Keep it apart from the folder `keys`: neither opens without the other, and a restore needs both."


@click.group("server")
@FOLDER
@DATABASE
@click.pass_context
def command(ctx: click.Context, folder: Path | None, database: str | None) -> None:
    """Look after the server's data. Run it where the server's folder is."""
    ctx.obj = (server_folder(outer_folder(ctx, folder)), database)


def placed(function: Callable[..., None]) -> Callable[..., None]:
    """Let a subcommand take --folder and --database after its name too."""

    @FOLDER
    @DATABASE
    @click.pass_context
    def wrapped(ctx: click.Context, /, folder: Path | None, database: str | None, **more: Any) -> None:
        outer, url = ctx.obj
        function(folder or outer, database or url, **more)

    wrapped.__doc__ = function.__doc__
    return wrapped


@command.command("verify")
@placed
def verify(folder: Path, database: str | None) -> None:
    """Check every seal, signature, counter, feed and audit chain; reads only."""
    from fieldapp.errors import DataDamaged
    from fieldapp.server import proof

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
@placed
def epoch(folder: Path, database: str | None, reason: str) -> None:
    """Begin a new epoch: run it once after restoring the server's data by hand, before serving.

    Laptops then notice that history was cut, send again what is missing and fetch the rest anew. Nothing
    that any laptop holds is lost. Enrolment codes that were open no longer work. `server restore` does all
    of this by itself.
    """
    from fieldapp.server import restore

    number = restore.new_epoch(folder, reason, database=database)
    click.echo(f"Epoch {number} has begun.")


@command.command("backup")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the copy goes, instead of `backups` in the server's folder.",
)
@placed
def backup(folder: Path, database: str | None, to: Path | None) -> None:
    """Copy the database while the server runs, and verify the copy before it counts.

    The copy holds the database and no key: what it holds of clients is sealed, and opens only with the files
    master.key, authority.key and administrator.key of the folder `keys`. Keep a copy of `keys` too, in another
    place than the backups: whoever has both can read everything, and a backup without its keys is lost. The
    files of the recovery key belong offline, away from both.

    A file with the checksum lies beside the copy; move them together. PostgreSQL needs pg_dump.
    """
    from fieldapp.server import backup as copies

    made = copies.make(folder, database=database, to=to)
    click.echo(f"{made.path} holds {made.held.entries} entries up to {made.held.newest} and verifies.")
    click.echo(KEEP_KEYS)


@command.command("restore")
@BACKUP
@click.option("--reason", required=True, help="Why, for the audit, such as: the disk failed on Monday.")
@placed
def restore(folder: Path, database: str | None, backup: Path, reason: str) -> None:
    """Put a verified BACKUP in the place of the database, which is kept aside, and begin a new epoch.

    Stop the server first. The folder's `keys` must be those of the backup. PostgreSQL needs pg_restore and
    the role that owns the database.
    """
    from fieldapp.server import restore as restoring

    done = restoring.restore(folder, backup, reason, database=database)
    click.echo(
        f"{backup.name} is in place and verifies: {done.held.entries} entries up to {done.held.newest}."
    )
    click.echo(f"Epoch {done.held.epoch} has begun: laptops offer again what is missing when they next sync.")
    if done.aside:
        _lacking(done.lack, "replaced")
        click.echo(f"The replaced database is kept as {done.aside}; keep it until all laptops have sent.")
    click.echo("Enrolment codes that were open no longer work; issue new ones with `fieldapp org code`.")
    for laptop in done.lack.revoked if done.lack is not None else ():
        click.echo(f"Revoked after this backup: run `fieldapp org revoke {laptop}` before you serve.")
    if done.aside and done.lack is None:
        click.echo("Revoke again, before you serve, any laptop that was revoked after this backup.")


@command.command("drill")
@BACKUP
@placed
def drill(folder: Path, database: str | None, backup: Path) -> None:
    """Restore BACKUP into a temporary folder, verify all of it, say what it holds, and remove it again.

    What serves is only read. It ends with 0 only if everything verifies.
    """
    from fieldapp.errors import DataDamaged
    from fieldapp.server import restore as restoring

    done = restoring.drill(folder, backup, database=database)
    for problem in done.problems:
        click.echo(f"PROBLEM  {problem}")
    held = done.held
    click.echo(f"{held.entries} entries, {held.feeds} feeds, {held.devices} laptops.")
    click.echo(f"The newest entry came at {held.newest}." if held.newest else "It holds no entry.")
    _lacking(done.lack, "live")
    if done.problems:
        raise DataDamaged(f"{len(done.problems)} problems: this backup does not count; take another one.")
    click.echo(f"A restore of {backup.name} works: everything fits.")


@command.command("upgrade")
@placed
def upgrade(folder: Path, database: str | None) -> None:
    """Bring the database to the tables of this fieldapp, all of it or nothing.

    SQLite: stop the server first; a copy of the database as it was is kept beside the backups. `fieldapp serve`
    does the same by itself. PostgreSQL: back it up first and give the role that owns the tables; servers of the
    version before may go on meanwhile, and are updated after it.
    """
    from fieldapp.server import upgrade as upgrading

    done = upgrading.upgrade(folder, database=database)
    if done.before == done.after:
        click.echo(f"Nothing is to do: the tables are at {done.after}.")
        return
    click.echo(f"The tables were at {done.before or 'the first release'} and are at {done.after}.")
    if done.copy is not None:
        click.echo(f"The database as it was is kept as {done.copy}.")


@command.command("roles")
@click.option("--serve", "role", required=True, metavar="ROLE", help="The role of the URL that serves.")
@placed
def roles(folder: Path, database: str | None, role: str) -> None:
    """Give a PostgreSQL ROLE the rights to serve and no other: it adds entries and audit, and never edits them.

    Give --database with the role that owns the tables; upgrades, restores and new epochs stay with that role.
    Make ROLE first: createuser --pwprompt ROLE.
    """
    from fieldapp.errors import UsageFailure
    from fieldapp.server import roles as giving

    if database is None:
        raise UsageFailure("SQLite has no roles: give --database with the URL of a PostgreSQL.")
    giving.give_at(database, role)
    click.echo(f"{role} may serve: give its URL to `fieldapp serve --database`.")


@command.command("writers")
@click.option("--from", "lowest", metavar="VERSION", help="The lowest version of fieldapp that may write.")
@click.option("--any", "anybody", is_flag=True, help="Let every version write again.")
@placed
def writers(folder: Path, database: str | None, lowest: str | None, anybody: bool) -> None:
    """Say, or set, from which VERSION on laptops send what is written on them.

    A laptop below it keeps reading, and keeps what is written on it, sealed, until it is updated; then it sends all
    of that. Laptops learn of it when they next sync.
    """
    from fieldapp.errors import UsageFailure
    from fieldapp.server import writers as who
    from fieldapp.server.service import Server

    if lowest is not None and anybody:
        raise UsageFailure("Give --from or --any, not both.")
    with Server(folder, database=database) as server:
        if lowest is not None or anybody:
            who.set_lowest(server, lowest)
        stands = who.lowest(server)
        below = who.below(server, stands)
    click.echo(f"Laptops from {stands} on send what is written." if stands else "Every version may write.")
    for laptop in below:
        click.echo(
            f"BELOW  {laptop.label} ({laptop.version or 'version unknown'}), last here {laptop.seen or 'never'}"
        )


def _lacking(lack: Lack | None, which: str) -> None:
    if lack is None:
        click.echo(f"The {which} database cannot be read, so nothing was compared with it.")
    else:
        click.echo(f"{lack.entries} entries of the {which} database are not in the backup.")
