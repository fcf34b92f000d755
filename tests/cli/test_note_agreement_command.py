"""An agency says by command how its notes begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp import cli
from fieldapp.crypto.vault import KdfParams, Policy
from fieldapp.server.org import init_org
from fieldapp.server.service import Server

CHEAP = KdfParams(m_kib=1024, t=1, p=1)


def test_formats_prompts_and_snippets_are_set_from_a_file_and_a_wrong_file_sets_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "server", tmp_path / "notes.toml"
    init_org(folder, "Harbor Agency", kdf=CHEAP, policy=Policy(min_m_kib=1024, min_t=1, wanted=CHEAP))

    def run(text: str, program: str = "community-iop") -> int:
        file.write_text(text, "utf-8")
        return cli.outcome(["org", "--folder", str(folder), "set-notes", program, str(file)])

    def program() -> dict[str, object]:
        with Server(folder) as server, server.database.reading() as rx:
            (values,) = server.roster(rx).values["program"].values()
            return dict(values)

    assert run('[formats]\nother = "BIRP"\n[prompts.BIRP]\nbehavior = "What she did"\n') == 0
    assert "after their next sync" in capsys.readouterr().out
    assert program()["note_formats"] == {"other": "BIRP"}
    assert program()["note_prompts"] == {"BIRP": [{"name": "behavior", "label": "What she did"}]}
    assert run('[formats]\nother = "BURP"\n') == 2
    assert "formats.other" in capsys.readouterr().err
    assert run("[formats]\n", "nowhere") == 2
    assert program()["note_formats"] == {"other": "BIRP"}
    assert run("") == 0
    assert not program().get("note_formats")
