"""Every failure of the command line is one sentence, one exit code, and never a client's data."""

from __future__ import annotations

import re

import click
import pytest

from fieldapp import cli, errors


def run_raising(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    @click.command("demo")
    def broken() -> None:
        raise failure

    def only(self: click.Group, ctx: click.Context, name: str) -> click.Command:
        return broken

    monkeypatch.setattr(cli.LazyGroup, "get_command", only)
    return cli.outcome(["demo"])


@pytest.mark.parametrize(
    "kind", [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.FieldappError)]
)
def test_a_known_failure_is_its_sentence_on_stderr_and_its_code(
    kind: type[errors.FieldappError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_raising(kind("Do this and that."), monkeypatch)
    shown = capsys.readouterr()
    assert (code, shown.out, shown.err) == (kind.exit_code, "", "Do this and that.\n")


def test_a_fault_says_where_with_a_random_id_and_never_what_it_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "Koepp, Abdul: seven purple herons"
    assert run_raising(ValueError(secret), monkeypatch) == cli.FAULT_EXIT
    first = capsys.readouterr().err
    run_raising(ValueError(secret), monkeypatch)
    second = capsys.readouterr().err
    assert "Koepp" not in first
    assert "herons" not in first
    assert "Traceback" not in first
    assert "ValueError" in first
    ids = [re.findall(r"id ([0-9a-f]{8})", text) for text in (first, second)]
    assert ids[0] != ids[1]


def test_ctrl_c_is_stopped_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_raising(KeyboardInterrupt(), monkeypatch) == cli.STOPPED_EXIT
    assert capsys.readouterr().err.strip() == "Stopped."


@pytest.mark.parametrize("arguments", [["nonsense"], ["demo", "--as", "nobody"], ["org", "add-team", "x"]])
def test_a_wrong_command_line_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.outcome(arguments) == 2
    assert "Usage:" in capsys.readouterr().err


def test_help_lists_every_subcommand_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.outcome(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for name, (_, line) in cli.SUBCOMMANDS.items():
        assert f"{name} {line}" in shown


def test_the_one_line_help_is_that_of_the_command_itself() -> None:
    context = click.Context(cli.cli)
    for name in cli.SUBCOMMANDS:
        command = cli.cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help
