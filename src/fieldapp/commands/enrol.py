"""`fieldapp enrol`: sets this laptop up for one person."""

from __future__ import annotations

from pathlib import Path

import click

from .folders import FOLDER, laptop_folder, outer_folder
from .secrets import PASSPHRASE_FD, ask, choose


@click.command("enrol")
@FOLDER
@click.option("--server", metavar="URL", help="Address of the server, such as https://fieldapp.agency.org.")
@click.option(
    "--label", default="Laptop", show_default=True, help="How the administrator sees this laptop listed."
)
@click.option(
    "--code-fd", type=click.IntRange(0), metavar="N", help="Read the code from this open file descriptor."
)
@PASSPHRASE_FD
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path | None,
    server: str | None,
    label: str,
    code_fd: int | None,
    passphrase_fd: int | None,
) -> None:
    """Set this laptop up for you, with the one-time code from your administrator.

    Asks for the code and for a passphrase that opens your work on this laptop. Nobody else knows the
    passphrase; write it down until you know it by heart.
    """
    from fieldapp.crypto.enrolment import Code
    from fieldapp.laptop.clock import SystemClock
    from fieldapp.laptop.enrolment import enrol

    from .laptops import Network

    address = server or click.prompt("Address of the server", err=True)
    code = ask("Enrolment code", code_fd)
    Code.parse(code)  # a mistyped code is said before anybody thinks up a passphrase
    passphrase = choose("Passphrase", passphrase_fd)
    click.echo("Setting up…", err=True)
    with Network() as network:
        status = enrol(
            laptop_folder(outer_folder(ctx, folder)), address, code, passphrase, clock=SystemClock(),
            connect=network.connect, label=label,
        )  # fmt: skip
    click.echo("This laptop is set up. Start with: fieldapp")
    if status.message:
        click.echo(f"Not everything was received yet: {status.message}")
