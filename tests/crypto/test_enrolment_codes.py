"""Enrolment codes as people type them, and the MACs they make (tests 19-21 as far as the code goes)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.crypto import enrolment
from fieldapp.crypto.enrolment import BadCode, Code

ORG = bytes(range(32))
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.binary(min_size=10, max_size=10).map(
    lambda secret: Code(secret, hashlib.sha256(ORG).digest()[:10])
)


def same(one: Code, other: Code) -> bool:
    return one.text == other.text and one.mac_key == other.mac_key


@given(codes)
def test_a_code_has_37_characters_in_groups_and_comes_back(code: Code) -> None:
    assert code.text.startswith("FA1-")
    assert [len(group) for group in code.text.split("-")] == [3, *[4] * 8, 2]
    assert set(code.text) <= set(ALPHABET + "-")
    assert same(Code.parse(code.text), code)


@given(
    code=codes,
    noise=st.lists(st.sampled_from([" ", "-", "  ", "\t", "\n", "–", ""]), min_size=37, max_size=37),
)
def test_case_spaces_and_dashes_do_not_matter(code: Code, noise: list[str]) -> None:
    letters = code.text.replace("-", "")
    typed = "".join(letter + gap for letter, gap in zip(letters.lower(), noise, strict=True))
    assert same(Code.parse(typed), code)
    assert same(Code.parse(letters[3:]), code)


@given(code=codes, zero=st.sampled_from("oO0"), one=st.sampled_from("iIlL1"))
def test_letters_that_look_like_digits_are_read_as_digits(code: Code, zero: str, one: str) -> None:
    assert same(Code.parse(code.text.replace("0", zero).replace("1", one)), code)


def test_full_width_letters_are_read() -> None:
    code = Code.generate(ORG)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code.text)
    assert same(Code.parse(wide), code)


def test_every_single_wrong_character_and_every_swap_is_found() -> None:
    code = Code(bytes(range(10, 20)), hashlib.sha256(ORG).digest()[:10])
    letters = code.text.replace("-", "")[3:]
    for at, right in enumerate(letters):
        for wrong in ALPHABET:
            if wrong != right:
                with pytest.raises(BadCode, match="mistyped"):
                    Code.parse(letters[:at] + wrong + letters[at + 1 :])
    for at in range(31):
        swapped = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        if swapped != letters:
            with pytest.raises(BadCode, match="mistyped"):
                Code.parse(swapped)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text[:-1], "34 more"),
        (lambda text: text + "0", "34 more"),
        (lambda text: "", "34 more"),
        (lambda text: "FA1", "34 more"),
        (lambda text: text[4:].replace("-", "")[:-1] + "U", "Character 34 after FA1"),
        (lambda text: text[:-1] + "é", "cannot occur"),
        (lambda text: "FA2" + text[3:], "34 more"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_the_code(
    change: Callable[[str], str], sentence: str
) -> None:
    code = Code.generate(ORG)
    with pytest.raises(BadCode, match=sentence) as bad:
        Code.parse(change(code.text))
    assert not any(group in str(bad.value) for group in code.text.split("-")[1:-1])


@given(st.text(max_size=60))
def test_any_text_is_refused_calmly(typed: str) -> None:
    with pytest.raises(BadCode):
        Code.parse(typed)


def test_a_code_names_its_organisation() -> None:
    code = Code.parse(Code.generate(ORG).text)
    assert code.names(ORG)
    assert not code.names(bytes(32))
    digits = "".join(code.text.split("-")[1:])[16:32]
    number = 0
    for letter in digits:
        number = number << 5 | ALPHABET.index(letter)
    assert number.to_bytes(10, "big") == hashlib.sha256(ORG).digest()[:10]


def test_the_secret_is_random_and_stays_inside() -> None:
    first, second = Code.generate(ORG), Code.generate(ORG)
    assert first.text != second.text
    assert first.code_id != second.code_id
    assert first.mac_key != second.mac_key
    assert (len(first.code_id), len(first.mac_key)) == (32, 32)
    assert first.mac_key[:16].hex() != first.code_id
    assert repr(first) == "Code(hidden)"


def test_a_mac_counts_for_its_key_direction_and_transcript_only() -> None:
    key, other = Code.generate(ORG).mac_key, Code.generate(ORG).mac_key
    mac = enrolment.transcript_mac(key, "laptop", b"public keys")
    assert mac == hmac.digest(key, b"fieldapp-enrol-v1\0laptop\0public keys", "sha256")
    assert enrolment.transcript_ok(key, "laptop", b"public keys", mac)
    assert not enrolment.transcript_ok(other, "laptop", b"public keys", mac)
    assert not enrolment.transcript_ok(key, "server", b"public keys", mac)
    assert not enrolment.transcript_ok(key, "laptop", b"the attacker's keys", mac)
    assert not enrolment.transcript_ok(key, "laptop", b"public keys", mac[:31])
    assert not enrolment.transcript_ok(key, "laptop", b"public keys", b"")
    with pytest.raises(ValueError, match="direction"):
        enrolment.transcript_mac(key, "both", b"")  # type: ignore[arg-type]
