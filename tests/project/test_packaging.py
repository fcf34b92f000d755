"""The unit and the image start what there is: their words are commands and options of this program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from fieldapp.cli import LazyGroup, cli

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```\n(.*?)^```", re.M | re.S)


def of_unit() -> list[str]:
    text = (ROOT / "packaging" / "fieldapp.service").read_text("utf-8")
    [line] = [one for one in text.splitlines() if one.startswith("ExecStart=")]
    return shlex.split(line.removeprefix("ExecStart="))


def of_image() -> list[str]:
    text = (ROOT / "packaging" / "Containerfile").read_text("utf-8")
    [line] = [one for one in text.splitlines() if one.startswith("ENTRYPOINT")]
    return re.findall(r'"([^"]+)"', line)


@pytest.mark.parametrize("words", [of_unit(), of_image()], ids=["unit", "image"])
def test_what_is_started_is_a_command_with_options_that_it_has(words: list[str]) -> None:
    assert Path(words[0]).name == "fieldapp"
    group = cli
    assert isinstance(group, LazyGroup)
    command = group.get_command(click.Context(cli), words[1])
    assert command is not None
    known = {option for one in command.params for option in one.opts}
    assert {word for word in words[2:] if word.startswith("--")} <= known


def test_the_unit_may_write_its_own_state_and_nothing_else() -> None:
    text = (ROOT / "packaging" / "fieldapp.service").read_text("utf-8")
    for line in (
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "StateDirectoryMode=0700",
        "UMask=0077",
        "LimitCORE=0",
    ):
        assert line in text.splitlines()
    assert "--folder /var/lib/fieldapp" in text


def test_the_page_on_operations_names_commands_that_there_are() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"fieldapp (serve|org|server|enrol|recovery)\b", text))
    assert named >= {"serve", "org", "server"}
    for route in re.findall(r"/v1/\w+", text):
        assert route in (ROOT / "src/fieldapp/server/app.py").read_text("utf-8")
