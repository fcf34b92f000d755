"""An agency says by command which groups it holds, and where its limits are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp import cli
from fieldapp.commands.group_curriculum import read_curriculum
from fieldapp.crypto.vault import KdfParams, Policy
from fieldapp.errors import UsageFailure
from fieldapp.records.group_tables import next_module, plans_of
from fieldapp.server.org import init_org
from fieldapp.server.service import Server
from tests.records.support import laws

CHEAP = KdfParams(m_kib=1024, t=1, p=1)
FILE = """
[[groups]]
code = "skills"
title = "DBT skills"
days = ["mon", "wed"]
start = "9:00"
minutes = 50
modality = "in_person"
setting = "office"

[[groups.modules]]
code = "distress"
title = "Distress tolerance"
topic = "Riding out a wave"
homework = "Practise twice"
methods = ["dbt"]

[[groups.modules]]
code = "emotion"
title = "Emotion regulation"

[[groups]]
code = "yoga"
title = "Gentle yoga"
type = "psychoeducation"
experiential = "yoga"
"""


def test_groups_and_limits_are_set_and_a_wrong_file_sets_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "server", tmp_path / "groups.toml"
    init_org(folder, "Harbor Agency", kdf=CHEAP, policy=Policy(min_m_kib=1024, min_t=1, wanted=CHEAP))

    def run(*words: str) -> int:
        return cli.outcome(["org", "--folder", str(folder), *words])

    def given_file(text: str) -> int:
        file.write_text(text, "utf-8")
        return run("set-groups", "community-iop", str(file))

    def program() -> dict[str, Any]:
        with Server(folder) as server, server.database.reading() as rx:
            (values,) = server.roster(rx).values["program"].values()
            return dict(values)

    assert given_file(FILE) == 0
    assert "has 2 groups" in capsys.readouterr().out
    skills, yoga = plans_of(program()["groups"])
    assert (skills.start, skills.minutes, skills.days) == ("09:00", 50, ["mon", "wed"])
    assert (yoga.contact_type, yoga.experiential) == ("psychoeducation", "yoga")
    assert given_file(FILE.replace('"mon"', '"monday"')) == 2
    assert "groups, block 1: days: 'monday' is not known" in capsys.readouterr().err
    assert len(program()["groups"]) == 2
    assert run("set-program", "community-iop", "--set", "group_max", "10", "--set", "note_limit_h", "48") == 0
    assert program()["settings"] == {"group_max": 10, "note_limit_h": 48}
    assert run("set-program", "community-iop", "--set", "group_max", "-") == 0
    assert program()["settings"] == {"note_limit_h": 48}
    assert run("set-program", "community-iop", "--set", "group_most", "10") == 2
    assert run("set-program", "community-iop", "--set", "group_max", "many") == 2
    assert given_file("") == 0
    assert not program().get("groups")


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('code = "skills"', 'code = "Skills!"', "block 1: give a code"),
        ('code = "yoga"', 'code = "skills"', "the code skills stands twice"),
        ('code = "emotion"', 'code = "distress"', "the code distress stands twice"),
        ('title = "Gentle yoga"', "", "block 2: title"),
        ("minutes = 50", "minutes = true", "minutes is a whole number"),
        ('start = "9:00"', 'start = "25:00"', "start is a time in quotes"),
        ('methods = ["dbt"]', 'methods = ["magic"]', "module 1: methods"),
        ('experiential = "yoga"', 'experiental = "yoga"', "experiental is not known"),
        ('type = "psychoeducation"', 'type = "crisis_response"', "block 2: type"),
        ("[[groups]]", "[[group]]", "only [[groups]]"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(before: str, after: str, named: str) -> None:
    with pytest.raises(UsageFailure) as refused:
        read_curriculum(FILE.replace(before, after))
    assert named in refused.value.sentence


@given(st.integers(1, 9), st.integers(0, 30))
@laws(60)
def test_modules_follow_each_other_and_begin_again(count: int, held: int) -> None:
    raw = [
        {"code": "g", "title": "G", "modules": [{"code": f"m{n}", "title": f"M {n}"} for n in range(count)]}
    ]
    (plan,) = plans_of(raw)
    last = ""
    for number in range(held):
        module = next_module(plan, last)
        assert module is not None
        assert module.code == f"m{number % count}"
        last = module.code


def test_a_group_that_another_version_wrote_differently_is_left_out() -> None:
    assert [plan.code for plan in plans_of([{"code": "a", "title": "A"}, {"code": 3}, "x"])] == ["a"]
    assert plans_of(None) == ()
