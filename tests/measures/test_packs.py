"""Packs are taken whole and unchanged, or not at all, and bring words only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldapp.records.instruments import INSTRUMENTS
from fieldapp.records.instruments.scoring import score
from fieldapp.records.kinds import KINDS
from fieldapp.records.packs import PART_CHARS, BadPack, Part, load, part_of, read, split
from tests.forms.desk import ADA, PASSPHRASE, Desk
from tests.measures.packs import NONSENSE, content, put, text


def parts(value: str | None = None) -> list[Part]:
    return [part_of(values) for values in split(value or text())]


def long_text() -> str:
    padded = content()
    return text(permission_reference="x") + " " * (2 * PART_CHARS - len(str(padded)))


def test_a_pack_words_the_questions_and_leaves_the_scoring_alone() -> None:
    found, problems = load(parts())
    worded = found["cssrs_recent"].instrument
    assert problems == ()
    assert [item.text for item in worded.items] == [f"{NONSENSE} {n}?" for n in range(1, 8)]
    assert worded.licence == "Dummy words for tests. Free."
    plain = INSTRUMENTS["cssrs_recent"]
    assert (worded.triage, worded.bands, worded.version) == (plain.triage, plain.bands, plain.version)
    sheet = {"q1": 1, "q2": 1, "q3": 0, "q4": 1, "q5": 0, "q6": 0}
    assert score(worded, sheet) == score(plain, sheet)


def test_a_long_pack_comes_in_parts_in_any_order() -> None:
    pieces = parts(long_text())
    assert len(pieces) > 1
    assert all(len(piece.content) <= PART_CHARS for piece in pieces)
    assert "cssrs_recent" in load(reversed(pieces))[0]


def test_a_part_is_a_body_that_the_kind_takes() -> None:
    for values in split(long_text()):
        assert KINDS["pack_part"].check_body("save", {"set": values}) is None


@pytest.mark.parametrize("harm", ["missing", "changed", "two of one", "withdrawn"])
def test_a_pack_that_is_not_whole_is_not_loaded(harm: str) -> None:
    pieces = parts(long_text())
    first = pieces[0]
    given: dict[str, list[Part]] = {
        "missing": pieces[1:],
        "changed": [_with(first, content=first.content.replace("Dummy", "Dumby")), *pieces[1:]],
        "two of one": [*pieces, _with(first, content=first.content + " ")],
        "withdrawn": [_with(first, withdrawn=True), *pieces[1:]],
    }
    found, problems = load(given[harm])
    assert found == {}
    assert len(problems) == 1
    assert problems[0].startswith("dummy 2026-1: ")


def _with(part: Part, **changes: Any) -> Part:
    return replace(part, **changes)


@pytest.mark.parametrize(
    "broken",
    [
        "{", "[]", text(format=2), text(extra=1), text(instruments=[]), text(licence=""),
        text(permission_reference=""), text(attested={"by": "", "on": "2026-03-02"}),
        text(attested={"by": "Priya Nair", "on": "soon"}), text(licence="bell \u0007"),
        text(instruments=content()["instruments"] * 2),
        text(instruments=[{"instrument": "phq9", "items": {"q1": "Not these words"}}]),
        text(instruments=[{"instrument": "cssrs_recent", "items": {"q1": "Only one"}}]),
        text(instruments=[{"instrument": "cssrs_recent", "items": {}, "triage": []}]),
    ],
)  # fmt: skip
def test_a_pack_with_anything_odd_in_it_is_refused_without_repeating_its_words(broken: str) -> None:
    with pytest.raises(BadPack) as refusal:
        read(broken)
    assert not any(said in str(refusal.value) for said in (NONSENSE, "Dummy", "Only one", "Not these"))


def test_of_two_packs_with_the_same_instrument_the_later_counts() -> None:
    newer = parts(text(version="2027-1", licence="Newer dummy words."))
    assert load([*parts(), *newer])[0]["cssrs_recent"].instrument.licence == "Newer dummy words."


def test_without_a_pack_the_instrument_is_not_offered(desk_of: Callable[..., Desk]) -> None:
    laptop = desk_of().opened()
    laptop.unlock(PASSPHRASE)
    assert not {o.instrument.code for o in laptop.instruments(ADA)} & {"cssrs_recent", "cssrs_since", "asq"}


def test_with_a_pack_on_the_laptop_it_is_offered_in_the_packs_words(desk_of: Callable[..., Desk]) -> None:
    desk = desk_of()
    put(desk, split(text()))
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    offer = next(o for o in laptop.instruments(ADA) if o.instrument.code == "cssrs_recent")
    assert offer.instrument.items[0].text == f"{NONSENSE} 1?"
    assert offer.pack == split(text())[0]["sha256"]


def test_the_page_on_packs_shows_a_pack_that_loads() -> None:
    page = (Path(__file__).parents[2] / "docs" / "packs.md").read_text("utf-8")
    shown = page.split("```json\n", 1)[1].split("```", 1)[0]
    assert load(parts(shown))[1] == ()
