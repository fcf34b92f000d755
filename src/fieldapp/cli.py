"""The command line. Only click is imported here: each subcommand's module is loaded when it is called.

Every known failure is one sentence on stderr and its own exit code (docs/cli.md); any other failure is
one safe sentence with a random id, because a traceback could show client data.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from . import __version__
from .errors import FieldappError
from .process import harden

SUBCOMMANDS = {
    "demo": ("demo", "Look around in an invented organisation with eight weeks of work."),
    "org": ("org", "Make an organisation, its programs and teams; issue enrolment codes."),
    "serve": ("serve", "Run the server that the laptops send to and receive from."),
    "enrol": ("enrol", "Set up this laptop for one person, with a code from the administrator."),
    "import": ("importing", "Read a caseload or a staff list from CSV; says first what it would do."),
    "print": ("printing", "Make a blank safety plan to write on by hand."),
    "backup": ("backup", "Write today's encrypted copy of this laptop's data and check it."),
    "doctor": ("doctor", "Check this laptop's data; put a backup in place of damaged data."),
    "restore": ("restore", "Put an older backup in the place of this laptop's data."),
    "recovery": ("recovery", "Undo a forgotten passphrase: two people, nothing lost."),
    "server": ("server", "Look after the server's data: verify, back up, restore, drill."),
}
"""Name to (module in `commands`, one line of help)."""
FAULT_EXIT = 70
STOPPED_EXIT = 130


class LazyGroup(click.Group):
    """Subcommands that are imported when they are called, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module = import_module(f"fieldapp.commands.{SUBCOMMANDS[cmd_name][0]}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in SUBCOMMANDS.items()])


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, message="fieldapp %(version)s")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder of this laptop, instead of the usual one.",
)
@click.pass_context
def cli(ctx: click.Context, folder: Path | None) -> None:
    """Clinical work in the field, offline, for outreach and intensive outpatient teams.

    Without a command it opens the app. `fieldapp demo` is the quickest way to see it.
    """
    ctx.obj = folder
    if ctx.invoked_subcommand is None:
        import_module("fieldapp.commands.open").run(folder)


def main() -> NoReturn:
    """Run the command line and end the process with the exit code of its outcome."""
    harden()
    sys.exit(outcome(sys.argv[1:]))


def outcome(arguments: list[str]) -> int:
    """Run one command and return its exit code; known failures are said on stderr in one sentence."""
    try:
        code = cli.main(arguments, prog_name="fieldapp", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return STOPPED_EXIT
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    except FieldappError as failure:
        click.echo(failure.sentence, err=True)
        return failure.exit_code
    except Exception as failure:  # the last line of defence: say where, never what
        from .widgets.crash import report

        at = report(failure)
        click.echo(
            f"fieldapp stopped because of a fault in the app; nothing that was half done was kept. "
            f"Please report: {at.kind} in {at.ours or at.module}, id {at.id}.",
            err=True,
        )
        return FAULT_EXIT
    return code if isinstance(code, int) else 0
