"""Canonical bytes: one value has one form, equal to RFC 8785, and no other form is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.canonical import MAX_DEPTH, NotCanonical, digest, dumps, loads
from tests.records.support import laws

CONTROLS = "".join(map(chr, range(0x20))) + "\x7f\x80\x85\x9f"
AWKWARD = CONTROLS + '"\\/<>&\u2028\u2029\u00e9\u0301\u20ac\ufb33\ufeff\uffff\ufdd0\U0001f600\U0010ffff'
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(AWKWARD), max_size=12)
KEYS = st.text(st.characters(max_codepoint=0x7F), max_size=6)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)  # fmt: skip


def nested(depth: int, inner: Any = 0) -> Any:
    """Return a value inside `depth` lists."""
    for _ in range(depth):
        inner = [inner]
    return inner


@laws(300)
@given(VALUES)
def test_the_bytes_equal_rfc_8785_and_are_read_back(value: Any) -> None:
    data = dumps(value)
    assert data == rfc8785.dumps(value)
    assert loads(data) == value
    assert dumps(loads(data)) == data


def test_every_character_is_escaped_as_rfc_8785_does() -> None:
    for point in [*range(0x300), *range(0x2000, 0x2070), *range(0xD7F0, 0xD800), *range(0xE000, 0xE010)]:
        assert dumps(chr(point)) == rfc8785.dumps(chr(point))
    for point in (0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF):
        assert dumps(chr(point)) == rfc8785.dumps(chr(point))
    for point in range(0x80):
        assert dumps({chr(point): 1}) == rfc8785.dumps({chr(point): 1})


def test_keys_are_sorted_and_a_tuple_is_a_list() -> None:
    assert dumps({"b": 1, "a": (1, 2), "B": None, "": True}) == b'{"":true,"B":null,"a":[1,2],"b":1}'


@pytest.mark.parametrize(
    "value",
    [
        1.0, 0.0, -0.0, float("nan"), float("inf"), 2**53, -(2**53), 2**64, "\ud800", "a\udfffb", ["\ud83d"],
        {"é": 1}, {"\ud800": 1}, {1: 1}, {None: 1}, b"bytes", {1, 2}, object(),
        {"a": [{"b": 1.5}]}, (2**53,), nested(MAX_DEPTH + 1), nested(100_000),
        type("Text", (str,), {})("a"), type("Number", (int,), {})(1),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        dumps(value)


def test_the_edges_are_allowed() -> None:
    assert loads(dumps([2**53 - 1, -(2**53) + 1, 0])) == [2**53 - 1, -(2**53) + 1, 0]
    assert loads(dumps(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    assert loads(dumps(nested(4), 4), 4) == nested(4)
    with pytest.raises(NotCanonical, match="deep"):
        loads(dumps(nested(5)), 4)


@pytest.mark.parametrize(
    "data",
    [
        b"", b" 1", b"1 ", b"1\n", b"[1, 2]", b'{"a": 1}', b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"b":1,"a":2}',
        b'"\\u0041"', b'"\\/"', b'"\\u000a"', b'"\\u001F"', b'"\\u00e9"', b'"\\ud83d\\ude00"', b'"\\ud800"',
        b'"\\u007f"', b"-0", b"+1", b"01", b"1.0", b"1e2", b"1E2", b"0.5", b"9007199254740992",
        b"1" + b"0" * 400, b"NaN", b"Infinity", b"nul", b"'a'", b'"\xff"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf1",
        b'{"\xc3\xa9":1}', b"[1,]", b"1 2", b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), b"[" * 100_000,
        b'"\n"', b"/**/1",
    ],
)  # fmt: skip
def test_bytes_in_any_other_form_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        loads(data)


@laws(200)
@given(VALUES, st.sampled_from([{"indent": 1}, {"separators": (", ", ":")}, {"ensure_ascii": True}]))
def test_other_spellings_of_the_same_value_are_refused(value: Any, style: dict[str, Any]) -> None:
    data = json.dumps(
        value, sort_keys=True, **{"separators": (",", ":"), "ensure_ascii": False, **style}
    ).encode()
    if data == dumps(value):
        assert loads(data) == value
    else:
        with pytest.raises(NotCanonical):
            loads(data)


@laws(300)
@given(st.binary(max_size=30) | TEXT.map(lambda text: text.encode()))
def test_whatever_is_read_is_canonical(data: bytes) -> None:
    try:
        value = loads(data)
    except NotCanonical:
        return
    assert rfc8785.dumps(value) == data


def test_a_refusal_never_quotes_the_value() -> None:
    for data in (b'{"a":"secret",}', b'["secret",1.5]', b' "secret"', b'"secret'):
        with pytest.raises(NotCanonical) as refusal:
            loads(data)
        assert "secret" not in str(refusal.value)


def test_the_name_of_an_entry_is_sha_256() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
