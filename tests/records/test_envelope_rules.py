"""Envelopes: what is read is exactly what was signed, and everything else is refused without a quote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records.canonical import NotCanonical, digest, dumps, loads
from fieldapp.records.envelope import (
    ANNOTATIONS,
    MAX_ENTRY_BYTES,
    MAX_ENTRY_DEPTH,
    MAX_PREV,
    MEANINGS,
    SENSITIVITIES,
    Author,
    BadEnvelope,
    Clock,
    Entry,
    Envelope,
    instant,
    instant_ms,
    read_envelope,
)
from tests.records.support import ORG, Maker, laws, uid

SECRET = "Zq-secret-Zq"
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
IDS = st.integers(0, 2**60).map(uid)
TIMES = st.integers(-62_135_596_800_000, 253_402_300_799_999)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Return any envelope that the protocol allows."""
    meaning = draw(st.sampled_from(sorted(MEANINGS)))
    annotation = meaning in ANNOTATIONS
    return Envelope(
        org=draw(HASHES), id=draw(IDS), kind=draw(st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)),
        author=Author(
            draw(IDS), draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)),
            draw(st.sampled_from(["", "LMHC"])), "clinician",
        ),
        device=draw(IDS), series=draw(IDS), counter=draw(st.integers(1, 2**53 - 1)),
        at=instant(draw(st.integers(-30_000_000_000_000, 200_000_000_000_000))), tz="America/Los_Angeles",
        clock=Clock(draw(st.integers(-(10**12), 10**12)), draw(st.none() | TIMES.map(instant))),
        meaning=meaning,
        prev=() if annotation else tuple(sorted(draw(st.sets(HASHES, max_size=4)))),
        body=draw(st.dictionaries(st.sampled_from(["set", "doc"]), st.integers(0, 9) | st.text("ab"))),
        client=draw(st.none() | IDS), about=draw(HASHES) if annotation else None,
        sensitivity=draw(st.sampled_from(sorted(SENSITIVITIES))),
    )  # fmt: skip


@laws(200)
@given(envelopes())
def test_what_is_read_is_what_was_written(envelope: Envelope) -> None:
    entry = Entry.made(envelope, b"signature")
    again = Entry.parse(entry.data, b"signature")
    assert again == entry
    assert again.envelope == envelope
    assert again.hash == digest(entry.data)
    assert dumps(again.envelope.to_data()) == entry.data


@laws(200)
@given(TIMES)
def test_an_instant_is_read_back_to_the_millisecond(ms: int) -> None:
    assert instant_ms(instant(ms)) == ms
    assert len(instant(ms)) == 24


def test_instants_are_written_in_one_way() -> None:
    assert instant(0) == "1970-01-01T00:00:00.000Z"
    assert instant(-1) == "1969-12-31T23:59:59.999Z"
    assert instant(-62_135_596_800_000) == "0001-01-01T00:00:00.000Z"
    assert instant(253_402_300_799_999) == "9999-12-31T23:59:59.999Z"


def good() -> dict[str, Any]:
    """Return the data of a good writing entry."""
    make = Maker()
    base = make.write((), {"title": "a"})
    data: dict[str, Any] = loads(make.write([base], {"title": "b"}).data)
    return data


def annotation() -> dict[str, Any]:
    """Return the data of a good annotation."""
    make = Maker()
    data: dict[str, Any] = loads(make.about(make.write((), {"title": "a"}), "error").data)
    return data


def assert_refused(data: dict[str, Any]) -> None:
    """Insist on BadEnvelope, or on NotCanonical for what is not even canonical; never a quote."""
    with pytest.raises((BadEnvelope, NotCanonical)) as refusal:
        Entry.parse(dumps(data), b"")
    assert SECRET not in str(refusal.value)
    assert str(refusal.value)
    with pytest.raises(BadEnvelope) as direct:
        read_envelope(data)
    assert SECRET not in str(direct.value)


def test_the_good_ones_are_good() -> None:
    for data in (good(), annotation()):
        assert Entry.parse(dumps(data), b"").envelope.to_data() == data


@pytest.mark.parametrize("name", sorted(set(good()) - {"client"}))
def test_a_missing_field_is_refused(name: str) -> None:
    data = good()
    del data[name]
    assert_refused(data)


@pytest.mark.parametrize(
    "name", ["hash", "signature", "feed", "status", "revision", "sync", "Id", SECRET, ""]
)  # fmt: skip
def test_an_unknown_field_is_refused(name: str) -> None:
    assert_refused({**good(), name: 1})


@pytest.mark.parametrize("inside", ["author", "clock"])
def test_missing_and_unknown_fields_inside_are_refused(inside: str) -> None:
    for name in good()[inside]:
        data = good()
        del data[inside][name]
        assert_refused(data)
    data = good()
    data[inside][SECRET] = 1
    assert_refused(data)


MISTYPED: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53 - 1,
    "",
    SECRET,
    [],
    [SECRET],
    [[]],
    {},
    {SECRET: 1},
]
RIGHT: dict[str, Callable[[Any], bool]] = {
    "schema": lambda v: v is not True and v == 1,
    "counter": lambda v: type(v) is int and v > 0,
    "tz": lambda v: isinstance(v, str) and v != "",
    "prev": lambda v: v == [],
    "body": lambda v: isinstance(v, dict),
    "author.name": lambda v: isinstance(v, str) and v != "",
    "author.credential": lambda v: isinstance(v, str),
    "clock.offset_ms": lambda v: type(v) is int and abs(v) < 10**13,
    "clock.last_reached": lambda v: v is None,
}


