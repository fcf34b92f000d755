"""`fieldapp org`: the organisation on its server: programs, teams, staff, codes, laptops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import org_packs
from .folders import outer_folder, server_folder
from .secrets import PASSPHRASE_FD, choose

if TYPE_CHECKING:
    from fieldapp.server.service import Server

ARCHETYPE = click.Choice(["community", "structured"])
DATABASE = click.option("--database", metavar="URL", help="PostgreSQL in place of SQLite in the folder.")


@click.group("org")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's folder, instead of the usual one.",
)
@DATABASE
@click.pass_context
def command(ctx: click.Context, folder: Path | None, database: str | None) -> None:
    """Make an organisation on this computer and look after it. Run it where the server's folder is."""
    ctx.obj = (server_folder(outer_folder(ctx, folder)), database)


@contextmanager
def open_server(ctx: click.Context) -> Iterator[Server]:
    """Open the server that a subcommand of `org` is about."""
    from fieldapp.server.service import Server

    folder, database = ctx.obj
    with Server(folder, database=database) as server:
        yield server


for _subcommand in (org_packs.codes, org_packs.pack, org_packs.packs, org_packs.withdraw):
    command.add_command(_subcommand)


@command.command("init")
@click.argument("name")
@click.option("--program", default="Community IOP", show_default=True, help="Name of the first program.")
@click.option(
    "--program-code", default="community-iop", show_default=True, help="Its short name in import files."
)
@click.option(
    "--archetype",
    type=ARCHETYPE,
    default="community",
    show_default=True,
    help="Contact-driven or group-driven.",
)
@click.option("--tz", default="America/Los_Angeles", show_default=True, help="Time zone of the program.")
@click.option("--phone", default="", help="Phone of the program, answered day and night.")
@click.option("--local-crisis-line", default="", help="Local crisis line.")
@click.option("--team", default="Team 1", show_default=True, help="Name of the first team.")
@click.option("--team-code", default="team-1", show_default=True, help="Its short name.")
@click.option(
    "--administrator", default="Administrator", show_default=True, help="Name of the system administrator."
)
@click.option("--supervisor", default="Supervisor", show_default=True, help="Name of the first supervisor.")
@click.option("--supervisor-code", default="supervisor", show_default=True, help="Their short name.")
@click.option("--supervisor-credential", default="", help="Their licence, such as LMHC.")
@click.option(
    "--serving-role",
    "app_role",
    metavar="ROLE",
    help="The PostgreSQL role that is to serve: it adds entries and audit, and never edits them.",
)
@PASSPHRASE_FD
@click.pass_context
def init(ctx: click.Context, /, name: str, passphrase_fd: int | None, **options: Any) -> None:
    """Make a new organisation NAME with a program, a team and its first supervisor.

    The recovery passphrase opens the recovery key, with which two people together can open a laptop whose
    owner is gone. Without --passphrase-fd one is made and shown once.
    """
    from fieldapp.server.org import init_org

    folder, database = ctx.obj
    given = None if passphrase_fd is None else choose("Recovery passphrase", passphrase_fd)
    made = init_org(folder, name, database=database, passphrase=given, **options)
    click.echo(f"Organisation {name} is ready in {folder}.")
    if given is None:
        click.echo(f"Recovery passphrase, shown only now: {made.recovery_passphrase}")
        click.echo("Write it down and lock it away, apart from the folder.")
    click.echo("Move a sealed copy of the folder's keys/ to offline storage.")
    click.echo(f"Next: fieldapp serve, then fieldapp org code {options['supervisor_code']}")


@command.command("add-program")
@click.argument("name")
@click.option("--code", required=True, help="Short name in import files.")
@click.option(
    "--archetype",
    type=ARCHETYPE,
    default="community",
    show_default=True,
    help="Contact-driven or group-driven.",
)
@click.option("--tz", default="America/Los_Angeles", show_default=True, help="Time zone.")
@click.option("--phone", default="", help="Phone, answered day and night.")
@click.option("--local-crisis-line", default="", help="Local crisis line.")
@click.pass_context
def add_program(ctx: click.Context, /, name: str, **options: Any) -> None:
    """Add a program NAME with its Intake team."""
    from fieldapp.server import admin

    with open_server(ctx) as server:
        admin.add_program(server, name, **options)
    click.echo(f"Program {name} ({options['code']}) added, with a team Intake ({options['code']}-intake).")


