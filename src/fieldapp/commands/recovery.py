"""`fieldapp recovery`: a forgotten passphrase, undone by two people with the organisation's keys."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.errors import DiskFailure, UsageFailure

from .folders import FOLDER, laptop_folder, outer_folder, server_folder
from .secrets import PASSPHRASE_FD, ask, choose

_FILE = click.Path(path_type=Path, dir_okay=False)
_TO = click.option("--to", type=_FILE, required=True, help="The file to write; none is ever replaced.")


@click.group("recovery")
def command() -> None:
    """Undo a forgotten passphrase: nothing on the laptop is lost, and two people are needed.

    \b
    1 request   on the laptop; its sixteen digits are read out on the telephone
    2 approve   on the server, by one person who calls back
    3 answer    wherever the recovery key is, by another person
    4 finish    on the laptop, with a new passphrase; needs no network
    5 renew     on the laptop, with a connection: new keys, the old ones end
    """


@command.command("request")
@FOLDER
@_TO
@click.option("--account", type=click.IntRange(0), default=0, help="Which account, 1 for the one used last.")
@click.pass_context
def request(ctx: click.Context, folder: Path | None, to: Path, account: int) -> None:
    """Write the request of this laptop and show the digits that are read out on the telephone."""
    from fieldapp.laptop import regaining
    from fieldapp.laptop.clock import SystemClock

    made = regaining.request(laptop_folder(outer_folder(ctx, folder)), SystemClock(), which=account)
    _write(to, made.data())
    click.echo(f"Give {to} to your administrator. When they call you back, read out: {made.code}")


@command.command("approve")
@FOLDER
@click.argument("request", type=_FILE)
@click.option("--staff", required=True, help="Whose laptop it is: id, short name or name.")
@click.option("--laptop", default="", help="Its id, where they have several.")
@click.option("--digits", help="What the person read out; asked for without it.")
@click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the folder.")
@_TO
@click.pass_context
def approve(
    ctx: click.Context, folder: Path | None, request: Path, staff: str, laptop: str, digits: str | None,
    database: str | None, to: Path,
) -> None:  # fmt: skip
    """Approve a REQUEST after calling the person back; kept in the audit trail. Good for a day."""
    from fieldapp.server import regaining
    from fieldapp.server.service import Server

    data = _read(request)
    _free(to)
    said = digits or click.prompt("The sixteen digits that they read out", err=True)
    with Server(server_folder(outer_folder(ctx, folder)), database=database) as server:
        found = regaining.approve(server, data, staff, laptop, said)
    _write(to, found.data())
    click.echo(
        f"Approved. Give {request} and {to} to whoever keeps the recovery key: somebody else than you."
    )


@command.command("answer")
@click.argument("request", type=_FILE)
@click.argument("approval", type=_FILE)
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), required=True,
    help="The folder with recovery.key and recovery.vault.json.",
)  # fmt: skip
@click.option(
    "--organisation", default="", help="The organisation's id, for recovery keys that do not hold it."
)
@PASSPHRASE_FD
@_TO
def answer(
    request: Path, approval: Path, keys: Path, organisation: str, passphrase_fd: int | None, to: Path
) -> None:
    """Open the vault of a REQUEST with the recovery key, as its APPROVAL allows; the reply helps that laptop only."""
    import time

    from fieldapp.crypto import regain
    from fieldapp.server.keyfiles import open_recovery_files

    asked, allowed = regain.read_request(_read(request)), regain.read_approval(_read(approval))
    _free(to)
    key = open_recovery_files(keys, ask("Recovery passphrase", passphrase_fd))
    known = key.organisation or organisation.strip()
    if not known:
        raise UsageFailure(
            "This recovery key does not say whose it is: give --organisation, the organisation's id."
        )
    reply = regain.answer(asked, allowed, known, key.private, round(time.time() * 1000))
    _write(to, reply.data())
    click.echo(f"Give {to} back to the laptop: `fieldapp recovery finish {to.name}`.")


@command.command("finish")
@FOLDER
@click.argument("reply", type=_FILE)
@PASSPHRASE_FD
@click.pass_context
def finish(ctx: click.Context, folder: Path | None, reply: Path, passphrase_fd: int | None) -> None:
    """Give this laptop a new passphrase with the REPLY to its request; all unsent work is as it was."""
    from fieldapp.laptop import regaining
    from fieldapp.laptop.clock import SystemClock

    data = _read(reply)
    chosen = choose("New passphrase", passphrase_fd)
    found = regaining.finish(laptop_folder(outer_folder(ctx, folder)), data, chosen, clock=SystemClock())
    click.echo(
        f"The new passphrase opens this laptop. Here are {found.unsent} entries that wait to be sent, and {found.drafts} drafts."
    )
    click.echo("With a connection, run `fieldapp recovery renew` once: it sends them and makes new keys.")


@command.command("renew")
@FOLDER
@PASSPHRASE_FD
@click.option(
    "--code-fd",
    type=click.IntRange(0),
    metavar="N",
    help="Read a new enrolment code from this file descriptor.",
)
@click.option(
    "--anew", is_flag=True, help="Ask for a new enrolment code: that of the recovery is good for a day."
)
@click.option(
    "--label", default="Laptop", show_default=True, help="How the administrator sees this laptop listed."
)
@click.pass_context
def renew(
    ctx: click.Context,
    folder: Path | None,
    passphrase_fd: int | None,
    code_fd: int | None,
    anew: bool,
    label: str,
) -> None:
    """Send everything and make new keys after a recovery; the old ones are revoked."""
    from fieldapp.laptop import regaining
    from fieldapp.laptop.clock import SystemClock

    from .laptops import Network

    code = ask("Enrolment code", code_fd) if anew or code_fd is not None else ""
    passphrase = ask("Passphrase", passphrase_fd)
    click.echo("Sending, and setting up anew…", err=True)
    with Network() as network:
        status = regaining.renew(
            laptop_folder(outer_folder(ctx, folder)), passphrase, clock=SystemClock(), connect=network.connect,
            code=code, label=label,
        )  # fmt: skip
    click.echo("This laptop has new keys; the old ones are revoked. Start with: fieldapp")
    if status.message:
        click.echo(f"Not everything was received yet: {status.message}")


def _read(path: Path) -> bytes:
    from fieldapp.crypto import disk, regain

    try:
        return disk.read_small(path, regain.MAX_BYTES)
    except (OSError, ValueError):
        raise UsageFailure(f"{path} cannot be read: give the file that the command before wrote.") from None


def _free(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise UsageFailure(f"{path} is there already: give another name.")


def _write(path: Path, data: bytes) -> None:
    from fieldapp.crypto import disk

    try:
        disk.create(path, data, 0o600)
    except FileExistsError:
        raise UsageFailure(f"{path} is there already: give another name.") from None
    except OSError as problem:
        raise DiskFailure(f"{path} cannot be written: check space and permissions.") from problem
