"""Passphrases and codes: asked for at the terminal or read from a file descriptor, never from arguments."""

from __future__ import annotations

import os
import sys

import click

from fieldapp.errors import UsageFailure

_LONGEST = 1024

PASSPHRASE_FD = click.option(
    "--passphrase-fd",
    type=click.IntRange(0),
    metavar="N",
    help="Read the passphrase from the first line of this open file descriptor.",
)


def line_from(descriptor: int) -> str:
    """Return the next line of an open descriptor, byte by byte, so that the rest stays for the next secret."""
    found = bytearray()
    try:
        while len(found) < _LONGEST and (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
            found += byte
        return bytes(found).rstrip(b"\r").decode()
    except OSError:
        raise UsageFailure(
            f"File descriptor {descriptor} is not open for reading; open it, as in `3<file`."
        ) from None
    except UnicodeDecodeError:
        raise UsageFailure("What came from the file descriptor is not UTF-8 text.") from None


def ask(question: str, descriptor: int | None) -> str:
    """Return one secret; typed blind at the terminal unless a descriptor gives it."""
    if descriptor is not None:
        secret = line_from(descriptor)
        if not secret:
            raise UsageFailure(f"File descriptor {descriptor} gave no {question.lower()}.")
        return secret
    if not sys.stdin.isatty():
        raise UsageFailure(
            f"There is no terminal to ask for the {question.lower()}; use --passphrase-fd (see `--help`)."
        )
    typed: str = click.prompt(question, hide_input=True, err=True)
    return typed


def choose(question: str, descriptor: int | None) -> str:
    """Return a new passphrase that is good enough: a suggested one, or one typed twice."""
    from fieldapp.crypto import passphrase

    if descriptor is not None or not sys.stdin.isatty():
        chosen = ask(question, descriptor)
        problems = passphrase.check(chosen)
        if problems:
            raise UsageFailure(problems[0])
        return chosen
    suggestion = passphrase.generate()
    click.echo(f"A strong {question.lower()}, made just now: {suggestion}", err=True)
    click.echo("Press Enter to take it (write it down first), or type your own.", err=True)
    while True:
        typed: str = click.prompt(question, hide_input=True, default="", show_default=False, err=True)
        if not typed:
            again: str = click.prompt("Type the suggested one to show you have it", hide_input=True, err=True)
            if again == suggestion:
                return suggestion
            click.echo("That is not the suggested one; try again.", err=True)
            continue
        problems = passphrase.check(typed)
        if problems:
            click.echo(problems[0], err=True)
            continue
        if click.prompt("Once more", hide_input=True, err=True) == typed:
            return typed
        click.echo("The two are not the same; try again.", err=True)
