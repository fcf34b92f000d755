"""A name in a text is found however it is written, and ordinary words are not taken for names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldapp.clinical.naming import ORDINARY, PARTICLES, bare, named_in, parts_of
from tests.records.support import laws

NAMES = ["Alvarez, Inés", "O'Brien-Smith, Mary Ann", "de la Cruz, Winnie", "Nguyễn, An", "山田, 太郎", "Ed"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Today Inés spoke first.", "Inés"),
        ("today ines spoke first", "ines"),
        ("INES spoke first", "INES"),
        ("the Alvarezs were quiet", "Alvarezs"),
        ("Alvarez's turn", "Alvarez"),
        ("Alvarez’s turn", "Alvarez"),
        ("we sat by obrien", "obrien"),
        ("we sat by O’Brien", "O’Brien"),
        ("Smith said no", "Smith"),
        ("a Smith-like answer", "Smith-like"),
        ("Winnie laughed", "Winnie"),
        ("cruz and others", "cruz"),
        ("nobody was cruel", ""),
        ("Cruz and others", "Cruz"),
        ("Nguyen agreed", "Nguyen"),
        ("太郎さんが話した", "太郎"),
        ("Ed was late", "Ed"),
        ("sent to the ED by car", ""),
        ("worked, wanted, needed", ""),
        ("the group was in la la land", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_names_in_texts(text: str, word: str) -> None:
    assert named_in(text, NAMES) == word


@pytest.mark.parametrize(
    ("name", "harmless", "named"),
    [
        ("Hope, Grace", "we spoke of hope and of grace", "Grace spoke of it"),
        ("Young, Will", "the young will come back", "Will came back"),
        ("May", "that may be", "May left early"),
    ],
)
def test_names_that_are_words_count_where_they_are_written_as_names(
    name: str, harmless: str, named: str
) -> None:
    assert named_in(harmless, [name]) == ""
    assert named_in(named, [name]) != ""


@pytest.mark.parametrize(
    ("name", "harmless", "named"),
    [
        ("Smith, Al", "fue al mercado", "Al went on"),
        ("Le, Anna", "le dijo que no", "Le went on"),
        ("del Toro, Van", "del grupo, in a van", "Van went on"),
        ("de la Cruz, Luz", "de la mano", "Cruz went on"),
    ],
)
def test_parts_of_names_that_are_particles_elsewhere(name: str, harmless: str, named: str) -> None:
    everyone = [name, "Longer, Somebody"]
    assert named_in(harmless, everyone) == ""
    assert named_in(named, everyone) != ""


def test_what_two_people_are_both_called_may_stand_in_the_text_of_either() -> None:
    assert named_in("Maria went on", ["Chen, Maria"], but=["Lopez, Maria"]) == ""
    assert named_in("Chen went on", ["Chen, Maria"], but=["Lopez, Maria"]) == "Chen"


LETTERS = st.text(
    st.characters(categories=["Lu", "Ll", "Lo"], exclude_characters="ªº"), min_size=3, max_size=9
).filter(lambda word: len(bare(word)) >= 3)
FILLING = st.lists(
    st.sampled_from(
        ["the", "and", "we", "spoke", "of", "a", "wave", "in", "room", "12", ",", ".", "!", "—", "(twice)"]
    ),
    max_size=6,
)


@given(
    LETTERS,
    LETTERS,
    FILLING,
    FILLING,
    st.sampled_from(["as is", "lower", "upper", "bare", "’s", "decomposed", "quoted"]),
)
@laws(400)
def test_every_part_of_every_name_is_found_anywhere_however_it_is_written(
    last: str, first: str, before: list[str], behind: list[str], way: str
) -> None:
    for part in (last, first):
        assume(bare(part) not in PARTICLES and bare(part) not in ORDINARY)
        written = {
            "as is": part, "lower": part.lower(), "upper": part.upper(), "bare": bare(part), "’s": f"{part}’s",
            "decomposed": unicodedata.normalize("NFD", part), "quoted": f"“{part}”",
        }[way]  # fmt: skip
        assume(bare(written.strip("“”").removesuffix("’s")) == bare(part))
        text = " ".join([*before, written, *behind])
        assert named_in(text, [f"{last}, {first}"]) != "", text


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
@laws(300)
def test_any_text_and_any_names_can_be_compared(text: str, names: list[str]) -> None:
    found = named_in(text, names)
    assert found == "" or bare(found)
    assert named_in(text, []) == ""


@given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=3))
@laws(200)
def test_nobody_is_a_stranger_to_their_own_text(text: str, names: list[str]) -> None:
    assert named_in(text, names, but=names) == ""
    assert parts_of(names) - parts_of(names) == frozenset()
