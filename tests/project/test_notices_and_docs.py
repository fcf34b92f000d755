"""What the documents promise: every dependency has its licence, every exit code and command its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from fieldapp import cli, errors

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_package_that_users_install_is_in_the_notices() -> None:
    names = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", read("requirements.txt"), re.M))
    listed = set(re.findall(r"^\| ([a-z0-9][a-z0-9._-]*) \| \S", read("THIRD-PARTY-NOTICES.md"), re.M))
    assert names
    assert names - listed == set()
    assert listed - names == set()


def test_the_notice_of_sqlcipher_stands_in_full() -> None:
    text = read("THIRD-PARTY-NOTICES.md")
    for part in (
        "ZETETIC LLC",
        "Redistributions in binary form",
        "Neither the name",
        "POSSIBILITY OF SUCH DAMAGE",
    ):
        assert part in text


def test_the_licence_is_apache_2_as_a_whole() -> None:
    text = read("LICENSE")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"
    assert set(project["license-files"]) == {"LICENSE", "THIRD-PARTY-NOTICES.md"}


def failures() -> dict[str, int]:
    return {
        name: kind.exit_code
        for name, kind in vars(errors).items()
        if isinstance(kind, type)
        and issubclass(kind, errors.FieldappError)
        and kind is not errors.FieldappError
    }


def test_exit_codes_in_the_docs_are_those_of_the_code() -> None:
    table = dict(re.findall(r"^\| (\d+) \| `?(\w+)`? \|", read("docs/cli.md"), re.M))
    stated = {name: int(code) for code, name in table.items()}
    expected = failures() | {"fault": cli.FAULT_EXIT, "stopped": cli.STOPPED_EXIT}
    assert {name: code for name, code in stated.items() if name not in ("ok", "FieldappError")} == expected


def test_no_two_kinds_of_failure_share_an_exit_code() -> None:
    codes = [*failures().values(), cli.FAULT_EXIT, cli.STOPPED_EXIT, errors.FieldappError.exit_code, 0]
    assert len(codes) == len(set(codes))


def commands(group: click.Group, before: str = "fieldapp") -> list[str]:
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        path = f"{before} {name}"
        if isinstance(command, click.Group):
            found += commands(command, path)
        else:
            found.append(path)
    return found


@pytest.mark.parametrize("command", commands(cli.cli))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in read("docs/cli.md")


def test_every_option_that_the_docs_and_readme_show_exists() -> None:
    known = {"--help", "--version"}

    def collect(command: click.Command) -> None:
        for parameter in command.params:
            known.update(parameter.opts)
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None:
                    collect(inner)

    collect(cli.cli)
    shown = set()
    for name in ("README.md", "docs/cli.md"):
        for line in read(name).splitlines():
            if "fieldapp" in line or name == "docs/cli.md":
                shown |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", line))
    assert shown - known == set()