@command.command("set-program")
@click.argument("program")
@click.option("--phone", help="Phone, answered day and night; '' takes it away.")
@click.option("--local-crisis-line", help="Local crisis line; '' takes it away.")
@click.option("--aps-line", help="Where abuse of a vulnerable adult is reported; '' takes it away.")
@click.option("--cps-line", help="Where abuse of a child is reported; '' takes it away.")
@click.option(
    "--county",
    "counties",
    nargs=3,
    multiple=True,
    metavar="COUNTY WHAT NUMBER",
    help="A county's own number: WHAT is crisis, aps or cps; '-' takes it away. May be repeated.",
)
@click.option(
    "--name-on-prints/--no-name-on-prints",
    default=None,
    help="Whether papers that clients carry name the organisation.",
)
@click.option(
    "--set",
    "limits",
    nargs=2,
    multiple=True,
    metavar="NAME NUMBER",
    help="A limit of the program, such as group_max 10; '-' for the number puts the default back. May be repeated.",
)
@click.pass_context
def set_program(
    ctx: click.Context,
    program: str,
    phone: str | None,
    local_crisis_line: str | None,
    aps_line: str | None,
    cps_line: str | None,
    counties: tuple[tuple[str, str, str], ...],
    name_on_prints: bool | None,
    limits: tuple[tuple[str, str], ...],
) -> None:
    """Set the phones of PROGRAM (short name) that stand on its papers and crisis help, and its limits."""
    from fieldapp.errors import UsageFailure
    from fieldapp.server import admin

    given = {
        "phone": phone, "local_crisis_line": local_crisis_line, "aps_line": aps_line, "cps_line": cps_line,
        "show_agency_on_prints": name_on_prints,
    }  # fmt: skip
    values = {name: None if value == "" else value for name, value in given.items() if value is not None}
    wanted = _limits(limits)
    of_counties = _of_counties(counties)
    if not values and not wanted and not of_counties:
        raise UsageFailure(
            "Say what to set: --phone, --local-crisis-line, --aps-line, --cps-line, --county, --name-on-prints or --set."
        )
    with open_server(ctx) as server:
        if of_counties:
            admin.change_counties(server, program, of_counties)
        if wanted:
            admin.change_limits(server, program, wanted)
        if values:
            admin.change_program(server, program, values)
    click.echo(f"Program {program} is changed; laptops have it after their next sync.")


