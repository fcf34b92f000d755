"""`fieldapp import`: caseloads on a supervisor's laptop, staff lists on the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldapp.errors import InputFailure, NotReached

from .folders import FOLDER, laptop_folder, outer_folder, server_folder
from .progress import ProgressLine
from .secrets import PASSPHRASE_FD

if TYPE_CHECKING:
    from fieldapp.laptop.imports.plan import ImportPlan

FILE = click.argument("file", type=click.Path(path_type=Path))
APPLY = click.option("--apply", "apply_it", is_flag=True, help="Write what the dry run shows.")
ALL_LINES = click.option("--all-lines", is_flag=True, help="Show every line, not only those to look at.")


@click.group("import")
def command() -> None:
    """Read a CSV file. Without --apply it only says what it would do; nothing is ever deleted.

    Lines with errors are listed with their numbers and left out; the good ones are imported.
    """


@command.command("roster")
@FILE
@FOLDER
@click.option(
    "--team", default="", help="Short name of the team for clients whose primary staff member has none."
)
@click.option(
    "--add-lookalikes", is_flag=True, help="Also add people whose name and birth date are here already."
)
@click.option("--offline", is_flag=True, help="Do not receive what is new before, nor send afterwards.")
@APPLY
@ALL_LINES
@PASSPHRASE_FD
@click.pass_context
def roster(
    ctx: click.Context,
    file: Path,
    folder: Path | None,
    team: str,
    add_lookalikes: bool,
    offline: bool,
    apply_it: bool,
    all_lines: bool,
    passphrase_fd: int | None,
) -> None:
    """Import a caseload on a supervisor's laptop; every entry is signed by that person.

    A client's home is the team of the primary staff member, else --team, else Intake of the program.
    Importing the same file again changes nothing.
    """
    from fieldapp.laptop.imports import desk

    from .laptops import unlocked

    with unlocked(laptop_folder(outer_folder(ctx, folder)), passphrase_fd) as laptop:
        if not offline:
            status = laptop.sync()
            if status.message and apply_it:
                raise NotReached(
                    f"{status.message} Importing without the newest state could make doubles; "
                    "try again online, or use --offline."
                )
            if status.message:
                click.echo(f"Not up to date: {status.message}", err=True)
        plan = desk.plan_file(laptop, file, team=team, add_lookalikes=add_lookalikes)
        _show(plan, "client", all_lines=all_lines)
        if not apply_it:
            _offer(plan)
        elif plan.writes:
            with ProgressLine() as bar:
                desk.write(laptop, plan, lambda done, of: bar.show("Signing", done, of))
            click.echo(f"{len(plan.writes)} entries written.")
        if apply_it and not offline:
            sent = laptop.sync()
            click.echo(sent.message or f"Sent; {sent.pending} still to send.")
    _fail_if_all_bad(plan)


@command.command("staff")
@FILE
@FOLDER
@click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the server's folder.")
@APPLY
@ALL_LINES
@click.pass_context
def staff(
    ctx: click.Context, file: Path, folder: Path | None, database: str | None, apply_it: bool, all_lines: bool
) -> None:
    """Import a staff list on the server, in the name of the system administrator.

    Several lines with the same id give one person several roles.
    """
    from fieldapp.server.service import Server

    from .staff_list import plan_file, write

    with Server(server_folder(outer_folder(ctx, folder)), database=database) as server:
        plan = plan_file(server, file)
        _show(plan, "staff member", all_lines=all_lines)
        if not apply_it:
            _offer(plan)
        elif plan.writes:
            write(server, plan)
            click.echo(f"{len(plan.writes)} entries written.")
    _fail_if_all_bad(plan)


def _show(plan: ImportPlan, noun: str, *, all_lines: bool) -> None:
    from fieldapp.laptop.imports.plan import report

    for line in report(plan, noun, all_lines=all_lines):
        click.echo(line)


def _offer(plan: ImportPlan) -> None:
    if plan.good:
        click.echo("Nothing was written. Run it again with --apply to import the good lines.")


def _fail_if_all_bad(plan: ImportPlan) -> None:
    if plan.rows and plan.count("error") == len(plan.rows):
        raise InputFailure("No line could be imported; mend the file and import it again.")
