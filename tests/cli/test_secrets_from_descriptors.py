"""Secrets come from the terminal or an open descriptor, never from arguments or the environment."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import click
import pytest

from fieldapp import cli
from fieldapp.commands.secrets import ask, choose, line_from
from fieldapp.errors import UsageFailure


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(descriptor)


def test_each_secret_is_one_line_and_the_next_stays_in_the_pipe(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], "FA1-CODE\r\nträumende blaue Fähre\n".encode())
    assert line_from(pipe[0]) == "FA1-CODE"
    assert line_from(pipe[0]) == "träumende blaue Fähre"


def test_a_secret_without_a_line_end_is_read_whole(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"three green boats at anchor")
    os.close(pipe[1])
    assert ask("Passphrase", pipe[0]) == "three green boats at anchor"


def test_an_endless_line_is_cut(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"x" * 5000)
    assert len(line_from(pipe[0])) == 1024


def test_nothing_in_the_pipe_a_closed_descriptor_and_bad_text_are_said(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"\n\xff\xfe\n")
    with pytest.raises(UsageFailure, match="gave no passphrase"):
        ask("Passphrase", pipe[0])
    with pytest.raises(UsageFailure, match="not UTF-8"):
        line_from(pipe[0])
    os.close(pipe[0])
    with pytest.raises(UsageFailure, match="not open for reading"):
        line_from(pipe[0])


def test_without_a_terminal_nobody_waits_for_a_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageFailure, match="--passphrase-fd"):
        ask("Passphrase", None)


def test_a_weak_new_passphrase_is_refused_with_its_reason(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b"password\n")
    with pytest.raises(UsageFailure, match="at least 15"):
        choose("Passphrase", pipe[0])


def test_no_command_takes_a_secret_as_an_argument_or_from_the_environment() -> None:
    def check(command: click.Command) -> None:
        for parameter in command.params:
            assert parameter.envvar is None
            if isinstance(parameter, click.Option) and {"passphrase", "code", "pin"} & set(
                (parameter.name or "").split("_")
            ):
                assert (parameter.name or "").endswith("_fd") or command.name in (
                    "add-program",
                    "add-team",
                    "init",
                )
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                check(inner)

    check(cli.cli)