def _of_counties(given: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    """Return (county, field, number) of each; raises UsageFailure."""
    from fieldapp.clinical.counties import NUMBERS
    from fieldapp.errors import UsageFailure

    found = []
    for county, what, number in given:
        if what not in NUMBERS or not county.strip():
            raise UsageFailure("After --county give the county, one of crisis, aps, cps, and the number.")
        found.append((county.strip(), NUMBERS[what], "" if number == "-" else number.strip()))
    return found


def _limits(given: tuple[tuple[str, str], ...]) -> dict[str, int | None]:
    """Return limits by name, None for the default; raises UsageFailure."""
    from fieldapp.errors import UsageFailure
    from fieldapp.records.defaults import DEFAULTS

    found: dict[str, int | None] = {}
    for name, number in given:
        if name not in DEFAULTS:
            raise UsageFailure(f"{name} is no limit. Known: {', '.join(sorted(DEFAULTS))}.")
        if number != "-" and not (number.isascii() and number.isdigit() and len(number) <= 5):
            raise UsageFailure(f"{name}: give a whole number, or - for the default ({DEFAULTS[name]}).")
        found[name] = None if number == "-" else int(number)
    return found


@command.command("set-groups")
@click.argument("program")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def set_groups(ctx: click.Context, program: str, file: Path) -> None:
    """Set the groups and the curriculum of PROGRAM (short name) from a TOML FILE.

    Each [[groups]] has code and title, and may have type, experiential, days, start, minutes, modality, setting and
    [[groups.modules]] with code, title, topic, homework and methods. Modules follow each other in their order.
    """
    from fieldapp.errors import UsageFailure
    from fieldapp.server import admin

    from .group_curriculum import read_curriculum

    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageFailure("The file is not UTF-8 text.") from None
    values = read_curriculum(text)
    with open_server(ctx) as server:
        admin.change_program(server, program, values)
    groups = values["groups"] or []
    click.echo(f"{program} has {len(groups)} groups; laptops have them after their next sync.")


@command.command("set-notes")
@click.argument("program")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def set_notes(ctx: click.Context, program: str, file: Path) -> None:
    """Set formats, prompts and snippets of the notes of PROGRAM (short name) from a TOML FILE.

    [formats] names the format by type of contact, [prompts.DAP] words the sections of a format, [[snippets]]
    with name and text are offered to everybody. Notes that are begun keep the prompts they were begun with.
    """
    from fieldapp.errors import UsageFailure
    from fieldapp.server import admin

    from .note_agreement import read_agreement

    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageFailure("The file is not UTF-8 text.") from None
    values = read_agreement(text)
    with open_server(ctx) as server:
        admin.change_program(server, program, values)
    click.echo(f"Notes of {program} are agreed; laptops have it after their next sync.")


@command.command("add-team")
@click.argument("name")
@click.option("--program", required=True, help="Short name of its program.")
@click.option("--code", required=True, help="Short name in import files.")
@click.pass_context
def add_team(ctx: click.Context, name: str, program: str, code: str) -> None:
    """Add a team NAME to a program."""
    from fieldapp.server import admin

    with open_server(ctx) as server:
        admin.add_team(server, name, program=program, code=code)
    click.echo(f"Team {name} ({code}) added to {program}.")


@command.command("list")
@click.pass_context
def listing(ctx: click.Context) -> None:
    """List staff with roles, and their laptops."""
    from fieldapp.server import admin

    with open_server(ctx) as server:
        laptops = admin.devices(server)
        for line in admin.staff_list(server):
            left = f", left on {line.left_on}" if line.left_on else ""
            click.echo(f"{line.code:16} {line.name} ({', '.join(line.roles)}{left})")
            for device in laptops:
                if device.staff == line.id:
                    seen = _moment(device.last_seen_ms) if device.last_seen_ms else "never seen"
                    click.echo(
                        f"    {device.id}  {device.label}, {device.state}, {seen}, {device.pending} to send"
                    )


@command.command("code")
@click.argument("staff")
@click.option(
    "--hours", type=click.IntRange(1, 72), default=24, show_default=True, help="How long it is good for."
)
@click.pass_context
def issue(ctx: click.Context, staff: str, hours: int) -> None:
    """Issue a one-time enrolment code for STAFF (short name); an earlier unused one ends."""
    from fieldapp.server import admin

    with open_server(ctx) as server:
        made = admin.issue_code(server, staff, hours=hours)
    click.echo(made.text)
    click.echo(
        f"For {staff}, once, until {_moment(made.expires_ms)}. Hand it over in person or by phone.", err=True
    )


@command.command("leave")
@click.argument("staff")
@click.argument("last_day", metavar="YYYY-MM-DD")
@click.pass_context
def leave(ctx: click.Context, staff: str, last_day: str) -> None:
    """State that STAFF left: their laptops may still send what they hold, and get nothing new."""
    from fieldapp.errors import UsageFailure
    from fieldapp.server import admin

    try:
        day = datetime.strptime(last_day, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        raise UsageFailure("Give the last day as YYYY-MM-DD.") from None
    with open_server(ctx) as server:
        admin.leave(server, staff, day)
    click.echo(f"{staff} left on {day}.")


@command.command("revoke")
@click.argument("laptop")
@click.pass_context
def revoke(ctx: click.Context, laptop: str) -> None:
    """Revoke LAPTOP (its id from `org list`): lost or stolen; what it sent before stays valid."""
    from fieldapp.server import admin

    with open_server(ctx) as server:
        admin.revoke(server, laptop)
    click.echo(f"Laptop {laptop} is revoked.")


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
