"""`fieldapp doctor`: looks whether everything on this laptop is whole."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.errors import DataDamaged

from .folders import FOLDER, laptop_folder, outer_folder
from .secrets import PASSPHRASE_FD, ask


@click.command("doctor")
@FOLDER
@PASSPHRASE_FD
@click.option(
    "--restore", is_flag=True, help="Put the newest backup that opens in the place of damaged data."
)
@click.pass_context
def command(ctx: click.Context, folder: Path | None, passphrase_fd: int | None, restore: bool) -> None:
    """Check pages, backup, own entries, feeds and audit trail of this laptop; changes nothing by itself."""
    from .laptops import Network, laptop_in, unlocked

    if restore:
        with Network() as network:
            laptop = laptop_in(laptop_folder(outer_folder(ctx, folder)), network)
            restored = laptop.restore_backup(ask("Passphrase", passphrase_fd))
        click.echo(f"{restored.backup.name} is in place; the server sends what is newer.")
        if restored.aside is not None:
            click.echo(f"The damaged data is kept as {restored.aside}.")
        return
    with unlocked(laptop_folder(outer_folder(ctx, folder)), passphrase_fd) as laptop:
        report = laptop.doctor()
    for finding in report.findings:
        click.echo(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.sentence}")
    click.echo(f"{report.unsent} not sent, {report.needs_you} need you, {report.open_drafts} open drafts.")
    if not report.ok:
        raise DataDamaged("Something needs care: see the lines marked PROBLEM above.")
