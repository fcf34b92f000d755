"""One line on stderr that says how far a long command is."""

from __future__ import annotations

import sys
from types import TracebackType

import click


class ProgressLine:
    """Shows what is being done and the share of it; without a terminal only what begins."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._what = ""
        self._shown = ""

    def show(self, what: str, done: int, of: int) -> None:
        """Say how much of what is done."""
        if not self._live:
            if what != self._what:
                click.echo(f"{what}…", err=True)
        else:
            text = f"{what}: {100 * done // max(of, 1)} %"
            if text != self._shown:
                click.echo(f"\r{text:<60}", err=True, nl=False)
                self._shown = text
        self._what = what

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._shown:
            click.echo("", err=True)
