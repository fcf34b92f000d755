"""Who is here already: the same birth date and a similar name, or the same number; nobody by chance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.lookalikes import Person, likeness, lookalikes

ADA = Person("ada", ("okafor, ada", "okafor ada"), "1984-03-09", ("d-0077",), ("425-555-0100",))
WORDS = st.text("abcdefgh", min_size=3, max_size=9)


def found(**changed: object) -> list[str]:
    """Return why somebody new is like Ada."""
    values = {"client": "new", "names": ("kerr, bo",), "dob": "", "numbers": (), "phones": ()} | changed
    return [one.why for one in lookalikes(Person(**values), [ADA])]  # type: ignore[arg-type]


def test_what_makes_two_people_alike() -> None:
    assert found(names=("okafer, ada",), dob="1984-03-09") == ["same birth date, similar name"]
    assert found(names=("ada okafor",), dob="1984-03-09") == ["same birth date, similar name"]
    assert found(numbers=("d 0077",)) == ["same number"]
    assert found(names=("okafor, adah",), dob="1990-01-01", phones=("(425) 555-0100",)) == [
        "same phone, similar name"
    ]
    assert found(names=("okafor, ada",)) == ["similar name, no birth date"]


def test_what_does_not() -> None:
    assert not found(dob="1984-03-09")
    assert not found(names=("okafor, ada",), dob="1990-01-01")
    assert not found(phones=("425-555-0100",))
    assert not found(numbers=("-",), phones=("",))


@given(st.permutations(["rivera", "anna", "maria"]))
def test_the_order_of_a_names_parts_does_not_matter(parts: list[str]) -> None:
    assert likeness(" ".join(parts), "rivera, anna-maria") == 100.0


@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from(("", "1980-01-01")))
def test_at_most_five_the_likeliest_first_and_never_oneself(names: list[str], dob: str) -> None:
    known = [Person(str(n), (name,), "1980-01-01") for n, name in enumerate(names)]
    new = Person("0", (names[0],), dob)
    alike = lookalikes(new, known)
    assert len(alike) <= 5
    assert [one.score for one in alike] == sorted((one.score for one in alike), reverse=True)
    assert "0" not in [one.client for one in alike]
