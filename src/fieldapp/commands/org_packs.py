"""`fieldapp org pack`, `codes` and their lists: what an agency loads beside what ships with the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fieldapp.records.packs import Content

FILE = click.argument("file", type=click.Path(path_type=Path))
APPLY = click.option("--apply", "apply_it", is_flag=True, help="Write what the dry run shows.")


@click.command("codes")
@FILE
@APPLY
@click.option("--all-lines", is_flag=True, help="Show every line, not only those to look at.")
@click.pass_context
def codes(ctx: click.Context, file: Path, apply_it: bool, all_lines: bool) -> None:
    """Read service codes of the agency from FILE (CSV or JSON): their rules by payer, credential and day.

    Without --apply it only says what it would add and change. Codes that the file does not name stay as they are.
    """
    from fieldapp.errors import InputFailure
    from fieldapp.laptop.imports.plan import report

    from .code_list import plan_file, write
    from .org import open_server

    with open_server(ctx) as server:
        plan = plan_file(server, file)
        for line in report(plan.lines, "code", all_lines=all_lines):
            click.echo(line)
        if plan.lines.good and not apply_it:
            click.echo("Nothing was written. Run it again with --apply to load the good lines.")
        elif plan.lines.good:
            version = write(server, plan)
            click.echo(f"Table {version} is loaded; laptops count by it after their next sync.")
    if plan.lines.rows and plan.lines.count("error") == len(plan.lines.rows):
        raise InputFailure("No line could be loaded; mend the file and try again.")


@click.command("pack")
@FILE
@APPLY
@click.pass_context
def pack(ctx: click.Context, file: Path, apply_it: bool) -> None:
    """Load a content pack from FILE: wording or codes that the agency may use under its own licence.

    Without --apply it only says what is in it and what would change.
    """
    from fieldapp.errors import InputFailure, UsageFailure
    from fieldapp.laptop.imports.codes import read_text
    from fieldapp.records.packs import BadPack, plain_text, read
    from fieldapp.server import packs

    from .org import open_server

    try:
        text = plain_text(read_text(file))
    except BadPack as wrong:
        raise InputFailure(f"The pack is not loaded: {wrong}") from None
    content = read(text)
    with open_server(ctx) as server:
        before = packs.in_force(server, content.pack)
        here = next(
            (
                one
                for one in packs.loaded(server)
                if (one.pack, one.version) == (content.pack, content.version)
            ),
            None,
        )
        for line in _about(content, before.content if before is not None else None):
            click.echo(line)
        if here is not None and here.content == content:
            click.echo(f"{content.pack} {content.version} is loaded already ({here.state}); nothing to do.")
        elif here is not None:
            raise UsageFailure(
                f"{content.pack} {content.version} was loaded with another text; give the correction a new version."
            )
        elif not apply_it:
            click.echo("Nothing was written. Run it again with --apply to load it.")
        else:
            count = packs.load_pack(server, text)
            click.echo(
                f"{content.pack} {content.version} is loaded ({count} part{'' if count == 1 else 's'}); "
                "laptops have it after their next sync."
            )


def _about(content: Content, before: Content | None) -> Iterator[str]:
    """Yield what is in a pack and what it changes; never the wording itself."""
    from fieldapp.laptop.imports.codes import differences

    yield f"{content.pack} {content.version} ({content.language}), attested by {content.attested.by} on {content.attested.on}"
    for words in content.instruments:
        yield f"words for {words.instrument}: {len(words.items)} questions"
    yield from differences(before.codes if before is not None else (), content.codes)
    if before is not None and before.version != content.version:
        yield f"It takes the place of version {before.version}."


@click.command("packs")
@click.pass_context
def packs(ctx: click.Context) -> None:
    """List the packs that were loaded, in their order, with their state."""
    from fieldapp.server.packs import loaded

    from .org import open_server

    with open_server(ctx) as server:
        found = loaded(server)
    for one in found:
        held = one.content
        inside = f", {len(held.instruments)} instruments, {len(held.codes)} codes" if held is not None else ""
        click.echo(f"{one.pack:16} {one.version:20} {one.state}{inside}")
    if not found:
        click.echo("No pack is loaded.")


@click.command("withdraw-pack")
@click.argument("pack_name", metavar="PACK")
@click.argument("version")
@click.pass_context
def withdraw(ctx: click.Context, pack_name: str, version: str) -> None:
    """Take VERSION of PACK out of use on every laptop; what was made with it stays as it is."""
    from fieldapp.server import packs as on_server

    from .org import open_server

    with open_server(ctx) as server:
        on_server.withdraw(server, pack_name, version)
    click.echo(f"{pack_name} {version} is withdrawn; laptops stop using it after their next sync.")