@pytest.mark.parametrize("value", MISTYPED, ids=repr)
@pytest.mark.parametrize(
    "path",
    [*sorted(good()), "author.id", "author.name", "author.credential", "author.role", "clock.offset_ms",
     "clock.last_reached", "about"],
)  # fmt: skip
def test_a_mistyped_field_is_refused_whatever_its_type(path: str, value: Any) -> None:
    data = annotation() if path == "about" else good()
    *outer, name = path.split(".")
    target = data[outer[0]] if outer else data
    target[name] = value
    if RIGHT.get(path, lambda _: False)(value):
        Entry.parse(dumps(data), b"")
    else:
        assert_refused(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", 2), ("counter", 0), ("id", uid(10).upper()), ("id", "{" + uid(1) + "}"), ("org", "A" * 64),
        ("org", "0" * 63), ("id", "00000000-0000-0000-0000-000000000000"), ("kind", "Client"), ("kind", "a" * 41),
        ("kind", "client\n"), ("kind", "1a"), ("meaning", "delete"), ("sensitivity", "secret"), ("tz", "x" * 65),
        ("at", "2026-01-01T00:00:00Z"), ("at", "2026-01-01T00:00:00.000+00:00"), ("at", "2026-02-30T00:00:00.000Z"),
        ("at", "2026-01-01T24:00:00.000Z"), ("at", "2026-01-01 00:00:00.000Z"), ("at", "0000-01-01T00:00:00.000Z"),
        ("at", "2026-01-01T00:00:00.000Z\n"), ("at", "２０２６-01-01T00:00:00.000Z"),
        ("at", "2026-01-01T00:00:00.00٣Z"),
        ("clock.last_reached", "9999-99-99T99:99:99.999Z"), ("clock.last_reached", "２０２６-01-01T00:00:00.000Z"),
        ("clock.offset_ms", 10**13), ("author.name", "x" * 201), ("author.credential", "x" * 81),
        ("author.role", "Clinician"), ("client", None), ("client", "me"),
    ],
)  # fmt: skip
def test_a_value_out_of_form_is_refused(path: str, value: Any) -> None:
    data = good()
    *outer, name = path.split(".")
    (data[outer[0]] if outer else data)[name] = value
    assert_refused(data)


def test_a_clock_that_carries_the_time_out_of_the_calendar_is_refused() -> None:
    for at, offset in (("9999-12-31T23:59:59.999Z", 1), ("0001-01-01T00:00:00.000Z", -1)):
        data = good()
        data["at"], data["clock"]["offset_ms"] = at, offset
        assert_refused(data)
        data["clock"]["offset_ms"] = 0
        assert instant(Entry.parse(dumps(data), b"").envelope.effective_ms) == at


def test_effective_time_is_device_time_plus_offset() -> None:
    data = good()
    data["clock"]["offset_ms"] = -90_000
    envelope = read_envelope(data)
    assert envelope.effective_ms == instant_ms(envelope.at) - 90_000


@pytest.mark.parametrize("meaning", sorted(ANNOTATIONS))
def test_an_annotation_names_one_hash_and_follows_nothing(meaning: str) -> None:
    data = {**annotation(), "meaning": meaning}
    assert read_envelope(data).is_annotation
    assert_refused({**data, "prev": ["0" * 64]})
    assert_refused({**data, "about": SECRET})
    assert_refused({**data, "about": None})
    assert_refused({name: value for name, value in data.items() if name != "about"})


@pytest.mark.parametrize("meaning", sorted(MEANINGS - ANNOTATIONS))
def test_what_writes_has_no_about(meaning: str) -> None:
    data = {**good(), "meaning": meaning}
    assert not read_envelope(data).is_annotation
    assert_refused({**data, "about": "0" * 64})
    assert_refused({**data, "about": None})


def test_prev_is_sorted_unique_and_bounded() -> None:
    one, two = "1" * 64, "2" * 64
    assert read_envelope({**good(), "prev": [one, two]}).prev == (one, two)
    for bad in ([two, one], [one, one], ["A" * 64], [one + "0"], [one, SECRET], [one[:-1]]):
        assert_refused({**good(), "prev": bad})
    many = sorted(f"{number:064x}" for number in range(MAX_PREV + 1))
    assert len(read_envelope({**good(), "prev": many[:-1]}).prev) == MAX_PREV
    assert_refused({**good(), "prev": many})


def test_an_entry_is_at_most_64_kib() -> None:
    data = good()
    data["body"] = {"set": {"title": ""}}
    room = MAX_ENTRY_BYTES - len(dumps(data))
    data["body"]["set"]["title"] = "x" * room
    assert len(Entry.parse(dumps(data), b"").data) == MAX_ENTRY_BYTES == 65_536
    data["body"]["set"]["title"] += "x"
    with pytest.raises(BadEnvelope, match="64 KiB"):
        Entry.parse(dumps(data), b"")


def test_an_entry_nests_less_deep_than_a_view_may() -> None:
    data, depth = good(), MAX_ENTRY_DEPTH - 2  # the envelope and its body are the first two
    inner: Any = 1
    for _ in range(depth):
        inner = [inner]
    data["body"] = {"set": inner}
    envelope = Entry.parse(dumps(data), b"").envelope
    assert Entry.made(envelope).data == dumps(data)
    data["body"] = {"set": [inner]}
    with pytest.raises(NotCanonical):
        Entry.parse(dumps(data), b"")
    with pytest.raises(NotCanonical):
        Entry.made(read_envelope(data))


def test_what_is_not_an_object_is_refused() -> None:
    for data in (b"[]", b"null", b'"x"', b"1"):
        with pytest.raises(BadEnvelope):
            Entry.parse(data, b"")
    assert len(ORG) == 64
