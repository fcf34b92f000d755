"""Check 19: a group note for client A contains no other client's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldapp.clinical.naming import named_in, parts_of
from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records import group_rows
from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once
from tests.forms.desk import PASSPHRASE, Desk
from tests.groups.circle import MEMBERS, SUMMARY, begun, circle_of, opened, rows, signed

__all__ = ["circle_of", "desk_of", "still_cursors", "styles_are_read_once"]
Make = Callable[..., Desk]
SAID = {
    0: ["Alvarez, Inés"], 1: ["Brandt, Otto"], 2: ["Chen, Wei", "Chen, Winnie", "Winnie"], 3: ["Dube, Thandi"],
}  # fmt: skip
"""Everything that the first four are called, on paper and in the room."""
FIELDS = ("summary", "topic", "title", "homework", "module_title")


def refused(laptop: Laptop, draft: str) -> list[str]:
    """Try to sign; returns the sentences that stop it."""
    laptop.reauthenticate(PASSPHRASE)
    with pytest.raises(NotReady) as failure:
        laptop.submit(draft)
    return [problem.sentence for problem in failure.value.problems if problem.stops]


def everything_about(laptop: Laptop, client: str) -> str:
    """Return all that a client's chart says in any record, version and form."""
    found: list[Any] = []
    for line in laptop.timeline(client, 0, 50):
        read = laptop.record(line.record)
        found += [
            line.title,
            line.text,
            read.values,
            [(v.body, v.reason, v.overrides) for v in read.versions],
        ]
    return str(found)


def test_check_19_each_persons_records_hold_nobody_elses_name(circle_of: Make) -> None:
    laptop = opened(circle_of(4))
    record = signed(laptop, rows(["present", "late", "present", "no_show"]))
    for number in SAID:
        others = [name for other, names in SAID.items() if other != number for name in names]
        text = everything_about(laptop, MEMBERS[number])
        assert "Riding out a wave" in text or number == 3
        assert named_in(text, others) == ""
        assert not any(MEMBERS[other] in text for other in SAID if other != number)
    everyone = [name for names in SAID.values() for name in names]
    assert named_in(str(laptop.record(record).values), everyone) == ""


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("word", ["Otto", "brandt", "Winnie", "WEI", "Ines", "Thandi's"])
def test_check_19_a_name_in_what_all_share_is_refused_with_the_word(
    circle_of: Make, field: str, word: str
) -> None:
    laptop = opened(circle_of(4))
    text = f"{SUMMARY} {word} began."
    draft = begun(laptop, rows(["present", "no_show", "excused", "present"]), **{field: text[-250:]})
    said = refused(laptop, draft)
    assert said == [
        f"“{word.removesuffix(chr(39) + 's')}” is the name of somebody in the group: write it without, "
        "this stands in others' records."
    ]
    assert laptop.sync_status().pending == 0


@pytest.mark.parametrize("field", ["response", "detail", "no_goal_reason"])
def test_check_19_a_name_of_another_in_somebodys_own_words_is_refused(circle_of: Make, field: str) -> None:
    laptop = opened(circle_of(4))
    grid = rows(["present"] * 4)
    grid[MEMBERS[0]] |= {
        "risk": "present",
        "level": "low",
        field: "Sat beside winnie and kept quiet all the time.",
    }
    assert refused(laptop, begun(laptop, grid)) == [
        "“winnie” is the name of another in the group: it may not stand in Alvarez, Inés's note."
    ]


def test_check_19_ones_own_name_may_stand_in_ones_own_words(circle_of: Make) -> None:
    laptop = opened(circle_of(2))
    grid = rows(["present", "present"])
    grid[MEMBERS[0]]["response"] = "Inés said that this was the first week she had slept."
    assert signed(laptop, grid)


def test_check_19_a_later_correction_is_held_to_it_too(circle_of: Make) -> None:
    laptop = opened(circle_of(3))
    record = signed(laptop, rows(["present", "present", "no_show"]))
    for kind, name, path in (
        ("note", group_rows.note_of(record, MEMBERS[0]), "sections"),
        ("contact", group_rows.contact_of(record, MEMBERS[0]), "remark"),
    ):
        draft = laptop.start(kind, None, name)
        text = "Winnie was not there, and that was spoken of."
        said = (
            {"sections": draft.values.get("sections", {}) | {"response": text}}
            if path == "sections"
            else {path: text}
        )
        laptop.save_draft(draft.id, dict(draft.values) | said)
        stops = [problem.sentence for problem in laptop.problems(draft.id) if problem.stops]
        assert stops == [
            "“Winnie” is the name of somebody in the group: write it without, this stands in others' records."
        ]
    session = laptop.start("group_session", None, record)
    laptop.save_draft(session.id, dict(session.values) | {"summary": f"{SUMMARY} Otto closed the round."})
    assert [p.field for p in laptop.problems(session.id) if p.stops] == ["summary"]


WORD = st.text(st.characters(categories=["Lu", "Ll"]), min_size=4, max_size=10)


@pytest.fixture(scope="module")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One laptop for all examples: they only look at what stands against a draft."""
    from tests.groups.circle import settle

    desk = settle(Desk(tmp_path_factory.mktemp("circle") / "data"), 4)
    laptop = opened(desk)
    yield laptop
    desk.close()


@given(
    st.sampled_from(sorted(parts_of(name for names in SAID.values() for name in names))),
    WORD, WORD, st.sampled_from(FIELDS), st.booleans(),
)  # fmt: skip
@settings(max_examples=60, derandomize=True, database=None, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])  # fmt: skip
def test_check_19_by_property_no_part_of_a_name_gets_into_anothers_record(
    circle: Laptop, part: str, before: str, behind: str, field: str, capital: bool
) -> None:
    """Whatever can be signed holds no name: a text with one is stopped, and what is written has none."""
    word = part.capitalize() if capital else part
    draft = begun(circle, rows(["present"] * 4), **{field: f"{SUMMARY[:60]} {before} {word} {behind}"})
    stops = [problem for problem in circle.problems(draft) if problem.stops]
    assert field in {problem.field for problem in stops}
    doc = dict(circle.draft(draft).values) | {field: SUMMARY}
    everyone = {MEMBERS[number]: names for number, names in SAID.items()}
    for _, _, client, values in group_rows.written(doc, circle.draft(draft).record):
        others = [name for other, names in everyone.items() if other != client for name in names]
        assert named_in(str(values), others) == ""
    circle.discard_draft(draft)
